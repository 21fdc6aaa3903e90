"""The bytes of a source: read as stored, decompressed where needed, checked for change.

A source's *content* is what spans partition: the file itself, or what its compressed
members decompress to. Offsets of records are offsets in the content.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from weighbridge.findings import Finding, Place, SourceError
from weighbridge.quick import dataclass
from weighbridge.readers.door import Source
from weighbridge.readers.expand import compression_of, expanded
from weighbridge.readers.gunzip import Damage
from weighbridge.readers.located import Limits, Located

PIECE_BYTES = 1 << 20
STORED_PIECE_BYTES = 1 << 18
TAIL_BYTES = 1 << 16
_MAGIC_BYTES = 10


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells that a stored file is still the one that was opened.

    A scan computes the checksum of the bytes it read; the sha256 is taken once, at opening.
    """

    size_bytes: int
    modified_ns: int
    inode: int
    crc32: int

    def differences(self, now: os.stat_result, crc32: int) -> list[str]:
        """Return in words how the file as it is now differs."""
        return [
            words
            for differs, words in (
                (now.st_size != self.size_bytes, f"{self.size_bytes:,} bytes at opening, {now.st_size:,} now"),
                (now.st_mtime_ns != self.modified_ns, "its time of modification is another"),
                (now.st_ino != self.inode, "another file stands in its place"),
                (crc32 != self.crc32, "its bytes are others"),
            )
            if differs
        ]


@dataclass(frozen=True, slots=True)
class Content:
    """An opened source.

    Attributes:
        source: its identity as it was at opening.
        path: the stored file.
        compression: ``"gzip"``, ``"bzip2"``, ``"zstd"`` or ``"none"``.
        stamp: to notice a change.
        head: the first bytes of the content, at most `PIECE_BYTES`.
        foreign: the first piece of the content with a byte above 0x7F, empty when there is
            none: where the encoding shows.
        damage: what is wrong with the compressed stream, empty when nothing is.
        tail: the last bytes of the content, at most `TAIL_BYTES`: where a footer shows.
        held: the name as it was opened by; it keeps bytes that were unpacked or fetched where they are.
    """

    source: Source
    path: Path
    compression: str
    stamp: Stamp
    head: bytes
    foreign: bytes
    damage: str
    tail: bytes = b""
    held: str = ""

    @property
    def size_bytes(self) -> int:
        """Bytes of content."""
        return self.source.content_bytes or 0

    def pieces(self, piece_bytes: int) -> Iterator[bytes]:
        """Yield the content in order, in pieces of at most `piece_bytes`.

        Raises:
            SourceError: at the end of a complete pass, the file is not the one that was opened
                (RDR-004); or it cannot be read (RDR-001).
        """
        crc32 = 0
        try:
            with self.path.open("rb", buffering=0) as file:

                def stored() -> Iterator[bytes]:
                    nonlocal crc32
                    for piece in _stored(file, piece_bytes if self.compression == "none" else STORED_PIECE_BYTES):
                        crc32 = zlib.crc32(piece, crc32)
                        yield piece

                yield from expanded(stored(), self.compression, piece_bytes, Damage())
                reasons = self.stamp.differences(os.fstat(file.fileno()), crc32)
            reasons = reasons or self.stamp.differences(self.path.stat(), crc32)
        except OSError as error:
            raise SourceError(_unreadable(self.source.name, error)) from error
        if reasons:
            raise SourceError(Finding("RDR-004", Place(source=self.source.name), "; ".join(reasons)))


def open_content(name: str, index: int) -> Content:
    """Open a source: read it once, for its digest, its content's size and its head.

    Raises:
        SourceError: it is not there, is a directory, or cannot be read (RDR-001), or expands
            to more than can be meant (RDR-402).
    """
    path, limits = readable_file(name), Limits()
    sha256, damage = hashlib.sha256(), Damage()
    stored_bytes, crc32, size = 0, 0, 0
    head, foreign, tail = b"", b"", b""
    try:
        with path.open("rb", buffering=0) as file:
            compression = compression_of(file.read(_MAGIC_BYTES))
            file.seek(0)
            before = os.fstat(file.fileno())

            def stored() -> Iterator[bytes]:
                nonlocal stored_bytes, crc32
                for piece in _stored(file, PIECE_BYTES if compression == "none" else STORED_PIECE_BYTES):
                    sha256.update(piece)
                    crc32 = zlib.crc32(piece, crc32)
                    stored_bytes += len(piece)
                    yield piece

            for piece in expanded(stored(), compression, PIECE_BYTES, damage):
                size += len(piece)
                if compression != "none" and (excess := limits.excess(size, stored_bytes)):
                    raise SourceError(Finding("RDR-402", Place(source=name), excess))
                tail = (tail + piece)[-TAIL_BYTES:] if len(piece) < TAIL_BYTES else piece[-TAIL_BYTES:]
                if len(head) < PIECE_BYTES:
                    head += piece[: PIECE_BYTES - len(head)]
                if not foreign and not piece.isascii():
                    foreign = piece
    except OSError as error:
        raise SourceError(_unreadable(name, error)) from error
    stamp = Stamp(stored_bytes, before.st_mtime_ns, before.st_ino, crc32)
    source = Source(index, str(name), stored_bytes, sha256.hexdigest(), size)
    return Content(source, path, compression, stamp, head, foreign, damage.words, tail, name)


def readable_file(name: str) -> Path:
    """Return the path of a source that is a file.

    Raises:
        SourceError: RDR-001, saying what it is instead.
    """
    if isinstance(name, Located):
        return name.path
    if not name.strip():
        raise SourceError(Finding("RDR-001", detail="the path is empty"))
    if "\0" in name:
        raise SourceError(Finding("RDR-001", detail=f"the path holds a NUL character: {name!r}"))
    path = Path(name)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise SourceError(_unreadable(name, error)) from error
    if stat.S_ISDIR(mode):
        fix = "name the files in it, one by one or with a pattern that the shell expands"
        raise SourceError(Finding("RDR-001", Place(source=name), "it is a directory", fix=fix))
    if not stat.S_ISREG(mode):
        detail = "it is not a regular file, and a source is read more than once"
        raise SourceError(Finding("RDR-001", Place(source=name), detail))
    return path


def bytes_of(source: str, offset_bytes: int, length_bytes: int) -> bytes:
    """Return bytes of a source's content, decompressing it where needed.

    Args:
        source: name of the source, as a reader is given it.
        offset_bytes: first byte, from 0, in the decompressed content: a record's `__offset`.
        length_bytes: how many: its `__length`. Fewer come back when the content ends before.

    Raises:
        SourceError: the source cannot be read (RDR-001).
    """
    path = readable_file(source)
    stop = offset_bytes + length_bytes
    try:
        with path.open("rb", buffering=0) as file:
            compression = compression_of(file.read(_MAGIC_BYTES))
            position = offset_bytes if compression == "none" else 0
            file.seek(position)
            found = []
            for piece in expanded(_stored(file, STORED_PIECE_BYTES), compression, PIECE_BYTES, Damage()):
                found.append(piece[max(0, offset_bytes - position) : max(0, stop - position)])
                position += len(piece)
                if position >= stop:
                    break
            return b"".join(found)
    except OSError as error:
        raise SourceError(_unreadable(source, error)) from error


def _unreadable(name: str, error: OSError) -> Finding:
    return Finding("RDR-001", Place(source=name), error.strerror or str(error))


def _stored(file: BinaryIO, piece_bytes: int) -> Iterator[bytes]:
    while piece := file.read(piece_bytes):
        yield piece
