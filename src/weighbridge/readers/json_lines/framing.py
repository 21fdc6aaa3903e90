"""Framing: which bytes of a window are which record.

A window is cut into units: lines; or, where records stand on lines of their own, from one line that
begins a record to the next; or by brackets. Each unit is judged by itself. A unit with one value
is a record, one with several (``{…} {…}``, ``{…},{…}``) is several, one that cannot be taken apart
is one broken record: what is wrong with it never costs its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from weighbridge.readers.encoding import Text
from weighbridge.readers.faults import INVALID, NO_OBJECT, NOT_JSON, TOO_LONG, too_long
from weighbridge.readers.json_lines.tokens import (
    CLOSE_ARRAY,
    CLOSE_OBJECT,
    COMMA,
    INVALID_TEXT,
    OPEN_ARRAY,
    OPEN_OBJECT,
    TEXT,
    Positions,
    Tokens,
    tokens_of,
)
from weighbridge.readers.json_lines.words import why_not
from weighbridge.readers.lines import lines_of
from weighbridge.readers.records import Records
from weighbridge.readers.windows import Windows

DEFAULT_MAX_RECORD_BYTES = 8 << 20
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_HELD_BYTES = 512
_FIRST_CHUNK_BYTES = 1 << 16
_UNDECIDED = -2
_SEPARATORS = re.compile(rb"[ \t\r\n,]*")


@dataclass(frozen=True, slots=True)
class Shape:
    """How records stand in a text.

    Attributes:
        cut: ``"lines"``, ``"anchors"`` or ``"brackets"``.
        anchor: where a record's line begins, for ``"anchors"``.
        again: where a record may begin again after a broken one, for ``"brackets"``.
        ends: whether a bracket that closes the list of records ends them.
        alone: whether nothing but white space may follow that bracket.
    """

    cut: str = "lines"
    anchor: re.Pattern[bytes] | None = None
    again: re.Pattern[bytes] | None = None
    ends: bool = False
    alone: bool = False
    max_record_bytes: int = DEFAULT_MAX_RECORD_BYTES


@dataclass(frozen=True, slots=True)
class Framed:
    """Records of a window, in order.

    Attributes:
        starts, ends, nexts: positions in the text; ``ends:nexts`` is white space, commas and line ends.
        roots: the token each begins with; -1 for a broken one.
        faults, seen: as in `Records`.
        controls: kind, start and end of blank lines.
        taken: how much of the window is gone through.
        ended: the list of records is closed at `taken`.
        joined: how many units held more than one record.
    """

    text: Text
    tokens: Tokens
    roots: Positions
    starts: Positions
    ends: Positions
    nexts: Positions
    faults: npt.NDArray[np.uint8]
    seen: dict[int, str]
    controls: list[tuple[str, int, int]]
    taken: int
    ended: bool = False
    joined: int = 0


def frame(text: Text, shape: Shape, final: bool) -> Framed:
    """Return what of a window is records."""
    if shape.cut == "brackets":
        return _by_brackets(text, shape, final)
    if shape.cut == "lines":
        lines = lines_of(text.utf8, "any", final)
        starts, ends, nexts = lines.starts, lines.ends, lines.nexts
    else:
        assert shape.anchor is not None
        found = [m.start("at") for m in shape.anchor.finditer(text.utf8)]
        starts = np.array([0, *(p for p in found if p)], np.int64) if len(text.utf8) else np.zeros(0, np.int64)
        nexts = np.append(starts[1:], len(text.utf8))[: len(starts)]
        if not final:
            starts, nexts = starts[:-1], nexts[:-1]
        ends = nexts
    return _of_units(text, shape, starts, ends, nexts, final)


def _of_units(text: Text, shape: Shape, starts: Positions, ends: Positions, nexts: Positions, final: bool) -> Framed:
    """Judge each unit; in a list, the first bracket that closes it ends the records."""
    tokens = tokens_of(text.utf8, starts, ends)
    if shape.ends and tokens.broken:
        for unit in sorted(tokens.broken):
            closing = _closes_list(text.utf8, int(starts[unit]), int(ends[unit]), shape, final)
            if closing == _UNDECIDED:
                starts, ends, nexts = starts[:unit], ends[:unit], nexts[:unit]
                tokens = tokens_of(text.utf8, starts, ends)
                break
            if closing >= 0:
                starts, ends, nexts = starts[: unit + 1], ends[: unit + 1].copy(), nexts[: unit + 1].copy()
                ends[-1] = nexts[-1] = closing
                tokens = tokens_of(text.utf8, starts, ends)
                return _records(text, shape, tokens, starts, ends, nexts, closing, ended=True)
    return _records(text, shape, tokens, starts, ends, nexts, int(nexts[-1]) if len(nexts) else 0)


def _records(
    text: Text,
    shape: Shape,
    tokens: Tokens,
    starts: Positions,
    ends: Positions,
    nexts: Positions,
    taken: int,
    ended: bool = False,
) -> Framed:
    top = np.flatnonzero((tokens.depths == 0) & (tokens.kinds != COMMA))
    kinds = tokens.kinds[top]
    first = (kinds != CLOSE_OBJECT) & (kinds != CLOSE_ARRAY)
    roots, at = top[first], np.flatnonzero(first)
    plain = _without_object(tokens, roots)
    if plain:
        tokens = replace(tokens, broken={**tokens.broken, **dict.fromkeys(plain, "several values and no object")})
        keep = ~np.isin(tokens.units[roots], plain)
        roots, at = roots[keep], at[keep]
    container = (tokens.kinds[roots] == OPEN_OBJECT) | (tokens.kinds[roots] == OPEN_ARRAY)
    quote = (tokens.kinds[roots] == TEXT).astype(np.int64)
    last = top[np.minimum(at + container, max(len(top) - 1, 0))] if len(top) else roots
    value_ends = tokens.ends[last] + np.where(container, 0, quote)
    value_starts, units = tokens.starts[roots] - quote, tokens.units[roots]
    opens_unit = np.diff(units, prepend=-1) != 0
    begin = np.where(opens_unit, starts[units], value_starts)
    follow = np.append(begin[1:], 0)
    closes_unit = np.append(opens_unit[1:], True)
    follow = np.where(closes_unit, nexts[units], follow)
    faults = np.where(tokens.kinds[roots] == OPEN_OBJECT, 0, NO_OBJECT).astype(np.uint8)
    joined = int(np.count_nonzero(~opens_unit))

    broken = np.array(sorted(tokens.broken), np.int64)
    whole = np.concatenate((begin, starts[broken]))
    order = np.argsort(whole, kind="stable")
    all_roots = np.concatenate((roots, np.full(len(broken), -1, np.int64)))[order]
    all_ends = np.concatenate((value_ends, _trimmed(text.utf8, starts[broken], ends[broken])))[order]
    all_nexts = np.concatenate((follow, nexts[broken]))[order]
    words = [tokens.broken[u] for u in broken.tolist()]
    wrong = [INVALID if w == INVALID_TEXT else NOT_JSON for w in words]
    all_faults = np.concatenate((faults, np.array(wrong, np.uint8)))[order]
    seen: dict[int, str] = {}
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    for i, unit in enumerate(broken.tolist()):
        seen[int(place[len(roots) + i])] = (
            "bytes that are not valid in the encoding"
            if words[i] == INVALID_TEXT
            else why_not(text.utf8[starts[unit] : ends[unit]], words[i])
        )
    for i in np.flatnonzero(all_faults == NO_OBJECT).tolist():
        seen[i] = "an array" if tokens.kinds[all_roots[i]] == OPEN_ARRAY else "a plain value"
    all_starts = whole[order]
    for i in np.flatnonzero(all_ends - all_starts > shape.max_record_bytes).tolist():
        all_faults[i], all_roots[i] = TOO_LONG, -1
        seen[i] = too_long(int(all_ends[i] - all_starts[i]), shape.max_record_bytes)
    held = np.zeros(len(starts), np.bool_)
    held[units], held[broken] = True, True
    controls = [("blank", int(starts[u]), int(nexts[u])) for u in np.flatnonzero(~held).tolist()]
    return Framed(
        text, tokens, all_roots, all_starts, all_ends, all_nexts, all_faults, seen, controls, taken, ended, joined
    )


def _without_object(tokens: Tokens, roots: Positions) -> list[int]:
    """Return the units of several values none of which is an object: they are one thing that is no record."""
    units, first = np.unique(tokens.units[roots], return_index=True)
    if len(units) == len(roots):
        return []
    objects = np.add.reduceat((tokens.kinds[roots] == OPEN_OBJECT).astype(np.int64), first)
    several = np.diff(np.append(first, len(roots))) > 1
    found: list[int] = units[several & (objects == 0)].tolist()
    return found


def _trimmed(utf8: bytes, starts: Positions, ends: Positions) -> Positions:
    """Return where the units end without white space behind."""
    ends_of = [a + len(utf8[a:b].rstrip()) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
    return np.array(ends_of, np.int64)


def _closes_list(utf8: bytes, start: int, end: int, shape: Shape, final: bool) -> int:
    """Return where, outside all brackets of a unit, a bracket closes the list; -1 when none does, or `_UNDECIDED`."""
    depth = 0
    for found in _STRUCTURE.finditer(utf8, start, end):
        character = found[0]
        if character in b"{[":
            depth += 1
        elif character in b"}]":
            depth -= 1
            if depth < 0:
                return _end_of_list(utf8, found.start(), shape, final)
    return -1


def _end_of_list(utf8: bytes, at: int, shape: Shape, final: bool) -> int:
    """Return `at` where that bracket ends the list, -1 where it does not, `_UNDECIDED` where it cannot be seen yet."""
    if not shape.ends or utf8[at] != ord("]"):
        return -1
    if shape.alone and utf8[at + 1 :].strip():
        return -1
    return at if final or not shape.alone else _UNDECIDED


def _by_brackets(text: Text, shape: Shape, final: bool) -> Framed:  # noqa: PLR0912, PLR0915 - one scanner, its cases side by side
    """Cut by brackets; after a value that is broken go on where a record may begin again."""
    utf8 = text.utf8
    found: list[tuple[Positions, Positions, Positions]] = []
    position = lead = _after_separators(utf8, 0)
    chunk, ended = _FIRST_CHUNK_BYTES, False
    while position < len(utf8) and not ended:
        stop = min(len(utf8), position + chunk)
        ends, stray = _boundaries(utf8, position, stop)
        nexts = np.array([_after_separators(utf8, end) for end in ends.tolist()], np.int64)
        if len(nexts) and nexts[-1] == len(utf8) and not final:
            ends, nexts = ends[:-1], nexts[:-1]
            if not len(ends):
                break
            stray = -1
        starts = np.concatenate(([position], nexts[:-1])).astype(np.int64) if len(ends) else ends
        again = -1
        for unit in sorted(tokens_of(utf8, starts, ends).broken):
            again = _again(utf8, int(starts[unit]), int(ends[unit]), shape)
            if again >= 0:
                starts = starts[: unit + 1]
                ends, nexts = np.append(ends[:unit], again), np.append(nexts[:unit], again)
                break
        if len(ends):
            found.append((starts, ends, nexts))
            position, chunk = int(nexts[-1]), min(chunk * 2, len(utf8)) if again < 0 else _FIRST_CHUNK_BYTES
        if again >= 0:
            continue
        if stray >= 0:
            closing = _end_of_list(utf8, stray, shape, final)
            if closing == _UNDECIDED:
                break
            ended = closing >= 0
            if stray > position or not ended:
                following = stray if ended else _after_separators(utf8, stray + 1)
                if following == len(utf8) and not final:
                    break
                found.append(_one(position, stray + (not ended), following))
            position = stray if ended else int(found[-1][2][-1])
        elif len(ends):
            continue
        elif stop < len(utf8):
            chunk *= 4
        elif not final and len(utf8) - position <= shape.max_record_bytes + _HELD_BYTES:
            break
        else:
            again = _again(utf8, position, len(utf8), shape)
            if again < 0 and not final:
                break
            following = again if again >= 0 else len(utf8)
            found.append(_one(position, following, following))
            position = following
    starts, ends, nexts = (
        np.concatenate([unit[i] for unit in found]) if found else np.zeros(0, np.int64) for i in range(3)
    )
    framed = _records(text, shape, tokens_of(utf8, starts, ends), starts, ends, nexts, position, ended)
    return replace(framed, controls=[("blank", 0, lead), *framed.controls]) if lead else framed


def _one(start: int, end: int, following: int) -> tuple[Positions, Positions, Positions]:
    return np.array([start], np.int64), np.array([end], np.int64), np.array([following], np.int64)


def _after_separators(utf8: bytes, position: int) -> int:
    found = _SEPARATORS.match(utf8, position)
    assert found is not None
    return found.end()


def _again(utf8: bytes, start: int, end: int, shape: Shape) -> int:
    """Return where a record may begin again within a broken one, -1 when nowhere."""
    found = shape.again.search(utf8, start + 1, end) if shape.again is not None else None
    return found.start("at") if found else -1


def _boundaries(utf8: bytes, start: int, stop: int) -> tuple[Positions, int]:
    """Return where objects and arrays end that stand in nothing else, and where one closes too many (-1: nowhere)."""
    view = np.frombuffer(utf8, np.uint8)[start:stop]
    quotes = np.flatnonzero(view == ord('"'))
    if b"\\" in utf8[start:stop]:
        at = np.flatnonzero(view == ord("\\"))
        run = np.maximum.accumulate(np.where(np.diff(at, prepend=at[0] - 2) != 1, np.arange(len(at)), 0))
        quotes = np.setdiff1d(quotes, at[(np.arange(len(at)) - run) % 2 == 0] + 1, assume_unique=True)
    flips = np.zeros(len(view), np.int8)
    flips[quotes] = 1
    outside = (np.cumsum(flips, dtype=np.uint8) & 1) == 0
    step = ((view == ord("{")) | (view == ord("["))).view(np.int8) - ((view == ord("}")) | (view == ord("]"))).view(
        np.int8
    )
    at = np.flatnonzero((step != 0) & outside)
    depth = np.cumsum(step[at], dtype=np.int64)
    below = np.flatnonzero(depth < 0)
    limit = int(below[0]) if len(below) else len(at)
    closes = at[:limit][depth[:limit] == 0] + 1 + start
    return closes.astype(np.int64), int(at[limit]) + start if len(below) else -1


def skip_record(
    windows: Windows, text: Text, position: int, find: Callable[[bytes, int, bool], int | None], limit: int
) -> tuple[Records, int]:
    """Go to the end of the record at `position`, which is longer than the limit.

    Args:
        find: given a text, a position and whether the text is the last, returns where the next
            record begins, None when it cannot be seen.

    Returns:
        the one record, and how many raw bytes of the last window are taken.
    """
    begin = text.origin(position)
    offset, kept, raw_bytes, text_bytes = text.offset_bytes + begin, b"", 0, 0
    while True:
        found = find(text.utf8, position + (1 if not raw_bytes else 0), windows.final)
        stop = found if found is not None else max(position, len(text.utf8) - _HELD_BYTES)
        taken = text.origin(stop)
        kept += text.raw[begin : min(taken, begin + limit - len(kept))]
        raw_bytes += taken - begin
        text_bytes += stop - position
        if found is not None:
            at = np.zeros(1, np.int64)
            faults, seen = np.array([TOO_LONG], np.uint8), {0: too_long(text_bytes, limit)}
            return Records(kept, offset, at, at + len(kept), at + raw_bytes, faults, seen), taken
        text = windows.next(taken)
        position = begin = 0
