"""Spellings of one value, brought to the one that is wanted.

`AIRBUS INDUSTRIE` and `AIRBUS` are one maker; `M`, `m` and `male` one code. Each listed text
becomes its value; a spelling that is mapped is normalised, since the contract says both are
the same. A text that is not listed stays as it is, or is unreadable with `others: unreadable`. Booleans in other dress
(`J`/`N`, `on`/`off`) are mapped to `true` and `false` the same way.

Parameters:
    values: source text to value; null as the value means "no value".
    others: keep (default) or unreadable: what becomes of texts that are not listed.
    ignoreCase: whether upper and lower case are the same; default no.

Example:
    rules: [{rule: mapping, values: {AIRBUS INDUSTRIE: AIRBUS, MCDONNELL DOUGLAS CORPORATION: MCDONNELL DOUGLAS}}]

Source: ISO/IEC 11179-3:2013, value domains: several designations of one permissible value.
"""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field, model_validator

from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import ANY_TYPE, Case, Parameters


class MappingParameters(Parameters):
    """Parameters of `mapping`."""

    values: dict[str, str | None] = Field(min_length=1, description="source text to value, null for no value")
    others: Literal["keep", "unreadable"] = Field("keep", description="what becomes of texts that are not listed")
    ignore_case: bool = Field(False, description="whether upper and lower case are the same")

    @model_validator(mode="after")
    def _cases_do_not_collide(self) -> MappingParameters:
        if self.ignore_case and len({text.lower() for text in self.values}) != len(self.values):
            raise ValueError("two of the listed texts differ in nothing but case")
        return self


_MAKERS = {"values": {"AIRBUS INDUSTRIE": "AIRBUS", "unknown": None}}
_YES = {"values": {"J": "true", "N": "false"}, "others": "unreadable"}
_SEX = {"values": {"m": "M", "male": "M", "f": "F", "female": "F"}, "others": "unreadable", "ignoreCase": True}


class Mapping:
    """The rule `mapping`."""

    name = "mapping"
    logical_types = ANY_TYPE
    parameters = MappingParameters
    gives_text = True
    cases = (
        Case("AIRBUS INDUSTRIE", "AIRBUS", Certainty.NORMALISED, _MAKERS),
        Case("AIRBUS", "AIRBUS", parameters=_MAKERS),
        Case("BOEING", "BOEING", parameters=_MAKERS),
        Case("unknown", None, Certainty.NORMALISED, _MAKERS),
        Case("Airbus Industrie", "Airbus Industrie", parameters=_MAKERS),
        Case("", "", parameters=_MAKERS),
        Case(None, None, parameters=_MAKERS),
        Case("J", "true", Certainty.NORMALISED, _YES),
        Case("N", "false", Certainty.NORMALISED, _YES),
        Case("O", None, Certainty.UNREADABLE, _YES),
        Case("MALE", "M", Certainty.NORMALISED, _SEX),
        Case("F", "F", parameters=_SEX),
        Case("x", None, Certainty.UNREADABLE, _SEX),
        Case("", "", parameters=_SEX),
    )

    def read(self, text: pl.Expr, parameters: MappingParameters) -> Reading:
        """Return the wanted spelling."""
        pairs = {k.lower() if parameters.ignore_case else k: v for k, v in parameters.values.items()}
        key = text.str.to_lowercase() if parameters.ignore_case else text
        listed, wanted = list(pairs), pl.Series(list(pairs.values()), dtype=pl.String)
        mapped = key.replace_strict(listed, wanted, default=None, return_dtype=pl.String)
        known = key.is_in(listed)
        if parameters.others == "keep":
            return Reading(pl.when(known).then(mapped).otherwise(text))
        permitted = known | text.is_in([v for v in pairs.values() if v is not None]) | (text == "")
        value = pl.when(known).then(mapped).when(permitted).then(text)
        return Reading(
            value, (Doubt(Certainty.UNREADABLE, "LEG-020", ~permitted, "one of the listed spellings", "spelling"),)
        )
