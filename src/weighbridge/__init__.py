"""Weighbridge: every operational extract is weighed and inspected before it reaches a model.

    import weighbridge

    contract = weighbridge.load_contract("contracts/flights.odcs.yaml")
    result = contract.check("data/samples/flights.csv.gz")
    result.decision, result.verdicts, result.checks

    result = contract.run("data/samples/flights.csv.gz", into="out")
    frame = contract.published(into="out")          # a LazyFrame of what may be used

    frame = contract.validate(frame)                # typed, or one error with all that is wrong

    Flights = contract.to_pandera()                 # a Pandera model, for function signatures

Names are imported when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from weighbridge.findings import (
        ArgumentError,
        ContractError,
        Decision,
        Finding,
        LedgerError,
        PublishError,
        ReceiptError,
        SourceError,
        Verdict,
        WeighbridgeError,
    )
    from weighbridge.outcome.result import RunResult
    from weighbridge.pipeline.handle import Contract, load_contract
    from weighbridge.pipeline.validate import ValidationError, ValidationWarning

_HOMES = {
    "Contract": "weighbridge.pipeline.handle",
    "load_contract": "weighbridge.pipeline.handle",
    "RunResult": "weighbridge.outcome.result",
    "ValidationError": "weighbridge.pipeline.validate",
    "ValidationWarning": "weighbridge.pipeline.validate",
} | dict.fromkeys(
    (
        "ArgumentError",
        "ContractError",
        "Decision",
        "Finding",
        "LedgerError",
        "PublishError",
        "ReceiptError",
        "SourceError",
        "Verdict",
        "WeighbridgeError",
    ),
    "weighbridge.findings",
)

__all__ = [
    "ArgumentError",
    "Contract",
    "ContractError",
    "Decision",
    "Finding",
    "LedgerError",
    "PublishError",
    "ReceiptError",
    "RunResult",
    "SourceError",
    "ValidationError",
    "ValidationWarning",
    "Verdict",
    "WeighbridgeError",
    "__version__",
    "load_contract",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'weighbridge' has no attribute {name!r}")
