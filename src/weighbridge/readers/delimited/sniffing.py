"""How a delimited source is laid out: what is declared, and for the rest what its first bytes show.

The phases, each of which rests on those before it:

    encoding      byte order mark, valid UTF-8, else cp1252           (detection.py)
    line end      any of LF and CRLF; CR where there is no LF at all
    lead-in       byte order mark, declared preamble, blank lines, comments
    delimiter     the one that makes the contract's names of the first line, else the one
                  that makes as many fields of every line as the contract has properties
    header        there is one when its names are the contract's
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from weighbridge.contract.model import SchemaObject
from weighbridge.findings import Finding, Place, Severity
from weighbridge.readers.columns import Mapping, by_name, by_position, known_names
from weighbridge.readers.content import Content
from weighbridge.readers.delimited.dialect import DEFAULT_MAX_RECORD_BYTES, Dialect
from weighbridge.readers.delimited.fields import Parsed, take_apart
from weighbridge.readers.detection import Detected, detect
from weighbridge.readers.door import Option
from weighbridge.readers.encoding import Encoding, Text
from weighbridge.readers.lines import next_end
from weighbridge.readers.options import Declared, shown

_DELIMITERS = (",", "\t", ";", "|", "\x1f", "\x01", "~", "^", ":")
_SAMPLE_RECORDS = 100


@dataclass(frozen=True, slots=True)
class Layout:
    """How one source is laid out.

    Attributes:
        start_bytes: where its records begin in the content; what stands before is in `controls`.
        controls: kind, offset and length of what stands before the records.
        skip_tail: lines at the end that are no records.
    """

    dialect: Dialect
    encoding: Encoding
    mapping: Mapping
    start_bytes: int
    controls: tuple[tuple[str, int, int], ...]
    skip_tail: int
    options: tuple[Option, ...]
    findings: tuple[Finding, ...]


def sniff(content: Content, schema: SchemaObject, declared: Declared) -> Layout:
    """Return the layout of a source.

    Raises:
        SourceError: the declared encoding is not known.
    """
    return _Sniffer(content, schema, declared).layout()


class _Sniffer:
    def __init__(self, content: Content, schema: SchemaObject, declared: Declared) -> None:
        self.content, self.schema, self.declared = content, schema, declared
        self.options: list[Option] = []
        self.findings: list[Finding] = []
        self.controls: list[tuple[str, int, int]] = []
        self.where = Place(source=content.source.name)
        self.final = content.size_bytes == len(content.head)

    def layout(self) -> Layout:
        detected = self._encoding()
        mark = detected.mark_bytes
        self.text: Text = detected.encoding.decode(self.content.head[mark:], mark, self.final)
        self._span("byte order mark", -mark, 0)
        dialect = Dialect(line_end=self._line_end(), fields=0, max_record_bytes=self._limit())
        dialect = replace(
            dialect,
            quote=self._single("quote", '"'),
            escape=self._single("escape", ""),
            comment=str(self.declared.get("comment", "")).encode(),
            null_values=tuple(str(v).encode() for v in self.declared.get("nullValues", ())),
        )
        dialect = replace(dialect, escape=b"" if dialect.escape == dialect.quote else dialect.escape)
        start = self._lead_in(dialect)
        dialect = replace(dialect, delimiter=self._delimiter(dialect, start).encode())
        dialect, mapping, start = self._header(dialect, start)
        self.findings += mapping.findings
        return Layout(
            dialect,
            detected.encoding,
            mapping,
            mark + self.text.origin(start),
            tuple(self.controls),
            int(self.declared.get("skipTail", 0)),
            tuple(self.options),
            tuple(self.findings),
        )

    def _encoding(self) -> Detected:
        detected = detect(self.content, self.declared.encoding)
        self.options.append(Option("compression", self.content.compression, "sniffed", "its first two bytes"))
        self.options.append(detected.option)
        self.findings += detected.findings
        return detected

    def _line_end(self) -> str:
        declared, utf8 = self.declared.get("lineEnd"), self.text.utf8
        only_returns = b"\r" in utf8 and b"\n" not in utf8
        if declared is not None:
            self.options.append(Option("lineEnd", declared, "declared"))
            absent = {"lf": b"\n", "crlf": b"\r\n", "cr": b"\r"}.get(declared)
            if absent is not None and absent not in utf8 and (b"\n" in utf8 or b"\r" in utf8):
                self._contradicts(f"lineEnd {declared} is declared, the first {len(utf8):,} bytes have none")
            return str(declared)
        if only_returns:
            self.options.append(Option("lineEnd", "cr", "sniffed", "it has CR and no LF"))
            return "cr"
        self.options.append(Option("lineEnd", "any", "default", "each of LF and CRLF ends a line"))
        return "any"

    def _limit(self) -> int:
        limit = self.declared.get("maxRecordBytes")
        origin = "default" if limit is None else "declared"
        self.options.append(Option("maxRecordBytes", str(limit or DEFAULT_MAX_RECORD_BYTES), origin))
        return int(limit or DEFAULT_MAX_RECORD_BYTES)

    def _single(self, name: str, default: str) -> bytes:
        value = self.declared.get(name)
        self.options.append(
            Option(name, shown(default if value is None else value), "default" if value is None else "declared")
        )
        return str(default if value is None else value).encode()

    def _lead_in(self, d: Dialect) -> int:
        """Account for what stands before the header or the first record; return where that begins."""
        position = 0
        for _ in range(int(self.declared.get("skipHead", 0))):
            position = self._pass("preamble", position, d)
        while True:
            line = next_end(self.text.utf8, position, d.line_end, self.final)
            if line is None or line[1] == position:
                return position
            if d.comment and self.text.utf8.startswith(d.comment, position):
                position = self._pass("comment", position, d)
            elif line[0] == position and len(self.schema.properties) > 1:
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

    def _delimiter(self, d: Dialect, start: int) -> str:
        declared = self.declared.delimiter
        best, why, names = self._best_delimiter(d, start)
        if declared is None:
            self.options.append(Option("delimiter", shown(best), "sniffed" if why else "default", why))
            return best
        self.options.append(Option("delimiter", shown(declared), "declared"))
        sample = self._sample(replace(d, delimiter=declared.encode()), start, 1)
        alone = sample and len(sample[0]) == 1 and declared.encode() not in self.text.utf8
        if alone and best != declared and (names > 1 or len(self.schema.properties) > 1):
            words = f"; {shown(best)} would: {why}" if why else ""
            if len(self.schema.properties) > 1:
                self._contradicts(f"delimiter {shown(declared)} is declared, it does not occur{words}")
        return declared

    def _best_delimiter(self, d: Dialect, start: int) -> tuple[str, str, int]:
        """Return the delimiter the first bytes speak for, why, and how many names it makes."""
        scores = []
        for rank, candidate in enumerate(_DELIMITERS):
            rows = self._sample(replace(d, delimiter=candidate.encode()), start, _SAMPLE_RECORDS)
            if not rows:
                continue
            names = known_names(rows[0], self.schema)
            count, times = Counter(map(len, rows)).most_common(1)[0]
            fits = times / len(rows) if count == len(self.schema.properties) and count > 1 else 0.0
            even = times / len(rows) if count > 1 else 0.0
            scores.append((names, fits, even * count, -rank, candidate))
        if not scores:
            return ",", "", 0
        names, fits, even, _, candidate = max(scores)
        if names > 1 or (names and len(self.schema.properties) == 1):
            return candidate, f"it makes {names} of the contract's names of the first line", names
        if fits:
            return candidate, f"it makes {len(self.schema.properties)} fields of {fits:.0%} of the first lines", names
        if even:
            return candidate, "it makes lines of the same number of fields", names
        return ",", "", names

    def _sample(self, d: Dialect, start: int, records: int) -> list[list[str]]:
        """Return the fields of the first records as text, leaving out what is misquoted or blank."""
        rows: list[list[str]] = []
        position, utf8 = start, self.text.utf8
        for _ in range(records):
            if position >= len(utf8):
                break
            parsed = take_apart(utf8, position, d, self.final)
            if isinstance(parsed, Parsed):
                if parsed.end > position:
                    rows.append([(v or b"").decode("utf-8", "replace") for v in parsed.values])
                position = parsed.next
                continue
            line = next_end(utf8, position, d.line_end, self.final)
            if line is None:
                break
            position = line[1]
        return rows

    def _header(self, d: Dialect, start: int) -> tuple[Dialect, Mapping, int]:
        rows = self._sample(d, start, _SAMPLE_RECORDS)
        width = len(self.schema.properties)
        if not rows:
            self.options.append(Option("header", "false", "default", "there is no first line"))
            return replace(d, fields=width), by_position(self.schema), start
        if self._has_header(rows):
            parsed = take_apart(self.text.utf8, start, d, self.final)
            line = next_end(self.text.utf8, start, d.line_end, self.final) or (start, start)
            end, stop = (parsed.end, parsed.next) if isinstance(parsed, Parsed) else line
            names = rows[0] if isinstance(parsed, Parsed) else self._split(start, end, d)
            self._span("header", start, stop)
            header_line = self.text.utf8[start:end]
            d = replace(d, fields=len(names), header_line=header_line)
            return d, by_name(names, self.schema, self.content.source.name), stop
        count, _ = Counter(map(len, rows)).most_common(1)[0]
        if count != width:
            self._contradicts(
                f"its records have {count} fields, the contract has {width} properties and there is no header"
            )
        return replace(d, fields=width), by_position(self.schema), start

    def _split(self, start: int, end: int, d: Dialect) -> list[str]:
        """Return the names of a header whose quotes do not work out."""
        return [n.strip(d.quote).decode("utf-8", "replace") for n in self.text.utf8[start:end].split(d.delimiter)]

    def _has_header(self, rows: Sequence[Sequence[str]]) -> bool:
        declared = self.declared.get("header")
        names = known_names(rows[0], self.schema)
        if declared is not None:
            self.options.append(Option("header", str(bool(declared)).lower(), "declared"))
            if not declared and names > len(self.schema.properties) / 2:
                self._contradicts(f"header: false is declared, the first line holds {names} of the contract's names")
            return bool(declared)
        if names:
            why = f"the first line holds {names} of the contract's names"
            self.options.append(Option("header", "true", "sniffed", why))
            return True
        if _look_like_names(rows):
            why = "the first line looks like names, though none is the contract's"
            self.options.append(Option("header", "true", "sniffed", why))
            return True
        why = "the first line holds none of the contract's names"
        self.options.append(Option("header", "false", "sniffed", why))
        detail = "the first line was read as a record, and fields by their position"
        self.findings.append(Finding("RDR-024", self.where, detail, Severity.WARNING))
        return False

    def _contradicts(self, detail: str) -> None:
        self.findings.append(Finding("RDR-030", self.where, detail))


def _look_like_names(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row is all words, each once, where later rows have digits."""
    first = rows[0]
    words = len(first) > 1 and len(set(first)) == len(first) and all(w.strip() and not _has_digit(w) for w in first)
    return words and any(_has_digit(v) for row in rows[1:] for v in row)


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)
