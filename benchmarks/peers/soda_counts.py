"""Soda Core on DuckDB: it counts failures and splits nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb
from soda.scan import Scan

from benchmarks.flights import KEY
from benchmarks.rules import (
    BOUNDS,
    CARRIERS,
    DEST_LENGTH,
    FEWEST_RECORDS,
    MEAN_DELAY,
    MOST_RECORDS,
    ORIGINS,
    REQUIRED,
    TAIL_NUMBER,
)


def _checks() -> str:
    lines = ["checks for flights:"]
    lines += [f"  - missing_count({name}) = 0" for name in REQUIRED]
    for name, (low, high) in BOUNDS.items():
        lines += [f"  - invalid_count({name}) = 0:", f"      valid min: {low}", f"      valid max: {high}"]
    for name, values in (("carrier", CARRIERS), ("origin", list(ORIGINS))):
        lines += [f"  - invalid_count({name}) = 0:", f"      valid values: {values}"]
    lines += ["  - invalid_count(tailnum) = 0:", f"      valid regex: '{TAIL_NUMBER}'"]
    lines += ["  - invalid_count(dest) = 0:", f"      valid length: {DEST_LENGTH}"]
    lines += ["  - failed rows:", "      name: dest is origin", "      fail condition: dest = origin"]
    lines += [f"  - duplicate_count({', '.join(KEY)}) = 0"]
    lines += [f"  - row_count between {FEWEST_RECORDS} and {MOST_RECORDS}"]
    lines += [f"  - avg(dep_delay) between {MEAN_DELAY[0]} and {MEAN_DELAY[1]}", "  - missing_percent(dep_delay) < 5"]
    return "\n".join([*lines, "  - max(air_time) < 10000"])


def main(source: Path, folder: Path) -> None:
    """Count the failures of every check."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW flights AS SELECT * FROM read_parquet('{source}')")
    scan = Scan()
    scan.set_data_source_name("duckdb")
    scan.add_duckdb_connection(connection)
    scan.set_scan_definition_name("flights")
    scan.add_sodacl_yaml_str(_checks())
    scan.execute()
    if scan.has_error_logs():
        raise SystemExit(scan.get_error_logs_text())
    (folder / "checks.json").write_text(json.dumps(scan.get_scan_results()["checks"], default=str))
    count = connection.execute("SELECT count(*) FROM flights").fetchone()
    assert count is not None
    print(json.dumps({"records": count[0], "published": None, "rejected": None}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
