"""The `mustBe…` words of the standard: what holds, and how it is said."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from weighbridge.checks.literal import UnfitError, exact
from weighbridge.checks.words import listed, number
from weighbridge.contract.model import Comparison

Number = int | float | Decimal | Fraction

_ORDER: dict[str, tuple[str, Callable[[Fraction, Fraction], bool]]] = {
    "mustBeGreaterThan": ("more than", lambda seen, bound: seen > bound),
    "mustBeGreaterOrEqualTo": ("at least", lambda seen, bound: seen >= bound),
    "mustBeLessThan": ("less than", lambda seen, bound: seen < bound),
    "mustBeLessOrEqualTo": ("at most", lambda seen, bound: seen <= bound),
}


def check_operand(comparison: Comparison) -> None:
    """Raise unless the comparison can be made.

    Raises:
        UnfitError: the operator is unknown, or its operand is none it can take.
    """
    operator, operand = comparison.operator, comparison.operand
    if operator in _ORDER:
        exact(operand)
    elif operator in ("mustBeBetween", "mustNotBeBetween"):
        if not isinstance(operand, list | tuple) or len(operand) != 2:
            raise UnfitError(f"{operator} takes two numbers, not {operand!r}")
        low, high = (exact(bound) for bound in operand)
        if low > high:
            raise UnfitError(f"{operator}: {number(low)} is above {number(high)}; the smaller number comes first")
    elif operator not in ("mustBe", "mustNotBe"):
        raise UnfitError(f"{operator!r} is no comparison of the standard")


def holds(seen: Any, comparison: Comparison) -> bool:
    """Whether what was seen is as it must be. Both bounds of a between are included.

    Numbers are compared exactly, as written. Anything but equality with null or text fails.
    """
    operator, operand = comparison.operator, comparison.operand
    if operator in ("mustBe", "mustNotBe"):
        wanted = operand if isinstance(operand, list | tuple) else [operand]
        return any(_equal(seen, value) for value in wanted) == (operator == "mustBe")
    measured = _fraction(seen)
    if measured is None:
        return False
    if operator in _ORDER:
        return _ORDER[operator][1](measured, Fraction(exact(operand)))
    low, high = (Fraction(exact(bound)) for bound in operand)
    return (low <= measured <= high) == (operator == "mustBeBetween")


def quantity(comparison: Comparison, suffix: str = "", *, of_records: bool = False) -> str:
    """Return the demand in words, e.g. ``"at most 5 %"`` with the suffix ``" %"``.

    Args:
        of_records: it is records that are counted: fewer, not less.
    """
    operator, operand = comparison.operator, comparison.operand
    if operator in _ORDER:
        words = "fewer than" if operator == "mustBeLessThan" and of_records else _ORDER[operator][0]
        return f"{words} {number(operand)}{suffix}"
    if operator in ("mustBeBetween", "mustNotBeBetween"):
        words = "" if operator == "mustBeBetween" else "not "
        return f"{words}from {number(operand[0])} to {number(operand[1])}{suffix}"
    wanted = operand if isinstance(operand, list | tuple) else [operand]
    texts = [number(v) for v in wanted]
    return ("exactly " if operator == "mustBe" else "not ") + listed(texts) + suffix


def wants_none(comparison: Comparison, *, whole: bool) -> bool:
    """Whether only zero is allowed; `whole`: of a number that can only be whole."""
    operator, operand = comparison.operator, comparison.operand
    if isinstance(operand, bool | list | tuple | str):
        return False
    return (operator in ("mustBe", "mustBeLessOrEqualTo") and operand == 0) or (
        whole and operator == "mustBeLessThan" and 0 < operand <= 1
    )


def _fraction(value: Any) -> Fraction | None:
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool):
        return None
    try:
        return Fraction(exact(value)) if isinstance(value, int | float | Decimal) else None
    except UnfitError:
        return None


def _equal(seen: Any, wanted: Any) -> bool:
    if isinstance(seen, bool) or isinstance(wanted, bool) or seen is None or wanted is None:
        return seen is wanted
    left, right = _fraction(seen), _fraction(wanted)
    if left is not None and right is not None:
        return left == right
    return str(seen) == str(wanted)
