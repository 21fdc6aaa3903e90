"""Columns of properties from tokens: each number and text as it is written, nothing converted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from weighbridge.contract.model import LogicalType, Property
from weighbridge.readers.columns import plain
from weighbridge.readers.json_lines.tokens import (
    CLOSE_ARRAY,
    CLOSE_OBJECT,
    COLON,
    COMMA,
    KEY,
    OPEN_ARRAY,
    OPEN_OBJECT,
    TEXT,
    WORD,
    Positions,
    Tokens,
)
from weighbridge.readers.parts import raw_type
from weighbridge.readers.records import binary_views

PATH = "$."
_WORD = r"^(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)$"
_DECIMALS = ("decimal", "numeric", "number(", "dec(")
_MOST_WRITTEN_OUT = 60
_KIND = {OPEN_OBJECT: "an object", OPEN_ARRAY: "an array", TEXT: "a text", WORD: "a plain value"}


@dataclass(slots=True)
class Values:
    """The values of records, given their tokens.

    Attributes:
        text: the window the tokens are of.
        roots: the token that each record begins with, -1 for a record that could not be taken apart.
        misfits: by property and record, where a value has not the shape its property has.
        twice: by property and record, the texts of a key that stands more than once, the last one last.
        unknown: paths of keys that no property names.
    """

    text: bytes
    tokens: Tokens
    roots: Positions
    misfits: dict[str, dict[int, str]] = field(default_factory=dict)
    twice: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    _names: dict[str, int] = field(default_factory=dict)
    _keys: Positions = field(default_factory=lambda: np.zeros(0, np.int64))
    _key_ids: Positions = field(default_factory=lambda: np.zeros(0, np.int64))
    _items: Positions = field(default_factory=lambda: np.zeros(0, np.int64))
    _item_parents: Positions = field(default_factory=lambda: np.zeros(0, np.int64))
    _root: str = ""
    _noted: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        t = self.tokens
        self._keys = np.flatnonzero(t.kinds == KEY)
        if len(self._keys):
            written = self._texts(self._keys)
            distinct = written.unique()
            self._names = {name: i for i, name in enumerate(distinct.to_list())}
            ids = written.replace_strict(distinct, pl.Series(range(len(distinct)), dtype=pl.Int64))
            self._key_ids = ids.to_numpy()
        in_array = np.zeros(len(t), np.bool_)
        held = t.parents >= 0
        in_array[held] = t.kinds[t.parents[held]] == OPEN_ARRAY
        in_array &= ~np.isin(t.kinds, (COMMA, COLON, CLOSE_OBJECT, CLOSE_ARRAY))
        items = np.flatnonzero(in_array)
        order = np.argsort(t.parents[items], kind="stable")
        self._items, self._item_parents = items[order], t.parents[items][order]

    def columns(self, properties: Iterable[Property]) -> dict[str, pl.Series]:
        """Return a column for each property, one value a record; see `raw_type` for their types."""
        columns = {}
        for prop in properties:
            self._root = prop.name
            columns[prop.name] = self._column(prop, self._member(self.roots, prop, prop.name), prop.name)
        return columns

    def note_unknown(self, properties: Sequence[Property]) -> None:
        """Remember the keys of the records themselves that no property names."""
        self._note_unknown(self.roots, properties, "")

    def malformed(self) -> Positions:
        """Return the tokens that are neither a number nor true, false or null."""
        words = np.flatnonzero(self.tokens.kinds == WORD)
        if not len(words):
            return words
        wrong: Positions = words[~self._slices(words).str.contains(_WORD).to_numpy()]
        return wrong

    def present(self, prop: Property) -> bool:
        """Whether any record has a key for the property."""
        self._root = prop.name
        return bool((self._member(self.roots, prop, prop.name) >= 0).any())

    def _member(self, owners: Positions, prop: Property, path: str) -> Positions:
        """Return for each owner the token of its member that is the property; -1 where there is none."""
        found = np.full(len(owners), -1, np.int64)
        for name in prop.source_names:
            steps = name[len(PATH) :].split(".") if name.startswith(PATH) else [name]
            there = owners
            for step in steps:
                there = self._named(there, self._names.get(step), path)
            found = np.where(found >= 0, found, there)
        near = {plain(name) for name in prop.source_names}
        for name, number in self._names.items():
            if name not in prop.source_names and plain(name) in near:
                found = np.where(found >= 0, found, self._named(owners, number, path))
        return found

    def _named(self, owners: Positions, key: int | None, path: str) -> Positions:
        if key is None:
            return np.full(len(owners), -1, np.int64)
        keys = self._keys[self._key_ids == key]
        parents = self.tokens.parents[keys]
        member = np.full(len(self.tokens) + 1, -1, np.int64)
        member[parents] = keys + 2
        again = member[parents] != keys + 2
        if again.any():
            self._note_twice(keys, parents, np.unique(parents[again]), owners, path)
        return member[owners]

    def _note_twice(
        self, keys: Positions, parents: Positions, doubled: Positions, owners: Positions, path: str
    ) -> None:
        for parent in np.intersect1d(doubled, owners).tolist():
            first = int(keys[parents == parent][0])
            if first in self._noted:
                continue
            self._noted.add(first)
            values = keys[parents == parent] + 2
            texts = [self._whole(v) for v in values.tolist()]
            if len(set(texts)) > 1:
                shown = [t if path == self._root else f"{path}: {t}" for t in texts]
                self.twice.setdefault(self._root, {}).setdefault(self._record_of(parent), []).extend(shown)

    def _column(self, prop: Property, values: Positions, path: str) -> pl.Series:
        dtype = raw_type(prop)
        kinds = np.where(values >= 0, self.tokens.kinds[values], 0) if len(self.tokens) else np.zeros_like(values)
        if isinstance(dtype, pl.Struct):
            self._misfit(values, kinds, OPEN_OBJECT, path)
            return self._object(prop, np.where(kinds == OPEN_OBJECT, values, -1), path, dtype)
        if isinstance(dtype, pl.List):
            self._misfit(values, kinds, OPEN_ARRAY, path)
            return self._array(prop, np.where(kinds == OPEN_ARRAY, values, -1), path)
        whole = prop.logical_type in (LogicalType.OBJECT, LogicalType.ARRAY, LogicalType.MAP, LogicalType.VECTOR)
        return self._plain(prop, values, kinds, path, whole)

    def _object(self, prop: Property, owners: Positions, path: str, dtype: pl.Struct) -> pl.Series:
        self._note_unknown(owners, prop.children, path + ".")
        parts = []
        for child in prop.children:
            inner = f"{path}.{child.name}"
            parts.append(self._column(child, self._member(owners, child, inner), inner).alias(child.name))
        held = pl.Series("held", owners >= 0)
        frame = pl.DataFrame([held.alias("\0held"), *parts])
        whole = pl.struct(pl.exclude("\0held"))
        return frame.select(pl.when(pl.col("\0held")).then(whole).alias(prop.name)).to_series().cast(dtype)

    def _array(self, prop: Property, owners: Positions, path: str) -> pl.Series:
        low = np.searchsorted(self._item_parents, owners, side="left")
        high = np.where(owners >= 0, np.searchsorted(self._item_parents, owners, side="right"), low)
        counts = high - low
        offsets = np.zeros(len(owners) + 1, np.int64)
        np.cumsum(counts, out=offsets[1:])
        at = np.arange(offsets[-1]) - np.repeat(offsets[:-1] - low, counts)
        (child,) = prop.children
        inner = self._column(child, self._items[at], path + "[]")
        listed = pa.LargeListArray.from_arrays(pa.array(offsets), inner.to_arrow(), mask=pa.array(owners < 0))
        series = pl.from_arrow(listed)
        assert isinstance(series, pl.Series)
        return series.cast(raw_type(prop))

    def _plain(self, prop: Property, values: Positions, kinds: Positions, path: str, whole: bool) -> pl.Series:
        there = (kinds == TEXT) | (kinds == WORD)
        if not whole:
            self._misfit(values, kinds, TEXT, path)
        count = len(values)
        if not there.any() and not whole:
            return pl.repeat(None, count, dtype=pl.String, eager=True)
        at = np.flatnonzero(there)
        texts = self._texts(values[at])
        words = kinds[at] == WORD
        if words.any():
            texts = (
                texts.to_frame("t")
                .select(pl.when(~(pl.Series(words) & (pl.col("t") == "null"))).then(pl.col("t")))
                .to_series()
            )
            texts = _written_out(texts, words, prop)
        if whole:
            containers = np.flatnonzero((kinds == OPEN_OBJECT) | (kinds == OPEN_ARRAY))
            if len(containers):
                raw = pl.Series([self._whole(v) for v in values[containers].tolist()], dtype=pl.String)
                at, texts = np.concatenate((at, containers)), pl.concat([texts, raw])
        if len(at) == count and not whole:
            return texts
        target = np.full(count, -1, np.int64)
        target[at] = np.arange(len(at))
        index = pl.Series(target)
        return pl.select(texts.gather(index.set(index < 0, None))).to_series()

    def _texts(self, at: Positions) -> pl.Series:
        """Return texts and words as they mean: escapes are resolved."""
        texts = self._slices(at)
        escapes = self.tokens.escapes
        if not len(escapes):
            return texts
        low = np.searchsorted(escapes, self.tokens.starts[at])
        high = np.searchsorted(escapes, self.tokens.ends[at])
        odd = np.flatnonzero(high > low)
        if not len(odd):
            return texts
        starts, ends = self.tokens.starts[at[odd]].tolist(), self.tokens.ends[at[odd]].tolist()
        quoted = b",".join(self.text[a - 1 : b + 1] for a, b in zip(starts, ends, strict=True))
        return texts.scatter(odd, pl.Series(json.loads(b"[" + quoted + b"]"), dtype=pl.String))

    def _slices(self, at: Positions) -> pl.Series:
        return binary_views(self.text, self.tokens.starts[at], self.tokens.ends[at]).cast(pl.String)

    def _whole(self, token: int) -> str:
        """Return the source text of a value, an object or array with all it holds."""
        t = self.tokens
        kind, start, end = int(t.kinds[token]), int(t.starts[token]), int(t.ends[token])
        if kind == TEXT:
            return str(json.loads(self.text[start - 1 : end + 1]))
        if kind in (OPEN_OBJECT, OPEN_ARRAY):
            later = np.flatnonzero((t.parents[token:] == token) & (t.kinds[token:] == kind + 1))
            end = int(t.ends[token + later[0]])
        return self.text[start:end].decode()

    def _misfit(self, values: Positions, kinds: Positions, wanted: int, path: str) -> None:
        there = kinds != 0
        fits = (kinds == TEXT) | (kinds == WORD) if wanted == TEXT else kinds == wanted
        odd = np.flatnonzero(there & ~fits)
        if not len(odd):
            return
        expected = "a plain value" if wanted == TEXT else _KIND[wanted]
        noted = self.misfits.setdefault(self._root, {})
        for i in odd.tolist():
            kind, value = int(kinds[i]), int(values[i])
            if kind == WORD and self._whole(value) == "null":
                continue
            noted.setdefault(self._record_of(value), f"{path} is {_KIND[kind]}, not {expected}")

    def _record_of(self, token: int) -> int:
        held = np.flatnonzero(self.roots >= 0)
        return int(held[np.searchsorted(self.roots[held], token, side="right") - 1])

    def _note_unknown(self, owners: Positions, properties: Sequence[Property], path: str) -> None:
        names = {n.removeprefix(PATH).split(".")[0] for p in properties for n in p.source_names}
        near = {plain(n) for n in names}
        foreign = {i: n for n, i in self._names.items() if n not in names and plain(n) not in near}
        if not foreign:
            return
        owned = np.zeros(len(self.tokens) + 1, np.bool_)
        owned[owners] = True
        owned[-1] = False
        mine = self._key_ids[owned[self.tokens.parents[self._keys]]]
        self.unknown.update(path + foreign[i] for i in np.unique(mine).tolist() if i in foreign)


def _written_out(texts: pl.Series, words: npt.NDArray[np.bool_], prop: Property) -> pl.Series:
    """Write exponents, and a fraction of nothing, out where the property's type takes neither.

    ``1e3`` and ``1.0`` are whole numbers of JSON; a decimal may be written ``1.5E2``. Nothing goes
    through a float, and what would become too long stays as it is.
    """
    whole = prop.logical_type is LogicalType.INTEGER
    if not whole and not (prop.physical_type or "").strip().lower().startswith(_DECIMALS):
        return texts
    odd = np.flatnonzero(texts.str.contains("[.eE]" if whole else "[eE]").fill_null(False).to_numpy() & words)
    if not len(odd):
        return texts
    return texts.scatter(odd, pl.Series([_plainly(t, whole) for t in texts.gather(odd).to_list()], dtype=pl.String))


def _plainly(text: str, whole: bool) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite() or abs(number.adjusted()) > _MOST_WRITTEN_OUT or len(text) > _MOST_WRITTEN_OUT:
        return text
    if whole:
        return str(int(number)) if number == number.to_integral_value() else text
    return format(number, "f")
