"""A run as Great Expectations tells it: its validation result, and Data Docs by its own renderers.

Everything comes from the run's own answers; no data is read again. Great Expectations is imported
only for Data Docs.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weighbridge import __version__

if TYPE_CHECKING:
    from weighbridge.checks.expectation_suite import Expectation, Suite
    from weighbridge.outcome.result import CheckResult, RunResult

_SEVERITIES = {"error": "critical", "warning": "warning", "info": "info"}
_ORIGIN = "greatExpectations"


def validation_result(result: RunResult, suite: Suite | None = None) -> dict[str, Any]:
    """Return a run as the JSON of a validation result of Great Expectations.

    Args:
        result: of the run.
        suite: the contract's checks as expectations; without it only those that the contract has in
            Great Expectations' own words are told.
    """
    told = [*_results(result, suite)]
    met = sum(one["success"] for one in told)
    return {
        "success": met == len(told),
        "results": told,
        "suite_name": f"{result.contract.name}.{result.contract.object}",
        "suite_parameters": {},
        "statistics": {
            "evaluated_expectations": len(told),
            "successful_expectations": met,
            "unsuccessful_expectations": len(told) - met,
            "success_percent": 100 * met / len(told) if told else None,
        },
        "meta": {
            "run_id": {"run_name": result.run_id, "run_time": result.started.isoformat()},
            "weighbridge": {
                "version": __version__,
                "decision": str(result.decision.value),
                "contract": {"id": result.contract.id, "version": result.contract.version},
                "extract": result.extract_id,
                "records": result.records,
            },
        },
    }


def _results(result: RunResult, suite: Suite | None) -> Iterator[dict[str, Any]]:
    checks = {check.name: check for check in result.checks}
    told: set[str] = set()
    for expectation in suite.expectations if suite is not None else ():
        check = checks.get(expectation["meta"]["weighbridge"]["check"])
        if check is not None:
            told.add(check.name)
            yield _one(expectation, check, result)
    for check in result.checks:
        if check.measured is not None and check.origin == _ORIGIN and check.name not in told:
            said = {
                "type": check.measured["type"],
                "kwargs": check.measured["kwargs"],
                "severity": _SEVERITIES[check.severity.value],
                "meta": {"weighbridge": {"check": check.name}},
            }
            yield _one(said, check, result)


def _one(expectation: Expectation, check: CheckResult, result: RunResult) -> dict[str, Any]:
    return {
        "success": check.holds,
        "expectation_config": expectation,
        "result": _counted(check, result) if check.measured is None else dict(check.measured["result"]),
        "meta": {},
        "exception_info": {"raised_exception": False, "exception_traceback": None, "exception_message": None},
    }


def _counted(check: CheckResult, result: RunResult) -> dict[str, Any]:
    if check.failed_records is None:
        return {"observed_value": check.observed}
    share = 100 * check.failed_records / result.records if result.records else 0.0
    return {
        "element_count": result.records,
        "unexpected_count": check.failed_records,
        "unexpected_percent": share,
        "unexpected_percent_total": share,
        "partial_unexpected_list": [example.seen for example in check.examples],
        "partial_unexpected_index_list": [{"source": e.source, "record": e.record} for e in check.examples],
    }


def write_data_docs(told: Mapping[str, Any], folder: Path) -> Path:
    """Write Data Docs of a validation result, made by Great Expectations' own renderers; return its first page.

    Args:
        told: what `validation_result` gives.
        folder: where the site is written; a page of the same run is replaced.

    Raises:
        ExpectationsError: GXE-001, Great Expectations is not there, or has changed.
    """
    import weighbridge.expectations as on_polars

    on_polars.install()
    import great_expectations as gx
    from great_expectations.core import (
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
        RunIdentifier,
    )
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    told = json.loads(json.dumps(told, default=str))
    for one in told["results"]:
        one["result"] = _as_text(one["result"])
        one["expectation_config"]["kwargs"] = _as_text(one["expectation_config"]["kwargs"])
    context = gx.get_context(mode="ephemeral")
    site = {
        "class_name": "SiteBuilder",
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder.absolute())},
    }
    for name in list(context.get_site_names()):
        context.delete_data_docs_site(site_name=name)
    context.add_data_docs_site(site_name="weighbridge", site_config=site)
    results = [
        ExpectationValidationResult(
            success=one["success"],
            expectation_config=ExpectationConfiguration(**one["expectation_config"]),
            result=one["result"],
            meta=one["meta"],
            exception_info=one["exception_info"],
        )
        for one in told["results"]
    ]
    run = told["meta"]["run_id"]
    name = told["suite_name"]
    suite = gx.ExpectationSuite(name, expectations=[dict(one["expectation_config"]) for one in told["results"]])
    context.suites.add_or_update(suite)
    run_id = RunIdentifier(run_name=run["run_name"], run_time=run["run_time"])
    validation = ExpectationSuiteValidationResult(
        success=told["success"],
        results=results,
        suite_name=name,
        suite_parameters={},
        statistics=told["statistics"],
        meta={
            **told["meta"],
            "run_id": run_id,
            "great_expectations_version": gx.__version__,
            "batch_kwargs": {"data_asset_name": name.rpartition(".")[2]},
        },
    )
    identifier = ValidationResultIdentifier(
        expectation_suite_identifier=ExpectationSuiteIdentifier(name=name),
        run_id=run_id,
        batch_identifier=told["meta"]["weighbridge"]["extract"].replace(":", "-"),
    )
    context.validation_results_store.set(identifier, validation)
    context.build_data_docs(site_names=["weighbridge"])
    return folder / "index.html"


def _as_text(value: Any) -> Any:
    """Return a JSON value with the markup in its texts made harmless: the renderers write values as they come."""
    if isinstance(value, dict):
        return {key: _as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_text(inner) for inner in value]
    return html.escape(value) if isinstance(value, str) else value
