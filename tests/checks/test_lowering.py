"""What lowering gives beside probes: findings with their fix, reasons, names, words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from tests.checks.test_cases import also
from weighbridge.checks import CheckContext, lower
from weighbridge.checks.case import metric, prop, table
from weighbridge.checks.check import Case
from weighbridge.checks.kinds.freshness import before, duration
from weighbridge.checks.registry import CHECKS
from weighbridge.contract.model import Comparison, ForeignKey, Quality, ReadingPolicy, SlaProperty
from weighbridge.findings import Effect, Finding, Severity, code
from weighbridge.findings.codes import expectations
from weighbridge.findings.codes.checks import CODES
from weighbridge.probe import FrameProbe, RowProbe, ScalarProbe

AS_OF = datetime(2013, 6, 15, 12, tzinfo=UTC)


def lowered(schema, dtypes=None, resolve=lambda _: None, sla=()):
    known = {"a": pl.String()} if dtypes is None else dtypes
    return lower(schema, CheckContext(AS_OF, resolve, known), sla=sla)


def codes_of(case: Case) -> set[str]:
    result = lower(
        case.schema,
        CheckContext(
            AS_OF,
            lambda r: case.references[r.to_object].lazy() if r.to_object in case.references else None,
            dict(case.rows.schema),
            past=lambda: case.past,
        ),
        sla=case.sla,
    )
    told = {t.code for p in result.probes for t in also(p, case.rows)}
    return {p.code for p in result.probes} | told | {f.code for f in result.findings}


def test_every_code_is_produced_by_a_case() -> None:
    produced = set().union(*(codes_of(case) for check in CHECKS for case in check.cases()))
    of_suites = {"GXE-001", "GXE-003"}
    assert produced == {entry.code for entry in (*CODES, *expectations.CODES)} - of_suites


FIXES = {
    "CHK-001": "send the value",
    "CHK-002": "add it to the property's enum",
    "CHK-003": "anchor it with ^ and $",
    "CHK-004": "truncated or shifted field",
    "CHK-005": "a lost decimal point",
    "CHK-006": "a unit conversion",
    "CHK-007": "declare the format it really has",
    "CHK-008": "which record is the right one",
    "CHK-009": "records delivered twice",
    "CHK-010": "deliver the missing record of the other object first",
    "CHK-011": "compare the record's values with the expression",
    "CHK-012": "compare the record's values with the condition",
    "CHK-013": "change the property's logicalTypeOptions",
    "CHK-014": "the check of that name in the Pandera schema",
    "CHK-020": "why values are missing",
    "CHK-021": "the list of missing values",
    "CHK-022": "top values in the profile",
    "CHK-023": "records delivered twice",
    "CHK-024": "whether the delivery is complete",
    "CHK-025": "run the query",
    "CHK-026": "a newer delivery",
    "CHK-027": "change its tolerance",
    "CHK-028": "correct the extract or the check",
    "CHK-030": "quote dates as DATE '2013-01-31'",
    "CHK-031": "one SELECT in Polars' SQL",
    "CHK-032": "publish the other object first",
    "CHK-033": "the same columns and types",
    "CHK-034": "as the property's logicalType has it",
    "CHK-035": "without look-around",
    "CHK-036": "docs/checks.md",
    "CHK-037": "correct the name",
    "CHK-038": "package.module:Schema",
    "CHK-039": "null among them",
    "CHK-040": "say it in the contract itself",
    "CHK-050": "delivered twice or lost between",
    "CHK-053": "drop the check if both values are real",
    "CHK-054": "deliver the record it refers to",
    "CHK-055": "have the reference's periods completed",
    "CHK-061": "ask the sender about them",
    "CHK-063": "which side lacks or doubles",
    "CHK-065": "owner of the reference",
    "CHK-051": "with a wrong clock",
    "CHK-052": "lost or booked twice",
    "CHK-056": "add its shape to the check",
    "CHK-057": "letters that only look alike",
    "CHK-058": "add the language if it is meant",
    "CHK-071": "whether the extract is whole",
    "CHK-072": "widen `within`",
    "CHK-070": "pin a new baseline",
    "CHK-060": "ask the sender for the missing records",
    "CHK-062": "ask the sender for the records of these keys",
}


@pytest.mark.parametrize("entry", CODES, ids=lambda entry: entry.code)
def test_every_fix_says_what_to_do(entry) -> None:
    assert FIXES[entry.code] in Finding(entry.code).fix
    assert code(entry.code).title[0].islower()


def test_what_is_not_run_says_why() -> None:
    quality = (
        Quality("t", "text", description="people read this"),
        Quality("d", "custom", engine="dqx", implementation={}),
        Quality("g", "custom", engine="soda", implementation={}),
        Quality("w", "custom", engine="weighbridge", implementation={"check": "conditionall"}),
        Quality("m", "library", metric="between"),
    )
    sla = (
        SlaProperty("retention", 3, "y", "t.a"),
        SlaProperty("latency", 4, "d"),
        SlaProperty("latency", 4, "d", "t.a"),
        SlaProperty("latency", 4, "d", "elsewhere.a"),
    )
    schema = table(
        prop("a", options={"format": "password", "minItems": 2}), prop("gone", required=True), quality=quality
    )
    result = lowered(schema, sla=sla)
    assert not result.probes
    reasons = {entry.what: entry.why for entry in result.not_executed}
    assert reasons == {
        "a: format password": "it says how to treat the text, not what it looks like",
        "a: minItems": "no check of it for String",
        "gone: its checks": "the extract has no such column",
        "t": "text is for people to read",
        "d": "Weighbridge does not run the engine dqx",
        "g": "Weighbridge does not run the engine soda",
        "w": "engine weighbridge runs an expression, or one of the checks of docs/checks.md",
        "m": "between is no metric of the library",
        "slaProperties: retention": "an extract alone cannot show it",
        "slaProperties: latency": "a is neither a date nor a timestamp",
    }


def test_a_check_that_cannot_be_made_weighs_what_it_would_have_weighed() -> None:
    broken = Quality("x", "custom", engine="weighbridge", implementation="nosuch > 1", line=7)
    soft = Quality("y", "custom", engine="weighbridge", implementation="nosuch > 1", severity=Severity.WARNING)
    first, second = lowered(table(prop("a"), quality=(broken, soft))).findings
    assert (first.severity, first.place.line, first.place.path) == (Severity.ERROR, 7, ("x",))
    assert second.severity is Severity.WARNING
    near = lowered(
        table(prop("tailnum"), quality=(Quality("x", "custom", engine="weighbridge", implementation="tialnum = 'x'"),)),
        {"tailnum": pl.String()},
    )
    assert "the nearest is 'tailnum'" in near.findings[0].detail


@pytest.mark.parametrize("named", [None, "planes.csv"])
@pytest.mark.parametrize("severity", [Severity.ERROR, Severity.WARNING])
def test_missing_keys_are_told_and_a_named_file_is_as_grave_as_its_relationship(
    named: str | None, severity: Severity
) -> None:
    relation = ForeignKey(("a",), "planes", ("tailnum",), reference=named, severity=severity)

    def unreadable(_):
        return pl.scan_parquet("no such file.parquet")

    for resolve in (lambda _: None, unreadable, lambda _: pl.LazyFrame({"other": ["x"]})):
        result = lowered(table(prop("a"), foreign_keys=(relation,)), resolve=resolve)
        assert not result.probes
        assert [(f.code, f.severity) for f in result.findings] == [("CHK-032", severity if named else Severity.WARNING)]
        assert [entry.what for entry in result.not_executed] == ["relationship a → planes.tailnum"]


def test_names_are_unique() -> None:
    same = Quality("q", "custom", engine="weighbridge", implementation="a > 'x'")
    result = lowered(table(prop("a"), quality=(same, same, same)))
    assert [p.name for p in result.probes] == ["q", "q#2", "q#3"]


ROWS = pl.DataFrame({"a": ["x"] * 336_776}).with_columns(
    a=pl.when(pl.int_range(pl.len()) < 2_512).then(None).otherwise("a")
)


def told(quality: Quality, rows: pl.DataFrame = ROWS):
    schema = table(prop("a", quality=(quality,)))
    (probe,) = lowered(schema, dict(rows.schema)).probes
    if isinstance(probe, FrameProbe):
        answer = probe.read(probe.build(rows.lazy()).collect().item())
    else:
        assert isinstance(probe, ScalarProbe)
        answer = probe.read(rows.select(probe.value.alias("x")).item())
    return probe.expected, answer.words, answer.holds, answer.observed


def test_a_metric_reads_well_in_a_report() -> None:
    at_most = metric("q", "nullValues", Comparison("mustBeLessOrEqualTo", 5), unit="percent", property="a")
    assert told(at_most)[:3] == ("at most 5 % of records have no a", "observed 0.75 % (2,512 of 336,776)", True)
    tolerated = metric("q", "nullValues", Comparison("mustBe", 0), property="a", options={"tolerance": {"rate": 0.01}})
    below = metric("q", "nullValues", Comparison("mustBeLessThan", 1), unit="percent", property="a")
    assert told(below)[::2] == ("less than 1 % of records have no a", True)
    none = metric("q", "nullValues", Comparison("mustBeLessThan", 1), property="a")
    assert told(none)[::2] == ("every record has a value of a", False)
    assert told(metric("q", "rowCount", Comparison("mustBeLessThan", 5000)))[0] == "fewer than 5,000 records"
    assert told(tolerated)[0] == "every record has a value of a, with at most 1 % of records borne"


@pytest.mark.parametrize(
    ("operator", "operand", "holding"),
    [
        ("mustBe", 2, {2}),
        ("mustBe", [1, 3], {1, 3}),
        ("mustNotBe", 2, {0, 1, 3, 4}),
        ("mustBeGreaterThan", 2, {3, 4}),
        ("mustBeGreaterOrEqualTo", 2, {2, 3, 4}),
        ("mustBeLessThan", 2, {0, 1}),
        ("mustBeLessOrEqualTo", 2, {0, 1, 2}),
        ("mustBeBetween", [1, 3], {1, 2, 3}),
        ("mustNotBeBetween", [1, 3], {0, 4}),
    ],
)
def test_thresholds(operator, operand, holding) -> None:
    quality = metric("q", "rowCount", Comparison(operator, operand))
    query = Quality("q", "sql", query="SELECT COUNT(*) FROM t", comparison=Comparison(operator, operand))
    for rows in range(5):
        frame = pl.DataFrame({"a": ["x"] * rows}, schema={"a": pl.String})
        assert told(quality, frame)[2:] == (rows in holding, rows)
        assert told(query, frame)[2] == (rows in holding)


@pytest.mark.parametrize(
    "comparison",
    [
        None,
        Comparison("mustBeBetween", [3, 1]),
        Comparison("mustBeBetween", 3),
        Comparison("mustBeNice", 1),
        Comparison("mustBeLessThan", "x"),
    ],
)
def test_a_threshold_that_cannot_be_held_against_is_a_finding(comparison) -> None:
    quality = metric("q", "rowCount", comparison)
    assert [f.code for f in lowered(table(prop("a"), quality=(quality,))).findings] == ["CHK-036"]


def test_percentages_are_exact_at_the_threshold_and_of_nothing_are_none() -> None:
    quality = metric("q", "nullValues", Comparison("mustBeLessOrEqualTo", 0.1), unit="percent", property="a")
    rows = pl.DataFrame({"a": [None] + ["x"] * 999})
    assert told(quality, rows)[2]
    assert told(quality, rows.head(0))[1:3] == ("observed 0 % (0 of 0)", True)


def test_published_scope_is_handed_on_and_means_nothing_for_records() -> None:
    scoped = metric("q", "nullValues", Comparison("mustBe", 0), property="a", options={"scope": "published"})
    (probe,) = lowered(table(prop("a", quality=(scoped,)))).probes
    assert probe.scope == "published"
    of_records = Quality("x", "custom", engine="weighbridge", implementation="a > ''", options={"scope": "published"})
    result = lowered(table(prop("a"), quality=(of_records,)))
    assert result.not_executed[0].what == "x: scope published"


@pytest.mark.parametrize(
    ("value", "unit", "amounts"),
    [
        (1, "d", {"day": 1}),
        ("4", "days", {"day": 4}),
        (3, "mo", {"month": 3}),
        (90, "m", {"minute": 90}),
        ("500ms", None, {"millisecond": 500}),
        ("P1Y2M", None, {"year": 1, "month": 2}),
        ("PT36H", None, {"hour": 36}),
        (1.5, "h", {"hour": 1.5}),
    ],
)
def test_lengths_of_time(value, unit, amounts) -> None:
    assert duration(value, unit) == amounts


@pytest.mark.parametrize(("value", "unit"), [("soon", "d"), (1, None), (1, "fortnight"), ("P", None), (True, "d")])
def test_what_is_no_length_of_time(value, unit) -> None:
    with pytest.raises(ValueError, match=r"length|unit"):
        duration(value, unit)


def test_months_are_counted_on_the_calendar() -> None:
    assert before(datetime(2013, 3, 31, tzinfo=UTC), {"month": 1}).date() == date(2013, 2, 28)
    assert before(datetime(2012, 2, 29, tzinfo=UTC), {"year": 1}).date() == date(2011, 2, 28)
    assert before(datetime(2013, 1, 1, tzinfo=UTC), {"year": 5000}).year == 1


def test_options_are_refused_by_name() -> None:
    for options in (
        {"tolerance": 3},
        {"tolerance": {"rate": 2}},
        {"tolerance": {"rate": "x"}},
        {"scope": "all"},
        {"filter": "SUM(a) > 1"},
    ):
        quality = metric("q", "nullValues", Comparison("mustBe", 0), property="a", options=options)
        result = lowered(table(prop("a", quality=(quality,))))
        assert [f.code for f in result.findings] == ["CHK-030" if "filter" in options else "CHK-036"], options
        assert [entry.what for entry in result.not_executed] == ["a: q"]


def unsettled_rows(policy: ReadingPolicy) -> dict[str, list[int]]:
    """Which rows fail which check, where row 1 could not be read and row 2 is really null."""
    quality = (
        Quality("there", "custom", engine="weighbridge", implementation="a IS NOT NULL"),
        Quality(
            "then",
            "custom",
            engine="weighbridge",
            implementation={"check": "conditional", "when": "a IS NULL", "then": "b = 1"},
        ),
    )
    schema = table(prop("a", "integer", required=True, policy=policy), prop("b", "integer"), quality=quality)
    rows = pl.DataFrame({"a": [1, None, None], "b": [0, 0, 0], "doubt": [False, True, False]})
    context = CheckContext(AS_OF, lambda _: None, {"a": pl.Int64(), "b": pl.Int64()}, unsettled={"a": pl.col("doubt")})
    return {
        probe.name: rows.select(probe.failed).to_series().arg_true().to_list()
        for probe in lower(schema, context).probes
        if isinstance(probe, RowProbe)
    }


def test_what_could_not_be_read_is_not_missing_and_not_judged() -> None:
    for policy in (ReadingPolicy(), ReadingPolicy(on_unreadable=Effect.REVIEW)):
        assert unsettled_rows(policy) == {"a|required": [2], "there": [2], "then": [2]}


def test_what_could_not_be_read_is_judged_as_the_null_it_would_be_published_as() -> None:
    assert unsettled_rows(ReadingPolicy(on_unreadable=Effect.WARN)) == {
        "a|required": [1, 2],
        "there": [1, 2],
        "then": [1, 2],
    }
