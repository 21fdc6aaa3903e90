"""What was decided, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weighbridge.findings import Decision
from weighbridge.report.numbers import moment
from weighbridge.report.section import Part

if TYPE_CHECKING:
    from weighbridge.outcome.result import RunResult

_MOST_REASONS = 12

_WORDS = {
    ("published", Decision.PUBLISH): ("Published", "Every record that holds was published."),
    ("published", Decision.PUBLISH_WITH_WARNINGS): (
        "Published with warnings",
        "What holds was published; read the reasons before relying on it.",
    ),
    ("checked", Decision.PUBLISH): ("Would be published", "This was a check: nothing was written."),
    ("checked", Decision.PUBLISH_WITH_WARNINGS): (
        "Would be published, with warnings",
        "This was a check: nothing was written.",
    ),
    ("checked", Decision.HOLD): ("Would be held", "This was a check: nothing was written."),
}
_TONES = {Decision.PUBLISH: "good", Decision.PUBLISH_WITH_WARNINGS: "warning", Decision.HOLD: "bad"}


def decision(result: RunResult) -> Part:
    """Return the decision in words, its tone (good, warning, bad), the reasons, and which extract it is about."""
    words, meaning = _in_words(result)
    return {
        "decision": result.decision.value,
        "state": result.state,
        "words": words,
        "meaning": meaning,
        "tone": _TONES[result.decision],
        "reasons": list(result.reasons[:_MOST_REASONS]),
        "reasons_not_shown": max(len(result.reasons) - _MOST_REASONS, 0),
        "contract": result.contract.name,
        "contract_version": result.contract.version,
        "object": result.contract.object,
        "source": result.receipt.sources[0].name if result.receipt.sources else None,
        "more_sources": max(len(result.receipt.sources) - 1, 0),
        "finished": moment(result.finished),
        "exit_code": result.exit_code,
    }


def _in_words(result: RunResult) -> tuple[str, str]:
    if result.state == "already_published":
        return "Already published", f"These bytes were published under this contract by run {result.earlier_run}."
    if result.state == "held" or (result.state, result.decision) not in _WORDS:
        return "Held", "Nothing of this extract was published; the last good version stays served."
    return _WORDS[result.state, result.decision]
