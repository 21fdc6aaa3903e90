"""The flow `replay`: records that were kept out, through the pipeline again.

python -m flows.replay --into DIR --by NAME [--contract NEW] [--dry-run]
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.events import emit_event

from flows.attempts import attempting, ended
from flows.site import refresh
from flows.states import IN_PART, NOTHING_NEW, REPLAYED, exit_code, named
from weighbridge.pipeline.again.replay import replay as judge_again
from weighbridge.pipeline.again.replay_result import Replayed


def replay_once(
    into: str, by: str, contract: str | None = None, everything: bool = False, run: str | None = None,
    contract_id: str | None = None, object_name: str | None = None, dry_run: bool = False,
) -> Replayed:  # fmt: skip
    """Judge kept records again, and publish what passes."""
    return judge_again(
        Path(into),
        by=by,
        contract=contract,
        everything=everything,
        run=run,
        contract_id=contract_id,
        object_name=object_name,
        dry_run=dry_run,
    )


weigh_again = attempting(replay_once, name="weigh again")


@flow(name="replay", persist_result=False)
def replay(
    into: str,
    by: str,
    contract: str | None = None,
    everything: bool = False,
    run: str | None = None,
    contract_id: str | None = None,
    object_name: str | None = None,
    dry_run: bool = False,
    site: bool = True,
) -> State[Any]:
    """Judge records again that were kept from publication, and publish what passes.

    Ends as `Replayed`, `ReplayedInPart` (something is still kept out) or `NothingNew`.

    Args:
        into: the output folder.
        by: who replays.
        contract: a newer version to judge by; without it decisions alone settle records.
        everything: judge all kept records by the contract that kept them.
        run: only records of this run.
        contract_id: only records of the contract with this id.
        object_name: only records of this object.
        dry_run: say what would pass, and write nothing.
        site: bring the report site up to date afterwards.
    """
    logger = get_run_logger()
    told = ended(weigh_again(into, by, contract, everything, run, contract_id, object_name, dry_run, return_state=True))
    if isinstance(told, State):
        logger.error("%s: %s", told.name, told.message)
        return told
    for one in told.runs:
        logger.info("%s: %s of %s published%s", one.run_id, one.published, one.candidates,
                    f"; {one.skipped}" if one.skipped else "")  # fmt: skip
        if one.replay_id is not None:
            resource = {"prefect.resource.id": f"weighbridge.extract.{one.contract_id}.{one.object}",
                        "weighbridge.contract.id": one.contract_id}  # fmt: skip
            payload = {"run_id": one.run_id, "replay_id": one.replay_id, "published": one.published,
                       "kept_out": one.candidates - one.published}  # fmt: skip
            emit_event("weighbridge.extract.replayed", resource=resource, payload=payload)
    if site and told.published and not dry_run:
        refresh(into, logger)
    words = f"{told.published} {'would be ' if dry_run else ''}published, {told.kept_out} kept out"
    if not any(one.candidates for one in told.runs):
        return named(NOTHING_NEW, "no decision settles a record, or nothing is kept")
    return named(IN_PART if told.kept_out else REPLAYED, words)


def main(*, into: str, by: str, contract: str | None = None, dry_run: bool = False) -> int:
    """Replay as the flow does, and return the exit code: 0 replayed, 2 it could not be done.

    Parameters
    ----------
    into
        The output folder.
    by
        Who replays.
    contract
        A newer version of the contract to judge by.
    dry_run
        Say what would pass, and write nothing.
    """
    return exit_code(replay(into, by, contract, dry_run=dry_run, return_state=True))


if __name__ == "__main__":
    import cyclopts

    sys.exit(cyclopts.run(main, result_action="return_value"))
