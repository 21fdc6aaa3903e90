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

from dataclasses import field, replace

from weighbridge.contract.model import SchemaObject
from weighbridge.findings import Finding, Severity
from weighbridge.quick import dataclass
from weighbridge.readers.columns import Mapping
from weighbridge.readers.content import Content
from weighbridge.readers.delimited.dialect import Dialect
from weighbridge.readers.delimited.earlier import earlier_layouts
from weighbridge.readers.delimited.fields import Parsed, take_apart
from weighbridge.readers.delimited.footer import footer_start
from weighbridge.readers.delimited.heading import Heading
from weighbridge.readers.door import Option
from weighbridge.readers.encoding import Encoding
from weighbridge.readers.options import Declared


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


class _Sniffer(Heading):
    def layout(self) -> Layout:
        detected = self.observe()
        mark = detected.mark_bytes
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
