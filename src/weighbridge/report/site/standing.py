"""How an object of a contract stands: its last decision, its freshness, and what of it needs attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from weighbridge.contract.age import span_of
from weighbridge.ledger import Run, RunState
from weighbridge.ledger.past import Known
from weighbridge.report.numbers import plural
from weighbridge.report.site.charts import KEPT_APART, moment_of, shares, verdict_chart

SPARK_RUNS = 30
_LEAST_SLOTS = 15
_UNFINISHED = (RunState.RUNNING, RunState.STAGED, RunState.COMMITTING)
_LONGEST_REASON = 160
_TREND_RUNS = 10

_WORDS = {
    RunState.HELD: ("Held", "bad"),
    RunState.FAILED: ("Could not run", "bad"),
    RunState.ABANDONED: ("Killed", "bad"),
    RunState.ALREADY_PUBLISHED: ("Already published", "good"),
}


def decided(run: Run) -> tuple[str, str]:
    """Return what became of a run in words, and its tone: good, warning, bad, or none while it is at work."""
    if run.state in _UNFINISHED:
        return "At work", "none"
    if run.state is RunState.PUBLISHED:
        warned = run.decision == "publish_with_warnings"
        return ("Published with warnings", "warning") if warned else ("Published", "good")
    return _WORDS[run.state]


def standing(known: Known, runs: Sequence[Run], facts: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return a line of the overview as JSON values.

    Args:
        known: the object, as the ledger knows it.
        runs: its newest runs, oldest first; at least one.
        facts: what `facts_of` says of it.
        now: the moment that promises are judged by, UTC.
    """
    last = runs[-1]
    told = last if last.state is not RunState.ALREADY_PUBLISHED else _earlier(runs, last)
    words, tone = decided(last)
    judged = [r for r in runs if r.state in (RunState.PUBLISHED, RunState.HELD)]
    attention = _attention(known, last, told, facts, now)
    return {
        "contract_id": known.contract_id,
        "object": known.object,
        "title": title(str(facts["name"]), known.object),
        "version": last.contract_version,
        "run": last.id,
        "words": words,
        "tone": tone,
        "when": moment_of(last),
        "runs": known.runs,
        "records": judged[-1].records if judged else None,
        "shares": shares(judged[-1]) if judged else None,
        "chart": verdict_chart(judged[-SPARK_RUNS:], _LEAST_SLOTS),
        "trend": [
            {"when": moment_of(r), "words": decided(r)[0], **{v: (shares(r) or {}).get(v) for v in KEPT_APART}}
            for r in judged[-_TREND_RUNS:]
        ],
        "trend_words": _trend(judged[-SPARK_RUNS:]),
        "freshness": freshness(facts, judged, now),
        "open_items": known.open_items,
        "queued": known.queued,
        "oldest_item": None if known.oldest_item is None else f"{known.oldest_item:%Y-%m-%d}",
        "attention": [a[1] for a in attention],
        "rank": attention[0][0] if attention else 9,
    }


def title(name: str, object_name: str) -> str:
    """Return how an object is called: by itself, and by its contract where that has another name."""
    return object_name if name == object_name else f"{object_name} · {name}"


def freshness(facts: Mapping[str, Any], judged: Sequence[Run], now: datetime) -> dict[str, str]:
    """Return how fresh the data is against what was promised: in words, at what moment, and the tone of that."""
    until = _moment(facts.get("fresh_until"))
    if until is not None:
        stale = until < now
        return _fresh("stale since" if stale else "fresh until", until, "bad" if stale else "good")
    due = _moment(facts.get("next_by"))
    if due is not None:
        late = due < now
        return _fresh("overdue since" if late else "next by", due, "bad" if late else "good")
    published = next((r for r in reversed(judged) if r.state is RunState.PUBLISHED), None)
    return _fresh("published", published.started, "none") if published else _fresh("never published", None, "none")


def _fresh(words: str, at: datetime | None, tone: str) -> dict[str, str]:
    return {"words": words, "at": "" if at is None else f"{at:%Y-%m-%d %H:%M}", "tone": tone}


def _attention(
    known: Known, last: Run, told: Run, facts: Mapping[str, Any], now: datetime
) -> list[tuple[int, dict[str, str]]]:
    """Return what needs attention, the gravest first."""
    found: list[tuple[int, dict[str, str]]] = []

    def add(rank: int, tone: str, words: str) -> None:
        found.append((rank, {"tone": tone, "words": words}))

    reason = _first(told.reasons)
    if told.state is RunState.HELD:
        add(0, "bad", f"held: {reason}" if reason else "held: the last good version stays served")
    elif last.state is RunState.FAILED:
        add(0, "bad", "the last run could not be carried out")
    elif last.state is RunState.ABANDONED:
        add(1, "bad", "the last run was killed, and nothing of it is published")
    until, due = _moment(facts.get("fresh_until")), _moment(facts.get("next_by"))
    if until is not None and until < now:
        add(1, "bad", f"stale since {until:%Y-%m-%d %H:%M} UTC ({facts['promise']})")
    if due is not None and due < now:
        add(1, "bad", f"no extract since {told.started:%Y-%m-%d %H:%M} UTC, promised by {due:%Y-%m-%d %H:%M}")
    if known.open_items:
        since = "" if known.oldest_item is None else f", the oldest since {known.oldest_item:%Y-%m-%d}"
        waits = "waits" if known.open_items == 1 else "wait"
        longest = facts.get("longest_wait")
        late = longest and known.oldest_item is not None and known.oldest_item < now - span_of(longest)
        words = f"{plural(known.open_items, 'record')} {waits} for a person{since}"
        if late:
            add(1, "bad", f"{words}: longer than the contract lets one wait ({longest})")
        else:
            add(2, "warning", words)
    if told.state is RunState.PUBLISHED and told.decision == "publish_with_warnings":
        add(3, "warning", f"published with warnings: {reason}" if reason else "published with warnings")
    return sorted(found, key=lambda item: item[0])


def _first(reasons: Sequence[str]) -> str:
    if not reasons:
        return ""
    more = f", and {plural(len(reasons) - 1, 'more reason')}" if len(reasons) > 1 else ""
    first = reasons[0] if len(reasons[0]) <= _LONGEST_REASON else f"{reasons[0][:_LONGEST_REASON]}…"
    return first + more


def _trend(judged: Sequence[Run]) -> str:
    if not judged:
        return "no judged runs yet"
    held = sum(r.state is RunState.HELD for r in judged)
    rejected = [(r.rejected or 0) / r.records for r in judged if r.records]
    span = f", rejected between {min(rejected):.2%} and {max(rejected):.2%}" if rejected else ""
    return f"The last {plural(len(judged), 'judged run')}: {held} held{span}"


def _earlier(runs: Sequence[Run], last: Run) -> Run:
    return next((r for r in runs if r.id == last.earlier_run), last)


def _moment(text: Any) -> datetime | None:
    if not isinstance(text, str):
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
