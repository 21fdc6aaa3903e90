"""What ODCS lacks: our `customProperties`, as closed pydantic models.

Each place of a contract that may carry some has one model whose fields are the names that
may stand in `property:` there. Field descriptions become the editor's hints, the reference
page and the published JSON Schema.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

VENDOR = "weighbridge"
PREFIX = "weighbridge."

AGE = r"^P([0-9]+W|[0-9]+D|([0-9]+D)?T([0-9]+H|[0-9]+M|[0-9]+H[0-9]+M))$"
"""A length of time in ISO 8601: weeks, or days, hours and minutes."""


def _compiles(pattern: str) -> str:
    """Return a regular expression that is one.

    Raises:
        ValueError: it is none.
    """
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"it is no regular expression: {error}") from error
    return pattern


Count = Annotated[int, Field(ge=0, strict=True)]
Positive = Annotated[int, Field(ge=1, strict=True)]
Rate = Annotated[float, Field(ge=0, le=1, strict=True)]
Flag = Annotated[bool, Field(strict=True)]
Text = Annotated[str, Field(min_length=1, strict=True)]
Pattern = Annotated[str, Field(min_length=1, strict=True), AfterValidator(_compiles)]
Age = Annotated[str, Field(pattern=AGE, strict=True)]
Outcome = Literal["reject", "review", "repair", "warn", "note"]


class Extension(BaseModel):
    """Base of all: closed, frozen, camelCase as contracts write it."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, validate_by_name=True, defer_build=True
    )


class LimitExtension(Extension):
    """A limit on records. Give a count, a rate, or both; each trips by itself."""

    count: Count | None = Field(None, description="more records than this trip it")
    rate: Rate | None = Field(None, description="more than this part of all records trips it, from 0 to 1")


class ControlField(Extension):
    """Where a field of a control record stands: by number where fields are delimited, else by position."""

    field: Positive | None = Field(None, description="which field, counted from 1, where fields are delimited")
    start: Positive | None = Field(None, description="first character, counted from 1")
    length: Positive | None = Field(None, description="how many characters; to the record's end by default")
    format: Text | None = Field(None, description="a date's form in strptime's words, e.g. `%Y%m%d`")
    scale: Count | None = Field(None, description="how many of a number's digits stand behind its unwritten point")


class ControlTotal(ControlField):
    """A sum over a property of all records of the file."""

    property: Text = Field(description="the property that is summed")
    modulo: Positive | None = Field(None, description="what the sum is reduced by: a hash total")


class ControlRecord(Extension):
    """What a header or trailer record says."""

    starts_with: Text | None = Field(
        None, description="how it is known; a file whose first or last line differs lacks it"
    )
    records: ControlField | None = Field(None, description="the field that counts the records")
    counts: Literal["records", "lines"] | None = Field(
        None, description="whether that count is of records (default) or of lines, header and trailer included"
    )
    business_date: ControlField | None = Field(None, description="the field with the business date")
    sequence: ControlField | None = Field(None, description="the field that numbers the extracts")
    totals: list[ControlTotal] | None = Field(None, description="fields with sums over properties")


class ControlRecords(Extension):
    """The first and the last line of a file, when they speak about the others."""

    header: ControlRecord | None = Field(None, description="the file's first line")
    trailer: ControlRecord | None = Field(None, description="the file's last line")


class RecordFormat(Extension):
    """How the bytes of the extract are laid out. What is not said is sniffed, and the report says so."""

    kind: (
        Literal[
            "delimited",
            "fixedWidth",
            "parquet",
            "mainframe",
            "excel",
            "dbf",
            "statistics",
            "database",
            "json",
            "jsonLines",
            "xml",
            "arrow",
        ]
        | None
    ) = Field(None, description="the reader; by default from the server's `format`, then from the file's name")
    delimiter: Text | None = Field(None, description="text between two fields; the server's `delimiter` goes first")
    quote: Annotated[str, Field(max_length=1, strict=True)] | None = Field(
        None, description="the quote character; empty text: fields are never quoted"
    )
    escape: Annotated[str, Field(max_length=1, strict=True)] | None = Field(
        None, description="the character before a quote that is text; by default the quote is doubled"
    )
    header: Flag | None = Field(None, description="whether the first line names the columns")
    null_values: list[Annotated[str, Field(strict=True)]] | None = Field(
        None, description='source texts that mean "no value" for every property'
    )
    line_end: Literal["any", "lf", "crlf", "cr", "mixed"] | None = Field(
        None, description="what ends a record; LF and CRLF by default, with `mixed` a lone CR too"
    )
    padding: Flag | None = Field(None, description="whether blanks around a delimited field are no part of it")
    trailing_delimiter: Flag | None = Field(None, description="whether a delimiter may stand after the last field")
    preamble: Pattern | None = Field(
        None, description="a regular expression: lines before the header that it is found in are no records"
    )
    footer: Pattern | None = Field(
        None, description="a regular expression: lines that it is found in, wherever they stand, are no records"
    )
    fallback_encodings: list[Text] | None = Field(
        None, description="encodings that single records may be in that are not valid in the file's, first one first"
    )
    skip_head: Count | None = Field(None, description="lines before the header or the first record that are no records")
    skip_tail: Count | None = Field(None, description="lines after the last record that are no records")
    comment: Text | None = Field(None, description="a line that begins with this text is no record")
    encoding: Text | None = Field(None, description="the text's encoding; the server's `encoding` goes first")
    max_record_bytes: Positive | None = Field(None, description="a record longer than this is not framed")
    members: Text | None = Field(None, description="a pattern of names: which members of an archive are read; `*`: all")
    file_name: Text | None = Field(
        None,
        description="how files are named and what their names carry: `flights_{business_date:%Y%m%d}.csv` gives all"
        " records of a file that property",
    )
    control_records: ControlRecords | None = Field(
        None, description="header and trailer records, held against what was read; one that is missing or differs holds"
    )
    done_marker: Text | None = Field(
        None, description="the file beside a file that says it is complete: `{name}.done`, `{stem}.ok` or `_SUCCESS`"
    )
    manifest: Text | None = Field(
        None,
        description="the file beside a file that lists its size, sha256 or records, as JSON, CSV or sha256sum's lines:"
        " `MANIFEST.csv`, `{name}.sha256`",
    )
    max_unpacked_bytes: Positive | None = Field(
        None, description="what one archive may unpack to; more is taken for an attack and refused; 1 TiB by default"
    )
    max_unpacked_ratio: Positive | None = Field(
        None, description="unpacked to stored bytes, from the first GiB on; more is refused; 1000 by default"
    )
    record_path: Text | None = Field(
        None,
        description="where a document's records stand: `$.data.items[*]` in JSON, `/feed/entry` in XML;"
        " by default the list whose items have the contract's names",
    )
    record_length: Positive | None = Field(
        None, description="bytes of each record of a fixed-width file without line ends"
    )
    copybook: Text | list[Text] | None = Field(
        None,
        description="COBOL copybooks that lay out mainframe records; paths from the contract's own folder,"
        " or names beside the extract",
    )
    options: dict[str, Any] | None = Field(
        None, description="what a copybook does not say of a mainframe file: see docs/mainframe.md"
    )
    sheet: Text | Positive | list[Text | Positive] | None = Field(
        None, description="sheets of a workbook: a name, a pattern (`2024-*`), a position from 1, or a list of these"
    )
    header_rows: Positive | None = Field(None, description="rows that a sheet's header has, from its first to its last")
    hidden_rows: Literal["read", "skip", "reject"] | None = Field(
        None, description="what becomes of a sheet's hidden rows: records (default), no records, rejected records"
    )
    value_labels: Flag | None = Field(
        None, description="whether a statistics package's labels are read in place of the codes they stand for"
    )
    url: Text | None = Field(
        None, description="a database's SQLAlchemy URL; `${NAME}` is taken from the environment: write no password"
    )
    table: Text | None = Field(
        None, description="the table or view to read; by default the object's physicalName in the server's schema"
    )
    query: Text | None = Field(None, description="the query to read in place of a table; it must only read")
    timeout_seconds: Positive | None = Field(None, description="how long a database may take to answer; 300 by default")


class BreakerExtension(Extension):
    """When an extract is held and the last good version stays served."""

    max_rejected: LimitExtension | None = Field(
        None, description="limit on rejected records; by default a rate of 0.10"
    )
    max_uncertain: LimitExtension | None = Field(None, description="limit on records that wait for a person")
    max_repaired: LimitExtension | None = Field(None, description="limit on repaired records")
    per_check: dict[str, LimitExtension] | None = Field(
        None, description="limits by a check's name (`dep_time|maximum`) or by a finding's code (`CHK-001`)"
    )
    min_records: Count | None = Field(
        None, description="rates are not judged in extracts smaller than this; 100 by default"
    )
    allow_empty: Flag | None = Field(
        None, description="whether an extract without records may be published; no by default"
    )


class RetentionExtension(Extension):
    """How many days what an extract left behind is kept; `weighbridge retain` removes what is older.

    Where nothing is said, the contract's `slaProperties` entry `retention` holds for every table.
    """

    published: Positive | None = Field(None, description="days that published rows are kept")
    quarantine: Positive | None = Field(None, description="days that rejected records are kept, bytes and findings")
    review: Positive | None = Field(None, description="days that records waiting for a person are kept")
    repairs: Positive | None = Field(None, description="days that the repair ledger is kept")
    warnings: Positive | None = Field(None, description="days that the table of warnings is kept")
    reports: Positive | None = Field(None, description="days that reports are kept; receipts and results always are")
    raw: Positive | None = Field(
        None, description="days that kept records keep their bytes; findings and values stay as long as their table"
    )


class ReviewExtension(Extension):
    """How records that were kept from publication are settled by people."""

    four_eyes: Flag | None = Field(
        None, description="whether a second person must approve each decision before it counts; no by default"
    )
    max_age: Age | None = Field(
        None, description="how long a record may wait for a decision, as ISO 8601: `P7D`, `PT12H`, `P1DT6H`, `P2W`"
    )


class AlertsExtension(Extension):
    """What of an extract people are called for, beside its being held; see docs/alerts.md."""

    rejected: LimitExtension | None = Field(None, description="more rejected records than this")
    uncertain: LimitExtension | None = Field(None, description="more records that wait for a person than this")
    repaired: LimitExtension | None = Field(None, description="more repaired records than this")
    warnings: Flag | None = Field(
        None, description="whether a check of the whole extract that warns is told; no by default"
    )


class PositionExtension(Extension):
    """Where the property stands in a fixed-width record."""

    start: Positive = Field(description="first byte, counted from 1 as layouts on paper count")
    length: Positive = Field(description="how many bytes")


class ReadingPolicyExtension(Extension):
    """What a reading that is not certain means for the record."""

    on_repaired: Outcome | None = Field(
        None, description="repair by default: published, with an entry in the repair ledger"
    )
    on_ambiguous: Outcome | None = Field(
        None, description="review by default: waits for a person with the competing readings"
    )
    on_unreadable: Outcome | None = Field(None, description="reject by default: goes to quarantine")


class MarkerExtension(Extension):
    """A text in the record that tells its layout."""

    column: Text | None = Field(None, description="the property or source column it stands in")
    position: PositionExtension | None = Field(None, description="or where it stands in a fixed-width record")
    values: list[Annotated[str, Field(strict=True)]] = Field(
        min_length=1, description="the texts that mean this layout, blanks around them aside"
    )


class BelongingExtension(Extension):
    """How an earlier layout's records are known; all that is given must hold."""

    property: Text | None = Field(None, description="the date property whose day tells it")
    from_: date | None = Field(None, alias="from", description="its first day")
    before: date | None = Field(None, description="the first day that is no longer of it")
    until: date | None = Field(None, description="its last day")
    marker: MarkerExtension | None = Field(None, description="a text in the record that tells it")
    length: Positive | None = Field(
        None, description="the record's bytes, in formats whose records may differ in length"
    )
    fields: Positive | None = Field(None, description="how many fields the record has, in delimited text")
    expression: Text | None = Field(None, description="Polars SQL over the source's texts")


class PartExtension(Extension):
    """The part of a source column that is meant."""

    start: Positive | None = Field(None, description="first character, counted from 1")
    length: Positive | None = Field(None, description="how many characters; to the end by default")
    pattern: Pattern | None = Field(None, description="or a regular expression with one group: the part")


class MigrationExtension(Extension):
    """How a property is read from an earlier layout's records, and what was then asked of it."""

    from_: Text | None = Field(None, alias="from", description="the source column or property it stood in")
    position: PositionExtension | None = Field(None, description="where it stood in a fixed-width record")
    rules: list[str | dict[str, Any]] | None = Field(
        None, description="its rules then; by default today's, or none where the value is joined"
    )
    part: PartExtension | None = Field(None, description="the part of that column that is meant")
    join: Text | None = Field(None, description="or a template of several columns: `{area}-{number}`")
    recode: dict[str, Annotated[str, Field(strict=True)]] | None = Field(
        None, description="texts then, and what they are today: entered in the repair ledger"
    )
    absent: Flag | None = Field(None, description="whether that layout does not have it")
    because: Text | None = Field(None, description="why its recoding may be assumed: the words of the repair ledger")
    required: Flag | None = Field(None, description="whether it was required")
    enum: list[Any] | None = Field(None, description="the values then permitted; an empty list: any")
    logical_type_options: dict[str, Any] | None = Field(
        None, description="options that were others; null: that one was not in force"
    )


class AssumedExtension(Extension):
    """A value that is assumed, and why."""

    value: str | int | float | bool = Field(description="the value, as a source would write it")
    because: Text | None = Field(None, description="the words of the repair ledger")


class EpochExtension(Extension):
    """A layout that records were written under before today's."""

    name: Text = Field(description="what it is called")
    when: BelongingExtension = Field(description="how its records are known")
    columns: list[Text | None] | None = Field(
        None,
        description="where `when` tells fields: the property or source column of each, in order, null for none; "
        "by default today's first ones",
    )
    properties: dict[str, MigrationExtension] | None = Field(
        None, description="by today's name: what was read or checked otherwise"
    )
    assumes: dict[str, AssumedExtension | str | int | float | bool] | None = Field(
        None, description="by today's name: the value of what it did not have; entered in the repair ledger"
    )
    waives: list[Text] | None = Field(None, description="names of checks that were not yet in force")
    description: Text | None = Field(None, description="for people")


class ServerExtensions(Extension):
    """On an entry of `servers`."""

    record_format: RecordFormat | None = Field(None, description="how the bytes are laid out")


class ObjectExtensions(Extension):
    """On an entry of `schema`."""

    breaker: BreakerExtension | None = Field(None, description="when the extract is held")
    alerts: AlertsExtension | None = Field(None, description="what people are called for, beside a held extract")
    epochs: list[EpochExtension] | None = Field(None, description="earlier layouts: see docs/history.md")
    epochs_exhaustive: Flag | None = Field(
        None, description="whether every record must be of one of `epochs`; by default the others are of today's"
    )
    retention: RetentionExtension | None = Field(
        None, description="days that rows, kept records and reports stand in the output folder"
    )
    review: ReviewExtension | None = Field(
        None, description="who settles the records that wait for a person, and how long one may wait"
    )


class PropertyExtensions(Extension):
    """On an entry of `properties`."""

    rules: list[str | dict[str, Any]] | None = Field(
        None, description="legacy rules in order: a name, or `{rule: name, …parameters}`"
    )
    position: PositionExtension | None = Field(None, description="where it stands in a fixed-width record")
    reading_policy: ReadingPolicyExtension | None = Field(None, description="what uncertain readings mean")
    severity: Text | None = Field(
        None,
        description="error, warning or info: of its own constraints (required, enum, pattern, bounds, unique)",
    )


class QualityExtensions(Extension):
    """On an entry of `quality`."""

    scope: Literal["extract", "published"] | None = Field(
        None, description="whether the metric looks at every framed record (default) or only at what will be published"
    )
    filter: Text | None = Field(None, description="Polars SQL: only records where it is true are looked at")
    tolerance: LimitExtension | None = Field(None, description="how many records may fail before it counts")
    on_failure: Literal["reject", "review", "warn", "note"] | None = Field(
        None, description="what failing means for the record; row checks only; by default from `severity`"
    )


class RelationshipExtensions(Extension):
    """On an entry of `relationships`."""

    severity: Text | None = Field(None, description="error (default) rejects the record, warning warns, info notes")
    reference: Text | None = Field(
        None, description="a Parquet or CSV file with the permitted keys, relative to the contract"
    )


class SlaExtensions(Extension):
    """On an entry of `slaProperties`."""

    severity: Text | None = Field(None, description="error (default) holds the extract, warning warns, info notes")


PLACES: dict[str, type[Extension]] = {
    "server": ServerExtensions,
    "object": ObjectExtensions,
    "property": PropertyExtensions,
    "quality": QualityExtensions,
    "relationship": RelationshipExtensions,
    "sla": SlaExtensions,
}
