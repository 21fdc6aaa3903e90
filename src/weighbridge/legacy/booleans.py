"""Words for yes and no in several languages, folded to lower case.

Words with letters that upper case or plain keyboards lose are there without them too.

Source: Unicode CLDR 46, posix/messages (yesstr, nostr), with the words for true and false.
"""

from __future__ import annotations

from collections.abc import Sequence

_EVERYWHERE = ("true 1 1.0", "false 0 0.0")
_WORDS: dict[str, tuple[str, str]] = {
    "en": ("yes y true t on", "no n false f off"),
    "de": ("ja j wahr w", "nein n falsch f"),
    "fr": ("oui o vrai v", "non n faux f"),
    "es": ("sí si s verdadero v", "no n falso f"),
    "it": ("sì si s vero v", "no n falso f"),
    "pt": ("sim s verdadeiro v", "não nao n falso f"),
    "nl": ("ja j waar w", "nee neen n onwaar o"),
    "sv": ("ja j sant s", "nej n falskt f"),
    "da": ("ja j sand s", "nej n falsk f"),
    "nb": ("ja j sann s", "nei n usann u"),
    "fi": ("kyllä k tosi t", "ei e epätosi epatosi"),
    "pl": ("tak t prawda p", "nie n fałsz falsz f"),
    "cs": ("ano a pravda p", "ne n nepravda"),
    "tr": ("evet e doğru dogru d", "hayır hayir h yanlış yanliş yanlis y"),
}
LOCALES = tuple(_WORDS)


def words(locales: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the lower-case texts that mean true and those that mean false; a text may be in both."""
    chosen = (_EVERYWHERE, *(_WORDS[locale] for locale in locales))
    true, false = (frozenset(text for pair in chosen for text in pair[side].split()) for side in (0, 1))
    return true, false
