"""CON: what can be wrong with a contract.

001 to 019 the document and the standard · 020 to 029 our customProperties and rules ·
030 to 069 what the parts mean together.
"""

from weighbridge.findings.catalogue import Code

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
        "the version of the standard is not read",
        "write the contract in ODCS v3.2.0",
    ),
    Code(
        "CON-012",
        "the key belongs to an earlier version of the standard and is not acted on",
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
        "CON-030",
        "the severity is not a known word",
        "write error, warning or info",
    ),
)
