"""Golden stories: each folder beside this file shows one behaviour, from contract and bytes to what came out.

A story's `expected.json` is rewritten only when asked for:

    WEIGHBRIDGE_REWRITE_STORIES=1 pytest tests/stories
"""

import json
import os
from pathlib import Path

import pytest

from tests.stories.telling import tell

STORIES = sorted(p.parent for p in Path(__file__).parent.glob("*/story.yaml"))
REWRITE = os.environ.get("WEIGHBRIDGE_REWRITE_STORIES") == "1"


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_story(story: Path, tmp_path: Path) -> None:
    told = tell(story, tmp_path)
    expected = story / "expected.json"
    if REWRITE:
        expected.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert told == json.loads(expected.read_text(encoding="utf-8"))


def test_every_folder_is_a_complete_story() -> None:
    folders = [p for p in Path(__file__).parent.iterdir() if p.is_dir() and p.name != "__pycache__"]
    for folder in folders:
        assert {"contract.yaml", "story.yaml", "expected.json"} <= {p.name for p in folder.iterdir()}, folder.name
    assert len(folders) >= 12
