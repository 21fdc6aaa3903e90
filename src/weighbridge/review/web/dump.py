"""Bytes for people: hexadecimal and characters side by side, what is blamed marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

_WIDTH = 16
_MOST = 4_096


@dataclass(frozen=True, slots=True)
class Piece:
    """Neighbouring bytes of a line that are blamed, or that are not."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Sixteen bytes: where they begin, in hexadecimal, as ASCII and as EBCDIC (code page 037)."""

    offset: int
    hexadecimal: tuple[Piece, ...]
    ascii: tuple[Piece, ...]
    ebcdic: tuple[Piece, ...]


def dump(content: bytes, marks: Sequence[tuple[int, int]]) -> tuple[Line, ...]:
    """Return the first 4,096 bytes in lines of sixteen; `marks` are the spans that are blamed."""
    lines = []
    for start in range(0, min(len(content), _MOST), _WIDTH):
        row = content[start : min(start + _WIDTH, _MOST)]
        marked = [any(a <= start + i < b for a, b in marks) for i in range(len(row))]
        lines.append(
            Line(
                start,
                _pieces([f"{b:02x} " for b in row], marked),
                _pieces([chr(b) if 32 <= b < 127 else "·" for b in row], marked),
                _pieces([c if c.isprintable() else "·" for c in row.decode("cp037")], marked),
            )
        )
    return tuple(lines)


def _pieces(texts: Sequence[str], marked: Sequence[bool]) -> tuple[Piece, ...]:
    grouped = groupby(zip(texts, marked, strict=True), key=lambda pair: pair[1])
    return tuple(Piece("".join(text for text, _ in own), mark) for mark, own in grouped)
