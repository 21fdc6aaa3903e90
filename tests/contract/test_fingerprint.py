"""The laws of fingerprints."""
# ruff: noqa: E501 (cases read better on one line)

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.contract import load

BASE: dict[str, Any] = {
    "apiVersion": "v3.2.0",
    "kind": "DataContract",
    "id": "t",
    "version": "1",
    "schema": [
        {
            "name": "t",
            "properties": [
                {
                    "name": "a",
                    "logicalType": "integer",
                    "required": True,
                    "logicalTypeOptions": {"minimum": 1, "maximum": 9},
                    "quality": [{"metric": "nullValues", "mustBe": 0, "severity": "warning"}],
                },
                {"name": "b", "logicalType": "string", "enum": [{"value": "x"}, {"value": "y"}]},
            ],
        }
    ],
    "slaProperties": [{"property": "freshness", "value": 1, "unit": "d", "element": "t.a"}],
}


def _shuffled(value: Any, draw: st.DrawFn) -> Any:
    if isinstance(value, dict):
        keys = draw(st.permutations(list(value)))
        return {key: _shuffled(value[key], draw) for key in keys}
    return [_shuffled(member, draw) for member in value] if isinstance(value, list) else value


@st.composite
def _layouts(draw: st.DrawFn) -> str:
    text = yaml.safe_dump(
        _shuffled(BASE, draw), default_flow_style=draw(st.sampled_from([None, True, False])), sort_keys=False,
        indent=draw(st.integers(2, 6)), width=draw(st.integers(20, 200)),
    )  # fmt: skip
    return f"# {draw(st.text('abc ', max_size=9))}\n{text}\n\n# end\n"


@given(_layouts())
def test_layout_comments_and_key_order_change_nothing(text: str) -> None:
    assert load(text).fingerprint == load(BASE).fingerprint
    assert load(text).rules_fingerprint == load(BASE).rules_fingerprint


CHECKS: list[tuple[list[Any], Any]] = [
    (["schema", 0, "properties", 0, "required"], False),
    (["schema", 0, "properties", 0, "logicalType"], "number"),
    (["schema", 0, "properties", 0, "logicalTypeOptions", "minimum"], 2),
    (["schema", 0, "properties", 0, "logicalTypeOptions", "multipleOf"], 2),
    (["schema", 0, "properties", 0, "quality", 0, "mustBe"], 1),
    (["schema", 0, "properties", 0, "quality", 0, "severity"], "error"),
    (["schema", 0, "properties", 0, "quality", 0, "unit"], "percent"),
    (["schema", 0, "properties", 0, "unique"], True),
    (["schema", 0, "properties", 0, "primaryKey"], True),
    (["schema", 0, "properties", 0, "physicalName"], "A"),
    (["schema", 0, "properties", 0, "relationships"], [{"to": "u.a"}]),
    (["schema", 0, "properties", 1, "enum", 0, "value"], "z"),
    (["schema", 0, "properties", 0, "customProperties"], [{"vendor": "weighbridge", "property": "rules", "value": ["trim"]}]),
    (["schema", 0, "customProperties"], [{"vendor": "weighbridge", "property": "breaker", "value": {"minRecords": 1}}]),
    (["slaProperties", 0, "value"], 2),
    (["servers"], [{"server": "s", "type": "custom", "delimiter": ";"}]),
]  # fmt: skip
DESCRIPTIONS: list[tuple[list[Any], Any]] = [
    (["status"], "active"),
    (["schema", 0, "description"], "a table"),
    (["schema", 0, "properties", 0, "description"], "a column"),
    (["schema", 0, "properties", 0, "quality", 0, "description"], "a check"),
    (["schema", 0, "properties", 0, "tags"], ["x"]),
    (["schema", 0, "properties", 1, "enum", 0, "label"], "ex"),
]


def _changed(path: list[Any], value: Any) -> dict[str, Any]:
    document = copy.deepcopy(BASE)
    part: Any = document
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return document


@pytest.mark.parametrize(("path", "value"), CHECKS)
def test_any_change_of_a_check_changes_both(path: list[Any], value: Any) -> None:
    changed = load(_changed(path, value))
    assert changed.rules_fingerprint != load(BASE).rules_fingerprint
    assert changed.fingerprint != load(BASE).fingerprint


@pytest.mark.parametrize(("path", "value"), DESCRIPTIONS)
def test_a_description_changes_only_the_content(path: list[Any], value: Any) -> None:
    changed = load(_changed(path, value))
    assert changed.rules_fingerprint == load(BASE).rules_fingerprint
    assert changed.fingerprint != load(BASE).fingerprint
