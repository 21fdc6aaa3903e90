"""What checks of our own have in common: their options, their probes across records, their words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from weighbridge.checks.check import Bench, Product
from weighbridge.checks.kinds.expression import tolerated
from weighbridge.checks.metric import probe_name
from weighbridge.checks.options import Options, unusable
from weighbridge.checks.words import names
from weighbridge.contract.model import NotExecuted, Quality
from weighbridge.probe import ROW, Answer, CrossProbe, FrameProbe

NEW_GROUP = "__new"
_MOST_SHOWN = 5


def is_ours(quality: Quality, check: str) -> bool:
    """Whether an entry is our check of this name."""
    said = quality.implementation
    ours = quality.kind == "custom" and (quality.engine or "").lower() == "weighbridge"
    return ours and isinstance(said, Mapping) and said.get("check") == check


def columns(quality: Quality, bench: Bench, word: str, *, own: bool = False) -> tuple[str, ...]:
    """Return the properties that an option names, one or a list.

    Args:
        own: whether the property that the check stands on is meant when the option says nothing.

    Raises:
        UnusableError: one of them has no column.
    """
    said = quality.implementation.get(word)
    if said is None and own:
        if quality.property is None:
            raise unusable("CHK-036", f"it needs `{word}`, the properties it is about", quality)
        said = quality.property
    given = [] if said is None else [said] if isinstance(said, str) else list(said)
    if absent := [str(name) for name in given if name not in bench.dtypes]:
        raise unusable("CHK-037", names(absent), quality)
    return tuple(dict.fromkeys(given))


def column(quality: Quality, bench: Bench, word: str, *, own: bool = False) -> str:
    """Return the one property that an option names.

    Raises:
        UnusableError: it names none, several, or one without a column.
    """
    found = columns(quality, bench, word, own=own)
    if len(found) != 1:
        raise unusable("CHK-036", f"`{word}` takes one property", quality)
    return found[0]


def choice(quality: Quality, word: str, known: Sequence[str]) -> str:
    """Return what an option chooses; the first of `known` when it says nothing.

    Raises:
        UnusableError: it is none of `known`.
    """
    said = quality.implementation.get(word, known[0])
    if said not in known:
        raise unusable("CHK-036", f"{word}: {said!r} is none of {', '.join(known)}", quality)
    return str(said)


def cross_probe(
    quality: Quality,
    bench: Bench,
    options: Options,
    find: Callable[[pl.LazyFrame], pl.LazyFrame],
    *,
    code: str,
    expected: str,
    reads: Sequence[str],
    group: Sequence[str] = (),
    ordered: str = "",
    filters: bool = True,
) -> Iterator[Product]:
    """Yield the probe of a check of records beside each other, with its tolerance.

    Records whose filter is unknown, or one of whose values is in doubt and so keeps them from
    being published, are not compared.

    Args:
        filters: whether only records that the entry's filter selects are compared; else `find` has
            the filter's columns, too, and does it.
    """
    properties, where = looked_at(quality, bench, options, reads, filters=filters)
    yield CrossProbe(
        name=probe_name(quality),
        find=find,
        properties=properties,
        code=code,
        effect=options.effect,
        expected=expected + options.when,
        reads=tuple(dict.fromkeys((*reads, *(() if filters else options.where_properties)))),
        where=where,
        group=tuple(group),
        ordered=ordered,
        line=quality.line,
        also=tolerated(quality, options, properties, expected),
    )
    yield from unscoped(quality, options)


def looked_at(
    quality: Quality, bench: Bench, options: Options, reads: Sequence[str], *, filters: bool = True
) -> tuple[tuple[str, ...], pl.Expr | None]:
    """Return the properties a check names, the blamed one first, and which records it compares."""
    blamed = (quality.property,) if quality.property else ()
    properties = tuple(dict.fromkeys((*blamed, *reads, *options.where_properties)))
    settled = bench.settled(properties)
    asked = options.where if filters else None
    return properties, settled if asked is None else asked if settled is None else asked & settled


def unscoped(quality: Quality, options: Options) -> Iterator[Product]:
    """Yield what of the scope a check of each record does not act on."""
    if options.scope != "extract":
        what = f"{probe_name(quality)}: scope {options.scope}"
        yield NotExecuted(what, "a check of each record asks every record", quality.line)


WHAT, BAD = "__what", "__bad"


def probe_of_groups(
    quality: Quality,
    bench: Bench,
    options: Options,
    told: Callable[[pl.LazyFrame], pl.LazyFrame],
    *,
    code: str,
    expected: str,
    reads: Sequence[str],
    noun: str,
) -> FrameProbe:
    """Return the probe that none of several things is amiss, or as few as the tolerance bears.

    Args:
        told: given the records asked, returns one row a thing: `WHAT` to say of it, `BAD` where it is amiss.
        noun: what is counted, e.g. ``"group"``.
    """
    where, tolerance = options.where, options.tolerance
    properties = tuple(dict.fromkeys((*reads, *options.where_properties)))
    hidden = bool(bench.classified & set(properties))

    def build(frame: pl.LazyFrame) -> pl.LazyFrame:
        chosen = frame if where is None else frame.filter(where.fill_null(False))
        bad = pl.col(BAD).fill_null(False)
        first = pl.col(WHAT).filter(bad).sort().head(_MOST_SHOWN).implode()
        return told(chosen).select(pl.struct(bad.sum().alias("bad"), pl.len().alias("all"), first.alias("first")))

    def read(value: Mapping[str, Any]) -> Answer:
        bad, of = int(value["bad"] or 0), int(value["all"] or 0)
        holds = not bad if tolerance is None else tolerance.bears(bad, of)
        words = f"observed {bad:,} of {of:,} {noun}{'' if of == 1 else 's'}"
        if bad and not hidden:
            words += f": {some(value['first'], bad)}"
        return Answer(holds, bad, words)

    borne = "" if tolerance is None else f", with {str(tolerance).replace('record', noun)} borne"
    return FrameProbe(
        name=probe_name(quality),
        build=build,
        read=read,
        code=code,
        severity=quality.severity,
        properties=properties,
        expected=expected + borne + options.when,
        scope=options.scope,
        line=quality.line,
    )


EXACT = pl.Decimal(38, 6)
_LARGEST = Decimal(10) ** 22


def reckoned(name: str) -> pl.Expr:
    """Return a number as an exact decimal; one too large for that as the largest there is room for in sums."""
    value = pl.col(name)
    small = value.cast(pl.Float64).abs() < float(_LARGEST)
    kept = pl.when(small).then(value.cast(EXACT, strict=False))
    return pl.when(value.is_not_null() & ~small).then(pl.lit(_LARGEST, dtype=EXACT)).otherwise(kept)


def plain(name: str) -> pl.Expr:
    """Return an exact decimal as a text without needless digits."""
    text = pl.col(name).cast(pl.String)
    short = text.str.strip_chars_end("0").str.strip_chars_end(".")
    return pl.when(text.str.contains(".", literal=True)).then(short).otherwise(text)


def in_order(frame: pl.LazyFrame, by: Sequence[str], *order: str) -> pl.LazyFrame:
    """Return the records of each group in order, with `NEW_GROUP` true at the first of a group."""
    other = [pl.col(name).ne_missing(pl.col(name).shift()) for name in by]
    first = pl.any_horizontal(pl.col(ROW).shift().is_null(), *other)
    return frame.sort(*by, *order, ROW).with_columns(first.alias(NEW_GROUP))


def before(name: str) -> pl.Expr:
    """Return, in a frame of `in_order`, the value of the record before; null at the first of a group."""
    return pl.when(~pl.col(NEW_GROUP)).then(pl.col(name).shift())


def after(name: str) -> pl.Expr:
    """Return, in a frame of `in_order`, the value of the record behind; null at the last of a group."""
    return pl.when(~pl.col(NEW_GROUP).shift(-1, fill_value=True)).then(pl.col(name).shift(-1))


def grouped(by: Sequence[str]) -> str:
    """Return ``" of each carrier and origin"``; empty without groups."""
    return f" of each {names(by)}" if by else ""


def said(*parts: str | pl.Expr) -> pl.Expr:
    """Return texts and values as one sentence; a value without text is called null."""
    return pl.concat_str([pl.lit(p) if isinstance(p, str) else p.cast(pl.String).fill_null("null") for p in parts])


def some(values: Sequence[str], count: int) -> str:
    """Return the first few of `count` things, e.g. ``"17, 20 to 21 and 3 more"``."""
    shown = list(values[:_MOST_SHOWN])
    more = count - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")


def valued(names_: Sequence[str]) -> pl.Expr:
    """Return the values of columns as a text, e.g. ``"UA"`` or ``"carrier UA, day 2013-01-02"``."""
    if len(names_) == 1:
        return said(pl.col(names_[0]))
    return pl.concat_str([said(f"{name} ", pl.col(name)) for name in names_], separator=", ")


def entry(name: str, check: str, *, options: Mapping[str, Any] | None = None, **parts: Any) -> Quality:
    """Return a quality entry for the cases of a check."""
    implementation = {"check": check, **{word.rstrip("_"): value for word, value in parts.items()}}
    return Quality(name, "custom", engine="weighbridge", implementation=implementation, options=options or {})
