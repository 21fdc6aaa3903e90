"""One record taken apart with care: the reference that the fast way must agree with.

A quote is special at the start of a field only. A quoted field ends at a quote that is
neither doubled nor escaped; a delimiter or a line end must follow. What does not fit that
is a fault, and never costs more than one physical line.
"""

from __future__ import annotations

from weighbridge.quick import dataclass
from weighbridge.readers.delimited.dialect import Dialect
from weighbridge.readers.lines import end_at, has_end, next_end

Values = list[bytes | None]
BLANKS = b" \t"
_BLANK = frozenset((b" ", b"\t"))
_END_BYTES = 8  # more than any line end takes


@dataclass(frozen=True, slots=True)
class Parsed:
    """A record: its values (None: nothing was there), and where it and its line end end."""

    values: Values
    end: int
    next: int


@dataclass(frozen=True, slots=True)
class Misquoted:
    """The record's quotes do not work out, and how."""

    seen: str


class NeedMore:
    """Whether the record ends cannot be told without the bytes that follow."""


def take_apart(  # noqa: PLR0912  one field after the other, and every way in which it may end
    text: bytes, start: int, dialect: Dialect, final: bool
) -> Parsed | Misquoted | NeedMore:
    """Take apart the record that begins at `start`, which may go on over line ends in quotes.

    A record of more than one line must have exactly `dialect.fields` fields and be no longer
    than the limit. A record of one line is given with however many fields it has.
    """
    d = dialect
    limit = start + d.max_record_bytes
    values: Values = []
    position, opened_at = start, -1
    multiline = False
    line = next_end(text, start, d.line_end, final)
    if line is not None and _is_plain(text, start, line[0], d):
        values = [None if not v or v in d.null_values else v for v in text[start : line[0]].split(d.delimiter)]
        return _finished(values, start, *line, multiline, opened_at, d)
    while True:
        if multiline and 0 < d.most_fields <= len(values) and d.fields:
            return _unclosed(start, opened_at, f"closing it on a later line makes more than {d.fields} fields")
        if d.padding:
            position = _after_blanks(text, position, d)
        if d.quote and text.startswith(d.quote, position):
            body = _quoted(text, position + len(d.quote), min(limit, len(text)), d)
            if body is None:
                if final or len(text) >= limit:
                    return _unclosed(start, position, "")
                return NeedMore()
            content, after = body
            if not final and after + (_END_BYTES if len(d.quote) > 1 else 0) >= len(text):
                return NeedMore()
            if not multiline and has_end(text, position, after, d.line_end):
                multiline, opened_at = True, position
            values.append(None if content in d.null_values else content)
            after = _after_blanks(text, after, d) if d.padding else after
            if text.startswith(d.delimiter, after):
                position = after + len(d.delimiter)
                continue
            next_ = end_at(text, after, d.line_end, final)
            if next_ is None or (not next_ and _may_become_delimiter(text, after, d, final)):
                return NeedMore()
            if not next_:
                return _unclosed(start, opened_at, "") if multiline else _followed(start, position, text, after)
            return _finished(values, start, after, next_, multiline, opened_at, d)
        if line is None or position > line[0]:  # found once for all fields of a line
            line = next_end(text, position, d.line_end, final)
        if line is None:
            return NeedMore() if len(text) < limit + _END_BYTES else _unclosed(start, opened_at, "")
        end, next_ = line
        value, after = _unquoted(text, position, end, d)
        values.append(_unpadded(value, d) if d.padding and value else value)
        if after < end:
            position = after + len(d.delimiter)
            continue
        return _finished(values, start, end, next_, multiline, opened_at, d)


def _is_plain(text: bytes, start: int, end: int, d: Dialect) -> bool:
    """Whether a line has nothing in it but values and delimiters."""
    if d.padding or (d.escape and d.escape != d.quote):
        return False
    return not d.quote or text.find(d.quote, start, end) < 0


def _finished(
    values: Values, start: int, end: int, next_: int, multiline: bool, opened_at: int, d: Dialect
) -> Parsed | Misquoted:
    if multiline and d.fields and not d.holds(values):
        return _unclosed(start, opened_at, f"closing it on a later line makes {len(values)} fields, not {d.fields}")
    if multiline and end - start > d.max_record_bytes:
        return _unclosed(start, opened_at, "")
    return Parsed(values, end, next_)


def _quoted(text: bytes, start: int, stop: int, d: Dialect) -> tuple[bytes, int] | None:
    """Return the content of a quoted field and where its closing quote ends; None when it does not close."""
    parts: list[bytes] = []
    position = start
    while True:
        quote = text.find(d.quote, position, stop)
        escape = text.find(d.escape, position, quote if quote >= 0 else stop) if d.escape else -1
        if escape >= 0 and d.escape != d.quote:
            if escape + 1 >= stop:
                return None
            parts += (text[position:escape], text[escape + 1 : escape + 2])
            position = escape + 2
            continue
        if quote < 0:
            return None
        size = len(d.quote)
        if text.startswith(d.quote, quote + size):
            if quote + size >= stop:
                return None
            parts += (text[position:quote], d.quote)
            position = quote + 2 * size
            continue
        parts.append(text[position:quote])
        return b"".join(parts), quote + size


def _unquoted(text: bytes, start: int, end: int, d: Dialect) -> tuple[bytes | None, int]:
    """Return the value of a field without quotes, and where it ends."""
    if not d.escape or d.escape == d.quote:
        stop = text.find(d.delimiter, start, end)
        stop = end if stop < 0 else stop
        raw = text[start:stop]
        return (None if not raw or raw in d.null_values else raw), stop
    parts: list[bytes] = []
    position = start
    while True:
        stop = text.find(d.delimiter, position, end)
        stop = end if stop < 0 else stop
        escape = text.find(d.escape, position, stop)
        if escape < 0 or escape + 1 >= end:
            parts.append(text[position:stop])
            raw = text[start:stop]
            return (None if not raw or raw in d.null_values else b"".join(parts)), stop
        parts += (text[position:escape], text[escape + 1 : escape + 2])
        position = escape + 2


def _after_blanks(text: bytes, position: int, d: Dialect) -> int:
    """Return where the blanks at `position` end; a blank that is the delimiter is none."""
    while text[position : position + 1] in _BLANK and not text.startswith(d.delimiter, position):
        position += 1
    return position


def _unpadded(value: bytes, d: Dialect) -> bytes | None:
    bare = value.rstrip(BLANKS)
    return None if not bare or bare in d.null_values else bare


def _may_become_delimiter(text: bytes, position: int, d: Dialect, final: bool) -> bool:
    rest = text[position : position + len(d.delimiter)]
    return not final and len(rest) < len(d.delimiter) and d.delimiter.startswith(rest)


def _unclosed(start: int, quote: int, why: str) -> Misquoted:
    seen = f"the quote at byte {quote - start} of the record is not closed on its line"
    return Misquoted(f"{seen}; {why}" if why else seen)


def _followed(start: int, quote: int, text: bytes, after: int) -> Misquoted:
    return Misquoted(
        f"the field quoted at byte {quote - start} of the record is followed by text at byte {after - start}"
    )
