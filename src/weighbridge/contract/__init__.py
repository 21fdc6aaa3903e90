"""The contract room: reads an ODCS document, judges it, and gives the plain model of it.

    YAML text ─document─▶ plain values with positions ─faults─▶ the standard's JSON Schema holds
        ─reading─▶ our customProperties, validated ─building─▶ the model ─lint─▶ what it means holds

`load` gives a contract or raises with every fault at once; `lint` tells everything and never raises.
"""

from weighbridge.contract.door import LintReport, lint, load
from weighbridge.contract.model import Contract

__all__ = ["Contract", "LintReport", "lint", "load"]
