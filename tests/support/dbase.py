"""Writes dBase tables byte by byte, broken ones too."""

from __future__ import annotations

from collections.abc import Sequence


def table(
    fields: Sequence[tuple[str, str, int]],
    records: Sequence[Sequence[bytes]],
    *,
    version: int = 0x03,
    language: int = 0x03,
    marks: bytes = b"",
    told: int | None = None,
    end: bytes = b"\x1a",
) -> bytes:
    """A table; `fields` are (name, type, length), `marks` the deletion mark of each record."""
    header_bytes = 32 + 32 * len(fields) + 1
    record_bytes = 1 + sum(length for _, _, length in fields)
    head = bytes((version, 124, 1, 5))
    head += (len(records) if told is None else told).to_bytes(4, "little")
    head += header_bytes.to_bytes(2, "little") + record_bytes.to_bytes(2, "little")
    head += bytes(17) + bytes((language, 0, 0))
    for name, kind, length in fields:
        head += name.encode().ljust(11, b"\0") + kind.encode() + bytes(4) + bytes((length, 0)) + bytes(14)
    body = b""
    for number, record in enumerate(records):
        body += marks[number : number + 1] or b" "
        for value, (_, kind, length) in zip(record, fields, strict=True):
            body += value.rjust(length) if kind in "NF" else value.ljust(length)
    return head + b"\x0d" + body + end


def memo_iii(texts: Sequence[bytes]) -> bytes:
    """A memo file of dBase III: one text a block, from block 1."""
    return (len(texts) + 1).to_bytes(4, "little").ljust(512, b"\0") + b"".join(
        (text + b"\x1a\x1a").ljust(512, b"\0") for text in texts
    )


def memo_foxpro(texts: Sequence[bytes]) -> bytes:
    """A memo file of FoxPro with blocks of 64 bytes; the first text is in block 8."""
    head = (8).to_bytes(4, "big") + bytes(2) + (64).to_bytes(2, "big")
    body = b""
    for text in texts:
        block = (1).to_bytes(4, "big") + len(text).to_bytes(4, "big") + text
        body += block.ljust(-(-len(block) // 64) * 64, b"\0")
    return head.ljust(512, b"\0") + body
