"""Settings that make Prefect behave without a server, offline, and quietly; the user's own come first."""

from __future__ import annotations

import os

DEFAULTS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # An ephemeral server takes 11 to 24 seconds to start; its own limit is 20.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    # On exit it logs long tracebacks about events it no longer could flush.
    "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL",
}

for _name, _value in DEFAULTS.items():
    os.environ.setdefault(_name, _value)
