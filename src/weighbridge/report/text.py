"""Text that came from data, made fit to be shown: nothing invisible, nothing endless."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

LONGEST = 600
_DELETE = 0x7F


def visible(text: str) -> str:
    """Return the text with everything that cannot be seen, or that steers what is seen, spelled out.

    Control characters become their pictures (``␀``, ``␊``); bidi marks, zero-width characters,
    unusual spaces, line separators, lone surrogates and private characters become ``⟨U+202E⟩``.
    The result is one line and can be encoded as UTF-8.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def clip(text: str, longest: int = LONGEST) -> str:
    """Return the text, cut after `longest` characters with a note of how many are left out."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}… ({len(text) - longest:,} more characters)"


def every_text(value: Any, change: Callable[[str], str]) -> Any:
    """Return a JSON value with `change` applied to each of its texts; keys stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: every_text(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [every_text(item, change) for item in value]
    return value


def _shown(character: str) -> str:
    point = ord(character)
    if point < 0x20:
        return chr(0x2400 + point)
    if point == _DELETE:
        return "␡"
    category = unicodedata.category(character)
    if category[0] == "C" or (category[0] == "Z" and character != " "):
        return f"⟨U+{point:04X}⟩"
    return character
