"""How a delimited source is laid out: what is declared, and for the rest what its first bytes show.

The phases, each of which rests on those before it:

    encoding      byte order mark, NULs, valid UTF-8, everyday East Asian text, else cp1252  (detection.py)
    line end      any of LF and CRLF; CR where there is no LF; all three where that makes better records
    lead-in       byte order mark, declared preamble, blank lines, comments
    delimiter     the one that makes the contract's names of one of the first lines, else the one whose
                  records have as many fields, of the right types, as the contract has properties
    quote, escape, padding, trailing delimiter
                  what is usual, unless something else makes better records  (sample.py says of how good)
    header        the line, or lines, with most of the contract's names; lines before it are a preamble
    footer        last lines that say they are none of the records

A contract is evidence in every phase: its names, how many they are, and what types they have.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from weighbridge.contract.model import SchemaObject
from weighbridge.findings import Finding, Place, Severity
from weighbridge.readers.columns import Mapping, by_name, by_position, known_names
from weighbridge.readers.content import Content
from weighbridge.readers.delimited.candidates import candidates
from weighbridge.readers.delimited.dialect import DEFAULT_MAX_RECORD_BYTES, Dialect
from weighbridge.readers.delimited.earlier import earlier_layouts, in_order
from weighbridge.readers.delimited.evidence import Evidence
from weighbridge.readers.delimited.fields import Parsed, take_apart
from weighbridge.readers.delimited.footer import footer_start
from weighbridge.readers.delimited.header import Header, chosen_twins, goes_on, locate, named_columns
from weighbridge.readers.delimited.sample import Row, Score, lines_from, rows_of, score, usual_width
from weighbridge.readers.detection import Detected, detect
from weighbridge.readers.door import Option
from weighbridge.readers.encoding import Encoding, Text, encoding_named
from weighbridge.readers.lines import next_end
from weighbridge.readers.options import Declared, shown

SAMPLE_BYTES = 1 << 17
_QUOTES = (b'"', b"'", b"`")
_BOM = b"\xef\xbb\xbf"
_PADDED = re.compile(rb"""[ \t]["'`]|["'`][ \t]""")
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_FEWEST = 3
_BETTER = 0.02  # what is unusual must make records so much better than what is usual


@dataclass(frozen=True, slots=True)
class Layout:
    """How one source is laid out.

    Attributes:
        start_bytes: where its records begin in the content; what stands before is in `controls`.
        controls: kind, offset and length of what stands before the records.
        skip_tail: lines at the end that are declared to be no records.
        stop_bytes: where a footer that was sniffed begins; None when there is none.
        fallbacks: encodings that a record may be in that is not valid in `encoding`.
        earlier: for each number of fields that records of earlier layouts have, which is which property's.
    """

    dialect: Dialect
    encoding: Encoding
    mapping: Mapping
    start_bytes: int
    controls: tuple[tuple[str, int, int], ...]
    skip_tail: int
    options: tuple[Option, ...]
    findings: tuple[Finding, ...]
    stop_bytes: int | None = None
    fallbacks: tuple[Encoding, ...] = ()
    earlier: dict[int, dict[str, int]] = field(default_factory=dict)


def sniff(content: Content, schema: SchemaObject, declared: Declared) -> Layout:
    """Return the layout of a source.

    Raises:
        SourceError: the declared encoding is not known.
    """
    return _Sniffer(content, schema, declared).layout()


def column_names(layout: Layout) -> list[str]:
    """Return the names in the header of a layout; none where it has no header."""
    if not layout.dialect.header_line:
        return []
    parsed = take_apart(layout.dialect.header_line, 0, layout.dialect, True)
    if not isinstance(parsed, Parsed):
        return []
    return [(v or b"").decode("utf-8", "replace").strip() for v in parsed.values][: layout.dialect.fields]


class _Sniffer:
    def __init__(self, content: Content, schema: SchemaObject, declared: Declared) -> None:
        self.content, self.schema, self.declared = content, schema, declared
        self.today = in_order(schema)
        self.evidence = Evidence(self.today, [str(v) for v in declared.get("nullValues", ())])
        self.options: list[Option] = []
        self.findings: list[Finding] = []
        self.controls: list[tuple[str, int, int]] = []
        self.where = Place(source=content.source.name)
        self.final = content.size_bytes == len(content.head)

    def layout(self) -> Layout:
        detected = self._encoding()
        mark = detected.mark_bytes
        self.text: Text = detected.encoding.decode(self.content.head[mark:], mark, self.final)
        whole = len(self.text.utf8) <= SAMPLE_BYTES
        self.sample = self.text.utf8 if whole else self.text.utf8[:SAMPLE_BYTES]
        self.sample_final = self.final and whole
        self._span("byte order mark", -mark, 0)
        d = self._line_end(Dialect(fields=0, max_record_bytes=self._limit()))
        d = replace(
            d,
            quote=str(self.declared.get("quote", '"')).encode(),
            escape=str(self.declared.get("escape", "")).encode(),
            padding=bool(self.declared.get("padding", False)),
            comment=str(self.declared.get("comment", "")).encode(),
            null_values=tuple(str(v).encode() for v in self.declared.get("nullValues", ())),
            footer=self._pattern("footer"),
        )
        d = replace(d, escape=b"" if d.escape == d.quote else d.escape)
        start = self._lead_in(d)
        d = self._taken_apart_by(d, start)
        d, mapping, start = self._header(d, start)
        self.findings += mapping.findings
        earlier = self._earlier(d.fields, mapping)
        d = replace(d, earlier=tuple(earlier))
        stop = self._footer(detected.encoding, d, mapping, mark + self.text.origin(start))
        return Layout(
            d,
            detected.encoding,
            mapping,
            mark + self.text.origin(start),
            tuple(self.controls),
            int(self.declared.get("skipTail", 0)),
            tuple(self.options),
            tuple(self.findings),
            stop,
            self._fallbacks(detected.encoding),
            earlier,
        )

    def _earlier(self, fields: int, mapping: Mapping) -> dict[int, dict[str, int]]:
        """Return which field is which property's in records that have another number of fields."""
        found = earlier_layouts(self.schema, mapping.fields)
        if fields in found:
            if found[fields] != {p: i for p, i in mapping.fields.items() if i < fields}:
                names = ", ".join(e.name for e in self.schema.epochs if e.belongs.fields == fields)
                self._contradicts(f"records of {names} have {fields} fields, as today's do, in another order")
            del found[fields]
        return found

    # Encoding and line ends

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

    # What stands before

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

    # What takes records apart

    def _taken_apart_by(self, d: Dialect, start: int) -> Dialect:
        """Settle delimiter, line end, quote, escape and padding."""
        lines = [
            self.sample[r.start : r.end].decode("utf-8", "replace")
            for r in lines_from(self.sample, start, d, self.sample_final)
        ]
        names = [n for p in self.schema.properties for n in p.source_names]
        tried = candidates([line for line in lines if line.strip()], names)
        best, found, why = self._best_delimiter(d, start, tried)
        d = self._delimiter(d, start, best, found, why)
        d = self._mixed_line_end(d, start)
        weighed = self._score(d, start)
        blanks = [True] if _PADDED.search(self.sample) else []
        d, weighed = self._try(d, start, weighed, "padding", blanks, "blanks stand around its quotes")
        d, weighed = self._try(d, start, weighed, "quote", [q for q in _QUOTES[1:] if q in self.sample])
        if d.quote and not self._is_used(d, start):
            d, weighed = self._try(d, start, weighed, "quote", [b""], "no field is quoted, and quotes are data")
        d, weighed = self._try(d, start, weighed, "escape", [b"\\"] if b"\\" in self.sample else [])
        if not d.padding and self.declared.get("padding") is None and self._is_padded(d, start):
            d = replace(d, padding=True)
            self._relabel(Option("padding", "true", "sniffed", "each field after the first begins with a blank"))
        return d

    def _score(self, d: Dialect, start: int) -> Score:
        return score(self.sample, start, d, self.sample_final, self.schema, self.evidence, self.declared.get("header"))

    def _best_delimiter(self, d: Dialect, start: int, tried: Sequence[str]) -> tuple[str, Score, str]:
        """Return the delimiter the first bytes speak for, how well, and why."""
        width = self.evidence.width
        best: tuple[tuple[float, ...], str, Score] | None = None
        for rank, candidate in enumerate(tried):
            if candidate.encode() not in self.sample:
                continue
            found = self._score(replace(d, delimiter=candidate.encode()), start)
            even = found.even if not width or found.width > 1 else 0.0
            sound = found.width > 1 if not width else found.width == width or found.names > 1 or width == 1
            fit = round(found.fit, 3) if sound else 0.0
            key = (float(found.names), fit, round(even, 3), -float(rank))
            if best is None or key > best[0]:
                best = (key, candidate, found)
            if found.names == width > 1 and found.fit == 1.0:
                break  # no other can do better
        if best is None:
            return ",", Score(0, 0.0, 0.0, 0, 0.0), ""
        (names, fit, even, _), candidate, found = best
        for longer in sorted(tried, key=len, reverse=True):
            if len(longer) > len(candidate) and self._is_all_of(candidate, longer):
                candidate, found = longer, self._score(replace(d, delimiter=longer.encode()), start)
                break
        if names > 1 or (names and width == 1):
            return candidate, found, f"it makes {found.names} of the contract's names of one of the first lines"
        if fit and width > 1 and found.width == width:
            return candidate, found, f"it makes {width} fields of {found.fits:.0%} of the first lines"
        if even:
            return candidate, found, "it makes lines of the same number of fields"
        return ",", found, ""

    def _is_all_of(self, part: str, whole: str) -> bool:
        """Whether one delimiter stands nowhere but as part of another."""
        times = whole.count(part)
        return times > 0 and times * self.sample.count(whole.encode()) == self.sample.count(part.encode())

    def _delimiter(self, d: Dialect, start: int, best: str, found: Score, why: str) -> Dialect:
        declared = self.declared.delimiter
        if declared is None:
            self.options.append(Option("delimiter", shown(best), "sniffed" if why else "default", why))
            return replace(d, delimiter=best.encode())
        self.options.append(Option("delimiter", shown(declared), "declared"))
        absent = declared.encode() not in self.text.utf8 and bool(self.sample.strip())
        if absent and best != declared and self.evidence.width > 1:
            words = f"; {shown(best)} would: {why}" if why else ""
            self._contradicts(f"delimiter {shown(declared)} is declared, it does not occur{words}")
        return replace(d, delimiter=declared.encode())

    def _mixed_line_end(self, d: Dialect, start: int) -> Dialect:
        if self.declared.get("lineEnd") is not None or d.line_end != "any" or not self.lone_returns:
            return d
        mixed = replace(d, line_end="mixed")
        before, after = self._score(d, start), self._score(mixed, start)
        if (after.names, after.fit) <= (before.names, before.fit + _BETTER):
            return d
        self._relabel(Option("lineEnd", "mixed", "sniffed", "CR ends some lines too: that makes better records"))
        return mixed

    def _try(
        self, d: Dialect, start: int, weighed: Score, name: str, values: Sequence[object], why: str = ""
    ) -> tuple[Dialect, Score]:
        """Settle one option: as declared, else another value than the usual where that makes better records."""
        declared = self.declared.get(name)
        usual = getattr(d, name)
        words = shown(usual.decode()) if isinstance(usual, bytes) else str(usual).lower()
        if declared is not None:
            self._relabel(Option(name, words, "declared"))
            return d, weighed
        best, score_of_best = d, weighed
        for value in values:
            changed: dict[str, Any] = {name: value}
            other = replace(d, **changed)
            found = self._score(other, start)
            few = name == "quote" and not value and (found.fits - weighed.fits) * found.records < _FEWEST
            if not few and (found.names, found.fit) > (score_of_best.names, score_of_best.fit + _BETTER):
                best, score_of_best = other, found
        if best is d:
            self._relabel(Option(name, words, "default"))
            return d, weighed
        value = getattr(best, name)
        words = shown(value.decode()) if isinstance(value, bytes) else str(value).lower()
        part = f"{score_of_best.fits:.0%} of the first records have the right fields, {weighed.fits:.0%} without it"
        self._relabel(Option(name, words, "sniffed", why or part))
        return best, score_of_best

    def _is_used(self, d: Dialect, start: int) -> bool:
        """Whether a field of the first lines is quoted as it should be."""
        quote, mark = re.escape(d.quote), re.escape(d.delimiter)
        text = rb"[^\r\n" + quote + rb"]*"
        field = rb"(?:^|[\r\n]|" + mark + rb")" + quote + text + quote + rb"(?:[\r\n]|$|" + mark + rb")"
        return re.search(field, self.sample[start:]) is not None

    def _is_padded(self, d: Dialect, start: int) -> bool:
        if d.delimiter.strip(b" \t") != d.delimiter:
            return False
        rows = [r.fields for r in rows_of(self.sample, start, d, self.sample_final) if r.fields and len(r.fields) > 1]
        texts = [text for fields in rows for text in fields[1:] if text]
        return len(rows) > 1 and len(texts) > 1 and all(text[0] in " \t" for text in texts)

    def _relabel(self, option: Option) -> None:
        self.options = [o for o in self.options if o.name != option.name] + [option]

    # The header

    def _header(self, d: Dialect, start: int) -> tuple[Dialect, Mapping, int]:
        width = self.evidence.width
        if not self.final and next_end(self.text.utf8, start, d.line_end, False) is None:
            detail = f"the first line does not end within the first {len(self.text.utf8):,} bytes"
            self.findings.append(Finding("RDR-034", self.where, detail))
        utf8, final = (self.sample, self.sample_final)
        if next_end(utf8, start, d.line_end, final) is None:
            utf8, final = self.text.utf8, self.final
        lines = lines_from(utf8, start, d, final)
        rows = rows_of(utf8, start, d, final)
        if not lines or not rows:
            self.options.append(Option("header", "false", "default", "there is no first line"))
            return replace(d, fields=max(1, width)), by_position(self.today), start
        ahead = _lines_ahead(rows) if not width and self.declared.get("skipHead") is None else 0
        if ahead:
            self._preamble(start, rows[ahead].start)
            start, lines = rows[ahead].start, [r for r in lines if r.start >= rows[ahead].start]
            rows = rows[ahead:]
        header = self._found_header(lines, rows)
        if header is None:
            return self._headless(d, start, rows)
        if header.first:
            self._preamble(start, lines[header.first].start)
        group = lines[header.first : header.first + header.rows]
        first = next((r for r in rows if r.start == group[0].start), None)
        end, stop = group[-1].end, group[-1].next
        if header.rows == 1 and first is not None and first.fields is not None:
            end, stop = first.end, first.next  # its names may be quoted over several lines
            header = replace(header, names=[n.strip() for n in first.fields])
        names = header.names
        body: Sequence[Row] = [r for r in rows if r.start >= stop]
        if self.declared.get("headerRows") is None and body and header.known:
            stop, names, body = self._more_header(group, stop, names, body)
        self._span("header", group[0].start, stop)
        d, names = self._trailing(replace(d, fields=len(names)), names, body)
        d = replace(d, header_line=utf8[group[0].start : end])
        twins = chosen_twins(names, [r.fields for r in body if r.fields is not None], self.schema, self.evidence)
        return d, by_name(names, self.schema, self.content.source.name, twins), stop

    def _more_header(
        self, group: Sequence[Row], stop: int, names: list[str], body: Sequence[Row]
    ) -> tuple[int, list[str], Sequence[Row]]:
        """Take lines of units or types that follow the names for the header's too."""
        fields = by_name(names, self.schema, "").fields
        under: list[Row] = []
        while len(body) > 1 and len(under) < 2:
            row = body[0]
            after = [r.fields for r in body[1:] if r.fields is not None]
            if row.fields is None or not goes_on(row.fields, after, fields, self.evidence):
                break
            under.append(row)
            body = body[1:]
        if not under:
            return stop, names, body
        several = len(group) + len(under)
        why = "what follows the names are no values of their types"
        self.options.append(Option("headerRows", str(several), "sniffed", why))
        return under[-1].next, names, body

    def _found_header(self, lines: Sequence[Row], rows: Sequence[Row]) -> Header | None:
        """Return the header, and enter how it is known; None when there is none."""
        declared, several = self.declared.get("header"), self.declared.get("headerRows")
        here = known_names((rows[0].fields or lines[0].fields or []), self.schema)
        if declared is False:
            self.options.append(Option("header", "false", "declared"))
            if here > self.evidence.width / 2:
                self._contradicts(f"header: false is declared, the first line holds {here} of the contract's names")
            return None
        located = locate(lines, self.schema, several)
        if located is not None and located.first and not self._is_far_header(located, lines, here):
            located = None
        if several is not None:
            self.options.append(Option("headerRows", str(several), "declared"))
        elif located is not None and located.rows > 1:
            why = f"its cells make {located.known} of the contract's names together"
            self.options.append(Option("headerRows", str(located.rows), "sniffed", why))
        if declared or several is not None:
            self.options.append(Option("header", "true", "declared"))
            count = min(several or 1, len(lines))
            return located or Header(0, count, named_columns(lines[:count], self.schema), 0)
        if located is not None and (located.first == 0 or located.known):
            place = "the first line holds" if not located.first else f"line {located.first + 1} from there holds"
            why = f"{place} {located.known} of the contract's names"
            self.options.append(Option("header", "true", "sniffed", why))
            return located
        first = rows[0].fields or []
        typed = self.evidence.weigh(first, self.evidence.by_position()) if len(first) == self.evidence.width else (0, 0)
        if _look_like_names([r.fields for r in rows if r.fields is not None]) and not typed[0]:
            why = "the first line looks like names, though none is the contract's"
            self.options.append(Option("header", "true", "sniffed", why))
            return Header(0, 1, named_columns(lines[:1], self.schema), 0)
        why = "the first line holds none of the contract's names"
        self.options.append(Option("header", "false", "sniffed", why))
        detail = "the first line was read as a record, and fields by their position"
        self.findings.append(Finding("RDR-024", self.where, detail, Severity.WARNING))
        return None

    def _is_far_header(self, located: Header, lines: Sequence[Row], here: int) -> bool:
        """Whether a header may stand that far down: nothing declares otherwise, and it has many names."""
        enough = located.known >= min(2, self.evidence.width) and 2 * located.known >= self.evidence.width
        if not enough or located.known <= here:
            return False
        if self.declared.get("skipHead") is not None:
            self._contradicts(
                f"skipHead {self.declared.get('skipHead')} is declared, the contract's names stand {located.first}"
                " lines further down"
            )
            return False
        body = [r for r in lines[: located.first] if r.fields and len(r.fields) == len(located.names)]
        fields = by_name(located.names, self.schema, "").fields
        return not any(self.evidence.weigh(r.fields or [], fields)[0] for r in body)

    def _preamble(self, start: int, stop: int) -> None:
        self._span("preamble", start, stop)
        lines = self.text.utf8.count(b"\n", start, stop) or self.text.utf8.count(b"\r", start, stop)
        self.options.append(Option("skipHead", str(lines), "sniffed", "the lines before the contract's names"))
        detail = f"{lines} lines before the header" if lines != 1 else "1 line before the header"
        self.findings.append(Finding("RDR-027", self.where, detail, Severity.WARNING))

    def _headless(self, d: Dialect, start: int, rows: Sequence[Row]) -> tuple[Dialect, Mapping, int]:
        width = self.evidence.width
        count, _ = usual_width(rows)
        if not width:
            return replace(d, fields=max(1, count)), by_position(self.today), start
        skipped = 0
        if self.declared.get("skipHead") is None and count in (width, width + 1) and width > 2:
            alone = next((i for i, r in enumerate(rows) if r.fields is None or len(r.fields) > 1), 0)
            skipped = alone if alone + 2 <= len(rows) and len(rows[alone].fields or []) == count else 0
        if skipped:
            self._preamble(start, rows[skipped].start)
            start, rows = rows[skipped].start, rows[skipped:]
        d, _ = self._trailing(replace(d, fields=width), [""] * width, rows)
        if count != width and not d.trailing and count not in earlier_layouts(self.schema, {}):
            self._contradicts(
                f"its records have {count} fields, the contract has {width} properties and there is no header"
            )
        return d, by_position(self.today), start

    def _trailing(self, d: Dialect, names: list[str], body: Sequence[Row]) -> tuple[Dialect, list[str]]:
        """Settle whether records may end with a delimiter, and how many fields they have then."""
        declared, width = self.declared.get("trailingDelimiter"), len(names)
        sized = [len(r.fields) for r in body if r.fields is not None]
        open_ended = [r for r in body if r.fields is not None and len(r.fields) == width + 1 and not r.fields[-1]]
        if declared is not None:
            self.options.append(Option("trailingDelimiter", str(bool(declared)).lower(), "declared"))
        named_open = width > 1 and not names[-1] and any(names)
        unnamed = [r for r in body if r.fields and (len(r.fields) == width - 1 or not r.fields[-1])]
        if named_open and (declared or (declared is None and len(unnamed) == len(sized))):
            names = names[:-1]
        elif (declared is None and not (len(open_ended) > len(sized) / 2)) or (declared is not None and not declared):
            return d, names
        if declared is None:
            why = "header and records end with a delimiter" if named_open else "most records end with a delimiter"
            self.options.append(Option("trailingDelimiter", "true", "sniffed", why))
        return replace(d, fields=len(names), trailing=True), names

    # The footer

    def _footer(self, encoding: Encoding, d: Dialect, mapping: Mapping, start: int) -> int | None:
        declared = self.declared.get("skipTail")
        if declared is not None:
            self.options.append(Option("skipTail", str(declared), "declared"))
            return None
        if d.footer is not None or not self.evidence.width or not mapping.fields:
            return None
        stop, lines = footer_start(self.content, encoding, start, d, self.evidence, mapping.fields)
        if not lines:
            return None
        self.options.append(Option("skipTail", str(lines), "sniffed", "the last lines say that they are no records"))
        detail = f"{lines} lines at the end" if lines != 1 else "1 line at the end"
        self.findings.append(Finding("RDR-028", self.where, detail, Severity.WARNING))
        return stop

    def _contradicts(self, detail: str) -> None:
        self.findings.append(Finding("RDR-030", self.where, detail))


def _lines_ahead(rows: Sequence[Row]) -> int:
    """Return how many lines without a delimiter stand before the table."""
    width, alike = usual_width(rows)
    ahead = next((i for i, r in enumerate(rows) if r.fields is not None and len(r.fields) > 1), 0)
    return ahead if width > 1 and alike > 0.5 and len(rows[ahead].fields or []) == width else 0


def _look_like_names(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row is all words, each once, where later rows have digits."""
    if not rows:
        return False
    first = rows[0]
    words = len(first) > 1 and len(set(first)) == len(first) and all(w.strip() and not _has_digit(w) for w in first)
    return words and any(_has_digit(v) for row in rows[1:] for v in row)


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)
