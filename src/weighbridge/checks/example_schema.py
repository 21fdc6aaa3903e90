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


def _not_two(value: int) -> bool:
    return value != 2


def _divides(value: int) -> bool:
    return 1 / value > 0


def _few(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(pl.len() < 10)


def _a_before_b(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(pl.col("a") < pl.col("b"))


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
            [pa.Check(_above_average), pa.Check(_collected), pa.Check(_not_two, element_wise=True)],
            nullable=True,
            coerce=True,
        ),
    }
)

Raising = pa.DataFrameSchema({"a": pa.Column(pl.Int64, pa.Check(_divides, element_wise=True), nullable=True)})

Wide = pa.DataFrameSchema(
    {
        "^a.*": pa.Column(pl.Int64, pa.Check(_few, name="few"), nullable=True, regex=True),
        "b": pa.Column(pl.Int64, pa.Check.gt(2), coerce=True),
        "c": pa.Column(pl.Int64, required=False),
    },
    checks=pa.Check(_a_before_b),
    unique=["a", "b"],
)

Strict = pa.DataFrameSchema({"b": pa.Column(pl.String, nullable=True), "z": pa.Column(pl.String)}, strict=True)

Grouped = pa.DataFrameSchema({"a": pa.Column(pl.Int64, pa.Check.gt(0, groupby="a"), nullable=True)})
