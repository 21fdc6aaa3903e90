"""Month names of several languages, turned into the English short names that patterns read.

Source: Unicode CLDR 46, calendars/gregorian/months, format wide and abbreviated, with the
spellings without their full stop.
"""

from __future__ import annotations

import unicodedata
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
    "da": (
        "januar jan",
        "februar feb",
        "marts mar",
        "april apr",
        "maj",
        "juni jun",
        "juli jul",
        "august aug",
        "september sept sep",
        "oktober okt",
        "november nov",
        "december dec",
    ),
    "nb": (
        "januar jan",
        "februar feb",
        "mars mar",
        "april apr",
        "mai",
        "juni jun",
        "juli jul",
        "august aug",
        "september sept sep",
        "oktober okt",
        "november nov",
        "desember des",
    ),
    "fi": (
        "tammikuuta tammikuu tammi",
        "helmikuuta helmikuu helmi",
        "maaliskuuta maaliskuu maalis",
        "huhtikuuta huhtikuu huhti",
        "toukokuuta toukokuu touko",
        "kesäkuuta kesäkuu kesä",
        "heinäkuuta heinäkuu heinä",
        "elokuuta elokuu elo",
        "syyskuuta syyskuu syys",
        "lokakuuta lokakuu loka",
        "marraskuuta marraskuu marras",
        "joulukuuta joulukuu joulu",
    ),
    "pl": (
        "stycznia styczeń sty",
        "lutego luty lut",
        "marca marzec mar",
        "kwietnia kwiecień kwi",
        "maja maj",
        "czerwca czerwiec cze",
        "lipca lipiec lip",
        "sierpnia sierpień sie",
        "września wrzesień wrz",
        "października październik paź",
        "listopada listopad lis",
        "grudnia grudzień gru",
    ),
    "cs": (
        "ledna leden led",
        "února únor úno",
        "března březen bře",
        "dubna duben dub",
        "května květen kvě",
        "června červen čvn",
        "července červenec čvc",
        "srpna srpen srp",
        "září zář",
        "října říjen říj",
        "listopadu listopad lis",
        "prosince prosinec pro",
    ),
    "tr": (
        "ocak oca",
        "şubat şub",
        "mart mar",
        "nisan nis",
        "mayıs may",
        "haziran haz",
        "temmuz tem",
        "ağustos ağu",
        "eylül eyl",
        "ekim eki",
        "kasım kas",
        "aralık ara",
    ),
}
LOCALES = tuple(_NAMES)
ENGLISH_MONTHS = _NAMES["en"]


def in_english(text: pl.Expr, locales: Sequence[str]) -> pl.Expr:
    """Return the text with month names of `locales` as English short names; unchanged for English alone.

    Upper, lower and title case are taken, with accents, joined or apart, or without them, and a
    full stop after a short name.
    """
    if tuple(locales) == ("en",):
        return text
    replacements = spellings(locales)
    longest_first = sorted(replacements, key=len, reverse=True)
    joined = text.str.normalize("NFC")
    return joined.str.replace_many(longest_first, [replacements[n] for n in longest_first], leftmost=True)


def spellings(locales: Sequence[str]) -> dict[str, str]:
    """Return every spelling of a month's name that is understood, with the English short name."""
    found: dict[str, str] = {}
    for locale in locales:
        for names, short in zip(_NAMES[locale], _ENGLISH, strict=True):
            for name in names.split():
                for written in (name, _without_accents(name)):
                    for spelling in (written, written.title(), written.upper(), written.replace("i", "İ").upper()):
                        found[spelling + "."] = short
                        found[spelling] = short
    return found


def _without_accents(name: str) -> str:
    parts = unicodedata.normalize("NFD", name.replace("ı", "i"))
    return "".join(c for c in parts if not unicodedata.combining(c))
