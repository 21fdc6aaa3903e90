"""Numbers from text at the speed of a bare cast, by the meaning of the careful expression.

Most texts of a numeric column are plain digits, which one cast reads. Only the texts it leaves
(padding, sentinels, faults) go through the expressions that define the reading. A property
test holds that the short way never differs from the definition.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

import polars as pl

from weighbridge.quick import dataclass

TEXT = pl.col("text")
VALUE, FAILED = "value", "failed"


@dataclass(frozen=True, slots=True)
class Quick:
    """A reading of text as numbers: its definition, and what the cast alone would get wrong.

    Attributes:
        dtype: the number's type: Int64 or Float64.
        value: the definition of the value, over `TEXT`.
        failed: the definition of "there is a value, but it cannot be read", over `TEXT`.
        sentinels: the numbers that texts meaning no value read as.
    """

    dtype: pl.DataType
    value: pl.Expr
    failed: pl.Expr
    sentinels: Sequence[float] = ()

    def read(self, text: pl.Expr) -> pl.Expr:
        """Return Struct of `VALUE` and `FAILED` (Boolean, never null), one a row."""
        dtype = pl.Struct({VALUE: self.dtype, FAILED: pl.Boolean()})
        return text.map_batches(self._read, return_dtype=dtype, is_elementwise=True)

    def _read(self, text: pl.Series) -> pl.Series:
        value = text.cast(self.dtype, strict=False).alias(VALUE)
        failed = pl.repeat(False, len(text), eager=True).alias(FAILED)
        rows = self._odd(text, value)
        if len(rows):
            define = (self.value.alias(VALUE), self.failed.fill_null(False).alias(FAILED))
            careful = text.gather(rows).to_frame(TEXT.meta.output_name()).select(define)
            value = value.scatter(rows, careful[VALUE])
            failed = failed.scatter(rows, careful[FAILED])
        return pl.DataFrame([value, failed]).to_struct(text.name)

    def _odd(self, text: pl.Series, value: pl.Series) -> pl.Series:
        """Return the rows where the cast's answer may not be the definition's."""
        odd = []
        if value.null_count() > text.null_count():
            odd.append(value.is_null() & text.is_not_null())
        if self.dtype == pl.Float64:
            finite = value.is_finite()
            if not finite.all():
                odd.append(~finite.fill_null(True))
        odd += [value.eq_missing(number) for number in self.sentinels]
        if not odd:
            return pl.Series(dtype=pl.UInt32)
        return reduce(or_, odd).arg_true()


def as_numbers(sentinels: Sequence[str], dtype: pl.DataType) -> tuple[float, ...]:
    """Return the numbers among texts that mean no value."""
    return tuple(pl.Series(sentinels, dtype=pl.String).str.strip_chars(" ").cast(dtype, strict=False).drop_nulls())
