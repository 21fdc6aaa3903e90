"""ARG: what can be wrong with a command's arguments."""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "ARG-001",
        "the argument is not understood",
        "see the command's --help",
    ),
    Code(
        "ARG-002",
        "it is not clear which object of the contract this is an extract of",
        "name one of the contract's schema objects with --object",
    ),
    Code(
        "ARG-003",
        "the contract has no such server",
        "name one of the contract's servers with --server",
    ),
    Code(
        "ARG-004",
        "the same source is named twice",
        "name each source once: the second time every record would be a duplicate",
    ),
    Code(
        "ARG-005",
        "the time is not understood",
        "write it as ISO 8601, e.g. 2026-03-01 or 2026-03-01T06:00:00Z",
    ),
)
