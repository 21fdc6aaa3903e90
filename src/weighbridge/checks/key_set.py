"""The keys another object has, held once and asked exactly.

The distinct keys are collected when the set is made (not when the plan first asks: a plan
inside a plan may wait for the very threads it holds up) and kept sorted: one column of
distinct values for each part of the key, and for a key of several parts one 8-byte number a
distinct key and part after the first. Nothing is hashed, so nothing can collide. A question
costs a binary search a value, and holds nothing of the asking frame beyond the batch it came with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from weighbridge.quick import dataclass

_SMALL = 4_096


class IncomparableError(ValueError):
    """The two sides of a relationship cannot be compared; the message says why."""


@dataclass(frozen=True, slots=True)
class KeySet:
    """Distinct keys.

    Attributes:
        parts: of each part of the key its distinct values, sorted.
        codes: for each part after the first, the sorted numbers of the combinations that occur:
            position of what came before, times the number of this part's values, plus its position.
    """

    parts: tuple[pl.Series, ...]
    codes: tuple[np.ndarray, ...]

    @classmethod
    def collected(cls, frame: pl.LazyFrame, columns: Sequence[str], dtypes: Sequence[pl.DataType]) -> KeySet:
        """Collect the keys in `columns` of `frame`, as values of the asking side's types; null is no key.

        Raises:
            PolarsError: the frame cannot be read.
        """
        held = frame.select(columns).drop_nulls().unique().collect(engine="streaming")
        pairs = zip(columns, dtypes, strict=True)
        keys = held.select(_converted(held[name], to).alias(name) for name, to in pairs).drop_nulls()
        parts = tuple(keys[name].unique().sort() for name in columns)
        found = []
        code = _position(parts[0], keys[columns[0]])[0]
        for values, name in zip(parts[1:], columns[1:], strict=True):
            combined = code * len(values) + _position(values, keys[name])[0]
            codes = np.unique(combined)
            code = np.searchsorted(codes, combined)
            found.append(codes)
        return cls(parts, tuple(found))

    def missing(self, names: Sequence[str]) -> pl.Expr:
        """Return where the key in these columns is not in the set; False where a part is null."""
        key = pl.struct(list(names)) if len(names) > 1 else pl.col(names[0])
        return key.map_batches(self._missing, return_dtype=pl.Boolean, is_elementwise=True)

    def _missing(self, asked: pl.Series) -> pl.Series:
        parts = asked.struct.unnest().get_columns() if len(self.parts) > 1 else [asked]
        known = self._known(parts)
        for part in parts:
            known = known | part.is_null().to_numpy()
        return pl.Series(asked.name, ~known)

    def _known(self, asked: Sequence[pl.Series]) -> np.ndarray:
        if len(asked) == 1 and len(self.parts[0]) <= _SMALL:
            return asked[0].is_in(self.parts[0].implode()).fill_null(False).to_numpy()
        code, found = _position(self.parts[0], asked[0])
        for values, codes, part in zip(self.parts[1:], self.codes, asked[1:], strict=True):
            position, here = _position(values, part)
            wanted = code * len(values) + position
            code = np.minimum(np.searchsorted(codes, wanted), max(len(codes) - 1, 0))
            found &= here & (codes[code] == wanted if len(codes) else False)
        return found


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
