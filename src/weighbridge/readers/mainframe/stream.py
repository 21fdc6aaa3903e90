"""The bytes of one source in order, whatever it is compressed with; the last of them can be held back as a footer."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from pathlib import Path
from typing import IO

from weighbridge.findings import Finding, Place, SourceError

BLOCK_BYTES = 1 << 21

_MAGIC: tuple[tuple[str, bytes], ...] = (
    (".gz", b"\x1f\x8b"),
    (".bz2", b"BZh"),
    (".xz", b"\xfd7zXZ\x00"),
)


class Window:
    """A sliding view of a source.

    Attributes:
        data: the bytes at hand; `base` is the source offset of the first.
        ended: the source has no more bytes.
        read_bytes: decompressed bytes read so far.
    """

    def __init__(self, name: str, held_back: int = 0, block_bytes: int = BLOCK_BYTES) -> None:
        self.name = name
        self.data = bytearray()
        self.base = 0
        self.ended = False
        self.read_bytes = 0
        self._held_back = held_back
        self._block = block_bytes
        self._file = self._open()

    @property
    def usable(self) -> int:
        """How many bytes at hand are no footer."""
        return max(len(self.data) - self._held_back, 0)

    def fill(self) -> bool:
        """Read another block; False when there was none."""
        if self.ended:
            return False
        try:
            more = self._file.read(self._block)
        except (OSError, EOFError, zlib.error, lzma.LZMAError) as wrong:
            raise SourceError(Finding("RDR-108", Place(source=self.name), str(wrong))) from wrong
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

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _open(self) -> IO[bytes]:
        path = Path(self.name)
        try:
            plain: IO[bytes] = path.open("rb")
            head = plain.read(8)
            plain.seek(0)
        except OSError as wrong:
            raise SourceError(Finding("RDR-001", Place(source=self.name), wrong.strerror or str(wrong))) from wrong
        suffix = next((s for s, magic in _MAGIC if path.suffix.lower() == s and head.startswith(magic)), "")
        if suffix == ".gz":
            return gzip.GzipFile(fileobj=plain)  # type: ignore[return-value]
        if suffix == ".bz2":
            return bz2.BZ2File(plain)
        if suffix == ".xz":
            return lzma.LZMAFile(plain)
        return plain
