"""Results made by hand, one for each way a run can end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from weighbridge.contract.model import NotExecuted
from weighbridge.findings import Decision, Effect, Finding, Place, Severity, Verdict
from weighbridge.outcome.receipt import OutputTotals, SourceTotals, draw_up
from weighbridge.outcome.result import CheckResult, ContractRef, Example, RunResult, TableRef
from weighbridge.readers.door import Option

STARTED = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


def example(**changes: Any) -> Example:
    made = Example("cust.csv", 1234, 56789, 15, b"7,X9,2024-01-32", "2024-01-32", ())
    return replace(made, **changes)


def check(name: str = "born|type", **changes: Any) -> CheckResult:
    made = CheckResult(
        name=name,
        code="LEG-001",
        title="the value cannot be read as its type",
        grain="record",
        severity=Severity.ERROR,
        effect=Effect.REJECT,
        properties=("born",),
        expected="a date",
        holds=False,
        failed_records=20,
        failed_rate=0.002,
        fix="correct the value at the source",
        line=17,
        examples=(example(),),
    )
    return replace(made, **changes)


def published(**changes: Any) -> RunResult:
    """Return a run of 10,000 records with every verdict, published with warnings."""
    verdicts = {Verdict.ACCEPTED: 9_900, Verdict.REPAIRED: 60, Verdict.UNCERTAIN: 20, Verdict.REJECTED: 20}
    source = SourceTotals("cust.csv", "ab" * 32, 410_010, 410_010, 10_000, 410_000, {"header": 10})
    outputs = (
        OutputTotals("published", 9_960, 408_360, {"0.parquet": 9_960}),
        OutputTotals("quarantine", 20, 820, {"0.parquet": 20}),
        OutputTotals("review", 20, 820, {"0.parquet": 20}),
    )
    holding = check("id|required", holds=True, failed_records=0, failed_rate=0.0, examples=())
    review = check(
        "seen|date",
        effect=Effect.REVIEW,
        examples=(example(seen="03/04/24", readings=("2024-03-04", "2024-04-03")),),
    )
    repaired = check("id|trim", effect=Effect.REPAIR, severity=Severity.WARNING, failed_records=60, failed_rate=0.006)
    extract = CheckResult(
        name="customers|rowCount",
        code="CHK-020",
        title="the number of records without a value is not as agreed",
        grain="extract",
        severity=Severity.WARNING,
        effect=None,
        properties=(),
        expected="more than 20,000 rows",
        holds=False,
        observed="10,000 rows",
        fix="ask the sender",
    )
    made = RunResult(
        run_id="20240506T070809000Z-0123456789",
        state="published",
        decision=Decision.PUBLISH_WITH_WARNINGS,
        reasons=("20 records are rejected", "customers|rowCount: 10,000 rows"),
        contract=ContractRef(
            "crm", "customers", "1.2.0", "sha256:" + "1" * 64, "sha256:" + "2" * 64, "people", "c.yaml"
        ),
        extract_id="sha256:" + "3" * 64,
        records=10_000,
        verdicts=verdicts,
        checks=(holding, extract, repaired, check(), review),
        findings=(Finding("RDR-025", Place(source="cust.csv", line=3), severity=Severity.WARNING, seen="id,born"),),
        not_executed=(NotExecuted("roles", "Weighbridge gives no access", 90),),
        options=(
            Option("encoding", "utf-8", "declared"),
            Option("delimiter", ",", "sniffed", "1 of 4 fits every line"),
            Option("lineEnd", "any", "default"),
        ),
        profile=profile(),
        schema=schema(),
        receipt=draw_up((source,), outputs, True),
        started=STARTED,
        finished=STARTED + timedelta(seconds=75),
        as_of=STARTED,
        engine={"weighbridge": "0.1.0", "polars": "2.1.0"},
        outputs=(
            TableRef("published", "out/published/crm/people", 4, 9_960),
            TableRef("quarantine", "out/q", None, 20),
        ),
        stage_seconds={"opening": 0.31, "weighing": 70.0},
        folder="out/runs/20240506T070809000Z-0123456789",
    )
    return replace(made, **changes)


def schema() -> tuple[dict[str, Any], ...]:
    return (
        {
            "name": "id",
            "logical_type": "string",
            "required": True,
            "primary_key": 1,
            "options": {"maxLength": 4},
            "line": 9,
        },
        {"name": "born", "logical_type": "date", "physical_type": "CHAR(10)", "description": "Birth.", "line": 12},
        {"name": "limit", "logical_type": "number", "options": {"minimum": 0, "maximum": 500}, "rules": ["trim"]},
        {"name": "kind", "logical_type": "string", "enum": list("ABCDEFGHIJ"), "unique": True},
        {"name": "ssn", "logical_type": "string", "classification": "secret", "masked": True},
        {"name": "absent", "logical_type": "object"},
    )


def profile() -> dict[str, Any]:
    common = {"count": 9_990, "nulls": 10, "distinct_is": "exact", "masked": False}
    return {
        "records": 10_000,
        "columns": {
            "id": {
                **common,
                "type": "String",
                "distinct": 9_990,
                "distinct_is": "estimate",
                "empties": 3,
                "lengths": {"min": 1, "max": 5, "mean": 3.9},
                "min": "1",
                "max": "9999",
                "top": [{"value": "1", "count": 2}, {"value": "", "count": 1}],
                "top_is": "at least",
                "top_undercounted_by_at_most": 4,
                "shapes": [{"shape": "9999", "count": 9_000}, {"shape": "999", "count": 990}],
                "shapes_not_looked_at": 0,
            },
            "born": {
                **common,
                "type": "Date",
                "distinct": 900,
                "min": "1901-01-01",
                "max": "2024-01-31",
                "top": [{"value": "1970-01-01", "count": 400}],
                "top_is": "exact",
                "quantiles": {"is": "exact", "values": {"0.5": "1970-01-01"}},
                "histogram": {
                    "is": "exact",
                    "counts": [90, 0, 9_900],
                    "edges": ["1901-01-01", "1940-01-01", "1980-01-01", "2024-01-31"],
                },
            },
            "limit": {
                **common,
                "type": "Float64",
                "distinct": 3,
                "nan": 1,
                "infinite": 2,
                "min": -1.5,
                "max": 99999.0,
                "mean": 250.123456,
                "std": 8.5,
                "top": [{"value": 100.0, "count": 9_000}, {"value": -1.5, "count": 990}],
                "top_is": "exact",
            },
            "kind": {**common, "type": "String", "distinct": 0, "count": 0, "nulls": 10_000, "empties": 0, "top": []},
            "ssn": {
                **common,
                "type": "String",
                "distinct": 9_000,
                "masked": True,
                "empties": 0,
                "lengths": {"min": 9, "max": 9, "mean": 9.0},
            },
        },
    }


def held() -> RunResult:
    receipt = published().receipt
    wrong = draw_up(receipt.sources, (replace(receipt.outputs[0], records=9_959), *receipt.outputs[1:]), False)
    return published(state="held", decision=Decision.HOLD, reasons=("too many",), receipt=wrong, outputs=())


def clean() -> RunResult:
    verdicts = dict.fromkeys(Verdict, 0) | {Verdict.ACCEPTED: 10_000}
    holding = tuple(replace(c, holds=True, failed_records=0, failed_rate=0.0, examples=()) for c in published().checks)
    return published(
        state="published",
        decision=Decision.PUBLISH,
        reasons=(),
        verdicts=verdicts,
        checks=holding,
        findings=(),
        not_executed=(),
    )


def without_bytes() -> RunResult:
    """Return a run over Parquet: records have no byte ranges, and checks no raw bytes."""
    bare = example(offset_bytes=None, length_bytes=None, raw=None)
    source = SourceTotals("a.parquet", "cd" * 32, 900, None, 10_000, None, {})
    outputs = tuple(replace(o, record_bytes=None) for o in published().receipt.outputs)
    return published(
        checks=(check(examples=(bare,)),), receipt=draw_up((source,), outputs, True), options=(), server="lake"
    )


def masked() -> RunResult:
    hidden = example(raw=None, seen="•••(9)")
    return published(checks=(check("ssn|pattern", properties=("ssn",), examples=(hidden,)),))


def drifted() -> RunResult:
    """Return a run whose comparisons found drift in numbers and labels, none in days, and one that may not be shown."""
    ends: dict[str, Any] = {"above": None, "up_to": None, "below": None, "label": None}

    def compared(name: str, column: str, distance: float | None, overlay: list[dict[str, Any]]) -> CheckResult:
        measured = {"distance": distance, "chance": 0.2, "measure": "psi", "at_most": 0.5, "against": "run before",
                    "overlay": [ends | b for b in overlay]}  # fmt: skip
        holds = distance is not None and distance <= 0.5
        figures = {"failed_records": None, "failed_rate": None, "measured": measured, "value": distance}
        return check(
            name,
            code="CHK-070",
            title="the distribution has changed",
            grain="extract",
            effect=None,
            holds=holds,
            severity=Severity.WARNING,
            properties=(column,),
            examples=(),
            observed=f"psi {distance}",
            **figures,
        )

    numbers = [
        {"kind": "range", "below": 1.5, "before": 0, "now": 90},
        {"kind": "range", "up_to": 1.5, "before": 50, "now": 5},
        {"kind": "range", "above": 1.5, "before": 40, "now": 5},
        {"kind": "nulls", "before": 10, "now": 0},
    ]
    labels = [{"kind": "label", "label": w, "before": 10, "now": n} for n, w in enumerate(("Anna", "", " "))]
    days = [{"kind": "range", "above": "2024-01-01", "up_to": "2024-02-01", "before": 9, "now": 9}]
    secret = [{"kind": "label", "label": "123-45-6789", "before": 9, "now": 9}]
    return published(
        checks=(
            compared("ids", "id", 7.25, numbers),
            compared("names", "kind", None, [*labels, {"kind": "others", "before": 1, "now": 2}]),
            compared("days", "born", 0.0, days),
            compared("numbers", "ssn", 0.9, secret),
            compared("unknown", "never declared", 0.9, secret),
            replace(compared("old", "id", 0.9, []), measured={"distance": 0.9, "chance": None}),
        ),
        not_executed=(NotExecuted("pinned: drift", "no baseline is pinned", 40),),
    )


def many_checks() -> RunResult:
    failed = tuple(check(f"p{i}|type", failed_records=i + 1, examples=(example(),) * 9) for i in range(200))
    wide = tuple({"name": f"p{i}", "logical_type": "string"} for i in range(1_000))
    return published(
        checks=failed,
        reasons=tuple(f"reason {i}" for i in range(50)),
        findings=(Finding("RDR-025"),) * 150,
        not_executed=tuple(NotExecuted(f"part {i}", "why", i) for i in range(400)),
        options=tuple(Option(f"o{i}", "v", "default") for i in range(300)),
        receipt=draw_up(published().receipt.sources * 500, published().receipt.outputs, True),
        schema=wide,
        profile={"records": 1, "columns": {}},
    )


def nothing_framed() -> RunResult:
    """Return a run in which no record could be framed."""
    receipt = draw_up(
        (SourceTotals("x.csv", "ef" * 32, 30, 30, 3, 30, {}),),
        (OutputTotals("published", 0, 0, {}), OutputTotals("quarantine", 3, 30, {"0.parquet": 3})),
        True,
    )
    framing = check("framing|RDR-010", properties=(), line=None, origin="framing", failed_records=3, failed_rate=1.0)
    figures = {"type": "String", "count": 0, "nulls": 0, "distinct": 0, "distinct_is": "exact", "masked": False}
    return published(
        state="held",
        decision=Decision.HOLD,
        records=3,
        verdicts=dict.fromkeys(Verdict, 0) | {Verdict.REJECTED: 3},
        checks=(framing,),
        profile={"records": 0, "columns": {"id": {**figures, "min": None, "max": None, "top": []}}},
        receipt=receipt,
    )


def empty() -> RunResult:
    """Return a run over nothing: no source, no record, no check, no schema."""
    return published(
        state="checked",
        decision=Decision.HOLD,
        records=0,
        verdicts={},
        checks=(),
        findings=(),
        not_executed=(),
        options=(),
        profile={},
        schema=(),
        receipt=draw_up((), (), True),
        outputs=(),
        stage_seconds={},
        engine={},
        folder=None,
        reasons=(),
    )


def already() -> RunResult:
    return published(state="already_published", decision=Decision.PUBLISH, earlier_run="20240101T000000000Z-00")


ALL = {
    f.__name__: f
    for f in (published, held, clean, without_bytes, masked, many_checks, drifted, nothing_framed, empty, already)
}
