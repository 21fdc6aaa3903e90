"""RDR: what can be wrong with a source, a record's framing, or its text."""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    # Sources
    Code(
        "RDR-001",
        "the source cannot be read",
        "check that the path exists, is a file and is readable by this user",
    ),
    Code(
        "RDR-002",
        "the source holds no records",
        "ask the sender whether an empty delivery was meant; allow it with breaker.allowEmpty",
    ),
    Code(
        "RDR-003",
        "the source has no bytes at all",
        "have the file sent again: an interrupted transfer often leaves an empty file",
    ),
    Code(
        "RDR-004",
        "the source changed while it was read",
        "run again when the sender has finished writing; let senders write to another name and rename",
    ),
    Code(
        "RDR-005",
        "the format of the source is not known",
        "declare it: servers.format, or recordFormat.kind",
    ),
    Code(
        "RDR-006",
        "the compressed source is damaged or cut short",
        "have the file sent again; what could be decompressed was read",
    ),
    Code(
        "RDR-007",
        "the encoding cannot be read",
        "declare utf-8, utf-16 or a single-byte code page that Python knows (servers.encoding)",
    ),
    Code(
        "RDR-008",
        "the file is not valid Parquet",
        "have the file sent again; a file that was cut short has no footer",
    ),
    Code(
        "RDR-009",
        "the contract does not say where the fields stand",
        "give each property a position (start and length in bytes), and recordLength where lines do not end records",
    ),
    # Records
    Code(
        "RDR-010",
        "the record has the wrong number of fields",
        "look for an unquoted delimiter or a lost line end in the record's bytes",
    ),
    Code(
        "RDR-011",
        "a quoted field is not closed or is followed by text",
        "quote the field properly at the source; declare another quote or escape character if the file uses one",
    ),
    Code(
        "RDR-012",
        "the record is not valid in the encoding",
        "declare the encoding the source writes (servers.encoding), or have the record sent again",
    ),
    Code(
        "RDR-013",
        "the record is longer than the limit",
        "raise recordFormat.maxRecordBytes if such records are real; else look for a lost line end or quote",
    ),
    Code(
        "RDR-014",
        "the record is not as long as its layout",
        "check the layout's positions and the record length; a short last record often means a truncated file",
    ),
    Code(
        "RDR-015",
        "the record holds NUL bytes",
        "have the file sent again: NULs in text come from a broken transfer, a sparse copy or another encoding",
    ),
    # Columns
    Code(
        "RDR-020",
        "the column is missing",
        "have the column sent, or name the header it comes under in physicalName or synonyms",
    ),
    Code(
        "RDR-021",
        "the source has columns that the contract does not name",
        "add them to the contract if they are wanted; they are accounted for, but not published",
    ),
    Code(
        "RDR-022",
        "a column name stands twice in the header",
        "have the columns named apart; the first one was read",
    ),
    Code(
        "RDR-023",
        "the column was found under a name that is not quite the contract's",
        "add the header's spelling to the property's synonyms",
    ),
    Code(
        "RDR-024",
        "the header has none of the contract's names",
        "check that this is the right file; declare recordFormat.header: false if its first line is a record",
    ),
    Code(
        "RDR-025",
        "the header stands again in the middle of the file",
        "nothing, if files were joined on purpose; the repeated lines are no records",
    ),
    Code(
        "RDR-026",
        "the column's type differs from one file to the next",
        "have the files written with one schema; the column was read in a type that holds both",
    ),
    # Options
    Code(
        "RDR-030",
        "the declared option contradicts the source",
        "correct the option in the contract, or have the file written as declared",
    ),
    Code(
        "RDR-031",
        "the encoding was guessed",
        "declare the encoding (servers.encoding): another code page reads other characters from the same bytes",
    ),
)
