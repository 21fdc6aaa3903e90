"""`weighbridge run` and `weighbridge check`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from weighbridge.cli.logs import LogFormat, logging_as
from weighbridge.cli.terminal import print_json, watching
from weighbridge.findings import ArgumentError, Finding

if TYPE_CHECKING:
    from weighbridge.outcome.result import RunResult


def run(
    contract: Path,
    /,
    *extracts: str,
    into: Path,
    object_name: Annotated[str | None, Parameter(name="--object")] = None,
    server: str | None = None,
    as_of: str | None = None,
    again: bool = False,
    ledger: str | None = None,
    mirror: str | None = None,
    log_format: LogFormat | None = None,
    quiet: bool = False,
    json: bool = False,
) -> int:
    """Weigh an extract against its contract and publish what holds.

    The whole job: read, decode, check, decide; write published rows, quarantine, review queue
    and repair ledger as Delta tables under DIR; prove the receipt; commit; write the report.
    The same extract under the same contract publishes once, however often it is run. A run
    that was killed is finished, or cleanly redone, by running it again.

    Exit codes: 0 published · 1 held · 2 it could not run.

    Parameters
    ----------
    contract
        The contract, an ODCS YAML file.
    extracts
        The extract's files; several files are one extract. None where the server is a database.
    into
        The output folder; created when absent. Or a place in an object store, s3://bucket/warehouse, with
        `--storage-option NAME=VALUE` where the environment does not say how it is reached.
    object_name
        Which schema object of the contract this is an extract of; needed when there are several.
    server
        Which server of the contract describes the bytes; the first local one by default.
    as_of
        The moment that freshness is judged by, ISO 8601; now by default.
    again
        Judge and publish again even when this extract was published under this contract before.
    ledger
        A database for the ledger of this folder (postgresql+psycopg://…) in place of a file in it; by
        default WEIGHBRIDGE_LEDGER in the environment, then what the folder had before.
    mirror
        After the run bring the copy of the folder at this URL up to date, as `weighbridge mirror` does.
    log_format
        Write log records to the error stream, one line each, in place of the progress bar; by default
        WEIGHBRIDGE_LOG in the environment (json or text), else none.
    quiet
        No progress bar and no summary.
    json
        Print the whole result as JSON.
    """
    from weighbridge.pipeline.output.ledgers import ledger_at
    from weighbridge.pipeline.run import run as run_extract

    with (
        ledger_at(ledger),
        logging_as(log_format) as logs,
        watching(not quiet and not json and not logs) as watcher,
    ):
        result = run_extract(
            contract,
            extracts,
            into=into,
            object_name=object_name,
            server_name=server,
            as_of=moment(as_of),
            again=again,
            watcher=watcher,
        )
        if mirror is not None:
            from weighbridge.pipeline.output.mirror import mirror as bring_up

            bring_up(into, mirror, watcher=watcher)
    return _show(result, quiet, json)


def check(
    contract: Path,
    /,
    *extracts: str,
    into: Path | None = None,
    object_name: Annotated[str | None, Parameter(name="--object")] = None,
    server: str | None = None,
    as_of: str | None = None,
    report: Path | None = None,
    junit: Path | None = None,
    log_format: LogFormat | None = None,
    quiet: bool = False,
    json: bool = False,
) -> int:
    """Weigh an extract against its contract and publish nothing.

    Everything `run` does but writing tables: the same plan, the same verdicts, the same receipt.

    Exit codes: 0 clean, or within what the contract allows · 1 it would be held · 2 it could not run.

    Parameters
    ----------
    contract
        The contract, an ODCS YAML file.
    extracts
        The extract's files; several files are one extract. None where the server is a database.
    into
        An output folder whose published tables foreign keys may refer to; it is only read.
    object_name
        Which schema object of the contract this is an extract of; needed when there are several.
    server
        Which server of the contract describes the bytes; the first local one by default.
    as_of
        The moment that freshness is judged by, ISO 8601; now by default.
    report
        A folder to write report.html, report.md and report.json to.
    junit
        A file to write JUnit XML to, one test case a check, for continuous integration.
    log_format
        Write log records to the error stream, one line each, in place of the progress bar; by default
        WEIGHBRIDGE_LOG in the environment (json or text), else none.
    quiet
        No progress bar and no summary.
    json
        Print the whole result as JSON.
    """
    from weighbridge.pipeline.check import check as check_extract

    with logging_as(log_format) as logs, watching(not quiet and not json and not logs) as watcher:
        result = check_extract(
            contract,
            extracts,
            into=into,
            object_name=object_name,
            server_name=server,
            as_of=moment(as_of),
            watcher=watcher,
        )
    if report is not None:
        from weighbridge.report import write

        write(result, report)
    if junit is not None:
        from weighbridge.report import render_junit
        from weighbridge.sinks import atomic_write

        atomic_write(junit, render_junit(result).encode())
    return _show(result, quiet, json)


def moment(text: str | None) -> datetime | None:
    """Return the moment a user wrote, in UTC.

    Raises:
        ArgumentError: ARG-005, it is not ISO 8601.
    """
    if text is None:
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentError(Finding("ARG-005", seen=text)) from error
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def _show(result: RunResult, quiet: bool, as_json: bool) -> int:
    if as_json:
        from weighbridge.outcome.codec import to_dict

        print_json({**to_dict(result), "exit_code": result.exit_code})
    elif not quiet:
        from weighbridge.report import summary

        print(summary(result))
    return result.exit_code
