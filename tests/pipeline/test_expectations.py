"""Expectations of Great Expectations ride in the scan that judges the records: no scan of their own, no import."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from weighbridge.findings import Decision, Verdict
from weighbridge.pipeline.check import TABLE_NAMES, arrive, check, judge
from weighbridge.pipeline.judge import Workplace
from weighbridge.pipeline.watcher import Nobody, Stopwatch

HEAD = """\
apiVersion: v3.1.0
kind: DataContract
id: urn:test:flights
version: 1.0.0
status: active
schema:
  - name: flights
    physicalName: flights
    properties:
      - {name: carrier, logicalType: string, required: true}
      - {name: delay, logicalType: integer}
    quality:
"""
ROWS = 4_000
PLAIN = "      - {type: library, metric: rowCount, mustBeGreaterThan: 0}\n"
ENTRY = (
    "      - {{name: {name}, type: custom, engine: greatExpectations{more},"
    " implementation: {{type: {kind}, kwargs: {kwargs}}}}}\n"
)
ON_FAILURE = ", customProperties: [{property: weighbridge.onFailure, value: reject}]"


def entry(name: str, kind: str, kwargs: str, more: str = "") -> str:
    return ENTRY.format(name=name, kind=kind, kwargs=kwargs, more=more)


TWENTY = "".join(
    entry(f"e{i}", kind, kwargs)
    for i, (kind, kwargs) in enumerate(
        [
            ("expect_column_values_to_be_between", "{column: delay, max_value: 600, mostly: 0.9}"),
            ("expect_column_values_to_not_be_null", "{column: delay, mostly: 0.5}"),
            ("expect_column_values_to_be_in_set", "{column: carrier, value_set: [AA, UA]}"),
            ("expect_column_mean_to_be_between", "{column: delay, min_value: 0}"),
            ("expect_column_max_to_be_between", "{column: delay, max_value: 600}"),
            ("expect_column_quantile_values_to_be_between",
             "{column: delay, quantile_ranges: {quantiles: [0.5], value_ranges: [[0, 600]]}}"),
            ("expect_column_distinct_values_to_equal_set", "{column: carrier, value_set: [AA, UA]}"),
            ("expect_column_values_to_be_increasing", "{column: delay, mostly: 0.1}"),
            ("expect_column_value_lengths_to_equal", "{column: carrier, value: 2}"),
            ("expect_table_row_count_to_equal", f"{{value: {ROWS}}}"),
        ]
        * 2
    )
)  # fmt: skip


class Counted:
    """An extract that counts the rows that are read of it."""

    def __init__(self, extract) -> None:
        self._extract = extract
        self.rows = 0

    def __getattr__(self, name: str):
        return getattr(self._extract, name)

    def scan(self) -> pl.LazyFrame:
        scanned = self._extract.scan()

        def tap(batch: pl.DataFrame) -> pl.DataFrame:
            self.rows += batch.height
            return batch

        return scanned.map_batches(tap, schema=scanned.collect_schema(), streamable=True)


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    path = tmp_path / "flights.csv"
    carriers = ["AA", "UA", "AA", "UA"]
    delays = [-5, 10, 700, None]
    pl.DataFrame({"carrier": carriers * (ROWS // 4), "delay": delays * (ROWS // 4)}).write_csv(path)
    return path


def contract(folder: Path, quality: str) -> Path:
    path = folder / "flights.odcs.yaml"
    path.write_text(HEAD + quality)
    return path


def judged(path: Path, extract: Path, folder: Path):
    arrival = arrive(path, [extract], object_name=None, server_name=None, watcher=Nobody())
    counted = Counted(arrival.job("run", None, None).extract)
    job = replace(arrival.job("run", datetime(2024, 1, 1, tzinfo=UTC), None), extract=counted)
    place = Workplace({name: folder / name for name in TABLE_NAMES}, folder, whole_rows=False)
    result = judge(
        job, place, Stopwatch(Nobody(), lambda: 0.0, "check"), lambda: datetime(2024, 1, 1, tzinfo=UTC)
    ).result
    return result, counted.rows / ROWS


def test_twenty_expectations_are_no_scan_of_their_own(tmp_path: Path, extract: Path) -> None:
    _, without = judged(contract(tmp_path, PLAIN), extract, tmp_path / "a")
    result, together = judged(contract(tmp_path, PLAIN + TWENTY), extract, tmp_path / "b")
    assert (without, together) == (1, 1)
    held = {c.name: c.holds for c in result.checks if c.origin == "greatExpectations"}
    assert len(held) == 20
    assert [name for name, holds in held.items() if not holds] == ["e0", "e4", "e10", "e14"]
    assert result.decision is Decision.HOLD


def test_unexpected_records_are_turned_back_where_the_contract_says_so(tmp_path: Path, extract: Path) -> None:
    quality = entry(
        "late", "expect_column_values_to_be_between", "{column: delay, max_value: 600, mostly: 0.6}", ON_FAILURE
    )
    result, scans = judged(contract(tmp_path, quality), extract, tmp_path / "a")
    assert scans == 1
    assert result.verdicts[Verdict.REJECTED] == ROWS // 4
    checks = {c.name: c for c in result.checks}
    assert checks["late"].failed_records == ROWS // 4
    assert checks["late"].code == "GXE-005"
    assert "correct the record at its source" in checks["late"].fix
    assert checks["late"].examples[0].seen == "700"
    assert checks["late|mostly"].holds
    assert checks["late|mostly"].code == "GXE-004"
    assert "look at what was observed" in checks["late|mostly"].fix
    assert checks["late|mostly"].measured["result"]["unexpected_count"] == ROWS // 4


def test_an_expectation_that_cannot_be_used_holds_the_extract_and_says_why(tmp_path: Path, extract: Path) -> None:
    quality = entry("odd", "expect_column_values_to_be_unique", "{column: arrival}")
    result = check(contract(tmp_path, quality), [extract])
    (finding,) = [f for f in result.findings if f.code == "GXE-002"]
    assert "arrival" in finding.detail
    assert "{type: expect_…, kwargs: {…}}" in finding.fix
    assert result.decision is Decision.HOLD


def test_a_contract_with_expectations_imports_no_great_expectations(tmp_path: Path, extract: Path) -> None:
    code = (
        "import sys\n"
        "from weighbridge.pipeline.check import check\n"
        f"result = check({str(contract(tmp_path, TWENTY))!r}, [{str(extract)!r}])\n"
        "assert any(c.origin == 'greatExpectations' for c in result.checks)\n"
        "sys.exit(int('great_expectations' in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
