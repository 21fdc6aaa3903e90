"""The profile against plain Python over the same rows."""

from __future__ import annotations

import json
import math
import statistics
from collections import Counter
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.profile import merge, plan
from weighbridge.profile.summary import summed_up
from weighbridge.profile.tally import MOST_VALUES_SUMMED, Tally

SCHEMA = {
    "whole": pl.Int64,
    "tiny": pl.UInt8,
    "real": pl.Float64,
    "price": pl.Decimal(12, 2),
    "text": pl.String,
    "flag": pl.Boolean,
    "day": pl.Date,
    "at": pl.Datetime("us"),
    "clock": pl.Time,
    "tags": pl.List(pl.String),
}
cells = {
    "whole": st.integers(-(2**62), 2**62) | st.integers(-3, 3),
    "tiny": st.integers(0, 255),
    "real": st.floats() | st.sampled_from([0.0, -0.0, 1.5]),
    "price": st.decimals(-1000, 1000, places=2),
    "text": st.text(max_size=5) | st.sampled_from(["", "N1", "ä9"]),
    "flag": st.booleans(),
    "day": st.dates(),
    "at": st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),
    "clock": st.times(),
    "tags": st.lists(st.text(max_size=2), max_size=3),
}
frames = st.lists(st.fixed_dictionaries({name: st.none() | cell for name, cell in cells.items()}), max_size=40).map(
    lambda rows: pl.DataFrame(rows, schema=SCHEMA)
)


def results(frame: pl.DataFrame, masked: frozenset[str] = frozenset()):
    asked = plan(dict(frame.schema), masked)
    counted, tally = asked.tapped(frame.lazy())
    return asked, (asked.figures(counted).collect(engine="streaming"), tally)


def profile(frame: pl.DataFrame, masked: frozenset[str] = frozenset()) -> dict:
    asked, given = results(frame, masked)
    return asked.read(*given)


@settings(max_examples=40, deadline=None)
@given(frames)
def test_counts_and_extremes_are_those_of_plain_python(frame: pl.DataFrame) -> None:
    columns = profile(frame)["columns"]
    for name in ("whole", "tiny", "text", "flag", "day", "at", "clock", "price"):
        values = [v for v in frame[name].to_list() if v is not None]
        told = columns[name]
        assert told["count"] == len(values)
        assert told["nulls"] == frame.height - len(values)
        assert (told["distinct"], told["distinct_is"]) == (len(set(values)), "exact")
        assert sum(t["count"] for t in told["top"]) == sum(n for _, n in Counter(values).most_common(10))
        if values and name != "flag":
            low, high = min(values), max(values)
            plain = str if name == "price" else getattr(type(low), "isoformat", lambda v: v)
            assert (told["min"], told["max"]) == (plain(low), plain(high))
        if values and name not in ("text", "flag"):
            ranked = sorted(values)
            median = ranked[math.ceil(0.5 * len(ranked)) - 1]
            shown = told["quantiles"]["values"]["0.5"]
            if name == "whole":
                assert shown == pytest.approx(median, rel=1e-12)
            elif name == "tiny":
                assert shown == median
            assert sum(told["histogram"]["counts"]) == len(values)
            assert len(told["histogram"]["edges"]) == len(told["histogram"]["counts"]) + 1


@settings(max_examples=40, deadline=None)
@given(frames)
def test_floats_are_judged_by_their_finite_values(frame: pl.DataFrame) -> None:
    told = profile(frame)["columns"]["real"]
    values = [v for v in frame["real"].to_list() if v is not None]
    finite = [v for v in values if math.isfinite(v)]
    assert told["nan"] == sum(map(math.isnan, values))
    assert told["infinite"] == sum(map(math.isinf, values))
    assert told["min"] == (min(finite) if finite else None)
    assert told["max"] == (max(finite) if finite else None)
    # Squares of still smaller numbers underflow: their spread is told as 0.
    if len(finite) > 1 and (not any(finite) or 1e-100 < max(map(abs, finite)) < 1e100):
        scale = max(map(abs, finite)) or 1.0
        assert told["mean"] == pytest.approx(statistics.fmean(finite), rel=1e-9, abs=1e-9 * scale)
        assert told["std"] == pytest.approx(statistics.stdev(finite), rel=1e-6, abs=1e-6 * scale)


@settings(max_examples=40, deadline=None)
@given(frames, st.integers(0, 40))
def test_two_profiles_merged_are_the_profile_of_both(frame: pl.DataFrame, cut: int) -> None:
    def partial(rows: pl.DataFrame):
        asked, given = results(rows)
        return asked.partial(*given)

    merged = summed_up(merge(partial(frame[:cut]), partial(frame[cut:])))
    whole = profile(frame)
    for name, told in whole["columns"].items():
        for figure, value in told.items():
            if figure in ("mean", "std") and value is not None and not isinstance(value, str):
                scale = max(abs(told["min"] or 0), abs(told["max"] or 0)) if name != "price" else 1000
                if scale < 1e100:
                    assert merged["columns"][name][figure] == pytest.approx(value, rel=1e-6, abs=1e-6 * (scale or 1))
            elif figure not in ("mean", "std"):
                assert merged["columns"][name][figure] == value, (name, figure)


@settings(max_examples=25, deadline=None)
@given(frames)
def test_a_profile_is_json(frame: pl.DataFrame) -> None:
    json.dumps(profile(frame), allow_nan=False)


def test_no_value_of_a_masked_column_appears() -> None:
    frame = pl.DataFrame({"name": ["Rosalind", "Ada", None], "born": [date(1920, 7, 25), date(1815, 12, 10), None]})
    asked, given = results(frame, frozenset({"name", "born"}))
    told = asked.read(*given)
    everything = json.dumps(told) + str(given[1].read().to_dicts())
    for secret in ("Rosalind", "Ada", "1920", "1815", "Aaa", str((date(1920, 7, 25) - date(1970, 1, 1)).days)):
        assert secret not in everything
    assert told["columns"]["name"]["lengths"] == {"min": 3, "max": 8, "mean": 5.5}
    assert told["columns"]["name"]["distinct"] == 2
    assert set(told["columns"]["born"]) == {"type", "count", "nulls", "distinct", "distinct_is", "masked"}


def test_a_column_of_many_values_is_estimated_and_says_so() -> None:
    n = 200_000
    frame = pl.DataFrame({"id": range(n), "half": [7 if i % 2 else i for i in range(n)]}).with_columns(
        text=pl.concat_str([pl.lit("K-"), pl.col("id")]),
        real=pl.col("id") / 7,
        at=datetime(2013, 1, 1) + pl.duration(minutes=pl.col("id")),
    )
    columns = profile(frame)["columns"]
    for name in ("id", "text", "real", "at"):
        assert columns[name]["distinct_is"] == "estimate"
        assert columns[name]["distinct"] == pytest.approx(n, rel=0.15)
        assert columns[name]["top"] == []
    assert columns["half"]["top"][0] == {"value": 7, "count": n // 2}
    assert columns["half"]["top_is"] == "at least"
    assert columns["id"]["quantiles"]["is"] == "estimate"
    assert columns["id"]["quantiles"]["values"]["0.25"] == pytest.approx(n / 4, rel=0.005)
    assert columns["real"]["quantiles"]["values"]["0.75"] == pytest.approx(0.75 * n / 7, rel=0.005)
    quarter = datetime.fromisoformat(columns["at"]["quantiles"]["values"]["0.25"])
    assert abs(quarter - (datetime(2013, 1, 1) + timedelta(minutes=n / 4))) <= timedelta(days=1)
    assert columns["text"]["shapes"][0]["shape"].startswith("A-9")
    looked_at = sum(s["count"] for s in columns["text"]["shapes"])
    assert looked_at + columns["text"]["shapes_not_looked_at"] == n


def test_shapes_show_digits_and_letters() -> None:
    frame = pl.DataFrame({"t": ["N725MQ", "N1", "é-Ä", "x" * 30, "中"]})
    shapes = {s["shape"] for s in profile(frame)["columns"]["t"]["shapes"]}
    assert shapes == {"A999AA", "A9", "a-A", "a" * 24 + "…", "a"}


def test_long_values_are_cut() -> None:
    told = profile(pl.DataFrame({"t": ["x" * 500]}))["columns"]["t"]
    assert told["max"] == told["top"][0]["value"] == "x" * 80 + "…"


def test_an_extract_without_records_or_columns_has_a_profile() -> None:
    empty = profile(pl.DataFrame(schema=SCHEMA))
    assert empty["records"] == 0
    assert empty["columns"]["whole"]["distinct"] == 0
    assert profile(pl.DataFrame({"a": [1, 2]}).select([]))["columns"] == {}


def test_decimals_are_shown_as_decimals() -> None:
    told = profile(pl.DataFrame({"d": [Decimal("0.10"), Decimal("0.30")]}, schema={"d": pl.Decimal(10, 2)}))
    assert told["columns"]["d"]["min"] == "0.10"
    assert told["columns"]["d"]["quantiles"]["values"]["0.5"] == 0.1


def test_only_profiles_of_the_same_columns_merge() -> None:
    one, other = (
        asked.partial(*given) for asked, given in map(results, (pl.DataFrame({"a": [1]}), pl.DataFrame({"b": [1]})))
    )
    with pytest.raises(ValueError, match="same columns"):
        merge(one, other)


def test_the_branch_streams_and_holds_no_rows() -> None:
    frame = pl.DataFrame({"a": [1, 2], "t": ["x", "y"], "c": [time(1), None]})
    asked = plan(dict(frame.schema))
    graph = asked.figures(asked.tapped(frame.lazy())[0]).show_graph(
        plan_stage="physical", engine="streaming", raw_output=True
    )
    assert graph is not None
    nodes = [line for line in graph.splitlines() if "[label=" in line]
    assert nodes
    assert not [line for line in nodes if '"0.0 0.3 1.0"' in line]


def test_only_the_rows_asked_for_are_counted() -> None:
    frame = pl.DataFrame({"a": [1, 2, 3, 3], "there": [True, False, True, True]})
    asked = plan({"a": pl.Int64()})
    counted, tally = asked.tapped(frame.lazy(), only=pl.col("there"))
    assert counted.collect().equals(frame)
    assert {row["key"]: row["count"] for row in tally.read().iter_rows(named=True)} == {1: 1, 3: 2}


def test_a_long_extract_of_ever_new_values_keeps_a_small_tally() -> None:
    dtypes = {"id": pl.Int64(), "name": pl.String()}
    tally = Tally(dtypes, frozenset())
    for start in range(0, 200_000, 4_000):
        numbers = pl.Series("id", range(start, start + 4_000)).extend(pl.Series([7] * 500))
        tally.add(pl.DataFrame({"id": numbers, "name": "n" + numbers.cast(pl.String)}))
    assert tally.read().height < 2 * MOST_VALUES_SUMMED
    figures = pl.LazyFrame({"id": range(200_000), "name": ["x"] * 200_000})
    asked = plan(dtypes)
    told = asked.read(asked.figures(figures).collect(), tally)["columns"]
    for name in dtypes:
        assert told[name]["distinct"] == pytest.approx(200_000, rel=0.15)
        assert told[name]["distinct_is"] == "estimate"
        assert told[name]["top"][0]["count"] >= 20_000
    assert told["id"]["quantiles"]["values"]["0.95"] == pytest.approx(190_000, rel=0.02)
