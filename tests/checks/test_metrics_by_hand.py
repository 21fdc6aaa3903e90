"""Every library metric of ODCS with every comparison, threshold and unit, beside what a person would count."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from weighbridge.pipeline.check import check

ROWS = pl.DataFrame({"a": ["x", "y", "x", None, "", "N/A", "x"]})
OPERATORS: dict[str, Callable[[float, Any], bool]] = {
    "mustBe": lambda value, limit: value == limit,
    "mustNotBe": lambda value, limit: value != limit,
    "mustBeGreaterThan": lambda value, limit: value > limit,
    "mustBeGreaterOrEqualTo": lambda value, limit: value >= limit,
    "mustBeLessThan": lambda value, limit: value < limit,
    "mustBeLessOrEqualTo": lambda value, limit: value <= limit,
    "mustBeBetween": lambda value, limit: limit[0] <= value <= limit[1],
    "mustNotBeBetween": lambda value, limit: not limit[0] <= value <= limit[1],
}
COUNTED = (
    ("rowCount", {}, 7),
    ("nullValues", {}, 1),
    ("missingValues", {"missingValues": [None, "", "N/A"]}, 3),
    ("invalidValues", {"validValues": ["x", "y"]}, 2),
    ("invalidValues", {"pattern": "^[xy]$"}, 2),
    ("duplicateValues", {}, 2),
)
"""Metric, arguments, and what it is of `ROWS`, counted by hand."""


@pytest.mark.parametrize("version", ["v3.1.0", "v3.2.0"])
def test_metrics_hold_as_counted_by_hand(tmp_path: Path, version: str) -> None:
    asked: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    wanted = {}
    for number, (metric, arguments, count) in enumerate(COUNTED):
        for unit in (None, "rows", *(() if metric == "rowCount" else ("percent",))):
            value = 100 * count / 7 if unit == "percent" else count
            for operator, holds in OPERATORS.items():
                for off in (-1, 0, 1):
                    limit = value + off
                    if limit <= 0 or (unit == "percent" and not off):
                        continue  # a threshold that cannot trip is a fault of the contract; a third is no decimal
                    said = [limit, limit + 0.5] if "Between" in operator else limit
                    name = f"{number} {operator} {unit} {off}"
                    entry = {"name": name, "type": "library", "metric": metric, operator: said}
                    entry |= {"arguments": arguments} if arguments else {}
                    asked[metric == "rowCount"].append(entry | ({"unit": unit} if unit else {}))
                    wanted[name] = holds(value, said)
    document = {
        "apiVersion": version, "kind": "DataContract", "id": "q", "name": "q", "version": "1.0.0", "status": "active",
        "schema": [{"name": "t", "quality": asked[True],
                    "properties": [{"name": "a", "logicalType": "string", "quality": asked[False]}]}],
    }  # fmt: skip
    path = tmp_path / "q.odcs.yaml"
    path.write_text(yaml.safe_dump(document))
    told = {c.name.rpartition("|")[2]: c.holds for c in check(path, ROWS).checks}
    found = {name: told.get(name) for name in wanted}
    assert {n: (found[n], wanted[n]) for n in wanted if found[n] != wanted[n]} == {}
    assert len(wanted) > 300
