"""Questions about many runs, and what is taken out of the ledger, asked of both databases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.ledger.test_ledger import NOON, publish, start
from tests.support.postgres import Server
from weighbridge.findings import Finding
from weighbridge.ledger import CheckEntry, Ledger, Recurrence, ReviewEntry, RunState
from weighbridge.ledger.erasures import Erasure, clean_runs, enter_erasure, erasures, forget_for_good, forget_items
from weighbridge.ledger.inspect import look


def judged(ledger: Ledger, number: int, failed: int, **other: Any) -> str:
    run_id = start(ledger, number, extract_id=f"sha256:e{number}", **other)
    check = CheckEntry("a|required", "CHK-001", "record", "error", not failed, failed, failed / 10)
    ledger.finish_run(run_id, RunState.PUBLISHED, finished=NOON, checks=[check])
    return run_id


def test_what_tables_there_are_and_what_waits_in_them(ledger: Ledger) -> None:
    first, last = judged(ledger, 1, 0), judged(ledger, 2, 0)
    other = judged(ledger, 3, 0, object_name="airports")
    ledger.add_review_items(last, [ReviewEntry("a.csv", n, 0, 1, ("LEG-001",)) for n in (1, 2)], NOON)
    known = {k.object: k for k in ledger.past.known()}
    assert [(k.object, k.runs, k.latest) for k in known.values()] == [("airports", 1, other), ("flights", 2, last)]
    assert (known["flights"].open_items, known["flights"].oldest_item) == (2, NOON)
    assert (known["airports"].open_items, known["airports"].oldest_item) == (0, None)
    assert ledger.past.run_ids("flights", "flights") == [first, last]
    assert [run.id for run in ledger.past.runs_of([other, first, "none"])] == [first, other]
    assert list(ledger.past.checks_of([first])[first]) == ["a|required"]


def test_how_a_check_came_out_before(ledger: Ledger) -> None:
    held = judged(ledger, 1, 0)
    begun = judged(ledger, 2, 3)
    judged(ledger, 3, 5)
    last = judged(ledger, 4, 0)
    told = ledger.past.recurrence("flights", "flights", ["a|required", "none"], before=last)
    assert told == {"a|required": Recurrence(3, 2, begun, ledger.run(begun).started, 5, 0.5)}
    assert ledger.past.recurrence("flights", "flights", ["a|required"], before=held) == {}


def test_which_run_stands_where_another_stood(ledger: Ledger) -> None:
    first, second = publish(ledger, 1), publish(ledger, 2)
    later = ledger.replacement(ledger.run(first))
    assert later is not None
    assert later.id == second
    assert ledger.replacement(later) is None


def test_an_erasure_is_entered_once_and_comes_back_as_it_was(ledger: Ledger) -> None:
    one = Erasure("e1", "flights", "flights", "sha256:e1", ("tail",), "ab" * 32, "Ada", "asked", NOON, {"published": 2})
    other = Erasure("e2", "people", None, None, ("email",), None, "Bo", "asked", NOON, {"texts": 1})
    for entry in (one, other, one):
        enter_erasure(ledger, entry)
    assert erasures(ledger) == [one, other]
    assert erasures(ledger, "people") == [other]


def test_words_of_the_queue_are_forgotten_and_its_counts_stay(ledger: Ledger) -> None:
    run_id = publish(ledger, 1)
    ledger.add_review_items(run_id, [ReviewEntry("a.csv", n, 0, 1, ("LEG-001",)) for n in (1, 2)], NOON)
    with ledger.engine.begin() as connection:
        connection.execute(text("UPDATE review_items SET text = 'Zelda Markerson' WHERE record = 1"))
        connection.execute(text("UPDATE review_items SET text = 'somebody else' WHERE record = 2"))
    assert forget_items(ledger, run_id, [("a.csv", 1), ("b.csv", 2)], NOON) == 1
    forget_for_good(ledger)
    with ledger.engine.connect() as connection:
        told = {row[0]: row[1] for row in connection.execute(text("SELECT record, text FROM review_items"))}
    assert told == {1: "", 2: "somebody else"}
    assert {i.entry.record: i.state for i in ledger.review_items(state=None)} == {1: "superseded", 2: "open"}
    assert forget_items(ledger, run_id, [("a.csv", 9)], NOON) == 0


def test_what_is_forgotten_is_in_no_page_of_the_file(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        run_id = publish(ledger, 1)
        ledger.add_review_items(run_id, [ReviewEntry("a.csv", 1, 0, 1, ("LEG-001",))], NOON)
        with ledger.engine.begin() as connection:
            connection.execute(text("UPDATE review_items SET text = 'zeldamarkerson'"))
        forget_items(ledger, run_id, [("a.csv", 1)], NOON)
        forget_for_good(ledger)
    assert not any(b"zeldamarkerson" in path.read_bytes() for path in tmp_path.iterdir())


def test_what_runs_said_is_cleaned_and_nothing_else(ledger: Ledger) -> None:
    run_id = start(ledger, 1)
    check = CheckEntry("a", "CHK-001", "extract", "warning", True, observed="Zelda")
    finding = Finding("RDR-002", detail="Zelda")
    ledger.finish_run(run_id, RunState.PUBLISHED, finished=NOON, checks=[check], findings=[finding],
                      profile={"top": ["Zelda", "Ada"]}, reasons=("of Zelda",))  # fmt: skip
    other = judged(ledger, 2, 1, contract_id="people")

    def clean(value: Any) -> Any:
        return json.loads(json.dumps(value).replace("Zelda", "..."))

    assert clean_runs(ledger, "flights", lambda _: clean) == 4
    assert clean_runs(ledger, "flights", lambda _: clean) == 0
    assert ledger.run(run_id).reasons == ("of ...",)
    assert ledger.checks(run_id)[0].observed == "..."
    assert ledger.findings(run_id)[0]["detail"] == "..."
    assert ledger.profile(run_id) == {"top": ["...", "Ada"]}
    assert ledger.checks(other)[0].failed == 1


def test_a_ledger_is_looked_at_without_being_changed(ledger: Ledger, where: str) -> None:
    condition = look(where)
    assert condition.is_current
    assert not condition.is_newer
    assert condition.faults == ()


def test_a_subject_is_erased_with_the_ledger_in_postgresql(
    tmp_path: Path, postgres_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.pipeline.test_erase import WHO, decided, forget, judged, mentions, published
    from weighbridge.pipeline.audit import audit

    url = postgres_server.url()
    monkeypatch.setenv("WEIGHBRIDGE_LEDGER", url)
    into = judged(tmp_path)
    decided(into)
    forget(into)
    assert mentions(into, WHO) == []
    assert published(into) == [1, 9]
    assert audit(into, "latest").stands
    with Ledger.open(url) as ledger, ledger.engine.connect() as connection:
        for table in ("review_items", "review_decisions", "review_trail", "profiles", "extract_findings", "erasures"):
            assert WHO not in str(connection.execute(text(f"SELECT * FROM {table}")).all()), table
