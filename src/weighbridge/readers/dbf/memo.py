"""Memo files: texts that do not fit into a record."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_III_BLOCK_BYTES = 512
_IV_MARK = b"\xff\xff\x08\x00"
MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class MemoFile:
    """A memo file beside its table."""

    path: Path
    block_bytes: int
    is_foxpro: bool

    @classmethod
    def beside(cls, table: Path) -> MemoFile | None:
        """Return the memo file of a table; None when there is none."""
        for other in sorted(table.parent.glob("*")):
            suffix = other.suffix.lower()
            if other.stem.lower() == table.stem.lower() and suffix in (".dbt", ".fpt") and other.is_file():
                with other.open("rb") as file:
                    head = file.read(32)
                if suffix == ".fpt":
                    return cls(other, max(int.from_bytes(head[6:8], "big"), 1), True)
                return cls(other, int.from_bytes(head[20:22], "little") or _III_BLOCK_BYTES, False)
        return None

    def read(self, block: int) -> bytes | None:
        """Return the memo that begins at a block; None where the file has none there."""
        with self.path.open("rb") as file:
            file.seek(block * self.block_bytes)
            head = file.read(8)
            if len(head) < 8:
                return None
            if self.is_foxpro:
                return _exactly(file.read(_limited(int.from_bytes(head[4:8], "big"))), head[4:8], "big", 0)
            if head.startswith(_IV_MARK):
                length = int.from_bytes(head[4:8], "little")
                return _exactly(file.read(_limited(length - 8)), head[4:8], "little", 8)
            found = head
            while b"\x1a" not in found and len(found) < MOST_BYTES:
                piece = file.read(_III_BLOCK_BYTES)
                if not piece:
                    return None
                found += piece
            return found.split(b"\x1a")[0]


def _limited(length: int) -> int:
    return max(min(length, MOST_BYTES), 0)


def _exactly(content: bytes, length: bytes, order: str, counted: int) -> bytes | None:
    expected = int.from_bytes(length, "big" if order == "big" else "little") - counted
    return content if len(content) == expected else None
