"""The laws, over the whole way of a record: any bytes in, everything accounted for, order without effect."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pipeline.people import CONTRACT
from weighbridge.contract import load
from weighbridge.findings import Verdict
from weighbridge.ledger import Ledger
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.check import check
from weighbridge.pipeline.run import run
from weighbridge.sinks import Tables, scan_table

LENIENT = load(CONTRACT.replace("{maxRejected: {rate: 0.5}, minRecords: 1}", "{maxRejected: {rate: 1.0}}"))
STRICTER = load(CONTRACT.replace("maxLength: 10", "maxLength: 3").replace("rate: 0.5", "rate: 1.0"))

FIELDS = st.sampled_from(
    ["1", "2", "3", "99", "-7", "x", "", "Ada", "Grace Hopper of the Navy", '"q,uoted"', '"open', "é"]
)
PACKED = (b"PK", b"\x1f\x8b", b"BZh", b"\x28\xb5\x2f\xfd")  # what begins so is no text, whatever its name says
LINES = st.lists(st.lists(FIELDS, min_size=1, max_size=5).map(",".join), max_size=30)
BYTES = st.one_of(
    LINES.map(lambda lines: "\n".join(["id,name,age", *lines]).encode()),
    LINES.map(lambda lines: "\r\n".join(["id,name,age", *lines, ""]).encode("latin-1")),
    st.binary(max_size=300).map(lambda tail: b"id,name,age\n1,Ada,36\n" + tail),
    st.binary(max_size=200).filter(lambda content: not content.startswith(PACKED)),
)
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check_bytes(content: bytes) -> RunResult:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "people.csv"
        source.write_bytes(content)
        return check(LENIENT, source)


@FEW
@given(BYTES)
def test_law_every_byte_belongs_to_one_span_and_every_record_to_one_verdict(content: bytes) -> None:
    result = check_bytes(content)
    assert result.receipt.balances, result.receipt.imbalances
    assert sum(result.verdicts.values()) == result.records == result.receipt.records_out
    (source,) = result.receipt.sources
    assert source.content_bytes == len(content)
    assert (source.record_bytes or 0) + sum(source.control_bytes.values()) == len(content)
    rejected = {o.name: o.records for o in result.receipt.outputs}
    assert rejected["quarantine"] == result.verdicts[Verdict.REJECTED]
    assert rejected["review"] == result.verdicts[Verdict.UNCERTAIN]


@FEW
@given(LINES, st.randoms(use_true_random=False))
def test_law_the_order_of_records_never_changes_a_verdict(lines: list[str], random: object) -> None:
    whole = [line for line in lines if '"' not in line]
    shuffled = list(whole)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    results = [check_bytes("\n".join(["id,name,age", *ls]).encode()) for ls in (whole, shuffled)]
    assert results[0].verdicts == results[1].verdicts
    failed = [{c.name: c.failed_records for c in r.checks if c.failed_records} for r in results]
    assert failed[0] == failed[1]


@FEW
@given(st.lists(st.tuples(st.integers(0, 50), st.text("abc", max_size=12), st.integers(-5, 200)), max_size=40))
def test_law_loosening_a_check_never_adds_rejects(rows: list[tuple[int, str, int]]) -> None:
    frame = pl.DataFrame(rows, schema={"id": pl.Int64, "name": pl.String, "age": pl.Int64}, orient="row")
    strict, loose = check(STRICTER, frame), check(LENIENT, frame)
    assert loose.verdicts[Verdict.REJECTED] <= strict.verdicts[Verdict.REJECTED]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINES)
def test_law_totals_of_report_ledger_and_tables_agree_and_twice_is_once(lines: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, into = Path(folder) / "people.csv", Path(folder) / "out"
        source.write_text("\n".join(["id,name,age", "901,Ada,36", *lines]))
        first = run(LENIENT, source, into=into)
        second = run(LENIENT, source, into=into)
        if first.state == "held":
            assert second.state == "held"
            return
        assert second.state == "already_published"
        tables = Tables(into, "people", "people")
        rows = {name: _rows(tables.path(name)) for name in ("published", "quarantine", "review")}
        with Ledger.open(into / "ledger.db") as ledger:
            entry = ledger.run(first.run_id)
        assert rows["published"] == (entry.accepted or 0) + (entry.repaired or 0)
        assert rows["quarantine"] == entry.rejected == first.verdicts[Verdict.REJECTED]
        assert rows["review"] == entry.uncertain == first.verdicts[Verdict.UNCERTAIN]
        assert sum(rows.values()) == entry.records == first.records


def _rows(table: Path) -> int:
    if not (table / "_delta_log").is_dir():
        return 0
    return int(scan_table(table).select(pl.len()).collect().item())
