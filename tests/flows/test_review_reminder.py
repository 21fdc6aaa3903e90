"""The flow `review_reminder` where no server runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.alert.receiver import listening
from tests.flows.server import clean_environment
from tests.review.waiting import judged

ROOT = Path(__file__).parents[2]

REMIND = """
import sys
from flows.review_reminder import review_reminder
for into in sys.argv[1:]:
    print("reminder:", review_reminder(into, return_state=True).name)
"""


def test_the_flow_tells_of_records_that_wait_too_long_and_says_how_it_ended(tmp_path: Path) -> None:
    for name, review in (("late", "{maxAge: PT0M}"), ("in time", "{maxAge: P9D}")):
        (tmp_path / name).mkdir()
        judged(tmp_path / name, review=review)
    folders = [str(tmp_path / "late" / "out"), str(tmp_path / "in time" / "out"), str(tmp_path / "nowhere")]
    with listening() as receiver:
        environment = clean_environment(tmp_path / "home") | {"WEIGHBRIDGE_ALERTS": receiver.url}
        words = [sys.executable, "-c", REMIND, *folders]
        done = subprocess.run(
            words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=400, check=False
        )
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stdout.splitlines() if line.startswith("reminder:")]
    assert said == ["reminder: Reminded", "reminder: NothingNew", "reminder: CannotRun"]
    assert receiver.titles == ["guests (guests): 6 records wait too long"]
