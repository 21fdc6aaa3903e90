"""A run in the ledger, from its start to its end, and every question about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.findings import ArgumentError, Finding, LedgerError
from weighbridge.ledger import (
    CheckEntry,
    Ledger,
    ReviewEntry,
    Run,
    RunState,
    SourceEntry,
    new_run_id,
    this_process,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def start(ledger: Ledger, number: int = 0, **other: Any) -> str:
    """Start run `number`: each begins a minute after the one before."""
    at = NOON + timedelta(minutes=number)
    run_id = new_run_id(at, number.to_bytes(5, "big"))
    told: dict[str, Any] = {
        "run_id": run_id,
        "contract_id": "flights",
        "contract_version": "1.0.0",
        "contract_fingerprint": "sha256:c1",
        "rules_fingerprint": "sha256:r1",
        "object_name": "flights",
        "as_of": at,
        "started": at,
    }
    ledger.start_run(**(told | other))
    return run_id


def publish(ledger: Ledger, number: int, extract_id: str = "sha256:e1", **other: Any) -> str:
    run_id = start(ledger, number, extract_id=extract_id, **other)
    ledger.finish_run(
        run_id, RunState.PUBLISHED, finished=NOON + timedelta(minutes=number, seconds=5), profile={"n": number}
    )
    return run_id


def test_a_started_run_is_running_and_comes_back_as_it_was_given(ledger: Ledger) -> None:
    east = timezone(timedelta(hours=9))
    run_id = start(ledger, started=NOON.astimezone(east), folder="runs/x")
    run = ledger.run(run_id)
    assert run == Run(
        id=run_id,
        contract_id="flights",
        contract_version="1.0.0",
        contract_fingerprint="sha256:c1",
        rules_fingerprint="sha256:r1",
        object="flights",
        state=RunState.RUNNING,
        as_of=NOON,
        started=NOON,
        process=this_process(),
        folder="runs/x",
    )
    assert (run.started.tzinfo, run.is_finished) == (UTC, False)


def test_everything_a_run_learnt_is_kept(ledger: Ledger) -> None:
    run_id = start(ledger)
    sources = [SourceEntry("b.csv", "bb", 2), SourceEntry("a.csv", "aa", 1, 1, 10, 2**40)]
    ledger.record_sources(run_id, "sha256:e1", sources)
    ledger.mark(run_id, "staged", records=10, accepted=6, repaired=2, uncertain=1, rejected=1)
    checks = [
        CheckEntry("z|required", "CHK-001", "record", "error", False, 1, 0.1),
        CheckEntry("a", "CHK-001", "extract", "warning", True, observed="3 rows"),
    ]
    ledger.finish_run(
        run_id,
        RunState.PUBLISHED,
        finished=NOON,
        checks=checks,
        findings=[Finding("RDR-002", detail="none")],
        profile={"dep_time": {"nulls": 3}},
        decision="publish",
        reasons=("one", "two"),
        exit_code=0,
        outputs={"published": {"version": 4, "rows": 8}},
    )
    run = ledger.run(run_id)
    assert (run.state, run.decision, run.reasons, run.exit_code) == ("published", "publish", ("one", "two"), 0)
    assert (run.records, run.accepted, run.repaired, run.uncertain, run.rejected) == (10, 6, 2, 1, 1)
    assert (run.extract_id, run.finished, run.outputs["published"]["version"]) == ("sha256:e1", NOON, 4)
    assert run.is_finished
    assert ledger.sources(run_id) == sources
    assert ledger.checks(run_id) == checks
    assert [(f["code"], f["detail"]) for f in ledger.findings(run_id)] == [("RDR-002", "none")]
    assert ledger.profile(run_id) == {"dep_time": {"nulls": 3}}


def test_sources_said_again_replace_the_first(ledger: Ledger) -> None:
    run_id = start(ledger)
    ledger.record_sources(run_id, "sha256:e1", [SourceEntry("a", "00", 1), SourceEntry("b", "00", 1)])
    ledger.record_sources(run_id, "sha256:e1", [SourceEntry("a", "00", 1, 1, 5, 1)])
    assert ledger.sources(run_id) == [SourceEntry("a", "00", 1, 1, 5, 1)]


@pytest.mark.parametrize("end", ["published", "held", "failed", "abandoned", "already_published"])
def test_what_has_ended_cannot_be_changed(ledger: Ledger, end: str) -> None:
    run_id = start(ledger)
    ledger.mark(run_id, end)
    attempts = (
        lambda: ledger.mark(run_id, "committing"),
        lambda: ledger.mark(run_id, "published"),
        lambda: ledger.record_sources(run_id, "sha256:e2", []),
        lambda: ledger.finish_run(
            run_id, "held", finished=NOON, checks=[CheckEntry("a", "CHK-001", "extract", "error", True)]
        ),
    )
    for attempt in attempts:
        with pytest.raises(LedgerError, match=f"LED-005.*is {end}") as refused:
            attempt()
        assert "run the extract again" in refused.value.findings[0].fix
    assert (ledger.run(run_id).state, ledger.run(run_id).extract_id, ledger.checks(run_id)) == (end, None, [])


def test_a_run_never_goes_back(ledger: Ledger) -> None:
    run_id = start(ledger)
    for state in ("running", "staged", "staged", "committing", "committing"):
        ledger.mark(run_id, state)
    for state in ("running", "staged"):
        with pytest.raises(LedgerError, match="LED-005"):
            ledger.mark(run_id, state)
    ledger.mark(run_id, "failed", finished=NOON, exit_code=2)
    assert (ledger.run(run_id).finished, ledger.run(run_id).exit_code) == (NOON, 2)


def test_a_run_that_is_not_there_cannot_be_changed(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match=r"LED-005.*not known"):
        ledger.mark("nonesuch", "staged")


def test_an_id_is_entered_once(ledger: Ledger) -> None:
    start(ledger)
    with pytest.raises(LedgerError, match="LED-004"):
        start(ledger)


def test_what_a_run_cannot_have_is_a_mistake_of_the_caller(ledger: Ledger) -> None:
    run_id = start(ledger)
    with pytest.raises(TypeError, match="a run has no colour"):
        ledger.mark(run_id, "staged", colour="red")  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="nonesuch"):
        ledger.mark(run_id, "nonesuch")


def test_a_time_without_a_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="has no time zone"):
        start(ledger, started=datetime(2026, 11, 22))


# Finding runs -------------------------------------------------------------------------------


def test_runs_come_newest_first_and_can_be_narrowed(ledger: Ledger) -> None:
    first, second, third = (
        start(ledger, 0),
        start(ledger, 1, contract_id="planes"),
        start(ledger, 2, object_name="legs"),
    )
    ledger.mark(first, "held", extract_id="sha256:e9")
    assert [r.id for r in ledger.runs()] == [third, second, first]
    assert [r.id for r in ledger.runs("flights")] == [third, first]
    assert [r.id for r in ledger.runs("flights", 1)] == [third]
    assert [r.id for r in ledger.runs(object_name="flights")] == [second, first]
    assert [r.id for r in ledger.runs(state="held")] == [first]
    assert [r.id for r in ledger.runs(extract_id="sha256:e9")] == [first]


def test_the_latest_is_the_newest_of_its_kind(ledger: Ledger) -> None:
    assert ledger.latest() is None
    with pytest.raises(ArgumentError, match="there are none yet"):
        ledger.run("latest")
    first, second = start(ledger, 0), start(ledger, 1, contract_id="planes")
    assert [ledger.latest().id, ledger.latest("flights").id] == [second, first]  # type: ignore[union-attr]
    assert ledger.run("latest").id == second


def test_a_run_is_found_by_its_beginning_or_its_random_part(ledger: Ledger) -> None:
    first, second = start(ledger, 0), start(ledger, 1)
    assert first == "20261122T120000000Z-0000000000"
    assert ledger.run(first[:13]).id == first
    assert ledger.run("0000000001").id == second
    with pytest.raises(ArgumentError, match="LED-006") as several:
        ledger.run("2026")
    assert first in str(several.value)
    assert several.value.findings[0].fix == "give more letters of the run's id"


@pytest.mark.parametrize("unknown", ["20261122T12000", "", "%", "_", "nonesuch", "'; drop table runs"])
def test_an_unknown_run_is_told_the_nearest(ledger: Ledger, unknown: str) -> None:
    known = start(ledger, 3)
    if known.startswith(unknown) and unknown:
        unknown = unknown + "9"
    with pytest.raises(ArgumentError, match="RUN-008") as refused:
        ledger.run(unknown)
    assert known in str(refused.value)
    assert refused.value.findings[0].fix == "list the known runs with `weighbridge runs --into DIR`"


def test_published_means_published_last_by_the_same_rules(ledger: Ledger) -> None:
    asked = ("flights", "flights", "sha256:e1")
    assert ledger.published_run(*asked, "sha256:r1") is None
    first = publish(ledger, 0)
    start(ledger, 1, extract_id="sha256:e1")
    assert ledger.published_run(*asked, "sha256:r1").id == first  # type: ignore[union-attr]
    assert ledger.published_run(*asked, "sha256:r2") is None
    second = publish(ledger, 2, rules_fingerprint="sha256:r2")
    assert ledger.published_run(*asked, "sha256:r2").id == second  # type: ignore[union-attr]
    assert ledger.published_run(*asked, "sha256:r1") is None
    assert ledger.published_run("flights", "legs", "sha256:e1", "sha256:r2") is None


def test_deliveries_are_all_runs_that_met_an_extract(ledger: Ledger) -> None:
    first, second = start(ledger, 0), start(ledger, 1)
    ledger.record_sources(first, "sha256:e1", [SourceEntry("a.csv", "aa", 1), SourceEntry("b.csv", "bb", 1)])
    ledger.record_sources(second, "sha256:e1", [SourceEntry("c.csv", "aa", 1)])
    assert [(d.run_id, d.names) for d in ledger.deliveries("sha256:e1")] == [
        (first, ("a.csv", "b.csv")),
        (second, ("c.csv",)),
    ]
    assert ledger.deliveries("sha256:e2") == []


def test_the_baseline_is_the_last_published_profile_before(ledger: Ledger) -> None:
    assert ledger.baseline("flights", "flights") is None
    first, second = publish(ledger, 0), publish(ledger, 1, "sha256:e2")
    held = start(ledger, 2)
    ledger.finish_run(held, "held", finished=NOON, profile={"n": 99})
    found = ledger.baseline("flights", "flights")
    assert found is not None
    assert (found[0].id, found[1]) == (second, {"n": 1})
    assert ledger.baseline("flights", "flights", before=second) == (ledger.run(first), {"n": 0})
    assert ledger.profile(start(ledger, 3)) is None


def test_judged_sources_are_those_of_ended_runs_by_the_same_rules(ledger: Ledger) -> None:
    published, running, other = start(ledger, 0), start(ledger, 1), start(ledger, 2, rules_fingerprint="sha256:r2")
    for run_id, name in ((published, "a"), (running, "b"), (other, "c")):
        ledger.record_sources(run_id, f"sha256:{name}", [SourceEntry(name, name, 7)])
    ledger.mark(published, "held")
    ledger.mark(other, "published")
    assert ledger.judged_sources("flights", "flights", "sha256:r1") == {("a", 7): NOON}


# Who is alive -------------------------------------------------------------------------------


def test_unfinished_runs_say_whether_their_process_lives(ledger: Ledger) -> None:
    here = this_process()
    mine, done = start(ledger, 0), start(ledger, 1)
    ledger.mark(done, "published")
    reused = start(ledger, 2, process=replace(here, started="1"))
    rebooted = start(ledger, 3, process=replace(here, boot="another"))
    elsewhere = start(ledger, 4, process=replace(here, host="elsewhere"))
    contained = start(ledger, 5, process=replace(here, namespace="pid:[1]"))
    told = {u.run.id: u.alive for u in ledger.unfinished()}
    assert told == {mine: True, reused: False, rebooted: False, elsewhere: None, contained: None}


# The review queue ---------------------------------------------------------------------------


def entries(*records: int) -> list[ReviewEntry]:
    return [ReviewEntry("a.csv", n, n * 10, 10, ("LEG-001", "CHK-001")) for n in records]


def test_records_wait_in_the_queue_once_however_often_they_are_given(ledger: Ledger) -> None:
    run_id = start(ledger, extract_id="sha256:e1")
    assert ledger.add_review_items(run_id, entries(1, 2), NOON) == 2
    assert ledger.add_review_items(run_id, iter(entries(1, 2, 3)), NOON) == 1
    items = ledger.review_items()
    assert [i.entry for i in items] == entries(1, 2, 3)
    assert {(i.state, i.row_version, i.run_id, i.extract_id, i.created) for i in items} == {
        ("open", 1, run_id, "sha256:e1", NOON)
    }


def test_more_records_than_one_batch_all_wait(ledger: Ledger) -> None:
    run_id = start(ledger, extract_id="sha256:e1")
    assert (
        ledger.add_review_items(
            run_id, (e for n in range(11) for e in entries(*range(n * 1000, n * 1000 + 1000))), NOON
        )
        == 11_000
    )
    page = ledger.review_items("flights", limit=10)
    following = ledger.review_items("flights", after=page[-1].id, limit=10)
    assert [i.entry.record for i in (*page, *following)] == list(range(20))


def test_judging_an_extract_again_supersedes_what_waited_of_it_and_nothing_else(ledger: Ledger) -> None:
    first, other, again = (start(ledger, n, extract_id=f"sha256:e{n % 2}") for n in range(3))
    ledger.add_review_items(first, entries(1, 2), NOON)
    ledger.add_review_items(other, entries(1), NOON)
    ledger.add_review_items(again, entries(2), NOON)
    states = {(i.run_id, i.entry.record): (i.state, i.row_version) for i in ledger.review_items(state=None)}
    assert states == {
        (first, 1): ("superseded", 2),
        (first, 2): ("superseded", 2),
        (other, 1): ("open", 1),
        (again, 2): ("open", 1),
    }
    assert [i.run_id for i in ledger.review_items(object_name="flights", run_id=again)] == [again]


def test_judging_again_without_doubt_leaves_nothing_waiting(ledger: Ledger) -> None:
    first, again = (start(ledger, n, extract_id="sha256:e1") for n in range(2))
    ledger.add_review_items(first, entries(1), NOON)
    assert ledger.add_review_items(again, [], NOON) == 0
    assert ledger.review_items() == []


def test_records_of_an_unknown_run_are_refused(ledger: Ledger) -> None:
    for run_id in ("nonesuch", start(ledger)):
        with pytest.raises(LedgerError, match="LED-005"):
            ledger.add_review_items(run_id, entries(1), NOON)


# Ids ----------------------------------------------------------------------------------------

MOMENTS = st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.timezones())


@given(MOMENTS, MOMENTS, st.binary(min_size=5, max_size=8), st.binary(min_size=5, max_size=8))
def test_ids_sort_as_their_moments_do(one: datetime, other: datetime, salt: bytes, pepper: bytes) -> None:
    earlier, later = sorted((one.astimezone(UTC), other.astimezone(UTC)))
    if later - earlier >= timedelta(milliseconds=1):
        assert new_run_id(earlier, salt) < new_run_id(later, pepper)


def test_an_id_needs_a_zone_and_entropy() -> None:
    with pytest.raises(ValueError, match="time with a zone"):
        new_run_id(datetime(2026, 1, 1), b"12345")
    with pytest.raises(ValueError, match="five bytes"):
        new_run_id(NOON, b"1234")
