"""ARG: what can be wrong with a command's arguments."""

from weighbridge.findings.catalogue import Code

CODES: tuple[Code, ...] = (
    Code(
        "ARG-001",
        "the argument is not understood",
        "see the command's --help",
    ),
)
