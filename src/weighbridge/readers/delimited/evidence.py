"""What the contract lets one expect of a text: enough to tell a column's values from others, no more.

A value that could be the property's after its legacy rules must not be doubted here, so every
test is generous; it only tells words from numbers and dates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from weighbridge.contract.model import LogicalType, Property, SchemaObject

Row = Sequence[str]
_NOTHING = frozenset(
    ("", "na", "n/a", "#n/a", "null", "none", "nil", "nan", "-", "--", "?", ".", "\\n", "(null)", "unknown", "missing")
)
_DIGITS = r"[\s$€£¥(+-]*[.,]?\d[\d.,' \u00a0_]*(?:[eE][+-]?\d+)?\s*"
_NUMBER = re.compile(_DIGITS + r"(?:[A-Za-z%€$£]{0,4}[)+-]?|[{}A-R])")
_WHOLE = re.compile(_DIGITS + r"(?:[%€$£)+-]{0,2}|[{}A-R])")
_TIME = re.compile(r"(?=.*\d).{3,45}", re.DOTALL)
_TRUTH = re.compile(r"[\w+-]{1,8}")


class Evidence:
    """The properties of an object as tests of texts.

    Attributes:
        width: how many properties there are.
    """

    def __init__(self, schema: SchemaObject, null_values: Sequence[str] = ()) -> None:
        self.width = len(schema.properties)
        self._tests = {p.name: _test_of(p) for p in schema.properties}
        self._order = [p.name for p in schema.properties]
        self._nothing = _NOTHING | {v.strip().casefold() for v in null_values}

    def holds(self, name: str, text: str) -> bool | None:
        """Return whether a text could be a value of the property; None when it tells nothing."""
        test = self._tests[name]
        if test is None or text.strip().casefold() in self._nothing:
            return None
        return test(text.strip())

    def weigh(self, row: Row, fields: Mapping[str, int]) -> tuple[int, int]:
        """Return how many values of a row could be their property's, and how many could not."""
        told = [self.holds(name, row[i]) for name, i in fields.items() if i < len(row)]
        return told.count(True), told.count(False)

    def by_position(self) -> dict[str, int]:
        """Return the fields of a source without a header."""
        return {name: i for i, name in enumerate(self._order)}

    def is_nothing(self, text: str) -> bool:
        """Whether a text may mean no value."""
        return text.strip().casefold() in self._nothing


def _test_of(p: Property) -> Callable[[str], bool] | None:
    kind = p.logical_type
    if p.enum:
        words = {str(v.value).strip().casefold() for v in p.enum}
        if not p.rules:
            return lambda text: text.casefold() in words
    if kind is LogicalType.INTEGER:
        return lambda text: _WHOLE.fullmatch(text) is not None
    if kind is LogicalType.NUMBER:
        return lambda text: _NUMBER.fullmatch(text) is not None
    if kind in (LogicalType.DATE, LogicalType.TIMESTAMP, LogicalType.TIME):
        return lambda text: _TIME.fullmatch(text) is not None
    if kind is LogicalType.BOOLEAN:
        return lambda text: _TRUTH.fullmatch(text) is not None
    longest = p.options.get("maxLength")
    if kind is LogicalType.STRING and isinstance(longest, int) and not p.rules:
        return lambda text: len(text) <= longest
    return None
