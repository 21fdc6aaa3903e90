"""The parameters that the rules `date` and `timestamp` share."""

from __future__ import annotations

from datetime import date

from pydantic import Field, field_validator, model_validator

from weighbridge.legacy.century import CenturyWindow
from weighbridge.legacy.evidence import Kind
from weighbridge.legacy.months import LOCALES
from weighbridge.legacy.patterns import Pattern, compile_pattern
from weighbridge.legacy.rule import Parameters
from weighbridge.legacy.serials import SERIAL_FORMATS, Serial


class Days(Parameters):
    """A first and a last day."""

    from_: date = Field(alias="from")
    to: date

    @model_validator(mode="after")
    def _in_order(self) -> Days:
        if self.from_ > self.to:
            raise ValueError("`from` lies after `to`")
        return self


class Dated(Parameters):
    """Formats of a column of dates, and what may decide between two readings of one text."""

    formats: tuple[str, ...] = Field(min_length=1, max_length=12, description="the patterns that occur in the column")
    century: CenturyWindow | None = Field(None, description="the hundred years that two-digit years are of")
    locales: tuple[str, ...] = Field(("en",), min_length=1, description="languages of the names of months and weekdays")
    within: Days | None = Field(None, description="the days the data can be of; chooses between readings")
    not_before: str | None = Field(None, description="a property whose day this one never precedes")
    not_after: str | None = Field(None, description="a property whose day this one never follows")
    evidence: tuple[Kind, ...] = Field((), description="what of the whole column may decide: column, order")
    least_evidence: int = Field(10, ge=1, description="how many values must speak for one reading, none against it")
    zero_fill: bool = Field(False, description="leading zeros may be missing, or more than the format has")

    @field_validator("locales")
    @classmethod
    def _locales_are_known(cls, locales: tuple[str, ...]) -> tuple[str, ...]:
        for locale in locales:
            if locale not in LOCALES:
                raise ValueError(f"no month names for {locale!r}; there are {', '.join(LOCALES)}")
        return locales

    @model_validator(mode="after")
    def _zeros_have_a_place(self) -> Dated:
        if self.zero_fill and any(not p.width or "year" in _first(p) for p in compiled(self.formats)):
            raise ValueError(
                "zeroFill needs formats of nothing but digits that do not begin with a year of four, such as yyMMdd"
            )
        return self

    @property
    def neighbours(self) -> tuple[str, ...]:
        """The properties of the record that may decide."""
        return tuple(name for name in (self.not_before, self.not_after) if name is not None)


def compiled(formats: tuple[str, ...]) -> tuple[Pattern | Serial, ...]:
    """Return every pattern that `formats` stand for, in their order.

    Raises:
        PatternError: one of them cannot be read.
    """
    found: list[Pattern | Serial] = []
    for text in formats:
        found += [Serial(text)] if text in SERIAL_FORMATS else compile_pattern(text)
    return tuple(found)


def _first(pattern: Pattern | Serial) -> str:
    return "year" if pattern.source.startswith(("yyyy", "uuuu", "y", "u")) and "year" in pattern.kinds else ""
