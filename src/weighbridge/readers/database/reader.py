"""A table or a query behind the readers' door."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from weighbridge.contract.model import SchemaObject, Server
from weighbridge.findings import Finding, Place, Severity, SourceError, WeighbridgeError
from weighbridge.legacy.reading import Certainty
from weighbridge.quick import dataclass
from weighbridge.readers.columns import by_name
from weighbridge.readers.database.faults import fault
from weighbridge.readers.database.place import Where, where
from weighbridge.readers.database.session import Session, Undecodable, session
from weighbridge.readers.database.unpacked import unpacked
from weighbridge.readers.door import Option, RawExtract, Source
from weighbridge.readers.spool import CellDoubt, Row, Spool, SpooledExtract, texts_of
from weighbridge.readers.values import as_json, text_of

_COUNTED = frozenset(("postgresql", "sqlite", "duckdb"))
_MODULUS = 1 << 256
_DOUBTS = (CellDoubt("encoding", "RDR-357", Certainty.UNREADABLE, "text in the database's encoding"),)
_MOST_SHOWN_BYTES = 32
_MOST_LISTED = 20
_SQLITE_TABLES = (
    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND substr(name, 1, 7) <> 'sqlite_' ORDER BY 1"
)


@dataclass(frozen=True, slots=True)
class DatabaseReader:
    """Reads databases; see `weighbridge.readers.door.Reader`.

    Records come in the order of the primary key: the contract's, else the table's own. The
    extract's identity is a digest of its rows, whatever their order.
    """

    def open(
        self,
        sources: Sequence[str],
        schema: SchemaObject,
        server: Server | None,
        on_progress: Callable[[int], None] | None = None,
    ) -> RawExtract:
        """Read a table or a query in one snapshot; `sources` is empty, a URL, or a database's file.

        Raises:
            SourceError: RDR-350 to RDR-356; a message never has the password.
        """
        place = where(tuple(map(unpacked, sources)), schema, server)
        connected = False
        try:
            with session(place) as opened:
                connected = True
                return _extract(opened, place, schema)
        except WeighbridgeError:
            raise
        except Exception as error:  # drivers raise errors of their own families
            classified = any(p.is_masked for p in schema.properties)
            told = fault(error, place, connected=connected, classified=classified)
            raise told from (None if classified else error)


def _extract(opened: Session, place: Where, schema: SchemaObject) -> SpooledExtract:
    _require_table(opened, place)
    table = _table(opened, place)
    wanted = place.query if table is None else f"SELECT * FROM {table}"
    names = list(opened.rows(f"SELECT * FROM {table} WHERE 1 = 0")[0]) if table is not None else []
    key: list[str] = []
    findings: list[Finding] = []
    if table is not None:
        mapping = by_name(names, schema, place.name)
        findings += mapping.findings
        key = _key(opened, place, schema, {p: names[at] for p, at in mapping.fields.items()})
        columns = [names[at] for at in dict.fromkeys(mapping.fields.values())]
        columns += [name for name in key if name not in columns]
        listed = ", ".join(map(opened.quoted, columns)) or "1"
        wanted = f"SELECT {listed} FROM {table}"
        if key:
            wanted += " ORDER BY " + ", ".join(map(opened.quoted, key))
    assert wanted is not None
    counted = _count(opened, place, wanted if table is None else f"SELECT * FROM {table}")
    names, rows = opened.rows(wanted)
    mapping = by_name(names, schema, place.name)
    if table is None:
        findings += mapping.findings
    if not key:
        held = {p: names[at] for p, at in mapping.fields.items()}
        key = [held[p] for p in schema.primary_key if p in held]
    spool = Spool(texts_of(schema, mapping.fields), _DOUBTS)
    digest = _Digest(names)
    part = spool.write(
        lambda: Source(0, place.name, digest.size_bytes, digest.hexdigest(), None, counted),
        _records(rows, names, mapping.fields, schema, list(spool.columns), key, digest),
        tuple,
    )
    if not key:
        detail = "no primary key is declared: records are numbered in the order they came in"
        findings.append(Finding("RDR-356", Place(source=place.name), detail, Severity.INFO, fix=_KEY_FIX))
    options = [
        Option("database", place.server_name, "declared"),
        Option("query", place.query or wanted, "declared" if place.query else "default", "read in one snapshot"),
    ]
    return SpooledExtract(spool, [part], container="database", findings=findings, options=options)


_KEY_FIX = "declare the primary key (primaryKey: true), so that a record is known by it"


def _require_table(opened: Session, place: Where) -> None:
    """Refuse a table that a SQLite file has not, and say which it has: no person has a list of them beside a file.

    Raises:
        SourceError: RDR-352.
    """
    if place.backend != "sqlite" or place.table is None or place.schema is not None:
        return
    _, rows = opened.rows(_SQLITE_TABLES)
    held = [str(row[0]) for row in rows]
    if place.table.lower() in (name.lower() for name in held) or place.table.lower().startswith("sqlite_"):
        return
    more = f" and {len(held) - _MOST_LISTED} more" if len(held) > _MOST_LISTED else ""
    listed = ", ".join(held[:_MOST_LISTED]) + more
    detail = f"no such table: {place.table}; there are: {listed}" if held else "it has no table at all"
    fix = "name the table: physicalName of the contract's object, or recordFormat.table"
    raise SourceError(Finding("RDR-352", Place(source=place.name), detail, fix=fix))


def _table(opened: Session, place: Where) -> str | None:
    if place.table is None:
        return None
    return ".".join(opened.quoted(part) for part in (place.schema, place.table) if part)


def _key(opened: Session, place: Where, schema: SchemaObject, held: dict[str, str]) -> list[str]:
    """Return the columns that records are ordered by: the contract's key, else the table's."""
    declared = schema.primary_key
    if declared and all(name in held for name in declared):
        return [held[name] for name in declared]
    assert place.table is not None
    return opened.key_of(place.schema, place.table)


def _count(opened: Session, place: Where, statement: str) -> int | None:
    """Return how many rows the database itself counts, where a query may stand inside of another."""
    if place.backend not in _COUNTED:
        return None
    inner = statement.strip().rstrip(";")
    _, rows = opened.rows(f"SELECT count(*) FROM (\n{inner}\n) AS counted")
    return int(next(iter(rows))[0])


class _Digest:
    """The identity of rows whatever their order: the sum of their digests."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = sorted(names)
        self._sum = 0
        self._count = 0
        self.size_bytes = 0

    def add(self, row: bytes) -> None:
        """Take a row in."""
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(row).digest(), "big")) % _MODULUS
        self._count += 1
        self.size_bytes += len(row)

    def hexdigest(self) -> str:
        """Return the digest of all rows that were taken in."""
        whole = as_json([self._names, self._count, f"{self._sum:064x}"])
        return hashlib.sha256(whole.encode()).hexdigest()


def _records(
    rows: Iterator[Sequence[Any]],
    names: Sequence[str],
    fields: dict[str, int],
    schema: SchemaObject,
    columns: Sequence[str],
    key: Sequence[str],
    digest: _Digest,
) -> Iterator[Row]:
    kinds = {p.name: p.logical_type for p in schema.properties}
    ways = [(fields[name], kinds[name]) for name in columns]
    places = [names.index(name) for name in key if name in names]
    in_order = sorted(range(len(names)), key=lambda at: names[at])
    for row in rows:
        digest.add(as_json({names[at]: row[at] for at in in_order}).encode("utf-8", "surrogatepass"))
        record = {"key": {names[at]: row[at] for at in places}, "row": dict(zip(names, row, strict=True))}
        values = [text_of(row[at], kind) for at, kind in ways]
        doubts = {
            i: (1, "\\x" + row[at][:_MOST_SHOWN_BYTES].hex())
            for i, (at, _) in enumerate(ways)
            if isinstance(row[at], Undecodable)
        }
        yield Row(values, raw=as_json(record).encode("utf-8", "surrogatepass"), doubts=doubts)
