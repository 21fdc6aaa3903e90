"""LED: what can go wrong with the ledger."""

from weighbridge.findings.catalogue import Code

CODES: tuple[Code, ...] = (
    Code(
        "LED-001",
        "the ledger cannot be opened",
        "check the ledger's path or URL and the rights of this user",
    ),
)
