"""How far the weights of a column's values are from expected ones: the Kullback–Leibler divergence, in nats.

As Great Expectations computes it, with its holdouts and tails; what is expected must be given, so
that one scan tells.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from weighbridge.expectations.literals import comparable
from weighbridge.expectations.view import View

Arguments = Mapping[str, Any]
Observed = tuple[float | None, bool, dict[str, Any]]
"""The divergence, whether it is within the threshold, and what was observed and expected."""

_ABSOLUTE, _RELATIVE = 1e-8, 1e-5


def divergence(view: View, kwargs: Arguments) -> tuple[pl.Expr, Callable[[Mapping[str, Any]], Observed]]:
    """Return what to count of a column, and how that becomes its divergence.

    Raises:
        ValueError, TypeError: the arguments make no sense, or not for this column.
    """
    expected = kwargs["partition_object"]
    tail, internal = (float(kwargs.get(f"{part}_weight_holdout") or 0) for part in ("tail", "internal"))
    threshold = kwargs.get("threshold")
    if threshold is not None and (not isinstance(threshold, int | float) or threshold < 0):
        raise ValueError("Threshold must be specified, greater than or equal to zero.")
    if not 0 <= tail <= 1 or not 0 <= internal <= 1:
        raise ValueError("tail_weight_holdout and internal_weight_holdout must be between zero and one.")
    if tail and "tail_weights" in expected:
        raise ValueError("tail_weight_holdout must be 0 when using tail_weights in partition object")

    def told(seen: Sequence[float], wanted: Sequence[float], details: dict[str, Any]) -> Observed:
        found = entropy(seen, wanted)
        finite = None if math.isnan(found) or math.isinf(found) else found
        return finite, threshold is None or found <= threshold, details

    name = str(kwargs["column"])
    if is_partition(expected, "values"):
        if internal:
            raise ValueError("Internal weight holdout cannot be used for discrete data.")
        return _of_values(view, name, expected, tail, told)
    if not is_partition(expected, "bins") or any(low >= high for low, high in itertools.pairwise(expected["bins"])):
        raise ValueError("Invalid partition object.")
    if kwargs.get("bucketize_data") is False:
        raise ValueError("KL Divergence cannot be computed of bins with bucketize_data set to false.")
    if "tail_weights" in expected and any(isinstance(b, float) and math.isinf(b) for b in expected["bins"]):
        raise ValueError("There can be no tail weights for partitions with one or both endpoints at infinity")
    if tail and all(isinstance(b, float) and math.isinf(b) for b in (expected["bins"][0], expected["bins"][-1])):
        raise ValueError("tail_weight_holdout cannot be used for partitions with infinite endpoints.")
    return _of_bins(view, name, expected, (tail, internal), told)


def entropy(seen: Sequence[float], wanted: Sequence[float]) -> float:
    """Return the divergence of weights, each list scaled to 1 before; NaN where one of them has no weight."""
    of, by = sum(seen), sum(wanted)
    if not of or not by or math.isnan(of):
        return math.nan
    pairs = [(p / of, q / by) for p, q in zip(seen, wanted, strict=True)]
    return math.inf if any(p > 0 >= q for p, q in pairs) else sum(p * math.log(p / q) for p, q in pairs if p > 0)


def is_partition(expected: Any, key: str) -> bool:
    """Whether weights that sum to 1 are given for each of `values`, or for each space between `bins`."""
    if not isinstance(expected, Mapping) or "weights" not in expected or key not in expected:
        return False
    weights = [*expected["weights"], *(expected.get("tail_weights", ()) if key == "bins" else ())]
    one = abs(sum(weights) - 1) <= _ABSOLUTE + _RELATIVE
    return one and len(expected[key]) == len(expected["weights"]) + (key == "bins")


def _share(count: float, of: float) -> float:
    return count / of if of else math.nan


def _of_values(
    view: View, name: str, expected: Arguments, tail: float, told: Callable[..., Observed]
) -> tuple[pl.Expr, Callable[[Mapping[str, Any]], Observed]]:
    counts = view.values(name).drop_nulls().alias("value").value_counts(name="count").implode()

    def read(pairs: Any) -> Observed:
        seen = {pair["value"]: pair["count"] for pair in pairs}
        total = sum(seen.values())
        wanted = dict(zip(expected["values"], map(float, expected["weights"]), strict=True))
        others = [value for value in sorted(seen) if value not in wanted]
        values = [*wanted, *others]
        p = [_share(seen[value], total) if value in seen else 0.0 for value in values]
        kept = 1 - tail if others else 1.0
        q = [wanted[v] * kept if v in wanted else tail / len(others) for v in values]
        details = {"observed_partition": {"values": values, "weights": p},
                   "expected_partition": {"values": values, "weights": q}}  # fmt: skip
        return told(p, q, details)

    return counts, read


def _of_bins(
    view: View, name: str, expected: Arguments, holdouts: tuple[float, float], told: Callable[..., Observed]
) -> tuple[pl.Expr, Callable[[Mapping[str, Any]], Observed]]:
    tail, internal = holdouts
    edges, dtype = list(expected["bins"]), view.dtype(name)
    values = view.values(name)
    if dtype.is_numeric() or dtype == pl.Boolean:
        values, limits = values.cast(pl.Float64), edges
    elif dtype.is_temporal():
        limits = [comparable(edge, dtype) for edge in edges]
    else:
        raise TypeError(f"a column of type {dtype} has no histogram")
    last = len(edges) - 2
    held = [(values >= low) & (values <= high if i == last else values < high)
            for i, (low, high) in enumerate(itertools.pairwise(limits))]  # fmt: skip
    counted = [values < limits[0], *held, values > limits[-1], values.is_not_null()]
    weights = [float(w) * (1 - tail - internal) for w in expected["weights"]]
    if internal and (empty := weights.count(0.0)):
        weights = [weight or internal / empty for weight in weights]
    open_below, open_above = (isinstance(edge, float) and math.isinf(edge) for edge in (edges[0], edges[-1]))

    def read(counts: Mapping[str, Any]) -> Observed:
        below, *inside, above, of = (int(count or 0) for count in counts.values())
        p, q = [_share(count, of) for count in inside], list(weights)
        if not of and not (open_below and open_above):
            return None, False, {}  # Great Expectations gives up here
        if open_below and open_above:
            seen, wanted = p, q
        else:
            each = expected.get("tail_weights") or [tail / 2, tail / 2]
            ends = [tail if open_below or open_above else float(weight) for weight in each]
            seen = [*([] if open_below else [_share(below, of)]), *p, *([] if open_above else [_share(above, of)])]
            wanted = [*([] if open_below else ends[:1]), *q, *([] if open_above else ends[1:])]
        parts = {
            word: {
                "bins": edges[open_below : len(edges) - open_above],
                "weights": w[1:-1],
                "tail_weights": [w[0], w[-1]],
            }
            for word, w in (("observed_partition", seen), ("expected_partition", wanted))
        }
        return told(seen, wanted, parts)

    return pl.struct(count.sum().alias(str(i)) for i, count in enumerate(counted)), read
