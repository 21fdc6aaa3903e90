"""Both flows where no server runs: Prefect starts one for the while of the process."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.limits import one_at_a_time
from tests.flows.extracts import BAD, GOOD, SOME_BAD, drop, write_contract
from tests.flows.server import clean_environment

ROOT = Path(__file__).parents[2]

BOTH = """
import sys
from flows.intake import intake
from flows.intake_folder import intake_folder
contract, extract, folder, into = sys.argv[1:]
print("intake:", intake(contract, extract, into, return_state=True).name)
print("folder:", intake_folder(contract, folder, into, settle_seconds=0, return_state=True).name)
print("folder:", intake_folder(contract, folder, into, settle_seconds=0, return_state=True).name)
"""


def test_both_flows_work_without_a_server(tmp_path: Path) -> None:
    contract = write_contract(tmp_path)
    extract = drop(tmp_path, "one.csv", SOME_BAD)
    drop(tmp_path / "inbox", "good.csv", GOOD)
    drop(tmp_path / "inbox", "bad.csv", BAD)
    words = [sys.executable, "-c", BOTH, contract, str(extract), str(tmp_path / "inbox"), str(tmp_path / "out")]
    environment = clean_environment(tmp_path / "home")
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stdout.splitlines() if line.startswith(("intake:", "folder:"))]
    assert said == ["intake: PublishedWithWarnings", "folder: Held", "folder: NothingNew"]
    assert "Traceback" not in done.stdout + done.stderr
    site = tmp_path / "out" / "site"
    assert len(list((site / "runs").iterdir())) == 3
    assert "1 of 1 needs attention." in (site / "index.html").read_text(encoding="utf-8")


def test_without_a_server_extracts_of_one_contract_wait_and_those_of_others_do_not(tmp_path: Path) -> None:
    waits: list[str] = []
    entered = threading.Event()

    def enter(contract_id: str) -> None:
        with temporary_settings({PREFECT_API_URL: None}), one_at_a_time(contract_id, tmp_path, waits.append):
            entered.set()

    with temporary_settings({PREFECT_API_URL: None}), one_at_a_time("people", tmp_path, waits.append):
        enter("orders")
        assert entered.is_set()
        entered.clear()
        other = threading.Thread(target=enter, args=("people",))
        other.start()
        assert not entered.wait(0.5)
    assert entered.wait(10)
    other.join()
    assert len(waits) == 1
    assert "waiting for an intake" in waits[0]
