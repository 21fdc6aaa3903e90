"""The flow `review_reminder`: tells people of records that wait longer than their contract lets them.

python -m flows.review_reminder --into DIR
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.events import emit_event

from flows.attempts import attempting, ended
from flows.states import NOTHING_NEW, REMINDED, exit_code, named
from weighbridge.findings import Finding
from weighbridge.pipeline.alerting import remind, waiting
from weighbridge.pipeline.intake import now
from weighbridge.pipeline.output.ledgers import ledger_of


def look(into: str) -> tuple[list[tuple[str, str, int]], tuple[Finding, ...]]:
    """Tell who is to be told, and return what waits too long: contract, object, records; and who could not be told."""
    at = now()
    failed = remind(Path(into), at)
    with ledger_of(Path(into)) as ledger:
        return [(c, o, late) for c, o, late, _, _ in waiting(Path(into), ledger, at) if late], failed


look_for_late_records = attempting(look, name="look for late records")


@flow(name="review_reminder", persist_result=False)
def review_reminder(into: str) -> State[Any]:
    """Tell people of records that wait too long; each contract says how long that is (`review: {maxAge: P7D}`).

    Ends as `Reminded` or `NothingNew`, and emits `weighbridge.queue.overdue` for each contract's object.

    Args:
        into: the output folder.
    """
    logger = get_run_logger()
    told = ended(look_for_late_records(into, return_state=True))
    if isinstance(told, State):
        logger.error("%s: %s", told.name, told.message)
        return told
    late, failed = told
    for finding in failed:
        logger.warning("%s", finding)
    for contract_id, object_name, count in late:
        resource = {
            "prefect.resource.id": f"weighbridge.queue.{contract_id}.{object_name}",
            "weighbridge.contract.id": contract_id,
        }
        emit_event("weighbridge.queue.overdue", resource=resource, payload={"records": count})
    if not late:
        return named(NOTHING_NEW, "no record waits too long")
    words = "; ".join(f"{contract_id}.{object_name}: {count:,}" for contract_id, object_name, count in late)
    return named(REMINDED, f"records that wait too long: {words}")


def main(*, into: str) -> int:
    """Remind as the flow does, and return the exit code: 0 done, 2 it could not be done.

    Parameters
    ----------
    into
        The output folder.
    """
    return exit_code(review_reminder(into, return_state=True))


if __name__ == "__main__":
    import cyclopts

    sys.exit(cyclopts.run(main, result_action="return_value"))
