"""Every code of the legacy rules is met by a value, and its fix says what to do."""

from datetime import date

import polars as pl
import pytest

from weighbridge.contract.model import LogicalType, Property, RuleSpec, SchemaObject
from weighbridge.decode import decode
from weighbridge.findings import code
from weighbridge.findings.codes.legacy import CODES

# code: type, rules, options or physical type, the value, words of the fix
MET = {
    "LEG-001": ("integer", [], {}, "x", "declare the rule that reads it"),
    "LEG-002": ("number", [], {"physical_type": "DECIMAL(5,2)"}, "1.234", "physicalType with more decimals"),
    "LEG-003": ("integer", [], {}, date(2013, 1, 1), "the right source column"),
    "LEG-004": ("timestamp", [], {}, "2013-01-01T00:00:00.123456789", "as a string to keep every digit"),
    "LEG-005": (
        "string",
        [("nullValues", {"values": [{"value": "-8", "reason": "refused"}]})],
        {},
        "-8",
        "the reason is counted",
    ),
    "LEG-006": ("string", [("leadingZeros", {"width": 5})], {}, "501", "write the code as text"),
    "LEG-007": ("string", [("leadingZeros", {"width": 5, "action": "ask"})], {}, "501", "once was longer"),
    "LEG-010": ("date", [("date", {"formats": ["yyyyMMdd"]})], {}, "20130230", "correct the rule's parameters"),
    "LEG-011": ("number", [("localNumber", {"decimal": "unknown"})], {}, "1.234", "decimal and the thousands mark"),
    "LEG-013": (
        "date",
        [("date", {"formats": ["dd/MM/yyyy", "MM/dd/yyyy"]})],
        {},
        "03/04/2013",
        "leave one of the formats out",
    ),
    "LEG-014": ("date", [("date", {"formats": ["yyMMdd"]})], {}, "130630", "century window"),
    "LEG-015": (
        "date",
        [("date", {"formats": ["yyMMdd"], "century": {"from": 1950, "assumed": True}})],
        {},
        "130630",
        "correct the rule's century",
    ),
    "LEG-016": ("time", [("time", {"formats": ["HHmm"]})], {}, "2400", "endOfDay: unreadable"),
    "LEG-017": ("string", [("encodingDamage", {})], {}, "fÃªte", "a person must choose"),
    "LEG-018": ("string", [("encodingDamage", {})], {}, "FranÃ§ois", "declare the encoding"),
    "LEG-019": ("string", [("encodingDamage", {})], {}, "M\ufffdnchen", "sent again in an encoding"),
    "LEG-020": ("string", [("mapping", {"values": {"m": "M"}, "others": "unreadable"})], {}, "x", "add the spelling"),
    "LEG-021": ("timestamp", [], {"options": {"defaultTimezone": "Europe/Berlin"}}, "2013-03-31T02:30", "never was"),
    "LEG-022": (
        "timestamp",
        [],
        {"options": {"defaultTimezone": "Europe/Berlin"}},
        "2013-10-27T02:30",
        "choose between",
    ),
    "LEG-024": ("date", [("partialDate", {"assume": "first"})], {}, "2013-06", "with assume"),
    "LEG-025": ("string", [("truncated", {"width": 3})], {}, "ABC", "whether the field is wide enough"),
    "LEG-026": ("string", [("invisible", {})], {}, "A\u200bB", "clean its text"),
    "LEG-027": ("string", [("unicodeForm", {"form": "NFKC"})], {}, "\uff11", "declare form: NFC"),
    "LEG-030": ("integer", [("zonedDecimal", {})], {}, "12S", "check the field's offset"),
    "LEG-031": ("number", [("currency", {"marks": ["$"]})], {}, "£5", "a property of their own"),
    "LEG-032": ("number", [("percent", {"to": "fraction"})], {}, "0.5", "declare with unmarked"),
    "LEG-033": ("number", [("unit", {"units": {"kg": "1"}})], {}, "5 lb", "add the unit with its factor"),
    "LEG-034": ("string", [("spreadsheetDamage", {})], {}, "1.23457E+11", "export the column as text"),
    "LEG-036": ("string", [("identifier", {"of": "iban"})], {}, "DE89370400440532013001", "mistyped or cut"),
    "LEG-037": ("boolean", [("boolean", {"locales": ["fr", "nl"]})], {}, "O", "leave one of the languages out"),
    "LEG-038": ("integer", [("packedDecimal", {})], {}, "12345", "declare its signs or `unsigned`"),
    "LEG-060": (
        "string",
        [("codeList", {"codes": ["DE"], "retired": {"DD": ["DE"]}})],
        {},
        "DD",
        "correct its successor",
    ),
    "LEG-061": (
        "string",
        [("codeList", {"codes": ["CZ", "SK"], "retired": {"CS": ["CZ", "SK"]}})],
        {},
        "CS",
        "which of its successors",
    ),
    "LEG-062": ("string", [("codeList", {"codes": ["DE"]})], {}, "FR", "add it to the code list"),
    "LEG-063": (
        "string",
        [("codeList", {"codes": ["DE"], "retired": {"YU": []}})],
        {},
        "YU",
        "name its successor there",
    ),
    "LEG-035": ("date", [("serialTime", {"of": "excel1900"})], {}, "60", "what the number counts"),
}


# Codes that one value alone does not meet: see test_asking.py, test_beside.py and test_epochs.py.
MET_IN_COMPANY = {"LEG-012", "LEG-039", "LEG-040", "LEG-041", "LEG-042", "LEG-043"}
MET_IN_COMPANY |= {"LEG-080", "LEG-081", "LEG-082", "LEG-083", "LEG-084"}


def test_every_code_is_here() -> None:
    assert set(MET) | MET_IN_COMPANY == {entry.code for entry in CODES}


@pytest.mark.parametrize("name", MET)
def test_a_value_meets_the_code(name: str) -> None:
    kind, rules, more, value, words = MET[name]
    specs = tuple(RuleSpec(rule, parameters) for rule, parameters in rules)
    prop = Property("p", LogicalType(kind), ("p",), rules=specs, **more)  # type: ignore[arg-type]
    decoded = decode(pl.LazyFrame({"raw:p": [value]}), ["p"], SchemaObject("o", "o", (prop,)), typed=True)
    frame = decoded.frame.collect()
    met = {probe.code for probe in decoded.probes if frame.select(probe.failed).item()}
    assert name in met
    assert words in code(name).fix
