"""Texts that mean "no value": sentinels, each with its reason where it has one.

Old files say "missing" in many ways: `NA`, `-`, `.`, `\\N`, all nines, all zeros, spaces, and
codes with a meaning (not applicable, refused, not yet). A listed text becomes null. Where a
reason is given, each such value is noted under it (LEG-005), so that "refused" and "not yet"
stay two different things in the result. An open end written as a date (`99991231`) is such a
sentinel too: name it before the rule `date` reads it.

Spaces around the source text do not matter unless a listed text has them itself. The same
sentinels for every property belong in the server's `recordFormat.nullValues`; where a server of
delimited text has any, an empty field cannot be told from those and gets no reason here.

Parameters:
    values: texts, or `{value: text, reason: words}`.
    repeated: characters of which any run means missing, e.g. `"9"` for 9, 99, 999…; least
        length in `repeatedFrom`.
    repeatedFrom: the shortest such run, default 2: one 9 is usually a value.
    ignoreCase: whether `na` is `NA`; default no.

Example:
    rules: [{rule: nullValues, values: [NA, "-", {value: "-8", reason: refused}]}]
    rules: [{rule: nullValues, repeated: ["9"], repeatedFrom: 5}]

Source: NOAA Integrated Surface Database format document (missing is all nines); IBM
Enterprise COBOL 6.4, "Figurative constants" (LOW-VALUES, HIGH-VALUES, SPACES, ZEROS).
"""

from __future__ import annotations

import re

import polars as pl
from pydantic import Field, model_validator

from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import ANY_TYPE, Case, Parameters


class Sentinel(Parameters):
    """A text that means missing, and why the value is missing."""

    value: str
    reason: str = Field(min_length=1)


class NullValuesParameters(Parameters):
    """Parameters of `nullValues`."""

    values: tuple[str | Sentinel, ...] = Field((), description="texts that mean no value, with their reason if known")
    repeated: tuple[str, ...] = Field((), description="characters of which any run means no value")
    repeated_from: int = Field(2, ge=1, le=64, description="length of the shortest such run")
    ignore_case: bool = Field(False, description="whether upper and lower case are the same")

    @model_validator(mode="after")
    def _something_is_listed(self) -> NullValuesParameters:
        if not self.values and not self.repeated:
            raise ValueError("name at least one of `values` and `repeated`")
        if any(len(character) != 1 for character in self.repeated):
            raise ValueError("`repeated` takes single characters")
        return self

    @property
    def reads_blank(self) -> bool:
        """An empty field is a sentinel too where it is listed, with its reason."""
        return any((v if isinstance(v, str) else v.value).strip(" ") == "" for v in self.values)


_SOME = {"values": ["NA", "-", {"value": "-8", "reason": "refused"}]}
_NINES = {"repeated": ["9", "0"], "repeatedFrom": 3}


class NullValues:
    """The rule `nullValues`."""

    name = "nullValues"
    logical_types = ANY_TYPE
    parameters = NullValuesParameters
    gives_text = True
    cases = (
        Case("12", "12", parameters=_SOME),
        Case("NA", None, Certainty.NORMALISED, _SOME),
        Case(" NA  ", None, Certainty.NORMALISED, _SOME),
        Case("na", "na", parameters=_SOME),
        Case("na", None, Certainty.NORMALISED, {**_SOME, "ignoreCase": True}),
        Case("-8", None, Certainty.NORMALISED, _SOME),
        Case("-80", "-80", parameters=_SOME),
        Case("", "", parameters=_SOME),
        Case("", None, Certainty.NORMALISED, {"values": [""]}),
        Case("  ", None, Certainty.NORMALISED, {"values": [""]}),
        Case("\0\0", None, Certainty.NORMALISED, {"repeated": ["\0", "\u00ff"]}),
        Case(
            "99991231",
            None,
            Certainty.NORMALISED,
            {"values": [{"value": "99991231", "reason": "open-ended"}]},
        ),
        Case("999", None, Certainty.NORMALISED, _NINES),
        Case("99999", None, Certainty.NORMALISED, _NINES),
        Case("99", "99", parameters=_NINES),
        Case("9990", "9990", parameters=_NINES),
        Case("000", None, Certainty.NORMALISED, _NINES),
        Case(None, None, parameters=_SOME),
    )

    def read(self, text: pl.Expr, parameters: NullValuesParameters) -> Reading:
        """Return the text, null where it is a sentinel."""
        plain = _folded(text.str.strip_chars(" "), parameters)
        missing = [
            _is_one_of(text, plain, [v if isinstance(v, str) else v.value for v in parameters.values], parameters)
        ]
        for character in parameters.repeated:
            run = re.escape(character)
            missing.append(plain.str.contains(f"^{run}{{{parameters.repeated_from},}}$"))
        reasons: dict[str, list[str]] = {}
        for sentinel in parameters.values:
            if isinstance(sentinel, Sentinel):
                reasons.setdefault(sentinel.reason, []).append(sentinel.value)
        notes = tuple(
            Doubt(
                Certainty.NORMALISED,
                "LEG-005",
                _is_one_of(text, plain, texts, parameters),
                f"a value, not: {reason}",
                reason,
                reason=reason,
            )
            for reason, texts in reasons.items()
        )
        return Reading(pl.when(~pl.any_horizontal(missing)).then(text), notes)


def _folded(text: pl.Expr, parameters: NullValuesParameters) -> pl.Expr:
    return text.str.to_lowercase() if parameters.ignore_case else text


def _is_one_of(text: pl.Expr, plain: pl.Expr, values: list[str], parameters: NullValuesParameters) -> pl.Expr:
    folded = [v.lower() if parameters.ignore_case else v for v in values]
    padded = [v for v in folded if v != v.strip(" ")]
    found = plain.is_in(folded)
    return found | _folded(text, parameters).is_in(padded) if padded else found
