"""Who is meant: properties and their values, and whether a value is the subject's."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

import polars as pl

from weighbridge.findings import ArgumentError, Finding
from weighbridge.sinks import Keyring

_INSIDE_FROM = 4
"""Values shorter than this are not looked for inside other text: they would be found everywhere."""

_ENCODINGS = ("utf-8", "cp1252", "cp037", "utf-16-le", "utf-16-be")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose records are erased: those whose properties all have these values.

    Attributes:
        values: by property name; ``address.city`` is a member of an object, or of any object in an array.
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
        return all(any(same(t, value) for t in _texts_at(texts, name)) for name, value in self.values.items())

    def stands_in(self, raw: bytes) -> bool:
        """Return whether every value stands in bytes that could not be taken apart, as words of their own."""
        words = raw.decode("latin-1")
        return all(any(_is_in(words, form) for form in _forms(value)) for value in self.values.values())

    def filter(self, schema: pl.Schema) -> pl.Expr | None:
        """Return which rows of a published file are the subject's; None when a property has no column there."""
        asked = [_meant(name, schema, value) for name, value in self.values.items()]
        known = [one for one in asked if one is not None]
        return pl.all_horizontal(known) if len(known) == len(asked) else None

    @property
    def telling(self) -> tuple[str, ...]:
        """The values that are looked for inside other text, too."""
        return tuple(v for v in self.values.values() if len(v) >= _INSIDE_FROM)


def same(text: str | None, value: str) -> bool:
    """Return whether a text is this value: the same but for blanks around it, or the same number."""
    if text is None:
        return False
    text = _composed(text.strip())
    if text == _composed(value):
        return True
    one, other = _number(text), _number(value)
    return one is not None and one == other


def _composed(text: str) -> str:
    """Return a text with its accents as one would type them: the same letters may be written in two ways."""
    return unicodedata.normalize("NFC", text)


def _texts_at(texts: Mapping[str, str | None], name: str) -> Iterator[str | None]:
    """Yield the texts of a property, or of a member of one that is kept as JSON."""
    if name in texts:
        yield texts[name]
        whole = texts[name] or ""
        yield from _leaves(_json(whole), []) if whole.lstrip().startswith("[") else ()
        return
    top = next((n for n in texts if name.startswith(f"{n}.")), None)
    if top is not None:
        yield from _leaves(_json(texts[top] or ""), name.removeprefix(f"{top}.").split("."))


def _leaves(value: object, way: Sequence[str]) -> Iterator[str | None]:
    if isinstance(value, list):
        for one in value:
            yield from _leaves(one, way)
    elif isinstance(value, dict):
        if way:
            yield from _leaves(value.get(way[0]), way[1:])
    elif not way and value is not None:
        yield value if isinstance(value, str) else json.dumps(value)


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _forms(value: str) -> frozenset[str]:
    """Return how a value may stand in bytes, whatever their encoding, each byte as one character."""
    spelled = {form(value) for form in (_composed, partial(unicodedata.normalize, "NFD"), str)}
    spelled |= {json.dumps(text)[1:-1] for text in set(spelled)}
    forms = set()
    for text in spelled:
        for encoding in _ENCODINGS:
            with suppress(UnicodeEncodeError):
                forms.add(text.encode(encoding).decode("latin-1"))
    return frozenset(forms)


def _is_in(words: str, form: str) -> bool:
    return re.search(rf"(?<![\w]){re.escape(form)}(?![\w])", words) is not None


def _meant(name: str, schema: pl.Schema, value: str) -> pl.Expr | None:
    """Return whether a property, or a member of one, is a value; None where there is no such column."""
    if name in schema:
        return _is(pl.col(name), schema[name], value, [])
    top = next((n for n in schema if name.startswith(f"{n}.")), None)
    return None if top is None else _is(pl.col(top), schema[top], value, name.removeprefix(f"{top}.").split("."))


def _is(column: pl.Expr, dtype: Any, value: str, way: Sequence[str]) -> pl.Expr:
    if isinstance(dtype, pl.List):
        return column.list.eval(_is(pl.element(), dtype.inner, value, way)).list.any().fill_null(False)
    if isinstance(dtype, pl.Struct):
        fields = {f.name: f.dtype for f in dtype.fields}
        if not way or way[0] not in fields:
            return pl.lit(False)
        return _is(column.struct.field(way[0]), fields[way[0]], value, way[1:])
    if way:
        return pl.lit(False)
    if isinstance(dtype, pl.String):
        return (column.str.strip_chars().str.normalize("NFC") == _composed(value)).fill_null(False)
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
