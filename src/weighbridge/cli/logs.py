"""Log records on the error stream, one line each, as JSON or as text."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Literal

from weighbridge.findings import ArgumentError, Finding
from weighbridge.pipeline.telling import FACTS, LOGGER

LogFormat = Literal["json", "text"]
LOG_VARIABLE = "WEIGHBRIDGE_LOG"
_FORMATS: tuple[LogFormat, ...] = ("json", "text")


class _Lines(logging.Formatter):
    """A record as one line: the time, the level, and what it tells by name."""

    def __init__(self, form: LogFormat) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        time = f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
        facts = getattr(record, FACTS, None) or {"event": record.getMessage()}
        if self._form == "json":
            return json.dumps({"time": time, "level": record.levelname.lower(), **facts}, ensure_ascii=False)
        rest = " ".join(f"{name}={_word(value)}" for name, value in facts.items() if name != "event")
        return f"{time} {record.levelname} {facts['event']} {rest}"


def _word(value: object) -> str:
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return json.dumps(text, ensure_ascii=False) if not text or any(c.isspace() or c in '"=' for c in text) else text


@contextmanager
def logging_as(form: LogFormat | None) -> Iterator[bool]:
    """Write log records to the error stream inside the block; give whether any are written.

    Args:
        form: None leaves it to WEIGHBRIDGE_LOG in the environment; without that nothing is written.

    Raises:
        ArgumentError: ARG-001, the environment names another format.
    """
    chosen = form or _of_environment()
    if chosen is None:
        yield False
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(chosen))
    before = LOGGER.level
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    try:
        yield True
    finally:
        LOGGER.removeHandler(handler)
        LOGGER.setLevel(before)


def _of_environment() -> LogFormat | None:
    said = os.environ.get(LOG_VARIABLE, "")
    if not said:
        return None
    for form in _FORMATS:
        if said == form:
            return form
    raise ArgumentError(Finding("ARG-001", detail=f"{LOG_VARIABLE} is json or text", seen=said))
