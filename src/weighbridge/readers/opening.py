"""Which reader an extract is opened with."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from pathlib import PurePath

from weighbridge.contract.model import SchemaObject, Server
from weighbridge.findings import ArgumentError, Finding, Place, SourceError
from weighbridge.readers.containers import gather
from weighbridge.readers.content import bytes_of, readable_file
from weighbridge.readers.control_records import ControlledExtract, take_off
from weighbridge.readers.database import is_database_url
from weighbridge.readers.door import Option, RawExtract
from weighbridge.readers.formats import FORMATS, Format
from weighbridge.readers.manifest import ListedExtract
from weighbridge.readers.named import NamedExtract, NamePattern, without_named
from weighbridge.readers.options import Declared

_NAMED = {form.name: form for form in FORMATS}
_COMPRESSED = (".gz", ".bz2", ".zst", ".zstd")
_PARQUET_MAGIC = (b"PAR1", b"PARE")
_ARROW_MAGIC = (b"ARROW1", b"FEA1", b"\xff\xff\xff\xff")
_HOLDERS = frozenset((*_NAMED["excel"].suffixes, *_NAMED["database"].suffixes))
"""Endings of files that hold several sheets or tables."""


def open_extract(
    sources: Sequence[str],
    schema: SchemaObject,
    server: Server | None,
    *,
    on_progress: Callable[[int], None] | None = None,
) -> RawExtract:
    """Open an extract with the reader that its contract declares, else its name or content tells.

    Args:
        sources: its files in order: paths, patterns, folders, URLs, archives or members of them;
            the URL of a database, or nothing where the server is one.
        schema: the object it is an extract of.
        server: how its bytes are laid out; None when the contract does not say.
        on_progress: given the bytes gone through since its last call.

    Raises:
        SourceError: a source cannot be opened (RDR-001), or its format is not known (RDR-005).
        ArgumentError: there are no sources.
    """
    asked = server is not None and server.is_database and not sources
    if asked or any(map(is_database_url, sources)):
        return _NAMED["database"].load().open(sources, schema, server, on_progress)
    if not sources:
        raise ArgumentError(Finding("ARG-001", detail="no source is named; name at least one file after the contract"))
    gathered = gather(sources, server)
    form, option = _choose(gathered.names[0], schema, server)
    named = Declared(server).get("fileName")
    pattern = NamePattern.parse(str(named)) if named is not None else None
    read_by = schema if pattern is None else without_named(schema, pattern)
    controls = take_off(gathered.names, server) if server is not None else None
    laid_out = server if controls is None else controls.server
    extract = form.load().open(gathered.names, read_by, laid_out, on_progress)
    if pattern is not None:
        extract = NamedExtract(extract, schema, pattern)
    if server is not None and (Declared(server).get("manifest") or Declared(server).get("doneMarker")):
        extract = ListedExtract(extract, server)
    if controls is not None:
        extract = ControlledExtract(extract, controls)
    extract.options = (option, *extract.options)
    extract.findings = (*gathered.findings, *extract.findings)
    return extract


def read_from(names: Sequence[str], server: Server | None) -> list[str]:
    """Return what to open to read sources of these names again.

    A sheet's name is that of its workbook and its own, a table's that of its database: what is
    opened is the workbook or the database; nothing where the server says which database.
    """
    places: dict[str, None] = {}
    for name in names:
        if is_database_url(name):
            if server is None or not server.is_database:
                places[name.partition(" ")[0]] = None
            continue
        holder = name.rpartition("!")[0]
        places[holder if PurePath(holder).suffix.lower() in _HOLDERS else name] = None
    return list(places)


def read_record(source: str, offset_bytes: int, length_bytes: int) -> bytes:
    """Return bytes of a source's content, unpacking, fetching or decompressing it where needed.

    Args:
        source: its name as the run gave it: a path, a URL, or a member as ``archive::member``.
        offset_bytes: first byte, from 0, in the decompressed content: a record's `__offset`.
        length_bytes: how many: its `__length`. Fewer come back when the content ends before.

    Raises:
        SourceError: the source cannot be read (RDR-001, RDR-403).
    """
    return bytes_of(gather([source], None).names[0], offset_bytes, length_bytes)


def _choose(first: str, schema: SchemaObject, server: Server | None) -> tuple[Format, Option]:
    kind = Declared(server).get("kind")
    if kind is not None:
        return _declared(str(kind), "recordFormat.kind"), Option("format", str(kind), "declared", "recordFormat.kind")
    if server is not None and server.format:
        form = _declared(server.format, "servers.format")
        return form, Option("format", form.name, "declared", f"servers.format: {server.format}")
    suffixes = [s.lower() for s in PurePath(first).suffixes if s.lower() not in _COMPRESSED]
    for form in FORMATS:
        if suffixes and suffixes[-1] in form.suffixes:
            return form, Option("format", form.name, "sniffed", f"the name ends with {suffixes[-1]}")
    return _by_content(first, schema)


def _declared(name: str, where: str) -> Format:
    wanted = name.strip().lower()
    known = {word.lower(): form for form in FORMATS for word in (form.name, *form.formats)}
    if wanted in known:
        return known[wanted]
    near = difflib.get_close_matches(wanted, list(known), n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    detail = f"{where} is {name!r}; known are {', '.join(sorted(known))}{hint}"
    raise SourceError(Finding("RDR-005", detail=detail))


def _by_content(first: str, schema: SchemaObject) -> tuple[Format, Option]:
    with readable_file(first).open("rb") as file:
        head = file.read(4096)
    if head.startswith(_PARQUET_MAGIC):
        return _NAMED["parquet"], Option("format", "parquet", "sniffed", "it begins with PAR1")
    if head.startswith(_ARROW_MAGIC):
        return _NAMED["arrow"], Option("format", "arrow", "sniffed", "it begins as Arrow does")
    if all(p.position is not None for p in schema.properties):
        why = "every property has a position"
        return _NAMED["fixedWidth"], Option("format", "fixedWidth", "sniffed", why)
    found = _document(head)
    if found:
        return _NAMED[found[0]], Option("format", found[0], "sniffed", found[1])
    if _looks_binary(head):
        detail = f"its name and its first bytes tell nothing; known are {', '.join(sorted(_NAMED))}"
        raise SourceError(Finding("RDR-005", Place(source=first), detail))
    return _NAMED["delimited"], Option("format", "delimited", "sniffed", "it is text")


def _document(head: bytes) -> tuple[str, str] | None:
    """Return the format of a document and how it shows: what it begins with, byte order mark and UTF-16 apart."""
    begin = head.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    text = begin.replace(b"\0", b"").lstrip()
    if re.match(rb"<(\?xml|[A-Za-z_!])", text):
        return "xml", "it begins with a tag"
    if re.match(rb'\{\s*("|\})|\[\s*(\{|\])', text):
        return "json", "it begins with an object or a list of them"
    return None


def _looks_binary(head: bytes) -> bool:
    """Whether the bytes are no text in any encoding we know: control characters that text has not."""
    if head.startswith((b"\x1f\x8b", b"BZh", b"\x28\xb5\x2f\xfd", b"\xff\xfe", b"\xfe\xff")):
        return False
    wide = head[1::2].count(0) > len(head) / 3 or head[::2].count(0) > len(head) / 3
    odd = sum(head.count(c) for c in (*range(9), *range(14, 26)))
    return not wide and odd > len(head) / 20
