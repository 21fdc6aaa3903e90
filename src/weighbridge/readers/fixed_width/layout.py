"""How a fixed-width source is laid out: positions from the contract, the rest declared or told by its bytes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from weighbridge.contract.model import Position, SchemaObject
from weighbridge.findings import Finding, Place, Severity, SourceError
from weighbridge.readers.content import Content
from weighbridge.readers.detection import detect
from weighbridge.readers.door import Option
from weighbridge.readers.encoding import Encoding, Utf16
from weighbridge.readers.lines import next_end
from weighbridge.readers.options import Declared
from weighbridge.readers.tail import tail_start

DEFAULT_MAX_RECORD_BYTES = 8 << 20
_SAMPLE_LINES = 1000


@dataclass(frozen=True, slots=True)
class Layout:
    """How one source is laid out.

    Attributes:
        positions: of each property that has one.
        record_bytes: length of a record without its line end.
        earlier_bytes: lengths of records of earlier layouts.
        line_end: a mode of `weighbridge.readers.lines`; None where records just follow each other.
        start_bytes, stop_bytes: where the records begin and end in the content.
        controls: kind, offset and length of what stands before them.
    """

    positions: dict[str, Position]
    record_bytes: int
    line_end: str | None
    encoding: Encoding
    comment: bytes
    null_values: tuple[str, ...]
    max_record_bytes: int
    start_bytes: int
    stop_bytes: int
    controls: tuple[tuple[str, int, int], ...]
    options: tuple[Option, ...]
    findings: tuple[Finding, ...]
    earlier_bytes: tuple[int, ...] = ()

    @property
    def lengths(self) -> tuple[int, ...]:
        """All lengths that a record may have."""
        return (self.record_bytes, *self.earlier_bytes)

    def within(self, length: int) -> dict[str, Position]:
        """Return the positions that a record of so many bytes has."""
        return {p: place for p, place in self.positions.items() if place.start - 1 + place.length_bytes <= length}


def lay_out(content: Content, schema: SchemaObject, declared: Declared) -> Layout:
    """Return the layout of a source.

    Raises:
        SourceError: no property has a position (RDR-009), or the encoding cannot be read (RDR-007).
    """
    where = Place(source=content.source.name)
    positions = {p.name: p.position for p in schema.properties if p.position is not None}
    if not positions:
        raise SourceError(Finding("RDR-009", where, f"no property of {schema.name} has a position"))
    findings = [
        Finding("RDR-009", where.within(p.name), p.name, Severity.ERROR if p.required else Severity.WARNING)
        for p in schema.properties
        if p.position is None
    ]
    detected = detect(content, declared.encoding)
    if isinstance(detected.encoding, Utf16):
        raise SourceError(Finding("RDR-007", where, f"fixed-width text in {detected.encoding.name}: not read"))
    findings += detected.findings
    options = [Option("compression", content.compression, "sniffed", "its first two bytes"), detected.option]
    old = {s.name for s in schema.sources}
    ends = {name: p.start - 1 + p.length_bytes for name, p in positions.items()}
    width = max((end for name, end in ends.items() if name not in old), default=max(ends.values()))
    earlier = {e.belongs.length_bytes for e in schema.epochs if e.belongs.length_bytes is not None}
    mark = detected.mark_bytes
    head = content.head[mark:]
    final = len(content.head) == content.size_bytes
    line_end, length = _records(head, final, width, declared, options, findings, where, earlier)
    limit = int(declared.get("maxRecordBytes", DEFAULT_MAX_RECORD_BYTES))
    controls = [("byte order mark", 0, mark)] if mark else []
    position = 0
    skips = ["preamble"] * int(declared.get("skipHead", 0)) + ["header"] * bool(declared.get("header", False))
    for kind in skips:
        line = next_end(head, position, line_end, final) if line_end else (0, min(position + length, len(head)))
        if line is None or line[1] == position:
            break
        controls.append((kind, mark + position, line[1] - position))
        position = line[1]
    start = mark + position
    tail = int(declared.get("skipTail", 0))
    if line_end is None:
        whole = start + (content.size_bytes - start) // length * length
        stop = max(start, whole - tail * length) if tail else content.size_bytes
    else:
        stop = tail_start(content, Encoding(), start, line_end, tail)
    return Layout(
        positions,
        length,
        line_end,
        detected.encoding,
        str(declared.get("comment", "")).encode(),
        tuple(map(str, declared.get("nullValues", ()))),
        limit,
        start,
        stop,
        tuple(controls),
        tuple(options),
        tuple(findings),
        tuple(sorted(earlier - {length})) if line_end is not None else (),
    )


def _records(
    head: bytes,
    final: bool,
    width: int,
    declared: Declared,
    options: list[Option],
    findings: list[Finding],
    where: Place,
    earlier: set[int],
) -> tuple[str | None, int]:
    """Return what ends a record (None: only its length) and how long one of today's layout is."""
    length, line_end = declared.get("recordLength"), declared.get("lineEnd")
    if length is not None and int(length) < width:
        detail = f"recordLength {length} is declared, the last property ends at byte {width}"
        findings.append(Finding("RDR-030", where, detail))
    if length is not None and line_end is None:
        ends = head[int(length) :: int(length) + 1].count(b"\n"), len(head) // (int(length) + 1)
        returns = head[int(length) :: int(length) + 2].count(b"\r"), len(head) // (int(length) + 2)
        if not (_all(ends) or _all(returns)):
            options.append(Option("recordLength", str(length), "declared"))
            return None, int(length)
        why = f"a line end stands after each {length} bytes"
        options += [Option("recordLength", str(length), "declared"), Option("lineEnd", "any", "sniffed", why)]
        return "any", int(length)
    if line_end is not None:
        options.append(Option("lineEnd", str(line_end), "declared"))
    else:
        line_end = "cr" if b"\r" in head and b"\n" not in head else "any"
        options.append(Option("lineEnd", line_end, "default" if line_end == "any" else "sniffed"))
    if length is not None:
        options.append(Option("recordLength", str(length), "declared"))
        return line_end, int(length)
    lengths: Counter[int] = Counter()
    position = 0
    for _ in range(_SAMPLE_LINES):
        line = next_end(head, position, line_end, final)
        if line is None or line[1] == position:
            break
        lengths[line[0] - position] += line[0] > position
        position = line[1]
    for length_of_old in earlier:
        del lengths[length_of_old]
    usual, times = lengths.most_common(1)[0] if lengths else (0, 0)
    if usual >= width:
        why = f"{times} of the first {lengths.total()} lines are that long"
        options.append(Option("recordLength", str(usual), "sniffed", why))
        return line_end, usual
    options.append(Option("recordLength", str(width), "default", "the last property ends there"))
    return line_end, width


def _all(found: tuple[int, int]) -> bool:
    count, possible = found
    return possible > 0 and count >= possible
