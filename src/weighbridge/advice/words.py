"""Yes and no, and what texts that stay texts need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from weighbridge.advice.missing import as_nulls, missing_words
from weighbridge.advice.trial import COUNT, TEXT, Trial, best, tried
from weighbridge.contract.model import LogicalType
from weighbridge.legacy.booleans import LOCALES, words

_MOST_BOOLEANS = 12
_LEAST_CODES, _MOST_LIST = 30, 12
_CHECKED = (
    ("iban", r"^[A-Za-z]{2}\d\d[ A-Za-z0-9]{11,40}$"),
    ("isbn", r"^(?:97[89][- ]?)?\d[-\d ]{8,14}[\dXx]$"),
    ("vin", r"^[A-Za-z0-9]{17}$"),
    ("lei", r"^[A-Za-z0-9]{18}\d\d$"),
    ("ean", r"^\d{8}$|^\d{12,14}$"),
    ("npi", r"^[12]\d{9}$"),
    ("luhn", r"^\d[\d -]{10,22}\d$"),
)
_NOT_PLAIN = r"[^ -~]"
_CHANGED = r"[eE]\+|^\d{16,}$|^\d{1,2}[-. ]|-\d{2}$"
_PASSES = 0.95


def as_booleans(texts: pl.DataFrame) -> tuple[Trial, list[str]] | None:
    """Return the rules that read a column as yes and no; None where it has too many different texts."""
    if texts.height > _MOST_BOOLEANS:
        return None
    nothing = as_nulls(missing_words(texts))
    said = frozenset(texts[TEXT].str.strip_chars().str.to_lowercase())
    languages = [["en"], *(["en", other] for other in LOCALES if other != "en")]
    speaks = [names for names in languages if said & frozenset.union(*words(names))]
    if not speaks:
        return None
    plain = [tried(texts, LogicalType.BOOLEAN)] if not nothing else []
    most = max(len(said & frozenset.union(*words(names))) for names in speaks)
    fitting = [names for names in speaks if len(said & frozenset.union(*words(names))) == most]
    return best(plain + [tried(texts, LogicalType.BOOLEAN, *nothing, _boolean(names)) for names in fitting[:3]]), []


def as_texts(texts: pl.DataFrame) -> tuple[Trial, list[str]]:
    """Return the rules that a column of texts needs, each because some text shows it."""
    rules: list[Mapping[str, Any] | str] = []
    notes: list[str] = []
    stripped = texts.with_columns(pl.col(TEXT).str.strip_chars(" "))
    if (stripped[TEXT] != texts[TEXT]).any():
        rules.append("trim")
    rules += as_nulls(missing_words(texts))
    for rule, damage in (("encodingDamage", "decoded twice"), ("invisible", "characters that nobody sees")):
        if not stripped[TEXT].str.contains(_NOT_PLAIN).any():
            continue
        changed = tried(stripped, LogicalType.STRING, rule).frame
        some = changed.filter(pl.col("repaired") | pl.col("ambiguous"))
        if some.height:
            rules.append(rule)
            notes.append(f"{int(some[COUNT].sum()):,} have {damage}: {some[TEXT][0]!r}")
    if (stripped[TEXT].str.normalize("NFC") != stripped[TEXT]).any():
        rules.append("unicodeForm")
    rules += list(_codes(stripped, notes))
    return tried(texts, LogicalType.STRING, *rules), notes


def _boolean(locales: list[str]) -> Mapping[str, Any] | str:
    return "boolean" if locales == ["en"] else {"rule": "boolean", "locales": locales}


def _codes(texts: pl.DataFrame, notes: list[str]) -> Iterator[Mapping[str, Any] | str]:
    """Yield the rules for columns of codes."""
    known = texts.filter(pl.col(TEXT) != "")
    total = int(known[COUNT].sum())
    name = _checked(known)
    if name is not None:
        yield {"rule": "identifier", "of": name}
        notes.append(f"nearly all pass the check digits of {name}")
        return
    suspicious = known.filter(pl.col(TEXT).str.contains(_CHANGED))
    damaged = tried(suspicious, LogicalType.STRING, "spreadsheetDamage").ambiguous if suspicious.height else 0
    if damaged and damaged < total:
        yield "spreadsheetDamage"
        notes.append(f"{damaged:,} look like codes that a spreadsheet changed: no rule can bring them back")
    if (width := _lost_zeros(known)) is not None:
        yield {"rule": "leadingZeros", "width": width}
        notes.append(f"some have fewer than {width} digits while others begin with zeros: zeros seem to be lost")
    one_case = known[TEXT].str.to_uppercase()
    if known.height <= _LEAST_CODES and one_case.n_unique() < known.height:
        yield {"rule": "letterCase", "to": "upper"}
        notes.append("some codes differ in upper and lower case only")


def _checked(texts: pl.DataFrame) -> str | None:
    if texts.height < _LEAST_CODES:
        return None
    for name, shape in _CHECKED:
        if int(texts[TEXT].str.contains(shape).sum()) >= _PASSES * texts.height:
            trial = tried(texts, LogicalType.STRING, {"rule": "identifier", "of": name})
            if trial.read >= _PASSES * int(texts[COUNT].sum()):
                return name
    return None


def _lost_zeros(texts: pl.DataFrame) -> int | None:
    """Return the width of codes of digits that lost their leading zeros."""
    digits = texts.filter(pl.col(TEXT).str.contains(r"^\d+$"))
    if digits.height < _LEAST_CODES or digits.height < texts.height * _PASSES:
        return None
    lengths = digits[TEXT].str.len_chars()
    width = lengths.max()
    if not isinstance(width, int) or not 3 <= width <= _MOST_LIST:
        return None
    full = digits.filter(lengths == width)
    zeros = full[TEXT].str.starts_with("0").any()
    short = digits.filter(lengths < width)
    return width if zeros and short.height and not short[TEXT].str.starts_with("0").any() else None
