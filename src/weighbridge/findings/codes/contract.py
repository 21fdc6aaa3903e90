"""CON: what can be wrong with a contract."""

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
)
