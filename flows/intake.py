"""The flow `intake`: one extract through the pipeline.

python -m flows.intake CONTRACT EXTRACT… --into DIR
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from flows.artifacts import leave
from flows.attempts import attempting, ended
from flows.events import tell
from flows.limits import one_at_a_time
from flows.site import refresh
from flows.states import exit_code, reasons_of, state_of
from weighbridge import RunResult, load_contract
from weighbridge.pipeline.run import run


def weigh_once(
    contract: str,
    extract: list[str],
    into: str,
    object_name: str | None = None,
    server_name: str | None = None,
    as_of: datetime | None = None,
    again: bool = False,
) -> RunResult:
    """Run the whole job on one extract, when its contract's turn has come."""
    loaded = load_contract(contract).model
    with one_at_a_time(loaded.id, Path(into), get_run_logger().info):
        return run(
            loaded,
            extract,
            into=Path(into),
            object_name=object_name,
            server_name=server_name,
            as_of=as_of,
            again=again,
        )


weigh = attempting(weigh_once, name="weigh")


def _run_name() -> str:
    extract = flow_run.parameters["extract"]
    names = [extract] if isinstance(extract, str) else extract
    return "intake " + ", ".join(Path(name).name for name in names)


@flow(name="intake", flow_run_name=_run_name, persist_result=False)
def intake(
    contract: str,
    extract: str | list[str],
    into: str,
    object_name: str | None = None,
    server_name: str | None = None,
    as_of: datetime | None = None,
    again: bool = False,
    site: bool = True,
) -> State[Any]:
    """Weigh one extract against its contract and publish what holds.

    Ends as one of the states of `flows.states`: a held extract is an answer, not a crash.

    Args:
        contract: path of the ODCS YAML file.
        extract: path of the extract, or paths of the files that make it up.
        into: the output folder.
        object_name: which schema object of the contract, when it has several.
        server_name: which server of the contract describes the bytes; the first local one by default.
        as_of: the moment that freshness is judged by, UTC unless it says otherwise; now by default.
        again: judge and publish again even what was published under this contract before.
        site: bring the report site up to date afterwards (``<into>/site``).
    """
    logger = get_run_logger()
    sources = [extract] if isinstance(extract, str) else list(extract)
    moment = as_of.replace(tzinfo=UTC) if as_of is not None and as_of.tzinfo is None else as_of
    result = ended(weigh(contract, sources, into, object_name, server_name, moment, again, return_state=True))
    if site:
        refresh(into, logger)
    if isinstance(result, State):
        logger.error("%s: %s", result.name, result.message)
        return result
    for show in (leave, tell):
        try:
            show(result)
        except Exception as error:  # the extract is published or held whatever becomes of its pages
            logger.warning("%s could not be done: %s", show.__doc__, type(error).__name__)
    for reason in reasons_of(result):
        logger.info("%s: %s", result.run_id, reason)
    return state_of(result)


def main(contract: str, /, *extracts: str, into: str, object_name: str | None = None) -> int:
    """Weigh one extract as the flow does, and return the exit code: 0 published, 1 held, 2 it could not run.

    Parameters
    ----------
    contract
        The contract, an ODCS YAML file.
    extracts
        The extract's files; several files are one extract.
    into
        The output folder.
    object_name
        Which schema object of the contract, when it has several.
    """
    return exit_code(intake(contract, list(extracts), into, object_name, return_state=True))


if __name__ == "__main__":
    import cyclopts

    sys.exit(cyclopts.run(main, result_action="return_value"))
