"""Checks of records beside other records equal a naive reckoning, whatever the order of records."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.checks import CheckContext, lower
from weighbridge.checks.case import prop, table
from weighbridge.checks.custom import entry
from weighbridge.probe import ROW, SEEN, CrossProbe, FrameProbe, KeyProbe

Row = dict[str, Any]
EPOCH = datetime(2024, 1, 1)
TYPES: dict[str, tuple[str, pl.DataType]] = {
    "g": ("string", pl.String()),
    "h": ("string", pl.String()),
    "n": ("integer", pl.Int64()),
    "m": ("integer", pl.Int64()),
    "p": ("integer", pl.Int64()),
    "d": ("number", pl.Decimal(18, 2)),
    "t": ("timestamp", pl.Datetime("us")),
}
small = st.none() | st.integers(0, 6)
rows_drawn = st.lists(
    st.fixed_dictionaries(
        {
            "g": st.sampled_from(["a", "b", "B ", None]),
            "h": st.sampled_from(["a", "b", "c", None]),
            "n": small,
            "m": small,
            "p": small,
            "t": st.none() | st.integers(0, 12).map(lambda h: EPOCH + timedelta(hours=h)),
        }
    ),
    max_size=14,
)


def frame_of(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={name: TYPES[name][1] for name in ("g", "h", "n", "m", "p", "t")})


def probes_of(frame: pl.DataFrame, references: Mapping[str, pl.DataFrame], **parts: Any) -> list[Any]:
    schema = table(*(prop(name, TYPES[name][0]) for name in frame.columns), quality=(entry("q", **parts),))

    def resolve(relation):
        return references[relation.to_object].lazy()

    lowered = lower(schema, CheckContext(datetime(2024, 1, 1, tzinfo=UTC), resolve, dict(frame.schema)))
    assert [f for f in lowered.findings if f.code != "CHK-065"] == []
    return list(lowered.probes)


def failing(rows: list[Row], shuffle: random.Random, references: Any = None, **parts: Any) -> dict[int, str | None]:
    """Return which rows fail and what is said of them, asked in another order than they stand in."""
    frame = frame_of(rows)
    probe = next(p for p in probes_of(frame, references or {}, **parts) if isinstance(p, CrossProbe))
    numbered = frame.with_columns(pl.row_index().cast(pl.UInt64).alias(ROW))
    order = list(range(len(rows)))
    shuffle.shuffle(order)
    mixed = numbered[order] if order else numbered
    asked = mixed.lazy() if probe.where is None else mixed.lazy().filter(probe.where)
    found = probe.find(asked.select(ROW, *(probe.reads or probe.properties))).collect(engine="streaming")
    return dict(found.select(ROW, SEEN).iter_rows())


def law(check: Callable[[list[Row], random.Random], None]) -> Callable[..., None]:
    return settings(max_examples=25, deadline=None)(given(rows_drawn, st.randoms())(check))


@law
def test_dependency_blames_the_minority_or_all_without_a_majority(rows, shuffle) -> None:
    held = defaultdict(Counter)
    for row in rows:
        if row["g"] is not None and row["n"] is not None:
            held[row["g"]][row["n"]] += 1
    expected = set()
    for i, row in enumerate(rows):
        values = held[row["g"]] if row["g"] is not None and row["n"] is not None else {}
        if len(values) > 1:
            most = max(values.values())
            alone = sum(count == most for count in values.values()) == 1
            if values[row["n"]] < most or not alone:
                expected.add(i)
    assert set(failing(rows, shuffle, check="dependency", of="g", determines="n")) == expected


@law
def test_inclusion_is_membership(rows, shuffle) -> None:
    known = {row["h"] for row in rows} - {None}
    expected = {i: row["g"] for i, row in enumerate(rows) if row["g"] is not None and row["g"] not in known}
    assert failing(rows, shuffle, check="inclusion", of="g", within="h") == expected


@law
def test_timeline_gaps_and_repeats(rows, shuffle) -> None:
    expected = set()
    for i, row in enumerate(rows):
        if row["t"] is None or row["g"] is None:
            continue
        peers = [r["t"] for r in rows if r["g"] == row["g"] and r["t"] is not None]
        earlier = [t for t in peers if t < row["t"]]
        if peers.count(row["t"]) > 1 or (earlier and row["t"] - max(earlier) > timedelta(hours=2)):
            expected.add(i)
    told = failing(rows, shuffle, check="timeline", of="t", by="g", maxGap="2h", repeats="fail")
    assert set(told) == expected


@law
def test_timeline_by_another_property(rows, shuffle) -> None:
    expected = {}
    for i, row in enumerate(rows):
        if row["t"] is None or row["n"] is None:
            continue
        lower_numbers = {r["n"] for r in rows if r["n"] is not None and r["t"] is not None and r["n"] < row["n"]}
        if not lower_numbers:
            continue
        last = max(r["t"] for r in rows if r["n"] == max(lower_numbers) and r["t"] is not None)
        if row["t"] < last:
            expected[i] = f"{row['t']}.000000 after {last}.000000"
    assert failing(rows, shuffle, check="timeline", of="t", orderBy="n") == expected


@law
def test_balances_roll_forward(rows, shuffle) -> None:
    expected = set()
    placed = [row["n"] for row in rows if row["n"] is not None]
    for i, row in enumerate(rows):
        if row["n"] is None:
            continue
        if placed.count(row["n"]) > 1:
            expected.add(i)
            continue
        earlier = [n for n in placed if n < row["n"]]
        if not earlier:
            last = 0
        elif placed.count(max(earlier)) > 1:
            continue
        else:
            last = next(r["m"] for r in rows if r["n"] == max(earlier))
        if last is not None and row["m"] is not None and row["m"] != last + (row["p"] or 0):
            expected.add(i)
    told = failing(rows, shuffle, check="rollForward", balance="m", add="p", orderBy="n", start=0)
    assert set(told) == expected


@settings(max_examples=25, deadline=None)
@given(
    rows_drawn,
    st.randoms(),
    st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.integers(0, 12), st.none() | st.integers(0, 12))),
    st.booleans(),
)
def test_valid_at_is_any_period_that_holds(rows, shuffle, periods, included) -> None:
    def at(hour):
        return None if hour is None else EPOCH + timedelta(hours=hour)

    held = [(key, at(first), at(last)) for key, first, last in periods]
    tariffs = pl.DataFrame(held, schema={"k": pl.String, "f": pl.Datetime("us"), "u": pl.Datetime("us")}, orient="row")
    expected = {
        i
        for i, row in enumerate(rows)
        if row["h"] is not None
        and row["t"] is not None
        and not any(
            key == row["h"]
            and (first is None or first <= row["t"])
            and (last is None or row["t"] < last or (included and row["t"] == last))
            for key, first, last in held
        )
    }
    said = {"of": "h", "at": "t", "to": "x", "toProperties": "k", "from": "f", "until": "u", "includesUntil": included}
    assert set(failing(rows, shuffle, {"x": tariffs}, check="validAt", **said)) == expected


@law
def test_combinations_without_case_stand_once(rows, shuffle) -> None:
    frame = frame_of(rows)
    (probe,) = probes_of(frame, {}, check="uniqueTogether", of=["g", "n"], ignoreCase=True, ignoreBlanks=True)
    assert isinstance(probe, KeyProbe)
    keys = frame.select(part.alias(str(i)) for i, part in enumerate(probe.keys)).rows()
    wanted = [(None if r["g"] is None else r["g"].strip().lower(), r["n"]) for r in rows]
    assert keys == wanted


@law
def test_groups_counts_and_control_totals_equal_a_naive_reckoning(rows, shuffle) -> None:
    frame = frame_of(rows)
    counts = Counter(row["g"] for row in rows)
    answer = asked(frame, {}, shuffle, check="perGroup", by="g", metric="rowCount", mustBeLessThan=3)
    assert answer[0] is all(count < 3 for count in counts.values())
    assert answer[1].startswith(f"observed {sum(c >= 3 for c in counts.values())} of {len(counts)} group")

    sums: Counter[Any] = Counter()
    for row in rows:
        sums[row["h"]] += row["m"] or 0
    control = pl.DataFrame({"h": ["a", "b"], "m": [5, 7]})
    keys = {row["h"] for row in rows} | {"a", "b"}
    wrong = [k for k in keys if k not in sums or sums[k] != {"a": 5, "b": 7}.get(k)]
    said = asked(frame, {"x": control}, shuffle, check="reconciliation", by="h", sum="m", to="x")
    assert said[0] is (not wrong)
    assert said[1].startswith(f"observed {len(wrong)} of {len(keys)} group")

    numbers = {row["n"] for row in rows} - {None}
    there = pl.DataFrame({"n": [1, 2, 9]})
    missing = {1, 2, 9} - numbers
    told = asked(frame, {"x": there}, shuffle, check="everyKeyOccurs", of="n", to="x")
    assert told[1].startswith(f"observed {len(missing)} of 3 keys")
    gaps = asked(frame, {}, shuffle, check="sequence", of="n")
    lost = len(set(range(min(numbers), max(numbers))) - numbers) if numbers else 0
    assert gaps[1].startswith(f"observed {lost} missing")


def asked(frame: pl.DataFrame, references: Any, shuffle: random.Random, **parts: Any) -> tuple[bool, str]:
    order = list(range(frame.height))
    shuffle.shuffle(order)
    mixed = frame[order] if order else frame
    (probe,) = (p for p in probes_of(frame, references, **parts) if isinstance(p, FrameProbe))
    answer = probe.read(probe.build(mixed.lazy()).collect(engine="streaming").item())
    same = probe.read(probe.build(frame.lazy()).collect(engine="streaming").item())
    assert answer == same
    return answer.holds, answer.words
