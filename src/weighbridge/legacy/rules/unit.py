"""A number with its unit beside it, brought to the one unit of the property: `5 lb` is 2.26796185 kg.

Every unit that may stand in the column is declared with its factor. A unit that is not declared
is unreadable: it is never taken for the wanted one. So is a number without a unit, unless
`unmarked` says which unit it is in.

Parameters:
    units: unit text to factor, e.g. `{kg: 1, g: 0.001, lb: 0.45359237}`; case matters (mW is not MW).
        A factor may be a ratio, `"5/9"`. A unit that begins elsewhere has its zero point too:
        `{°C: 1, °F: {factor: 5/9, zero: 32}}`; a value is what lies above it, times the factor.
    decimal: the decimal mark, `"."` (default) or `","`; no thousands marks.
    unmarked: the unit of numbers without one; must be one of `units`.

The product is the double nearest to the exact one where the number and the factor have few digits.

Example:
    rules: [{rule: unit, units: {kg: 1, lb: 0.45359237}, unmarked: kg}]

Source: NIST Special Publication 811, 2008 edition, appendix B.8.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

import polars as pl
from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from weighbridge.legacy.digits import in_ascii
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import Case, Parameters

_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_EXACT = 10**22  # every power of ten up to this one is a double exactly


def _fraction(value: object) -> Fraction:
    """Return a factor exactly: a number, or a ratio as text."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise ValueError("a factor is a number or a ratio such as 5/9")
    try:
        factor = Fraction(str(value).replace(" ", ""))
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{value!r} is no number and no ratio such as 5/9") from None
    if factor == 0:
        raise ValueError("a factor must be a number other than 0")
    return factor


Factor = Annotated[
    Fraction,
    BeforeValidator(_fraction),
    PlainSerializer(str),
    WithJsonSchema({"type": ["number", "string"]}),
]


class Scale(Parameters):
    """A unit whose zero is not the zero of the wanted one."""

    factor: Factor
    zero: Decimal


class UnitParameters(Parameters):
    """Parameters of `unit`."""

    units: dict[str, Factor | Scale] = Field(min_length=1, description="unit text to factor")
    decimal: Literal[".", ","] = Field(".", description="the decimal mark")
    unmarked: str | None = Field(None, description="the unit of numbers without one")

    @model_validator(mode="after")
    def _units_are_usable(self) -> UnitParameters:
        for unit in self.units:
            if not unit or unit != unit.strip() or re.search("[0-9.]$", unit) or re.match("[0-9.+-]", unit):
                raise ValueError(f"{unit!r} is no unit: it must not begin with a number or have outer spaces")
        if self.unmarked is not None and self.unmarked not in self.units:
            raise ValueError(f"`unmarked` names {self.unmarked!r}, which is not among the units")
        return self


_MASS = {"units": {"kg": "1", "g": "0.001", "lb": "0.45359237"}}
_HEAT = {"units": {"°C": 1, "°F": {"factor": "5/9", "zero": 32}}}
_WATTS = {"units": {"mW": "0.001", "MW": "1000000"}, "unmarked": "MW"}


class Unit:
    """The rule `unit`."""

    name = "unit"
    logical_types = frozenset(("number",))
    parameters = UnitParameters
    gives_text = False
    cases = (
        Case("5 kg", 5.0, Certainty.NORMALISED, _MASS),
        Case("5kg", 5.0, Certainty.NORMALISED, _MASS),
        Case("1.1 g", 0.0011, Certainty.NORMALISED, _MASS),
        Case("3 g", 0.003, Certainty.NORMALISED, _MASS),
        Case("5 lb", 2.26796185, Certainty.NORMALISED, _MASS),
        Case("-2.5e3 g", -2.5, Certainty.NORMALISED, _MASS),
        Case("5", None, Certainty.UNREADABLE, _MASS),
        Case("5\u00a0kg", 5.0, Certainty.NORMALISED, _MASS),
        Case("5,5 kg", None, Certainty.UNREADABLE, _MASS),
        Case("5,5 kg", 5.5, Certainty.NORMALISED, {**_MASS, "decimal": ","}),
        Case("5.5 kg", None, Certainty.UNREADABLE, {**_MASS, "decimal": ","}),
        Case("212 °F", 100.0, Certainty.NORMALISED, _HEAT),
        Case("-40°F", -40.0, Certainty.NORMALISED, _HEAT),
        Case("20 °C", 20.0, Certainty.NORMALISED, _HEAT),
        Case("\u22125\u2009kg", -5.0, Certainty.NORMALISED, _MASS),
        Case("5 KG", None, Certainty.UNREADABLE, _MASS),
        Case("5 oz", None, Certainty.UNREADABLE, _MASS),
        Case("kg", None, Certainty.UNREADABLE, _MASS),
        Case("", None, parameters=_MASS),
        Case(None, None, parameters=_MASS),
        Case("2 mW", 0.002, Certainty.NORMALISED, _WATTS),
        Case("2", 2000000.0, Certainty.NORMALISED, _WATTS),
    )

    def read(self, text: pl.Expr, parameters: UnitParameters) -> Reading:
        """Return the numbers (Float64) in the wanted unit."""
        text = in_ascii(text)
        if parameters.decimal == ",":
            text = pl.when(~text.str.contains(".", literal=True)).then(text.str.replace(",", ".", literal=True))
        number = text.str.extract(f"^({_NUMBER})").cast(pl.Float64, strict=False)
        unit = text.str.replace(rf"^{_NUMBER}[\s\u00a0\u202f]*", "")
        has_number = text.str.contains(f"^{_NUMBER}")
        products = []
        for name, scale in parameters.units.items():
            names = [name, ""] if name == parameters.unmarked else [name]
            above = number - float(scale.zero) if isinstance(scale, Scale) else number
            factor = scale.factor if isinstance(scale, Scale) else scale
            products.append(pl.when(has_number & unit.is_in(names)).then(_times(above, factor)))
        value = pl.coalesce(products)
        finite = pl.when(value.is_finite()).then(value)
        words = f"a number with its unit, one of {', '.join(parameters.units)}"
        return Reading(finite, (Doubt(Certainty.UNREADABLE, "LEG-033", None, words, "unit"),), pl.Float64())


def _times(number: pl.Expr, factor: Fraction) -> pl.Expr:
    """Multiply by an exact factor as one whole number and one division, which rounds least."""
    if max(abs(factor.numerator), factor.denominator) <= _EXACT:
        return number * float(factor.numerator) / float(factor.denominator)
    return number * float(factor)
