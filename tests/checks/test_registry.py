"""Folder, tuple, pages and codes agree."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from weighbridge.checks import kinds
from weighbridge.checks.reference import document, page
from weighbridge.checks.registry import CHECKS

ROOT = Path(__file__).parents[2]
FILES = sorted(p.stem for p in Path(kinds.__file__).parent.glob("*.py") if p.stem != "__init__")


def test_folder_and_tuple_are_equal() -> None:
    in_folder = [importlib.import_module(f"weighbridge.checks.kinds.{name}").CHECK for name in FILES]
    assert {id(check) for check in in_folder} == {id(check) for check in CHECKS}
    assert len({check.name for check in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_check_has_a_page_that_states_its_null_policy(check) -> None:
    text = document(check)
    assert text.splitlines()[0].endswith((".", ":", "`."))
    assert "\nNull: " in text
    assert "\n    " in text, "the page shows how a contract writes it"


def test_the_reference_is_current() -> None:
    assert (ROOT / "docs" / "checks.md").read_text(encoding="utf-8") == page(), (
        "write it again: python -m weighbridge.checks.reference > docs/checks.md"
    )
