"""Texts are written in the languages that are expected.

    quality:
      - name: comments are in English or German
        type: custom
        engine: weighbridge
        severity: warning
        implementation:
          check: language
          of: comment
          languages: [en, de]    # ISO 639-1
          minLetters: 40
          sure: 0.99

Each text of at least `minLetters` letters (20) is held against 140 languages by the pairs and triples of letters in
it (py3langid, which knows nothing of what a text means). It fails where the chance that it is in one of `languages`
is below 1 − `sure`. Shorter texts pass: what language a word or a name is in cannot be known. Of 712
English sentences of 40 letters and more none was taken for another language, of 548 pieces of five words one: bear a
few with a `tolerance` where texts are short. Which letters a text is written in is known for each: [`script`](#script).

It needs `pip install weighbridge[language]`; without it the check is listed as not executed.

Null: passes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.custom import column, entry, is_ours, said
from weighbridge.checks.kinds.expression import not_made, row_probes
from weighbridge.checks.metric import probe_name
from weighbridge.checks.options import UnusableError, options_of, unusable
from weighbridge.checks.words import listed
from weighbridge.contract.model import NotExecuted, Quality

_LEAST_LETTERS, _SURE = 20, 0.99
_KEPT_TEXTS = 65_536


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    if find_spec("py3langid") is None:
        yield NotExecuted(f"{probe_name(quality)}: language", "it needs weighbridge[language]", quality.line)
        return
    try:
        of = column(quality, bench, "of", own=True)
        if bench.dtypes[of] != pl.String:
            raise unusable("CHK-036", f"languages are of texts, {of} holds {bench.dtypes[of]}", quality)
        given = quality.implementation.get("languages")
        languages = [given] if isinstance(given, str) else given
        if not isinstance(languages, list) or not languages:
            raise unusable("CHK-036", "it needs `languages`, a list such as [en]", quality)
        for name in languages:
            if name not in _known():
                raise unusable("CHK-036", f"languages: {name!r} is none of {', '.join(sorted(_known()))}", quality)
        letters, sure = (
            quality.implementation.get("minLetters", _LEAST_LETTERS),
            quality.implementation.get("sure", _SURE),
        )
        if isinstance(letters, bool) or not isinstance(letters, int) or letters < 1:
            raise unusable("CHK-036", f"minLetters: {letters!r} is no number from 1", quality)
        if isinstance(sure, bool) or not isinstance(sure, int | float) or not 0.5 <= sure < 1:
            raise unusable("CHK-036", f"sure: {sure!r} is no number from 0.5 and below 1", quality)
        options = options_of(quality, bench)
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    wanted, most = frozenset(languages), 1 - float(sure)
    value = pl.col(of)
    asked = pl.when(value.str.count_matches(r"\p{L}") >= letters).then(value)
    other = asked.map_elements(lambda text: _other(text, wanted, most), return_dtype=pl.String)
    yield from row_probes(
        quality,
        bench,
        options,
        other.is_not_null() & value.is_not_null(),
        (of,),
        f"{of} in {listed(languages)}",
        "CHK-058",
        seen=said("reads as ", other, ": ", value),
    )


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    import py3langid

    return frozenset(name for name, _ in py3langid.rank("a"))


@lru_cache(maxsize=_KEPT_TEXTS)
def _other(text: str, wanted: frozenset[str], most: float) -> str | None:
    """Return the language a text is in where it is surely none of those wanted, else None."""
    import py3langid

    scores = py3langid.rank(text)
    best, highest = scores[0]
    if best in wanted:
        return None
    weights = [(name, math.exp(score - highest)) for name, score in scores]
    chance = sum(weight for name, weight in weights if name in wanted) / sum(weight for _, weight in weights)
    return str(best) if chance < most else None


CHECK = Check(
    name="language",
    part=Quality,
    claims=lambda quality: is_ours(quality, "language"),
    make=_make,
    cases=lambda: (
        Case(
            "sentences have a language, words have none that can be known",
            table(
                prop("a"),
                quality=(
                    entry("q", "language", of="a", languages=["en", "de"]),
                    entry("r", "language", of="a", languages="en", minLetters=500),
                ),
            ),
            pl.DataFrame(
                {
                    "a": [
                        "The customer called about the invoice of last month",
                        "Der Kunde hat wegen der Rechnung vom letzten Monat angerufen",
                        "Le client a appelé au sujet de la facture du mois dernier",
                        "Клиент позвонил по поводу счета за прошлый месяц",
                        "facture",
                        "12345678901234567890123",
                        "",
                        None,
                    ]
                }
            ),
            fails={"q": (2, 3), "r": ()},
            expected={"q": "a in en or de"},
        ),
        Case(
            "languages that are known, of texts",
            table(
                prop("a"),
                prop("n", "integer"),
                quality=(
                    entry("q", "language", of="a", languages=["Klingon"]),
                    entry("r", "language", of="n", languages=["en"]),
                    entry("s", "language", of="a"),
                    entry("t", "language", of="a", languages=["en"], minLetters=0),
                    entry("u", "language", of="a", languages=["en"], sure=1),
                ),
            ),
            pl.DataFrame({"a": ["x"], "n": [1]}),
            amiss=("CHK-036",) * 5,
        ),
    ),
)
