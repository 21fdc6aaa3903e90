"""OUT: what can go wrong with the tables and files written."""

from weighbridge.findings.catalogue import Code

CODES: tuple[Code, ...] = (
    Code(
        "OUT-001",
        "the output folder cannot be written",
        "check that the path is a folder this user may write to, and that the disk has room",
    ),
)
