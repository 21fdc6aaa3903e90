"""`weighbridge report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from weighbridge.cli.terminal import print_json
from weighbridge.findings import WeighbridgeError

if TYPE_CHECKING:
    from weighbridge.checks.expectation_suite import Suite
    from weighbridge.outcome.result import RunResult


def report(
    run: str = "latest",
    /,
    *,
    into: Path,
    format: Literal["summary", "path", "markdown", "html", "gx", "junit", "oors"] = "summary",
    to: Path | None = None,
    data_docs: Path | None = None,
    json: bool = False,
) -> int:
    """Show the report of a run, or write it anew somewhere else.

    Parameters
    ----------
    run
        The run's id, the beginning of it, or `latest`.
    into
        The output folder of the run.
    format
        What to print: a summary, the path of the HTML file, Markdown, the HTML itself; for machines, the
        validation result of Great Expectations (JSON), JUnit XML, or a message of the Open
        Observability Results Standard (of its draft v0.8.1).
    to
        A folder to write report.html, report.md and report.json to.
    data_docs
        A folder to write Great Expectations' Data Docs of the run to.
    json
        Print the report's model as JSON.
    """
    from weighbridge import report as rendering
    from weighbridge.pipeline.output.history import result_of

    result = result_of(into, run)
    if to is not None:
        rendering.write(result, to)
    if data_docs is not None:
        from weighbridge.report.data_docs import validation_result, write_data_docs

        print(write_data_docs(validation_result(result, _suite(result)), data_docs))
    elif json:
        print_json(rendering.model(result))
    elif format == "gx":
        from weighbridge.report.data_docs import validation_result

        print_json(validation_result(result, _suite(result)))
    elif format == "markdown":
        print(rendering.render_markdown(rendering.model(result)))
    elif format == "html":
        print(rendering.render_html(rendering.model(result)))
    elif format == "junit":
        print(rendering.render_junit(result), end="")
    elif format == "oors":
        print_json(rendering.oors(result))
    elif format == "path":
        print(Path(result.folder or ".") / "report.html")
    else:
        print(rendering.summary(result))
    return 0


def _suite(result: RunResult) -> Suite | None:
    """Return the contract's checks as expectations, where the contract of the run is still where it was."""
    from weighbridge.checks.expectation_suite import to_suite
    from weighbridge.contract import load

    if result.contract.path is None:
        return None
    try:
        contract = load(Path(result.contract.path))
    except (WeighbridgeError, OSError):
        return None
    if contract.fingerprint != result.contract.fingerprint:
        return None
    return next((to_suite(o) for o in contract.objects if o.name == result.contract.object), None)
