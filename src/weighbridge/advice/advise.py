"""The advice on one column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from weighbridge.advice.dates import as_dates, as_times
from weighbridge.advice.numbers import as_numbers
from weighbridge.advice.trial import COUNT, TEXT, Advice, Trial, tried
from weighbridge.advice.words import as_booleans, as_texts
from weighbridge.contract.model import LogicalType

_MOST_TEXTS = 2000
_MOSTLY = 0.8
_NUMERIC = (LogicalType.INTEGER, LogicalType.NUMBER)


def advise(texts: pl.Series, as_of: date) -> Advice:
    """Return which type and rules would read a column.

    Of more than 2,000 different texts the most frequent are looked at.

    Args:
        texts: String, one a record; nulls are no values.
        as_of: today; a window of two-digit years ends with its year.
    """
    said = texts.drop_nulls()
    different = said.rename(TEXT).value_counts(name=COUNT).filter(pl.col(TEXT).str.strip_chars() != "")
    different = different.sort([COUNT, TEXT], descending=[True, False]).head(_MOST_TEXTS)
    if not different.height:
        return Advice(LogicalType.STRING, notes=("there are no values",))
    plain = as_texts(different)
    if any(isinstance(rule, Mapping) and rule["rule"] == "identifier" for rule in plain[0].rules):
        return plain[0].told(plain[1])
    total = plain[0].told().values
    found = [t for t in _typed(different, as_of) if t[0].score[0] >= _MOSTLY * max(total, 1)]
    chosen = max(found, key=lambda t: t[0].score, default=plain)
    if _has_leading_zeros(different) and chosen[0].logical_type in _NUMERIC and not chosen[0].rules:
        return plain[0].told([*plain[1], "its digits have leading zeros: it is a code, no number"])
    return chosen[0].told(chosen[1])


def _typed(texts: pl.DataFrame, as_of: date) -> Iterator[tuple[Trial, list[str]]]:
    """Yield what each type would read; of equals the first is taken."""
    yield tried(texts, LogicalType.TIMESTAMP), []
    for found in (as_dates(texts, as_of), as_times(texts), as_numbers(texts), as_booleans(texts)):
        if found is not None:
            yield found


def _has_leading_zeros(texts: pl.DataFrame) -> bool:
    return bool(texts[TEXT].str.strip_chars().str.contains(r"^0\d+$").any())
