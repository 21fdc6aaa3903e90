"""Tokens of JSON text, all of a window at once: no byte and no record is looked at in Python.

A window is cut into units (lines, mostly) that are judged each by itself, so that a text that is not
closed never reaches into the next unit. What a unit that cannot be taken apart holds is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from weighbridge.readers.encoding import is_valid_utf8

Positions = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY, COLON, COMMA, TEXT, WORD = range(1, 9)
KEY = 9
MOST_NESTED = 200

_CLASS = np.full(256, WORD, np.uint8)
for _kind, _characters in enumerate((b" \t\r\n", b"{", b"}", b"[", b"]", b":", b",")):
    _CLASS[list(_characters)] = _kind
_VALUES = (OPEN_OBJECT, OPEN_ARRAY, TEXT, WORD)
_DONE = (TEXT, WORD, CLOSE_OBJECT, CLOSE_ARRAY)
_ESCAPES = np.zeros(256, np.bool_)
_ESCAPES[list(b'"\\/bfnrtu')] = True
_HEX = np.full(256, 255, np.uint8)
for _digit in b"0123456789abcdefABCDEF":
    _HEX[_digit] = int(chr(_digit), 16)


def _grammar() -> npt.NDArray[np.bool_]:
    """Return what may follow what: by container (none, object, array), the token before, the token."""
    legal = np.zeros((3, 10, 9), np.bool_)
    for before in (0, *_DONE, COMMA):
        legal[0, before, COMMA] = before != COMMA
    legal[0, [[0], [COMMA]], list(_VALUES)] = True
    legal[0, CLOSE_OBJECT, OPEN_OBJECT] = True
    legal[1, OPEN_OBJECT, [TEXT, CLOSE_OBJECT]] = True
    legal[1, COMMA, TEXT] = True
    legal[1, KEY, COLON] = True
    legal[1, COLON, list(_VALUES)] = True
    legal[2, OPEN_ARRAY, [*_VALUES, CLOSE_ARRAY]] = True
    legal[2, COMMA, list(_VALUES)] = True
    for before in _DONE:
        legal[1, before, [COMMA, CLOSE_OBJECT]] = True
        legal[2, before, [COMMA, CLOSE_ARRAY]] = True
    return legal


_LEGAL = _grammar()
_CONTAINER = np.zeros(10, np.uint8)
_CONTAINER[OPEN_OBJECT], _CONTAINER[OPEN_ARRAY] = 1, 2


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens in order, of the units that could be taken apart.

    Attributes:
        kinds: one of the constants above; `KEY` for the text that names a member.
        starts, ends: of a text without its quotes; of an object or array the one character.
        units: which unit it stands in.
        depths: how many objects and arrays it stands in.
        parents: the token that opens what it stands in, -1 where it stands in none; of a
            closing one, the token it closes.
        escapes: positions of backslashes in texts.
        broken: units that cannot be taken apart, and what is wrong: see `WRONG`.
    """

    kinds: Bytes
    starts: Positions
    ends: Positions
    units: Positions
    depths: npt.NDArray[np.int16]
    parents: Positions
    escapes: Positions
    broken: dict[int, str]

    def __len__(self) -> int:
        return len(self.kinds)


def tokens_of(text: bytes, starts: Positions, ends: Positions) -> Tokens:
    """Return the tokens of units ``starts[i]:ends[i]`` of a text, which are in order and do not overlap.

    Whether a word is a number, and what an escape stands for, is not looked at here. Several
    values may stand in a unit one after the other, with or without commas.
    """
    base = int(starts[0]) if len(starts) else 0
    found = _tokens_of(text[base : int(ends[-1]) if len(ends) else 0], starts - base, ends - base)
    if not base:
        return found
    return replace(found, starts=found.starts + base, ends=found.ends + base, escapes=found.escapes + base)


def _tokens_of(text: bytes, starts: Positions, ends: Positions) -> Tokens:
    view = np.frombuffer(text, np.uint8)
    broken: dict[int, str] = {}

    def breaks(positions: Positions, words: str) -> None:
        for unit in np.unique(_unit_of(starts, positions)).tolist():
            broken.setdefault(unit, words)

    backslashes, escaped = _escaped(text, view)
    quotes = np.flatnonzero(view == ord('"'))
    if len(escaped):
        quotes = quotes[~np.isin(quotes, escaped, assume_unique=True)]
    counts = np.diff(np.searchsorted(quotes, np.append(starts, len(view) + 1)))
    odd = np.flatnonzero(counts & 1)
    if len(odd):
        broken.update(dict.fromkeys(odd.tolist(), "a text is not closed"))
        quotes = quotes[~np.isin(_unit_of(starts, quotes), odd)]
    if not is_valid_utf8(text):
        high = np.unique(_unit_of(starts, np.flatnonzero(view >= 0x80))).tolist()
        broken.update({u: INVALID_TEXT for u in high if not is_valid_utf8(text[starts[u] : ends[u]])})
    opens, closes = quotes[0::2], quotes[1::2]
    delta = np.zeros(len(view) + 1, np.int8)
    delta[opens] = 1
    delta[closes + 1] -= 1
    inside = np.cumsum(delta[:-1], dtype=np.int8).view(np.bool_)
    control = np.flatnonzero((view < 0x20) & inside)
    if len(control):
        breaks(control, "a control character in a text is not escaped")
    if len(escaped):
        breaks(_wrongly_escaped(view, escaped[inside[np.minimum(escaped, len(view) - 1)]]), _ESCAPE_WORDS)
        breaks(_half_pairs(view, escaped), "half a surrogate pair stands for no character")

    classes = _CLASS[view]
    classes[inside] = 0
    classes[opens] = TEXT
    for unit in broken:
        classes[starts[unit] : ends[unit]] = 0
    words = classes == WORD
    edges = np.diff(words.view(np.int8), prepend=np.int8(0), append=np.int8(0))
    begins, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    classes[words] = 0
    classes[begins] = WORD
    at = np.flatnonzero(classes)
    kinds = classes[at]
    finishes = at + 1
    finishes[kinds == WORD] = stops
    is_text = kinds == TEXT
    if broken and len(opens):
        closes = closes[~np.isin(_unit_of(starts, opens), list(broken))]
    finishes[is_text] = closes
    at = at + is_text
    counts = np.diff(np.append(np.searchsorted(at, starts), len(at)))
    units = np.repeat(np.arange(len(starts)), counts)
    return _nested(kinds, at, finishes, units, backslashes, broken)


INVALID_TEXT = "\0"
"""Stands for "not valid in the encoding" among the words of `Tokens.broken`."""
_ESCAPE_WORDS = "a backslash is followed by what is no escape"


def _unit_of(starts: Positions, positions: Positions) -> Positions:
    return np.searchsorted(starts, positions, side="right") - 1


def _escaped(text: bytes, view: Bytes) -> tuple[Positions, Positions]:
    """Return where backslashes stand, and where characters that one escapes."""
    if b"\\" not in text:
        none = np.zeros(0, np.int64)
        return none, none
    at = np.flatnonzero(view == ord("\\"))
    begins = np.diff(at, prepend=at[0] - 2) != 1
    run_start = np.maximum.accumulate(np.where(begins, np.arange(len(at)), 0))
    return at, at[(np.arange(len(at)) - run_start) % 2 == 0] + 1


def _wrongly_escaped(view: Bytes, escaped: Positions) -> Positions:
    inside = escaped[escaped < len(view)]
    wrong = inside[~_ESCAPES[view[inside]]]
    unicode = inside[view[inside] == ord("u")]
    digits = _HEX[view[np.minimum(unicode[:, None] + np.arange(1, 5), len(view) - 1)]]
    unread: Positions = np.concatenate((wrong, unicode[(digits == 255).any(axis=1)]))
    return unread


def _half_pairs(view: Bytes, escaped: Positions) -> Positions:
    r"""Return where ``\uD800`` to ``\uDFFF`` stand without their other half."""
    inside = escaped[escaped < len(view)]
    unicode = inside[view[inside] == ord("u")]
    digits = _HEX[view[np.minimum(unicode[:, None] + np.arange(1, 5), len(view) - 1)]].astype(np.int64)
    codes = (digits * (4096, 256, 16, 1)).sum(axis=1)
    high, low = (codes >> 10) == 0xD800 >> 10, (codes >> 10) == 0xDC00 >> 10
    if not (high.any() or low.any()):
        return np.zeros(0, np.int64)
    next_low, before_high = np.append(low[1:], False), np.append(False, high[:-1])
    touches = np.append(np.diff(unicode) == 6, False)
    paired = high & next_low & touches
    closes = low & before_high & np.append(False, paired[:-1])
    halves: Positions = unicode[(high & ~paired) | (low & ~closes)]
    return halves


def _nested(
    kinds: Bytes, at: Positions, finishes: Positions, units: Positions, escapes: Positions, broken: dict[int, str]
) -> Tokens:
    """Tell what stands in what, and leave units out whose brackets or commas do not work out."""
    opening = (kinds == OPEN_OBJECT) | (kinds == OPEN_ARRAY)
    closing = (kinds == CLOSE_OBJECT) | (kinds == CLOSE_ARRAY)
    after = _depth_after(opening, closing, units)
    wrong: dict[int, str] = {}
    if len(kinds):
        firsts = np.flatnonzero(np.diff(units, prepend=-1))
        lasts = np.append(firsts[1:], len(units)) - 1
        which = units[firsts]
        wrong |= dict.fromkeys(which[after[lasts] != 0].tolist(), "what it opens and what it closes are not as many")
        below = np.minimum.reduceat(after, firsts) < 0
        wrong |= dict.fromkeys(which[below].tolist(), "it closes what it did not open")
        deep = np.maximum.reduceat(after, firsts) > MOST_NESTED
        wrong |= dict.fromkeys(which[deep].tolist(), f"it is nested deeper than {MOST_NESTED} levels")
    if wrong:
        keep = ~np.isin(units, list(wrong))
        kinds, at, finishes, units = kinds[keep], at[keep], finishes[keep], units[keep]
        opening, closing, after = opening[keep], closing[keep], after[keep]
    count = len(kinds)
    level = (after + closing).astype(np.uint8)
    order = np.argsort(level, kind="stable")
    opener_at = np.maximum.accumulate(np.where(opening[order], np.arange(count), -1)) if count else order
    enclosing = np.empty(count, np.int64)
    enclosing[order] = order[opener_at]
    enclosing[level == 0] = -1
    parents = enclosing.copy()
    opens = np.flatnonzero(opening)
    parents[opens] = np.where(after[opens] == 1, -1, enclosing[opens - 1])

    container = np.where(parents >= 0, _CONTAINER[kinds[parents]], 0)
    before = np.zeros(count, np.uint8)
    before[1:] = kinds[:-1]
    if count:
        before[np.flatnonzero(np.diff(units, prepend=-1))] = 0
    is_key = (kinds == TEXT) & (container == 1) & ((before == OPEN_OBJECT) | (before == COMMA))
    before[1:][is_key[:-1]] = KEY
    illegal = ~_LEGAL[container, before, kinds]
    final = kinds.copy()
    final[is_key] = KEY
    if illegal.any():
        stray = np.unique(units[illegal], return_index=True)
        firsts = np.flatnonzero(illegal)[stray[1]]
        wrong |= {int(u): f"{_NAMES[kinds[i]]} stands where it cannot" for u, i in zip(stray[0], firsts, strict=True)}
        keep = ~np.isin(units, stray[0])
        moved = np.cumsum(keep) - 1
        parents = np.where(parents >= 0, moved[parents], -1)
        final, at, finishes, units = final[keep], at[keep], finishes[keep], units[keep]
        after, parents = after[keep], parents[keep]
        opening = (final == OPEN_OBJECT) | (final == OPEN_ARRAY)
    depths = (after - opening).astype(np.int16)
    return Tokens(final, at, finishes, units, depths, parents, escapes, {**wrong, **broken})


_NAMES = {
    OPEN_OBJECT: "{",
    CLOSE_OBJECT: "}",
    OPEN_ARRAY: "[",
    CLOSE_ARRAY: "]",
    COLON: "a colon",
    COMMA: "a comma",
    TEXT: "a text",
    WORD: "a word or number",
}


def _depth_after(opening: npt.NDArray[np.bool_], closing: npt.NDArray[np.bool_], units: Positions) -> Positions:
    total = np.cumsum(opening.astype(np.int64) - closing)
    if not len(total):
        return total
    firsts = np.flatnonzero(np.diff(units, prepend=-1))
    base = np.where(firsts > 0, total[firsts - 1], 0)
    base[0] = 0
    sizes = np.diff(np.append(firsts, len(units)))
    depths: Positions = total - np.repeat(base, sizes)
    return depths
