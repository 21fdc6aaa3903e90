"""Identifiers with a checksum: IBAN, ISBN, EAN, VIN, NPI, LEI, BIC, national numbers.

A valid identifier in another dress (`DE89 3704 0044 0532 0130 00`, `978-0-306-40615-7`) is
brought to its compact form, which is another spelling. One that fails its length, its letters
or its check digits is unreadable: which digit is wrong cannot be known, so none is corrected.
Nor is one completed: an ISBN without its leading zero is `leadingZeros`' to restore first.

Parameters:
    of: which identifier: vin, npi, or any of python-stdnum by its module: luhn, isbn, issn,
        iban, bic, ean, isin, lei, imei, imo, cusip, figi, iso6346 (containers), and
        national ones by country: de.idnr, us.ssn, gb.nhs, fr.siret, nl.bsn, eu.vat, be.nn…

A VIN's check digit is compulsory in North America only: for cars of elsewhere use a pattern.

Example:
    rules: [{rule: identifier, of: iban}]
    rules: [{rule: identifier, of: us.ssn}]

Source: python-stdnum 2.2 and the standards it names; 49 CFR 565.15 (VIN); 45 CFR 162.406 (NPI).
"""

from __future__ import annotations

import polars as pl
from pydantic import Field, field_validator

from weighbridge.legacy.identifiers import Check, check_named
from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import TEXT, Case, Parameters


class IdentifierParameters(Parameters):
    """Parameters of `identifier`."""

    of: str = Field(description="which identifier")

    @field_validator("of")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            check_named(name)
        except KeyError as error:
            raise ValueError(error.args[0]) from None
        return name


_IBAN, _VIN, _NPI = {"of": "iban"}, {"of": "vin"}, {"of": "npi"}
_ISBN, _LUHN = {"of": "isbn"}, {"of": "luhn"}


class Identifier:
    """The rule `identifier`."""

    name = "identifier"
    logical_types = TEXT
    parameters = IdentifierParameters
    gives_text = True
    cases = (
        Case("DE89370400440532013000", "DE89370400440532013000", parameters=_IBAN),
        Case("de89 3704 0044 0532 0130 00", "DE89370400440532013000", Certainty.NORMALISED, _IBAN),
        Case("DE89370400440532013001", None, Certainty.UNREADABLE, _IBAN),
        Case("DE8937040044053201300", None, Certainty.UNREADABLE, _IBAN),
        Case("", "", parameters=_IBAN),
        Case(None, None, parameters=_IBAN),
        Case("978-0-306-40615-7", "9780306406157", Certainty.NORMALISED, _ISBN),
        Case("978-0-306-40615-8", None, Certainty.UNREADABLE, _ISBN),
        Case("0-306-40615-2", "0306406152", Certainty.NORMALISED, _ISBN),
        Case("306406152", None, Certainty.UNREADABLE, _ISBN),
        Case("79927398713", "79927398713", parameters=_LUHN),
        Case("79927398710", None, Certainty.UNREADABLE, _LUHN),
        Case("4111 1111 1111 1111", "4111111111111111", Certainty.NORMALISED, _LUHN),
        Case("4111-1111-1111-1111", "4111111111111111", Certainty.NORMALISED, _LUHN),
        Case("4111-1111 1111-1111", None, Certainty.UNREADABLE, _LUHN),
        Case("1M8GDM9AXKP042788", "1M8GDM9AXKP042788", parameters=_VIN),
        Case("1m8gdm9axkp042788", "1M8GDM9AXKP042788", Certainty.NORMALISED, _VIN),
        Case("1M8GDM9A1KP042788", None, Certainty.UNREADABLE, _VIN),
        Case("1M8GDM9AXKPO42788", None, Certainty.UNREADABLE, _VIN),
        Case("1234567893", "1234567893", parameters=_NPI),
        Case("1234567890", None, Certainty.UNREADABLE, _NPI),
        Case("529900T8BM49AURSDO55", "529900T8BM49AURSDO55", parameters={"of": "lei"}),
        Case("4006381333931", "4006381333931", parameters={"of": "ean"}),
        Case("536-90-4399", "536904399", Certainty.NORMALISED, {"of": "us.ssn"}),
    )

    def read(self, text: pl.Expr, parameters: IdentifierParameters) -> Reading:
        """Return the identifiers in compact form."""
        check = check_named(parameters.of)
        value = text.map_batches(lambda texts: _compact(texts, check), return_dtype=pl.String(), is_elementwise=True)
        words = f"a valid {parameters.of.upper()}: length, characters and check digits"
        return Reading(value, (Doubt(Certainty.UNREADABLE, "LEG-036", None, words, "identifier"),))


def _compact(texts: pl.Series, check: Check) -> pl.Series:
    """Return the compact form of each text, null of those that are not valid; each distinct text is checked once."""
    distinct = texts.drop_nulls().unique()
    if distinct.is_empty():
        return texts
    compact = pl.Series([_valid(text, check) for text in distinct], dtype=pl.String)
    return texts.replace_strict(distinct, compact, default=None, return_dtype=pl.String)


def _valid(text: str, check: Check) -> str | None:
    if text == "":
        return text
    try:
        compact = check(text)
        return compact if _characters(compact) <= _characters(text) else None
    except Exception:  # a check that stumbles over a hostile text has not found it valid
        return None


def _characters(text: str) -> int:
    return sum(c.isalnum() for c in text)
