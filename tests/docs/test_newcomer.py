"""A newcomer follows the pages on adding things, to the letter, and it works."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.walk import ROOT, steps, walk

PAGES = sorted((ROOT / "docs").glob("adding-*.md"))


def test_there_is_a_page_for_each_thing_that_is_added() -> None:
    assert [p.stem for p in PAGES] == [
        "adding-a-check",
        "adding-a-reader",
        "adding-a-report-section",
        "adding-a-rule",
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_newcomers_path(page: Path, tmp_path: Path) -> None:
    verbs = [s.verb for s in steps(page)]
    assert "run" in verbs
    assert "prints" in verbs
    walk(page, tmp_path)
