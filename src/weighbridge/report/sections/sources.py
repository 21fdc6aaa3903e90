"""The sources, and every option they were read with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weighbridge.report.section import Part

if TYPE_CHECKING:
    from weighbridge.outcome.result import RunResult

_MOST = 100


def sources(result: RunResult) -> Part:
    """Return each source with size, digest and records; each reading option with its origin and why."""
    came = result.receipt.sources
    return {
        "server": result.server,
        "sources": [
            {"name": s.name, "sha256": s.sha256, "size_bytes": s.size_bytes, "records": s.records} for s in came[:_MOST]
        ],
        "sources_not_shown": max(len(came) - _MOST, 0),
        "options": [
            {"name": o.name, "value": o.value, "origin": o.origin, "why": o.why} for o in result.options[:_MOST]
        ],
        "options_not_shown": max(len(result.options) - _MOST, 0),
    }
