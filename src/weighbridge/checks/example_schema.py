"""A Pandera schema as a team may bring it: what the page and the cases of `engine: pandera` use."""

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData


def _even(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(pl.col(data.key) % 2 == 0)


def _above_average(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(pl.col(data.key) > pl.col(data.key).mean())


def _collected(data: PolarsData) -> bool:
    return data.lazyframe.collect().height > 0


Example = pa.DataFrameSchema(
    {
        "a": pa.Column(pl.Int64, [pa.Check.ge(1), pa.Check(_even, name="even", raise_warning=True)], unique=True),
        "b": pa.Column(pl.String, pa.Check.isin(["x", "y"]), nullable=True),
    }
)

Beside = pa.DataFrameSchema(
    {
        "a": pa.Column(
            pl.Int64,
            [pa.Check(_above_average), pa.Check(_collected), pa.Check(lambda value: value > 0, element_wise=True)],
            nullable=True,
            coerce=True,
        ),
    }
)
