"""Characters that nobody sees: control bytes, zero-width spaces, byte order marks, soft hyphens.

They come from terminals, word processors and web forms, and make two equal codes differ. The
rule takes them out; since what they were meant for is not known, each such text is a repair.
NUL bytes at the end are LOW-VALUES padding and only another spelling of nothing. Joiners that
some scripts need (U+200C, U+200D) stay unless asked for; tab, line feed and carriage return
become a space.

Parameters:
    joiners: whether zero-width joiners and non-joiners are taken out too; default no.

Example:
    rules: [invisible]

Source: The Unicode Standard 16.0, section 23.1 (control codes) and 23.2 (layout controls).
"""

from __future__ import annotations

import polars as pl
from pydantic import Field

from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import TEXT, Case, Parameters

_BREAKS = "[\\t\\n\\r\\x0b\\x0c\\x{85}\\x{2028}\\x{2029}]"
_UNSEEN = (
    "\\x00-\\x08\\x0e-\\x1f\\x7f-\\x{84}\\x{86}-\\x{9f}\\x{ad}\\x{61c}\\x{180e}\\x{200b}\\x{200e}\\x{200f}"
    "\\x{202a}-\\x{202e}\\x{2060}-\\x{2064}\\x{2066}-\\x{2069}\\x{feff}"
)


class InvisibleParameters(Parameters):
    """Parameters of `invisible`."""

    joiners: bool = Field(False, description="whether zero-width joiners are taken out too")


class Invisible:
    """The rule `invisible`."""

    name = "invisible"
    logical_types = TEXT
    parameters = InvisibleParameters
    gives_text = True
    cases = (
        Case("N14228", "N14228"),
        Case("N14228\0\0", "N14228", Certainty.NORMALISED),
        Case("N\u200b14228", "N14228", Certainty.REPAIRED),
        Case("\ufeffN14228", "N14228", Certainty.REPAIRED),
        Case("N\x0014228", "N14228", Certainty.REPAIRED),
        Case("co\u00adoperate", "cooperate", Certainty.REPAIRED),
        Case("a\tb\r\nc", "a b  c", Certainty.REPAIRED),
        Case("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        Case("a\u200db", "ab", Certainty.REPAIRED, {"joiners": True}),
        Case("a\u00a0b", "a\u00a0b"),
        Case("", ""),
        Case(None, None),
    )

    def read(self, text: pl.Expr, parameters: InvisibleParameters) -> Reading:
        """Return the text without characters that are not seen."""
        joiners = r"\x{200c}\x{200d}" if parameters.joiners else ""
        unseen = f"[{_UNSEEN}{joiners}]"
        padded = text.str.strip_chars_end("\0")
        value = padded.str.replace_all(_BREAKS, " ").str.replace_all(unseen, "")
        doubt = Doubt(
            Certainty.REPAIRED, "LEG-026", value != padded, "text without control or invisible characters", "unseen"
        )
        return Reading(value, (doubt,))
