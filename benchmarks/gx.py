"""A suite of 20 expectations on a million flights: Great Expectations' pandas engine beside ours, and its scans.

    python -m benchmarks.gx --rows 1m --repeat 5

The pandas engine is given its frame loaded; ours once a frame in memory and once the Parquet file, reading
included. They run in turn in one process, after one round that warms both. CPU seconds are those of the whole
process, all threads; imports are not counted. Both must say the same of every expectation, or there is no table.

A second table puts the same 20 expectations into the contract of the main job: what they add to an intake, and
how often its source is read.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import great_expectations as gx
import polars as pl
from great_expectations.expectations.registry import get_expectation_impl
from polars.io.plugins import register_io_source

import weighbridge.expectations as on_polars
from benchmarks.flights import made
from weighbridge.checks.expectation_suite import with_suite
from weighbridge.contract import load
from weighbridge.contract.model import Contract
from weighbridge.pipeline.check import TABLE_NAMES, arrive, judge
from weighbridge.pipeline.judge import Workplace
from weighbridge.pipeline.watcher import Nobody, Stopwatch

EXPECTATIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("expect_table_row_count_to_be_between", {"min_value": 1}),
    ("expect_table_columns_to_match_set", {"column_set": ["carrier", "flight", "origin"], "exact_match": False}),
    ("expect_column_values_to_not_be_null", {"column": "carrier"}),
    ("expect_column_values_to_not_be_null", {"column": "dest", "mostly": 0.99}),
    ("expect_column_values_to_not_be_null", {"column": "tailnum", "mostly": 0.99}),
    ("expect_column_values_to_be_in_set", {"column": "origin", "value_set": ["EWR", "JFK", "LGA"]}),
    ("expect_column_values_to_be_between", {"column": "month", "min_value": 1, "max_value": 12}),
    ("expect_column_values_to_be_between", {"column": "day", "min_value": 1, "max_value": 31}),
    ("expect_column_values_to_be_between", {"column": "dep_time", "min_value": 1, "max_value": 2400, "mostly": 0.99}),
    ("expect_column_values_to_be_between", {"column": "distance", "min_value": 1, "mostly": 0.99}),
    ("expect_column_value_lengths_to_equal", {"column": "dest", "value": 3}),
    ("expect_column_values_to_match_regex", {"column": "tailnum", "regex": "^[ND]"}),
    ("expect_column_mean_to_be_between", {"column": "dep_delay", "min_value": 0, "max_value": 60}),
    ("expect_column_stdev_to_be_between", {"column": "dep_delay", "max_value": 100}),
    ("expect_column_median_to_be_between", {"column": "air_time", "min_value": 60, "max_value": 240}),
    ("expect_column_max_to_be_between", {"column": "hour", "max_value": 24}),
    ("expect_column_sum_to_be_between", {"column": "distance", "min_value": 1}),
    ("expect_column_unique_value_count_to_be_between", {"column": "carrier", "min_value": 10, "max_value": 20}),
    (
        "expect_column_quantile_values_to_be_between",
        {
            "column": "distance",
            "quantile_ranges": {"quantiles": [0.5, 0.9], "value_ranges": [[500, 1500], [1000, 3000]]},
        },
    ),
    (
        "expect_column_pair_values_a_to_be_greater_than_b",
        {"column_A": "arr_time", "column_B": "dep_time", "mostly": 0.9, "ignore_row_if": "either_value_is_missing"},
    ),
)
"""As a team would have them: some met, some not, most about rows."""


class CountingSource:
    """The flights as a source that counts how often it is scanned."""

    def __init__(self, path: Path) -> None:
        self.frame = pl.scan_parquet(path)
        self.scans = 0

    def scan(self) -> pl.LazyFrame:
        def batches(
            columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, size: int | None
        ) -> Iterator[pl.DataFrame]:
            self.scans += 1
            asked = self.frame if columns is None else self.frame.select(columns)
            yield (asked if predicate is None else asked.filter(predicate)).collect(engine="streaming")

        return register_io_source(batches, schema=self.frame.collect_schema())


def _cpu(ask: Callable[[], Any]) -> tuple[float, float, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    outcome = ask()
    return time.process_time() - cpu, time.perf_counter() - wall, outcome


def _engines(path: Path) -> tuple[dict[str, Callable[[Any], Any]], Any]:
    on_polars.install()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    suite = gx.ExpectationSuite("twenty", expectations=[get_expectation_impl(k)(**said) for k, said in EXPECTATIONS])
    ours = context.data_sources.add_polars("ours").add_dataframe_asset("f").add_batch_definition_whole_dataframe("all")
    theirs = (
        context.data_sources.add_pandas("theirs").add_dataframe_asset("f").add_batch_definition_whole_dataframe("all")
    )
    held = pl.read_parquet(path)
    pandas = held.to_pandas()

    def asked(definition: Any, frame: Callable[[], Any]) -> Callable[[Any], Any]:
        return lambda form: definition.get_batch({"dataframe": frame()}).validate(suite, result_format=form)

    engines = {
        "pandas, in memory": asked(theirs, lambda: pandas),
        "Polars, in memory": asked(ours, lambda: held),
        "Polars, from Parquet": asked(ours, lambda: pl.scan_parquet(path)),
    }
    source = CountingSource(path)
    counting = asked(ours, source.scan)

    def scans(form: Any) -> int:
        before = source.scans
        counting(form)
        return source.scans - before

    return engines, scans


class CountedExtract:
    """An extract of the intake that counts the rows read of it."""

    def __init__(self, extract: Any) -> None:
        self._extract = extract
        self.rows = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._extract, name)

    def scan(self) -> pl.LazyFrame:
        scanned: pl.LazyFrame = self._extract.scan()

        def tap(batch: pl.DataFrame) -> pl.DataFrame:
            self.rows += batch.height
            return batch

        return scanned.map_batches(tap, schema=scanned.collect_schema(), streamable=True)


def _intake(contract: Contract, path: Path) -> tuple[int, float]:
    """Judge an extract by a contract; return how many expectations were answered, and the scans it took."""
    job = arrive(contract, [path], object_name=None, server_name=None, watcher=Nobody()).job(
        "gx", datetime.now(UTC), None
    )
    counted = CountedExtract(job.extract)
    with tempfile.TemporaryDirectory() as name:
        place = Workplace({table: Path(name) / table for table in TABLE_NAMES}, Path(name), whole_rows=True)
        watch = Stopwatch(Nobody(), time.perf_counter, "check")
        result = judge(replace(job, extract=counted), place, watch, lambda: datetime.now(UTC)).result
    return sum(check.origin == "greatExpectations" for check in result.checks), counted.rows / result.records


def _riding(rows: str, repeat: int) -> None:
    lean = load(Path(__file__).with_name("flights_lean.odcs.yaml"))
    suite = {"name": "twenty", "expectations": [{"type": kind, "kwargs": said} for kind, said in EXPECTATIONS]}
    asked = replace(lean, objects=tuple(with_suite(schema, suite) for schema in lean.objects))
    print("\n| intake of | CPU s without | with 20 expectations | ratio | scans without | with |")
    print("|---|---|---|---|---|---|")
    for kind in ("csv", "parquet"):
        path, times = made(rows, kind), {False: [], True: []}  # type: dict[bool, list[float]]
        scans = {}
        for turn in range(repeat + 1):
            for extra, contract in ((False, lean), (True, asked)):
                cpu, _, (answered, scans[extra]) = _cpu(partial(_intake, contract, path))
                assert answered == (len(EXPECTATIONS) if extra else 0), answered
                if turn:
                    times[extra].append(cpu)
        without, riding = (statistics.median(times[extra]) for extra in (False, True))
        print(
            f"| {kind} | {without:.2f} | {riding:.2f} | {riding / without:.2f} | {scans[False]:g} | {scans[True]:g} |"
        )


def main() -> None:
    """Run both and print the tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="1m")
    parser.add_argument("--repeat", type=int, default=5)
    said = parser.parse_args()
    engines, scans = _engines(made(said.rows, "parquet"))
    print(
        f"{len(EXPECTATIONS)} expectations, {said.rows} rows, {os.cpu_count()} cores; medians of {said.repeat} rounds\n"
    )
    print("| result format | engine | CPU s | wall s | CPU, pandas = 1 | scans |")
    print("|---|---|---|---|---|---|")
    for form in ("BOOLEAN_ONLY", "SUMMARY", "COMPLETE"):
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in engines}
        verdicts = {}
        for turn in range(said.repeat + 1):
            for name, ask in engines.items():
                cpu, wall, outcome = _cpu(partial(ask, form))
                verdicts[name] = [one.success for one in outcome.results]
                if turn:
                    times[name].append((cpu, wall))
        if len({tuple(v) for v in verdicts.values()}) > 1:
            raise SystemExit(f"the engines disagree: {verdicts}")
        base = statistics.median(cpu for cpu, _ in times["pandas, in memory"])
        for name, rounds in times.items():
            cpu, wall = (statistics.median(part) for part in zip(*rounds, strict=True))
            count = str(scans(form)) if name == "Polars, from Parquet" else ""
            print(f"| {form} | {name} | {cpu:.2f} | {wall:.2f} | {cpu / base:.2f} | {count} |")
    _riding(said.rows, said.repeat)


if __name__ == "__main__":
    main()
