"""A zipped workbook before anything of it is read: whole, and of a size that can be meant."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.parsers import expat

from weighbridge.findings import Finding, Place, SourceError

PIECE_BYTES = 1 << 18
MOST_BYTES = 8 << 30
SUSPICIOUS_BYTES, SUSPICIOUS_RATIO = 256 << 20, 400
MOST_MEMBERS = 20_000
MOST_TEXTS_BYTES = 1 << 30
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"


class Package:
    """The members of a zipped workbook.

    Raises:
        SourceError: it is damaged (RDR-301), or unpacks to too much (RDR-303).
    """

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise damaged(name, str(error)) from error
        listed = self._zip.infolist()
        packed = path.stat().st_size
        unpacked = sum(i.file_size for i in listed)
        if unpacked > MOST_BYTES or (unpacked > SUSPICIOUS_BYTES and unpacked > SUSPICIOUS_RATIO * max(packed, 1)):
            raise _too_much(name, f"{packed:,} bytes unpack to {unpacked:,}")
        if len(listed) > MOST_MEMBERS:
            raise _too_much(name, f"it has {len(listed):,} parts")
        if any(i.flag_bits & 1 for i in listed):
            raise SourceError(Finding("RDR-302", Place(source=name), "its parts are encrypted"))
        self._names = {i.filename.replace("\\", "/").lstrip("/").lower(): i for i in listed}

    def __contains__(self, part: str) -> bool:
        return part.lstrip("/").lower() in self._names

    def size_bytes(self, part: str) -> int:
        """Return how many bytes a part unpacks to, as the package says."""
        return self._names[part.lstrip("/").lower()].file_size

    def pieces(self, part: str) -> Iterator[bytes]:
        """Yield a part's content; no more than the package says it has."""
        try:
            with self._open(part) as file:
                while piece := file.read(PIECE_BYTES):
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise damaged(self.name, f"{part}: {error}") from error

    def parse(self, part: str, handler: Handler) -> None:
        """Go through an XML part."""
        for _ in self.events(part, handler):
            pass

    def events(self, part: str, handler: Handler) -> Iterator[None]:
        """Go through an XML part, stopping after each piece so that what was found can be taken.

        Raises:
            SourceError: RDR-301, the XML is not well formed, or refers to entities of its own.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartElementHandler = lambda tag, attributes: handler.start(_local(tag), attributes)
        parser.EndElementHandler = lambda tag: handler.end(_local(tag))
        parser.CharacterDataHandler = handler.text
        parser.EntityDeclHandler = _refuse_entities
        try:
            for piece in self.pieces(part):
                parser.Parse(piece, False)
                yield
            parser.Parse(b"", True)
        except (expat.ExpatError, _EntityError, ValueError) as error:
            raise damaged(self.name, f"{part}: {error}") from error
        yield

    def _open(self, part: str) -> IO[bytes]:
        info = self._names.get(part.lstrip("/").lower())
        if info is None:
            raise damaged(self.name, f"{part} is missing")
        return self._zip.open(info)


class Handler:
    """What is told of the elements of an XML part; names come without their namespace."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Text stands in the element that began last and has not ended."""


def attribute(attributes: dict[str, str], name: str) -> str | None:
    """Return an attribute by its name without namespace prefix."""
    if name in attributes:
        return attributes[name]
    return next((value for key, value in attributes.items() if key.rpartition(":")[2] == name), None)


def damaged(name: str, why: str) -> SourceError:
    """Return RDR-301 of a workbook."""
    return SourceError(Finding("RDR-301", Place(source=name), why[:300]))


class _EntityError(Exception):
    pass


def _refuse_entities(*_: object) -> None:
    raise _EntityError("it declares entities, which no workbook needs")


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def _too_much(name: str, why: str) -> SourceError:
    return SourceError(Finding("RDR-303", Place(source=name), why))
