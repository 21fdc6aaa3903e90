"""Samples of rows merge to that of the whole, and what they tell is so of all rows within the doubt stated."""

from __future__ import annotations

import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.profile import Running, merge, summed_up
from weighbridge.profile.sample import COUNT, MOST_ROWS, Sample, sample_of, together


def told(frame: pl.DataFrame, size: int = 50_000, masked: frozenset[str] = frozenset()) -> dict:
    running = Running(dict(frame.schema), masked)
    for batch in frame.iter_slices(size):
        running.add(batch)
    return summed_up(running.partial())


def rows(sample: Sample) -> set[tuple]:
    return set(sample.rows.iter_rows())


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 30_000), st.integers(1, 20_000), st.integers(1, 4), st.integers(0, 10**6))
def test_samples_of_parts_make_that_of_the_whole(n: int, different: int, parts: int, seed: int) -> None:
    frame = pl.DataFrame({"a": pl.int_range(n, eager=True) * 7 % different, "b": pl.int_range(n, eager=True) % 3})
    frame = frame.sample(fraction=1, shuffle=True, seed=seed)
    size = n // parts + 1
    cut = [sample_of(frame[i : i + size], ["a", "b"]) for i in range(0, n, size)]
    forwards = backwards = cut[0]
    for one in cut[1:]:
        forwards, backwards = together(forwards, one), together(one, backwards)
    assert (rows(forwards), forwards.limit) == (rows(backwards), backwards.limit)
    counted = frame.group_by("a", "b").len()
    true = {(a, b): n for a, b, n in counted.iter_rows()}
    assert all(true[a, b] == count for a, b, _, count in forwards.rows.iter_rows())
    assert forwards.rows.height <= MOST_ROWS
    if forwards.is_whole:
        assert forwards.rows[COUNT].sum() == n


def test_copies_are_counted_exactly_of_few_rows_and_estimated_of_many() -> None:
    few = told(pl.DataFrame({"a": [1, 2, 2, 2], "b": ["x", "y", "y", "y"]}))
    assert few["duplicates"] == {"records": 2, "is": "exact", "error": 0.0}
    n = 120_000
    many = told(pl.DataFrame({"a": [i if i % 10 else i - 1 if i else 0 for i in range(n)]}))["duplicates"]
    assert many["is"] == "estimate"
    assert abs(many["records"] - n / 10) < 4 * many["error"]
    none = told(pl.DataFrame({"a": range(n)}))["duplicates"]
    assert (none["records"], none["fewer_than"] <= n * 0.01) == (0, True)


def test_a_table_of_ever_the_same_rows_is_known_whole() -> None:
    found = told(pl.DataFrame({"a": [1, 2, 3] * 20_000, "b": ["x", "y", "x"] * 20_000}), size=10_000)
    assert found["sample"] == {"records": 60_000, "of": 60_000, "is_whole": True}
    assert found["duplicates"]["records"] == 59_997


def test_dependencies_and_correlations_are_found_with_their_doubt() -> None:
    n = 40_000
    numbers = pl.int_range(n, eager=True)
    frame = pl.DataFrame({"id": numbers, "town": numbers * 7919 % 50, "noise": numbers * 104_729 % 977}).with_columns(
        country=pl.col("town") // 10, metres=pl.col("noise") * 2.5 + 1, flag=pl.col("town") > 25
    )
    found = told(frame)
    pairs = {(d["from"], d["to"]): d for d in found["dependencies"]}
    assert pairs["town", "country"]["share"] == 1.0
    assert 0 < pairs["town", "country"]["exceptions_fewer_than"] < 0.01
    assert ("town", "flag") in pairs
    assert ("country", "town") not in pairs
    assert all(left != "id" for left, _ in pairs)
    correlated = {tuple(c["columns"]): c for c in found["correlations"]}
    assert correlated["noise", "metres"]["r"] == 1.0
    assert ("id", "noise") not in correlated
    json.dumps(found, allow_nan=False)


def test_a_near_dependency_tells_its_share() -> None:
    n = 4_000
    town = pl.int_range(n, eager=True) % 40
    frame = pl.DataFrame(
        {"n": range(n), "town": town, "country": [t // 10 if i % 100 else 99 for i, t in enumerate(town)]}
    )
    found = {(d["from"], d["to"]): d for d in told(frame)["dependencies"]}
    assert found["town", "country"]["share"] == pytest.approx(0.99, abs=0.005)


def test_a_pair_of_columns_is_a_key_where_no_column_is() -> None:
    frame = pl.DataFrame({"day": [d for d in range(60) for _ in range(50)], "number": list(range(50)) * 60})
    keys = told(frame)["keys"]
    assert [k["columns"] for k in keys] == [["day", "number"]]
    assert keys[0]["is"] == "proved"
    assert told(pl.concat([frame, frame.head(1)]))["keys"] == []


def test_masked_columns_take_no_part() -> None:
    frame = pl.DataFrame({"name": [f"N{i}" for i in range(100)], "same": [f"N{i}" for i in range(100)], "k": [1] * 100})
    running = Running(dict(frame.schema), frozenset({"name"}))
    running.add(frame)
    partial = running.partial()
    assert partial.sample is not None and "name" not in partial.sample.rows.columns
    assert "name" not in str(summed_up(partial)["dependencies"])


def test_extracts_without_records_columns_or_numbers_have_relations_too() -> None:
    assert "sample" not in told(pl.DataFrame({"a": []}, schema={"a": pl.Int64}))
    assert "sample" not in told(pl.DataFrame({"a": [[1]]}))
    odd = pl.DataFrame({"a": [None] * 60, "b": [float("nan"), float("inf")] * 30, "c": [1e308, -1e308] * 30})
    json.dumps(told(odd), allow_nan=False)


def test_merged_profiles_tell_the_relations_of_both() -> None:
    frame = pl.DataFrame({"a": range(3_000), "b": [i // 3 for i in range(3_000)]})
    parts = []
    for half in (frame[:1_500], frame[1_500:]):
        running = Running(dict(frame.schema))
        running.add(half)
        parts.append(running.partial())
    merged, whole = summed_up(merge(*parts)), told(frame)
    for figure in ("sample", "duplicates", "correlations", "dependencies"):
        assert merged[figure] == whole[figure]
