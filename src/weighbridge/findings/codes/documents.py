"""RDR-200 to RDR-229: what can be wrong with JSON, XML and Arrow."""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "RDR-200",
        "the record is not valid JSON",
        "have the record written by a JSON library; NaN, Infinity, comments and commas at the end are no JSON",
    ),
    Code(
        "RDR-201",
        "the record is no JSON object",
        "have each record sent as an object with named members; declare recordPath where the records stand deeper",
    ),
    Code(
        "RDR-202",
        "the value has not the shape the contract says",
        "correct the property's logicalType (object, array or a plain one), or have the value sent in that shape",
    ),
    Code(
        "RDR-203",
        "a key stands twice in the record with different values",
        "have the key sent once; which of the values was meant cannot be told",
    ),
    Code(
        "RDR-204",
        "several records stand on one line",
        "have each record end with a line end; they were read as records of their own",
    ),
    Code(
        "RDR-205",
        "the document ends before its list of records does",
        "have the file sent again: it was cut short; what could be framed was read",
    ),
    Code(
        "RDR-206",
        "there is no list of records at the declared path",
        "correct recordFormat.recordPath, as $.data.items[*] for JSON or /feed/entry for XML",
    ),
    Code(
        "RDR-207",
        "records of the list are not parted by one comma",
        "have the file written by a JSON library; the records were read, but no JSON parser will take the file",
    ),
    # XML
    Code(
        "RDR-210",
        "the record is not well-formed XML",
        "have the record written by an XML library; & and < in text are written &amp; and &lt;",
    ),
    Code(
        "RDR-211",
        "the document declares entities",
        "have it sent without a DOCTYPE that declares any: refused, as they may grow without end or name files",
    ),
    # Arrow and Parquet
    Code(
        "RDR-220",
        "the file is not valid Arrow",
        "have the file sent again; it is neither an Arrow IPC file nor a stream, or was cut short",
    ),
    Code(
        "RDR-221",
        "the file is encrypted",
        "have it sent unencrypted over a protected way, or decrypt it before the run: no keys are given to Weighbridge",
    ),
    Code(
        "RDR-222",
        "the file's data cannot be read to its end",
        "have the file sent again: its footer is whole, but what it points at is damaged",
    ),
)
