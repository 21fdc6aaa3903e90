"""What is wrong with a text that is no JSON, said as Python's own parser says it where it can."""

from __future__ import annotations

import json

_MOST_PARSED_BYTES = 1 << 20


def why_not(text: bytes, otherwise: str) -> str:
    """Return what is wrong and at which byte; `otherwise` where the parser finds nothing wrong."""
    if len(text) > _MOST_PARSED_BYTES:
        return otherwise
    try:
        json.loads(text.decode("utf-8", "surrogatepass"), parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        at = len(error.doc[: error.pos].encode("utf-8", "surrogatepass"))
        words = error.msg.removesuffix(" starting at")
        return f"{words[:1].lower()}{words[1:]} at byte {at} of the record"
    except _ConstantError as error:
        return f"{error} is no value of JSON"
    except (RecursionError, ValueError):
        return otherwise
    return otherwise


class _ConstantError(Exception):
    """NaN and Infinity, which are no JSON."""


def _no_constant(name: str) -> object:
    raise _ConstantError(name)
