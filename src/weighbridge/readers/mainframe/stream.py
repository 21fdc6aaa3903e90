"""The bytes of one source in order, whatever it is compressed with; the last of them can be held back as a footer."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from weighbridge.findings import Finding, Place, SourceError

BLOCK_BYTES = 1 << 21

_MAGIC: tuple[tuple[str, bytes], ...] = ((".gz", b"\x1f\x8b"), (".bz2", b"BZh"), (".xz", b"\xfd7zXZ\x00"))


class Window:
    """A sliding view of a source.

    Args:
        blocks: the source's bytes in order.
        held_back: bytes at its end that are no records.

    Attributes:
        data: the bytes at hand; `base` is the source offset of the first.
        ended: the source has no more bytes.
        read_bytes: bytes taken so far.
    """

    def __init__(self, blocks: Iterator[bytes], held_back: int = 0) -> None:
        self.data = bytearray()
        self.base = 0
        self.ended = False
        self.read_bytes = 0
        self._held_back = held_back
        self._blocks = blocks

    @property
    def usable(self) -> int:
        """How many bytes at hand are no footer."""
        return max(len(self.data) - self._held_back, 0)

    def fill(self) -> bool:
        """Take another block; False when there was none."""
        more = b"" if self.ended else next(self._blocks, b"")
        if not more:
            self.ended = True
            return False
        self.data += more
        self.read_bytes += len(more)
        return True

    def drop(self, count: int) -> None:
        """Let the first `count` bytes go."""
        del self.data[:count]
        self.base += count


def blocks_of(name: str, block_bytes: int = BLOCK_BYTES) -> Iterator[bytes]:
    """Give the bytes of a file in blocks; one called .gz, .bz2 or .xz is decompressed.

    Raises:
        SourceError: it cannot be opened or read (RDR-001), or its compression is damaged (RDR-108).
    """
    path = Path(name)
    try:
        file = _open(path)
    except OSError as wrong:
        raise SourceError(Finding("RDR-001", Place(source=name), wrong.strerror or str(wrong))) from wrong
    with file:
        while True:
            try:
                block = file.read(block_bytes)
            except (gzip.BadGzipFile, EOFError, zlib.error, lzma.LZMAError) as wrong:
                raise SourceError(Finding("RDR-108", Place(source=name), str(wrong))) from wrong
            except OSError as wrong:
                code = "RDR-001" if wrong.errno else "RDR-108"
                raise SourceError(Finding(code, Place(source=name), wrong.strerror or str(wrong))) from wrong
            if not block:
                return
            yield block


def _open(path: Path) -> IO[bytes]:
    plain: IO[bytes] = path.open("rb")
    head = plain.read(8)
    plain.seek(0)
    suffix = next((s for s, magic in _MAGIC if path.suffix.lower() == s and head.startswith(magic)), "")
    if suffix == ".gz":
        return gzip.GzipFile(fileobj=plain)  # type: ignore[return-value]
    if suffix == ".bz2":
        return bz2.BZ2File(plain)
    if suffix == ".xz":
        return lzma.LZMAFile(plain)
    return plain
