"""Regular expressions and LIKE patterns, as Great Expectations understands them: Python's, not Rust's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import polars as pl


def searched(text: pl.Expr, regex: str) -> pl.Expr:
    """Return where `regex` is found in `text`.

    The engine's own matcher is used where it agrees with Python's `re`; look-around, references
    back and the like run in Python, once for each distinct value of a batch.

    Raises:
        ValueError: it is no regular expression of Python's.
    """
    try:
        compiled = re.compile(regex)
    except re.error as error:
        raise ValueError(f"{regex!r} is not a regular expression: {error}") from None
    rust = _in_rust(regex)
    if rust is not None:
        return text.str.contains(rust)
    return each_text(text, lambda value: compiled.search(value) is not None)


def _in_rust(regex: str) -> str | None:
    r"""Return the expression in Rust's dialect, or None where the two may disagree.

    Python's ``$`` also matches before a final line feed; ``\Z`` is Rust's ``\z``.
    """
    if re.search(r"\\[Z1-9]|\(\?[^:imsx]|\\N|\[\[|&&|--|~~", regex):
        return None
    anchors = len(re.findall(r"(?<!\\)\$", re.sub(r"\[[^\]]*\]", "", regex)))
    if anchors:
        if anchors > 1 or not regex.endswith("$") or "|" in regex:
            return None
        regex = regex[:-1] + r"\n?\z"
    try:
        pl.select(pl.lit("").str.contains(regex))
    except pl.exceptions.PolarsError:
        return None
    return regex


def like(text: pl.Expr, pattern: str) -> pl.Expr:
    r"""Return where `text` matches a LIKE pattern: ``%`` any text, ``_`` any character, case counts, ``\`` escapes."""
    return text.str.contains(f"(?s)^{''.join(_of_like(pattern))}\\z")


def _of_like(pattern: str) -> list[str]:
    parts, escaped = [], False
    for character in pattern:
        if escaped:
            parts.append(re.escape(character))
            escaped = False
        elif character == "\\":
            escaped = True
        else:
            parts.append({"%": ".*", "_": "."}.get(character) or re.escape(character))
    return [*parts, *([re.escape("\\")] if escaped else [])]


def each_text(text: pl.Expr, ask: Callable[[Any], bool]) -> pl.Expr:
    """Return what `ask` says of each value, asked once for each distinct value of a batch; null where null."""

    def answers(values: pl.Series) -> pl.Series:
        distinct = values.drop_nulls().unique()
        asked = pl.Series([ask(value) for value in distinct], dtype=pl.Boolean)
        return values.replace_strict(distinct, asked, default=None, return_dtype=pl.Boolean)

    return text.map_batches(answers, return_dtype=pl.Boolean, is_elementwise=True)
