"""A run's result as JSON and back, so that what one process found another can show."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter

from weighbridge.outcome.result import RunResult


@cache
def _adapter() -> TypeAdapter[RunResult]:
    return TypeAdapter(RunResult)


def to_json(result: RunResult) -> bytes:
    """Return the result as UTF-8 JSON; bytes become base64."""
    return _adapter().dump_json(result, indent=1)


def from_json(text: bytes) -> RunResult:
    """Return the result that `to_json` wrote.

    Raises:
        ValueError: the text is not such a result.
    """
    return _adapter().validate_json(text)


def to_dict(result: RunResult) -> dict[str, Any]:
    """Return the result as JSON values, for ``--json``."""
    return _adapter().dump_python(result, mode="json")  # type: ignore[no-any-return]
