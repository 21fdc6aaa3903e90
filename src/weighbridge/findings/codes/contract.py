"""CON: what can be wrong with a contract.

001 to 019 the document and the standard · 020 to 029 our customProperties and rules ·
030 to 069 what the parts mean together.
"""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "CON-001",
        "the file is not YAML",
        "correct the YAML at the line named",
    ),
    Code(
        "CON-002",
        "the document does not satisfy the Open Data Contract Standard",
        "change the key or value named; docs/contract-reference.md lists what is allowed there",
    ),
    Code(
        "CON-003",
        "the contract cannot be read",
        "check that the path exists, is a file and is readable by this user",
    ),
    Code(
        "CON-004",
        "a key stands twice",
        "remove one of the two: YAML would silently keep only the last",
    ),
    Code(
        "CON-005",
        "the document is too large or too deep",
        "a contract is a small document: remove what is generated or repeated, aliases of aliases above all",
    ),
    Code(
        "CON-006",
        "the document holds something that is not plain data",
        "write text, numbers, true, false, lists and mappings only",
    ),
    Code(
        "CON-007",
        "an unquoted word is not read as it is written",
        "put the text in quotes",
    ),
    Code(
        "CON-008",
        "the document does not satisfy the version it declares",
        "declare the apiVersion that the document is written in",
    ),
    Code(
        "CON-009",
        "the key is not known here",
        "correct its spelling, or move what is your own into customProperties",
    ),
    Code(
        "CON-010",
        "a required key is missing",
        "add the key",
    ),
    Code(
        "CON-011",
        "the version of the standard is translated",
        "write the contract in ODCS v3.2.0, so that all of it can be acted on",
    ),
    Code(
        "CON-012",
        "an earlier version of the standard allowed it, and it is not acted on",
        "write it the way ODCS v3.2.0 does",
    ),
    Code(
        "CON-020",
        "no such custom property of Weighbridge here",
        "correct its name, or remove it",
    ),
    Code(
        "CON-021",
        "a custom property of Weighbridge is not as it must be",
        "see docs/contract-reference.md for its form",
    ),
    Code(
        "CON-022",
        "a custom property of Weighbridge stands twice",
        "keep one of the two",
    ),
    Code(
        "CON-023",
        "the rule is not known",
        "write the name of a rule of docs/contract-reference.md",
    ),
    Code(
        "CON-024",
        "a rule's parameters are not as it takes them",
        "see the rule's parameters in docs/contract-reference.md",
    ),
    Code(
        "CON-025",
        "the rule does not read this type",
        "change the property's logicalType, or use a rule made for it",
    ),
    Code(
        "CON-026",
        "the rule is never reached",
        "put the rules that give text before the one that gives a value",
    ),
    Code(
        "CON-030",
        "the severity is not a known word",
        "write error, warning or info",
    ),
    Code(
        "CON-031",
        "a name stands twice",
        "give each of them a name of its own",
    ),
    Code(
        "CON-032",
        "two properties claim one column of the source",
        "remove the name from the physicalName or synonyms of one of them",
    ),
    Code(
        "CON-033",
        "a primary key that may be null",
        "remove `required: false`: the parts of a primary key are always required",
    ),
    Code(
        "CON-034",
        "the primary key is not what it seems",
        "say `primaryKey: true` and primaryKeyPosition 1, 2, 3 … on the key's columns",
    ),
    Code(
        "CON-035",
        "no value can satisfy the bounds",
        "exchange or widen the two bounds",
    ),
    Code(
        "CON-036",
        "a bound is not a value of the property's type",
        "write the bound as a value of the logicalType",
    ),
    Code(
        "CON-037",
        "the pattern cannot be used",
        "correct the regular expression",
    ),
    Code(
        "CON-038",
        "a permitted value contradicts its property",
        "remove the value, or change the constraint it breaks",
    ),
    Code(
        "CON-039",
        "the format is not a pattern of such values",
        "write a pattern like yyyy-MM-dd",
    ),
    Code(
        "CON-040",
        "the option does not belong to the property's type",
        "remove the option, or write the logicalType it is meant for",
    ),
    Code(
        "CON-041",
        "the threshold cannot trip",
        "write a limit that some extract could break, or remove the check",
    ),
    Code(
        "CON-042",
        "no extract can satisfy the check",
        "write a limit that a good extract keeps",
    ),
    Code(
        "CON-043",
        "the arguments of a metric or a check do not make sense",
        "see the metric in docs/contract-reference.md, the check in docs/checks.md",
    ),
    Code(
        "CON-044",
        "an option that changes nothing here",
        "remove it",
    ),
    Code(
        "CON-045",
        "the SQL cannot be used",
        "correct the expression; it is Polars' SQL over the properties of this object",
    ),
    Code(
        "CON-046",
        "the relationship leads nowhere",
        "correct the name, or add the object it means",
    ),
    Code(
        "CON-047",
        "the two sides of a relationship do not pair",
        "name as many properties in `to` as in `from`",
    ),
    Code(
        "CON-049",
        "positions of a fixed-width record overlap or leave the record",
        "correct start or length; layouts on paper often count from 1 and include both ends",
    ),
    Code(
        "CON-050",
        "the property has no position",
        "add `position: {start, length}` to every property of a fixed-width record",
    ),
    Code(
        "CON-051",
        "a gap between two positions",
        "nothing to do if these bytes are filler",
    ),
    Code(
        "CON-052",
        "the classification is not a common word",
        "nothing to do if it was meant; `public` is the only one that is not masked",
    ),
    Code(
        "CON-053",
        "the SLA cannot be measured",
        "name a date or timestamp property in `element`, as object.property",
    ),
    Code(
        "CON-054",
        "the server's bytes are not described consistently",
        "correct the server's encoding, delimiter or recordFormat",
    ),
    Code(
        "CON-055",
        "nothing is promised about any column",
        "add `properties` to the object: without them there is nothing to check",
    ),
    Code(
        "CON-056",
        "a property has no logicalType and is read by its physicalType",
        "write the logicalType",
    ),
    Code(
        "CON-057",
        "the breaker's limit never trips",
        "give a count, or a rate below 1",
    ),
    Code(
        "CON-058",
        "the copybook of a mainframe server is not found",
        "name it in recordFormat: {kind: mainframe, copybook: FILE}; paths start at the contract's own folder",
    ),
    Code(
        "CON-059",
        "the retention cannot be applied: everything is kept for ever",
        "write a whole number and a unit, such as `value: 3, unit: y` (d, w, m or y)",
    ),
    Code(
        "CON-060",
        "an epoch names what the object does not have",
        "write the property's name of today; a column that only the old layout had goes into `from`",
    ),
    Code(
        "CON-061",
        "two epochs claim the same days",
        "end one the day before the other begins: `from` and `until` belong to the epoch, `before` does not",
    ),
    Code(
        "CON-062",
        "nothing tells the epoch's records",
        "say under `when` a date property with from, before or until; or a marker, a length, fields or an expression",
    ),
    Code(
        "CON-063",
        "a required property has no value in an earlier layout",
        "say under `assumes` what its value was, under `properties` where it stood, or `required: false`",
    ),
    Code(
        "CON-064",
        "two epochs have the same name",
        "give each epoch a name of its own: the repair ledger and the report use it",
    ),
    Code(
        "CON-065",
        "the migration cannot be followed",
        "say one of: from or position (with part, if only a part is meant), join, assumes, absent",
    ),
    Code(
        "CON-066",
        "the code list's table cannot be read",
        "put a CSV or Parquet file with a column `code` at that path, which starts at the contract's folder",
    ),
)
