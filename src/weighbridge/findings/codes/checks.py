"""CHK: what a row check or a dataset check can say."""

from weighbridge.findings.catalogue import Code

CODES: tuple[Code, ...] = (
    Code(
        "CHK-001",
        "a required value is missing",
        "send the value, or make the property optional in the contract",
    ),
)
