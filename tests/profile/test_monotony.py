"""Order from record to record against plain Python, whatever the batches and the order they come in."""

from __future__ import annotations

import random
from datetime import date
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.profile import Running, dump, load, merge, summed_up

runs = st.lists(st.none() | st.integers(-5, 5), max_size=12) | st.lists(st.integers(0, 9), max_size=12).map(sorted)


def order(running: Running) -> str | None:
    return summed_up(running.partial())["columns"]["a"].get("order")


def plain(values: list[int | None]) -> str | None:
    known = [v for v in values if v is not None]
    rises, falls = (any(a < b for a, b in pairwise(known)), any(a > b for a, b in pairwise(known)))
    strict = "" if any(a == b for a, b in pairwise(known)) else "strictly "
    return None if rises == falls else strict + ("rising" if rises else "falling")


@settings(max_examples=60, deadline=None)
@given(runs | runs.map(lambda r: r[::-1]), st.integers(1, 4), st.randoms(use_true_random=False))
def test_the_order_of_values_is_theirs_however_they_are_cut_and_come(values, size: int, shuffle: random.Random) -> None:
    for dtype in (pl.Int64(), pl.Float64(), pl.String()):
        column = pl.Series("a", values, dtype=pl.Int64)
        column = (
            pl.Series("a", [None if v is None else f"{v + 5:02}" for v in values]) if dtype == pl.String else column
        )
        batches = [(i, pl.DataFrame({"a": column.cast(dtype)[i : i + size]})) for i in range(0, len(values), size)]
        shuffle.shuffle(batches)
        running = Running({"a": dtype})
        for at, batch in batches:
            running.add(batch, (0, at))
        assert order(running) == plain(values)


@settings(max_examples=60, deadline=None)
@given(runs, runs)
def test_the_order_of_two_profiles_merged_is_that_of_the_one_after_the_other(one, other) -> None:
    parts = []
    for values in (one, other):
        running = Running({"a": pl.Int64()})
        running.add(pl.DataFrame({"a": values}, schema={"a": pl.Int64}))
        parts.append(load(dump(running.partial())))
    assert summed_up(merge(*parts))["columns"]["a"].get("order") == plain([*one, *other])


def test_long_columns_are_looked_at_to_their_end() -> None:
    rising = list(range(5_000))
    for values, expected in ((rising, "strictly rising"), ([*rising, 0], None), ([*rising, 4_999], "rising")):
        running = Running({"a": pl.Int64()})
        running.add(pl.DataFrame({"a": values}))
        assert order(running) == expected


def test_what_is_not_a_number_has_no_place_in_an_order() -> None:
    running = Running({"a": pl.Float64()})
    running.add(pl.DataFrame({"a": [1.0, float("nan"), 2.0, float("inf"), 3.0]}))
    assert order(running) == "strictly rising"


def test_a_masked_column_has_no_order_since_its_ends_would_be_kept() -> None:
    running = Running({"a": pl.Date()}, frozenset({"a"}))
    running.add(pl.DataFrame({"a": [date(2020, 1, 1), date(2020, 1, 2)]}))
    assert "order" not in running.partial().figures["a"]


@pytest.mark.parametrize("times", [1, 3])
def test_a_strict_order_proves_that_nothing_repeats(times: int) -> None:
    running = Running({"a": pl.Int64()})
    for n in range(times):
        running.add(pl.DataFrame({"a": range(n * 6_000, (n + 1) * 6_000)}))
    told = summed_up(running.partial())["columns"]["a"]
    assert (told["distinct_is"], told["unique"]) == ("estimate", "yes")
