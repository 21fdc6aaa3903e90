"""Which field each property is read from, and the columns of a batch of records.

Where a file's records are of several kinds, an object of the contract that is called as a group of
`segmentMap` is that segment: its records are those of the group's ids. Its properties may also name fields of the
segments above it (`segmentChildren`): they have the values of the last such record that came before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from weighbridge.contract.model import SchemaObject
from weighbridge.findings import Finding, Place, Severity
from weighbridge.legacy.cobol import Cells, Column, decode_field
from weighbridge.legacy.cobol.cells import Flags
from weighbridge.legacy.cobol.lookup import FieldIndex
from weighbridge.legacy.cobol.options import Options
from weighbridge.legacy.cobol.records import Rows, Walk, decode_records
from weighbridge.legacy.cobol.segments import Segments, check_names
from weighbridge.legacy.copybook import Copybook
from weighbridge.legacy.copybook.fields import Field
from weighbridge.readers.lineage import raw_name
from weighbridge.readers.mainframe.series import doubt_name, element_of, only_where


@dataclass(frozen=True, eq=False)
class Seen:
    """Where the records of one kind stand that belong to a batch's records, one each; `there`: where one does."""

    cells: Cells
    there: Flags | None = None


@dataclass(frozen=True, eq=False)
class Layout:
    """Which field each property is read from.

    Attributes:
        own: the segment whose records the object has; None for records of every kind.
        fields: by property name.
        groups: the segment of each property's field, by property name; None for fields that all records have.
        findings: properties without a field.
    """

    copybook: Copybook
    options: Options
    segments: Segments
    own: str | None
    fields: Mapping[str, Field]
    groups: Mapping[str, str | None]
    findings: tuple[Finding, ...]
    has_counts: bool

    @classmethod
    def of(cls, copybook: Copybook, options: Options, schema: SchemaObject) -> Layout:
        """Find the field of each property by its source names.

        Raises:
            OptionError: options name what the copybook does not have.
        """
        check_names(copybook, options)
        segments = Segments(copybook, options)
        own = segments.group_called(schema.physical_name, schema.name)
        index = FieldIndex(copybook, segments)
        fields: dict[str, Field] = {}
        groups: dict[str, str | None] = {}
        missing: list[Finding] = []
        for p in schema.properties:
            found = index.find(p.source_names, own)
            if found is None:
                severity = Severity.ERROR if p.required else Severity.WARNING
                missing.append(
                    Finding("RDR-020", Place(path=(p.name,)), f"{p.name}: no such field in the copybook", severity)
                )
                continue
            fields[p.name], groups[p.name] = replace(found.field, name=p.name), found.group
        has_counts = any(item.counter is not None for item in copybook.items())
        return cls(copybook, options, segments, own, fields, groups, tuple(missing), has_counts)

    @property
    def inherited(self) -> tuple[str, ...]:
        """The segments above the own one that properties are read from, the outermost first."""
        if self.own is None:
            return ()
        used = set(self.groups.values())
        return tuple(group for group in reversed(tuple(self.segments.ancestors(self.own))) if group in used)

    def moves(self, name: str) -> bool:
        """Whether a property's bytes do not stand at one place of its own record."""
        return self.has_counts or self.groups[name] in self.inherited

    def columns(self, own: Seen, others: Mapping[str, Seen], wanted: Collection[str]) -> dict[str, Column]:
        """Return the values of the wanted properties in each record.

        Args:
            own: the records themselves.
            others: by segment, the records above them; without a segment of one's own, where a record is of it.
            wanted: names of raw and doubt columns.
        """
        asked = [f for f in self.fields.values() if raw_name(f.name) in wanted or doubt_name(f.name) in wanted]
        out: dict[str, Column] = {}
        for group in dict.fromkeys(self.groups[f.name] for f in asked):
            seen = others.get(group, own) if group is not None else own
            ours = [f for f in asked if self.groups[f.name] == group]
            for name, column in self._decoded(seen, ours, group).items():
                out[name] = column if seen.there is None else only_where(column, seen.there)
        return out

    def _decoded(self, seen: Seen, asked: list[Field], group: str | None) -> dict[str, Column]:
        how, cells = self.options.conventions, seen.cells
        if not self.has_counts:
            return {f.name: decode_field(cells.at(f.offset), f.item, how) for f in asked}
        items = {id(f.item) for f in asked}
        here = np.arange(cells.count, dtype=np.int64)
        rows = here if seen.there is None else here[seen.there]
        active: dict[str, Rows] = {g: rows if g == group else here[:0] for g in self.segments.names}
        walk = Walk(how, self.options.odo_variable_size, lambda item: id(item) in items, self.options.count_map, active)
        records = decode_records(self.copybook.roots, cells, walk)
        return {f.name: element_of(records, f) for f in asked}
