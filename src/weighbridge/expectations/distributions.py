"""Four tests of distributions that Great Expectations once had and has given up: suites of then still ask for them.

Computed as its last versions that had them did, on the values of one plan: chi-square of labels, Kolmogorov–Smirnov
against a named distribution and, bootstrapped, against a partition, and Cramér's phi of two columns. SciPy, which
Great Expectations brings with it, is imported only when one of them is asked for.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from weighbridge.expectations.divergence import is_partition
from weighbridge.expectations.maps import numbers
from weighbridge.expectations.resolving import Branch
from weighbridge.expectations.view import View

Arguments = Mapping[str, Any]
Outcome = dict[str, Any]
"""`success` and `result`, as an expectation answers."""

_SAMPLES, _SEED, _BINS, _THRESHOLD = 1000, 20131101, 10, 0.1
_PLACES: Mapping[str, tuple[str, ...]] = {
    "norm": ("mean", "std_dev"),
    "beta": ("alpha", "beta", "loc", "scale"),
    "gamma": ("alpha", "loc", "scale"),
    "uniform": ("min", "max"),
    "chi2": ("df", "loc", "scale"),
    "expon": ("loc", "scale"),
}
"""By distribution, its parameters in the order SciPy takes them."""
_ALSO = {"mean": "loc", "std_dev": "scale", "min": "loc", "max": "scale"}
"""SciPy's words for what Great Expectations names otherwise; its `max` of a uniform distribution is SciPy's width."""
_NEEDED = {"beta": 2, "gamma": 1, "chi2": 1}
_POSITIVE = ("std_dev", "alpha", "beta", "df", "scale")


def _labels(view: View, said: Arguments) -> Branch:
    name = str(said["column"])
    expected: Any = said.get("partition_object")
    if not is_partition(expected, "values"):
        raise ValueError("Invalid partition object.")
    holdout = float(said.get("tail_weight_holdout") or 0)
    if not 0 <= holdout <= 1:
        raise ValueError("tail_weight_holdout must be between zero and one.")
    at_least = _chance(said, "p")

    def read(found: pl.DataFrame) -> Outcome:
        from scipy.special import chdtrc

        seen: dict[Any, int] = dict(found.iter_rows())
        total = sum(seen.values())
        weights = dict(zip(expected["values"], map(float, expected["weights"]), strict=True))
        others = sorted((value for value in seen if value not in weights), key=str)
        scale = (1 - holdout if others else 1.0) * total
        wanted = {value: weight * scale for value, weight in weights.items()}
        wanted |= {value: holdout * total / len(others) for value in others}
        if not total:
            chance = None
        elif any(not wanted[value] and seen.get(value) for value in wanted):
            chance = 0.0
        else:
            terms = ((seen.get(value, 0) - much) ** 2 / much for value, much in wanted.items() if much)
            chance = float(chdtrc(len(wanted) - 1, sum(terms))) if len(wanted) > 1 else 1.0
        parts = {
            f"{word}_partition": {
                "values": list(wanted),
                "weights": [of.get(value, 0) / total if total else None for value in wanted],
            }
            for word, of in (("observed", seen), ("expected", wanted))
        }
        return _told(chance, chance is not None and chance > at_least, parts)

    values = view.values(name).alias("value")
    return Branch(lambda frame: frame.select(values.drop_nulls()).group_by("value", maintain_order=True).len(), read)


def _named(view: View, said: Arguments) -> Branch:
    kind, at_least = str(said.get("distribution")), _chance(said, "p_value")
    if not 0 < at_least < 1:
        raise ValueError("p_value must be between 0 and 1 exclusive")
    places = parameters(kind, said.get("params"))

    def read(found: pl.DataFrame) -> Outcome:
        from scipy import stats

        values = found.to_series().to_numpy()
        if not len(values):
            return _told(None, False, {"expected_params": list(places)})
        test = stats.kstest(values, kind, args=places)
        observed = [float(test.statistic), float(test.pvalue)]
        return _told(
            observed[1], observed[1] >= at_least, {"expected_params": list(places), "observed_ks_result": observed}
        )

    return _values_of(view, said, read)


def parameters(kind: str, given: Any) -> tuple[float, ...]:
    """Return a distribution's parameters in SciPy's order.

    Args:
        kind: of distribution, `norm` and the like.
        given: a list in that order, or a mapping by name; `loc` is 0 and `scale` 1 where nothing is said.

    Raises:
        ValueError: the distribution is not known, a parameter is missing, too much, or must be positive.
    """
    if kind not in _PLACES:
        raise ValueError(f"Unsupported distribution provided: {kind}; known are {', '.join(_PLACES)}")
    names = _PLACES[kind]
    if isinstance(given, Mapping):
        if missing := [name for name in names[: _NEEDED.get(kind, 0)] if name not in given]:
            raise ValueError(f"{kind} distributions require {' and '.join(missing)}")
        usual = {"loc": 0, "scale": 1}
        found = [float(given.get(name, given.get(_ALSO.get(name, name), usual.get(_ALSO.get(name, name)))))
                 for name in names]  # fmt: skip
    elif isinstance(given, Sequence) and not isinstance(given, str):
        if not _NEEDED.get(kind, 0) <= len(given) <= len(names):
            raise ValueError(f"{kind} distributions take {_NEEDED.get(kind, 0)} to {len(names)} parameters: {names}")
        found = [float(value) for value in given]
    elif given is None and kind not in _NEEDED:
        found = []
    else:
        raise ValueError("params must be a dict or list")
    for name, value in zip(names, found, strict=False):
        if name in _POSITIVE and value <= 0:
            raise ValueError(f"{name} must be positive in a {kind} distribution")
    return tuple(found)


def _bootstrapped(view: View, said: Arguments) -> Branch:
    expected: Any = said.get("partition_object")
    at_least = _chance(said, "p")
    if not is_partition(expected, "bins"):
        raise ValueError("Invalid continuous partition object.")
    edges = [float(edge) for edge in expected["bins"]]
    if any(edge in (float("-inf"), float("inf")) for edge in (edges[0], edges[-1])):
        raise ValueError("Partition endpoints must be finite.")
    if sum(expected.get("tail_weights") or ()) > 0:
        raise ValueError("Partition cannot have tail weights -- endpoints must be finite.")
    heights = [0.0, *itertools.accumulate(map(float, expected["weights"]))]
    samples = int(said.get("bootstrap_samples") or _SAMPLES)
    size = int(said.get("bootstrap_sample_size") or 2 * len(expected["weights"]))
    if samples < 1 or size < 1:
        raise ValueError("bootstrap_samples and bootstrap_sample_size must be positive.")

    def read(found: pl.DataFrame) -> Outcome:
        import numpy as np
        from scipy import stats

        values = found.to_series().to_numpy()
        if not len(values):
            return _told(None, False, {"bootstrap_samples": samples, "bootstrap_sample_size": size})
        drawn = np.sort(np.random.default_rng(_SEED).choice(values, size=(samples, size)), axis=1)
        meant = np.interp(drawn, edges, heights)
        steps = np.arange(size + 1) / size
        apart = np.maximum((steps[1:] - meant).max(axis=1), (meant - steps[:-1]).max(axis=1))
        chances = stats.kstwo.sf(apart, size)
        share = (1 + int((chances >= at_least).sum())) / (samples + 1)
        inside, _ = np.histogram(values, edges)
        below, above = int((values < edges[0]).sum()), int((values > edges[-1]).sum())
        bins = [*([float(values.min())] if below else []), *edges, *([float(values.max())] if above else [])]
        counts = [*([below] if below else []), *map(int, inside), *([above] if above else [])]
        weights = [count / len(values) for count in counts]
        details = {
            "bootstrap_samples": samples,
            "bootstrap_sample_size": size,
            "observed_partition": {"bins": bins, "weights": weights},
            "expected_partition": {"bins": edges, "weights": list(expected["weights"])},
            "observed_cdf": {"x": bins, "cdf_values": [0.0, *itertools.accumulate(weights)]},
            "expected_cdf": {"x": edges, "cdf_values": heights},
        }
        return _told(share, share > at_least, details)

    return _values_of(view, said, read)


def _together(view: View, said: Arguments) -> Branch:
    names = [str(said["column_A"]), str(said["column_B"])]
    threshold = said.get("threshold")
    limit = _THRESHOLD if threshold is None else float(threshold)
    numeric = [view.dtype(name).is_numeric() for name in names]
    sides = [view.values(name) if n else view.values(name).cast(pl.String)
             for name, n in zip(names, numeric, strict=True)]  # fmt: skip

    def build(frame: pl.LazyFrame) -> pl.LazyFrame:
        rows = frame if view.where is None else frame.filter(view.where)
        return rows.select(sides[0].alias("A"), sides[1].alias("B")).group_by("A", "B", maintain_order=True).len()

    def read(found: pl.DataFrame) -> Outcome:
        from scipy.stats import chi2_contingency

        counts = found["len"].to_list()
        total = sum(counts)
        labels = [
            _categories(found[side].to_list(), counts, is_number, said.get(f"bins_{side}"), said.get(f"n_bins_{side}"))
            for side, is_number in zip("AB", numeric, strict=True)
        ]
        cells: dict[tuple[str, str], int] = {}
        for a, b, count in zip(*labels, counts, strict=True):
            cells[a, b] = cells.get((a, b), 0) + count
        rows, columns = (list(dict.fromkeys(side)) for side in labels)
        table = [[cells.get((a, b), 0) for b in columns] for a in rows]
        details = {"crosstab": {"rows": rows, "columns": columns, "counts": table}}
        if min(len(rows), len(columns)) < 2:  # one category goes with everything, and with nothing
            return _told(None, False, details)
        phi = (float(chi2_contingency(table)[0]) / total / (min(len(rows), len(columns)) - 1)) ** 0.5
        phi = min(phi, 1.0)
        return _told(phi, phi <= limit, details)

    return Branch(build, read)


def _categories(values: list[Any], counts: list[int], is_number: bool, bins: Any, most: Any) -> list[str]:
    """Return the category of each value: a bin of numbers, a label, all rarer labels together, what is missing."""
    most = _BINS if most is None else int(most)
    if not is_number:
        if bins is not None:
            group = {str(value): ", ".join(map(str, each)) for each in bins for value in each}
            return ["(missing)" if value is None else group.get(value, value) for value in values]
        often: dict[str, int] = {}
        for value, count in zip(values, counts, strict=True):
            if value is not None:
                often[value] = often.get(value, 0) + count
        if len(often) <= most:
            return ["(missing)" if value is None else value for value in values]
        kept = set(sorted(often, key=lambda value: -often[value])[:most])
        return ["(missing)" if value is None else value if value in kept else "(other)" for value in values]
    import numpy as np

    present = [float(value) for value in values if value is not None]
    if not present:
        return ["(missing)"] * len(values)
    if bins is None:
        edges = [float(edge) for edge in np.histogram_bin_edges(present, bins=most)]
    else:
        edges = sorted({*map(float, bins)})
        edges = [*([min(present)] if min(present) < edges[0] else []), *edges]
        edges = [*edges, *([max(present)] if max(present) > edges[-1] else [])]
    last = len(edges) - 2

    def label(value: float) -> str:
        at = min(max(int(np.searchsorted(edges, value, side="right")) - 1, 0), max(last, 0))
        return f"[{edges[at]:g}, {edges[at + 1]:g}{']' if at == last else ')'}" if last >= 0 else f"[{edges[0]:g}]"

    return ["(missing)" if value is None else label(float(value)) for value in values]


def _values_of(view: View, said: Arguments, read: Callable[[pl.DataFrame], Outcome]) -> Branch:
    values = numbers(view, str(said["column"])).cast(pl.Float64).drop_nulls()
    return Branch(lambda frame: frame.select(values.alias("value")), read)


def _chance(said: Arguments, word: str) -> float:
    value = said.get(word)
    return 0.05 if value is None else float(value)


def _told(observed: float | None, success: bool, details: Outcome) -> Outcome:
    return {"success": bool(success), "result": {"observed_value": observed, "details": details}}


TESTS: Mapping[str, Callable[[View, Arguments], Branch]] = {
    "column.chisquare_test": _labels,
    "column.distribution_ks_test": _named,
    "column.bootstrapped_ks_test": _bootstrapped,
    "column_pair.cramers_phi": _together,
}
"""By metric, how it becomes a branch of the plan."""
