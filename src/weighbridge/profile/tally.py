"""Counting values batch by batch, in bounded memory.

A batch in which a column has few different values gives them all, with their counts. One in
which it has many gives its most frequent ones, how often the least of them was seen (no value
left out was more frequent), a histogram, and the least hashes of its values, from which the
number of different values is estimated. What batches give is summed; sums of sums are sums,
so files, days and partitions merge. A sum with too many values for one column is told as a
batch with many values would be, so a tally stays small however long the extract.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from weighbridge.profile.domain import Domain, buckets, domain_of, keys
from weighbridge.profile.figures import Figures, of_batch
from weighbridge.profile.shape import shape

SCHEMA: dict[str, pl.DataType] = {
    "column": pl.UInt16(),
    "kind": pl.UInt8(),
    "key": pl.Int64(),
    "text": pl.String(),
    "count": pl.UInt64(),
}
SMALLEST_HASHES = 512
MOST_VALUES_SUMMED = 65_536
_MOST_VALUES = 4_096
_MOST_FREQUENT = 64
_MOST_SHAPED = 1_024
_NARROW = 1 << 16


class Kind(enum.IntEnum):
    """What a row of a tally says."""

    VALUE = 0  # a value and its count, from batches that gave all values
    FREQUENT = 1  # a value and its count, from batches that gave only the most frequent
    LEFT_OUT = 2  # count: no value left out of the batch was more frequent than this
    BUCKET = 3  # a bucket of a histogram and its count, from those batches
    HASH = 4  # one of the least hashes and its value's count, from those batches
    SHAPE = 5  # the shape of a text and its count, from those batches
    UNSHAPED = 6  # count: values whose shape was not looked at


Kinds = dict[Kind, pl.DataFrame]
"""Of one column, by what they say, the rows of a summed tally."""

Counted = tuple[Kind, pl.Series, np.ndarray]
"""What is said, the Int64 or text keys it is said of, and their counts."""


def tallied(values: pl.Series, hidden: bool) -> tuple[list[Counted], Figures]:
    """Return what is counted of a column in one batch, and its figures.

    Args:
        values: the column.
        hidden: of a masked column only hashes are counted: no value leaves the batch.
    """
    if values.null_count() == len(values):
        return [], of_batch(values, None, None, hidden)
    dtype = values.dtype
    key, count = _counts(values, hidden)
    counted = hidden or domain_of(dtype) is Domain.NONE
    figures = of_batch(values, None if counted else key, None if counted else count, hidden)
    few = len(key) <= _MOST_VALUES
    parts = [(Kind.VALUE, key, count)] if few else _of_many(key, count, dtype, hidden)
    # Texts are copied: what they are cut from is the whole batch.
    return [
        (kind, pl.Series(k.to_list(), dtype=pl.String) if k.dtype == pl.String else k, n) for kind, k, n in parts
    ], figures


def as_tally(counted: Sequence[tuple[int, Counted]]) -> pl.DataFrame:
    """Return the rows of a tally: what was counted, each with the position of its column."""
    texts = [part for part in counted if part[1][1].dtype == pl.String]
    others = [part for part in counted if part[1][1].dtype != pl.String]
    return pl.concat([_rows(others, text=False), _rows(texts, text=True)])


def by_column(tally: pl.DataFrame) -> dict[int, Kinds]:
    """Return the rows of a tally by column, of those that have any."""
    told: dict[int, Kinds] = {}
    for (column, kind), rows in tally.partition_by("column", "kind", as_dict=True).items():
        told.setdefault(column, {})[Kind(kind)] = rows
    return told


def hashes(key: pl.Series) -> pl.Series:
    """Return Int64 hashes of keys, not negative; those of texts are only comparable within one version of Polars."""
    if key.dtype != pl.Int64:
        return (key.hash() // 2).cast(pl.Int64)
    mixed = key.to_numpy().view(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):  # splitmix64
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return pl.Series((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(1)).cast(pl.Int64)


def summed(tally: pl.DataFrame, dtypes: Mapping[str, pl.DataType], masked: frozenset[str]) -> pl.DataFrame:
    """Return a tally with one row a column, kind and key; of columns with too many values, only the most frequent."""
    once = _least_hashes(_once(tally))
    values = once.filter(pl.col("kind") == int(Kind.VALUE))
    many = values.group_by("column").len().filter(pl.col("len") > MOST_VALUES_SUMMED)["column"].to_list()
    if not many:
        return once
    names = list(dtypes)
    parts = [once.filter(~(pl.col("column").is_in(many) & (pl.col("kind") == int(Kind.VALUE))))]
    for i in many:
        rows, dtype, hidden = values.filter(pl.col("column") == i), dtypes[names[i]], names[i] in masked
        key = rows["text" if domain_of(dtype) is Domain.TEXT and not hidden else "key"]
        told = _of_many(key, rows["count"].to_numpy().astype(np.int64), dtype, hidden)
        parts.append(as_tally([(i, part) for part in told]))
    return _least_hashes(_once(pl.concat(parts)))


def _least_hashes(tally: pl.DataFrame) -> pl.DataFrame:
    """Keep no more hashes of a column than are looked at: all parts' least hold those of the whole, with all counts."""
    is_hash = pl.col("kind") == int(Kind.HASH)
    hashed = tally.filter(is_hash)
    if hashed.height <= SMALLEST_HASHES:
        return tally
    least = pl.col("key").rank("ordinal").over("column") <= SMALLEST_HASHES
    return pl.concat([tally.filter(~is_hash), hashed.filter(least)])


def _once(tally: pl.DataFrame) -> pl.DataFrame:
    return tally.group_by("column", "kind", "key", "text").agg(pl.col("count").sum())


def _of_many(key: pl.Series, count: np.ndarray, dtype: pl.DataType, hidden: bool) -> list[Counted]:
    """Return what is told of more values than are listed."""
    top = np.argpartition(count, -_MOST_FREQUENT)[-_MOST_FREQUENT:]
    hashed = hashes(key).to_numpy()
    least = np.argpartition(hashed, SMALLEST_HASHES)[:SMALLEST_HASHES]
    parts = [
        (Kind.FREQUENT, key.gather(top), count[top]),
        (Kind.LEFT_OUT, pl.Series([None], dtype=pl.Int64), count[top].min(keepdims=True)),
        (Kind.HASH, pl.Series(hashed[least]), count[least]),
    ]
    if domain_of(dtype) is Domain.TEXT and not hidden:
        return [*parts, *_shapes(key, count)]
    if not hidden:
        parts.append((Kind.BUCKET, *_histogram(buckets(key, dtype), count)))
    return parts


def _counts(values: pl.Series, hidden: bool) -> tuple[pl.Series, np.ndarray]:
    """Return the different keys of a batch, without null, and how often each occurs."""
    domain = domain_of(values.dtype)
    key = values if domain is Domain.NONE else keys(values)
    key = key.drop_nulls() if key.null_count() else key
    if hidden or domain is Domain.NONE:
        key = hashes(key)
    elif key.dtype == pl.Int64 and domain is Domain.WHOLE:
        whole = key.to_numpy()
        low, high = int(whole.min()), int(whole.max())
        if high - low < _NARROW:
            counted = np.bincount(whole - low)
            there = np.flatnonzero(counted)
            return pl.Series(there + low), counted[there]
    table = key.alias("key").value_counts(name="count")
    return table["key"], table["count"].to_numpy()


def _histogram(bucket: np.ndarray, count: np.ndarray) -> tuple[pl.Series, np.ndarray]:
    low, high = int(bucket.min()), int(bucket.max())
    if high - low < _NARROW:
        counted = np.bincount(bucket - low, weights=count)
        there = np.flatnonzero(counted)
        return pl.Series(there + low), counted[there]
    different, at = np.unique(bucket, return_inverse=True)
    return pl.Series(different), np.bincount(at, weights=count)


def _shapes(key: pl.Series, count: np.ndarray) -> list[Counted]:
    looked_at = key.head(_MOST_SHAPED)
    table = (
        pl.DataFrame({"text": looked_at, "count": count[: len(looked_at)]})
        .group_by(shape(pl.col("text")).alias("text"))
        .agg(pl.col("count").sum())
    )
    unshaped = count[len(looked_at) :].sum(keepdims=True)
    return [
        (Kind.SHAPE, table["text"], table["count"].to_numpy()),
        (Kind.UNSHAPED, pl.Series([None], dtype=pl.Int64), unshaped),
    ]


def _rows(counted: Sequence[tuple[int, Counted]], text: bool) -> pl.DataFrame:
    if not counted:
        return pl.DataFrame(schema=SCHEMA)
    lengths = [len(key) for _, (_, key, _) in counted]
    keys_ = pl.concat([key.alias("") if text else key.alias("").cast(pl.Int64) for _, (_, key, _) in counted])
    return pl.DataFrame(
        {
            "column": np.repeat(np.array([position for position, _ in counted], np.uint16), lengths),
            "kind": np.repeat(np.array([kind for _, (kind, _, _) in counted], np.uint8), lengths),
            "key": None if text else keys_,
            "text": keys_ if text else None,
            "count": np.concatenate([count for _, (_, _, count) in counted]).astype(np.uint64),
        },
        schema=SCHEMA,
    )
