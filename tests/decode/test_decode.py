"""Decoding a frame: values, probes, policies, what is missing and what is not decided."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import polars as pl

from weighbridge.contract.model import LogicalType, Property, ReadingPolicy, RuleSpec, SchemaObject
from weighbridge.decode import Decoded, decode, polars_type
from weighbridge.findings import Effect, code
from weighbridge.readers.lineage import FRAMING, raw_name


def prop(name: str, kind: str, *rules: RuleSpec, **more: object) -> Property:
    return Property(name, LogicalType(kind), (name,), rules=rules, line=7, **more)  # type: ignore[arg-type]


def run(texts: list[object], *properties: Property, **more: object) -> tuple[Decoded, pl.DataFrame]:
    frame = pl.DataFrame({raw_name(p.name): texts for p in properties}, strict=False)
    if not more.get("typed"):
        frame = frame.cast(pl.String)
    schema = SchemaObject("o", "o", properties)
    decoded = decode(frame.lazy(), [p.name for p in properties], schema, **more)  # type: ignore[arg-type]
    return decoded, decoded.frame.collect()


def failing(decoded: Decoded, frame: pl.DataFrame) -> dict[str, list[int]]:
    found = {}
    for probe in decoded.probes:
        column = frame.select(probe.failed).to_series()
        assert column.dtype == pl.Boolean
        assert column.null_count() == 0
        assert len(column) == len(frame)
        if column.any():
            found[probe.name] = column.arg_true().to_list()
    return found


def test_integers_are_strict() -> None:
    texts = ["1", " 2 ", "-3", "+4", "007", "1.0", "1e3", "9223372036854775808", "x", "", "   ", None, "1 2", "１"]
    decoded, frame = run(texts, prop("n", "integer"))
    assert frame["n"].to_list() == [1, 2, -3, 4, 7] + [None] * 9
    assert failing(decoded, frame) == {"n|type": [5, 6, 7, 8, 12, 13]}
    probe = decoded.probes[0]
    assert (probe.code, probe.effect, probe.properties, probe.line) == ("LEG-001", Effect.REJECT, ("n",), 7)
    assert code("LEG-001").fix == "correct the value at the source, or declare the rule that reads it"


def test_numbers_refuse_nan_and_infinity() -> None:
    texts = ["1.5", "1e3", "-.5", "NaN", "inf", "-Infinity", "1e400", "1,5", "abc", "", None]
    decoded, frame = run(texts, prop("x", "number"))
    assert frame["x"].to_list() == [1.5, 1000.0, -0.5] + [None] * 8
    assert failing(decoded, frame) == {"x|type": [3, 4, 5, 6, 7, 8]}


def test_decimals_are_never_rounded_in_silence() -> None:
    texts = ["1.5", "1.555", "1.500", "1e2", "12345678.90", "123456789.0", "", None]
    decoded, frame = run(texts, prop("x", "number", physical_type="DECIMAL(10,2)"))
    assert frame["x"].to_list() == [
        Decimal("1.50"),
        None,
        Decimal("1.50"),
        None,
        Decimal("12345678.90"),
        None,
        None,
        None,
    ]
    assert failing(decoded, frame) == {"x|type": [3, 5], "x|type.scale": [1]}
    assert code("LEG-002").fix == "declare a physicalType with more decimals, or have the source round"


def test_booleans() -> None:
    decoded, frame = run(["true", "N", "1", "maybe", "2", "", None], prop("b", "boolean"))
    assert frame["b"].to_list() == [True, False, True, None, None, None, None]
    assert failing(decoded, frame) == {"b|type": [3, 4]}


def test_a_blank_says_what_its_rule_declares_and_a_missing_field_nothing() -> None:
    marked = prop("b", "boolean", RuleSpec("boolean", {"true": ["X"], "blank": "false"}))
    decoded, frame = run(["X", "", "  ", None, "?"], marked)
    assert frame["b"].to_list() == [True, False, False, None, None]
    assert failing(decoded, frame) == {"b|boolean.boolean": [4]}
    listed = prop("n", "integer", RuleSpec("nullValues", {"values": [{"value": "", "reason": "not yet"}]}))
    decoded, frame = run(["7", "", " ", None], listed)
    assert frame["n"].to_list() == [7, None, None, None]
    assert failing(decoded, frame) == {"n|nullValues": [1, 2]}
    decoded, frame = run(["7", "", "NA", None], listed, null_values=["NA", ""])
    assert failing(decoded, frame) == {"n|nullValues": [1]}


def test_an_empty_field_that_its_reader_gives_as_null_is_blank_in_framed_records_only() -> None:
    marked = prop("b", "boolean", RuleSpec("boolean", {"true": ["X"], "blank": "false"}))
    frame = pl.DataFrame({raw_name("b"): ["X", None, None], FRAMING: [0, 0, 1]})
    schema = SchemaObject("o", "o", (marked,))
    decoded = decode(frame.lazy(), ["b"], schema, null_is_blank=True)
    assert decoded.frame.collect()["b"].to_list() == [True, False, None]
    torn = prop("b", "boolean", RuleSpec("boolean", {"locales": ["fr", "nl"], "blank": "false"}))
    frame = pl.DataFrame({raw_name("b"): ["O", None], FRAMING: [0, 0]})
    decoded = decode(frame.lazy(), ["b"], SchemaObject("o", "o", (torn,)), null_is_blank=True)
    (ambiguous,) = [p for p in decoded.probes if p.readings is not None]
    assert decoded.frame.collect().select(ambiguous.readings)["raw:b"].to_list()[0] == ["true", "false"]


def test_dates_must_exist() -> None:
    texts = ["2012-02-29", "2013-02-29", "2013-02-30", "2013-2-3", "20130203", "2013-02-03T00:00:00", "+2013-02-03", ""]
    decoded, frame = run(texts, prop("d", "date"))
    assert frame["d"].to_list() == [date(2012, 2, 29)] + [None] * 7
    assert failing(decoded, frame) == {"d|type": [1, 2, 3, 4, 5, 6]}


def test_timestamps_without_a_zone_are_utc() -> None:
    texts = [
        "2013-01-01T05:00:00Z",
        "2013-01-01 05:00",
        "2013-01-01T05:00:00.25+02:00",
        "2013-01-01",
        "2013-01-01T05:00:60",
    ]
    decoded, frame = run(texts, prop("t", "timestamp"))
    assert frame["t"].to_list() == [
        datetime(2013, 1, 1, 5),
        datetime(2013, 1, 1, 5),
        datetime(2013, 1, 1, 3, 0, 0, 250000),
        None,
        None,
    ]
    assert failing(decoded, frame) == {"t|type": [3, 4]}


def test_nanoseconds_that_are_cut_are_a_repair() -> None:
    decoded, frame = run(["2013-01-01T05:00:00.123456789", "2013-01-01T05:00:00.123456000"], prop("t", "timestamp"))
    assert frame["t"].to_list() == [datetime(2013, 1, 1, 5, 0, 0, 123456)] * 2
    assert failing(decoded, frame) == {"t|type.precision": [0]}
    probe = decoded.probes[1]
    assert probe.effect is Effect.REPAIR
    assert probe.repaired_to is not None
    assert frame.select(probe.repaired_to).item(0, 0) == "2013-01-01 05:00:00.123456"
    assert code("LEG-004").fix.startswith("nothing to do if microseconds are enough")


def test_local_times_at_the_clock_change() -> None:
    zone = {"defaultTimezone": "America/New_York"}
    texts = ["2013-06-01T12:00:00", "2013-11-03T01:30:00", "2013-03-10T02:30:00", "2013-11-03T01:30:00-05:00", None]
    decoded, frame = run(texts, prop("t", "timestamp", options=zone))
    assert frame["t"].to_list() == [
        datetime(2013, 6, 1, 16, tzinfo=UTC),
        None,
        None,
        datetime(2013, 11, 3, 6, 30, tzinfo=UTC),
        None,
    ]
    assert failing(decoded, frame) == {"t|type.gap": [2], "t|type.fold": [1]}
    fold = next(p for p in decoded.probes if p.name == "t|type.fold")
    assert fold.readings is not None
    assert frame.select(fold.readings).to_series().to_list()[1] == ["2013-11-03T05:30:00Z", "2013-11-03T06:30:00Z"]
    assert "the time as written never was" in code("LEG-021").fix
    assert "choose between the two instants" in code("LEG-022").fix


def test_times() -> None:
    decoded, frame = run(["05:17", "05:17:59", "05:17:59.5", "24:00", "5:17", "05:17:60"], prop("t", "time"))
    assert frame["t"].to_list() == [time(5, 17), time(5, 17, 59), time(5, 17, 59, 500000), None, None, None]
    assert failing(decoded, frame) == {"t|type": [3, 4, 5]}


def test_a_string_keeps_its_text() -> None:
    decoded, frame = run(["a", "", " x ", None, " NA "], prop("s", "string"), null_values=("NA",))
    assert frame["s"].to_list() == ["a", "", " x ", None, None]
    assert decoded.probes == ()


def test_null_values_hold_for_every_type_and_are_not_unreadable() -> None:
    properties = [prop(k, k) for k in ("integer", "number", "boolean", "date", "timestamp", "time")]
    decoded, frame = run(["NA", " NA", "-999", None, "", "?"], *properties, null_values=("NA", "-999"))
    assert frame.select(p.name for p in properties).null_count().row(0) == (6,) * 6
    assert failing(decoded, frame) == {f"{p.name}|type": [5] for p in properties}


def test_what_is_unreadable_or_undecided_is_unsettled_and_what_is_missing_is_not() -> None:
    rule = RuleSpec("date", {"formats": ["dd/MM/yyyy", "MM/dd/yyyy"]})
    decoded, frame = run(["03/04/2013", "31/12/2013", "99/99/2013", "", None], prop("d", "date", rule))
    assert frame["d"].to_list() == [None, date(2013, 12, 31), None, None, None]
    assert frame.select(decoded.unsettled["d"]).to_series().to_list() == [True, False, True, False, False]
    assert failing(decoded, frame) == {"d|date.format": [2], "d|date.order": [0]}
    order = next(p for p in decoded.probes if p.name == "d|date.order")
    assert order.effect is Effect.REVIEW
    assert order.readings is not None
    assert frame.select(order.readings).item(0, 0).to_list() == ["2013-04-03", "2013-03-04"]
    assert "leave one of the formats out" in code("LEG-013").fix


def test_the_policy_decides_and_may_take_the_first_reading() -> None:
    rule = RuleSpec("date", {"formats": ["yyMMdd"]}, line=11)
    policy = ReadingPolicy(on_ambiguous=Effect.WARN, on_unreadable=Effect.NOTE)
    decoded, frame = run(["130630", "139930"], prop("d", "date", rule, policy=policy))
    assert frame["d"].to_list() == [date(2013, 6, 30), None]
    assert {p.name: p.effect for p in decoded.probes} == {"d|date.format": Effect.NOTE, "d|date.century": Effect.WARN}
    assert {p.line for p in decoded.probes} == {11}
    assert frame.select(decoded.unsettled["d"]).to_series().to_list() == [False, True]
    assert "century window" in code("LEG-014").fix


def test_a_declared_format_is_read_as_the_rule_it_amounts_to() -> None:
    decoded, frame = run(["30.06.2013", "2013-06-30"], prop("d", "date", options={"format": "dd.MM.yyyy"}))
    assert frame["d"].to_list() == [date(2013, 6, 30), None]
    assert failing(decoded, frame) == {"d|date": [1]}
    decoded, frame = run(["2013-06-30"], prop("d", "date", options={"format": "not a pattern"}))
    assert frame["d"].to_list() == [date(2013, 6, 30)]
    assert [n.what for n in decoded.not_executed] == ["d: format 'not a pattern'"]


def test_rules_apply_in_order_and_repeat() -> None:
    rules = (RuleSpec("trim", {"side": "left", "characters": "*"}), RuleSpec("trim"))
    decoded, frame = run(["** 5 *", "**7", "****"], prop("n", "integer", *rules))
    assert frame["n"].to_list() == [None, 7, None]
    assert failing(decoded, frame) == {"n|type": [0]}


def test_a_property_without_a_raw_column_is_a_typed_null() -> None:
    schema = SchemaObject("o", "o", (prop("a", "integer"), prop("b", "date")))
    decoded = decode(pl.LazyFrame({raw_name("a"): ["1"]}), ["a"], schema)
    assert decoded.frame.collect().select("a", "b").row(0) == (1, None)
    assert decoded.dtypes == {"a": pl.Int64(), "b": pl.Date()}


def test_nested_text_is_kept_and_said_to_be() -> None:
    decoded, frame = run(['{"a": 1}'], prop("o", "object"))
    assert frame["o"].to_list() == ['{"a": 1}']
    assert [n.what for n in decoded.not_executed] == ["o: object"]


def test_polars_types() -> None:
    zoned = {"timezone": True}
    expected = [
        (prop("p", "integer"), pl.Int64()),
        (prop("p", "integer", options={"format": "u64"}), pl.Decimal(20, 0)),
        (prop("p", "integer", physical_type="NUMBER(18)"), pl.Int64()),
        (prop("p", "integer", physical_type="decimal(20, 0)"), pl.Decimal(20, 0)),
        (prop("p", "number"), pl.Float64()),
        (prop("p", "number", physical_type="NUMERIC(12,3)"), pl.Decimal(12, 3)),
        (prop("p", "number", physical_type="NUMERIC(50,3)"), pl.Float64()),
        (prop("p", "timestamp"), pl.Datetime("us")),
        (prop("p", "timestamp", options=zoned), pl.Datetime("us", "UTC")),
        (prop("p", "map"), pl.String()),
    ]
    for given, dtype in expected:
        assert polars_type(given) == dtype
