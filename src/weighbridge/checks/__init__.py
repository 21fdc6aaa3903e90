"""Row checks and dataset checks: from what a contract promises to probes.

`lower` is the door. Each kind of check is one file under `kinds/` and one entry of
`weighbridge.checks.registry.CHECKS`; its docstring is the user's page, its cases are its proof.
"""

from weighbridge.checks.context import CheckContext, Lowered
from weighbridge.checks.epochs import lower_in_force as lower

__all__ = ["CheckContext", "Lowered", "lower"]
