"""LEG: what a legacy rule can say of a value."""

from weighbridge.findings.catalogue import Code

CODES: tuple[Code, ...] = (
    Code(
        "LEG-001",
        "the value cannot be read as its type",
        "correct the value at the source, or declare the rule that reads it",
    ),
)
