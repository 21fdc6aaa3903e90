"""Numbers in every dress: what stands around the digits says which rules could read them, trial says which do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from weighbridge.advice.missing import as_nulls, missing_words
from weighbridge.advice.trial import COUNT, TEXT, Rules, Trial, best, tried
from weighbridge.contract.model import LogicalType

_FAMILIES = tuple(
    tuple(line.split())
    for line in (
        "$ US$ USD", "€ EUR Euro", "£ GBP", "¥ JPY", "CHF SFr. Fr.", "₹ INR Rs Rs.", "zł PLN", "Kč CZK", "R$ BRL",
        "kr kr. SEK NOK DKK", "₽ RUB", "CAD C$", "AUD A$", "CNY RMB", "₩ KRW", "₺ TRY TL", "Ft HUF", "DM DEM",
    )
)  # fmt: skip
_DRESS = re.compile(
    r"^(?P<open>\(?)(?P<sign>[-+−–]?)\s*(?P<before>[^\d\s()+\-−–.,]{1,4}\.?)?\s*[-+−–]?"
    r"(?P<digits>\d[\d.,'’\s\u00a0\u202f]*(?:[eE][-+]?\d+)?|[.,]\d+)"
    r"\s*(?P<after>%|[^\W\d]{1,4}\.?|[€$£¥₹₽₩₺])?\s*(?P<end>-|−|\)|CR|DB|DR)?\)?$"
)
_THOUSANDS = {" ": (" ", "\u00a0", "\u202f", "\u2009"), "'": ("'", "\u2019")}
_ZONED = r"^[0-9]+[{A-I}J-R]$"
_SIGNS = frozenset(("CR", "DB", "DR"))


@dataclass(slots=True)
class _Dress:
    """What the texts of a column have around their digits: how often each occurs."""

    marks: Counter[str] = field(default_factory=Counter)
    signs: Counter[str] = field(default_factory=Counter)
    groups: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    percent: int = 0
    exponents: int = 0
    points: int = 0


def as_numbers(texts: pl.DataFrame) -> tuple[Trial, list[str]] | None:
    """Return the rules that read a column as numbers, and what is to be said of them.

    Args:
        texts: columns `text` and `count`.

    Returns:
        None where no text has digits.
    """
    nothing = as_nulls(missing_words(texts))
    punched = _overpunched(texts, nothing)
    dress = _seen(texts)
    if dress is None or (punched is not None and punched[0].read == int(texts[COUNT].sum())):
        return punched
    if dress.units:
        return _with_units(texts, nothing, dress)
    notes: list[str] = []
    before = [*nothing, *_currency(dress, notes), *_signs(dress, notes)]
    chosen = _first_best(texts, before, _ways(dress))
    if any(isinstance(r, dict) and r.get("decimal") == "unknown" for r in chosen.rules):
        notes.append("points and commas are used both ways; what is ambiguous so goes to a person")
    if not dress.percent and not dress.exponents:
        whole = [tried(texts, LogicalType.INTEGER, *chosen.rules)]
        if not chosen.rules:
            whole.append(tried(texts, LogicalType.INTEGER, "wholeNumber"))
        chosen = best([*whole, chosen])
    return chosen, notes


def _first_best(texts: pl.DataFrame, before: Sequence[Any], ways: Iterable[Rules]) -> Trial:
    """Return the way that reads most; none is tried after one that reads all."""
    total, trials = int(texts[COUNT].sum()), list[Trial]()
    for rest in ways:
        trials.append(tried(texts, LogicalType.NUMBER, *before, *rest))
        if trials[-1].read == total:
            break
    return best(trials)


def _seen(texts: pl.DataFrame) -> _Dress | None:
    dress, some = _Dress(), False
    known = {mark for family in _FAMILIES for mark in family}
    for text, count in texts.select(TEXT, COUNT).iter_rows():
        found = _DRESS.match(text.strip())
        if found is None:
            continue
        some = True
        for mark in (found["before"], found["after"]):
            if mark in known:
                dress.marks[mark] += count
        if found["after"] is not None and found["after"] not in known | _SIGNS | {"%"}:
            dress.units[found["after"]] += count
        end = found["end"] or (found["after"] if found["after"] in _SIGNS else None)
        if end in ("-", "−"):
            dress.signs["-"] += count
        elif found["open"] and text.strip().endswith(")"):
            dress.signs["()"] += count
        elif end in _SIGNS:
            dress.signs[end] += count
        dress.percent += count * (found["after"] == "%")
        dress.points += count * any(mark in found["digits"] for mark in ".,")
        dress.exponents += count * ("e" in found["digits"].lower())
        for name, spellings in _THOUSANDS.items():
            if any(s in found["digits"].strip() for s in spellings):
                dress.groups[name] += count
    return dress if some else None


def _currency(dress: _Dress, notes: list[str]) -> Iterator[dict[str, Any]]:
    if not dress.marks:
        return
    amounts = [(sum(dress.marks[m] for m in family), family) for family in _FAMILIES]
    amounts = sorted((a for a in amounts if a[0]), key=lambda a: -a[0])
    family = amounts[0][1]
    yield {"rule": "currency", "marks": [m for m in family if dress.marks[m]]}
    if len(amounts) > 1:
        others = ", ".join(next(m for m in other if dress.marks[m]) for _, other in amounts[1:])
        notes.append(f"amounts in other currencies ({others}) are other values: the rule does not read them")


def _with_units(texts: pl.DataFrame, nothing: Rules, dress: _Dress) -> tuple[Trial, list[str]]:
    """Return the reading of numbers with their unit beside them; of several units all but the first need a factor."""
    first = dress.units.most_common(1)[0][0]
    trials = [
        tried(texts, LogicalType.NUMBER, *nothing, {"rule": "unit", "units": {first: 1}, **more})
        for more in ({}, {"decimal": ","})
    ]
    others = ", ".join(unit for unit in dress.units if unit != first)
    notes = [f"{others}: say the factors of these units to {first}"] if others else []
    return best(trials), notes


def _signs(dress: _Dress, notes: list[str]) -> Iterator[dict[str, Any]]:
    if not dress.signs:
        return
    negative = [s for s in ("-", "()", "DB") if dress.signs[s]]
    positive = ["CR"] if dress.signs["CR"] and (dress.signs["DB"] or dress.signs["DR"]) else []
    if dress.signs["DR"] and not dress.signs["DB"]:
        negative.append("DR")
    if dress.signs["CR"] and not positive:
        negative.append("CR")
    if dress.signs["CR"]:
        told = "plus" if positive else "minus"
        notes.append(f"CR is taken for {told}: hosts print it for minus, banks for money received; say which is meant")
    yield {"rule": "signMark", "negative": negative, **({"positive": positive} if positive else {})}


def _ways(dress: _Dress) -> Iterator[Rules]:
    """Yield the ways to read the digits themselves, the plainer first."""
    if dress.percent:
        for decimal in (".", ","):
            yield ({"rule": "percent", "to": "fraction", **({"decimal": ","} if decimal == "," else {})},)
        return
    last: Rules = ("scientific",) if dress.exponents else ()
    yield last
    if not dress.points and not dress.groups:
        return
    more = [s for name in dress.groups for s in _THOUSANDS[name]]
    for decimal, other in ((".", ","), (",", ".")):
        for thousands in ([other], more, [other, *more]):
            if thousands:
                yield (*last, {"rule": "localNumber", "decimal": decimal, "thousands": thousands})
        yield (*last, {"rule": "localNumber", "decimal": decimal})
    yield (*last, {"rule": "localNumber", "decimal": ".", "thousands": [","], "grouping": "indian"})
    yield (*last, {"rule": "localNumber", "decimal": "unknown", "evidence": ["column"]})


def _overpunched(texts: pl.DataFrame, nothing: Rules) -> tuple[Trial, list[str]] | None:
    """Return the reading of zoned decimals, where the last digits carry signs."""
    if not texts[TEXT].str.strip_chars().str.contains(_ZONED).any():
        return None
    notes = ["the sign is punched over the last digit; say `scale`, the digits after the point that is not written"]
    return tried(texts, LogicalType.INTEGER, *nothing, "zonedDecimal"), notes
