"""The rules, one file each. A rule is a file here and a line of `RULES`; a test holds the two equal."""

from __future__ import annotations

import difflib
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weighbridge.legacy.rule import Rule

RULES: dict[str, str] = {
    # what a text is before it is read
    "trim": "trim:Trim",
    "nullValues": "null_values:NullValues",
    "openEnded": "open_ended:OpenEnded",
    "mapping": "mapping:Mapping",
    "codeList": "code_list:CodeList",
    "boolean": "boolean:Boolean",
    "letterCase": "letter_case:LetterCase",
    "leadingZeros": "leading_zeros:LeadingZeros",
    "spreadsheetDamage": "spreadsheet_damage:SpreadsheetDamage",
    "identifier": "identifier:Identifier",
    # text
    "encodingDamage": "encoding_damage:EncodingDamage",
    "invisible": "invisible:Invisible",
    "unicodeForm": "unicode_form:UnicodeForm",
    "truncated": "truncated:Truncated",
    # numbers
    "impliedDecimal": "implied_decimal:ImpliedDecimal",
    "zonedDecimal": "zoned_decimal:ZonedDecimal",
    "packedDecimal": "packed_decimal:PackedDecimal",
    "currency": "currency:Currency",
    "signMark": "sign_mark:SignMark",
    "localNumber": "local_number:LocalNumber",
    "percent": "percent:Percent",
    "scientific": "scientific:Scientific",
    "wholeNumber": "whole_number:WholeNumber",
    "unit": "unit:Unit",
    # dates and times
    "date": "date:DateRule",
    "time": "time:TimeRule",
    "timestamp": "timestamp:TimestampRule",
    "clockTime": "clock_time:ClockTime",
    "partialDate": "partial_date:PartialDate",
    "serialTime": "serial_time:SerialTime",
}
"""What contracts call each rule, and where it is: a rule is loaded when a contract names it."""


@cache
def rule_named(name: str) -> Rule:
    """Return the rule that contracts call `name`.

    Raises:
        KeyError: there is none; the message lists the known ones and the nearest.
    """
    if name not in RULES:
        near = difflib.get_close_matches(name, list(RULES), n=1)
        hint = f"; the nearest is {near[0]}" if near else ""
        raise KeyError(f"no rule {name!r}: the rules are {', '.join(sorted(RULES))}{hint}")
    module, _, made_by = RULES[name].partition(":")
    rule: Rule = getattr(import_module(f"weighbridge.legacy.rules.{module}"), made_by)()
    return rule


def all_rules() -> tuple[Rule, ...]:
    """Return every rule, in the order of `RULES`."""
    return tuple(map(rule_named, RULES))


@cache
def format_fault(logical_type: str, pattern: str) -> str | None:
    """Return why `logical_type` (date, time or timestamp) is not written as `pattern` says; None where it can be."""
    from pydantic import ValidationError

    try:
        rule_named(logical_type).parameters.model_validate({"formats": [pattern]})
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        return str(first.get("ctx", {}).get("error", first["msg"]))
    return None


__all__ = ["RULES", "all_rules", "format_fault", "rule_named"]
