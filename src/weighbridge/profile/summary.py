"""From a partial profile to the figures a report shows, as JSON values."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from weighbridge.profile.candidates import single_keys
from weighbridge.profile.distinct import Distinct, distinct_of
from weighbridge.profile.domain import Domain, as_json, bucket_middles, domain_of, numbers, shown
from weighbridge.profile.evidence import reads_as
from weighbridge.profile.figures import Figures, told
from weighbridge.profile.monotony import Stretch, order_in_words
from weighbridge.profile.partial import Partial
from weighbridge.profile.relations import Coded, composite_keys, relations
from weighbridge.profile.shape import shape
from weighbridge.profile.tally import Kind, Kinds, by_column

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_BINS = 20
_TOP = 10
_LONGEST_SHOWN = 80


def summed_up(partial: Partial) -> dict[str, Any]:
    """Return ``{"records": n, "columns": {name: figures}, "keys": [candidate keys]}``, and the sample's `relations`.

    Every column has `type`, `count` (values that are not null), `nulls`, `distinct` with
    `distinct_is` (``"exact"``, ``"estimate"``, or ``"between"`` it and `distinct_at_most`),
    `distinct_error` (relative, one standard error) and `masked`. Others come where they apply and
    the column is not masked: `min`, `max`, `mean`, `std`, `nan`, `infinite`, `empties`, `lengths`,
    `quantiles` and `histogram` (each with `is`), `top` (with `top_is`), `shapes`, `reads_as` (how many
    texts look like another type), `order` (``"strictly rising"``…), `unique` (``"yes"``, ``"no"``,
    ``"unknown"``, or ``"likely"``: none of the `unique_looked_at` values looked at is repeated); and where
    rules read the column: `missing`, `unreadable` and `undecided`, which sum to `nulls`, and `reasons`.
    """
    counted = by_column(partial.tally)
    columns = {
        name: _column(partial, name, dtype, counted.get(i, {}))
        for i, (name, dtype) in enumerate(partial.dtypes.items())
    }
    keys = list(single_keys(columns))
    if partial.sample is None:
        return {"records": partial.records, "columns": columns, "keys": keys}
    coded = Coded.of(partial.sample)
    keys += composite_keys(coded, partial.records) if not any(k["is"] == "proved" for k in keys) else []
    return {"records": partial.records, "columns": columns, "keys": keys, **relations(coded, partial.records)}


def _column(partial: Partial, name: str, dtype: pl.DataType, kinds: Kinds) -> dict[str, Any]:
    given = told(partial.figures[name])
    hidden = name in partial.masked
    distinct = distinct_of(partial, name, kinds)
    nulls = int(given["nulls"])
    count = partial.records - nulls
    column: dict[str, Any] = {
        "type": str(dtype),
        "count": count,
        "nulls": nulls,
        "distinct": min(distinct.number, count),
        "distinct_is": distinct.is_known,
        "distinct_error": round(distinct.error, 4),
        "masked": hidden,
    }
    if distinct.is_known == "between":
        column["distinct_at_most"] = min(distinct.most, count)
    column |= {key: int(given[key]) for key in ("empties", "nan", "infinite") if key in given}
    if "shortest" in given:
        mean = given["characters"] / count if count else None
        column["lengths"] = {"min": given["shortest"], "max": given["longest"], "mean": mean}
    column |= _absent(given, nulls) | _uniqueness(distinct, count, given.get("order"))
    if hidden:
        return column
    if order := order_in_words(given.get("order")):
        column["order"] = order
    column |= {key: _cut(as_json(given[key])) for key in ("min", "max") if key in given}
    if "mean" in given:
        n = given["finite"]
        column["mean"] = as_json(given["mean"])
        column["std"] = as_json(math.sqrt(max(given["squares"], 0.0) / (n - 1))) if n > 1 else None
    if domain_of(dtype) is Domain.NONE:
        return column
    column |= _top(kinds, dtype)
    if domain_of(dtype) is Domain.TEXT:
        column |= _shapes(kinds)
    elif dtype != pl.Boolean:
        column |= _spread(kinds, dtype)
    return column


def _absent(figures: Figures, nulls: int) -> dict[str, Any]:
    """Return why nulls are null, where that is known: the first three sum to the nulls."""
    if "absent" not in figures:
        return {}
    told = dict(figures["absent"])
    unreadable, undecided = (min(told.pop(word, 0), nulls) for word in ("unreadable", "undecided"))
    reasons = sorted(((word[1:], n) for word, n in told.items()), key=lambda r: (-r[1], r[0]))
    return {
        "missing": max(nulls - unreadable - undecided, 0),
        "unreadable": unreadable,
        "undecided": undecided,
        "reasons": [{"reason": words, "count": n} for words, n in reasons],
    }


def _uniqueness(distinct: Distinct, count: int, order: Stretch | None) -> dict[str, Any]:
    """Return whether values repeat: known of those counted or strictly ordered, else told from a sample of them."""
    if not count:
        return {}
    strict = (order_in_words(order) or "").startswith("strictly")
    if distinct.is_known == "exact" or strict:
        return {"unique": "yes" if strict or distinct.number == count else "no"}
    if distinct.repeated or distinct.is_known == "between" or not distinct.looked_at:
        return {"unique": "no" if distinct.repeated else "unknown"}
    return {"unique": "likely", "unique_looked_at": distinct.looked_at}


def _top(kinds: Kinds, dtype: pl.DataType) -> dict[str, Any]:
    """Return the most frequent values; where batches left values out, only those surely so."""
    tables = [kinds[kind] for kind in (Kind.VALUE, Kind.FREQUENT) if kind in kinds]
    if not tables:
        return {"top": [], "top_is": "exact"}
    key = "text" if domain_of(dtype) is Domain.TEXT else "key"
    table = tables[0] if len(tables) == 1 else pl.concat(tables).group_by(key).agg(pl.col("count").sum())
    left_out = int(kinds[Kind.LEFT_OUT]["count"].sum()) if Kind.LEFT_OUT in kinds else 0
    known = table.filter(pl.col("count") > left_out) if left_out else table
    best = known.sort(["count", key], descending=[True, False]).head(_TOP)
    listed = [{"value": _value(v, dtype), "count": int(n)} for v, n in best.select(key, "count").iter_rows()]
    if not left_out:
        return {"top": listed, "top_is": "exact"}
    return {"top": listed, "top_is": "at least", "top_undercounted_by_at_most": left_out}


def _value(key: Any, dtype: pl.DataType) -> Any:
    if domain_of(dtype) is Domain.TEXT:
        return _cut(key)
    if domain_of(dtype) is Domain.FLOAT:
        return shown(float(np.array([key], dtype=np.int64).view(np.float64)[0]), dtype)
    return shown(key, dtype)


def _cut(value: Any) -> Any:
    return value[:_LONGEST_SHOWN] + "…" if isinstance(value, str) and len(value) > _LONGEST_SHOWN else value


def _shapes(kinds: Kinds) -> dict[str, Any]:
    """Return the most frequent shapes; those of batches with many values are of a part of their texts."""
    parts = [kinds[Kind.SHAPE].select("text", "count")] if Kind.SHAPE in kinds else []
    if Kind.VALUE in kinds:
        parts.append(kinds[Kind.VALUE].select(shape(pl.col("text")).alias("text"), "count"))
    if not parts:
        return {"shapes": [], "shapes_not_looked_at": 0, "reads_as": {}}
    table = pl.concat(parts).group_by("text").agg(pl.col("count").sum())
    best = table.sort(["count", "text"], descending=[True, False]).head(_TOP)
    known = [kinds[kind].select("text", "count") for kind in (Kind.VALUE, Kind.FREQUENT) if kind in kinds]
    unshaped = int(kinds[Kind.UNSHAPED]["count"].sum()) if Kind.UNSHAPED in kinds else 0
    return {
        "shapes": [{"shape": text, "count": int(n)} for text, n in best.iter_rows()],
        "shapes_not_looked_at": unshaped,
        "reads_as": reads_as(table, pl.concat(known)) if known else {},
    }


def _spread(kinds: Kinds, dtype: pl.DataType) -> dict[str, Any]:
    """Return quantiles (the value at the rank, never one between two) and a histogram of equal steps."""
    points, weights = [], []
    if (values := kinds.get(Kind.VALUE)) is not None:
        points.append(numbers(values["key"], dtype))
        weights.append(values["count"].to_numpy())
    if (grouped := kinds.get(Kind.BUCKET)) is not None:
        points.append(bucket_middles(grouped["key"].to_numpy(), dtype))
        weights.append(grouped["count"].to_numpy())
    if not points:
        return {}
    at, weight = np.concatenate(points), np.concatenate(weights).astype(np.int64)
    finite = np.isfinite(at)
    order = np.argsort(at[finite], kind="stable")
    at, weight = at[finite][order], weight[finite][order]
    if not len(at):
        return {}
    label = "estimate" if Kind.BUCKET in kinds else "exact"
    cumulated = np.cumsum(weight)
    ranks = [max(math.ceil(q * int(cumulated[-1])), 1) for q in QUANTILES]
    where = np.searchsorted(cumulated, ranks)
    quantiles = {str(q): shown(at[i].item(), dtype) for q, i in zip(QUANTILES, where, strict=True)}
    counts, edges = _histogram(at, weight, dtype)
    return {
        "quantiles": {"is": label, "values": quantiles},
        "histogram": {"is": label, "counts": counts, "edges": [shown(edge, dtype) for edge in edges]},
    }


def _histogram(at: np.ndarray, weight: np.ndarray, dtype: pl.DataType) -> tuple[list[int], list[float]]:
    """Return counts of equal steps from the least to the greatest number, and the steps' edges."""
    low, high = float(at[0]), float(at[-1])
    bins = _bins(low, high, dtype)
    edges = [low + (high - low) * (i / bins) for i in range(bins)] + [high]
    if not math.isfinite(high - low) or any(a >= b for a, b in pairwise(edges)):
        return [int(weight.sum())], [low, high]
    which = np.clip(np.searchsorted(edges, at, side="right") - 1, 0, bins - 1)
    return [int(n) for n in np.bincount(which, weights=weight, minlength=bins)], edges


def _bins(low: float, high: float, dtype: pl.DataType) -> int:
    """Return how many bins; no more than there are whole numbers to put in them."""
    if dtype.is_integer() or dtype == pl.Date:
        return max(min(_BINS, int(high - low)), 1)
    return _BINS
