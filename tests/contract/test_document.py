"""YAML to plain values with positions: what is refused, what stays as it is written."""
# ruff: noqa: E501 (cases read better on one line)

from __future__ import annotations

import datetime
import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.contract.document import MAX_BYTES, from_mapping, from_text, plain_value


@pytest.mark.parametrize(
    ("text", "code", "line", "detail"),
    [
        ("a: b: c", "CON-001", 1, "mapping values"),
        ("a:\n\t- b", "CON-001", 2, "cannot start any token"),
        ("", "CON-001", None, "empty"),
        ("# only a comment", "CON-001", None, "empty"),
        ("- a", "CON-001", 1, "a contract is a mapping"),
        ("a: 1\n---\nb: 2", "CON-001", 2, "second document"),
        ("a: *b", "CON-001", 1, "no anchor"),
        ("? [a]\n: b", "CON-001", 1, "a key is text"),
        (b"a: 1\nb: \xff\n", "CON-001", 2, "0xff"),
        ("a: \x01", "CON-001", 1, "0x0001"),
        ("a: 1\nb: 2\na: 3", "CON-004", 3, "`a` stands in line 1 already"),
        ("[" * 5000, "CON-005", 1, "64 levels"),
        ("a: &a [*a]", "CON-005", 1, "alias holds itself"),
        ("a: &a {b: 1}\n" + "".join(f"k{i}: &k{i} [{', '.join([f'*k{i - 1}' if i else '*a'] * 12)}]\n" for i in range(9)), "CON-005", None, "once aliases"),
        ("a: !!python/object/apply:os.system [ls]", "CON-006", 1, "python"),
        ("a: !secret x", "CON-006", 1, "!secret"),
        (b" " * (MAX_BYTES + 1), "CON-005", None, "bytes"),
    ],
)  # fmt: skip
def test_what_is_no_plain_yaml_is_a_finding(text: str | bytes, code: str, line: int | None, detail: str) -> None:
    found = from_text(text, "c.yaml").findings
    assert [f.code for f in found] == [code]
    assert detail in found[0].detail
    assert found[0].place.source == "c.yaml"
    assert line is None or found[0].place.line == line


def test_fixes_are_for_the_fault() -> None:
    assert "quote the text" in from_text("a: b: c").findings[0].fix
    assert "spaces" in from_text("a:\n\t- b").findings[0].fix
    assert "UTF-8" in from_text(b"\xff").findings[0].fix
    assert "remove one of the two" in from_text("a: 1\na: 2").findings[0].fix
    assert "plain" in from_text("a: !x y").findings[0].title
    assert "remove what is generated" in from_text("[" * 99).findings[0].fix


def test_dates_stay_the_text_they_are_written_as() -> None:
    value = from_text("a: 2024-01-31\nb: 2024-01-31T12:00:00Z\nc: '2024-01-31'").value
    assert value == {"a": "2024-01-31", "b": "2024-01-31T12:00:00Z", "c": "2024-01-31"}
    assert from_mapping({"a": datetime.date(2024, 1, 31)}).value == {"a": "2024-01-31"}


def test_merge_keys_give_what_is_not_said() -> None:
    assert from_text("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}").value == {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}}


def test_positions_point_at_keys_and_items() -> None:
    document = from_text("a:\n  b: 1\n  c:\n    - x\n    - y: 2\n")
    assert document.positions["a", "c"] == (3, 3)
    assert document.positions["a", "c", 1] == (5, 7)
    assert document.line(("a", "c", 1, "missing")) == 5


def test_utf_16_and_byte_order_marks_are_read() -> None:
    assert from_text("a: é".encode("utf-16")).value == {"a": "é"}
    assert from_text("a: é".encode("utf-8-sig")).value == {"a": "é"}


_SCALARS = st.one_of(
    st.text("0123456789+-._:xobeEnNaAiIfFtTrRuUlLsSyYoO~", max_size=8),
    st.sampled_from(["yes", "No", "ON", "0x1F", "0b11", "017", "1_000", "12:30:00", ".5", "1.", "-.inf", ".NaN", "~"]),
)


@given(_SCALARS)
def test_scalars_mean_what_yaml_1_1_says(text: str) -> None:
    """Dates and exponents without a dot apart, which stay text and become numbers."""
    try:
        events = [e for e in yaml.parse(text) if isinstance(e, yaml.ScalarEvent)]
        expected = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        return
    if len(events) != 1 or events[0].value != text or not events[0].implicit[0]:
        return
    ours = plain_value(text)
    if isinstance(expected, (datetime.date, str)) or text == "=":
        assert ours == text or isinstance(ours, float)
    elif isinstance(expected, float) and math.isnan(expected):
        assert math.isnan(ours)
    elif ":" in text and isinstance(expected, float):
        assert ours == text
    else:
        assert ours == expected
        assert type(ours) is type(expected)
