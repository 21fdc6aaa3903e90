"""Values that a statistics package calls missing, and why they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Missing:
    """The missing values of one variable.

    Attributes:
        ranges: lowest and highest value of each range, inclusive (SPSS).
        tags: letters that stand for missing values (SAS, Stata).
        labels: what a value or a letter stands for.
        numeric: whether the variable holds numbers.
    """

    ranges: tuple[tuple[Any, Any], ...] = ()
    tags: frozenset[str] = frozenset()
    labels: Mapping[Any, str] = field(default_factory=dict)
    numeric: bool = False

    @classmethod
    def of(cls, meta: Any, variable: str) -> Missing:
        """Return what a file's metadata says of a variable."""
        ranges: Sequence[Mapping[str, Any]] = meta.missing_ranges.get(variable, ())
        return cls(
            tuple((r["lo"], r["hi"]) for r in ranges),
            frozenset(str(tag) for tag in meta.missing_user_values.get(variable, ())),
            dict(meta.variable_value_labels.get(variable, {})),
            meta.readstat_variable_types.get(variable) != "string",
        )

    def reason(self, value: Any) -> str | None:
        """Return why a value is missing: the value and its label; None when it is not."""
        if self.numeric and isinstance(value, str):
            return self._told(f".{value}", value)
        for low, high in self.ranges:
            try:
                if low <= value <= high:
                    return self._told(f"{value:g}" if isinstance(value, float) else str(value), value)
            except TypeError:
                continue
        return None

    def _told(self, shown: str, value: Any) -> str:
        label = self.labels.get(value)
        return f"{shown} ({label})" if label else shown
