"""The flow `intake`: one extract through the pipeline."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import flows.settings  # noqa: F401 - before prefect reads its settings
from flows.artifacts import leave
from flows.events import tell
from flows.limits import one_at_a_time
from prefect import flow, get_run_logger, task
from prefect.client.schemas.objects import TaskRun
from prefect.states import Completed, Failed, State

from weighbridge import Decision, LedgerError, PublishError, RunResult
from weighbridge.pipeline.run import run

RETRIES = 3
RETRY_DELAY_SECONDS = 10


def helps_to_retry(task: Any, task_run: TaskRun, state: State[Any]) -> bool:
    """Say whether the same call may go well later: a busy ledger, a table that moved on, a disk that hung.

    A contract that is wrong, a source that is not there and data that is bad stay so.
    """
    error = state.result(raise_on_failure=False)
    return isinstance(error, LedgerError | PublishError | OSError)


@task(
    name="weigh",
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAY_SECONDS,
    retry_condition_fn=helps_to_retry,
    persist_result=False,
    task_run_name="weigh {extract}",
)
def weigh(contract: str, extract: list[str], into: str, object_name: str | None, as_of: datetime | None) -> RunResult:
    """Run the whole job on one extract."""
    return run(contract, extract, into=Path(into), object_name=object_name, as_of=as_of)


@flow(name="intake", flow_run_name="intake {extract}", persist_result=False)
def intake(
    contract: str,
    extract: str | list[str],
    into: str,
    object_name: str | None = None,
    as_of: datetime | None = None,
) -> State[Any]:
    """Weigh one extract against its contract and publish what holds.

    Ends `Published`, `PublishedWithWarnings` or `AlreadyPublished` (completed), or `Held` (failed,
    with the reasons as its message): a held extract is an answer, not a crash.

    Args:
        contract: path of the ODCS YAML file.
        extract: path of the extract, or paths of the files that make it up.
        into: the output folder.
        object_name: which schema object of the contract, when it has several.
        as_of: the moment that freshness is judged by; now by default.
    """
    logger = get_run_logger()
    sources = [extract] if isinstance(extract, str) else list(extract)
    with one_at_a_time(contract):
        result = weigh(contract, sources, into, object_name, as_of)
    leave(result)
    tell(result)
    for reason in result.reasons:
        logger.info("%s: %s", result.run_id, reason)
    return state_of(result)


def state_of(result: RunResult) -> State[Any]:
    """Return the Prefect state that says what became of the extract."""
    message = f"{result.run_id}: " + "; ".join(result.reasons)
    if result.decision is Decision.HOLD:
        return Failed(name="Held", message=message)
    name = {
        "already_published": "AlreadyPublished",
        "published": "PublishedWithWarnings" if result.decision is Decision.PUBLISH_WITH_WARNINGS else "Published",
    }[result.state]
    return Completed(name=name, message=message)
