"""The arithmetic of record lengths: what it gives, and that it is nothing more than arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.readers.mainframe.expression import ExpressionError, parse_expression


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A_1 + A_2 - 1", 4),
        ("2 * (A_1 + 3)", 8),
        ("7 / 2", 3),
        ("-7 / 2", -3),
        ("7 % 4", 3),
        ("--5", 5),
        ("@A_1 * 2", 2),
    ],
)
def test_values(text: str, value: int) -> None:
    assert parse_expression(text).value({"A_1": 1, "A_2": 4}) == value


@pytest.mark.parametrize(
    "text", ["", "1 +", "(1", "1 2", "a.__class__()", "1 ** 2", "'x'", "1; 2", "(" * 200 + "1" + ")" * 200]
)
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_expression(text)


@pytest.mark.parametrize(("text", "fields"), [("1 / A", {"A": 0}), ("A + 1", {}), ("A * A * A * A", {"A": 1 << 30})])
def test_what_has_no_value(text: str, fields: dict[str, int]) -> None:
    with pytest.raises(ExpressionError):
        parse_expression(text).value(fields)


@given(st.integers(0, 999), st.integers(0, 999), st.integers(1, 99))
def test_it_counts_as_python_does(a: int, b: int, c: int) -> None:
    fields = {"A": a, "B": b, "C": c}
    assert parse_expression("A * (B + C) - A / C").value(fields) == a * (b + c) - a // c


@given(st.text(max_size=40))
def test_any_text_is_an_expression_or_a_fault(text: str) -> None:
    try:
        parse_expression(text).value({})
    except ExpressionError as wrong:
        assert str(wrong)
