"""Texts have one of some shapes, written with `A`, `a` and `9`.

    quality:
      - name: tail numbers look like tail numbers
        type: custom
        engine: weighbridge
        implementation:
          check: shape
          of: tailnum
          shapes: ["A99999", "A999AA", "A9+"]

`A` stands for a capital letter, `a` for a small one, `9` for a digit from 0 to 9; `+` behind one of
them for one or more of it; any other character for itself, and one behind a backslash too. Letters
are those of every script. The whole text must have the shape. What is said of a failing text is
its own shape, so that the shapes nobody thought of show themselves. With a `tolerance` the extract
bears so many, or that share of them.

Null: passes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.custom import column, entry, is_ours, said
from weighbridge.checks.kinds.expression import not_made, row_probes
from weighbridge.checks.options import UnusableError, options_of, unusable
from weighbridge.checks.words import listed
from weighbridge.contract.model import Quality

_CLASSES = {"A": r"\p{Lu}", "a": r"\p{Ll}", "9": "[0-9]"}
_SPECIAL = re.compile(r"[.^$*+?()\[\]{}|\\/#&~-]")


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    try:
        of = column(quality, bench, "of", own=True)
        shapes = quality.implementation.get("shapes")
        shapes = [shapes] if isinstance(shapes, str) else shapes
        if bench.dtypes[of] != pl.String:
            raise unusable("CHK-036", f"shapes are of texts, {of} holds {bench.dtypes[of]}", quality)
        if not isinstance(shapes, list) or not shapes or not all(isinstance(s, str) and s for s in shapes):
            raise unusable("CHK-036", "it needs `shapes`, a list of texts such as 'A-9999'", quality)
        options = options_of(quality, bench)
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    value = pl.col(of)
    failed = ~value.str.contains(pattern_of(shapes))
    seen = said(value, " has the shape ", shape_of(value))
    expected = f"{of} shaped like {listed(shapes)}"
    yield from row_probes(quality, bench, options, failed, (of,), expected, "CHK-056", seen=seen)


def pattern_of(shapes: Sequence[str]) -> str:
    """Return the regular expression of texts that have one of the shapes."""
    return rf"\A(?:{'|'.join(_pattern(shape) for shape in shapes)})\z"


def shape_of(text: pl.Expr) -> pl.Expr:
    """Return a text's own shape: capital letters as ``A``, small ones as ``a``, digits as ``9``."""
    return text.str.replace_all(r"\p{Lu}", "A").str.replace_all(r"\p{Ll}", "a").str.replace_all(r"[0-9]", "9")


def _pattern(shape: str) -> str:
    made, literal = [], False
    for i, character in enumerate(shape):
        if literal or character not in (*_CLASSES, "+", "\\"):
            made.append(_SPECIAL.sub(r"\\\g<0>", character))
            literal = False
        elif character == "\\":
            literal = i < len(shape) - 1
            made += [] if literal else [r"\\"]
        elif character == "+":
            repeats = bool(i) and shape[i - 1] in _CLASSES and made[-1] in _CLASSES.values()
            made.append("+" if repeats else r"\+")
        else:
            made.append(_CLASSES[character])
    return "".join(made)


CHECK = Check(
    name="shape",
    part=Quality,
    claims=lambda quality: is_ours(quality, "shape"),
    make=_make,
    cases=lambda: (
        Case(
            "letters, digits and what stands for itself",
            table(
                prop("a"),
                prop("n", "integer"),
                quality=(entry("q", "shape", of="a", shapes=["A-9+", r"\A.9"], options={"tolerance": {"rate": 0.5}}),),
            ),
            pl.DataFrame({"a": ["Ä-17", "A.5", "B.5", "a-1", "A-", "A-1\n", "A-٣", None]}),
            fails={"q": (2, 3, 4, 5, 6)},
            answers={"q|tolerance": (False, "observed 62.5 % (5 of 8)")},
            expected={"q": r"a shaped like A-9+ or \A.9"},
        ),
        Case(
            "texts have shapes, and some are needed",
            table(
                prop("a"),
                prop("n", "integer"),
                quality=(entry("q", "shape", of="n", shapes=["9"]), entry("r", "shape", of="a", shapes=[])),
            ),
            pl.DataFrame({"a": ["x"], "n": [1]}),
            amiss=("CHK-036", "CHK-036"),
        ),
    ),
)
