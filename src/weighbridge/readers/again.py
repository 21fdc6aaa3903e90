"""Single records, taken apart again from their own bytes, as the file they came in was.

A record's bytes say nothing of the file's header and of what was sniffed. That is noted when the
file is read (`Laid`), so that later a few records can be laid out alone, without the file.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from weighbridge.contract.model import SchemaObject, Server
from weighbridge.findings import SourceError
from weighbridge.quick import dataclass
from weighbridge.readers.door import RawExtract
from weighbridge.readers.lineage import FRAMING, FRAMING_SEEN, RAW, raw_name
from weighbridge.readers.opening import open_extract
from weighbridge.readers.options import Declared, spelled
from weighbridge.readers.scratch import scratch_folder
from weighbridge.readers.wrapped import WrappedExtract

if TYPE_CHECKING:
    from weighbridge.readers.scanning import Part

_BY_LINES = ("delimited", "fixedWidth", "jsonLines")
_KEPT = ("quote", "escape", "padding", "trailingDelimiter", "nullValues", "maxRecordBytes", "fallbackEncodings",
         "recordLength", "recordPath")  # fmt: skip
_SNIFFED = ("quote", "escape", "padding", "trailingDelimiter")


@dataclass(frozen=True, slots=True)
class Laid:
    """How the sources of an extract were laid out, as far as single records need it.

    Attributes:
        format: the reader's name.
        typed: whether the source has types of its own.
        options: reading options as they were told, by name.
        names: the columns' names by source, in the order of its fields; none where there is no header.
        doubts: what the reader doubts of its own values, as checks are named; None when it is not known.
    """

    format: str
    typed: bool
    options: Mapping[str, str]
    names: Mapping[str, tuple[str, ...]]
    doubts: tuple[str, ...] | None = None

    @classmethod
    def of(cls, extract: RawExtract) -> Laid:
        """Return how an opened extract is laid out."""
        options = {option.name: option.value for option in extract.options}
        inner = extract
        while isinstance(inner, WrappedExtract):
            inner = inner.inner
        names: dict[str, tuple[str, ...]] = {}
        if options.get("format") == "delimited":
            from weighbridge.readers.scanning import TextExtract

            if isinstance(inner, TextExtract):
                names = {part.source.name: _names(part) for part in inner.parts}
        doubts = tuple(f"{name}|{d.doubt.name}" for name, told in extract.raw_doubts.items() for d in told)
        return cls(options.get("format", ""), extract.typed, options, names, doubts)

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Laid:
        """Return what `to_dict` gave."""
        names = {source: tuple(listed) for source, listed in told["names"].items()}
        doubts = told.get("doubts")
        return cls(
            told["format"], told["typed"], dict(told["options"]), names, None if doubts is None else tuple(doubts)
        )

    @property
    def by_lines(self) -> bool:
        """Whether a record's bytes can be taken apart without those around it."""
        return self.format in _BY_LINES


def _names(part: Part) -> tuple[str, ...]:
    from weighbridge.readers.delimited.part import DelimitedPart
    from weighbridge.readers.delimited.sniffing import column_names

    if not isinstance(part, DelimitedPart):
        return ()
    names = column_names(part.layout)
    if names:
        return tuple(names)
    by_place = {place: name for name, place in part.layout.mapping.fields.items()}
    return tuple(by_place.get(i, f"unnamed {i + 1}") for i in range(part.layout.dialect.fields))


def taken_apart(
    laid: Laid, source: str, raws: Sequence[bytes], schema: SchemaObject, server: Server | None
) -> list[dict[str, Any] | None]:
    """Return each record as a reader gives it: raw columns, `FRAMING` and `FRAMING_SEEN`.

    None stands for bytes that are not one record by themselves.

    Args:
        laid: how its file was laid out.
        source: the file's name.
        raws: the records' bytes, without line ends.
        schema: whose properties are found in them; it may be of a newer contract.
        server: what that contract declares; it goes before what was sniffed.
    """
    if not raws:
        return []
    found = _read(laid, source, raws, schema, server)
    if found is not None:
        return found
    if len(raws) == 1:
        return [None]
    half = len(raws) // 2
    return [
        *taken_apart(laid, source, raws[:half], schema, server),
        *taken_apart(laid, source, raws[half:], schema, server),
    ]


def _read(
    laid: Laid, source: str, raws: Sequence[bytes], schema: SchemaObject, server: Server | None
) -> list[dict[str, Any] | None] | None:
    """Return the records, if reading them together gives just these; else None."""
    told = _server(laid, server, schema)
    encoding = told.encoding or "utf-8"
    by_length = told.record_format.get("recordLength") and not told.record_format.get("lineEnd")
    end = b"" if by_length else "\n".encode(_plain(encoding))
    with scratch_folder("again_") as folder:
        path = Path(folder) / "records"
        head = _header(laid, source, told, encoding)
        path.write_bytes(b"".join([head, *(raw + end for raw in raws)]))
        try:
            extract = open_extract([str(path)], schema.as_read, told)
            columns = [raw_name(c) for c in extract.columns]
            rows = extract.scan().select(RAW, FRAMING, FRAMING_SEEN, *columns).collect(engine="streaming")
        except SourceError:
            return None
    if rows.height != len(raws) or any(a != b for a, b in zip(rows[RAW], raws, strict=True)):
        return None
    texts = [_as_text(rows[name]) for name in columns]
    return list(rows.drop(RAW).with_columns(texts).iter_rows(named=True))


def _as_text(values: pl.Series) -> pl.Series:
    """Return what a reader gave as the tables keep it: parts as JSON, all else as Polars writes it."""
    if not values.dtype.is_nested():
        return values.cast(pl.String)
    write = json.JSONEncoder(default=str, ensure_ascii=False, separators=(",", ":")).encode
    return pl.Series(values.name, [None if v is None else write(v) for v in values.to_list()], dtype=pl.String)


def _server(laid: Laid, server: Server | None, schema: SchemaObject) -> Server:
    declared = Declared(server)
    kept = {name: declared.get(name) for name in _KEPT if declared.get(name) is not None}
    for name in _SNIFFED:
        if name in laid.options and name not in kept:
            value = spelled(laid.options[name])
            kept[name] = value == "true" if value in ("true", "false") else value
    kept |= {"kind": laid.format}
    if laid.format == "fixedWidth" and "lineEnd" in laid.options:  # how long the others were tells which is cut off
        kept["lineEnd"] = "lf"
        width = max(
            (p.position.start - 1 + p.position.length_bytes for p in schema.properties if p.position), default=0
        )
        if "recordLength" not in kept and int(laid.options.get("recordLength", 0)) >= width > 0:
            kept["recordLength"] = int(laid.options["recordLength"])
    delimiter = None
    if laid.format == "delimited":
        kept |= {"header": True, "lineEnd": "lf"}
        delimiter = declared.delimiter or spelled(laid.options.get("delimiter", ","))
    for name in ("escape", "quote"):
        if kept.get(name) == "none":
            del kept[name]
    if not kept.get("escape"):
        kept.pop("escape", None)
    encoding = declared.encoding or laid.options.get("encoding")
    base = server if server is not None else Server("again", "local")
    return replace(base, type="local", format=laid.format, delimiter=delimiter, encoding=encoding,
                   record_format=kept, path=None)  # fmt: skip


def _header(laid: Laid, source: str, server: Server, encoding: str) -> bytes:
    if laid.format != "delimited":
        return b""
    names = laid.names.get(source) or next(iter(laid.names.values()), ())
    delimiter = server.delimiter or ","
    if len(delimiter) == 1 and server.record_format.get("quote", '"'):
        text = io.StringIO()
        csv.writer(
            text, delimiter=delimiter, quotechar=server.record_format.get("quote", '"'), lineterminator="\n"
        ).writerow(names)
        return text.getvalue().encode(_plain(encoding), "replace")
    return (delimiter.join(names) + "\n").encode(_plain(encoding), "replace")


def _plain(encoding: str) -> str:
    """Return the encoding as Python writes it without a byte order mark."""
    plain = encoding.lower().replace("_", "-")
    return {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}.get(plain, plain)
