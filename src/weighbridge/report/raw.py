"""The bytes of a record as evidence: hex beside text, and the value in its line."""

from __future__ import annotations

from typing import Any

from weighbridge.report.text import visible

_WIDTH = 16
_MOST_BYTES = 128
_BEFORE = 32
_AROUND = 90
_LINE_END = 2


def dump(raw: bytes, offset: int | None, length: int | None, encoding: str, seen: str | None = None) -> dict[str, Any]:
    """Return ``{"rows": [{"offset", "hex", "text", "marked"}], "skipped_bytes", "shown_bytes", "of_bytes"}``.

    At most 128 bytes are shown: the record's first, or those around the value where it stands
    further on.

    Args:
        raw: the record's bytes, or the beginning of them.
        offset: of the first byte in the source; rows count from 0 where it is None.
        length: of the whole record with its line end, in bytes.
        encoding: what bytes are read as for the text; those that are no printable character
            by themselves show as a dot.
        seen: the value to mark where its bytes stand once. ``marked`` gives the first of them
            in the row, and the first after them, counted from 0; None in rows without any.
    """
    start, end = _where(raw, seen, encoding)
    skipped = max(start - _BEFORE, 0) // _WIDTH * _WIDTH if end > _MOST_BYTES else 0
    shown = raw[skipped : skipped + _MOST_BYTES]
    rows = []
    for at in range(skipped, skipped + len(shown), _WIDTH):
        part = raw[at : min(at + _WIDTH, skipped + _MOST_BYTES)]
        first, after = max(start - at, 0), min(end - at, len(part))
        rows.append(
            {
                "offset": (offset or 0) + at,
                "hex": part.hex(" "),
                "text": "".join(_character(byte, encoding) for byte in part),
                "marked": [first, after] if first < after else None,
            }
        )
    whole = len(raw) if length is None or length - len(raw) <= _LINE_END else length
    return {"rows": rows, "skipped_bytes": skipped, "shown_bytes": len(shown), "of_bytes": whole}


def in_line(raw: bytes, seen: str | None, encoding: str) -> dict[str, str] | None:
    """Return ``{"before", "value", "after"}`` where `seen` stands once, and whole, in the record.

    None where it does not: a value that stands twice is not pointed at.
    """
    if not seen:
        return None
    text = _decoded(raw, encoding)
    if text.count(seen) != 1:
        return None
    at = text.index(seen)
    end = at + len(seen)
    before = text[max(at - _AROUND, 0) : at]
    after = text[end : end + _AROUND]
    return {
        "before": ("…" if at > _AROUND else "") + before,
        "value": seen,
        "after": after + ("…" if len(text) > end + _AROUND else ""),
    }


def _where(raw: bytes, seen: str | None, encoding: str) -> tuple[int, int]:
    """Return where the bytes of the value begin and end; an empty range where they do not stand once."""
    try:
        wanted = (seen or "").encode(encoding)
    except (LookupError, UnicodeError):
        return 0, 0
    if not wanted or raw.count(wanted) != 1:
        return 0, 0
    start = raw.index(wanted)
    return start, start + len(wanted)


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding, errors="replace")
    except (LookupError, UnicodeError):
        return raw.decode("latin-1")


def _character(byte: int, encoding: str) -> str:
    try:
        character = bytes([byte]).decode(encoding)
    except (LookupError, UnicodeError):
        return "·"
    return character if len(character) == 1 and visible(character) == character else "·"
