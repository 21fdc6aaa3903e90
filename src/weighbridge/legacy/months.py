"""Names of months and weekdays in several languages, turned into the English short names that patterns read.

Short names of weekdays are not understood: some are a month's too (French `mar.`).

Source: Unicode CLDR 46, calendars/gregorian/months, format wide and abbreviated, with the
spellings without their full stop; days, format and stand-alone wide.
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
_DAYS: dict[str, tuple[str, ...]] = {
    "en": ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    "de": ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag sonnabend", "sonntag"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "it": ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    "pt": ("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"),
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "sv": ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    "da": ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    "nb": ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    "fi": (
        "maanantaina maanantai",
        "tiistaina tiistai",
        "keskiviikkona keskiviikko",
        "torstaina torstai",
        "perjantaina perjantai",
        "lauantaina lauantai",
        "sunnuntai",
    ),
    "pl": ("poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela"),
    "cs": ("pondělí", "úterý", "středa", "čtvrtek", "pátek", "sobota", "neděle"),
    "tr": ("pazartesi", "salı", "çarşamba", "perşembe", "cuma", "cumartesi", "pazar"),
}
_ENGLISH_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LOCALES = tuple(_NAMES)
ENGLISH_MONTHS = _NAMES["en"]


def in_english(text: pl.Expr, locales: Sequence[str]) -> pl.Expr:
    """Return the text with names of months and weekdays of `locales` as English short names.

    Upper, lower and title case are taken, with accents, joined or apart, or without them, and a
    full stop after a short name.
    """
    replacements = spellings(locales)
    longest_first = sorted(replacements, key=len, reverse=True)
    joined = text.str.normalize("NFC")
    return joined.str.replace_many(longest_first, [replacements[n] for n in longest_first], leftmost=True)


def spellings(locales: Sequence[str]) -> dict[str, str]:
    """Return every spelling of a name that is understood, with the English short name."""
    found: dict[str, str] = {}
    for locale in locales:
        named = zip((*_NAMES[locale], *_DAYS[locale]), (*_ENGLISH, *_ENGLISH_DAYS), strict=True)
        for names, short in named:
            for name in names.split():
                for written in (name, _without_accents(name)):
                    for spelling in (written, written.title(), written.upper(), written.replace("i", "İ").upper()):
                        found[spelling + "."] = short
                        found[spelling] = short
    return found


def _without_accents(name: str) -> str:
    parts = unicodedata.normalize("NFD", name.replace("ı", "i"))
    return "".join(c for c in parts if not unicodedata.combining(c))
