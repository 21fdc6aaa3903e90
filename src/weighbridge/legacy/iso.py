"""ISO 8601 timestamps as text, in all the spellings in use, fast where a column keeps to one.

The grammar: ``YYYY-MM-DD``, then ``T`` or a space, then ``HH:MM`` with optional ``:SS`` and
fraction (``.`` or ``,``), then optionally ``Z`` or an offset ``+HH:MM``, ``+HHMM``, ``+HH``.
A date alone is no timestamp; 24:00 and second 60 are not read.
"""

from __future__ import annotations

import polars as pl

# Year 0000 is one to chrono, but neither to Python nor to SQL.
_YEAR = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_SHAPE = (
    "^" + _YEAR + r"-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]"
    r"(?::[0-5][0-9](?:[.,][0-9]{1,9})?)?(?:Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)?$"
)
_WITH_OFFSET = r"(?:Z|[+-][0-9]{2}:?[0-9]{0,2})$"
_TOO_FINE = r"[.,][0-9]{6}[0-9]*[1-9]"
_PLAIN_BYTES, _LONGEST_CERTAINLY_COARSE = 19, 26
_PLAIN = {
    "T": (r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9]Z?$", "%Y-%m-%dT%H:%M:%S"),
    " ": (r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-5][0-9]Z?$", "%Y-%m-%d %H:%M:%S"),
}


def wall_time(text: pl.Expr) -> pl.Expr:
    """Return Datetime("us"): the time as written, or in UTC where the text has an offset; null when unreadable."""
    return text.map_batches(_wall_time, return_dtype=pl.Datetime("us"), is_elementwise=True)


def has_offset(text: pl.Expr) -> pl.Expr:
    """Return Boolean: the text of a timestamp ends in ``Z`` or an offset."""
    return text.str.slice(10).str.contains(_WITH_OFFSET)


def is_too_fine(text: pl.Expr) -> pl.Expr:
    """Return Boolean: the fraction has digits below a microsecond that are not zero."""
    return text.map_batches(_too_fine, return_dtype=pl.Boolean(), is_elementwise=True)


def _too_fine(text: pl.Series) -> pl.Series:
    longest = text.str.len_bytes().max() or 0
    if isinstance(longest, int) and longest <= _LONGEST_CERTAINLY_COARSE:
        return pl.repeat(False, len(text), eager=True)
    return text.str.contains(_TOO_FINE).fill_null(False)


def _wall_time(text: pl.Series) -> pl.Series:
    """Read a batch: by one format when all of it is written alike, else spelling by spelling."""
    plain = _all_alike(text)
    return plain if plain is not None else text.to_frame("t").select(_any_spelling(pl.col("t"))).to_series()


def _all_alike(text: pl.Series) -> pl.Series | None:
    first = text.drop_nulls().head(1).to_list()
    if not first or first[0][10:11] not in _PLAIN:
        return None
    shape, chrono = _PLAIN[first[0][10:11]]
    if not text.str.contains(shape).all():
        return None
    read = text.str.head(_PLAIN_BYTES).str.to_datetime(chrono, time_unit="us", strict=False, cache=False)
    return read if read.null_count() == text.null_count() else None


def _any_spelling(text: pl.Expr) -> pl.Expr:
    seconds = pl.when(text.str.slice(16, 1) == ":").then(text.str.slice(16, 3)).otherwise(pl.lit(":00"))
    clock = pl.concat_str(text.str.head(10), pl.lit(" "), text.str.slice(11, 5), seconds)
    whole = clock.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False, cache=False)
    digits = text.str.extract(r"[.,]([0-9]{1,6})").fill_null("0")
    micros = digits.str.pad_end(6, "0").cast(pl.Int64, strict=False)
    tail = text.str.slice(16)
    sign = pl.when(tail.str.contains("-", literal=True)).then(-1).otherwise(1)
    hours = tail.str.extract(r"[+-]([0-9]{2})").cast(pl.Int64, strict=False).fill_null(0)
    minutes = tail.str.extract(r"[+-][0-9]{2}:?([0-9]{2})").cast(pl.Int64, strict=False).fill_null(0)
    offset = sign * (hours * 60 + minutes) * 60_000_000
    return pl.when(text.str.contains(_SHAPE)).then(whole + pl.duration(microseconds=micros - offset, time_unit="us"))
