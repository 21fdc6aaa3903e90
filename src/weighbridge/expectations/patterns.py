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


def like(text: pl.Expr, pattern: str, *, escape: str | None = None, brackets: bool = False) -> pl.Expr:
    r"""Return where `text` matches a LIKE pattern: ``%`` any text, ``_`` any character; case counts.

    Args:
        text: the values.
        pattern: all of the text must match it.
        escape: the character that makes the next one an ordinary character; without it that is
            ``\``, as in PostgreSQL.
        brackets: whether ``[a-c]`` is one character of the set and ``[^a-c]`` one outside of it, as in
            SQL Server; elsewhere brackets are characters like any other.
    """
    return text.str.contains(f"(?s)^{_of_like(pattern, escape or BACKSLASH, brackets)}\\z")


BACKSLASH = "\\"
_SET = re.compile(r"\[(\^?)([^\]]+)\]")


def _of_like(pattern: str, escape: str, brackets: bool) -> str:
    parts, at = [], 0
    while at < len(pattern):
        character = pattern[at]
        if brackets and (found := _SET.match(pattern, at)):
            inside = re.sub(r"([\\\[&~])", r"\\\1", found[2])
            parts.append(f"[{found[1]}{inside}]")
            at = found.end()
            continue
        if character == escape and at + 1 < len(pattern):
            parts.append(re.escape(pattern[at + 1]))
            at += 2
            continue
        parts.append({"%": ".*", "_": "."}.get(character) or re.escape(character))
        at += 1
    return "".join(parts)


def each_text(text: pl.Expr, ask: Callable[[Any], bool]) -> pl.Expr:
    """Return what `ask` says of each value, asked once for each distinct value of a batch; null where null."""

    def answers(values: pl.Series) -> pl.Series:
        distinct = values.drop_nulls().unique()
        asked = pl.Series([ask(value) for value in distinct], dtype=pl.Boolean)
        return values.replace_strict(distinct, asked, default=None, return_dtype=pl.Boolean)

    return text.map_batches(answers, return_dtype=pl.Boolean, is_elementwise=True)
