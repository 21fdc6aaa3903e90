"""A disk that takes no more, whatever file does not fit: a finding, and the next run finds all in order."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.walk import ROOT
from weighbridge.findings import code
from weighbridge.ledger import RunState
from weighbridge.pipeline.audit import audit
from weighbridge.pipeline.output.ledgers import open_ledger
from weighbridge.pipeline.run import run

CONTRACT, EXTRACT = ROOT / "contracts" / "weather.odcs.yaml", ROOT / "data" / "samples" / "weather.csv"
LIMITED = """
import resource, sys
from weighbridge.cli.app import run
most = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
sys.exit(run(sys.argv[2:]))
"""


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder in which something is published already."""
    into = tmp_path_factory.mktemp("before") / "out"
    run(ROOT / "contracts" / "airports.odcs.yaml", ROOT / "data" / "samples" / "airports.csv", into=into)
    return into


@pytest.mark.parametrize(
    ("most_bytes", "expected"), [(4_000, "LED-001"), (60_000, "OUT-001"), (250_000, "OUT-001"), (400_000, "OUT-001")]
)
def test_a_file_that_does_not_fit_is_told_and_nothing_is_half_published(
    before: Path, tmp_path: Path, most_bytes: int, expected: str
) -> None:
    into = tmp_path / "out"
    shutil.copytree(before, into)
    words = ["run", str(CONTRACT), str(EXTRACT), "--into", str(into), "--quiet"]
    limited = [sys.executable, "-c", LIMITED, str(most_bytes), *words]
    done = subprocess.run(limited, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(expected), done.stderr
    assert code(expected).fix in done.stderr
    assert "room" in done.stderr
    assert not list((into / "published").glob("nyc-weather/*/_delta_log"))
    again = run(CONTRACT, EXTRACT, into=into)
    assert again.state == "published"
    assert audit(into, again.run_id).stands
    with open_ledger(into) as ledger:
        states = [r.state for r in ledger.runs("nyc-weather", 9)]
    assert states.count(RunState.PUBLISHED) == 1
    assert set(states) <= {RunState.PUBLISHED, RunState.ABANDONED, RunState.FAILED}
