"""A database's file that comes compressed: drivers read plain files only."""

from __future__ import annotations

from pathlib import Path

from weighbridge.findings import Finding, Place, SourceError
from weighbridge.readers.content import PIECE_BYTES, open_content
from weighbridge.readers.database.place import is_database_url
from weighbridge.readers.expand import compression_of
from weighbridge.readers.located import Keeper, Located


def unpacked(source: str) -> str:
    """Return a source, or its name with its unpacked bytes kept aside where it is a compressed file.

    Raises:
        SourceError: the stream is damaged (RDR-006), cannot be read (RDR-001), or expands to more than can be
            meant (RDR-402).
    """
    path = source.path if isinstance(source, Located) else Path(source)
    if is_database_url(source) or "\0" in source or not path.is_file():
        return source
    with path.open("rb") as file:
        if compression_of(file.read(10)) == "none":
            return source
    content = open_content(source, 0)
    if content.damage:
        raise SourceError(Finding("RDR-006", Place(source=str(source)), content.damage))
    keeper = Keeper()
    plain = keeper.new_file()
    with plain.open("wb") as out:
        for piece in content.pieces(PIECE_BYTES):
            out.write(piece)
    return Located(source, plain, keeper)
