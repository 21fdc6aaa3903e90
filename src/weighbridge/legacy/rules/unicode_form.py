"""One Unicode form for texts that look the same: `é` as one character or as `e` and an accent.

NFC joins what Unicode calls canonically equal, which is only another spelling. NFKC also turns
look-alikes into plain characters (`１２` to `12`, `ﬁ` to `fi`, `²` to `2`), which changes what
was written: where it does more than NFC, the text is a repair.

Parameters:
    form: NFC (default) or NFKC.

Example:
    rules: [unicodeForm]

Source: Unicode Standard Annex #15, Unicode Normalization Forms.
"""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import TEXT, Case, Parameters


class UnicodeFormParameters(Parameters):
    """Parameters of `unicodeForm`."""

    form: Literal["NFC", "NFKC"] = Field("NFC", description="the form that is wanted")


_COMPATIBLE = {"form": "NFKC"}


class UnicodeForm:
    """The rule `unicodeForm`."""

    name = "unicodeForm"
    logical_types = TEXT
    parameters = UnicodeFormParameters
    gives_text = True
    cases = (
        Case("caf\u00e9", "caf\u00e9"),
        Case("cafe\u0301", "caf\u00e9", Certainty.NORMALISED),
        Case("\u212b", "\u00c5", Certainty.NORMALISED),
        Case("\uff11\uff12", "\uff11\uff12"),
        Case("\uff11\uff12", "12", Certainty.REPAIRED, _COMPATIBLE),
        Case("cafe\u0301", "caf\u00e9", Certainty.NORMALISED, _COMPATIBLE),
        Case("", ""),
        Case(None, None),
    )

    def read(self, text: pl.Expr, parameters: UnicodeFormParameters) -> Reading:
        """Return the text in the wanted form."""
        joined = text.str.normalize("NFC")
        if parameters.form == "NFC":
            return Reading(joined)
        plain = text.str.normalize("NFKC")
        doubt = Doubt(
            Certainty.REPAIRED, "LEG-027", plain != joined, "characters that are not look-alikes", "compatible"
        )
        return Reading(plain, (doubt,))
