"""What of a run's figures the site remembers, so that they can be drawn over time without reading every run again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from weighbridge.ledger import Run
from weighbridge.outcome.result import RunResult
from weighbridge.report.numbers import count, rate
from weighbridge.report.site.charts import moment_of, spark

MOST_COLUMNS = 60
_MOST_CHECKS = 200
_TABLED_RUNS = 12
_METRICS = (("nulls", "nulls"), ("mean", "mean"), ("distinct", "different values"))
_DIGITS = 6


def figures_of(result: RunResult) -> dict[str, Any]:
    """Return what is drawn over time of one run, as JSON values: measured figures of checks, figures of columns.

    Of a column that may not be shown, only how many nulls it has.
    """
    may_show = {str(p["name"]): not p.get("masked") for p in result.schema}
    columns: Mapping[str, Any] = result.profile.get("columns", {})
    records = result.profile.get("records") or 0
    measured = [c for c in result.checks if c.value is not None][:_MOST_CHECKS]
    limits = {c.name: (c.measured or {}).get("at_most") for c in measured}
    return {
        "checks": {c.name: _rounded(c.value) for c in measured},
        "limits": {name: limit for name, limit in limits.items() if limit is not None},
        "columns": {
            name: _of_column(columns[name], records, shown and not columns[name].get("masked"))
            for name, shown in list(may_show.items())[:MOST_COLUMNS]
            if name in columns
        },
    }


def _of_column(seen: Mapping[str, Any], records: int, may_show: bool) -> dict[str, float]:
    told = {"nulls": seen.get("nulls", 0) / records} if records else {}
    if may_show:
        told |= {name: seen[name] for name in ("mean", "distinct") if _is_number(seen.get(name))}
    return {name: _rounded(value) for name, value in told.items()}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _rounded(value: Any) -> float:
    return float(f"{float(value):.{_DIGITS}g}")


def columns_over_time(runs: Sequence[Run], figures: Mapping[str, Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return each column's figures over these runs, drawn and, of the newest, as a table; None where there are none.

    Args:
        runs: oldest first.
        figures: what `figures_of` gave, by run.
    """
    told = [figures.get(run.id, {}).get("columns", {}) for run in runs]
    names = list(dict.fromkeys(name for columns in reversed(told) for name in columns))[:MOST_COLUMNS]
    if not names or sum(map(bool, told)) < 2:
        return None
    tabled = runs[-_TABLED_RUNS:]
    rows = []
    for name in names:
        lines = []
        for metric, words in _METRICS:
            values = [columns.get(name, {}).get(metric) for columns in told]
            shown = [_shown(metric, v) for v in values]
            line = {"metric": words, "now": shown[-1], "spark": spark(runs, values), "table": shown[-_TABLED_RUNS:]}
            lines.append(line if any(v is not None for v in values) else None)
        rows.append({"name": name, "lines": lines})
    return {"rows": rows, "runs": [moment_of(r) for r in tabled]}


def _shown(metric: str, value: float | None) -> str:
    if value is None:
        return "–"
    return rate(value) if metric == "nulls" else count(value)
