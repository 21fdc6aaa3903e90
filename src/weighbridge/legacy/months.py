"""Month names of several languages, turned into the English short names that patterns read.

Source: Unicode CLDR 46, calendars/gregorian/months, format wide and abbreviated, with the
spellings without their full stop.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAMES: dict[str, tuple[str, ...]] = {
    "en": (
        "january jan",
        "february feb",
        "march mar",
        "april apr",
        "may",
        "june jun",
        "july jul",
        "august aug",
        "september sept sep",
        "october oct",
        "november nov",
        "december dec",
    ),
    "de": (
        "januar jänner jän jan",
        "februar feber feb",
        "märz maerz mär mrz",
        "april apr",
        "mai",
        "juni jun",
        "juli jul",
        "august aug",
        "september sept sep",
        "oktober okt",
        "november nov",
        "dezember dez",
    ),
    "fr": (
        "janvier janv jan",
        "février fevrier févr fevr fév fev",
        "mars mar",
        "avril avr",
        "mai",
        "juin",
        "juillet juil",
        "août aout aoû",
        "septembre sept sep",
        "octobre oct",
        "novembre nov",
        "décembre decembre déc dec",
    ),
    "es": (
        "enero ene",
        "febrero feb",
        "marzo mar",
        "abril abr",
        "mayo may",
        "junio jun",
        "julio jul",
        "agosto ago",
        "septiembre setiembre sept sep set",
        "octubre oct",
        "noviembre nov",
        "diciembre dic",
    ),
    "it": (
        "gennaio gen",
        "febbraio feb",
        "marzo mar",
        "aprile apr",
        "maggio mag",
        "giugno giu",
        "luglio lug",
        "agosto ago",
        "settembre set",
        "ottobre ott",
        "novembre nov",
        "dicembre dic",
    ),
    "pt": (
        "janeiro jan",
        "fevereiro fev",
        "março marco mar",
        "abril abr",
        "maio mai",
        "junho jun",
        "julho jul",
        "agosto ago",
        "setembro set",
        "outubro out",
        "novembro nov",
        "dezembro dez",
    ),
    "nl": (
        "januari jan",
        "februari feb",
        "maart mrt",
        "april apr",
        "mei",
        "juni jun",
        "juli jul",
        "augustus aug",
        "september sept sep",
        "oktober okt",
        "november nov",
        "december dec",
    ),
    "sv": (
        "januari jan",
        "februari feb",
        "mars mar",
        "april apr",
        "maj",
        "juni jun",
        "juli jul",
        "augusti aug",
        "september sept sep",
        "oktober okt",
        "november nov",
        "december dec",
    ),
}
LOCALES = tuple(_NAMES)


def in_english(text: pl.Expr, locales: Sequence[str]) -> pl.Expr:
    """Return the text with month names of `locales` as English short names; unchanged for English alone.

    Upper, lower and title case are taken, and a full stop after a short name.
    """
    if tuple(locales) == ("en",):
        return text
    replacements: dict[str, str] = {}
    for locale in locales:
        for names, short in zip(_NAMES[locale], _ENGLISH, strict=True):
            for name in names.split():
                for spelling in (name, name.title(), name.upper()):
                    replacements[spelling + "."] = short
                    replacements[spelling] = short
    longest_first = sorted(replacements, key=len, reverse=True)
    return text.str.replace_many(longest_first, [replacements[n] for n in longest_first], leftmost=True)
