"""The commands of the page on operating do what it says, in its order."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.docs.walk import ROOT, steps
from weighbridge.findings.codes.operating import CODES

PAGE = ROOT / "docs" / "operating.md"


def test_the_commands_of_the_page_work_one_after_the_other(tmp_path: Path) -> None:
    for name in ("contracts", "data"):
        (tmp_path / name).symlink_to(ROOT / name)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    script = "\n".join(["set -eu", *(step.block for step in steps(PAGE))])
    here = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "TMPDIR": str(temporary)}
    here |= {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=os.environ | here | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("healthy; looked at") == 3
    assert done.stdout.count("the receipt stands") == 3
    assert "mended: entered run" in done.stdout
    assert "ALREADY PUBLISHED" in done.stdout


def test_every_code_of_the_doctor_stands_on_the_page() -> None:
    text = PAGE.read_text()
    assert [entry.code for entry in CODES if entry.code not in text] == []
