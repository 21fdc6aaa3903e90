"""Rules that read other properties of the record beside their own text."""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.contract.model import LogicalType, Property, RuleSpec, SchemaObject
from weighbridge.decode import Decoded, decode
from weighbridge.findings import Effect, code
from weighbridge.readers.lineage import raw_name


def prop(name: str, kind: str, rule: str | None = None, **parameters: Any) -> Property:
    rules = () if rule is None else (RuleSpec(rule, parameters),)
    return Property(name, LogicalType(kind), (name,), rules=rules)


Columns = dict[str, list[str | None]]


def run(columns: Columns, *properties: Property) -> tuple[Decoded, pl.DataFrame, dict[str, list[int]]]:
    """Return what was decoded, and the failing rows by code."""
    frame = pl.DataFrame({raw_name(n): texts for n, texts in columns.items()}).cast(pl.String).lazy()
    decoded = decode(frame, list(columns), SchemaObject("o", "o", properties))
    out = decoded.frame.collect()
    failed: dict[str, set[int]] = {}
    for probe in decoded.probes:
        failed.setdefault(probe.code, set()).update(out.select(probe.failed).to_series().arg_true())
    return decoded, out, {name: sorted(rows) for name, rows in failed.items() if rows}


# The later property first: the order of the contract must not matter.
ARRIVAL = prop("arrival", "timestamp", "clockTime", date="day", after="departure", mostHours=20)
DEPARTURE = prop("departure", "timestamp", "clockTime", date="day")
DAY = prop("day", "date", "date", formats=["yyyyMMdd"])


def test_two_clocks_on_one_date_run_over_midnight() -> None:
    columns: Columns = {
        "arrival": ["15", "2355", "2400", "2345", "800", "x", "15", "15", None],
        "departure": ["2350", "2350", "2350", "2350", "2350", "2350", None, "2350", "2350"],
        "day": ["20130630"] * 7 + ["2013063", "20130630"],
    }
    decoded, out, failed = run(columns, ARRIVAL, DEPARTURE, DAY)
    assert out["arrival"].to_list() == [
        datetime(2013, 7, 1, 0, 15),
        datetime(2013, 6, 30, 23, 55),
        datetime(2013, 7, 1),
        None,
        datetime(2013, 7, 1, 8),
        None,
        None,
        None,
        None,
    ]
    assert failed == {"LEG-010": [5, 7], "LEG-040": [7], "LEG-041": [3], "LEG-042": [6]}
    (ambiguous,) = [p for p in decoded.probes if p.code == "LEG-042"]
    assert ambiguous.readings is not None
    assert out.select(ambiguous.readings).to_series()[6].to_list() == ["2013-06-30T00:15:00", "2013-07-01T00:15:00"]
    assert "set limits less than a day apart" in code("LEG-042").fix
    assert "widen leastHours" in code("LEG-041").fix
    assert "sent again with its date" in code("LEG-040").fix


def test_a_day_moved_by_assumed_limits_is_in_the_ledger() -> None:
    assumed = prop("arrival", "timestamp", "clockTime", date="day", after="departure", mostHours=20, assumed=True)
    columns: Columns = {
        "arrival": ["15", "2355"],
        "departure": ["2350", "2350"],
        "day": ["20130630"] * 2,
    }
    decoded, _, failed = run(columns, assumed, DEPARTURE, DAY)
    assert failed == {"LEG-043": [0]}
    assert {p.effect for p in decoded.probes if p.code == "LEG-043"} == {Effect.REPAIR}
    assert "correct leastHours" in code("LEG-043").fix


def test_a_neighbour_decides_between_day_and_month() -> None:
    shipped = prop(
        "shipped", "date", "date", formats=["dd/MM/yyyy", "MM/dd/yyyy"], notBefore="ordered", notAfter="received"
    )
    columns: Columns = {
        "shipped": ["03/04/2013", "03/04/2013", "03/04/2013", "03/04/2013", "25/04/2013"],
        "ordered": ["2013-03-20", "2013-02-01", "2014-01-01", None, "2013-01-01"],
        "received": [None, "2013-03-10", None, None, None],
    }
    decoded, out, failed = run(columns, shipped, prop("ordered", "date"), prop("received", "date"))
    assert out["shipped"].to_list() == [date(2013, 4, 3), date(2013, 3, 4), None, None, date(2013, 4, 25)]
    assert failed == {"LEG-039": [0, 1], "LEG-013": [2, 3]}
    told = {p.expected for p in decoded.probes if p.code == "LEG-039"}
    assert told == {"a date with one reading; this one was decided: not before ordered and not after received"}
    (ambiguous,) = [p for p in decoded.probes if p.code == "LEG-013"]
    assert ambiguous.readings is not None
    assert out.select(ambiguous.readings).to_series()[2].to_list() == ["2013-04-03", "2013-03-04"]


@given(
    st.lists(st.tuples(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.integers(0, 19 * 60)), max_size=20)
)
@settings(max_examples=50, deadline=None)
def test_a_journey_written_as_a_date_and_two_clocks_reads_back(journeys: list[tuple[datetime, int]]) -> None:
    starts = [start.replace(second=0, microsecond=0) for start, _ in journeys]
    ends = [start + timedelta(minutes=n) for start, (_, n) in zip(starts, journeys, strict=True)]
    columns: Columns = {
        "arrival": [str(int(f"{end:%H%M}")) for end in ends],
        "departure": [f"{start:%H%M}" for start in starts],
        "day": [f"{start:%Y%m%d}" for start in starts],
    }
    _, out, failed = run(columns, ARRIVAL, DEPARTURE, DAY)
    assert out["arrival"].to_list() == ends
    assert not failed
