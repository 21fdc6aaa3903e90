"""A frame as an expectation sees it: its columns with their types, and the rows that count, as a predicate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_

import polars as pl


class UnknownColumnError(ValueError):
    """An expectation names a column that is not there; said in Great Expectations' own words."""

    def __init__(self, name: object) -> None:
        super().__init__(f'Error: The column "{name}" in BatchData does not exist.')


@dataclass(frozen=True, slots=True)
class View:
    """What expressions are made from.

    A domain is never a filtered frame: it is `where`, so that every metric of every domain is an
    expression over one and the same frame.

    Attributes:
        schema: the frame's columns with their types.
        where: Boolean, never null: rows the `row_condition` selects; None means all.
    """

    schema: Mapping[str, pl.DataType]
    where: pl.Expr | None = None

    def dtype(self, name: str) -> pl.DataType:
        """Return a column's type.

        Raises:
            UnknownColumnError: there is no such column.
        """
        if name not in self.schema:
            raise UnknownColumnError(name)
        return self.schema[name]

    def missing(self, name: str) -> pl.Expr:
        """Return where a column has no value: null, and NaN too, as in Great Expectations on pandas."""
        value = pl.col(name)
        return value.is_null() | value.is_nan().fill_null(False) if self.dtype(name).is_float() else value.is_null()

    def present(self, name: str) -> pl.Expr:
        """Return where a column has a value."""
        return ~self.missing(name)

    def within(self, *conditions: pl.Expr) -> pl.Expr:
        """Return the rows of the domain for which all `conditions` hold, as a Boolean that is never null."""
        parts = [*([] if self.where is None else [self.where]), *conditions]
        return reduce(and_, parts) if parts else pl.repeat(True, pl.len(), dtype=pl.Boolean)

    def values(self, name: str) -> pl.Expr:
        """Return a column with null for whatever is missing or outside the domain; as long as the frame."""
        self.dtype(name)
        return pl.when(self.within(self.present(name))).then(pl.col(name))

    def count(self, *conditions: pl.Expr) -> pl.Expr:
        """Aggregate: how many rows of the domain there are for which all `conditions` hold."""
        return self.within(*conditions).sum() if conditions or self.where is not None else pl.len()
