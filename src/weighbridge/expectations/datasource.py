"""`context.data_sources.add_polars`. Importing this imports Great Expectations."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

from great_expectations.datasource.fluent import Datasource

from weighbridge.expectations.assets import PolarsCSVAsset, PolarsDataFrameAsset, PolarsParquetAsset
from weighbridge.expectations.engine import PolarsExecutionEngine


class PolarsDatasource(Datasource):  # type: ignore[misc]
    """A source of frames of Polars. Defining it gives every context `data_sources.add_polars`.

    Attributes:
        like_brackets: whether ``[abc]`` in a LIKE pattern is one character of the set, as in SQL Server.
    """

    asset_types: ClassVar[list[Any]] = [PolarsDataFrameAsset, PolarsParquetAsset, PolarsCSVAsset]

    type: Literal["polars"] = "polars"
    like_brackets: bool = False
    assets: list[PolarsDataFrameAsset | PolarsParquetAsset | PolarsCSVAsset] = []  # noqa: RUF012  pydantic copies it

    @property
    def execution_engine_type(self) -> Any:
        """The engine all batches are validated with."""
        return PolarsExecutionEngine

    def test_connection(self, test_assets: bool = True) -> None:
        """Look whether the files of the assets can be read.

        Raises:
            TestConnectionError: those of one cannot.
        """
        if test_assets:
            for asset in self.assets:
                asset._datasource = self
                asset.test_connection()

    def add_dataframe_asset(self, name: str, batch_metadata: dict[str, Any] | None = None) -> Any:
        """Add an asset whose frame is handed over when a batch is asked for: ``{"dataframe": frame}``.

        Other tables that expectations name are handed over beside it, as ``"tables": {name: frame}``.
        """
        return self._add_asset(PolarsDataFrameAsset(name=name, batch_metadata=batch_metadata or {}))

    def add_parquet_asset(
        self, name: str, path: str | Path, batch_metadata: dict[str, Any] | None = None, **options: Any
    ) -> Any:
        """Add Parquet files as an asset.

        Args:
            path: a file, a glob or a folder.
            options: of `polars.scan_parquet`; they are kept with the context's configuration.
        """
        made = PolarsParquetAsset(name=name, path=str(path), options=options, batch_metadata=batch_metadata or {})
        return self._add_asset(made)

    def add_csv_asset(
        self, name: str, path: str | Path, batch_metadata: dict[str, Any] | None = None, **options: Any
    ) -> Any:
        """Add CSV files as an asset.

        Args:
            path: a file, a glob or a folder.
            options: of `polars.scan_csv`; they are kept with the context's configuration.
        """
        made = PolarsCSVAsset(name=name, path=str(path), options=options, batch_metadata=batch_metadata or {})
        return self._add_asset(made)
