"""What is seen of a source before its records are taken apart: text, line ends, what stands before."""

from __future__ import annotations

import re
from dataclasses import replace

from weighbridge.contract.model import SchemaObject
from weighbridge.findings import Finding, Place, Severity
from weighbridge.readers.content import Content
from weighbridge.readers.delimited.dialect import DEFAULT_MAX_RECORD_BYTES, Dialect
from weighbridge.readers.delimited.earlier import in_order
from weighbridge.readers.delimited.evidence import Evidence
from weighbridge.readers.detection import Detected, detect
from weighbridge.readers.door import Option
from weighbridge.readers.encoding import Encoding, Text, encoding_named
from weighbridge.readers.lines import next_end
from weighbridge.readers.options import Declared

SAMPLE_BYTES = 1 << 17
_BOM = b"\xef\xbb\xbf"
_LONE_RETURN = re.compile(rb"\r(?!\n)")


class Observed:
    """The first bytes of a source as text, and the options, findings and control spans found so far."""

    def __init__(self, content: Content, schema: SchemaObject, declared: Declared) -> None:
        self.content, self.schema, self.declared = content, schema, declared
        self.today = in_order(schema)
        self.evidence = Evidence(self.today, [str(v) for v in declared.get("nullValues", ())])
        self.options: list[Option] = []
        self.findings: list[Finding] = []
        self.controls: list[tuple[str, int, int]] = []
        self.where = Place(source=content.source.name)
        self.final = content.size_bytes == len(content.head)

    def observe(self) -> Detected:
        """Read the first bytes as text."""
        detected = self._encoding()
        mark = detected.mark_bytes
        self.text: Text = detected.encoding.decode(self.content.head[mark:], mark, self.final)
        whole = len(self.text.utf8) <= SAMPLE_BYTES
        self.sample = self.text.utf8 if whole else self.text.utf8[:SAMPLE_BYTES]
        self.sample_final = self.final and whole
        self._span("byte order mark", -mark, 0)
        return detected

    def _encoding(self) -> Detected:
        detected = detect(self.content, self.declared.encoding)
        self.options.append(Option("compression", self.content.compression, "sniffed", "its first two bytes"))
        self.options.append(detected.option)
        self.findings += detected.findings
        return detected

    def _fallbacks(self, main: Encoding) -> tuple[Encoding, ...]:
        named = [encoding_named(str(n)) for n in self.declared.get("fallbackEncodings", ())]
        fallbacks = tuple(e for e in named if e is not None and e.name != main.name)
        if fallbacks:
            self.options.append(Option("fallbackEncodings", ", ".join(e.name for e in fallbacks), "declared"))
        return fallbacks

    def _line_end(self, d: Dialect) -> Dialect:
        declared, utf8 = self.declared.get("lineEnd"), self.text.utf8
        if declared is not None:
            self.options.append(Option("lineEnd", declared, "declared"))
            absent = {"lf": b"\n", "crlf": b"\r\n", "cr": b"\r"}.get(declared)
            if absent is not None and absent not in utf8 and (b"\n" in utf8 or b"\r" in utf8):
                self._contradicts(f"lineEnd {declared} is declared, the first {len(utf8):,} bytes have none")
            return replace(d, line_end=str(declared))
        if b"\r" in utf8 and b"\n" not in utf8:
            self.options.append(Option("lineEnd", "cr", "sniffed", "it has CR and no LF"))
            return replace(d, line_end="cr")
        self.lone_returns = b"\r" in self.sample and _LONE_RETURN.search(self.sample) is not None
        self.options.append(Option("lineEnd", "any", "default", "each of LF and CRLF ends a line"))
        return replace(d, line_end="any")

    def _limit(self) -> int:
        limit = self.declared.get("maxRecordBytes")
        origin = "default" if limit is None else "declared"
        self.options.append(Option("maxRecordBytes", str(limit or DEFAULT_MAX_RECORD_BYTES), origin))
        return int(limit or DEFAULT_MAX_RECORD_BYTES)

    def _lead_in(self, d: Dialect) -> int:
        """Account for what stands before the header or the first record; return where that begins."""
        position = 0
        preamble = self._pattern("preamble")
        for _ in range(int(self.declared.get("skipHead", 0))):
            position = self._pass("preamble", position, d)
        while True:
            if self.text.utf8.startswith(_BOM, position):
                self._span("byte order mark", position, position + len(_BOM))
                position += len(_BOM)
            line = next_end(self.text.utf8, position, d.line_end, self.final)
            if line is None or line[1] == position:
                return position
            if d.comment and self.text.utf8.startswith(d.comment, position):
                position = self._pass("comment", position, d)
            elif preamble is not None and preamble.search(self.text.utf8[position : line[0]]):
                position = self._pass("preamble", position, d)
            elif line[0] == position and len(self.schema.properties) != 1:
                position = self._pass("blank line", position, d)
            else:
                return position

    def _pass(self, kind: str, position: int, d: Dialect) -> int:
        line = next_end(self.text.utf8, position, d.line_end, self.final)
        if line is None:
            return position
        self._span(kind, position, line[1])
        return line[1]

    def _span(self, kind: str, start: int, stop: int) -> None:
        base = self.text.offset_bytes
        if start < 0:
            begin, end = base + start, base
        else:
            begin, end = base + self.text.origin(start), base + self.text.origin(stop)
        if end > begin:
            self.controls.append((kind, begin, end - begin))

    def _pattern(self, name: str) -> re.Pattern[bytes] | None:
        declared = self.declared.get(name)
        return None if declared is None else re.compile(str(declared).encode())

    def _preamble(self, start: int, stop: int) -> None:
        self._span("preamble", start, stop)
        lines = self.text.utf8.count(b"\n", start, stop) or self.text.utf8.count(b"\r", start, stop)
        self.options.append(Option("skipHead", str(lines), "sniffed", "the lines before the contract's names"))
        detail = f"{lines} lines before the header" if lines != 1 else "1 line before the header"
        self.findings.append(Finding("RDR-027", self.where, detail, Severity.WARNING))

    def _relabel(self, option: Option) -> None:
        self.options = [o for o in self.options if o.name != option.name] + [option]

    def _contradicts(self, detail: str) -> None:
        self.findings.append(Finding("RDR-030", self.where, detail))
