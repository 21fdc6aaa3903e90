"""From framed records to raw columns: the plain ones in bulk by Polars, the odd ones one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from weighbridge.readers.delimited.dialect import Dialect
from weighbridge.readers.delimited.fields import BLANKS, Parsed, Values, take_apart
from weighbridge.readers.delimited.framing import Framed

_STAND_INS = (0x1F, 0x1E, 0x1D, 0x1C, 0x01, 0x02, 0x03, 0x04)


def columns_of(framed: Framed, dialect: Dialect, fields: Sequence[int]) -> list[pl.Series]:
    """Return the texts of `fields` (indices, none twice) of all records; null where a record is faulty."""
    if not len(framed):
        return [pl.Series(dtype=pl.String) for _ in fields]
    plain = framed.faults == 0
    plain[list(framed.by_hand)] = False
    if not plain.any():
        return _assembled(framed, None, plain, fields)
    parsed = _in_bulk(_plain_text(framed, plain, dialect), int(plain.sum()), dialect, fields)
    if parsed is None:
        for i in np.flatnonzero(plain).tolist():
            framed.by_hand[i] = _one(framed, i, dialect)
        plain[:] = False
        return _assembled(framed, None, plain, fields)
    return parsed.get_columns() if plain.all() else _assembled(framed, parsed, plain, fields)


def columns_by_layout(
    framed: Framed, dialect: Dialect, layouts: Mapping[int, Mapping[str, int]], names: Sequence[str]
) -> dict[str, pl.Series]:
    """Return the texts of all records by property, each record's fields found as its layout has them.

    Args:
        framed: the records.
        dialect: of today's records.
        layouts: for each number of fields a record may have, which field is which property's.
        names: the properties wanted.
    """
    assert framed.counts is not None
    faulty = framed.faults != 0
    order: list[np.ndarray] = [np.flatnonzero(faulty)]
    pieces: dict[str, list[pl.Series]] = {n: [_nothing(len(order[0]))] for n in names}
    for count, fields in layouts.items():
        rows = np.flatnonzero((framed.counts == count) & ~faulty)
        if not len(rows):
            continue
        order.append(rows)
        own = dialect if count == dialect.fields else replace(dialect, fields=count, trailing=False)
        own = replace(own, earlier=())
        here = [n for n in names if n in fields]
        indices = list(dict.fromkeys(fields[n] for n in here))
        texts = dict(zip(indices, columns_of(framed.only(rows), own, indices), strict=True))
        for name in names:
            pieces[name].append(texts[fields[name]].alias("") if name in fields else _nothing(len(rows)))
    place = np.empty(len(framed), np.int64)
    place[np.concatenate(order)] = np.arange(len(framed))
    return {name: pl.concat(found).gather(place) for name, found in pieces.items()}


def _nothing(count: int) -> pl.Series:
    return pl.repeat(None, count, dtype=pl.String, eager=True).alias("")


def _plain_text(framed: Framed, plain: np.ndarray, dialect: Dialect) -> bytes:
    """Return the lines of the plain records alone, which hold no line ends but their own."""
    text = _lines_alone(framed, plain)
    if dialect.line_end == "mixed" and b"\r" in text:
        return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return text


def _lines_alone(framed: Framed, plain: np.ndarray) -> bytes:
    starts, nexts = framed.starts[plain], framed.nexts[plain]
    breaks = np.flatnonzero(starts[1:] != nexts[:-1]) + 1
    begins = starts[np.concatenate(([0], breaks))].tolist()
    stops = nexts[np.concatenate((breaks - 1, [len(nexts) - 1]))].tolist()
    utf8 = framed.text.utf8
    if len(begins) == 1:
        return utf8[begins[0] : stops[0]]
    view = memoryview(utf8)
    return b"".join(view[a:b] for a, b in zip(begins, stops, strict=True))


def _in_bulk(text: bytes, records: int, dialect: Dialect, fields: Sequence[int]) -> pl.DataFrame | None:
    """Return the columns as Polars reads them; None when it does not make one row of each record."""
    names = [f"column_{i}" for i in range(dialect.most_fields)]
    order = sorted(fields)
    separator, quote = dialect.delimiter, dialect.quote
    if not dialect.is_plain:  # lines with quotes were taken apart with care
        stand_in = next((bytes([b]) for b in _STAND_INS if b not in text), b"")
        if not stand_in:
            return None
        text, separator, quote = text.replace(separator, stand_in), stand_in, b""
    try:
        frame = pl.read_csv(
            text,
            has_header=False,
            schema=dict.fromkeys(names, pl.String),
            columns=order,
            separator=separator.decode(),
            quote_char=quote.decode() if quote and quote in text else None,
            eol_char="\r" if dialect.line_end == "cr" else "\n",
            null_values=None if dialect.padding else [v.decode() for v in dialect.null_values] or None,
        )
    except (pl.exceptions.PolarsError, ValueError):
        return None
    if frame.height != records:
        return None
    columns = frame.select(names[i] for i in fields)
    return _unpadded(columns, dialect) if dialect.padding else columns


def _unpadded(columns: pl.DataFrame, dialect: Dialect) -> pl.DataFrame:
    """Return the texts, none of which is quoted, without blanks around them."""
    bare = pl.all().str.strip_chars(BLANKS.decode())
    nothing = [v.decode() for v in dialect.null_values]
    raw = columns.with_columns(bare).with_columns(pl.when(pl.all() != "").then(pl.all()))
    return raw.with_columns(pl.when(~pl.all().is_in(nothing)).then(pl.all())) if nothing else raw


def _one(framed: Framed, i: int, dialect: Dialect) -> Values:
    parsed = take_apart(framed.text.utf8[: int(framed.nexts[i])], int(framed.starts[i]), dialect, True)
    assert isinstance(parsed, Parsed)
    return parsed.values


def _assembled(
    framed: Framed, parsed: pl.DataFrame | None, plain: np.ndarray, fields: Sequence[int]
) -> list[pl.Series]:
    """Return columns in record order: parsed rows, rows by hand, and nulls for faulty records."""
    odd = np.flatnonzero(~plain)
    place = np.empty(len(framed), np.int64)
    place[plain] = np.arange(len(framed) - len(odd))
    place[odd] = np.arange(len(framed) - len(odd), len(framed))
    rows = [framed.by_hand.get(i) for i in odd.tolist()]
    columns = []
    for n, index in enumerate(fields):
        texts = [_text(row[index]) if row is not None else None for row in rows]
        by_hand = pl.Series(texts, dtype=pl.String)
        bulk = parsed.to_series(n) if parsed is not None else pl.Series(dtype=pl.String)
        columns.append(pl.concat([bulk.alias(""), by_hand.alias("")]).gather(place))
    return columns


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()
