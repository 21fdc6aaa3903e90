"""A Polars frame as an extract: for Python callers who hold their data already.

Its records have a number but no bytes. Its identity is a digest of its values as Arrow IPC.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

import polars as pl

from weighbridge.contract.model import SchemaObject
from weighbridge.findings import Finding, Place
from weighbridge.readers.columns import missing
from weighbridge.readers.door import Option, RawDoubt, Source, SourceAccount
from weighbridge.readers.lineage import LINEAGE_SCHEMA, RECORD, SOURCE, raw_name

NAME = "frame"
_MOST_NAMED = 20


class FrameExtract:
    """An in-memory frame behind the readers' door; see `RawExtract` for its members.

    Attributes:
        records: how many rows it has.
    """

    container: str | None = NAME
    typed = True
    raw_doubts: Mapping[str, tuple[RawDoubt, ...]] = MappingProxyType({})
    content_bytes = 0

    def __init__(self, frame: pl.DataFrame, mapping: dict[str, str], findings: tuple[Finding, ...]) -> None:
        self._frame = frame
        self.records = frame.height
        self._mapping = mapping
        self.columns = tuple(mapping)
        self.findings = findings
        self.options: tuple[Option, ...] = (Option("format", NAME, "declared", "a frame was handed over"),)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The frame as a source; its digest is made when it is asked for."""
        return (Source(0, NAME, int(self._frame.estimated_size()), _digest(self._frame), None),)

    @property
    def others(self) -> pl.DataFrame:
        """The columns that are no property's."""
        return self._frame.drop(self._mapping.values())

    @classmethod
    def of(cls, frame: pl.DataFrame | pl.LazyFrame, schema: SchemaObject) -> FrameExtract:
        """Return the extract of a frame; a lazy one is collected once.

        Columns are found by the properties' source names, exactly.
        """
        held = frame.collect(engine="streaming") if isinstance(frame, pl.LazyFrame) else frame
        mapping: dict[str, str] = {}
        for p in schema.properties:
            present = [name for name in p.source_names if name in held.columns]
            if present:
                mapping[p.name] = present[0]
        if held.columns and schema.properties and not mapping:
            told = ", ".join(held.columns[:_MOST_NAMED]) + (" …" if len(held.columns) > _MOST_NAMED else "")
            return cls(held, mapping, (Finding("RDR-024", Place(source=NAME), f"it has {told}"),))
        return cls(held, mapping, tuple(missing(p, NAME) for p in schema.properties if p.name not in mapping))

    def scan(self) -> pl.LazyFrame:
        """Return the frame with lineage; no record has bytes, none is unframeable."""
        given = {SOURCE: pl.lit(0), RECORD: pl.int_range(1, pl.len() + 1)}
        lineage = [
            (given.get(name, pl.lit(0 if dtype == pl.UInt8 else None))).cast(dtype).alias(name)
            for name, dtype in LINEAGE_SCHEMA.items()
        ]
        raw = [pl.col(source).alias(raw_name(name)) for name, source in self._mapping.items()]
        return self._frame.select(*lineage, *raw).lazy()

    def account(self) -> tuple[SourceAccount, ...]:
        """Return the one account: as many records as rows, no bytes."""
        return (SourceAccount(self.sources[0], self._frame.height, None, ()),)

    def late_findings(self) -> tuple[Finding, ...]:
        """Return nothing: all there is to know of a frame is known at once."""
        return ()


def _digest(frame: pl.DataFrame) -> str:
    buffer = io.BytesIO()
    frame.write_ipc_stream(buffer, compat_level=pl.CompatLevel.oldest())
    return hashlib.sha256(buffer.getbuffer()).hexdigest()
