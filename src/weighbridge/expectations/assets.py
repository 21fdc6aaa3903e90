"""Data assets of Polars: frames in memory, Parquet and CSV files. Importing this imports Great Expectations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import polars as pl
from great_expectations.compatibility import pydantic
from great_expectations.core.batch import LegacyBatchDefinition
from great_expectations.core.batch_spec import RuntimeDataBatchSpec
from great_expectations.core.id_dict import IDDict
from great_expectations.core.partitioners import (
    ColumnPartitionerDaily,
    ColumnPartitionerMonthly,
    ColumnPartitionerYearly,
    PartitionerColumnValue,
)
from great_expectations.datasource.fluent import BatchRequest
from great_expectations.datasource.fluent.batch_identifier_util import make_batch_identifier
from great_expectations.datasource.fluent.interfaces import Batch, DataAsset, TestConnectionError
from great_expectations.exceptions.exceptions import BuildBatchRequestError

from weighbridge.expectations.engine import PolarsBatchData

_PARTS = {
    "partition_on_year": ("year",),
    "partition_on_year_and_month": ("year", "month"),
    "partition_on_year_and_month_and_day": ("year", "month", "day"),
}


class PolarsAsset(DataAsset):  # type: ignore[misc]
    """What the assets have in common: batches are predicates on one lazy frame."""

    class Config:
        """Unknown settings are refused, as in every asset."""

        extra = pydantic.Extra.forbid

    def _frame(self, options: Mapping[str, Any]) -> pl.LazyFrame:
        """Return all rows of the asset."""
        raise BuildBatchRequestError(message=f"an asset of type {self.type} has no rows")

    def _own_keys(self) -> tuple[str, ...]:
        return ()

    def _tables(self, options: Mapping[str, Any]) -> dict[str, Callable[[], pl.LazyFrame]]:
        """Return what expectations may name beside the batch: file assets of the source, and tables handed over."""
        files = {a.name: a.scan for a in self.datasource.assets if isinstance(a, _FileAsset)}
        return files | {name: table.lazy for name, table in (options.get("tables") or {}).items()}

    def test_connection(self) -> None:
        """Nothing is read before a batch is asked for."""

    def get_batch_parameters_keys(self, partitioner: Any = None) -> tuple[str, ...]:
        """Return the names of what may be said when a batch is asked for."""
        return (*self._own_keys(), *_keys_of(partitioner))

    def build_batch_request(self, options: Any = None, batch_slice: Any = None, partitioner: Any = None) -> Any:
        """Return a request for a batch.

        Raises:
            BuildBatchRequestError: `options` are not those of the asset.
        """
        if batch_slice is not None:
            raise BuildBatchRequestError(
                message="batch_slice is not currently supported for this DataAsset and must be None."
            )
        given, known = dict(options or {}), self.get_batch_parameters_keys(partitioner)
        if unknown := set(given) - set(known):
            raise BuildBatchRequestError(
                message=f"options {', '.join(sorted(unknown))} are none of {', '.join(known) or '(there are none)'}"
            )
        self._check(given)
        return BatchRequest(
            datasource_name=self.datasource.name, data_asset_name=self.name, options=given, partitioner=partitioner
        )

    def _check(self, options: Mapping[str, Any]) -> None:
        """Raise where the asset's own options are missing or wrong."""

    def get_batch_identifiers_list(self, batch_request: Any) -> list[dict[str, Any]]:
        """Return the one batch a request means; without options for a partition it is the last one."""
        return [IDDict(self._complete(batch_request))]

    def _complete(self, batch_request: Any) -> dict[str, Any]:
        options, partitioner = dict(batch_request.options or {}), batch_request.partitioner
        keys = _keys_of(partitioner)
        if not keys or all(key in options for key in keys):
            return options
        given = {key: options[key] for key in keys if key in options}
        rows = (
            self._frame(options)
            .select(_parts(partitioner))
            .drop_nulls()
            .filter([pl.col(key) == value for key, value in given.items()] or pl.lit(True))
        )
        last = rows.unique().sort(keys, descending=not partitioner.sort_ascending).last().collect()
        if not last.height:
            raise BuildBatchRequestError(message="no batch matches the options")
        return options | last.row(0, named=True)

    def get_batch(self, batch_request: Any) -> Any:
        """Return the batch of a request."""
        options = self._complete(batch_request)
        frame = self._frame(options)
        if keys := _keys_of(batch_request.partitioner):
            wanted = [part == options[key] for key, part in zip(keys, _parts(batch_request.partitioner), strict=True)]
            frame = frame.filter(wanted)
            batch_request = self.build_batch_request(options, partitioner=batch_request.partitioner)  # says which batch
        engine = self.datasource.get_execution_engine()
        batch_spec = RuntimeDataBatchSpec(batch_data=PolarsBatchData(engine, frame, self._tables(options)))
        data, markers = engine.get_batch_data_and_markers(batch_spec=batch_spec)
        return Batch(
            datasource=self.datasource,
            data_asset=self,
            batch_request=batch_request,
            data=data,
            metadata=self._get_batch_metadata_from_batch_request(
                batch_request=batch_request, ignore_options=("dataframe", "tables")
            ),
            batch_markers=markers,
            batch_spec=batch_spec,
            batch_definition=LegacyBatchDefinition(
                datasource_name=self.datasource.name,
                data_connector_name="fluent",
                data_asset_name=self.name,
                batch_identifiers=make_batch_identifier(_told(options)),
                batch_spec_passthrough=None,
            ),
        )

    def add_batch_definition_by_value(self, name: str, column: str) -> Any:
        """Add a batch definition with one batch for each value of a column."""
        return self.add_batch_definition(name, partitioner=PartitionerColumnValue(column_name=column))

    def add_batch_definition_yearly(self, name: str, column: str) -> Any:
        """Add a batch definition with one batch for each year of a column of dates or times."""
        return self.add_batch_definition(name, partitioner=ColumnPartitionerYearly(column_name=column))

    def add_batch_definition_monthly(self, name: str, column: str) -> Any:
        """Add a batch definition with one batch for each month of a column of dates or times."""
        return self.add_batch_definition(name, partitioner=ColumnPartitionerMonthly(column_name=column))

    def add_batch_definition_daily(self, name: str, column: str) -> Any:
        """Add a batch definition with one batch for each day of a column of dates or times."""
        return self.add_batch_definition(name, partitioner=ColumnPartitionerDaily(column_name=column))


def _told(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options with the names of tables in place of the tables."""
    return {key: sorted(value) if key == "tables" else value for key, value in options.items()}


def _keys_of(partitioner: Any) -> tuple[str, ...]:
    if partitioner is None:
        return ()
    if partitioner.method_name == "partition_on_column_value":
        return (partitioner.column_name,)
    return _PARTS[partitioner.method_name]


def _parts(partitioner: Any) -> list[pl.Expr]:
    column = pl.col(partitioner.column_name)
    if partitioner.method_name == "partition_on_column_value":
        return [column]
    return [getattr(column.dt, part)().alias(part) for part in _keys_of(partitioner)]


class PolarsDataFrameAsset(PolarsAsset):
    """A frame, eager or lazy, that is handed over when a batch is asked for."""

    type: Literal["dataframe"] = "dataframe"

    def _own_keys(self) -> tuple[str, ...]:
        return ("dataframe", "tables")

    def _check(self, options: Mapping[str, Any]) -> None:
        if not isinstance(options.get("dataframe"), pl.DataFrame | pl.LazyFrame):
            raise BuildBatchRequestError(
                message="options must contain the key 'dataframe' with a polars DataFrame or LazyFrame"
            )
        for name, table in (options.get("tables") or {}).items():
            if not isinstance(table, pl.DataFrame | pl.LazyFrame):
                raise BuildBatchRequestError(message=f"table {name!r} is no polars DataFrame or LazyFrame")

    def _frame(self, options: Mapping[str, Any]) -> pl.LazyFrame:
        frame: pl.DataFrame | pl.LazyFrame = options["dataframe"]
        return frame.lazy()

    def add_batch_definition_whole_dataframe(self, name: str) -> Any:
        """Add a batch definition that is the whole frame."""
        return self.add_batch_definition(name)


class _FileAsset(PolarsAsset):
    """Files that are scanned when a batch is validated: a path, a glob or a folder."""

    path: str
    options: dict[str, Any] = {}  # noqa: RUF012  pydantic copies it

    def scan(self) -> pl.LazyFrame:
        """Return all rows of the files."""
        return self._frame({})

    def test_connection(self) -> None:
        """Look whether the columns can be read.

        Raises:
            TestConnectionError: they cannot.
        """
        try:
            self.scan().collect_schema()
        except (OSError, pl.exceptions.PolarsError) as error:
            raise TestConnectionError(f"{self.path}: {str(error).splitlines()[0]}") from error

    def add_batch_definition_whole_file(self, name: str) -> Any:
        """Add a batch definition that is everything in the files."""
        return self.add_batch_definition(name)


class PolarsParquetAsset(_FileAsset):
    """Parquet files; `options` are those of `polars.scan_parquet`."""

    type: Literal["parquet"] = "parquet"

    def _frame(self, options: Mapping[str, Any]) -> pl.LazyFrame:
        return pl.scan_parquet(self.path, **self.options)


class PolarsCSVAsset(_FileAsset):
    """CSV files; `options` are those of `polars.scan_csv`."""

    type: Literal["csv"] = "csv"

    def _frame(self, options: Mapping[str, Any]) -> pl.LazyFrame:
        return pl.scan_csv(self.path, **self.options)
