"""From framed records to raw columns: the plain ones in bulk by Polars, the odd ones one by one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from weighbridge.readers.delimited.dialect import Dialect
from weighbridge.readers.delimited.fields import Parsed, Values, take_apart
from weighbridge.readers.delimited.framing import Framed


def columns_of(framed: Framed, dialect: Dialect, fields: Sequence[int]) -> list[pl.Series]:
    """Return the texts of `fields` (indices, none twice) of all records; null where a record is faulty."""
    if not len(framed):
        return [pl.Series(dtype=pl.String) for _ in fields]
    plain = framed.faults == 0
    plain[list(framed.by_hand)] = False
    if not plain.any():
        return _assembled(framed, None, plain, fields)
    parsed = _in_bulk(_plain_text(framed, plain), int(plain.sum()), dialect, fields)
    if parsed is None:
        for i in np.flatnonzero(plain).tolist():
            framed.by_hand[i] = _one(framed, i, dialect)
        plain[:] = False
        return _assembled(framed, None, plain, fields)
    return parsed.get_columns() if plain.all() else _assembled(framed, parsed, plain, fields)


def _plain_text(framed: Framed, plain: np.ndarray) -> bytes:
    """Return the lines of the plain records alone."""
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
    names = [f"column_{i}" for i in range(dialect.fields)]
    order = sorted(fields)
    try:
        frame = pl.read_csv(
            text,
            has_header=False,
            schema=dict.fromkeys(names, pl.String),
            columns=order,
            separator=dialect.delimiter.decode(),
            quote_char=dialect.quote.decode() if dialect.quote and dialect.quote in text else None,
            eol_char="\r" if dialect.line_end == "cr" else "\n",
            null_values=[v.decode() for v in dialect.null_values] or None,
        )
    except (pl.exceptions.PolarsError, ValueError):
        return None
    if frame.height != records:
        return None
    return frame.select(names[i] for i in fields)


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
