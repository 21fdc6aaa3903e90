"""The receipt: what came in equals what went out, in bytes and in records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from weighbridge.report.section import Part

if TYPE_CHECKING:
    from weighbridge.outcome.receipt import SourceTotals
    from weighbridge.outcome.result import RunResult

_MOST = 100


def receipt(result: RunResult) -> Part:
    """Return the two equations, each with both sides, and whether they hold.

    Bytes, for each source that has byte ranges: content = records + control spans. Records of
    all sources = published + quarantine + review, and their bytes likewise.
    """
    drawn = result.receipt
    in_bytes = [s.record_bytes for s in drawn.sources if s.record_bytes is not None]
    out_bytes = [o.record_bytes for o in drawn.outputs if o.record_bytes is not None]
    return {
        "balances": drawn.balances,
        "imbalances": list(drawn.imbalances[:_MOST]),
        "identity_exact": drawn.identity_exact,
        "records_in": drawn.records_in,
        "records_out": drawn.records_out,
        "bytes_in": sum(in_bytes) if in_bytes else None,
        "bytes_out": sum(out_bytes) if in_bytes and out_bytes else None,
        "sources": [_source(s) for s in drawn.sources[:_MOST]],
        "sources_not_shown": max(len(drawn.sources) - _MOST, 0),
        "outputs": [
            {"name": o.name, "records": o.records, "record_bytes": o.record_bytes, "files": len(o.files)}
            for o in drawn.outputs
        ],
    }


def _source(source: SourceTotals) -> dict[str, Any]:
    control = [{"kind": kind, "bytes": number} for kind, number in sorted(source.control_bytes.items())]
    covered = None if source.record_bytes is None else source.record_bytes + sum(source.control_bytes.values())
    return {
        "name": source.name,
        "content_bytes": source.content_bytes,
        "records": source.records,
        "record_bytes": source.record_bytes,
        "control": control[:20],
        "covered_bytes": covered,
        "balances": None if source.content_bytes is None or covered is None else covered == source.content_bytes,
    }
