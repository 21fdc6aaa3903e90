"""Every run leaves its profile; retention takes it away, and the doctor sees when it is damaged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.pipeline.people import CONTRACT
from weighbridge.findings import LedgerError, code
from weighbridge.pipeline.doctor import examine
from weighbridge.pipeline.output.history import PROFILE_FILE, folder_of
from weighbridge.pipeline.profiles import profile_of_run
from weighbridge.pipeline.retain import retain
from weighbridge.pipeline.run import run
from weighbridge.profile import merge, summed_up

SLA = "slaProperties:\n- {property: retention, value: 1, unit: y}\n"


@pytest.fixture
def into(tmp_path: Path) -> Path:
    (tmp_path / "c.yaml").write_text(CONTRACT + SLA)
    for name, text in (("a", "1,Ada,36\n2,,41\n"), ("b", "3,Grace,80\n4,,7\n")):
        (tmp_path / f"{name}.csv").write_text(f"id,name,age\n{text}")
        run(tmp_path / "c.yaml", tmp_path / f"{name}.csv", into=tmp_path / "out")
    return tmp_path / "out"


def runs(into: Path) -> list[str]:
    return sorted(path.name for path in (into / "runs").iterdir())


def test_the_profiles_of_two_runs_are_that_of_both_extracts(into: Path) -> None:
    first, second = (profile_of_run(into, run_id) for run_id in runs(into))
    told = summed_up(merge(first, second))
    assert told["records"] == 4
    assert (told["columns"]["age"]["min"], told["columns"]["age"]["max"]) == (7, 80)
    assert told["columns"]["name"]["nulls"] == 2


def test_what_retention_removed_is_told(into: Path) -> None:
    retain(into, datetime.now(UTC) + timedelta(days=400))
    assert not list((into / "runs").glob(f"*/{PROFILE_FILE}"))
    with pytest.raises(LedgerError) as caught:
        profile_of_run(into, "latest")
    finding = caught.value.findings[0]
    assert (finding.code, "retention removed it" in (finding.detail or "")) == ("RUN-032", True)
    assert "name a later run" in code("RUN-032").fix
    assert examine(into).is_healthy


def test_a_damaged_profile_is_found(into: Path) -> None:
    path = folder_of(into, runs(into)[0]) / PROFILE_FILE
    path.write_bytes(path.read_bytes()[:100])
    assert [f.code for f in examine(into).findings if f.place.source == str(path)] == ["OPS-015"]
    with pytest.raises(LedgerError, match="RUN-032"):
        profile_of_run(into, runs(into)[0])
