"""How often is a published value wrong without saying so? Planted faults, the truth beside them, one table.

    python -m benchmarks.honest [--seed N] [--records N] [--keep DIR]

Four extracts are made, each with a contract: conventions declared, delimited and fixed-width; conventions
unknown, to be read as they stand; unknown, but decided by the column's evidence; unknown, with warnings
instead of review. Every record has one cell that is spelt oddly, ambiguously, or is damaged. Each is
weighed by `weighbridge run`; published rows are held against the truth by the record's id.

Not planted is what leaves no trace: a digit mistyped into another good digit, `?` where a letter was,
a declared convention that is not the file's. No reader can know those; checks may.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from benchmarks.honest_cells import COMMON, DECLARED, WIDTH, Column, ours, unknown
from weighbridge.cli.app import run as command
from weighbridge.sinks import Tables, scan_published, scan_table

OUTCOMES = ("right", "right, repaired", "right, warned", "differs, says so", "to review", "rejected", "silently wrong")
SEED, RECORDS = 20_131_231, 1_500


@dataclass(frozen=True, slots=True)
class Trial:
    """One extract with its contract."""

    name: str
    columns: tuple[Column, ...]
    fixed_width: bool = False
    policy: str | None = None


TRIALS = (
    Trial("declared", (*DECLARED, *COMMON)),
    Trial("declared, fixed-width", (*DECLARED, *COMMON), fixed_width=True),
    Trial("unknown", unknown()),
    Trial("unknown, by evidence", unknown(evidence=["column"])),
    Trial("unknown, warned", unknown(), policy="warn"),
)


@dataclass(frozen=True, slots=True)
class Planted:
    """What stands in the file: for each record and column the truth, and which column was planted."""

    truth: list[dict[str, Any]]
    target: list[str]


def plant(trial: Trial, path: Path, records: int, seed: int) -> Planted:
    """Write the extract and return the truth of it."""
    rng = random.Random(seed)
    lines, truth, target = [], [], []
    for number in range(1, records + 1):
        odd = rng.choice(trial.columns)
        cells = {c.name: (rng.choice(c.planted) if c is odd else c.sound)(rng) for c in trial.columns}
        texts = [str(number), *(text for text, _ in cells.values())]
        raw = [t if isinstance(t, bytes) else t.encode() for t in texts]
        if trial.fixed_width:
            lines.append(b"".join(t.ljust(WIDTH) for t in raw))
        else:
            lines.append(b";".join(raw))
        truth.append({name: value for name, (_, value) in cells.items()})
        target.append(odd.name)
    head = [] if trial.fixed_width else [";".join(["id", *(c.name for c in trial.columns)]).encode()]
    path.write_bytes(b"\n".join([*head, *lines]) + b"\n")
    return Planted(truth, target)


def write_contract(trial: Trial, path: Path) -> None:
    """Write the trial's contract: its conventions and no limits."""
    places = [1 + (i + 1) * WIDTH for i in range(len(trial.columns))] if trial.fixed_width else []
    identity: dict[str, Any] = {"name": "id", "logicalType": "integer", "required": True, "unique": True}
    if trial.fixed_width:
        identity["customProperties"] = [ours("position", {"start": 1, "length": WIDTH})]
    own = [c.property(places[i] if places else None) for i, c in enumerate(trial.columns)]
    for made in own:
        if trial.policy:
            made["customProperties"].append(ours("readingPolicy", {"onAmbiguous": trial.policy}))
    server: dict[str, Any] = {"server": "here", "type": "local", "path": "extract", "encoding": "utf-8"}
    layout = {"kind": "fixedWidth"} if trial.fixed_width else {"kind": "delimited", "delimiter": ";", "header": True}
    server |= {"format": "fixed" if trial.fixed_width else "csv", "customProperties": [ours("recordFormat", layout)]}
    limits = {"maxRejected": {"rate": 1.0}, "maxUncertain": {"rate": 1.0}, "maxRepaired": {"rate": 1.0}}
    document = {
        "apiVersion": "v3.2.0", "kind": "DataContract", "id": "honest", "name": "honest", "version": "1.0.0",
        "status": "active", "servers": [server],
        "schema": [{"name": "cells", "properties": [identity, *own], "customProperties": [ours("breaker", limits)]}],
    }  # fmt: skip
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Score:
    """Outcomes by trial, family and outcome; and the silently wrong cells: trial, column, record, value, truth."""

    counts: Counter[tuple[str, str, str]]
    wrong: tuple[tuple[str, str, int, Any, Any], ...]

    def table(self) -> str:
        """Return the table as Markdown, and under it how many values are silently wrong."""
        rows = sorted({key[:2] for key in self.counts}, key=lambda k: ([t.name for t in TRIALS].index(k[0]), k[1]))
        lines = [f"| conventions | kind | {' | '.join(OUTCOMES)} |", f"|---|---|{'--:|' * len(OUTCOMES)}"]
        lines += [
            f"| {trial} | {family} | {' | '.join(f'{self.counts[trial, family, o]:,}' for o in OUTCOMES)} |"
            for trial, family in rows
        ]
        sums = {o: sum(n for key, n in self.counts.items() if key[2] == o) for o in OUTCOMES}
        lines.append(f"| all | | {' | '.join(f'{sums[o]:,}' for o in OUTCOMES)} |")
        return "\n".join([*lines, "", f"silently wrong values: {len(self.wrong)}"])


def measure(folder: Path, *, records: int = RECORDS, seed: int = SEED, trials: Sequence[Trial] = TRIALS) -> Score:
    """Plant, run and score every trial in a folder of its own under `folder`."""
    counts: Counter[tuple[str, str, str]] = Counter()
    wrong: list[tuple[str, str, int, Any, Any]] = []
    for i, trial in enumerate(trials):
        place = folder / str(i)
        place.mkdir(parents=True)
        planted = plant(trial, place / "extract", records, seed + i)
        write_contract(trial, place / "honest.odcs.yaml")
        words = ["run", str(place / "honest.odcs.yaml"), str(place / "extract"), "--into", str(place / "out"), "--json"]
        with contextlib.redirect_stdout(io.StringIO()) as said:
            code = command(words)
        if code != 0:
            raise SystemExit(f"{trial.name}: exit code {code}: {said.getvalue()[:2000]}")
        for column, record, outcome, value, truth in _scored(trial, planted, place / "out"):
            counts[trial.name, column.family, outcome] += 1
            if outcome == OUTCOMES[-1]:
                wrong.append((trial.name, column.name, record, value, truth))
    return Score(counts, tuple(wrong))


def _scored(trial: Trial, planted: Planted, into: Path) -> list[tuple[Column, int, str, Any, Any]]:
    tables = Tables(into, "honest", "cells")
    rows = {r["id"]: r for r in scan_published(into, "honest", "cells").collect().iter_rows(named=True)}
    repaired = _cells(tables.path("repairs"), pl.struct("record", "property"))
    warned = _blamed(tables.path("warnings"), "warn")
    kept = {"rejected": _blamed(tables.quarantine, "reject"), "to review": _blamed(tables.review, "review")}
    scored: list[tuple[Column, int, str, Any, Any]] = []
    for record, (truth, odd) in enumerate(zip(planted.truth, planted.target, strict=True), 1):
        row = rows.get(record)
        for column in trial.columns:
            cell, value = (record, column.name), None
            if row is None:
                outcomes = [o for o, blamed in kept.items() if cell in blamed]
                if (
                    not outcomes
                    and column.name == odd
                    and not any((record, c.name) in b for b in kept.values() for c in trial.columns)
                ):
                    outcomes = ["rejected"]  # the record as a whole could not be read
                if not outcomes:
                    continue  # kept back for the sake of another cell
                outcome = outcomes[0]
            else:
                value = row[column.name]
                right = _same(value, truth[column.name])
                told = "right, repaired" if cell in repaired else "right, warned" if cell in warned else None
                outcome = (told or "right") if right else "differs, says so" if told else "silently wrong"
            scored.append((column, record, outcome, value, truth[column.name]))
    return scored


def _same(value: Any, truth: Any) -> bool:
    if value is None or truth is None:
        return value is None and truth is None
    if isinstance(truth, time):
        return str(value) == truth.isoformat()
    return value == float(truth) if isinstance(value, float) else bool(value == truth)


def _cells(table: Path, cell: pl.Expr) -> set[tuple[int, str]]:
    if not (table / "_delta_log").is_dir():
        return set()
    return {(c["record"], c["property"]) for c in scan_table(table).select(cell.alias("c")).collect()["c"]}


def _blamed(table: Path, effect: str) -> set[tuple[int, str]]:
    if not (table / "_delta_log").is_dir():
        return set()
    told = scan_table(table).select("record", "findings").collect()
    return {(record, f["property"]) for record, found in told.iter_rows() for f in found if f["effect"] == effect}


def main() -> int:
    """Print the table; 1 when a value is silently wrong."""
    parser = argparse.ArgumentParser(description="Count the published values that are wrong and do not say so.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--keep", type=Path, help="an empty folder for extracts, contracts and outputs")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        score = measure(chosen.keep or Path(scratch), records=chosen.records, seed=chosen.seed)
    print(score.table())
    for cell in score.wrong[:50]:
        print(json.dumps(cell, default=str, ensure_ascii=False))
    return 1 if score.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
