"""Golden stories: a copybook, bytes, options, and the rows and findings they make, through the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from weighbridge.cli.app import run

STORIES = sorted(path.parent for path in Path(__file__).parent.glob("stories/*/case.json"))


def data_of(story: Path) -> bytes:
    return bytes.fromhex(re.sub(r"#.*|\s", "", (story / "data.hex").read_text()))


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.name)
def test_story(story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, told = tmp_path / "data.bin", tmp_path / "findings.jsonl"
    data.write_bytes(data_of(story))
    words = ["decode", "--copybook", str(story / "copybook.cpy"), "--options", str(story / "case.json")]
    assert run([*words, "--findings", str(told), str(data)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows == [json.loads(line) for line in (story / "expected.jsonl").read_text().splitlines()]
    findings = [json.loads(line) for line in told.read_text().splitlines()]
    shown = [f"{f['code']} {(f['place'].get('path') or [''])[-1]} {f['seen']}" for f in findings]
    assert sorted(shown) == sorted(json.loads((story / "findings.json").read_text()))
