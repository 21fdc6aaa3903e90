"""Header and trailer records: found, taken apart, and held against what was read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from weighbridge.contract.model import Server
from weighbridge.findings import Finding, Place
from weighbridge.quick import dataclass
from weighbridge.readers.content import TAIL_BYTES, readable_file
from weighbridge.readers.door import Option, RawExtract
from weighbridge.readers.expand import compression_of, expanded
from weighbridge.readers.gunzip import Damage
from weighbridge.readers.options import Declared
from weighbridge.readers.wrapped import WrappedExtract

_LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Total:
    """What the sum over a property must be in one source."""

    property_name: str
    source: int
    source_name: str
    expected: Decimal
    modulo: int | None


@dataclass(slots=True)
class Said:
    """What the control records of one source say."""

    name: str
    counts: list[tuple[str, int, bool]] = field(default_factory=list)
    dates: list[tuple[str, str]] = field(default_factory=list)
    sequences: list[int] = field(default_factory=list)
    totals: list[tuple[str, Decimal, int | None]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    control_lines: int = 0
    blank_lines: int = 0


@dataclass(frozen=True, slots=True)
class Controls:
    """What the control records of all sources say, and the server by which the rest is read."""

    said: tuple[Said, ...]
    server: Server


def take_off(names: Sequence[str], server: Server) -> Controls | None:
    """Read the control records that the contract declares; None when it declares none.

    Where a header or trailer is missing in any source, the others' stay among the records: the
    extract is held in any case.
    """
    layout: Mapping[str, Any] = Declared(server).get("controlRecords") or {}
    if not layout:
        return None
    saids = []
    absent: set[str] = set()
    for name in names:
        said = Said(str(name))
        first, last, said.blank_lines = _ends(name, server)
        lines = {"header": first, "trailer": last}
        for part in ("header", "trailer"):
            if part not in layout:
                continue
            if not lines[part] or not lines[part].startswith(str(layout[part].get("startsWith", ""))):
                absent.add(part)
                code = "RDR-421" if part == "header" else "RDR-420"
                detail = f"no line begins with {_mark(layout[part])}"
                said.findings.append(Finding(code, Place(source=said.name), detail))
                continue
            said.control_lines += 1
            _take_apart(part, lines[part], layout[part], server, said)
        if len({date for _, date in said.dates}) > 1:
            detail = ", ".join(f"{part} {date}" for part, date in said.dates)
            said.findings.append(Finding("RDR-424", Place(source=said.name), detail))
        saids.append(said)
    more = {option: int(part in layout and part not in absent) for option, part in _SKIPS.items()}
    if more["skipTail"]:
        more["skipTail"] += min(said.blank_lines for said in saids)
    form = {**server.record_format, **{o: int(server.record_format.get(o, 0)) + n for o, n in more.items() if n}}
    return Controls(tuple(saids), replace(server, record_format=form))


_SKIPS = {"skipHead": "header", "skipTail": "trailer"}


class ControlledExtract(WrappedExtract):
    """An extract whose control records are held against what was read.

    Attributes:
        totals: sums that the records must have.
    """

    def __init__(self, inner: RawExtract, controls: Controls) -> None:
        super().__init__(inner)
        self._said = controls.said
        self.findings = (*(f for said in controls.said for f in said.findings), *self.findings)
        options = [Option("controlRecords", "header and trailer", "declared", "recordFormat.controlRecords")]
        for said in controls.said:
            options += [Option("sequence", str(n), "declared", f"in {said.name}") for n in said.sequences[:1]]
            for part, date in said.dates:
                options.append(Option("businessDate", date, "declared", f"in the {part} of {said.name}"))
        self.options = (*self.options, *options)
        self.totals = tuple(
            Total(prop, i, said.name, expected, modulo)
            for i, said in enumerate(controls.said)
            for prop, expected, modulo in said.totals
        )

    def late_findings(self) -> tuple[Finding, ...]:
        """Return the counts that are others, beside what the inner extract tells."""
        findings = list(self.inner.late_findings())
        for said, account in zip(self._said, self.account(), strict=False):
            for part, count, with_controls in said.counts:
                read = account.records + (said.control_lines if with_controls else 0)
                if read != count:
                    detail = f"the {part} says {count:,}, {read:,} were read"
                    findings.append(Finding("RDR-422", Place(source=said.name), detail))
        return tuple(findings)


def _mark(layout: Mapping[str, Any]) -> str:
    return repr(layout["startsWith"]) if "startsWith" in layout else "anything"


def _take_apart(part: str, line: str, layout: Mapping[str, Any], server: Server, said: Said) -> None:
    def text(where: Mapping[str, Any]) -> str:
        if "field" in where:
            cells = line.split(Declared(server).delimiter or ",")
            return cells[where["field"] - 1].strip().strip('"') if where["field"] <= len(cells) else ""
        start = int(where.get("start", 1)) - 1
        return line[start : start + int(where["length"]) if "length" in where else None].strip()

    def number(name: str, where: Mapping[str, Any]) -> Decimal | None:
        try:
            return Decimal(text(where)).scaleb(-int(where.get("scale", 0)))
        except InvalidOperation:
            detail = f"{name} in the {part} is no number"
            said.findings.append(Finding("RDR-425", Place(source=said.name), detail))
            return None

    if "records" in layout and (count := number("records", layout["records"])) is not None:
        said.counts.append((part, int(count), layout.get("counts") == "lines"))
    if "sequence" in layout and (sequence := number("sequence", layout["sequence"])) is not None:
        said.sequences.append(int(sequence))
    for total in layout.get("totals") or ():
        if (expected := number(f"the total of {total['property']}", total)) is not None:
            said.totals.append((total["property"], expected, total.get("modulo")))
    if "businessDate" in layout:
        form = layout["businessDate"].get("format", "%Y-%m-%d")
        try:
            said.dates.append((part, datetime.strptime(text(layout["businessDate"]), form).date().isoformat()))
        except ValueError:
            detail = f"businessDate in the {part} is no date of the form {form}"
            said.findings.append(Finding("RDR-425", Place(source=said.name), detail))


def _ends(name: str, server: Server) -> tuple[str, str, int]:
    """Return the first and the last line, or record of fixed length, that is not blank; and blank lines behind."""
    declared = Declared(server)
    path = readable_file(name)
    with path.open("rb") as file:
        compression = compression_of(file.read(10))
        file.seek(0)
        if compression == "none":
            head = file.read(TAIL_BYTES)
            size = path.stat().st_size
            file.seek(max(0, size - TAIL_BYTES))
            tail = file.read(TAIL_BYTES)
        else:
            head = tail = b""
            stored = iter(lambda: file.read(1 << 18), b"")
            for piece in expanded(stored, compression, 1 << 20, Damage()):
                head = head if len(head) >= TAIL_BYTES else (head + piece)[:TAIL_BYTES]
                tail = (tail + piece)[-TAIL_BYTES:]
    length, blank = declared.get("recordLength"), 0
    encoding = declared.encoding or "utf-8"
    if length is not None:
        ends = (head[: int(length)], tail[-int(length) :])
    else:
        first = [line for line in _LINE_END.split(head)[int(declared.get("skipHead", 0)) :] if line.strip()]
        last = [line for line in _LINE_END.split(tail) if line.strip()]
        last = last[: len(last) - int(declared.get("skipTail", 0))]
        ends = (first[0] if first else b"", last[-1] if last else b"")
        behind = _LINE_END.split(tail)
        behind = behind[:-1] if behind and not behind[-1] else behind
        blank = next((i for i, line in enumerate(reversed(behind)) if line.strip()), 0)
    try:
        first_text, last_text = (end.decode(encoding, "replace").removeprefix("\ufeff") for end in ends)
    except LookupError:  # the reader says so
        first_text, last_text = (end.decode("latin-1") for end in ends)
    return first_text, last_text, blank
