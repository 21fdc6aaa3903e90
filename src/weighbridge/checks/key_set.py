"""The keys another object has, held once and asked exactly.

The distinct keys are collected at the first question and kept sorted: one column of distinct
values for each part of the key, and for a key of several parts one 8-byte number a distinct
key and part after the first. Nothing is hashed, so nothing can collide. A question costs a
binary search a value, and holds nothing of the asking frame beyond the batch it came with.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

_SMALL = 4_096


class IncomparableError(ValueError):
    """The two sides of a relationship cannot be compared; the message says why."""


@dataclass(slots=True)
class KeySet:
    """Distinct keys of a reference frame.

    Attributes:
        frame: holds the keys; collected once, at the first question.
        columns: its columns that make the key, in order.
        dtypes: the types of the asking side, part by part.
    """

    frame: pl.LazyFrame
    columns: tuple[str, ...]
    dtypes: tuple[pl.DataType, ...]
    _parts: list[pl.Series] = field(default_factory=list)
    _codes: list[np.ndarray] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _loaded: bool = False

    def missing(self, names: Sequence[str]) -> pl.Expr:
        """Return where the key in these columns is not in the set; False where a part is null."""
        key = pl.struct(list(names)) if len(names) > 1 else pl.col(names[0])
        return key.map_batches(self._missing, return_dtype=pl.Boolean, is_elementwise=True)

    def _missing(self, asked: pl.Series) -> pl.Series:
        self._load()
        parts = asked.struct.unnest().get_columns() if len(self.columns) > 1 else [asked]
        known = self._known(parts)
        for part in parts:
            known = known | part.is_null().to_numpy()
        return pl.Series(asked.name, ~known)

    def _known(self, asked: Sequence[pl.Series]) -> np.ndarray:
        if len(asked) == 1 and len(self._parts[0]) <= _SMALL:
            return asked[0].is_in(self._parts[0].implode()).fill_null(False).to_numpy()
        code, found = _position(self._parts[0], asked[0])
        for values, codes, part in zip(self._parts[1:], self._codes, asked[1:], strict=True):
            position, here = _position(values, part)
            wanted = code * len(values) + position
            code = np.minimum(np.searchsorted(codes, wanted), max(len(codes) - 1, 0))
            found &= here & (codes[code] == wanted if len(codes) else False)
        return found

    def _load(self) -> None:
        with self._lock:
            if self._loaded:
                return
            keys = self.frame.select(self.columns).drop_nulls().unique().collect(engine="streaming")
            keys = keys.select(
                _converted(keys[name], to).alias(name) for name, to in zip(self.columns, self.dtypes, strict=True)
            )
            keys = keys.drop_nulls()
            self._parts = [keys[name].unique().sort() for name in self.columns]
            code = _position(self._parts[0], keys[self.columns[0]])[0]
            for values, name in zip(self._parts[1:], self.columns[1:], strict=True):
                combined = code * len(values) + _position(values, keys[name])[0]
                codes = np.unique(combined)
                code = np.searchsorted(codes, combined)
                self._codes.append(codes)
            self._loaded = True


def check_comparable(columns: Mapping[str, pl.DataType], dtypes: Sequence[pl.DataType]) -> None:
    """Raise unless keys of these columns can be compared with values of these types.

    Raises:
        IncomparableError: a text stands against a number, or the like.
    """
    for (name, theirs), ours in zip(columns.items(), dtypes, strict=True):
        if _family(theirs) != _family(ours) or _family(ours) == "other":
            raise IncomparableError(f"{name} holds {theirs}, this side holds {ours}")


def _family(dtype: pl.DataType) -> str:
    if dtype.is_integer() or dtype.is_decimal() or dtype.is_float():
        return "number"
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        return "text"
    if dtype in (pl.Date, pl.Datetime, pl.Time, pl.Boolean):
        return type(dtype).__name__
    return "other"


def _converted(values: pl.Series, to: pl.DataType) -> pl.Series:
    """Return the values in the type of the asking side; null where that would change them."""
    if values.dtype == to:
        return values
    cast = values.cast(to, strict=False)
    if values.dtype in (pl.Categorical, pl.Enum):
        return cast
    same = (cast.cast(values.dtype, strict=False) == values).fill_null(False)
    return pl.select(pl.when(same).then(cast)).to_series()


def _position(ordered: pl.Series, asked: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return for each value where it stands in `ordered`, and whether it does."""
    if ordered.is_empty():
        return np.zeros(len(asked), dtype=np.int64), np.zeros(len(asked), dtype=bool)
    at = ordered.search_sorted(asked.cast(ordered.dtype))
    position = at.fill_null(0).clip(0, len(ordered) - 1)
    here = (ordered.gather(position) == asked).fill_null(False)
    return position.to_numpy().astype(np.int64), here.to_numpy().copy()
