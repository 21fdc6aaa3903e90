"""How far apart two distributions of one column are.

Each measure is 0 for equal distributions. Population stability, Jensen–Shannon and chi-square compare shares
in bins: of ordered values the tenths of the first distribution, of others each label; nulls are a bin of their
own, NaN and infinities another, so that a column that empties drifts. Kolmogorov–Smirnov and Wasserstein
compare ordered values as they are; nulls, NaN and infinities are left out.

Sources: Siddiqi, Credit Risk Scorecards, 2006, ch. 6 (population stability index); Lin, "Divergence measures based
on the Shannon entropy", IEEE Trans. Inf. Theory 37 (1991); Massey, "The Kolmogorov-Smirnov Test", JASA 46 (1951);
Vallender, "Calculation of the Wasserstein distance", Theory Probab. Appl. 18 (1974); Cramér, Mathematical Methods
of Statistics, 1946, 21.9 and 30.5.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from weighbridge.profile.distribution import Distribution, Floats
from weighbridge.quick import dataclass

_TENTHS = 10
_MOST_LABELS = 1_000
_LEAST_SHARE = 1e-4  # a bin that one side does not have would be infinitely far away


@dataclass(frozen=True, slots=True)
class Distance:
    """How far apart two distributions are.

    Attributes:
        measure: its name.
        value: 0 for equal ones.
        chance: the probability of such a distance, or a greater one, between two samples of one
            distribution; None where the measure has none.
    """

    measure: str
    value: float
    chance: float | None = None


def population_stability(a: Distribution, b: Distribution) -> Distance:
    """Return the population stability index: below 0.1 little, above 0.25 much. From 0, without an upper end."""
    p, q = (np.maximum(share, _LEAST_SHARE) for share in _shares(a, b))
    return Distance("psi", float(np.sum((q - p) * np.log(q / p))))


def jensen_shannon(a: Distribution, b: Distribution) -> Distance:
    """Return the Jensen–Shannon distance: the square root of the divergence to base 2, from 0 to 1."""
    p, q = _shares(a, b)
    middle = (p + q) / 2
    divergence = (_entropy(p, middle) + _entropy(q, middle)) / 2
    return Distance("jensenShannon", math.sqrt(min(max(divergence, 0.0), 1.0)))


def chi_square(a: Distribution, b: Distribution) -> Distance:
    """Return Cramér's V of the two samples' counts by bin, from 0 to 1, and the chance by the chi-square test."""
    one, two = _counts(a, b)
    table = np.array([one, two])
    table = table[:, table.sum(axis=0) > 0]
    total = table.sum()
    if not total or not table.sum(axis=1).all() or table.shape[1] < 2:
        return Distance("chiSquare", 0.0, 1.0)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / total
    statistic = float(np.sum((table - expected) ** 2 / expected))
    return Distance(
        "chiSquare", math.sqrt(min(statistic / total, 1.0)), chi_square_chance(statistic, table.shape[1] - 1)
    )


def kolmogorov_smirnov(a: Distribution, b: Distribution) -> Distance:
    """Return the greatest distance of the two distribution functions, from 0 to 1, and its (asymptotic) chance.

    Raises:
        ValueError: the values have no order.
    """
    _, first, second = _functions(a, b)
    n, m = a.values, b.values
    distance = float(np.abs(first - second).max(initial=0.0)) if n and m else float(n != m)
    effective = n * m / (n + m) if n and m else 0.0
    return Distance("kolmogorovSmirnov", distance, _smirnov_chance(math.sqrt(effective) * distance))


def wasserstein(a: Distribution, b: Distribution) -> Distance:
    """Return the earth mover's distance in standard deviations of `a`; in the values' unit where they do not vary.

    From a column that has values to one that has none it is infinite.

    Raises:
        ValueError: the values have no order.
    """
    at, first, second = _functions(a, b)
    if not (a.values and b.values):
        return Distance("wasserstein", 0.0 if a.values == b.values else math.inf)
    moved = float(np.sum(np.abs(first - second)[:-1] * np.diff(at)))
    assert a.at is not None
    spread = math.sqrt(float(np.average((a.at - np.average(a.at, weights=a.weight)) ** 2, weights=a.weight)))
    return Distance("wasserstein", moved / spread if spread > 0 else moved)


MEASURES: dict[str, Callable[[Distribution, Distribution], Distance]] = {
    "psi": population_stability,
    "jensenShannon": jensen_shannon,
    "chiSquare": chi_square,
    "kolmogorovSmirnov": kolmogorov_smirnov,
    "wasserstein": wasserstein,
}
"""By the names that contracts use. The first distribution is what is compared with."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Values that two distributions have in common, and how many of each there are.

    Attributes:
        kind: ``"range"`` of ordered values, ``"label"``, ``"others"`` (labels too many or too rare to be named),
            ``"odd"`` (NaN and infinities) or ``"nulls"``.
        above: of a range: all its values are greater; None without an end there.
        up_to: of a range: none is greater; None without an end there.
        below: of a range: all are less; only where it is what is less than the least value of before.
        label: the value.
        before, now: how many there are.
    """

    kind: str
    before: int
    now: int
    above: float | None = None
    up_to: float | None = None
    below: float | None = None
    label: str | None = None


def overlaid(a: Distribution, b: Distribution, most_labels: int = 12, least: int = 3) -> list[Bin]:
    """Return two distributions side by side: the bins that are compared, in order; of labels the most frequent.

    Args:
        a, b: what was, and what is.
        most_labels: how many labels are named.
        least: labels that stand less often on both sides are not named.

    Raises:
        ValueError: one has numbers, the other has labels.
    """
    one, two = ([int(n) for n in counts] for counts in _counts(a, b))
    if a.at is None:
        common = {
            name for name in {**a.labels, **b.labels} if max(a.labels.get(name, 0), b.labels.get(name, 0)) >= least
        }
        named = sorted(common, key=lambda x: (-max(a.labels.get(x, 0), b.labels.get(x, 0)), x))[:most_labels]
        bins = [Bin("label", a.labels.get(n, 0), b.labels.get(n, 0), label=n) for n in named]
        left = Bin("others", a.values - sum(x.before for x in bins), b.values - sum(x.now for x in bins))
        odd = [left] if left.before or left.now else []
    else:
        edges = [float(edge) for edge in _edges(a)]
        has_lesser = len(edges) > 1 and edges[0] == math.nextafter(edges[1], -math.inf)
        lows, highs = [None, *edges], [*edges, None]
        bins = [
            Bin("range", one[i], two[i], above=low, up_to=high)
            for i, (low, high) in enumerate(zip(lows, highs, strict=True))
        ]
        if has_lesser:
            bins[0] = Bin("range", one[0], two[0], below=edges[1])
            bins[1] = Bin("range", one[1], two[1], above=None, up_to=edges[1])
        odd = [Bin("odd", one[-2], two[-2])] if one[-2] or two[-2] else []
    nulls = Bin("nulls", a.nulls, b.nulls)
    return [*bins, *odd, *([nulls] if nulls.before or nulls.now else [])]


def chi_square_chance(statistic: float, freedom: int) -> float:
    """Return the probability that a chi-square variable of so many degrees of freedom exceeds `statistic`."""
    return _upper_gamma(freedom / 2, statistic / 2)


def _shares(a: Distribution, b: Distribution) -> tuple[Floats, Floats]:
    one, two = _counts(a, b)
    return one / max(one.sum(), 1.0), two / max(two.sum(), 1.0)


def _counts(a: Distribution, b: Distribution) -> tuple[Floats, Floats]:
    """Return how many values of each are in the same bins; the last bin is that of nulls."""
    if a.at is not None and b.at is not None:
        edges = _edges(a)
        return tuple(_binned(d, edges) for d in (a, b))  # type: ignore[return-value]
    if a.at is not None or b.at is not None:
        raise ValueError("one has numbers, the other has labels")
    # Where not every label was counted, one that only one side knows is among the uncounted ones of the other.
    known_ones = {**a.labels, **b.labels} if not (a.rest or b.rest) else a.labels.keys() & b.labels.keys()
    kept = sorted(known_ones, key=lambda x: (-a.labels.get(x, 0) - b.labels.get(x, 0), x))[:_MOST_LABELS]

    def counted(d: Distribution) -> Floats:
        known = [d.labels.get(label, 0) for label in kept]
        return np.array([*known, sum(d.labels.values()) - sum(known) + d.rest, d.nulls], dtype=np.float64)

    return counted(a), counted(b)


def _edges(d: Distribution) -> Floats:
    """Return the inner edges of bins: the tenths of the values; each value is at most the edge of its bin.

    Where the least value fills the first tenth, what is less than it has a bin of its own: else a column that
    was one value, and is a lesser one, would not have moved.
    """
    assert d.at is not None
    if not len(d.at):
        return np.empty(0)
    cumulated = np.cumsum(d.weight)
    ranks = np.array([i / _TENTHS for i in range(1, _TENTHS)]) * cumulated[-1]
    edges = np.unique(d.at[np.searchsorted(cumulated, ranks)])
    return np.insert(edges, 0, np.nextafter(edges[0], -math.inf)) if edges[0] == d.at[0] else edges


def _binned(d: Distribution, edges: Floats) -> Floats:
    assert d.at is not None
    which = np.searchsorted(edges, d.at, side="left")
    counts = np.bincount(which, weights=d.weight, minlength=len(edges) + 1)
    return np.append(counts, [float(d.rest), float(d.nulls)])


def _functions(a: Distribution, b: Distribution) -> tuple[Floats, Floats, Floats]:
    """Return the points of both and the two distribution functions there."""
    if a.at is None or b.at is None:
        raise ValueError("labels have no order")
    at = np.union1d(a.at, b.at)
    return at, _function(a, at), _function(b, at)


def _function(d: Distribution, at: Floats) -> Floats:
    assert d.at is not None
    if not len(d.at):
        return np.zeros(len(at))
    cumulated = np.concatenate([[0.0], np.cumsum(d.weight)])
    function: Floats = cumulated[np.searchsorted(d.at, at, side="right")] / cumulated[-1]
    return function


def _entropy(p: Floats, q: Floats) -> float:
    there = p > 0
    return float(np.sum(p[there] * np.log2(p[there] / q[there])))


def _smirnov_chance(x: float) -> float:
    if x < 0.2:
        return 1.0  # the series converges slowly, and 1 is right to ten digits
    terms = ((-1) ** (k - 1) * math.exp(-2 * k * k * x * x) for k in range(1, 101))
    return min(max(2 * math.fsum(terms), 0.0), 1.0)


def _upper_gamma(s: float, x: float) -> float:
    """Return the regularised upper incomplete gamma function (Abramowitz and Stegun 6.5.29 and 6.5.31)."""
    if x <= 0:
        return 1.0
    scale = math.exp(min(s * math.log(x) - x - math.lgamma(s), 700.0))
    if x < s + 1:
        term = total = 1 / s
        k = s
        while abs(term) > abs(total) * 1e-16:
            k += 1
            term *= x / k
            total += term
        return min(max(1 - total * scale, 0.0), 1.0)
    tiny = 1e-300
    b = x + 1 - s
    c, d = 1 / tiny, 1 / b
    h = d
    for i in range(1, 100_000):
        a = -i * (i - s)
        b += 2
        d = 1 / (a * d + b or tiny)
        c = b + a / c or tiny
        h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return min(max(h * scale, 0.0), 1.0)
