"""The rules, one file each. A rule is a file here and a place in `RULES`; a test holds the two equal."""

from __future__ import annotations

import difflib

from weighbridge.legacy.rule import Rule
from weighbridge.legacy.rules.boolean import Boolean
from weighbridge.legacy.rules.clock_time import ClockTime
from weighbridge.legacy.rules.code_list import CodeList
from weighbridge.legacy.rules.currency import Currency
from weighbridge.legacy.rules.date import DateRule
from weighbridge.legacy.rules.encoding_damage import EncodingDamage
from weighbridge.legacy.rules.identifier import Identifier
from weighbridge.legacy.rules.implied_decimal import ImpliedDecimal
from weighbridge.legacy.rules.invisible import Invisible
from weighbridge.legacy.rules.leading_zeros import LeadingZeros
from weighbridge.legacy.rules.letter_case import LetterCase
from weighbridge.legacy.rules.local_number import LocalNumber
from weighbridge.legacy.rules.mapping import Mapping
from weighbridge.legacy.rules.null_values import NullValues
from weighbridge.legacy.rules.open_ended import OpenEnded
from weighbridge.legacy.rules.packed_decimal import PackedDecimal
from weighbridge.legacy.rules.partial_date import PartialDate
from weighbridge.legacy.rules.percent import Percent
from weighbridge.legacy.rules.scientific import Scientific
from weighbridge.legacy.rules.serial_time import SerialTime
from weighbridge.legacy.rules.sign_mark import SignMark
from weighbridge.legacy.rules.spreadsheet_damage import SpreadsheetDamage
from weighbridge.legacy.rules.time import TimeRule
from weighbridge.legacy.rules.timestamp import TimestampRule
from weighbridge.legacy.rules.trim import Trim
from weighbridge.legacy.rules.truncated import Truncated
from weighbridge.legacy.rules.unicode_form import UnicodeForm
from weighbridge.legacy.rules.unit import Unit
from weighbridge.legacy.rules.whole_number import WholeNumber
from weighbridge.legacy.rules.zoned_decimal import ZonedDecimal

RULES: tuple[Rule, ...] = (
    # what a text is before it is read
    Trim(),
    NullValues(),
    OpenEnded(),
    Mapping(),
    CodeList(),
    Boolean(),
    LetterCase(),
    LeadingZeros(),
    SpreadsheetDamage(),
    Identifier(),
    # text
    EncodingDamage(),
    Invisible(),
    UnicodeForm(),
    Truncated(),
    # numbers
    ImpliedDecimal(),
    ZonedDecimal(),
    PackedDecimal(),
    Currency(),
    SignMark(),
    LocalNumber(),
    Percent(),
    Scientific(),
    WholeNumber(),
    Unit(),
    # dates and times
    DateRule(),
    TimeRule(),
    TimestampRule(),
    ClockTime(),
    PartialDate(),
    SerialTime(),
)


def rule_named(name: str) -> Rule:
    """Return the rule that contracts call `name`.

    Raises:
        KeyError: there is none; the message lists the known ones and the nearest.
    """
    by_name = {rule.name: rule for rule in RULES}
    if name in by_name:
        return by_name[name]
    near = difflib.get_close_matches(name, list(by_name), n=1)
    hint = f"; the nearest is {near[0]}" if near else ""
    raise KeyError(f"no rule {name!r}: the rules are {', '.join(sorted(by_name))}{hint}")


__all__ = ["RULES", "rule_named"]
