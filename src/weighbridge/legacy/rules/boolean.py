"""Yes and no in all their dress: `Y`/`N`, `J`/`N`, `oui`/`non`, `X` or blank, `-1` or 0.

`true`, `false`, `1` and `0` are understood everywhere; `locales` adds the words and letters of
languages, in any case. A letter that means yes in one of the declared languages and no in
another (`O` is oui in French and onwaar in Dutch) is ambiguous. What stands in no list is
unreadable: `2` is not true.

A field that is marked or left blank has `true: [X]` and `blank: "false"`; without a word on
it a blank is a missing value. (In delimited text this needs a server without `nullValues`: there
an empty field cannot be told from one of those.) `-1` is true in Access and Visual Basic, but "unknown" elsewhere:
list it in `true` or in `nullValues`.

Parameters:
    locales: languages of the words, of en, de, fr, es, it, pt, nl, sv, da, nb, fi, pl, cs, tr; default en.
    true: further texts that mean true; they outrank the languages' words.
    false: further texts that mean false; they outrank the languages' words.
    blank: missing (default), true or false: what an empty field is.

Example:
    rules: [{rule: boolean, locales: [de, en]}]
    rules: [{rule: boolean, true: [X], blank: "false"}]

Source: Unicode CLDR 46, posix messages; Microsoft Access, Yes/No data type (-1 and 0).
"""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field, field_validator, model_validator

from weighbridge.legacy.booleans import LOCALES, words
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import Case, Parameters


class BooleanParameters(Parameters):
    """Parameters of `boolean`."""

    locales: tuple[str, ...] = Field(("en",), description="languages of the words for yes and no")
    true: tuple[str, ...] = Field((), description="further texts that mean true")
    false: tuple[str, ...] = Field((), description="further texts that mean false")
    blank: Literal["missing", "true", "false"] = Field("missing", description="what an empty field is")

    @field_validator("locales")
    @classmethod
    def _locales_are_known(cls, locales: tuple[str, ...]) -> tuple[str, ...]:
        for locale in locales:
            if locale not in LOCALES:
                raise ValueError(f"no words for {locale!r}; there are {', '.join(LOCALES)}")
        return locales

    @field_validator("true", "false")
    @classmethod
    def _texts_are_texts(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        if any(not text.strip() for text in texts):
            raise ValueError("an empty text is said with `blank`")
        return texts

    @model_validator(mode="after")
    def _a_text_has_one_meaning(self) -> BooleanParameters:
        both = {t.strip().lower() for t in self.true} & {t.strip().lower() for t in self.false}
        if both:
            raise ValueError(f"{', '.join(sorted(both))} cannot mean true and false")
        return self

    @property
    def reads_blank(self) -> bool:
        """A blank is a value where it is declared to be one."""
        return self.blank != "missing"


_GERMAN = {"locales": ["de", "en"]}
_MIXED = {"locales": ["fr", "nl"]}
_MARK = {"true": ["X"], "blank": "false"}
_ACCESS = {"true": ["-1"]}


class Boolean:
    """The rule `boolean`."""

    name = "boolean"
    logical_types = frozenset(("boolean",))
    parameters = BooleanParameters
    gives_text = False
    cases = (
        Case("Y", True, Certainty.NORMALISED),
        Case("no", False, Certainty.NORMALISED),
        Case("TRUE", True, Certainty.NORMALISED),
        Case("1", True, Certainty.NORMALISED),
        Case("0.0", False, Certainty.NORMALISED),
        Case("off", False, Certainty.NORMALISED),
        Case("2", None, Certainty.UNREADABLE),
        Case("-1", None, Certainty.UNREADABLE),
        Case("J", None, Certainty.UNREADABLE),
        Case("", None),
        Case(None, None),
        Case("J", True, Certainty.NORMALISED, _GERMAN),
        Case("Nein", False, Certainty.NORMALISED, _GERMAN),
        Case("SÍ", True, Certainty.NORMALISED, {"locales": ["es"]}),
        Case("Oui", True, Certainty.NORMALISED, _MIXED),
        Case("O", True, Certainty.AMBIGUOUS, _MIXED, ("true", "false")),
        Case("O", True, Certainty.NORMALISED, {**_MIXED, "true": ["o"]}),
        Case("X", True, Certainty.NORMALISED, _MARK),
        Case("x", True, Certainty.NORMALISED, _MARK),
        Case("", False, Certainty.NORMALISED, _MARK),
        Case(None, None, parameters=_MARK),
        Case("#", None, Certainty.UNREADABLE, _MARK),
        Case("-1", True, Certainty.NORMALISED, _ACCESS),
    )

    def read(self, text: pl.Expr, parameters: BooleanParameters) -> Reading:
        """Return the truth values (Boolean) of `text`."""
        true, false = words(parameters.locales)
        own_true, own_false = ({t.strip().lower() for t in own} for own in (parameters.true, parameters.false))
        true, false = (true - own_false) | own_true, (false - own_true) | own_false
        folded = text.str.to_lowercase()
        value = pl.when(folded.is_in(sorted(true))).then(True).when(folded.is_in(sorted(false))).then(False)
        if parameters.reads_blank:
            value = value.when(folded == "").then(pl.lit(parameters.blank == "true"))
        expected = f"yes or no in {', '.join(parameters.locales)}" if parameters.locales else "true or false, 1 or 0"
        if own_true or own_false:
            expected += f", or {', '.join((*parameters.true, *parameters.false))}"
        unread = Doubt(Certainty.UNREADABLE, "LEG-010", None, expected, "boolean")
        both = Doubt(
            Certainty.AMBIGUOUS,
            "LEG-037",
            folded.is_in(sorted(true & false)),
            "a word that means the same in all declared languages",
            "language",
            pl.when(text.is_not_null()).then(pl.concat_list(pl.lit("true"), pl.lit("false"))),
        )
        return Reading(value, (unread, both), pl.Boolean())
