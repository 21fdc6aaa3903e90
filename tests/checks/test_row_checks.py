"""Each check of a record against plain Python, on random columns with nulls."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from weighbridge.checks import CheckContext, lower
from weighbridge.checks.case import prop, table
from weighbridge.contract.model import ForeignKey, Property, Quality, SchemaObject
from weighbridge.findings import Effect, Severity
from weighbridge.probe import RowProbe

quick = settings(max_examples=60, deadline=None)
CONTEXT_AS_OF = datetime(2013, 6, 15, 12, tzinfo=UTC)


def lowered(schema: SchemaObject, dtypes, resolve=lambda _: None, sla=()):
    return lower(schema, CheckContext(CONTEXT_AS_OF, resolve, dict(dtypes)), sla=sla)


def fails(subject: Property, values, dtype, check: str) -> list[bool]:
    """Which values fail the check; the probe never gives null."""
    rows = pl.DataFrame({"a": pl.Series(values, dtype=dtype)})
    (probe,) = [p for p in lowered(table(subject), rows.schema).probes if p.name == f"a|{check}"]
    assert isinstance(probe, RowProbe)
    answer = rows.lazy().select(probe.failed.alias("x")).collect(engine="streaming")["x"]
    assert answer.null_count() == 0
    return answer.to_list()


def oracle(values, holds: Callable[[object], bool]) -> list[bool]:
    return [v is not None and not holds(v) for v in values]


def nullable(cells):
    return st.lists(st.none() | cells, min_size=1, max_size=20)


words = nullable(st.text(alphabet="ab1-é\n ", max_size=5))
wholes = nullable(st.integers(-20, 20) | st.integers(-(2**63), 2**63 - 1))
reals = nullable(st.floats() | st.integers(-50, 50).map(lambda n: n / 10))
prices = nullable(st.decimals(-50, 50, places=2))
bounds = st.integers(-20, 20) | st.sampled_from([0.5, -0.25, 1.5, 2**63, -(2**63) - 1, 10**30])

COMPARISONS = {
    "minimum": lambda v, b: v >= b,
    "maximum": lambda v, b: v <= b,
    "exclusiveMinimum": lambda v, b: v > b,
    "exclusiveMaximum": lambda v, b: v < b,
}


@quick
@given(words)
def test_required_fails_null_and_nothing_else(values) -> None:
    assert fails(prop("a", required=True), values, pl.String, "required") == [v is None for v in values]


@quick
@given(words, st.lists(st.text(alphabet="ab1", max_size=2), min_size=1, max_size=4))
def test_enum_permits_what_is_listed(values, listed) -> None:
    assert fails(prop("a", enum=listed), values, pl.String, "enum") == oracle(values, lambda v: v in listed)


@quick
@given(wholes, st.lists(st.integers(-20, 20), min_size=1))
def test_enum_of_numbers_permits_what_is_listed(values, listed) -> None:
    assert fails(prop("a", "integer", enum=listed), values, pl.Int64, "enum") == oracle(values, lambda v: v in listed)


@quick
@given(prices, st.lists(st.decimals(-5, 5, places=1), min_size=1))
def test_enum_of_decimals_permits_what_is_listed(values, listed) -> None:
    subject = prop("a", "number", enum=[float(v) for v in listed])
    assert fails(subject, values, pl.Decimal(12, 2), "enum") == oracle(values, lambda v: v in listed)


@quick
@given(words, st.integers(0, 6))
def test_lengths_count_characters(values, size) -> None:
    subject = prop("a", options={"minLength": size, "maxLength": size})
    assert fails(subject, values, pl.String, "minLength") == oracle(values, lambda v: len(v) >= size)
    assert fails(subject, values, pl.String, "maxLength") == oracle(values, lambda v: len(v) <= size)


@quick
@given(wholes, bounds, st.sampled_from(sorted(COMPARISONS)))
def test_bounds_of_integers_are_exact(values, bound, option) -> None:
    subject = prop("a", "integer", options={option: bound})
    limit = Fraction(str(bound))
    assert fails(subject, values, pl.Int64, option) == oracle(values, lambda v: COMPARISONS[option](v, limit))


@quick
@given(prices, st.decimals(-50, 50, places=3), st.sampled_from(sorted(COMPARISONS)))
def test_bounds_of_decimals_are_exact(values, bound, option) -> None:
    subject = prop("a", "number", options={option: str(bound)})
    holds = COMPARISONS[option]
    assert fails(subject, values, pl.Decimal(12, 2), option) == oracle(values, lambda v: holds(v, bound))


@quick
@given(reals, st.integers(-50, 50), st.sampled_from(sorted(COMPARISONS)))
def test_bounds_of_floats_hold_no_nan(values, tenths, option) -> None:
    subject = prop("a", "number", options={option: tenths / 10})
    assert fails(subject, values, pl.Float64, option) == oracle(values, lambda v: COMPARISONS[option](v, tenths / 10))


@quick
@given(nullable(st.dates()), st.dates(), st.sampled_from(sorted(COMPARISONS)))
def test_bounds_of_dates(values, bound, option) -> None:
    subject = prop("a", "date", options={option: bound.isoformat()})
    assert fails(subject, values, pl.Date, option) == oracle(values, lambda v: COMPARISONS[option](v, bound))


@quick
@given(nullable(st.times()), st.times(), st.sampled_from(sorted(COMPARISONS)))
def test_bounds_of_times(values, bound, option) -> None:
    subject = prop("a", "time", options={option: bound.isoformat()})
    assert fails(subject, values, pl.Time, option) == oracle(values, lambda v: COMPARISONS[option](v, bound))


moments = st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1))


@quick
@given(nullable(moments), moments, st.sampled_from(sorted(COMPARISONS)))
def test_bounds_of_timestamps(values, bound, option) -> None:
    subject = prop("a", "timestamp", options={option: bound.isoformat()})
    holds = COMPARISONS[option]
    assert fails(subject, values, pl.Datetime("us"), option) == oracle(values, lambda v: holds(v, bound))


def test_a_bound_of_a_date_may_be_written_as_its_midnight() -> None:
    values = [date(2012, 12, 31), date(2013, 1, 1)]
    for bound in ("2013-01-01 00:00:00", datetime(2013, 1, 1)):
        assert fails(prop("a", "date", options={"minimum": bound}), values, pl.Date, "minimum") == [True, False]
    noon = table(prop("a", "date", options={"minimum": "2013-01-01 12:00:00"}))
    assert [f.code for f in lowered(noon, {"a": pl.Date()}).findings] == ["CHK-034"]


def test_a_bound_with_an_offset_is_the_same_instant_everywhere() -> None:
    subject = prop("a", "timestamp", options={"minimum": "2013-01-01T00:00:00-05:00"})
    values = [datetime(2013, 1, 1, 4, 59), datetime(2013, 1, 1, 5)]
    assert fails(subject, values, pl.Datetime("us"), "minimum") == [True, False]
    aware = [v.replace(tzinfo=UTC) for v in values]
    assert fails(subject, aware, pl.Datetime("us", "America/New_York"), "minimum") == [True, False]
    local = prop("a", "timestamp", options={"minimum": "2013-01-01", "defaultTimezone": "America/New_York"})
    assert fails(local, aware, pl.Datetime("us", "UTC"), "minimum") == [True, False]


@quick
@given(wholes, st.sampled_from([1, 3, 7, 0.5, 1.5, 2.25]))
def test_whole_multiples_are_exact(values, step) -> None:
    subject = prop("a", "integer", options={"multipleOf": step})
    exact = Fraction(str(step))
    assert fails(subject, values, pl.Int64, "multipleOf") == oracle(values, lambda v: (v / exact).denominator == 1)


@quick
@given(prices, st.sampled_from([0.01, 0.05, 0.1, 0.25, 3, 0.003]))
def test_decimal_multiples_are_exact(values, step) -> None:
    subject = prop("a", "number", options={"multipleOf": step})
    exact = Fraction(str(step))
    expected = oracle(values, lambda v: (Fraction(v) / exact).denominator == 1)
    assert fails(subject, values, pl.Decimal(12, 2), "multipleOf") == expected


@quick
@given(st.integers(-(10**12), 10**12), st.sampled_from(["0.1", "0.01", "0.05", "0.3", "2.5", "7"]))
def test_a_float_nearest_to_a_multiple_is_one_and_one_beside_it_is_not(count, step) -> None:
    exact = Fraction(step)
    values = [float(count * exact), float(count * exact + exact / 2), float(count * exact + exact / 100)]
    subject = prop("a", "number", options={"multipleOf": float(step)})
    assert fails(subject, values, pl.Float64, "multipleOf") == [False, True, True]


@quick
@given(st.floats(0.1, 10), st.integers(2, 9))
def test_sums_of_a_step_are_multiples_of_it(step, times) -> None:
    tenth = round(step, 1)
    total = 0.0
    for _ in range(times):
        total += tenth
    subject = prop("a", "number", options={"multipleOf": tenth})
    assert fails(subject, [total], pl.Float64, "multipleOf") == [False]


@quick
@given(
    nullable(st.integers(-(2**63), 2**63 - 1) | st.integers(-300, 300)),
    st.sampled_from(["i8", "i16", "u8", "u32", "u64"]),
)
def test_number_formats_are_ranges(values, name) -> None:
    bits, signed = int(name[1:]), name[0] == "i"
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    subject = prop("a", "integer", options={"format": name})
    assert fails(subject, values, pl.Int64, "format") == oracle(values, lambda v: low <= v <= high)


def is_ip(version: int):
    def holds(text: str) -> bool:
        try:
            return ipaddress.ip_address(text).version == version and "%" not in text
        except ValueError:
            return False

    return holds


def is_date(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


def is_base64(text: str) -> bool:
    try:
        decoded = binascii.a2b_base64(text, strict_mode=True)  # which bears four marks of padding
        return len(text) % 4 == 0 and not text.endswith("===") and decoded is not None
    except ValueError:
        return False


def is_uuid(text: str) -> bool:
    try:
        return len(text) == 36 and str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


addresses = (
    st.ip_addresses(v=6).map(str) | st.ip_addresses(v=6).map(lambda a: a.exploded) | st.ip_addresses(v=4).map(str)
)
mangled = st.tuples(addresses, st.integers(0, 8), st.sampled_from(":.1fg0")).map(
    lambda t: t[0][: t[1]] + t[2] + t[0][t[1] :]
)


@quick
@given(nullable(addresses | mangled | st.text(alphabet=":.0123ff", max_size=20)))
@example(["::", "1::", "::1.2.3.4", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::3:4:5:6:7:8", "01.2.3.4"])
def test_internet_addresses_are_those_of_the_standard_library(values) -> None:
    for version in (4, 6):
        subject = prop("a", options={"format": f"ipv{version}"})
        assert fails(subject, values, pl.String, "format") == oracle(values, is_ip(version))


@quick
@given(nullable(st.dates().map(str) | st.text(alphabet="0123-9", max_size=10) | st.just("2013-02-30")))
def test_dates_in_text_are_on_the_calendar(values) -> None:
    assert fails(prop("a", options={"format": "date"}), values, pl.String, "format") == oracle(values, is_date)


@quick
@given(nullable(st.uuids().map(str) | st.text(alphabet="0f-", max_size=36)))
def test_uuids_are_those_of_the_standard_library(values) -> None:
    assert fails(prop("a", options={"format": "uuid"}), values, pl.String, "format") == oracle(values, is_uuid)


@quick
@given(
    nullable(st.binary(max_size=6).map(lambda b: base64.b64encode(b).decode()) | st.text(alphabet="Aa+/=", max_size=8))
)
def test_base64_is_that_of_the_standard_library(values) -> None:
    assert fails(prop("a", options={"format": "byte"}), values, pl.String, "format") == oracle(values, is_base64)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("email", ["a@b", "a.b+c@d-e.fr"], ["a", "a@", "@b", "a@b@c", "a b@c", "a@-b"]),
        ("uri", ["http://a/b?c=d#e", "urn:x:y", "mailto:a@b"], ["/a/b", "http://a b", "1x:y", "http:%zz", ""]),
        ("hostname", ["a", "a.b.", "x-1.de"], ["-a", "a..b", "a_b", "a" * 64, ".".join(["a" * 60] * 5)]),
        ("time", ["23:59:59Z", "00:00:00.5+01:00"], ["24:00:00Z", "1:00:00Z", "00:00:00"]),
        ("date-time", ["2013-01-31T00:00:00Z", "2012-02-29t01:02:03.4-05:00"], ["2013-02-29T00:00:00Z", "2013-01-31"]),
    ],
)
def test_formats(name, good, bad) -> None:
    subject = prop("a", options={"format": name})
    assert fails(subject, good, pl.String, "format") == [False] * len(good)
    assert fails(subject, bad, pl.String, "format") == [True] * len(bad)


PATTERNS = [
    r"^\d+$",
    r"\w-\w",
    r"^[a-z\d]{2}",
    r"a|^$",
    r"[^\s]",
    r"^.$",
    r"[[]",
    r"\bab\b",
    r"a{,2}",
    r"[a&&b]",
    r"\/",
    r"[+--]",
]


@quick
@given(words | nullable(st.text(alphabet="ab1[&-/{,}٣é\r", max_size=6)), st.sampled_from(PATTERNS))
def test_patterns_are_searched_as_ecma_does(values, pattern) -> None:
    same = pattern.replace("[[]", r"\[").replace("[a&&b]", "[a&b]").replace("a{,2}", r"a\{,2\}")
    same = re.sub(r"(?<!\\)\.", r"[^\\n\\r\\u2028\\u2029]", same).replace("$", r"\Z").replace("[+--]", r"[+,\-]")
    regex = re.compile(same, re.ASCII)
    expected = oracle(values, lambda v: regex.search(v) is not None)
    assert fails(prop("a", options={"pattern": pattern}), values, pl.String, "pattern") == expected


@quick
@given(nullable(st.lists(st.none() | st.integers(0, 3), max_size=5)), st.integers(0, 4))
def test_sizes_of_lists(values, size) -> None:
    child = prop("items", "integer", options={"maximum": 2}, required=True)
    subject = Property(
        "a",
        prop("a", "array").logical_type,
        ("a",),
        options={"minItems": size, "maxItems": size, "uniqueItems": True},
        children=(child,),
    )
    dtype = pl.List(pl.Int64)
    assert fails(subject, values, dtype, "minItems") == oracle(values, lambda v: len(v) >= size)
    assert fails(subject, values, dtype, "maxItems") == oracle(values, lambda v: len(v) <= size)
    assert fails(subject, values, dtype, "uniqueItems") == oracle(values, lambda v: len(set(v)) == len(v))
    rows = pl.DataFrame({"a": pl.Series(values, dtype=dtype)})
    by_name = {p.name: p for p in lowered(table(subject), rows.schema).probes}
    told = rows.select(by_name[n].failed.alias(n) for n in ("a[]|required", "a[]|maximum"))
    assert told["a[]|required"].to_list() == oracle(values, lambda v: None not in v)
    assert told["a[]|maximum"].to_list() == oracle(values, lambda v: all(i is None or i <= 2 for i in v))


def test_a_vector_has_its_dimensions() -> None:
    subject = prop("a", "vector", options={"dimensions": 2})
    assert fails(subject, [[1.0, 2.0], [1.0], None], pl.List(pl.Float32), "dimensions") == [False, True, False]
    assert fails(subject, [[1.0, 2.0, 3.0], None], pl.Array(pl.Float32, 3), "dimensions") == [True, False]


cells = st.none() | st.integers(0, 4)
keys = st.lists(st.tuples(cells, cells), max_size=12)


@quick
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=20), keys)
def test_foreign_keys_are_those_of_a_set_of_tuples(rows, held) -> None:
    frame = pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.Int16}, orient="row")
    reference = pl.DataFrame(held, schema={"x": pl.Int32, "y": pl.Float64}, orient="row")
    for mine, theirs in ((("a",), ("x",)), (("a", "b"), ("x", "y")), (("b", "a"), ("x", "y"))):
        relation = ForeignKey(mine, "other", theirs)
        schema = table(prop("a", "integer"), prop("b", "integer"), foreign_keys=(relation,))
        (probe,) = lowered(schema, frame.schema, lambda _: reference.lazy()).probes
        permitted = {tuple(row) for row in reference.select(theirs).iter_rows()}
        asked = frame.select(mine).rows()
        expected = [None not in key and key not in permitted for key in asked]
        assert frame.lazy().select(probe.failed).collect(engine="streaming").to_series().to_list() == expected


def test_large_key_sets_are_searched_exactly_too() -> None:
    numbers = pl.DataFrame({"n": range(0, 30_000, 2)}).with_columns(t=pl.col("n").cast(pl.String))
    asked = pl.DataFrame({"n": [0, 1, 29_998, 30_000, None], "t": ["0", "0", "29998", "x", "4"]})
    for mine in (("n",), ("t",), ("n", "t")):
        schema = table(prop("n", "integer"), prop("t"), foreign_keys=(ForeignKey(mine, "other", mine),))
        (probe,) = lowered(schema, asked.schema, lambda _: numbers.lazy()).probes
        told = asked.lazy().select(probe.failed).collect(engine="streaming").to_series().to_list()
        held = set(numbers.select(mine).rows())
        assert told == [None not in key and key not in held for key in asked.select(mine).rows()]


def test_reference_keys_are_collected_once() -> None:
    collections = []

    def counted(batch: pl.DataFrame) -> pl.DataFrame:
        collections.append(batch.height)
        return batch

    reference = pl.LazyFrame({"x": [1, 2]}).map_batches(counted, schema={"x": pl.Int64})
    schema = table(prop("a", "integer"), foreign_keys=(ForeignKey(("a",), "other", ("x",)),))
    rows = pl.DataFrame({"a": [1, 3]})
    (probe,) = lowered(schema, rows.schema, lambda _: reference).probes
    for _ in range(3):
        assert rows.lazy().select(probe.failed).collect(engine="streaming").to_series().to_list() == [False, True]
    assert sum(collections) == 2


def test_a_reference_that_breaks_while_it_is_read_is_a_finding() -> None:
    broken = pl.LazyFrame({"x": ["1", "n/k"]}).select(pl.col("x").cast(pl.Int64))
    schema = table(prop("a", "integer"), foreign_keys=(ForeignKey(("a",), "other", ("x",)),))
    result = lowered(schema, {"a": pl.Int64()}, lambda _: broken)
    assert not result.probes
    assert [f.code for f in result.findings] == ["CHK-032"]
    assert len(result.not_executed) == 1


numbers_or_null = st.lists(st.tuples(cells, cells), min_size=1, max_size=20)


@quick
@given(numbers_or_null, st.sampled_from(["reject", "review", "warn", "note", None]))
def test_an_expression_fails_only_where_it_is_false(rows, on_failure) -> None:
    frame = pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.Int64}, orient="row")
    options = {} if on_failure is None else {"onFailure": on_failure}
    quality = (
        Quality(
            "plain", "custom", engine="weighbridge", implementation="a < b", severity=Severity.WARNING, options=options
        ),
        Quality("filtered", "custom", engine="weighbridge", implementation="a < b", options={"filter": "b > 2"}),
        Quality(
            "if",
            "custom",
            engine="weighbridge",
            implementation={"check": "conditional", "when": "a > 1", "then": "b < 3"},
        ),
    )
    plain, filtered, when = lowered(table(prop("a"), prop("b"), quality=quality), frame.schema).probes
    assert plain.effect == (Effect(on_failure) if on_failure else Effect.WARN)
    assert plain.properties == ("a", "b")
    wrong = [None not in row and not row[0] < row[1] for row in rows]
    assert frame.select(plain.failed).to_series().to_list() == wrong
    selected = [w and row[1] > 2 for w, row in zip(wrong, rows, strict=True)]
    assert frame.select(filtered.failed).to_series().to_list() == selected
    followed = [None not in row and row[0] > 1 and not row[1] < 3 for row in rows]
    assert frame.select(when.failed).to_series().to_list() == followed


@pytest.mark.parametrize(("severity", "effect"), [("error", "reject"), ("warning", "warn"), ("info", "note")])
def test_severity_decides_the_effect(severity, effect) -> None:
    subject = prop("a", required=True, unique=True, options={"maxLength": 1}, severity=Severity(severity))
    relation = ForeignKey(("a",), "other", ("a",), severity=Severity(severity))
    frame = pl.DataFrame({"a": ["x"]})
    result = lowered(table(subject, foreign_keys=(relation,)), frame.schema, lambda _: frame.lazy())
    assert {p.effect for p in result.probes} == {Effect(effect)}
    assert len(result.probes) == 4


def test_nothing_declared_makes_no_probe() -> None:
    result = lowered(table(prop("a")), {"a": pl.String()})
    assert (result.probes, result.findings, result.not_executed) == ((), (), ())
