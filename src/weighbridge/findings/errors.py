"""The error family: what is raised when a run cannot go on.

    WeighbridgeError            carries findings; exit code 2
    ├── ArgumentError           a command or function was called wrongly
    ├── ContractError           the contract cannot be used; all its faults at once
    ├── SourceError             a source cannot be opened, or changed while it was read
    ├── LedgerError             the ledger cannot be opened, migrated or written
    ├── PublishError            a table cannot be written or committed
    ├── ReceiptError            the receipt does not balance; nothing was published
    └── InternalError           a fault of Weighbridge's own; the message asks for a report

Data that is wrong raises nothing: it is a finding on a record or on the extract.
"""

from __future__ import annotations

from collections.abc import Iterable

from weighbridge.findings.finding import Finding


class WeighbridgeError(Exception):
    """A run cannot go on.

    Attributes:
        findings: what is wrong, at least one, each with code, place and fix.
        exit_code: what the command line ends with.
    """

    exit_code = 2

    def __init__(self, findings: Finding | Iterable[Finding]) -> None:
        self.findings = (findings,) if isinstance(findings, Finding) else tuple(findings)
        super().__init__("\n".join(map(str, self.findings)))


class ArgumentError(WeighbridgeError):
    """A command or a function was called with something it cannot take."""


class ContractError(WeighbridgeError):
    """The contract cannot be used. `findings` holds every fault, each with its YAML line."""


class SourceError(WeighbridgeError):
    """A source cannot be opened or read, or changed while it was read."""


class LedgerError(WeighbridgeError):
    """The ledger cannot be opened, migrated or written."""


class PublishError(WeighbridgeError):
    """A table cannot be written or committed; what was published before stays served."""


class ReceiptError(WeighbridgeError):
    """The receipt does not balance. Nothing was published."""


class InternalError(WeighbridgeError):
    """A fault of Weighbridge's own, not of the data or the contract."""
