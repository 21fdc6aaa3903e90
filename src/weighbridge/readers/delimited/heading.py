"""Where the records begin and which field is which: the header, what stands over it, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from weighbridge.findings import Finding, Severity
from weighbridge.readers.columns import Mapping, by_name, by_position, known_names
from weighbridge.readers.delimited.dialect import Dialect
from weighbridge.readers.delimited.earlier import earlier_layouts
from weighbridge.readers.delimited.header import Header, chosen_twins, goes_on, locate, named_columns
from weighbridge.readers.delimited.sample import Row, lines_from, rows_of, usual_width
from weighbridge.readers.delimited.taking_apart import TakingApart
from weighbridge.readers.door import Option
from weighbridge.readers.lines import next_end


class Heading(TakingApart):
    """The phase of the header."""

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
