"""The published files are what the code says, and their examples work."""
# ruff: noqa: E501 (cases read better on one line)

from __future__ import annotations

import re

import pytest
from jsonschema import Draft201909Validator

from weighbridge.contract import load
from weighbridge.contract.document import from_text
from weighbridge.contract.extensions_schema import SCHEMA_FILE, extensions_schema
from weighbridge.contract.reference import REFERENCE_FILE, reference, schema_text
from weighbridge.findings.codes.contract import CODES


def test_the_reference_page_is_current() -> None:
    made = "run python -m weighbridge.contract.reference"
    assert REFERENCE_FILE.read_text("utf-8") == reference(), made


def test_the_schema_of_our_custom_properties_is_current() -> None:
    assert SCHEMA_FILE.read_text("utf-8") == schema_text(), "run python -m weighbridge.contract.reference"


def test_the_first_example_of_the_page_is_a_contract_without_a_finding() -> None:
    example = re.findall(r"```yaml\n(.*?)```", reference(), re.DOTALL)[0]
    assert load(example).warnings == ()


def test_every_code_stands_on_the_page() -> None:
    assert all(f"| {entry.code} | {entry.title} | {entry.fix} |" in reference() for entry in CODES)


@pytest.mark.parametrize(
    ("properties", "valid"),
    [
        ("{vendor: weighbridge, property: rules, value: [trim]}", True),
        ("{property: weighbridge.rules, value: [{rule: trim, side: left}]}", True),
        ("{vendor: weighbridge, property: rules, value: [trimm]}", False),
        ("{vendor: weighbridge, property: rules, value: [{rule: trim, side: up}]}", False),
        ("{vendor: weighbridge, property: position, value: {start: 0, length: 1}}", False),
        ("{vendor: weighbridge, property: positions, value: {}}", False),
        ("{vendor: acme, property: positions, value: {}}", True),
    ],
)
def test_the_published_schema_judges_as_lint_does(properties: str, valid: bool) -> None:
    head = "apiVersion: v3.2.0\nkind: DataContract\nid: t\nversion: '1'\n"
    text = f"{head}schema: [{{name: t, properties: [{{name: a, logicalType: string, customProperties: [{properties}]}}]}}]\n"
    assert Draft201909Validator(extensions_schema()).is_valid(from_text(text).value) is valid
    from weighbridge.contract import lint

    assert lint(text).ok is valid
