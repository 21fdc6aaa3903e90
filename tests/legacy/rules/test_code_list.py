"""What a code list refuses, and what it says of codes that are no longer in force."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from weighbridge.findings import code
from weighbridge.legacy.rules.code_list import CodeListParameters


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({"codes": ["A"], "retired": {"B": ["C"], "C": ["B"]}}, "circle"),
        ({"codes": ["A"], "retired": {"B": ["Z"]}}, "not listed"),
        ({"codes": ["A", "a"], "ignoreCase": True}, "twice"),
        ({"codes": ["7", "07"], "ignoreLeadingZeros": True}, "twice"),
        ({"codes": ["A"], "retired": {"A": []}}, "twice"),
        ({"codes": [""]}, "empty"),
    ],
)
def test_lists_that_lead_nowhere_are_refused(written: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        CodeListParameters.model_validate(written)


def test_ways_that_join_again_give_each_successor_once() -> None:
    written = {"codes": ["Z"], "retired": {"A": ["B", "C"], "B": ["Z"], "C": ["Z"]}}
    assert CodeListParameters.model_validate(written).heirs("A") == ("Z",)


def test_the_fix_says_what_to_do() -> None:
    assert "successor" in code("LEG-060").fix
    assert "which" in code("LEG-061").fix
