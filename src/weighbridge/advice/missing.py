"""Texts that mean "no value" whatever a column holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from weighbridge.advice.trial import TEXT

_WORDS = frozenset(
    word
    for line in (
        r"na n/a n.a. n.a #n/a #na nan null (null) <null> none nil \n unknown unk missing blank empty",
        "- -- --- . .. ? ?? ??? tbd tba undefined undef n/d nd",
        "unbekannt k.a. k.a keine fehlt leer inconnu n.c. vide desconocido sconosciuto",
        "onbekend okänd ukjent neznámé nieznane desconhecido",
    )
    for word in line.split()
)
_NO_DAY = r"^(?:0{6,8}|0{1,4}[-./]0{1,2}[-./]0{1,4})(?:[ T]00:00(?::00(?:\.0+)?)?)?$"


def missing_words(texts: pl.DataFrame) -> list[str]:
    """Return the texts of a column that are words for "no value", as they stand, the most frequent first."""
    stripped = texts[TEXT].str.strip_chars()
    where = stripped.str.to_lowercase().is_in(_WORDS)
    return list(dict.fromkeys(stripped.filter(where)))


def days_of_zeros(texts: pl.DataFrame) -> list[str]:
    """Return the texts that stand for no day: `00000000`, `00.00.0000`."""
    stripped = texts[TEXT].str.strip_chars()
    return list(dict.fromkeys(stripped.filter(stripped.str.contains(_NO_DAY))))


def as_nulls(words: list[str]) -> tuple[Mapping[str, Any], ...]:
    """Return the rule that takes `words` for "no value"; nothing where there are none."""
    return ({"rule": "nullValues", "values": words},) if words else ()
