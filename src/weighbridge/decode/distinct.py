"""A chain of rules at the price of its different texts.

Columns repeat themselves: a year of flights has 365 dates. Where a batch has few different
texts the chain reads each of them once, and the rows take their answer from there.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

_FEW = 0.5


def by_distinct(
    raw: str, stages: Sequence[Sequence[pl.Expr]], outputs: Sequence[str], dtypes: Sequence[pl.DataType]
) -> pl.Expr:
    """Return Struct of `outputs`, one a row: what the stages give, computed once for each different text.

    Args:
        raw: the column that the stages read, and no other.
        stages: expressions, each stage reading columns of those before.
        outputs: the columns wanted of them.
        dtypes: their types.
    """

    def read(texts: pl.Series) -> pl.Series:
        texts = texts.alias(raw)
        different = texts.unique()
        if len(different) > _FEW * len(texts):
            return _through(texts, stages).select(outputs).to_struct(raw)
        answers = _through(different, stages).select(raw, *outputs)
        rows = texts.to_frame().join(answers, on=raw, how="left", nulls_equal=True, maintain_order="left")
        return rows.select(outputs).to_struct(raw)

    dtype = pl.Struct(dict(zip(outputs, dtypes, strict=True)))
    return pl.col(raw).map_batches(read, return_dtype=dtype, is_elementwise=True)


def _through(texts: pl.Series, stages: Sequence[Sequence[pl.Expr]]) -> pl.DataFrame:
    frame = texts.to_frame()
    for stage in stages:
        frame = frame.with_columns(stage)
    return frame
