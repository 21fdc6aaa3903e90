"""How sure the decision is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weighbridge.findings import Verdict
from weighbridge.report.section import Part

if TYPE_CHECKING:
    from weighbridge.outcome.result import RunResult


def certainty(result: RunResult) -> Part:
    """Return what limits how far the decision can be trusted.

    Repaired and uncertain records; checks that were made; parts of the contract that promise something and
    were not executed; reading options that were guessed from the bytes; whether the receipt balances.
    """
    return {
        "records": result.records,
        "repaired": result.verdicts.get(Verdict.REPAIRED, 0),
        "uncertain": result.verdicts.get(Verdict.UNCERTAIN, 0),
        "checks": len(result.checks),
        "checks_that_hold": sum(c.holds for c in result.checks),
        "not_executed": sum(n.asserts for n in result.not_executed),
        "sniffed_options": sum(o.origin == "sniffed" for o in result.options),
        "receipt_balances": result.receipt.balances,
    }
