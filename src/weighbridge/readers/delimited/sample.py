"""The first records of a source as a dialect takes them apart: what sniffing weighs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from weighbridge.contract.model import SchemaObject
from weighbridge.quick import dataclass
from weighbridge.readers.columns import by_name, known_names
from weighbridge.readers.delimited.dialect import Dialect
from weighbridge.readers.delimited.evidence import Evidence
from weighbridge.readers.delimited.fields import Parsed, take_apart
from weighbridge.readers.lines import next_end

RECORDS, HEADER_LINES = 100, 60


@dataclass(frozen=True, slots=True)
class Row:
    """A line or record: where it stands, and its fields as text; None when its quotes do not work out."""

    start: int
    end: int
    next: int
    fields: list[str] | None


@dataclass(frozen=True, slots=True)
class Score:
    """What speaks for a dialect, most telling first.

    Attributes:
        names: how many names of the contract one of the first lines has.
        fit: part of the records that have as many fields as they should, values of their types.
        even: how alike the records are, for sources that nothing is known of.
        width: how many fields a record should have.
        fits: part of the records that have as many fields as they should.
        records: how many were looked at.
    """

    names: int
    fit: float
    even: float
    width: int
    fits: float
    records: int = 0


def rows_of(utf8: bytes, start: int, d: Dialect, final: bool, most: int = RECORDS) -> list[Row]:
    """Return the first records from `start`, blank lines left out."""
    rows: list[Row] = []
    position = start
    while len(rows) < most and position < len(utf8):
        parsed = take_apart(utf8, position, d, final)
        if isinstance(parsed, Parsed):
            if parsed.end > position and not (d.comment and utf8.startswith(d.comment, position)):
                fields = [(v or b"").decode("utf-8", "replace") for v in parsed.values]
                rows.append(Row(position, parsed.end, parsed.next, fields))
            position = parsed.next
            continue
        line = next_end(utf8, position, d.line_end, final)
        if line is None or line[1] == position:
            break
        rows.append(Row(position, *line, None))
        position = line[1]
    return rows


def bounds_from(utf8: bytes, start: int, d: Dialect, final: bool) -> Iterator[tuple[int, int]]:
    """Yield where each physical line from `start` begins, and where the next one does."""
    position = start
    while position < len(utf8):
        line = next_end(utf8, position, d.line_end, final)
        if line is None or line[1] == position:
            return
        yield position, line[1]
        position = line[1]


def lines_from(utf8: bytes, start: int, d: Dialect, final: bool, most: int = HEADER_LINES) -> list[Row]:
    """Return the first physical lines, each taken apart by itself, quotes or no quotes."""
    rows: list[Row] = []
    position = start
    while len(rows) < most and position < len(utf8):
        line = next_end(utf8, position, d.line_end, final)
        if line is None or line[1] == position:
            break
        text = utf8[position : line[0]]
        parsed = take_apart(text, 0, d, True) if text else None
        if isinstance(parsed, Parsed) and parsed.end == len(text):
            names = [(v or b"").decode("utf-8", "replace") for v in parsed.values]
        else:
            names = [n.strip(d.quote or b" ").decode("utf-8", "replace") for n in text.split(d.delimiter)]
        rows.append(Row(position, *line, names))
        position = line[1]
    return rows


def usual_width(rows: Sequence[Row]) -> tuple[int, float]:
    """Return how many fields most rows have, and what part of all rows that is."""
    counts = Counter(len(r.fields) for r in rows if r.fields is not None)
    if not counts:
        return 0, 0.0
    width, times = max(counts.items(), key=lambda item: (item[1], item[0]))
    return width, times / len(rows)


def score(
    utf8: bytes, start: int, d: Dialect, final: bool, schema: SchemaObject, evidence: Evidence, has_header: bool | None
) -> Score:
    """Weigh a dialect by the first records."""
    rows = rows_of(utf8, start, d, final)
    if not rows:
        return Score(0, 0.0, 0.0, 0, 0.0)
    best, names = -1, 0
    if has_header is not False and evidence.width:
        for i, line in enumerate(lines_from(utf8, start, d, final)):
            found = known_names(line.fields or [], schema)
            if found > names:
                best, names, header = i, found, line
    width, alike = usual_width(rows)
    even = alike * width if width > 1 else 0.0
    if best >= 0:
        fields: Mapping[str, int] = by_name(header.fields or [], schema, "").fields
        body = [r for r in rows if r.start > header.start]
        expected = len(header.fields or [])
    else:
        fields, body, expected = evidence.by_position(), rows, evidence.width or width
    right = [r.fields for r in body if r.fields is not None and len(r.fields) in (expected, expected + 1)]
    right = [f for f in right if len(f) == expected or not f[-1]]
    good = bad = 0
    for row in right:
        yes, no = evidence.weigh(row, fields)
        good, bad = good + yes, bad + no
    share = len(right) / len(body) if body else 1.0
    typed = good / (good + bad) if good + bad else 1.0
    unwrapped = 1 - 0.5 * _wrapped(right)
    return Score(names, share * (0.25 + 0.75 * typed) * unwrapped, even, expected, share, len(body))


def _wrapped(rows: Sequence[Sequence[str]]) -> float:
    """Return what part of the texts still stand in quotes of some kind."""
    texts = [text for row in rows for text in row if len(text) > 1]
    if not texts:
        return 0.0
    pairs = {'"': '"', "'": "'", "`": "`", "“": "”", "«": "»"}
    return sum(pairs.get(t.strip()[:1]) == t.strip()[-1:] != "" for t in texts) / len(texts)
