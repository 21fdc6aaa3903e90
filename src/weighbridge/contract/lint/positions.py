"""Positions in fixed-width records: complete, in bounds, without overlap."""

from __future__ import annotations

from weighbridge.contract.lint.subject import Declared, Subject, extension_path


def positions(subject: Subject) -> None:
    """Positions that overlap, leave gaps, stand beyond the record, or are missing on a fixed-width server."""
    fixed = [s for s in subject.servers if s.record_format.get("kind") == "fixedWidth" or _is_fixed(s.format)]
    length = next((s.record_format["recordLength"] for s in fixed if "recordLength" in s.record_format), None)
    for schema in subject.objects:
        items = [item for item in subject.properties() if item.top and item.owner is schema]
        placed = sorted((i for i in items if i.property.position), key=_start)
        if not placed and not fixed:
            continue
        for item in items:
            if item.property.position is None and (fixed or placed):
                detail = f"`{item.property.name}` of `{schema.name}`"
                report = subject.error if fixed else subject.warn
                report("CON-050", item.path, detail)
        end, before = 0, ""
        for item in placed:
            position = item.property.position
            assert position is not None
            where = extension_path(item.raw, item.path, "position")
            if position.start <= end:
                detail = f"`{item.property.name}` starts at byte {position.start}, `{before}` ends at byte {end}"
                subject.error("CON-049", where, detail)
            elif position.start > end + 1:
                last = position.start - 1
                subject.note("CON-051", where, f"bytes {end + 1} to {last} belong to no property")
            if position.start + position.length_bytes - 1 > end:
                end, before = position.start + position.length_bytes - 1, item.property.name
            if length is not None and position.start + position.length_bytes - 1 > length:
                detail = f"`{item.property.name}` ends at byte {end}, the record has {length}"
                subject.error("CON-049", where, detail)


def _is_fixed(written: str | None) -> bool:
    return (written or "").lower().replace("-", "").replace("_", "").replace(" ", "") in ("fixedwidth", "fwf", "fixed")


def _start(item: Declared) -> int:
    return item.property.position.start if item.property.position else 0
