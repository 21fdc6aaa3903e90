"""Arrow arrays as Polars series, by the C data interface alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    import pyarrow as pa


class _Exported:
    """An array of which Polars sees the interface and not the package: for the latter it would load all its kernels."""

    def __init__(self, array: pa.Array) -> None:
        self.__array = array

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any:
        return self.__array.__arrow_c_array__(requested_schema)


def series_of(array: pa.Array) -> pl.Series:
    """Return `array` as a series without copying what need not be copied."""
    return pl.Series(_Exported(array))
