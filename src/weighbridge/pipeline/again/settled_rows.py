"""What a replay tells beside the rows it publishes: what stood in quarantine or review, and who gave which value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from weighbridge.review.again import Terms
from weighbridge.review.choice import before_of, row_of, shown
from weighbridge.review.settling import Standing
from weighbridge.sinks import QUARANTINE_SCHEMA, REPAIRS_SCHEMA, SETTLED_SCHEMA

_IDENTITY = ["source", "record"]


def settled_rows(settled: pl.DataFrame, decided: Mapping[tuple[str, int], Standing], replay_id: str) -> pl.DataFrame:
    """Return the rows of the table `settled`: kept rows with who decided what."""
    told: dict[str, list[Any]] = {name: [] for name in SETTLED_SCHEMA if name not in QUARANTINE_SCHEMA}
    for place in settled.select(_IDENTITY).iter_rows():
        waiting = decided.get(place)
        decision = waiting.decision if waiting is not None else None
        told["replay"].append(replay_id)
        told["decision"].append(decision["kind"] if decision else None)
        told["decided_by"].append(decision["decided_by"] if decision else None)
        told["why"].append(decision["why"] if decision else None)
        told["decided_at"].append(decision["decided"] if decision else None)
        told["approved_by"].append(decision["approved_by"] if decision else None)
        told["changed"].append(sorted(decision["changes"]) if decision else [])
    beside = pl.DataFrame(told, schema={name: SETTLED_SCHEMA[name] for name in told})
    return (
        settled.select(list(QUARANTINE_SCHEMA))
        .hstack(beside)
        .select(pl.col(name).cast(dtype) for name, dtype in SETTLED_SCHEMA.items())
    )


def corrections(
    settled: pl.DataFrame, decided: Mapping[tuple[str, int], Standing], terms: Terms, replay_id: str
) -> pl.DataFrame:
    """Return an entry of the repair ledger for each value that a person gave."""
    masked = {p.name for p in terms.schema.properties if p.is_masked}
    entries = []
    for place, row in row_of(settled).items():
        waiting = decided.get(place)
        decision = waiting.decision if waiting is not None else None
        for name, told in (decision["changes"] if decision else {}).items():
            entries.append(
                {
                    "run": replay_id,
                    "source": place[0],
                    "record": place[1],
                    "offset": row["offset"],
                    "length": row["length"],
                    "property": name,
                    "rule": f"{name}|review",
                    "code": "REV-011",
                    "before": before_of(row, name),
                    "after": "•••" if name in masked else shown(told.get("value"), masked=False),
                    "raw": row["raw"],
                    "why": f"{decision['decided_by']}: {decision['why']}" if decision else "",
                }
            )
    return pl.DataFrame(entries, schema=REPAIRS_SCHEMA)
