"""RDR: what can be wrong with a source, a record's framing, or its text."""

from weighbridge.findings.catalogue import Code

CODES: tuple[Code, ...] = (
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
)
