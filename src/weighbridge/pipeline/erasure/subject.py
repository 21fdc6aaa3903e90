"""Who is meant: properties and their values, and whether a value is the subject's."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import polars as pl

from weighbridge.findings import ArgumentError, Finding
from weighbridge.sinks import Keyring

_INSIDE_FROM = 4
"""Values shorter than this are not looked for inside other text: they would be found everywhere."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose records are erased: those whose properties all have these values.

    Attributes:
        values: by property name.
    """

    values: Mapping[str, str]

    @classmethod
    def of(cls, words: Sequence[str]) -> Subject:
        """Return the subject named by words such as ``email=ada@example.org``.

        Raises:
            ArgumentError: ARG-001, a word has no property or no value, or a property stands twice.
        """
        values: dict[str, str] = {}
        for word in words:
            name, sign, value = word.partition("=")
            if not sign or not name.strip() or not value.strip() or name.strip() in values:
                raise ArgumentError(Finding("ARG-001", detail="--subject takes PROPERTY=VALUE, each property once"))
            values[name.strip()] = value.strip()
        if not values:
            raise ArgumentError(Finding("ARG-001", detail="say whose records: --subject PROPERTY=VALUE"))
        return cls(values)

    def keyed(self, keys: Keyring, contract_id: str) -> str | None:
        """Return HMAC-SHA256 of the subject in hex, under the first key; None without a key."""
        if not keys:
            return None
        told = "\0".join([contract_id, *(f"{n}={v}" for n, v in sorted(self.values.items()))])
        return hmac.new(keys.keys[0], b"weighbridge erasure\0" + told.encode(), hashlib.sha256).hexdigest()

    def is_named_by(self, texts: Mapping[str, str | None]) -> bool:
        """Return whether a record's texts, by property, are the subject's."""
        return all(same(texts.get(name), value) for name, value in self.values.items())

    def stands_in(self, raw: bytes) -> bool:
        """Return whether every value stands in bytes that could not be taken apart, as words of their own."""
        words = raw.decode("latin-1")
        return all(
            re.search(rf"(?<!\w){re.escape(v.encode().decode('latin-1'))}(?!\w)", words) is not None
            for v in self.values.values()
        )

    def filter(self, schema: pl.Schema) -> pl.Expr | None:
        """Return which rows of a published file are the subject's; None when a property has no column there."""
        if not self.values.keys() <= schema.keys():
            return None
        return pl.all_horizontal(_is(pl.col(name), schema[name], value) for name, value in self.values.items())

    @property
    def telling(self) -> tuple[str, ...]:
        """The values that are looked for inside other text, too."""
        return tuple(v for v in self.values.values() if len(v) >= _INSIDE_FROM)


def same(text: str | None, value: str) -> bool:
    """Return whether a text is this value: the same but for blanks around it, or the same number."""
    if text is None:
        return False
    text = text.strip()
    if text == value:
        return True
    one, other = _number(text), _number(value)
    return one is not None and one == other


def _is(column: pl.Expr, dtype: pl.DataType, value: str) -> pl.Expr:
    if isinstance(dtype, pl.String):
        return (column.str.strip_chars() == value).fill_null(False)
    number = _number(value)
    if number is None or not dtype.is_numeric():
        return (column.cast(pl.String) == value).fill_null(False)
    if dtype.is_float():
        return (column == float(number)).fill_null(False)
    if dtype.is_integer():
        return (column == int(number)).fill_null(False) if number == int(number) else pl.lit(False)
    return (column == pl.lit(number)).fill_null(False)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
