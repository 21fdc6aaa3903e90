"""What the site says of a contract's object beside its figures: name, promises of time, declaration, versions.

Taken from the newest run that left a result, and from the copies of the contract in the runs' folders.
A copy that cannot be loaded any more costs its part of a page, never the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from weighbridge.checks.kinds.freshness import duration, instant
from weighbridge.contract import load
from weighbridge.contract.diff import diff
from weighbridge.contract.model import Contract, Property, SchemaObject, SlaProperty
from weighbridge.findings import WeighbridgeError
from weighbridge.ledger import Run
from weighbridge.outcome.codec import from_json
from weighbridge.outcome.result import RunResult

RESULT_FILE = "result.json"
REPORT_FILE = "report.html"
CONTRACT_FILE = "contract.yaml"

_DAYS = {"year": 365.25, "month": 30.4375, "week": 7.0, "day": 1.0, "hour": 1 / 24, "minute": 1 / 1440}
_DAYS |= {"second": 1 / 86_400, "millisecond": 1 / 86_400_000}
_FRESH, _OFTEN = ("freshness", "latency", "ly", "fy"), ("frequency", "fq")
_MOST_CHANGES = 40
_MOST_VERSIONS = 20
_LONGEST_CONTRACT_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Folder:
    """The folders of runs in an output folder, looked at and never written to."""

    into: Path

    def of(self, run_id: str) -> Path:
        """Return a run's folder."""
        return self.into / "runs" / run_id

    def has_report(self, run_id: str) -> bool:
        """Return whether a run's report is there: not of one that failed, nor after retention removed it."""
        folder = self.of(run_id)
        return (folder / REPORT_FILE).is_file() and (folder / RESULT_FILE).is_file()

    def result(self, run_id: str) -> RunResult | None:
        """Return what a run found; None where it left nothing that can be read."""
        try:
            return from_json((self.of(run_id) / RESULT_FILE).read_bytes())
        except (OSError, ValueError):
            return None

    def contract(self, run_id: str) -> Contract | None:
        """Return the contract as a run had it; None where its copy is gone or cannot be loaded by itself."""
        return _loaded(self.of(run_id) / CONTRACT_FILE)

    def contract_lines(self, run_id: str) -> list[str] | None:
        """Return the contract's text as a run had it, by line; None where its copy is gone."""
        try:
            text = (self.of(run_id) / CONTRACT_FILE).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        return text.splitlines()[:_LONGEST_CONTRACT_LINES]


@lru_cache(maxsize=64)
def _loaded(path: Path) -> Contract | None:
    try:
        return load(path)
    except (WeighbridgeError, OSError):
        return None


def facts_of(folder: Folder, runs: Sequence[Run]) -> dict[str, Any]:
    """Return what the overview says of an object beside its runs, as JSON values.

    Args:
        folder: where the runs' folders are.
        runs: of one object, oldest first.
    """
    told = next(((r, found) for r in reversed(runs) if (found := folder.result(r.id)) is not None), None)
    if told is None:
        return {"of_run": None, "name": runs[-1].contract_id, "fresh_until": None, "promise": None, "next_by": None}
    run, result = told
    contract = folder.contract(run.id)
    sla = () if contract is None else contract.sla
    promise, until = _freshness(sla, run, result)
    return {
        "of_run": run.id,
        "name": result.contract.name,
        "promise": promise,
        "fresh_until": None if until is None else until.isoformat(),
        "next_by": _next_by(sla, run),
        "longest_wait": None if contract is None else _longest_wait(contract, run.object),
    }


def _longest_wait(contract: Contract, object_name: str) -> str | None:
    """Return how long a record of an object may wait for a person, as the contract writes it."""
    schema = next((o for o in contract.objects if o.name == object_name), None)
    longest = ((schema.extensions.get("review") or {}) if schema else {}).get("maxAge")
    return longest if isinstance(longest, str) else None


def _freshness(sla: Sequence[SlaProperty], run: Run, result: RunResult) -> tuple[str | None, datetime | None]:
    """Return the tightest promise about the newest value, in words, and until when it holds."""
    masked = {str(p["name"]) for p in result.schema if p.get("masked")}
    found: list[tuple[datetime | None, str]] = []
    for entry in sla:
        owner, _, name = (entry.element or "").strip().rpartition(".")
        if entry.name.strip().lower() not in _FRESH or not name or owner not in ("", run.object):
            continue
        lasts = _length(entry)
        newest = _newest(result.profile.get("columns", {}).get(name, {}).get("max"))
        if lasts is None:
            continue
        words = f"{entry.name}: {name} no older than {entry.value} {entry.unit or ''}".strip()
        until = None if newest is None or name in masked else newest + lasts
        found.append((until, words))
    known = [(until, words) for until, words in found if until is not None]
    if known:
        tightest = min(known)
        return tightest[1], tightest[0]
    return (found[0][1], None) if found else (None, None)


def _next_by(sla: Sequence[SlaProperty], run: Run) -> str | None:
    lengths = [_length(e) for e in sla if e.name.strip().lower() in _OFTEN]
    known = [length for length in lengths if length is not None]
    return (run.started + min(known)).isoformat() if known else None


def _length(entry: SlaProperty) -> timedelta | None:
    try:
        return timedelta(days=sum(_DAYS[unit] * n for unit, n in duration(entry.value, entry.unit).items()))
    except (ValueError, KeyError, OverflowError):
        return None


def _newest(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return instant(date.fromisoformat(value) if len(value) == len("2013-01-01") else datetime.fromisoformat(value))
    except ValueError:
        return None


def declared(contract: Contract | None, result: RunResult | None, object_name: str) -> list[dict[str, Any]]:
    """Return each property as it is declared: type, promises and rules in words, its line of the contract."""
    schema = None if contract is None else next((o for o in contract.objects if o.name == object_name), None)
    if schema is not None:
        return [_property(p) for p in schema.properties]
    return [
        {
            "name": p["name"],
            "type": p.get("logical_type"),
            "description": p.get("description"),
            "promises": [w for w in ("required", "unique") if p.get(w)],
            "rules": list(p.get("rules", [])),
            "line": p.get("line"),
            "masked": bool(p.get("masked")),
        }
        for p in (() if result is None else result.schema)
    ]


def _property(p: Property) -> dict[str, Any]:
    promises = [] if p.primary_key_position is None else [f"primary key {p.primary_key_position}"]
    promises += [word for word, holds in (("required", p.required), ("unique", p.unique)) if holds]
    promises += [f"{name} {value}" for name, value in p.options.items()]
    if p.enum:
        more = f" and {len(p.enum) - 8} more" if len(p.enum) > 8 else ""
        promises.append(f"one of {', '.join(str(e.value) for e in p.enum[:8])}{more}")
    promises += [q.name for q in p.quality]
    return {
        "name": p.name,
        "type": f"{p.logical_type.value}, {p.physical_type}" if p.physical_type else p.logical_type.value,
        "description": p.description,
        "promises": promises,
        "rules": [_rule(r.name, r.parameters) for r in p.rules],
        "line": p.line,
        "masked": p.is_masked,
    }


def _rule(name: str, parameters: Any) -> str:
    said = ", ".join(f"{k} {_short(v)}" for k, v in dict(parameters).items())
    return f"{name} ({said})" if said else name


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return text if len(text) <= 120 else f"{text[:120]}…"


def epochs(contract: Contract | None, result: RunResult | None, object_name: str) -> list[dict[str, Any]]:
    """Return the layouts that records may be of, each with how many came in the last run; none without epochs."""
    schema: SchemaObject | None = None
    if contract is not None:
        schema = next((o for o in contract.objects if o.name == object_name), None)
    if schema is None or not schema.epochs:
        return []
    counts = {} if result is None else result.epochs
    known = [
        {
            "name": e.name,
            "told_by": _told_by(e.belongs),
            "migrated": [m.declared.name for m in e.migrations],
            "waives": list(e.waives),
            "line": e.line,
            "records": counts.get(e.name, 0),
        }
        for e in schema.epochs
    ]
    named = {e["name"] for e in known}
    today: list[dict[str, Any]] = [
        {"name": name, "told_by": "", "migrated": [], "waives": [], "line": None, "records": n}
        for name, n in counts.items()
        if name not in named
    ]
    return known + today


def _told_by(belongs: Any) -> str:
    words = []
    if belongs.property is not None:
        words.append(belongs.property)
    words += [f"{word} {day}" for word, day in
              (("since", belongs.since), ("before", belongs.before), ("until", belongs.until)) if day]  # fmt: skip
    if belongs.column is not None:
        words.append(f"{belongs.column} is {' or '.join(belongs.values[:8])}")
    if belongs.length_bytes is not None:
        words.append(f"{belongs.length_bytes} bytes long")
    if belongs.expression is not None:
        words.append(belongs.expression)
    return " ".join(words)


def versions(folder: Folder, runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Return the contract's versions that these runs were judged by, newest first: since when, and what changed.

    Args:
        folder: where the runs' folders are.
        runs: of one object, oldest first.
    """
    spans: list[list[Run]] = []
    for run in runs:
        if spans and spans[-1][0].contract_fingerprint == run.contract_fingerprint:
            spans[-1].append(run)
        else:
            spans.append([run])
    told = []
    for i in range(max(len(spans) - _MOST_VERSIONS, 0), len(spans)):
        span = spans[i]
        changes = None if i == 0 else _changes(folder, spans[i - 1][-1], span[0])
        told.append(
            {
                "version": span[0].contract_version,
                "fingerprint": span[0].contract_fingerprint,
                "run": span[0].id,
                "since": span[0].started.strftime("%Y-%m-%d %H:%M"),
                "runs": len(span),
                "changes": None if changes is None else changes[:_MOST_CHANGES],
                "changes_not_shown": 0 if changes is None else max(len(changes) - _MOST_CHANGES, 0),
            }
        )
    return told[::-1]


def _changes(folder: Folder, before: Run, after: Run) -> list[str] | None:
    old, new = folder.contract(before.id), folder.contract(after.id)
    if old is None or new is None:
        return None
    return [str(change) for change in diff(old, new).changes]
