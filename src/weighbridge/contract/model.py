"""The contract as the rest of the project sees it: plain frozen values, no YAML, no I/O.

Everything here is read-only and comparable. A `line` is where the thing stands in the
contract's YAML, counted from 1, so that any later message can point there.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import field, replace
from datetime import date
from typing import Any

from weighbridge.findings import Effect, Finding, Severity
from weighbridge.quick import dataclass


class LogicalType(enum.StrEnum):
    """The logical types of ODCS 3.2."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIME = "time"
    OBJECT = "object"
    ARRAY = "array"
    MAP = "map"
    VECTOR = "vector"


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A legacy rule as a contract names it: which, and with which parameters."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a property stands in a fixed-width record.

    Attributes:
        start: first byte, counted from 1, as layouts on paper count.
        length_bytes: how many bytes.
    """

    start: int
    length_bytes: int


@dataclass(frozen=True, slots=True)
class ReadingPolicy:
    """What readings that are not certain mean for the record (DESIGN: knowing what it doesn't know)."""

    on_repaired: Effect = Effect.REPAIR
    on_ambiguous: Effect = Effect.REVIEW
    on_unreadable: Effect = Effect.REJECT


@dataclass(frozen=True, slots=True)
class EnumValue:
    """One permitted value, with the label a person reads."""

    value: Any
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The `mustBe…` part of a metric.

    Attributes:
        operator: the ODCS key, e.g. ``"mustBeLessThan"``.
        operand: a number, a list (``mustBe``/``mustNotBe`` of values) or the two bounds of
            ``mustBeBetween``/``mustNotBeBetween``, which are inclusive here.
    """

    operator: str
    operand: Any


@dataclass(frozen=True, slots=True)
class Quality:
    """One entry of a `quality` list.

    Attributes:
        name: its `name` or `id`, else a name made from its content; unique within its owner.
        kind: ``"library"``, ``"sql"``, ``"custom"`` or ``"text"``.
        property: the property it stands on; None for the schema object.
        metric, arguments, unit, comparison: of a library metric or SQL query.
        query: of ``kind == "sql"``.
        engine, implementation: of ``kind == "custom"``.
        severity: from the free text of the standard; error when nothing is said.
        options: our `customProperties` on it (scope, filter, tolerance, onFailure, …).
    """

    name: str
    kind: str
    property: str | None = None
    metric: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    unit: str | None = None
    comparison: Comparison | None = None
    query: str | None = None
    engine: str | None = None
    implementation: Any = None
    severity: Severity = Severity.ERROR
    dimension: str | None = None
    description: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    line: int | None = None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A relationship: values of `properties` must stand in `to_properties` of another object.

    Attributes:
        to_contract: the other contract's file or id; None means this contract.
        to_object: the other schema object's name.
        reference: path of a reference file (Parquet or CSV) that holds the permitted keys,
            when the other side is not a published contract.
        severity: error rejects the record, warning warns.
    """

    properties: tuple[str, ...]
    to_object: str
    to_properties: tuple[str, ...]
    to_contract: str | None = None
    reference: str | None = None
    severity: Severity = Severity.ERROR
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Property:
    """One property (column) of a schema object.

    Attributes:
        name: the name it has in the published table.
        source_names: the names it may have in a source header, most wanted first:
            `physicalName`, `name`, then `synonyms`.
        options: `logicalTypeOptions` as they stand.
        enum: permitted values; empty means any.
        primary_key_position: 1-based; None when it is no part of the primary key.
        classification: e.g. ``"pii"``; anything but None and ``"public"`` is masked in outputs.
        rules: legacy rules, applied in order to the source text.
        position: of a fixed-width record.
        children: `properties` of an object; `items` of an array is its only child.
    """

    name: str
    logical_type: LogicalType
    source_names: tuple[str, ...]
    physical_type: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    required: bool = False
    unique: bool = False
    primary_key_position: int | None = None
    enum: tuple[EnumValue, ...] = ()
    classification: str | None = None
    description: str | None = None
    rules: tuple[RuleSpec, ...] = ()
    policy: ReadingPolicy = ReadingPolicy()
    position: Position | None = None
    severity: Severity = Severity.ERROR
    quality: tuple[Quality, ...] = ()
    children: tuple[Property, ...] = ()
    line: int | None = None

    @property
    def is_masked(self) -> bool:
        """Whether values of this property, or of a part of it, must not appear in any output for people."""
        classified = self.classification is not None and self.classification.strip().lower() != "public"
        return classified or any(child.is_masked for child in self.children)


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit on records, as a count, a rate of all records (0 to 1), or both; each trips by itself."""

    count: int | None = None
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Breaker:
    """When an extract is held.

    Attributes:
        max_rejected, max_uncertain, max_repaired: over the whole extract.
        per_check: limits by probe name or by finding code.
        min_records: rates are not judged in extracts smaller than this.
        allow_empty: whether an extract without records may be published.
        declared: whether the contract said any of this; False means these are the defaults.
    """

    max_rejected: Limit = Limit(rate=0.10)
    max_uncertain: Limit = Limit()
    max_repaired: Limit = Limit()
    per_check: Mapping[str, Limit] = field(default_factory=dict)
    min_records: int = 100
    allow_empty: bool = False
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Belonging:
    """How the records of a layout are known. What is given must hold together.

    Attributes:
        property: the date property that `since`, `before` and `until` speak of.
        since, before, until: first day, first day after, last day.
        column: the raw column (see `Migration.source`) whose text is one of `values`.
        length_bytes: of the record.
        fields: how many the record has, in delimited text.
        expression: Polars SQL over texts of the source; `names` gives the raw column of each name in it.
    """

    property: str | None = None
    since: date | None = None
    before: date | None = None
    until: date | None = None
    column: str | None = None
    values: tuple[str, ...] = ()
    length_bytes: int | None = None
    fields: int | None = None
    expression: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Migration:
    """How a property of today is read from the records of an earlier layout.

    Attributes:
        declared: today's property with the rules, options and constraints then in force.
        reads: whether it is read otherwise than today.
        checks: whether it is checked otherwise than today.
        source: the raw column it stands in: a property of today, or one of `SchemaObject.sources`.
        start, length: the characters of it that are meant, counted from 1.
        pattern: or the regular expression whose first group is.
        template: or what is joined: texts, each followed by a raw column; None after the last.
        recode: texts and what they are today.
        assumed: its value as text, where that layout does not have it.
        absent: whether that layout does not have it and nothing is assumed.
        because: why that may be assumed.
    """

    declared: Property
    reads: bool = True
    checks: bool = False
    source: str | None = None
    start: int | None = None
    length: int | None = None
    pattern: str | None = None
    template: tuple[tuple[str, str | None], ...] = ()
    recode: Mapping[str, str] = field(default_factory=dict)
    assumed: str | None = None
    absent: bool = False
    because: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Epoch:
    """A layout that records were written under before today's.

    Attributes:
        columns: the raw column (see `Migration.source`) of each field of its delimited records, in order, None for
            none; empty: the first of today's.
        waives: names of checks that were not yet in force.
    """

    name: str
    belongs: Belonging
    columns: tuple[str | None, ...] = ()
    migrations: tuple[Migration, ...] = ()
    waives: tuple[str, ...] = ()
    line: int | None = None

    def migration_of(self, name: str) -> Migration | None:
        """Return how property `name` is migrated; None where it is read and checked as today."""
        return next((m for m in self.migrations if m.declared.name == name), None)


@dataclass(frozen=True, slots=True)
class SchemaObject:
    """One table of a contract: what one extract is an extract of.

    Attributes:
        epochs: its earlier layouts.
        exhaustive: whether each record must be of one of `epochs`; else one that is of none is of today's layout.
        sources: columns that only earlier layouts have, to be read beside the properties.
    """

    name: str
    physical_name: str
    properties: tuple[Property, ...]
    quality: tuple[Quality, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    breaker: Breaker = Breaker()
    description: str | None = None
    extensions: Mapping[str, Any] = field(default_factory=dict)
    line: int | None = None
    epochs: tuple[Epoch, ...] = ()
    exhaustive: bool = False
    sources: tuple[Property, ...] = ()

    @property
    def as_read(self) -> SchemaObject:
        """The object a reader is given: with the columns that only earlier layouts have."""
        return replace(self, properties=(*self.properties, *self.sources)) if self.sources else self

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Names of the primary key's properties in key order; empty when there is none."""
        keyed = [p for p in self.properties if p.primary_key_position is not None]
        return tuple(p.name for p in sorted(keyed, key=lambda p: p.primary_key_position or 0))

    def property_named(self, name: str) -> Property:
        """Return the property called `name`.

        Raises:
            KeyError: there is none.
        """
        for candidate in self.properties:
            if candidate.name == name:
                return candidate
        raise KeyError(name)


MAINFRAME_FORMATS = ("mainframe", "ebcdic", "cobol")
"""Values of `servers.format` that mean records laid out by a copybook."""


CONNECTION = ("host", "port", "database", "schema", "warehouse", "account", "project", "dataset", "serviceName")
"""Keys of an ODCS server that say where a database is."""

DATABASES = ("postgres", "postgresql", "sqlite", "duckdb", "mysql", "mariadb", "sqlserver", "oracle", "redshift")
"""Server types that are databases, from which an extract is a table or a query."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where extracts come from and how their bytes are laid out.

    Attributes:
        record_format: our `recordFormat` custom property as it stands (validated):
            kind, quote, escape, header, recordLength, maxRecordBytes, …; and `copybookDigest`, of the
            copybooks it names.
        connection: what ODCS says of a database server: host, port, database, schema, …
        folder: of the contract's file, where paths in it start; None when it was given as text.
    """

    name: str
    type: str
    path: str | None = None
    format: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    record_format: Mapping[str, Any] = field(default_factory=dict)
    line: int | None = None
    connection: Mapping[str, Any] = field(default_factory=dict)
    folder: str | None = None

    @property
    def is_database(self) -> bool:
        """Whether an extract is read from a database, not from files."""
        kind = self.record_format.get("kind")
        return kind == "database" if kind else self.format is None and self.type.strip().lower() in DATABASES

    @property
    def is_mainframe(self) -> bool:
        """Whether its files are laid out by a copybook, as far as the contract says."""
        kind = self.record_format.get("kind")
        return kind == "mainframe" if kind else (self.format or "").strip().lower() in MAINFRAME_FORMATS


@dataclass(frozen=True, slots=True)
class SlaProperty:
    """One entry of `slaProperties`."""

    name: str
    value: Any
    unit: str | None = None
    element: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    line: int | None = None


@dataclass(frozen=True, slots=True)
class NotExecuted:
    """A part of the contract that Weighbridge reads but does not act on, and why.

    Attributes:
        asserts: whether it promises something of the data that nobody has checked then; False
            for what describes, names people, or belongs to others.
    """

    what: str
    why: str
    line: int | None = None
    asserts: bool = True


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract that may be used.

    Attributes:
        fingerprint: ``sha256:`` of the canonical content: layout, comments and key order of
            the YAML do not change it, any other change does.
        rules_fingerprint: ``sha256:`` of only what decides verdicts and values (objects,
            properties, rules, quality, servers' record formats, SLA, breaker).
        raw: the whole document as plain Python values, unknown vendors' properties included.
        path: the file it was loaded from; None when it was given as text.
        warnings: findings of lint that do not forbid its use.
    """

    id: str
    version: str
    api_version: str
    name: str
    fingerprint: str
    rules_fingerprint: str
    objects: tuple[SchemaObject, ...]
    servers: tuple[Server, ...] = ()
    sla: tuple[SlaProperty, ...] = ()
    status: str | None = None
    description: str | None = None
    path: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[Finding, ...] = ()
    not_executed: tuple[NotExecuted, ...] = ()
