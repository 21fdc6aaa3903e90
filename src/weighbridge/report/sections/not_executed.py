"""What the contract says and this run did not act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weighbridge.report.section import Part

if TYPE_CHECKING:
    from weighbridge.outcome.result import RunResult

_MOST = 200


def not_executed(result: RunResult) -> Part:
    """Return each part of the contract that was not executed, why, and its line; promises first."""
    told = sorted(result.not_executed, key=lambda n: not n.asserts)
    return {
        "total": len(result.not_executed),
        "parts": [{"what": n.what, "why": n.why, "line": n.line} for n in told[:_MOST]],
        "parts_not_shown": max(len(result.not_executed) - _MOST, 0),
    }
