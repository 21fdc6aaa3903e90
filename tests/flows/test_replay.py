"""The flow `replay` where no server runs."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.flows.server import clean_environment
from tests.review.waiting import contract, judged
from weighbridge.pipeline.output.ledgers import open_ledger
from weighbridge.review.choice import Choice
from weighbridge.review.decisions import decide, picks_of
from weighbridge.review.queue import Filter, Queue
from weighbridge.review.states import Kind
from weighbridge.sinks import scan_published

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

TWICE = """
import sys
from flows.replay import replay
into, newer = sys.argv[1:]
for words in ({}, {}, {"contract": newer}, {"contract": "no such file"}):
    print("replay:", replay(into, "night job", site=False, return_state=True, **words).name)
"""


def test_the_flow_publishes_what_was_decided_and_says_how_it_ended(tmp_path: Path) -> None:
    judged(tmp_path)
    into = tmp_path / "out"
    with open_ledger(into) as ledger:
        queue = Queue(ledger)
        queue.take_in(into, NOON)
        items = queue.items(Filter(text="Fay")).items
        decide(ledger, into, picks_of(items), Choice(Kind.CORRECT, values={"country": "IT"}), by="A", why="b", at=NOON)
    newer = contract(tmp_path, version="1.1.0", country_length=3)
    words = [sys.executable, "-c", TWICE, str(into), str(newer)]
    environment = clean_environment(tmp_path / "home")
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stdout.splitlines() if line.startswith("replay:")]
    assert said == ["replay: Replayed", "replay: NothingNew", "replay: ReplayedInPart", "replay: CannotRun"]
    assert sorted(scan_published(into, "guests", "guests").collect()["_wb_record"]) == [1, 4, 6]
