"""What was stored of a profile merges as the profile itself does, and keeps no secret."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.profile import Partial, Running, dump, load, merge, summed_up

SCHEMA = {
    "whole": pl.Int64,
    "wide": pl.UInt64,
    "real": pl.Float64,
    "price": pl.Decimal(12, 2),
    "text": pl.String,
    "word": pl.Enum(["a", "b"]),
    "flag": pl.Boolean,
    "day": pl.Date,
    "at": pl.Datetime("us", "UTC"),
    "clock": pl.Time,
    "long": pl.Duration("ms"),
    "tags": pl.List(pl.String),
    "whole thing": pl.Struct({"a": pl.Int64}),
    "none": pl.Null,
}
cells = {
    "whole": st.integers(-(2**62), 2**62),
    "wide": st.integers(0, 2**64 - 1),
    "real": st.floats() | st.sampled_from([0.0, -0.0, 1e308, 5e-324]),
    "price": st.decimals(-1000, 1000, places=2),
    "text": st.text(max_size=5),
    "word": st.sampled_from(["a", "b"]),
    "flag": st.booleans(),
    "day": st.dates(),
    "at": st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
    "clock": st.times(),
    "long": st.integers(-(10**12), 10**12).map(lambda n: timedelta(milliseconds=n)),
    "tags": st.lists(st.text(max_size=2), max_size=3),
    "whole thing": st.fixed_dictionaries({"a": st.integers(0, 5)}),
    "none": st.none(),
}
frames = st.lists(st.fixed_dictionaries({name: st.none() | cell for name, cell in cells.items()}), max_size=8).map(
    lambda rows: pl.DataFrame(rows, schema=SCHEMA)
)


def counted(frame: pl.DataFrame, masked: frozenset[str] = frozenset()) -> Partial:
    running = Running(dict(frame.schema), masked)
    running.add(frame)
    return replace(running.partial(), sample=None)  # rows are not stored


@settings(max_examples=20, deadline=None)
@given(frames, frames)
def test_what_was_stored_merges_to_the_same_digit(one: pl.DataFrame, other: pl.DataFrame) -> None:
    a, b = counted(one), counted(other)
    assert summed_up(load(dump(a))) == summed_up(a)
    assert summed_up(merge(load(dump(a)), load(dump(b)))) == summed_up(merge(a, b))
    assert dict(load(dump(a)).dtypes) == dict(a.dtypes)


@settings(max_examples=20, deadline=None)
@given(frames)
def test_the_same_profile_is_stored_in_the_same_bytes(frame: pl.DataFrame) -> None:
    partial = counted(frame)
    assert dump(load(dump(partial))) == dump(partial)


def test_many_values_merge_from_what_was_stored() -> None:
    days = [pl.DataFrame({"id": range(n * 20_000, (n + 2) * 20_000)}).with_columns(
        text=pl.format("K{}", "id"), real=pl.col("id") / 7) for n in range(3)]  # fmt: skip
    a, b, c = map(counted, days)
    direct = summed_up(merge(merge(a, b), c))
    stored = summed_up(merge(merge(load(dump(a)), load(dump(b))), load(dump(c))))
    assert stored == direct
    for name in ("id", "text", "real"):
        told = direct["columns"][name]
        assert told["distinct_is"] == "estimate"
        assert told["distinct"] == pytest.approx(80_000, rel=3 * told["distinct_error"])


def test_nothing_of_a_masked_column_is_stored_but_counts() -> None:
    frame = pl.DataFrame({"name": ["Rosalind", "Ada", None], "born": [date(1920, 7, 25), date(1815, 12, 10), None]})
    partial = counted(frame, frozenset({"name", "born"}))
    stored = dump(partial)
    assert pl.read_parquet(io.BytesIO(stored)).is_empty()  # no hash either: few dates can be tried out
    for secret in (b"Rosalind", b"Ada", b"1920", b"1815"):
        assert secret not in stored
    assert summed_up(load(stored)) == summed_up(partial)


def test_of_masked_columns_the_number_of_values_merges_to_bounds() -> None:
    masked = frozenset({"name"})
    a, b = (counted(pl.DataFrame({"name": names}), masked) for names in (["x", "y"], ["y", "z", "u"]))
    for first, second in ((load(dump(a)), load(dump(b))), (load(dump(a)), b), (a, load(dump(b)))):
        told = summed_up(merge(first, second))["columns"]["name"]
        assert (told["distinct"], told["distinct_is"], told["distinct_at_most"]) == (3, "between", 5)
    assert summed_up(merge(a, b))["columns"]["name"]["distinct"] == 4


def test_hashes_of_another_version_of_polars_are_not_compared() -> None:
    stored = dump(counted(pl.DataFrame({"t": [f"K{n}" for n in range(20_000)], "n": range(20_000)})))
    same = summed_up(load(stored))["columns"]
    other = load(stored.replace(f'"polars": "{pl.__version__}"'.encode(), b'"polars": "0.0.0"'))
    told = summed_up(other)["columns"]
    assert told["t"]["distinct"] == same["t"]["distinct"]
    assert summed_up(merge(other, load(stored)))["columns"]["t"]["distinct_is"] == "between"
    twice = summed_up(merge(load(stored), load(stored)))["columns"]
    assert summed_up(merge(other, load(stored)))["columns"]["n"] == twice["n"]


@pytest.mark.parametrize("written", [b"", b"PAR1", b"{}", b"x" * 500])
def test_what_is_no_profile_is_refused(written: bytes) -> None:
    with pytest.raises(ValueError, match="damaged"):
        load(written)


def test_a_damaged_profile_is_refused_or_read_as_it_was() -> None:
    stored = dump(counted(pl.DataFrame({"a": [1, 2], "b": ["x", "y"], "c": [time(1), None]})))
    for at in range(0, len(stored), 7):
        damaged = stored[:at] + bytes([stored[at] ^ 0xFF]) + stored[at + 1 :]
        try:
            load(damaged)
        except ValueError:
            continue
    with pytest.raises(ValueError, match="damaged"):
        load(stored[: len(stored) // 2])


def test_a_later_version_is_refused_by_its_number() -> None:
    stored = dump(counted(pl.DataFrame({"a": [1]})))
    with pytest.raises(ValueError, match="version 9"):
        load(stored.replace(b'{"version": 1', b'{"version": 9'))
