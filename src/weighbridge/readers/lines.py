"""Physical lines of a window, found without a loop.

What ends a line is one of five modes. In `any`, ``\\n`` and ``\\r\\n`` do, line by line, and a
``\\r`` alone is data; in `mixed` that ends a line too; in `lf`, `crlf` and `cr` only that very
sequence does.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from weighbridge.quick import dataclass

Positions = npt.NDArray[np.int64]

LINE_ENDS: tuple[str, ...] = ("any", "lf", "crlf", "cr", "mixed")
_PATTERNS = {"any": rb"\r?\n", "lf": rb"\n", "crlf": rb"\r\n", "cr": rb"\r", "mixed": rb"\r\n?|\n"}
_END = {mode: re.compile(pattern) for mode, pattern in _PATTERNS.items()}
_MARKS = {"any": b"\n", "lf": b"\n", "crlf": b"\r\n", "cr": b"\r"}
_LF, _CR = 10, 13


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines in order, touching: line `i` is ``starts[i]:ends[i]``, its line end ``ends[i]:nexts[i]``."""

    starts: Positions
    ends: Positions
    nexts: Positions

    def __len__(self) -> int:
        return len(self.starts)


def positions_of(view: npt.NDArray[np.uint8], byte: int) -> Positions:
    """Return where `byte` stands; rare bytes are found eight at a time."""
    mask = view == byte
    whole = len(mask) & ~7
    eights = mask[:whole].view(np.uint64)
    words = np.flatnonzero(eights != 0)
    if len(words) * 4 > len(eights):
        return np.flatnonzero(mask)
    within = np.flatnonzero(eights[words].view(np.bool_))
    found = words[within >> 3] * 8 + (within & 7)
    rest = np.flatnonzero(mask[whole:])
    return np.concatenate((found, rest + whole)) if len(rest) else found


def lines_of(utf8: bytes, mode: str, final: bool) -> Lines:
    """Return the lines of a window; the last one may lack its end only when `final`."""
    view = np.frombuffer(utf8, np.uint8)
    if mode == "cr":
        ends = positions_of(view, _CR)
        nexts = ends + 1
    elif mode == "mixed":
        ends, nexts = _mixed(view, final)
    else:
        feeds = positions_of(view, _LF)
        ends = feeds
        if mode == "crlf" or (mode == "any" and b"\r" in utf8):
            after_return = (view[feeds - 1] == _CR) & (feeds > 0) if len(feeds) else feeds > 0
            if mode == "crlf":
                feeds = feeds[after_return]
                ends = feeds - 1
            else:
                ends = feeds - after_return.astype(np.int64)
        nexts = feeds + 1
    last = int(nexts[-1]) if len(nexts) else 0
    if final and last < len(view):
        ends = np.append(ends, len(view))
        nexts = np.append(nexts, len(view))
    starts = np.empty_like(nexts)
    if len(starts):
        starts[0] = 0
        starts[1:] = nexts[:-1]
    return Lines(starts, ends, nexts)


def _mixed(view: npt.NDArray[np.uint8], final: bool) -> tuple[Positions, Positions]:
    """Return the ends and nexts of lines that each of LF, CRLF and CR ends."""
    is_return, is_feed = view == _CR, view == _LF
    after_return = np.zeros(len(view), np.bool_)
    after_return[1:] = is_return[:-1]
    before_feed = np.zeros(len(view), np.bool_)
    before_feed[:-1] = is_feed[1:]
    ends = np.flatnonzero(is_return | (is_feed & ~after_return))
    if not final and len(ends) and ends[-1] == len(view) - 1 and is_return[-1]:
        ends = ends[:-1]  # it may be half of a CRLF
    return ends, ends + 1 + (is_return[ends] & before_feed[ends])


def next_end(text: bytes, start: int, mode: str, final: bool) -> tuple[int, int] | None:
    """Return where the line that `start` stands in ends, and where the next one begins.

    None when its end is not in `text` and more may follow.
    """
    if mode == "mixed":
        met = _END[mode].search(text, start)
        if met is not None and (final or met.end() < len(text) or text[met.start()] != _CR or len(met[0]) == 2):
            return met.span()
        return (len(text), len(text)) if final else None
    mark = _MARKS[mode]
    found = text.find(mark, start)
    if found < 0:
        return (len(text), len(text)) if final else None
    after_return = mode == "any" and found > start and text[found - 1] == _CR
    return (found - 1 if after_return else found), found + len(mark)


def has_end(text: bytes, start: int, stop: int, mode: str) -> bool:
    """Return whether a line ends within ``start:stop``."""
    if mode == "mixed":
        return _END[mode].search(text, start, stop) is not None
    return text.find(_MARKS[mode], start, stop) >= 0


def end_at(text: bytes, position: int, mode: str, final: bool) -> int | None:
    """Return where the line end at `position` ends, 0 when there is none, None when more must be seen."""
    found = _END[mode].match(text, position)
    if mode == "mixed" and not final and position == len(text) - 1 and text[position] == _CR:
        return None
    if found:
        return found.end()
    if position == len(text):
        return position if final else None
    if not final and position == len(text) - 1 and mode in {"any", "crlf"} and text[position] == _CR:
        return None
    return 0
