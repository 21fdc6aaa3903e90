"""Texts are written in the scripts that are expected.

    quality:
      - name: names in Latin letters
        type: custom
        engine: weighbridge
        implementation:
          check: script
          of: customer_name
          scripts: [Latin]       # Unicode's names: Latin, Greek, Cyrillic, Arabic, Hebrew, Han, …

Each letter must belong to one of the scripts; digits, blanks and signs belong to none and are not
asked. A Cyrillic `а` in a Latin name, or letters of another alphabet out of a wrong code page,
show by this. What is said of a failing text is its first letters of another script, with their
numbers in Unicode. It is known for each letter, not guessed from the text, as the [`language`](#language) is.

Null: passes.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.custom import column, entry, is_ours, said
from weighbridge.checks.kinds.expression import not_made, row_probes
from weighbridge.checks.options import UnusableError, options_of, unusable
from weighbridge.checks.words import listed
from weighbridge.contract.model import Quality

_MOST_SHOWN = 5


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    try:
        of = column(quality, bench, "of", own=True)
        given = quality.implementation.get("scripts")
        scripts = [given] if isinstance(given, str) else given
        if bench.dtypes[of] != pl.String:
            raise unusable("CHK-036", f"scripts are of texts, {of} holds {bench.dtypes[of]}", quality)
        if not isinstance(scripts, list) or not scripts:
            raise unusable("CHK-036", "it needs `scripts`, a list such as [Latin]", quality)
        for name in scripts:
            if not _is_script(str(name)):
                raise unusable("CHK-036", f"scripts: {name!r} is no script of Unicode", quality)
        options = options_of(quality, bench)
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    foreign = "[" + r"\p{L}" + "--[" + "".join(rf"\p{{{name}}}" for name in scripts) + "]]"
    value = pl.col(of)
    letters = value.str.extract_all(foreign).list.unique(maintain_order=True).list.head(_MOST_SHOWN)
    numbered = letters.list.eval(pl.element().map_elements(_numbered, return_dtype=pl.String)).list.join(", ")
    yield from row_probes(
        quality,
        bench,
        options,
        value.str.contains(foreign),
        (of,),
        f"{of} in letters of {listed(scripts)}",
        "CHK-057",
        seen=said(value, " has ", numbered),
    )


def _numbered(letter: str) -> str:
    return f"{letter} (U+{ord(letter):04X})"


def _is_script(name: str) -> bool:
    if not name.replace("_", "").isalpha():
        return False
    try:
        pl.select(pl.lit("x").str.contains(rf"\p{{Script={name}}}"))
    except pl.exceptions.PolarsError:
        return False
    return True


CHECK = Check(
    name="script",
    part=Quality,
    claims=lambda quality: is_ours(quality, "script"),
    make=_make,
    cases=lambda: (
        Case(
            "each letter belongs to a script",
            table(prop("a"), quality=(entry("q", "script", of="a", scripts=["Latin", "Greek"]),)),
            pl.DataFrame({"a": ["Ærø 12-3", "αβγ", "Мюнхен", "Pаris", "東京", "17", "", None]}),
            fails={"q": (2, 3, 4)},
            expected={"q": "a in letters of Latin or Greek"},
        ),
        Case(
            "scripts that there are, of texts",
            table(
                prop("a"),
                prop("n", "integer"),
                quality=(
                    entry("q", "script", of="a", scripts=["Klingon"]),
                    entry("r", "script", of="n", scripts=["Latin"]),
                    entry("s", "script", of="a"),
                ),
            ),
            pl.DataFrame({"a": ["x"], "n": [1]}),
            amiss=("CHK-036", "CHK-036", "CHK-036"),
        ),
    ),
)
