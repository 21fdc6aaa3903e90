"""The flows as modules that a terminal, or a scheduler that is not Prefect, runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.extracts import BAD, GOOD, drop, write_contract
from tests.flows.server import Server

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("module", "what", "code", "state"),
    [
        ("flows.intake", "inbox/bad.csv", 1, "Held("),
        ("flows.intake_folder", "inbox", 0, "NothingNew("),
    ],
)
def test_the_exit_code_is_the_states(
    server: Server, tmp_path: Path, module: str, what: str, code: int, state: str
) -> None:
    contract = write_contract(tmp_path, "terminal")
    drop(tmp_path / "inbox", "bad.csv", BAD)
    drop(tmp_path / "inbox", "good.csv.part", GOOD)
    words = [sys.executable, "-m", module, contract, str(tmp_path / what), "--into", str(tmp_path / "out")]
    done = subprocess.run(
        words, cwd=ROOT, env=server.environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == code, done.stderr
    assert state in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
