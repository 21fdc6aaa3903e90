"""Codes of a list, with the retired and the merged ones brought to what took their place.

A code that is in force stays as it is; one that differs in upper and lower case or in leading
zeros only is normalised, where the rule says that these do not count. A code that was retired
in favour of one other, directly or over several steps, is repaired: the repair ledger keeps
the code that came. A code that was split goes to a person with everything it may be now. One that
was retired for nothing, or is not listed, is unreadable.

Parameters:
    codes: the codes in force.
    retired: retired code to the list of its successors, which may be retired themselves; an empty list: none.
    ignoreCase: whether upper and lower case are the same; default no.
    ignoreLeadingZeros: whether 7 and 007 are the same; default no.

Example:
    rules: [{rule: codeList, codes: [DE, CZ, SK], retired: {DD: [DE], CS: [CZ, SK]}}]

Source: ISO 3166-3:2020, formerly used codes and what took their place.
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import polars as pl
from pydantic import Field, model_validator

from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import ANY_TYPE, Case, Parameters

_BETWEEN = "\x1f"


class CodeListParameters(Parameters):
    """Parameters of `codeList`."""

    codes: tuple[str, ...] = Field(min_length=1, description="the codes in force")
    retired: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="retired code to its successors; an empty list: it has none"
    )
    ignore_case: bool = Field(False, description="whether upper and lower case are the same")
    ignore_leading_zeros: bool = Field(False, description="whether 7 and 007 are the same")

    @model_validator(mode="after")
    def _leads_to_codes_in_force(self) -> CodeListParameters:
        if any(_BETWEEN in code or not code for code in (*self.codes, *self.retired)):
            raise ValueError("a code is empty or holds the control character U+001F")
        forms = [self.form(code) for code in (*self.codes, *self.retired)]
        if len(set(forms)) != len(forms):
            raise ValueError("a code is listed twice, or two differ in nothing that counts")
        try:
            TopologicalSorter(self.retired).prepare()
        except CycleError as error:
            raise ValueError(f"successors lead in a circle: {', '.join(error.args[1])}") from error
        for code in self.retired:
            self.heirs(code)
        return self

    def form(self, code: str) -> str:
        """Return what of a code counts."""
        folded = code.lower() if self.ignore_case else code
        return (folded.lstrip("0") or "0") if self.ignore_leading_zeros else folded

    def heirs(self, code: str) -> tuple[str, ...]:
        """Return the codes in force that a code stands for now, in the order they are listed.

        Raises:
            ValueError: the way leads to a code that is not listed.
        """
        found: dict[str, None] = {}
        done: set[str] = set()
        stack = [code]
        while stack:
            current = stack.pop()
            if current in done:
                continue
            done.add(current)
            if current in self.retired:
                stack += reversed(self.retired[current])
            elif current in self.codes:
                found[current] = None
            else:
                raise ValueError(f"{current!r} is named a successor and is not listed")
        return tuple(found)


_STATES = {"codes": ["DE", "CZ", "SK"], "retired": {"DD": ["DE"], "GDR": ["DD"], "CS": ["CZ", "SK"], "XX": []}}
_LOOSE = {"codes": ["007", "A1"], "ignoreCase": True, "ignoreLeadingZeros": True}


class CodeList:
    """The rule `codeList`."""

    name = "codeList"
    logical_types = ANY_TYPE
    parameters = CodeListParameters
    gives_text = True
    cases = (
        Case("DE", "DE", parameters=_STATES),
        Case("DD", "DE", Certainty.REPAIRED, _STATES),
        Case("GDR", "DE", Certainty.REPAIRED, _STATES),
        Case("CS", "CZ", Certainty.AMBIGUOUS, _STATES, readings=("CZ", "SK")),
        Case("XX", None, Certainty.UNREADABLE, _STATES),
        Case("de", None, Certainty.UNREADABLE, _STATES),
        Case("", "", parameters=_STATES),
        Case(None, None, parameters=_STATES),
        Case("7", "007", Certainty.NORMALISED, _LOOSE),
        Case("a1", "A1", Certainty.NORMALISED, _LOOSE),
    )

    def read(self, text: pl.Expr, parameters: CodeListParameters) -> Reading:
        """Return the code in force."""
        heirs: dict[str, tuple[str, ...]] = {parameters.form(c): (c,) for c in parameters.codes}
        heirs |= {parameters.form(c): parameters.heirs(c) for c in parameters.retired}
        key = text.str.to_lowercase() if parameters.ignore_case else text
        if parameters.ignore_leading_zeros:
            bare = key.str.strip_chars_start("0")
            key = pl.when((bare == "") & (key != "")).then(pl.lit("0")).otherwise(bare)
        joined = pl.Series([_BETWEEN.join(h) if h else None for h in heirs.values()], dtype=pl.String)
        found = key.replace_strict(list(heirs), joined, default=None, return_dtype=pl.String)
        readings = found.str.split(_BETWEEN)
        retired = key.is_in([parameters.form(c) for c in parameters.retired])
        split = readings.list.len() > 1
        return Reading(
            pl.when(text == "").then(text).otherwise(readings.list.first()),
            (
                Doubt(Certainty.UNREADABLE, "LEG-020", (text != "") & found.is_null(), "a code of the list", "code"),
                Doubt(Certainty.REPAIRED, "LEG-060", retired & ~split, "a code in force", "retired"),
                Doubt(Certainty.AMBIGUOUS, "LEG-061", split, "a code that was not split", "split", readings),
            ),
        )
