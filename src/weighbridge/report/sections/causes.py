"""Checks that fail in the same records, grouped by what is likely behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weighbridge.report.section import Part

if TYPE_CHECKING:
    from weighbridge.outcome.result import RunResult

_MOST = 20
_MOST_FOLLOWERS = 30


def causes(result: RunResult) -> Part | None:
    """Return each group of checks that fail together: what is likely behind it, its leader, its followers.

    None where no checks fail together.
    """
    if not result.causes:
        return None
    failed = {c.name: c.failed_records or 0 for c in result.checks}
    return {
        "causes": [
            {
                "kind": c.kind,
                "words": c.words,
                "leader": c.leader,
                "followers": [{"name": n, "failed_records": failed.get(n, 0)} for n in c.followers[:_MOST_FOLLOWERS]],
                "followers_not_shown": max(len(c.followers) - _MOST_FOLLOWERS, 0),
                "records": c.records,
            }
            for c in result.causes[:_MOST]
        ],
        "causes_not_shown": max(len(result.causes) - _MOST, 0),
    }
