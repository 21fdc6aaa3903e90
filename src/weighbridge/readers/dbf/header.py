"""The header of a dBase table: its fields, and how long everything is.

Source: dBase III to IV table file format; Visual FoxPro, "Table File Structure (.dbc, .dbf,
.frx, .lbx, .mnx, .pjx, .scx, .vcx)".
"""

from __future__ import annotations

from dataclasses import dataclass

from weighbridge.findings import Finding, Place, SourceError

VERSIONS = frozenset((0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0xCB, 0xE5, 0xF5, 0xFB))
_NULLABLE = 0x02
LANGUAGES: dict[int, str] = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x04: "mac-roman", 0x08: "cp865", 0x09: "cp437", 0x0A: "cp850",
    0x0B: "cp437", 0x0D: "cp437", 0x0E: "cp850", 0x0F: "cp437", 0x10: "cp850", 0x11: "cp437", 0x12: "cp850",
    0x13: "cp932", 0x14: "cp850", 0x15: "cp437", 0x16: "cp850", 0x17: "cp865", 0x18: "cp437", 0x19: "cp437",
    0x1A: "cp850", 0x1B: "cp437", 0x1C: "cp863", 0x1D: "cp850", 0x1F: "cp852", 0x22: "cp852", 0x23: "cp852",
    0x24: "cp860", 0x25: "cp850", 0x26: "cp866", 0x37: "cp850", 0x40: "cp852", 0x4D: "cp936", 0x4E: "cp949",
    0x4F: "cp950", 0x50: "cp874", 0x57: "cp1252", 0x58: "cp1252", 0x59: "cp1252", 0x64: "cp852", 0x65: "cp866",
    0x66: "cp865", 0x67: "cp861", 0x6A: "cp737", 0x6B: "cp857", 0x78: "cp950", 0x79: "cp949", 0x7A: "cp936",
    0x7B: "cp932", 0x7C: "cp874", 0x7D: "cp1255", 0x7E: "cp1256", 0x86: "cp737", 0x87: "cp852", 0x88: "cp857",
    0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253", 0xCC: "cp1257",
}  # fmt: skip
"""Code pages by the language driver's byte, at offset 29."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field: where it stands in a record, counted from the deletion mark at 0."""

    name: str
    kind: str
    start: int
    length: int
    decimals: int
    nullable: bool


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says."""

    version: int
    records: int
    header_bytes: int
    record_bytes: int
    language: int
    fields: tuple[Field, ...]

    @property
    def is_foxpro(self) -> bool:
        """Whether memo numbers are binary, and memos stand in an .fpt file."""
        return self.version in (0x30, 0x31, 0x32)


def parse(head: bytes, source: str) -> Header:
    """Return the header that a table's first bytes hold.

    Raises:
        SourceError: RDR-330, they hold none; RDR-003, there are no bytes.
    """
    if not head:
        raise SourceError(Finding("RDR-003", Place(source=source), "an empty file is no table"))
    if len(head) < 33 or head[0] not in VERSIONS:
        seven = head[0] & 7 == 4
        detail = "it is a table of dBase 7" if seven else f"it begins with byte {head[0]:02X}"
        fix = "have it saved as dBase IV" if seven else ""
        raise SourceError(Finding("RDR-330", Place(source=source), detail, fix=fix))
    records = int.from_bytes(head[4:8], "little")
    header_bytes, record_bytes = int.from_bytes(head[8:10], "little"), int.from_bytes(head[10:12], "little")
    fields, start, at = [], 1, 32
    while at + 32 <= min(header_bytes, len(head)) and head[at] not in (0x0D, 0x00):
        described = head[at : at + 32]
        name = described[:11].split(b"\0")[0].decode("latin-1").strip()
        kind = chr(described[11])
        length, decimals = described[16], described[17]
        if kind == "C":
            length, decimals = length + (decimals << 8), 0
        fields.append(Field(name, kind, start, length, decimals, bool(described[18] & _NULLABLE)))
        start += length
        at += 32
    if not fields or header_bytes < 33 or record_bytes < 2 or start > record_bytes or len(head) < header_bytes:
        detail = f"its header does not add up: {len(fields)} fields of {start} bytes in records of {record_bytes}"
        raise SourceError(Finding("RDR-330", Place(source=source), detail))
    return Header(head[0], records, header_bytes, record_bytes, head[29], tuple(fields))
