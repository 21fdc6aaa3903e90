"""What machines are told of a run: log records of the standard library and spans of OpenTelemetry.

The logger is called ``weighbridge`` and says nothing until somebody gives it a handler. Spans go to
whatever tracer provider the process has set up; without the package ``opentelemetry-api``, or without a
provider, there are none. Both carry ids, names of stages, seconds and counts; never a value of a record,
a source's name or an error's text.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from weighbridge import __version__
from weighbridge.findings import WeighbridgeError

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

    from weighbridge.outcome.result import RunResult

LOGGER = logging.getLogger("weighbridge")
LOGGER.addHandler(logging.NullHandler())
FACTS = "weighbridge"
"""The attribute of a log record that holds what it tells, by name."""


class Telling:
    """Tells of one run: its beginning, its stages, its end.

    Args:
        verb: what is done: ``"run"`` or ``"check"``.
    """

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._known: dict[str, Any] = {}
        self._tracer = _tracer()
        self._span = self._tracer.start_span(f"weighbridge.{verb}") if self._tracer is not None else None
        self._stage: Span | None = None

    def know(self, **facts: str) -> None:
        """Tell these facts with everything that follows."""
        self._known |= facts
        _describe(self._span, facts)
        self._say(logging.INFO, "began", {})

    def stage_began(self, name: str) -> None:
        """Open the span of a stage."""
        if self._tracer is not None and self._span is not None:
            from opentelemetry.trace import set_span_in_context

            self._stage = self._tracer.start_span(name, context=set_span_in_context(self._span))
            _describe(self._stage, self._known)

    def stage_ended(self, name: str, seconds: float) -> None:
        """Close it, and log how long it took."""
        if self._stage is not None:
            _describe(self._stage, self._known)
            self._stage.end()
            self._stage = None
        self._say(logging.INFO, "stage", {"stage": name, "seconds": round(seconds, 6)})

    def ended(self, result: RunResult, seconds: float) -> None:
        """Tell how it came out."""
        facts = {
            "run_id": result.run_id,
            "state": result.state,
            "decision": result.decision.value,
            "exit_code": result.exit_code,
            "records": result.records,
            **{verdict.value: count for verdict, count in result.verdicts.items()},
        }
        _describe(self._span, facts)
        if self._span is not None:
            self._span.end()
        level = logging.INFO if result.exit_code == 0 else logging.WARNING
        self._say(level, "ended", {**facts, "seconds": round(seconds, 6)})

    def failed(self, error: BaseException, seconds: float) -> None:
        """Tell that it could not be done, by codes alone: a message may quote what must not be shown."""
        codes = [f.code for f in error.findings] if isinstance(error, WeighbridgeError) else []
        facts = {"error": type(error).__name__, "codes": codes}
        if self._span is not None:
            from opentelemetry.trace import StatusCode

            _describe(self._span, facts)
            self._span.set_status(StatusCode.ERROR)
            self._span.end()
        self._say(logging.ERROR, "failed", {**facts, "seconds": round(seconds, 6)})

    def _say(self, level: int, event: str, facts: Mapping[str, Any]) -> None:
        if LOGGER.isEnabledFor(level):
            told = {"verb": self._verb, **self._known, **facts}
            LOGGER.log(level, "%s %s", self._verb, event, extra={FACTS: {"event": event, **told}})


def _tracer() -> Tracer | None:
    """Return who makes spans; None where nobody can have set a provider up: by a call, or by the environment."""
    if "opentelemetry" not in sys.modules and not any(name.startswith("OTEL_") for name in os.environ):
        return None
    try:
        from opentelemetry.trace import get_tracer
    except ImportError:
        return None
    return get_tracer("weighbridge", __version__)


def _describe(span: Span | None, facts: Mapping[str, Any]) -> None:
    if span is not None:
        for name, value in facts.items():
            span.set_attribute(f"weighbridge.{name}", value)
