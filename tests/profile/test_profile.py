"""The profile against plain Python over the same rows."""

from __future__ import annotations

import json
import math
import random
import statistics
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.profile import Partial, Running, merge, summed_up
from weighbridge.profile.tally import MOST_VALUES_SUMMED

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


def counted(frame: pl.DataFrame, masked: frozenset[str] = frozenset()) -> Partial:
    running = Running(dict(frame.schema), masked)
    running.add(frame)
    return running.partial()


def profile(frame: pl.DataFrame, masked: frozenset[str] = frozenset()) -> dict:
    return summed_up(counted(frame, masked))


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
    merged = summed_up(merge(counted(frame[:cut]), counted(frame[cut:])))
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
    partial = counted(frame, frozenset({"name", "born"}))
    told = summed_up(partial)
    everything = json.dumps(told) + str(partial.tally.to_dicts()) + str(partial.figures)
    for secret in ("Rosalind", "Ada", "1920", "1815", "Aaa", str((date(1920, 7, 25) - date(1970, 1, 1)).days)):
        assert secret not in everything
    assert told["columns"]["name"]["lengths"] == {"min": 3, "max": 8, "mean": 5.5}
    assert told["columns"]["name"]["distinct"] == 2
    assert set(told["columns"]["born"]) == {
        "type", "count", "nulls", "distinct", "distinct_is", "distinct_error", "masked", "unique",
    }  # fmt: skip


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
    one, other = counted(pl.DataFrame({"a": [1]})), counted(pl.DataFrame({"b": [1]}))
    with pytest.raises(ValueError, match="same columns"):
        merge(one, other)


@settings(max_examples=40)
@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30), st.randoms(use_true_random=False), st.integers(1, 5))
def test_the_order_of_the_batches_changes_no_digit(values: list[float], shuffle: random.Random, size: int) -> None:
    batches = [(i, pl.DataFrame({"a": values[i : i + size]})) for i in range(0, len(values), size)]
    told = []
    for _ in range(2):
        running = Running({"a": pl.Float64()})
        for at, batch in batches:
            running.add(batch, (0, at))
        told.append(summed_up(running.partial()))
        shuffle.shuffle(batches)
    assert told[0] == told[1]


def test_a_long_extract_of_ever_new_values_keeps_a_small_tally() -> None:
    running = Running({"id": pl.Int64(), "name": pl.String()})
    for start in range(0, 200_000, 4_000):
        numbers = pl.Series("id", range(start, start + 4_000)).extend(pl.Series([7] * 500))
        running.add(pl.DataFrame({"id": numbers, "name": "n" + numbers.cast(pl.String)}))
    partial = running.partial()
    assert partial.tally.height < 2 * MOST_VALUES_SUMMED
    told = summed_up(partial)["columns"]
    for name in ("id", "name"):
        assert told[name]["distinct"] == pytest.approx(200_000, rel=0.15)
        assert told[name]["distinct_is"] == "estimate"
        assert told[name]["top"][0]["count"] >= 20_000
    assert told["id"]["quantiles"]["values"]["0.95"] == pytest.approx(190_000, rel=0.03)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1", "-2", " 3 ", "x"], {"integer": 3, "decimal": 3}),
        (["1.5", "1,234.50", "2", "1E5"], {"integer": 1, "decimal": 4}),
        (["2024-01-31", "31.12.2024", "1/2/24", "31-DEC-2024"], {"date": 4}),
        (["2024-01-31T10:00:00+02:00", "2024-01-31 10:00"], {"timestamp": 2}),
        (["10:00", "9:30:01.5", "11:15 PM"], {"time": 3}),
        (["yes", "No", "TRUE", "maybe"], {"boolean": 3}),
        (["", "a", "10 Downing Street"], {}),
    ],
)
def test_texts_tell_what_they_look_like(texts: list[str], expected: dict[str, int]) -> None:
    assert profile(pl.DataFrame({"t": texts}))["columns"]["t"]["reads_as"] == expected


def test_many_texts_tell_what_they_look_like_of_those_looked_at() -> None:
    told = profile(pl.DataFrame({"t": [str(n) for n in range(20_000)]}))["columns"]["t"]
    assert told["reads_as"]["integer"] + told["shapes_not_looked_at"] == 20_000


def test_whether_values_repeat_is_known_or_told_from_a_sample_of_them() -> None:
    n = 30_000
    shuffled = random.Random(1).sample(range(n), n)
    frame = pl.DataFrame({"few": [1] * n, "many": shuffled, "half": [v // 2 for v in shuffled]})
    columns = profile(frame)["columns"]
    assert columns["few"]["unique"] == columns["half"]["unique"] == "no"
    assert (columns["many"]["unique"], columns["many"]["unique_looked_at"]) == ("likely", 512)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 5), st.integers(5_000, 40_000), st.integers(0, 3))
def test_an_estimate_of_different_values_is_within_four_of_its_errors(parts: int, n: int, shared: int) -> None:
    whole = None
    for part in range(parts):
        at = part * n // (shared + 1)
        one = counted(pl.DataFrame({"v": range(at, at + n)}))
        whole = one if whole is None else merge(whole, one)
    assert whole is not None
    told = summed_up(whole)["columns"]["v"]
    true = (parts - 1) * n // (shared + 1) + n
    assert told["distinct"] == pytest.approx(true, rel=4 * told["distinct_error"] + 0.01)
