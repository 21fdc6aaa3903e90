"""What can be wrong, said once.

This room owns the catalogue of codes, the `Finding` that places one of them, and
the error family. Everything above it, from an exception to a quarantine row to a
line of the report, draws code, title and fix from here, so a fault reads the same
wherever it is met.
"""

from weighbridge.findings.catalogue import CATALOGUE, code
from weighbridge.findings.code import Code
from weighbridge.findings.errors import (
    ArgumentError,
    ContractError,
    InternalError,
    LedgerError,
    PublishError,
    ReceiptError,
    SourceError,
    WeighbridgeError,
)
from weighbridge.findings.finding import Finding, Place, Severity
from weighbridge.findings.verdict import Decision, Effect, Verdict

__all__ = [
    "CATALOGUE",
    "ArgumentError",
    "Code",
    "ContractError",
    "Decision",
    "Effect",
    "Finding",
    "InternalError",
    "LedgerError",
    "Place",
    "PublishError",
    "ReceiptError",
    "Severity",
    "SourceError",
    "Verdict",
    "WeighbridgeError",
    "code",
]
