"""Identifiers that a spreadsheet changed: `1.23457E+11`, `1-Mar`, `123456789012345000`.

A spreadsheet takes codes for numbers and dates. Long digits come out in scientific notation
with six of them left; a part number `MAR-1` or a gene `SEPT2` becomes a date; digits after the
fifteenth become zeros. What was lost cannot be brought back. Such a text is ambiguous: it may
be the true code or the ruin of another, and the readings say what is still known of it (`?` for
each digit that is lost). The value is never guessed.

Parameters:
    lookFor: which damage to look for: scientific, dates, precision (these by default), and floats:
        `1207.0`, a code from a column that was taken for numbers with gaps.

Example:
    rules: [spreadsheetDamage]

Source: Ziemann, Eren, El-Osta, "Gene name errors are widespread in the scientific literature",
Genome Biology 17:177 (2016); Microsoft Support, "Excel specifications and limits" (number
precision 15 digits).
"""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import TEXT, Case, Parameters

_SCIENTIFIC = r"^([0-9])(?:[.,]([0-9]+))?[Ee]\+([0-9]{2,3})$"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_GERMAN = "(?:Jan|Feb|Mrz|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)"
_DATE = (
    rf"^(?:[0-9]{{1,2}}-{_MONTH}(?:-[0-9]{{2}})?|{_MONTH}-[0-9]{{2}}|[0-9]{{2}}\. {_GERMAN}|{_GERMAN} [0-9]{{2}}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2} 00:00:00)$"
)
_FLOAT = r"^[0-9]+\.0$"
_PRECISION = r"^[1-9][0-9]{14}0+$"
Damage = Literal["scientific", "dates", "precision", "floats"]


class SpreadsheetDamageParameters(Parameters):
    """Parameters of `spreadsheetDamage`."""

    look_for: tuple[Damage, ...] = Field(("scientific", "dates", "precision"), description="which damage to look for")


class SpreadsheetDamage:
    """The rule `spreadsheetDamage`."""

    name = "spreadsheetDamage"
    logical_types = TEXT
    parameters = SpreadsheetDamageParameters
    gives_text = True
    cases = (
        Case("AB-1234", "AB-1234"),
        Case("123456789012", "123456789012"),
        Case("1.23457E+11", "1.23457E+11", Certainty.AMBIGUOUS, readings=("1.23457E+11", "12345???????")),
        Case("5E+02", "5E+02", Certainty.AMBIGUOUS, readings=("5E+02", "???")),
        Case("1.2E+03", "1.2E+03", Certainty.AMBIGUOUS, readings=("1.2E+03", "1???")),
        Case("1E5", "1E5"),
        Case("1-Mar", "1-Mar", Certainty.AMBIGUOUS, readings=("1-Mar", "?")),
        Case("Sep-02", "Sep-02", Certainty.AMBIGUOUS, readings=("Sep-02", "?")),
        Case("1-MAR", "1-MAR"),
        Case("1,23e+11", "1,23e+11", Certainty.AMBIGUOUS, readings=("1,23e+11", "12??????????")),
        Case("01. Mrz", "01. Mrz", Certainty.AMBIGUOUS, readings=("01. Mrz", "?")),
        Case("2013-03-01 00:00:00", "2013-03-01 00:00:00", Certainty.AMBIGUOUS, readings=("2013-03-01 00:00:00", "?")),
        Case("1207.0", "1207.0"),
        Case("1207.0", "1207.0", Certainty.AMBIGUOUS, {"lookFor": ["floats"]}, ("1207.0", "1207")),
        Case(
            "123456789012345000",
            "123456789012345000",
            Certainty.AMBIGUOUS,
            readings=("123456789012345000", "123456789012345???"),
        ),
        Case("123456789012345", "123456789012345"),
        Case("123456789012345678", "123456789012345678"),
        Case("1-Mar", "1-Mar", parameters={"lookFor": ["scientific"]}),
        Case("", ""),
        Case(None, None),
    )

    def read(self, text: pl.Expr, parameters: SpreadsheetDamageParameters) -> Reading:
        """Return the text as it came."""
        doubts = tuple(
            Doubt(Certainty.AMBIGUOUS, "LEG-034", where, f"a code that no spreadsheet changed ({kind})", kind, readings)
            for kind, (where, readings) in _findings(text).items()
            if kind in parameters.look_for
        )
        return Reading(text, doubts)


def _findings(text: pl.Expr) -> dict[str, tuple[pl.Expr, pl.Expr]]:
    """Return by kind of damage where it shows and its readings."""
    # The last digit that scientific notation shows may be rounded: only those before it are known.
    known = (text.str.extract(_SCIENTIFIC, 1) + text.str.extract(_SCIENTIFIC, 2).fill_null("")).str.head(-1)
    digits = text.str.extract(_SCIENTIFIC, 3).cast(pl.UInt32, strict=False) + 1
    lost = pl.lit("?").repeat_by(digits - pl.min_horizontal(known.str.len_bytes(), digits)).list.join("")
    zeros = text.str.slice(15).str.replace_all("0", "?", literal=True)
    return {
        "scientific": (text.str.contains(_SCIENTIFIC), pl.concat_list(text, known.str.slice(0, digits) + lost)),
        "dates": (text.str.contains(_DATE), pl.concat_list(text, pl.lit("?"))),
        "floats": (text.str.contains(_FLOAT), pl.concat_list(text, text.str.strip_suffix(".0"))),
        "precision": (text.str.contains(_PRECISION), pl.concat_list(text, text.str.head(15) + zeros)),
    }
