"""How SQLite finds pages of the queue: by an index that ends with the item's number, never by sorting or scanning."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.review.waiting import judged
from weighbridge.pipeline.output.ledgers import open_ledger
from weighbridge.review.queue import Filter, Queue

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAGES = {
    "state": (Filter(), "review_items_by_state"),
    "contract": (Filter(contract="guests", object_name="guests"), "review_items_by"),
    "run": (Filter(run="x"), "review_items_by_run"),
    "cause": (Filter(cause=1), "review_items_by_cause"),
    "run and cause": (Filter(run="x", cause=1), "review_items_by"),
    "code": (Filter(code="CHK-004"), "review_items_by_cause"),
    "assignee": (Filter(assignee="Ada"), "review_items_by"),
    "words": (Filter(text="fay", code="CHK-004"), "VIRTUAL TABLE INDEX"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_found_by_an_index(tmp_path: Path, name: str) -> None:
    wanted, index = PAGES[name]
    judged(tmp_path)
    with open_ledger(tmp_path / "out") as ledger:
        queue = Queue(ledger, few=0)
        queue.take_in(tmp_path / "out", NOON)
        query = queue.page_query(wanted, after=2, limit=50)
        words = str(query.compile(ledger.engine, compile_kwargs={"literal_binds": True}))
        with ledger.engine.connect() as connection:
            plan = [str(row[3]) for row in connection.execute(text("EXPLAIN QUERY PLAN " + words.replace(":", "\\:")))]
    assert any(index in step for step in plan), plan
    assert not any(step.startswith("SCAN review_items") for step in plan), plan
    sorts = [step for step in plan if "TEMP B-TREE" in step]
    assert not sorts or "COMPOUND QUERY" in plan or any("UNION" in step or "MERGE" in step for step in plan), plan
