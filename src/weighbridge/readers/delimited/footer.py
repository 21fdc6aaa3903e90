"""Whether the last lines of a source are a footer and no records."""

from __future__ import annotations

import re
from collections.abc import Mapping

from weighbridge.readers.content import Content
from weighbridge.readers.delimited.dialect import Dialect
from weighbridge.readers.delimited.evidence import Evidence
from weighbridge.readers.delimited.sample import Row, bounds_from, lines_from
from weighbridge.readers.encoding import Encoding

_MOST = 8  # more lines than that are no footer, but records of another kind
_TOTAL = re.compile(
    r"\W*(grand[ _-]?total|sub[ _-]?total|totals?|sum|summe|gesamt|end|eof|trailer|trl|footer|count|rows?|records?|"
    r"number of|generated|report|source|note|page|copyright|\d+ (rows?|records?|lines?))\b",
    re.IGNORECASE,
)
_RULED = re.compile(r"\s*[-=*_#~+|]{3,}\s*")


def footer_start(
    content: Content, encoding: Encoding, start: int, d: Dialect, evidence: Evidence, fields: Mapping[str, int]
) -> tuple[int, int]:
    """Return where the footer begins in the content and how many lines it has; 0 lines: there is none.

    Going up from the last line, a line is of the footer when it has not as many fields as a record
    and says that it is none: a word such as *total*, or a ruled line. The line of a record that was
    cut off says nothing of the kind, nor does an odd text alone, after a blank line or not: it is a
    record that something is wrong with, wherever it stands, for the order of records changes no verdict.
    """
    tail, base = content.tail, content.size_bytes - len(content.tail)
    if base < start:
        tail, base = tail[max(0, start - base) :], max(start, base)
    text = encoding.decode(tail, base, True)
    skip = 0
    if base > start:  # the first line of the tail may be half a line
        first = next((r for r in lines_from(text.utf8, 0, d, True, 1)), None)
        skip = first.next if first is not None else len(text.utf8)
    last = [begin for begin, _ in bounds_from(text.utf8, skip, d, True)][-_MOST - 1 :]
    lines = lines_from(text.utf8, last[0], d, True) if last else []
    begin, count, pending = len(text.utf8), 0, 0
    for row in reversed(lines):
        if row.end == row.start or not text.utf8[row.start : row.end].strip(b" \t\x1a\0"):
            pending += 1
            continue
        if not _is_footer(row, text.utf8, d, evidence, fields):
            break
        begin, count, pending = row.start, count + pending + 1, 0
    goes_on = bool(d.quote) and text.utf8.count(d.quote, begin) % 2 == 1  # of a record whose quotes are still open
    if not count or count >= _MOST or goes_on or (begin <= skip and base > start):
        return content.size_bytes, 0
    return base + text.origin(begin), count


def _is_footer(row: Row, utf8: bytes, d: Dialect, evidence: Evidence, fields: Mapping[str, int]) -> bool:
    cells = row.fields or []
    words = utf8[row.start : row.end].decode("utf-8", "replace")
    if d.header_line and utf8[row.start : row.end] == d.header_line:
        return False
    good, bad = evidence.weigh(cells, fields)
    says = bool(_TOTAL.match(words.lstrip("\"'"))) or bool(_RULED.fullmatch(words))
    if len(cells) in (d.fields, d.most_fields):
        first = next((name for name, i in fields.items() if i == 0), None)
        told = evidence.holds(first, cells[0]) if first is not None and cells else None
        return says and (told is False or (bad > 0 and not good))
    if len(cells) > d.fields or d.fields < 2:
        return says and bad > 0
    return says
