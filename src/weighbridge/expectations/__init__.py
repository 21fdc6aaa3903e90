"""Great Expectations on Polars.

    import weighbridge.expectations as on_polars

    on_polars.install()                     # imports Great Expectations, which takes seconds
    context = great_expectations.get_context()
    asset = context.data_sources.add_polars("polars").add_dataframe_asset("flights")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    batch.validate(suite, result_format="COMPLETE")

The README beside this file tells a user of Great Expectations all that is to be known. Importing
this imports no Great Expectations; `install` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weighbridge.expectations.datasource import PolarsDatasource
    from weighbridge.expectations.engine import PolarsExecutionEngine

__all__ = ["PolarsDatasource", "PolarsExecutionEngine", "install"]

_HOMES = {
    "PolarsDatasource": "weighbridge.expectations.datasource",
    "PolarsExecutionEngine": "weighbridge.expectations.engine",
}


def install() -> None:
    """Make Great Expectations know Polars: `add_polars`, the engine, its metrics. Once is enough, twice does no harm.

    Analytics of Great Expectations are switched off for the process unless `GX_ANALYTICS_ENABLED` is set.

    Raises:
        ExpectationsError: GXE-001, the installed version has changed what the engine leans on.
    """
    import os

    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    from weighbridge.expectations.leaning import require

    require()
    from weighbridge.expectations.amending import amend
    from weighbridge.expectations.datasource import PolarsDatasource
    from weighbridge.expectations.registering import register

    register()
    amend()
    assert PolarsDatasource is not None


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    install()
    return getattr(import_module(_HOMES[name]), name)
