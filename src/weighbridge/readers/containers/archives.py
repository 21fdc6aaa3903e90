"""Members of zip and tar archives, unpacked one by one to files whose names we choose."""

from __future__ import annotations

import contextlib
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from weighbridge.findings import Finding, Place, Severity, SourceError
from weighbridge.readers.expand import compression_of, expanded
from weighbridge.readers.gunzip import Damage
from weighbridge.readers.located import Keeper, Limits

_PIECE_BYTES = 1 << 20
_OFFICE = ("[Content_Types].xml", "mimetype")
_CLUTTER = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")
_DOCUMENT_SUFFIXES = frozenset(
    (
        *(".md", ".rst", ".pdf", ".doc", ".docx", ".odt", ".rtf", ".html", ".htm"),
        *(".png", ".jpg", ".jpeg", ".gif", ".svg", ".sha256", ".sha1", ".md5", ".asc", ".sig"),
    )
)
_DOCUMENT_STEMS = frozenset(("readme", "read me", "license", "licence", "changelog", "copying", "notice"))
_BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, ValueError, RuntimeError)


@dataclass(slots=True)
class Unpacking:
    """What is known while one stored file is unpacked, archives in it included.

    Attributes:
        name: of the stored file.
        stored_bytes: of the stored file.
        wanted: whether a member is to be kept, by its name within the stored file.
        findings: what was met.
    """

    name: str
    stored_bytes: int
    keeper: Keeper
    limits: Limits
    wanted: Callable[[str], bool]
    findings: list[Finding] = field(default_factory=list)
    unpacked_bytes: int = 0
    members: int = 0

    def tell(self, code: str, member: str, detail: str, severity: Severity = Severity.ERROR) -> None:
        """Note a finding about a member, or about the archive when `member` is empty."""
        place = f"{self.name}::{member}" if member else self.name
        self.findings.append(Finding(code, Place(source=place), detail, severity))

    def copy(self, pieces: Iterator[bytes]) -> tuple[Path, str]:
        """Write pieces to a new file; return it and what broke them off, if anything did.

        Raises:
            SourceError: RDR-402, it is too much.
        """
        path, broken = self.keeper.new_file(), ""
        with path.open("wb") as out:
            while True:
                try:
                    piece = next(pieces, b"")
                except _BROKEN as error:
                    broken = str(error) or type(error).__name__
                    break
                if not piece:
                    break
                self.unpacked_bytes += len(piece)
                if excess := self.limits.excess(self.unpacked_bytes, self.stored_bytes):
                    raise SourceError(Finding("RDR-402", Place(source=self.name), excess))
                out.write(piece)
        return path, broken

    def count(self) -> None:
        """Count a member.

        Raises:
            SourceError: RDR-402, there are too many.
        """
        self.members += 1
        if self.members > self.limits.members:
            detail = f"more than {self.limits.members:,} members"
            raise SourceError(Finding("RDR-402", Place(source=self.name), detail))


def archive_kind(path: Path, name: str) -> str:
    """Return ``zip`` or ``tar``, or nothing for a file that is no archive of sources (a workbook is none)."""
    with path.open("rb") as file:
        head = file.read(512)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "" if _is_office(path, name) else "zip"
    compression = compression_of(head[:10])
    if compression == "none":
        return "tar" if _is_tar(head) else ""
    with path.open("rb") as file:
        first = b""
        for piece in expanded(iter(lambda: file.read(1 << 14), b""), compression, 512, Damage()):
            first += piece
            if len(first) >= 512:
                break
    return "tar" if _is_tar(first) else ""


def _is_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar"


def _is_office(path: Path, name: str) -> bool:
    if PurePosixPath(name.lower()).suffix in {".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".ods", ".ots"}:
        return True
    try:
        with zipfile.ZipFile(path) as archive:
            return any(n in _OFFICE for n in archive.namelist()[:1000])
    except (*_BROKEN, NotImplementedError):
        return False


def unpack(path: Path, kind: str, job: Unpacking, prefix: str = "", depth: int = 1) -> Iterator[tuple[str, Path]]:
    """Yield name and path of each wanted member, archives in archives opened, in stored order.

    Raises:
        SourceError: RDR-402, a limit is passed.
    """
    given: set[str] = set()
    for raw_name, pieces in (_zip_members if kind == "zip" else _tar_members)(path, job, prefix):
        member = _free(prefix + (shown_name(raw_name) or "unnamed"), given)
        job.count()
        base = member.rsplit("::", 1)[-1].replace("\\", "/").rsplit("/", 1)[-1]
        if base in _CLUTTER or base.startswith("._") or "__MACOSX/" in member:
            job.tell("RDR-404", member, "a file of an operating system", Severity.INFO)
            continue
        unpacked, broken = job.copy(pieces)
        if broken:
            job.tell("RDR-400", member, broken)
        inner = archive_kind(unpacked, member)
        if inner and depth >= job.limits.depth:
            raise SourceError(Finding("RDR-402", Place(source=f"{job.name}::{member}"), "archives in archives"))
        if inner:
            yield from unpack(unpacked, inner, job, f"{member}::", depth + 1)
            unpacked.unlink()
        elif job.wanted(member):
            yield member, unpacked
        else:
            unpacked.unlink()


def is_document(member: str) -> bool:
    """Return whether a member is called as what describes data is, a README or a PDF, and not as data."""
    path = PurePosixPath(member.rsplit("::", 1)[-1].lower())
    return path.suffix in _DOCUMENT_SUFFIXES or (path.stem in _DOCUMENT_STEMS and path.suffix in ("", ".txt"))


def shown_name(name: str) -> str:
    """Return a member's name as text that any output can hold, with ``/`` between its folders."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    text = text.replace("\\", "/") if "\\" in name else text
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def _free(name: str, given: set[str]) -> str:
    stem, dot, suffix = name.rpartition(".")
    free, number = name, 1
    while free in given:
        number += 1
        free = f"{stem} ({number}).{suffix}" if dot else f"{name} ({number})"
    given.add(free)
    return free


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _checked(member: IO[bytes], expected: int) -> Iterator[bytes]:
    """Yield a member's bytes; only behind the last of them, raise when their checksum is another."""
    vars(member)["_expected_crc"] = None  # else zipfile keeps back the bytes that it found changed
    crc = 0
    for piece in _pieces(member):
        crc = zlib.crc32(piece, crc)
        yield piece
    if crc != expected:
        raise zipfile.BadZipFile("its checksum is another than the archive's directory says")


def _zip_members(path: Path, job: Unpacking, prefix: str) -> Iterator[tuple[str, Iterator[bytes]]]:
    try:
        archive = zipfile.ZipFile(path)
    except (*_BROKEN, NotImplementedError) as error:
        job.tell("RDR-400", prefix.removesuffix("::"), str(error))
        yield from _salvaged(path)
        return
    with archive:
        for info in archive.infolist():
            if info.filename.endswith("/"):  # ZipInfo.is_dir fails on a name without any letter
                continue
            if info.flag_bits & 1:
                job.tell("RDR-401", prefix + shown_name(info.filename), "it is encrypted")
                continue
            if (info.external_attr >> 28) == 0xA:
                job.tell("RDR-404", prefix + shown_name(info.filename), "a link", Severity.WARNING)
                continue
            try:
                member = archive.open(info)
            except NotImplementedError as error:
                job.tell("RDR-401", prefix + shown_name(info.filename), str(error))
                continue
            except _BROKEN as error:
                job.tell("RDR-400", prefix + shown_name(info.filename), str(error))
                continue
            yield info.filename, _checked(member, info.CRC)


def _salvaged(path: Path) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Members of a zip without its directory, by the headers before them (APPNOTE 6.3.10, 4.3.7)."""
    with path.open("rb") as file:
        while (head := file.read(30))[:4] == b"PK\x03\x04" and len(head) == 30:
            flags, method = int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
            stored = int.from_bytes(head[18:22], "little")
            name = file.read(int.from_bytes(head[26:28], "little"))
            file.seek(int.from_bytes(head[28:30], "little"), 1)
            text = name.decode("utf-8" if flags & 0x800 else "cp437", "backslashreplace")
            start, ends = file.tell(), [0]
            if flags & 1 or method not in (0, 8) or (method == 0 and flags & 8) or text.endswith("/"):
                if flags & 8:
                    return
                file.seek(start + stored)
                continue
            pieces = _cut(file, stored) if method == 0 else _inflated(file, ends)
            yield text, pieces
            with contextlib.suppress(*_BROKEN):
                for _ in pieces:  # a member that is not wanted is gone through all the same
                    pass
            file.seek(max(start, ends[0]) if method == 8 else start + stored)
            if flags & 8:
                file.seek(16 if file.read(4) == b"PK\x07\x08" else 12, 1)
                file.seek(-4, 1)


def _cut(file: IO[bytes], size: int) -> Iterator[bytes]:
    while size and (piece := file.read(min(size, _PIECE_BYTES))):
        size -= len(piece)
        yield piece
    if size:
        raise EOFError("it ends in the middle of the member")


def _inflated(file: IO[bytes], ends: list[int]) -> Iterator[bytes]:
    stream = zlib.decompressobj(-15)
    while not stream.eof:
        piece = stream.unconsumed_tail or file.read(1 << 16)
        ends[0] = file.tell()
        if not piece:
            raise EOFError("it ends in the middle of the member")
        if out := stream.decompress(piece, _PIECE_BYTES):
            yield out
    ends[0] = file.tell() - len(stream.unused_data)


def _tar_members(path: Path, job: Unpacking, prefix: str) -> Iterator[tuple[str, Iterator[bytes]]]:
    where = prefix.removesuffix("::")
    with path.open("rb") as file:
        compression = compression_of(file.read(10))
        file.seek(0)
        if compression != "none":
            damage = Damage()
            stored = iter(lambda: file.read(1 << 18), b"")
            path, _ = job.copy(expanded(stored, compression, _PIECE_BYTES, damage))
            if damage.words:
                job.tell("RDR-400", where, damage.words)
    size, start = path.stat().st_size, 0
    while start < size:
        with path.open("rb") as whole:
            whole.seek(start)
            try:
                archive = tarfile.TarFile(fileobj=whole)
                for info in archive:
                    if info.isreg() and (member := archive.extractfile(info)) is not None:
                        yield info.name, _pieces(member)
                    elif not info.isdir():
                        job.tell("RDR-404", prefix + shown_name(info.name), "a link or a device", Severity.WARNING)
            except _BROKEN as error:
                job.tell("RDR-400", where, str(error))
                break
            start = _after_end(whole, archive.offset, size, job, where)
    if compression != "none":
        path.unlink()


def _after_end(whole: IO[bytes], end: int, size: int, job: Unpacking, where: str) -> int:
    """Return where another archive begins behind this one, else `size`; say what else is there."""
    whole.seek(end)
    ended, skipped = False, end
    while block := whole.read(512):
        if block.strip(b"\0"):
            break
        ended, skipped = True, skipped + len(block)
    if skipped >= size:
        if not ended:
            job.tell("RDR-400", where, "the mark of its end is missing")
        return size
    if ended and _is_tar(block):
        return skipped
    if ended:
        job.tell("RDR-405", where, f"{size - skipped:,} bytes from byte {skipped:,} on", Severity.WARNING)
    else:
        job.tell("RDR-400", where, f"no member begins at byte {skipped:,}, and {size - skipped:,} bytes follow")
    return size
