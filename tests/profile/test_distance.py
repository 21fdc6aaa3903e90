"""Distances of distributions: the laws they keep, and figures worked out elsewhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.profile import MEASURES, Distribution, Running, distribution, merge, overlaid
from weighbridge.profile.distance import chi_square_chance

BINNED = ("psi", "jensenShannon", "chiSquare")
NUMBERS = st.lists(st.none() | st.integers(-5, 5), min_size=1, max_size=40)
WORDS = st.lists(st.none() | st.sampled_from("abc"), min_size=1, max_size=40)


def of(values: Sequence[object], dtype: pl.DataType | None = None) -> Distribution:
    frame = pl.DataFrame({"x": pl.Series(values, dtype=dtype or pl.Int64())})
    running = Running(dict(frame.schema))
    running.add(frame)
    found = distribution(running.partial(), "x")
    assert found is not None
    return found


@pytest.mark.parametrize("measure", MEASURES)
@given(NUMBERS)
def test_equal_distributions_are_nowhere_apart(measure: str, values: list[object]) -> None:
    twice = of([*values, *values])
    assert MEASURES[measure](of(values), twice).value == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("measure", MEASURES)
@given(NUMBERS, NUMBERS, st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(measure: str, a: list[object], b: list[object], chance: object) -> None:
    shuffled = list(b)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert MEASURES[measure](of(a), of(b)) == MEASURES[measure](of(a), of(shuffled))


@pytest.mark.parametrize("measure", ["psi", "jensenShannon", "chiSquare"])
@given(WORDS, WORDS)
def test_of_labels_it_is_the_same_from_both_sides(measure: str, a: list[object], b: list[object]) -> None:
    one, two = of(a, pl.String()), of(b, pl.String())
    assert MEASURES[measure](one, two).value == pytest.approx(MEASURES[measure](two, one).value, abs=1e-12)


@given(NUMBERS, NUMBERS)
def test_those_with_an_end_stay_below_it(a: list[object], b: list[object]) -> None:
    for measure in ("jensenShannon", "chiSquare", "kolmogorovSmirnov"):
        distance = MEASURES[measure](of(a), of(b))
        assert 0 <= distance.value <= 1
        assert distance.chance is None or 0 <= distance.chance <= 1
    assert MEASURES["psi"](of(a), of(b)).value >= 0
    assert MEASURES["wasserstein"](of(a), of(b)).value >= 0


@given(NUMBERS, NUMBERS)
def test_the_distribution_of_merged_profiles_is_that_of_one_scan(a: list[object], b: list[object]) -> None:
    parts = []
    for values in (a, b):
        running = Running({"x": pl.Int64()})
        running.add(pl.DataFrame({"x": pl.Series(values, dtype=pl.Int64)}))
        parts.append(running.partial())
    merged, whole = distribution(merge(*parts), "x"), of([*a, *b])
    assert merged is not None
    assert (merged.nulls, merged.values) == (whole.nulls, whole.values)
    assert np.array_equal(merged.at, whole.at)  # type: ignore[arg-type]
    assert np.array_equal(merged.weight, whole.weight)


def test_figures_worked_out_by_hand() -> None:
    a, b = of(["x"] * 60 + ["y"] * 40, pl.String()), of(["x"] * 40 + ["y"] * 60, pl.String())
    psi = (0.4 - 0.6) * math.log(0.4 / 0.6) + (0.6 - 0.4) * math.log(0.6 / 0.4)
    assert MEASURES["psi"](a, b).value == pytest.approx(psi)
    tested = MEASURES["chiSquare"](a, b)  # the 2 by 2 table 60 40 / 40 60: chi-square 8, V = sqrt(8 / 200)
    assert tested.value == pytest.approx(0.2)
    assert tested.chance == pytest.approx(math.erfc(math.sqrt(8 / 2)))
    half = MEASURES["jensenShannon"](of(["x"], pl.String()), of(["x", "y"], pl.String())).value
    assert half == pytest.approx(math.sqrt((math.log2(4 / 3) + 0.5 * math.log2(2 / 3) + 0.5) / 2))
    one, two = of([0, 1, 2, 3]), of([1, 2, 3, 4])
    assert MEASURES["kolmogorovSmirnov"](one, two).value == 0.25
    assert MEASURES["wasserstein"](one, two).value == pytest.approx(1 / math.sqrt(1.25))


@pytest.mark.parametrize(("statistic", "freedom", "chance"), [
    (3.841458820694124, 1, 0.05),
    (5.991464547107979, 2, 0.05),
    (18.307038053275146, 10, 0.05),
    (124.34211340400408, 100, 0.05),
    (0, 7, 1.0),
    (1e4, 3, 0.0),
])  # fmt: skip
def test_the_chance_of_chi_square_is_that_of_the_tables(statistic: float, freedom: int, chance: float) -> None:
    assert chi_square_chance(statistic, freedom) == pytest.approx(chance, abs=1e-12)


def test_a_shift_of_many_different_values_is_measured_within_the_width_of_a_bucket() -> None:
    values = np.random.default_rng(1).normal(1000, 10, 40_000)
    one, two = (of(list(v), pl.Float64()) for v in (values, values + 5))
    assert not one.exact
    assert MEASURES["wasserstein"](one, two).value == pytest.approx(5 / values.std(), rel=0.1)
    assert MEASURES["kolmogorovSmirnov"](one, two).chance == pytest.approx(0, abs=1e-12)


def test_a_column_that_empties_and_one_that_changes_its_type() -> None:
    assert MEASURES["psi"](of([1, 2]), of([None, None])).value > 1
    for measure in BINNED:
        with pytest.raises(ValueError, match="labels"):
            MEASURES[measure](of([1]), of(["a"], pl.String()))
    with pytest.raises(ValueError, match="order"):
        MEASURES["wasserstein"](of(["a"], pl.String()), of(["a"], pl.String()))
    days = of([date(2020, 1, 1), date(2020, 1, 2)], pl.Date())
    assert days.is_ordered
    assert of([True, None], pl.Boolean()).labels == {"true": 1}


@pytest.mark.parametrize("measure", MEASURES)
@given(st.integers(-5, 5), st.integers(1, 9), st.sampled_from((-1, 1)))
def test_a_heap_that_moves_is_seen_in_either_direction(measure: str, at: int, by: int, way: int) -> None:
    heap = MEASURES[measure](of([at] * 100), of([at + way * by] * 100))
    assert heap.value >= 1
    rest = [at + 20 + i for i in range(40)]
    assert MEASURES[measure](of([at] * 60 + rest), of([at + way * by] * 60 + rest)).value > 0.01


def test_nothing_is_known_of_masked_and_nested_columns() -> None:
    frame = pl.DataFrame({"x": [1], "y": [[1]]})
    running = Running(dict(frame.schema), frozenset({"x"}))
    running.add(frame)
    assert distribution(running.partial(), "x") is None
    assert distribution(running.partial(), "y") is None


def test_numbers_that_become_none_are_seen() -> None:
    good, odd = of([1.0, 2.0] * 50, pl.Float64()), of([1.0, *[math.nan] * 90, *[math.inf] * 9], pl.Float64())
    assert (odd.rest, odd.values) == (99, 1)
    for measure in BINNED:
        assert MEASURES[measure](good, odd).value > 0.5


def test_two_samples_of_one_source_with_many_labels_are_near_each_other() -> None:
    chance = np.random.default_rng(3)
    one, two = (of([f"c{n}" for n in chance.integers(0, 6_000, 60_000)], pl.String()) for _ in range(2))
    assert one.rest
    for measure in BINNED:
        assert MEASURES[measure](one, two).value < 0.05


@given(st.one_of(st.tuples(NUMBERS, NUMBERS, st.just(pl.Int64())), st.tuples(WORDS, WORDS, st.just(pl.String()))))
def test_side_by_side_every_value_is_in_one_bin(drawn: tuple[list[object], list[object], pl.DataType]) -> None:
    a, b, dtype = drawn
    one, two = of(a, dtype), of(b, dtype)
    bins = overlaid(one, two, most_labels=2)
    assert (sum(x.before for x in bins), sum(x.now for x in bins)) == (len(a), len(b))
    for x in bins:
        assert (x.kind == "label") == (x.label is not None)
        assert x.kind != "label" or max(x.before, x.now) >= 3
        assert x.kind == "range" or x.above is x.up_to is x.below is None


def test_side_by_side_bins_tell_what_is_in_them() -> None:
    bins = overlaid(of([5] * 9 + [6], pl.Int64()), of([4, 4, 5, 7], pl.Int64()))
    assert [(x.below, x.above, x.up_to, x.before, x.now) for x in bins] == [
        (5.0, None, None, 0, 2),
        (None, None, 5.0, 9, 1),
        (None, 5.0, None, 1, 1),
    ]
    nothing = overlaid(of([None], pl.Int64()), of([1, None], pl.Int64()))
    assert [(x.kind, x.before, x.now) for x in nothing] == [("range", 0, 1), ("nulls", 1, 1)]
