r"""ECMA-262 regular expressions, written for the engine that searches them.

ODCS patterns are ECMA-262; Polars searches with Rust's regex, which is Unicode-minded, nests
character classes and has set operations in them. `searchable` rewrites what differs:

    \d \w \b          ASCII only                 . matches no \r, U+2028, U+2029 either
    [ & ~ - in [...]  plain characters           [^] any character, [] none
    \cJ \0 [\b]       control characters         \uD83D\uDE00 one character
"""

from __future__ import annotations

import re

import polars as pl

_OUTSIDE = {
    "d": "[0-9]",
    "D": "[^0-9]",
    "w": "[0-9A-Za-z_]",
    "W": "[^0-9A-Za-z_]",
    "s": r"[\s\x{FEFF}&&[^\x{85}]]",
    "S": r"[\S\x{85}&&[^\x{FEFF}]]",
    "b": r"(?-u:\b)",
    "B": r"(?-u:\B)",
    "0": r"\x00",
}
_INSIDE = {
    "d": "0-9",
    "D": "[^0-9]",
    "w": "0-9A-Za-z_",
    "W": "[^0-9A-Za-z_]",
    "s": _OUTSIDE["s"],
    "S": _OUTSIDE["S"],
    "b": r"\x08",
    "0": r"\x00",
    "-": r"\-",
}
_COUNT = re.compile(r"\{[0-9]+(,[0-9]*)?\}")
_SURROGATES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


class UnsearchableError(ValueError):
    """The pattern cannot be searched for; the message says why."""


def searchable(pattern: str) -> str:
    """Return `pattern` for Rust's regex, with the meaning ECMA-262 gives it.

    Raises:
        UnsearchableError: look-around, back-references, or no regular expression at all.
    """
    rust = _rewrite(pattern)
    try:
        pl.select(pl.lit("").str.contains(rust))
    except pl.exceptions.PolarsError as error:
        lines = [line for line in str(error).splitlines() if line.startswith("error:")]
        reason = lines[0].removeprefix("error:").strip() if lines else str(error).splitlines()[0]
        raise UnsearchableError(f"{pattern!r}: {reason}") from None
    return rust


def _rewrite(pattern: str) -> str:
    out: list[str] = []
    inside = False
    i = 0
    while i < len(pattern):
        char = pattern[i]
        if char == "\\" and i + 1 < len(pattern):
            text, i = _escape(pattern, i, inside)
            out.append(text)
            continue
        if inside:
            inside = char != "]"
            escaped = char in "[&~" or (char == "-" and pattern[i - 1] == "-")
            out.append("\\" + char if escaped else char)
        elif char == "[":
            if pattern.startswith("[^]", i):
                out.append(r"[\s\S]")
                i += 3
                continue
            if pattern.startswith("[]", i):
                out.append(r"[^\s\S]")
                i += 2
                continue
            inside = True
            out.append(char)
            if pattern.startswith("[^", i):
                out.append("^")
                i += 1
        elif char == "{" and not _COUNT.match(pattern, i):
            out.append(r"\{")
        elif char == ".":
            out.append(r"[^\n\r\x{2028}\x{2029}]")
        else:
            out.append(char)
        i += 1
    return "".join(out)


def _escape(pattern: str, at: int, inside: bool) -> tuple[str, int]:
    """Return the escape that starts at `at`, rewritten, and where the pattern goes on."""
    letter = pattern[at + 1]
    if pair := _SURROGATES.match(pattern, at):
        high, low = (int(part, 16) for part in pair.groups())
        return f"\\x{{{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):X}}}", pair.end()
    if letter == "c" and at + 2 < len(pattern) and pattern[at + 2].isascii() and pattern[at + 2].isalpha():
        return f"\\x{ord(pattern[at + 2]) % 32:02X}", at + 3
    known = (_INSIDE if inside else _OUTSIDE).get(letter)
    if known is not None:
        return known, at + 2
    return pattern[at : at + 2], at + 2
