"""DuckDB: SQL by hand, one temporary table with a mask, two COPYs. Repeated keys are found first, which is fastest."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import duckdb

from benchmarks.flights import DIRTY_TEXT, KEY
from benchmarks.rules import (
    BOUNDS,
    CARRIERS,
    COLUMNS,
    DEST_LENGTH,
    MOMENT,
    ORIGINS,
    REQUIRED,
    TAIL_NUMBER,
    TEXTS,
)

_PARQUET = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 131072)"


def _relation(source: Path) -> str:
    if source.suffix == ".parquet":
        return f"read_parquet('{source}')"
    types = {name: "VARCHAR" if name in TEXTS else "TIMESTAMPTZ" if name == MOMENT else "BIGINT" for name in COLUMNS}
    types[DIRTY_TEXT] = "VARCHAR"
    return f"read_csv('{source}', header=true, columns={types})"


def _rules(is_text: bool) -> dict[str, str]:
    def listed(values: list[str] | tuple[str, ...]) -> str:
        return "(" + ", ".join(f"'{value}'" for value in values) + ")"

    rules = {f"{name}|required": f"{name} IS NULL" for name in REQUIRED}
    rules |= {f"{name}|bounds": f"{name} NOT BETWEEN {low} AND {high}" for name, (low, high) in BOUNDS.items()}
    rules |= {
        "carrier|enum": f"carrier NOT IN {listed(CARRIERS)}",
        "origin|enum": f"origin NOT IN {listed(ORIGINS)}",
        "tailnum|pattern": f"NOT regexp_matches(tailnum, '{TAIL_NUMBER}')",
        "dest|length": f"length(dest) <> {DEST_LENGTH}",
        "dest is origin": "dest = origin",
        "key": f"EXISTS (SELECT 1 FROM repeated r WHERE {' AND '.join(f'r.{name} = s.{name}' for name in KEY)})",
    }
    if is_text:
        rules[f"{DIRTY_TEXT}|unreadable"] = f"{DIRTY_TEXT} IS NOT NULL AND try_cast({DIRTY_TEXT} AS BIGINT) IS NULL"
    return rules


def main(source: Path, folder: Path) -> None:
    """Split, with reasons, measure, and print how many records went where."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute(f"SET temp_directory='{folder}/spill'; SET timezone='UTC'; SET preserve_insertion_order=false")
    relation, key, is_text = _relation(source), ", ".join(KEY), source.suffix == ".csv"
    rules = _rules(is_text)
    connection.execute(f"CREATE TEMP TABLE repeated AS SELECT {key} FROM {relation} GROUP BY {key} HAVING count(*) > 1")
    mask = " | ".join(f"CASE WHEN {rule} THEN {1 << i} ELSE 0 END" for i, rule in enumerate(rules.values()))
    columns = ", ".join(COLUMNS)
    connection.execute(f"CREATE TEMP TABLE judged AS SELECT {columns}, ({mask})::INT AS mask FROM {relation} s")
    names = ", ".join(f"CASE WHEN mask & {1 << i} <> 0 THEN '{name}' END" for i, name in enumerate(rules))
    typed = columns.replace(DIRTY_TEXT, f"try_cast({DIRTY_TEXT} AS BIGINT) AS {DIRTY_TEXT}") if is_text else columns
    good, bad = folder / "published.parquet", folder / "rejected.parquet"
    connection.execute(f"COPY (SELECT {typed} FROM judged WHERE mask = 0) TO '{good}' {_PARQUET}")
    told = f"list_filter([{names}], lambda name: name IS NOT NULL) AS failed"
    connection.execute(f"COPY (SELECT {columns}, {told} FROM judged WHERE mask <> 0) TO '{bad}' {_PARQUET}")
    figures = connection.execute(
        "SELECT count(*), count(*) FILTER (mask = 0), avg(dep_delay), count(*) - count(dep_delay), "
        "count(DISTINCT carrier), max(air_time) FROM judged"
    ).fetchone()
    shutil.rmtree(folder / "spill", ignore_errors=True)
    assert figures is not None
    print(json.dumps({"records": figures[0], "published": figures[1], "rejected": figures[0] - figures[1]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
