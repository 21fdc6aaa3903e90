"""Which reader an extract is opened with."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath

from weighbridge.contract.model import SchemaObject, Server
from weighbridge.findings import ArgumentError, Finding, Place, SourceError
from weighbridge.readers.containers import gather
from weighbridge.readers.content import bytes_of, readable_file
from weighbridge.readers.control_records import ControlledExtract, take_off
from weighbridge.readers.database import SQLITE_MAGIC, is_database_url, is_duckdb
from weighbridge.readers.door import Option, RawExtract
from weighbridge.readers.formats import FORMATS, Format
from weighbridge.readers.manifest import ListedExtract
from weighbridge.readers.named import NamedExtract, NamePattern, without_named
from weighbridge.readers.options import Declared

_NAMED = {form.name: form for form in FORMATS}
_COMPRESSED = (".gz", ".bz2", ".zst", ".zstd")
_Signature = tuple[str, tuple[bytes, ...], str]
_BINARY_MAGIC: tuple[_Signature, ...] = (
    ("parquet", (b"PAR1", b"PARE"), "it begins with PAR1"),
    ("database", (SQLITE_MAGIC,), "it begins as SQLite databases do"),
    ("excel", (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "it begins as workbooks do"),
)
"""What no text begins with. Archives are unpacked before: what still is a zip file is a workbook, or damaged."""
_SIGNATURES = (*_BINARY_MAGIC, ("arrow", (b"ARROW1", b"FEA1", b"\xff\xff\xff\xff"), "it begins as Arrow does"))
_TEXTS = frozenset(("delimited", "fixedWidth", "json", "jsonLines", "xml"))
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
    if option.origin == "sniffed":
        _require_one_format(gathered.names, form)
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
        held = PurePath(holder).suffix.lower() in _HOLDERS or (_is_file(holder) and not _is_file(name))
        places[holder if held else name] = None
    return list(places)


def _is_file(name: str) -> bool:
    return "\0" not in name and Path(name.partition("::")[0]).is_file()


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
    suffix, named = _by_suffix(first)
    if named is None:
        return _by_content(first, schema)
    if named.name in _TEXTS and (signed := _signed(_head(first), _BINARY_MAGIC)):
        why = f"{signed[1]}, whatever its name says"
        return _NAMED[signed[0]], Option("format", signed[0], "sniffed", why)
    return named, Option("format", named.name, "sniffed", f"the name ends with {suffix}")


def _by_suffix(name: str) -> tuple[str, Format | None]:
    """Return the ending of a name, how it is compressed left out, and the format that has it."""
    suffixes = [s.lower() for s in PurePath(name).suffixes if s.lower() not in _COMPRESSED]
    suffix = suffixes[-1] if suffixes else ""
    return suffix, next((form for form in FORMATS if suffix in form.suffixes), None)


def _require_one_format(names: Sequence[str], form: Format) -> None:
    """Refuse sources of which some have the endings of another format than the first one's.

    Raises:
        SourceError: RDR-406.
    """
    other = next((n for n in names[1:] if (f := _by_suffix(n)[1]) is not None and f.name != form.name), None)
    if other is None:
        return
    found = _by_suffix(other)[1]
    assert found is not None
    detail = f"{names[0]} is {form.name}, {other} is {found.name} by its name"
    raise SourceError(Finding("RDR-406", Place(source=names[0].partition("::")[0]), detail))


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
    head = _head(first)
    if signed := _signed(head):
        return _NAMED[signed[0]], Option("format", signed[0], "sniffed", signed[1])
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


def _head(name: str) -> bytes:
    with readable_file(name).open("rb") as file:
        return file.read(4096)


def _signed(head: bytes, signatures: Sequence[_Signature] = _SIGNATURES) -> tuple[str, str] | None:
    """Return the format that a file's first bytes are the signature of, and how it shows."""
    for name, beginnings, why in signatures:
        if head.startswith(beginnings):
            return name, why
    return ("database", "it begins as DuckDB databases do") if is_duckdb(head) else None


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
