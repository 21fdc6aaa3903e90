"""The shape of a text: what is letter, digit and sign in it."""

from __future__ import annotations

import polars as pl

_LONGEST = 24


def shape(text: pl.Expr) -> pl.Expr:
    """Return the text with 9 for each digit, A for each capital, a for each other letter.

    Signs and blanks stay as they are. Of a long text only the first 24 characters count, and
    an ellipsis says so.
    """
    head = (
        text.str.slice(0, _LONGEST)
        .str.replace_all(r"\p{Nd}", "9")
        .str.replace_all(r"\p{Lu}", "A")
        .str.replace_all(r"[\p{L}--[A]]", "a")
    )
    return pl.when(text.str.len_chars() > _LONGEST).then(head + "…").otherwise(head)
