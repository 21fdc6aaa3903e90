"""`weighbridge replay`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from weighbridge.cli.terminal import print_json, watching

if TYPE_CHECKING:
    from weighbridge.pipeline.again.replay_result import Replayed, RunReplay

_MOST_SHOWN = 10


def replay(
    *,
    into: Path,
    contract: Path | None = None,
    run: str | None = None,
    contract_id: str | None = None,
    object: Annotated[str | None, Parameter(name="--object")] = None,
    all: bool = False,
    by: str = "",
    dry_run: bool = False,
    list: bool = False,
    json: bool = False,
) -> int:
    """Judge records again that were kept from publication, and publish what passes.

    Without --contract and --all: only the records that a decision settles, with what was decided. With
    --contract: all that quarantine and review hold, under that newer version, but for records whose
    rejection was confirmed, that were sent back, or that await a second person. What still fails stays
    where it is. Exit code 0: everything that was judged passed; 1: something is still kept out.

    Parameters
    ----------
    into
        The output folder.
    contract
        A newer version of the contract to judge by.
    run
        Only records of this run: its id, the beginning of it, or `latest`.
    contract_id
        Only records of the contract with this id.
    object
        Only records of this object.
    all
        All kept records, by the contract that kept them.
    by
        Who replays; not needed for --dry-run and --list.
    dry_run
        Say what would pass now, what still fails and why, and what is published already; write nothing.
    list
        Only list the replays there were.
    json
        Print the answer as JSON.
    """
    if list:
        return _list(into, run, json)
    from weighbridge.pipeline.again.replay import replay as judge_again

    with watching(not json) as watcher:
        told = judge_again(
            into,
            by=by or ("a dry run" if dry_run else ""),
            contract=contract,
            everything=all,
            run=run,
            contract_id=contract_id,
            object_name=object,
            dry_run=dry_run,
            watcher=watcher,
        )
    if json:
        print_json(told.to_dict())
    else:
        _tell(told)
    return told.exit_code


def _tell(told: Replayed) -> None:
    for one in told.runs:
        _tell_run(one, told.dry)
    judged = sum(r.candidates for r in told.runs)
    if not judged:
        print("nothing to replay: no decision settles a record, or nothing is kept; --all and --contract take more")
        return
    would = "would be " if told.dry else ""
    print(f"{judged:,} records judged again: {told.published:,} {would}published, {told.kept_out:,} kept out")


def _tell_run(one: RunReplay, dry: bool) -> None:
    if one.skipped:
        print(f"{one.run_id}  {one.contract_id}.{one.object}: {one.skipped}")
        return
    would = "would be published" if dry else "published"
    before = f", {one.already:,} published by replays before" if one.already else ""
    by = f" by {one.replay_id}" if one.replay_id else ""
    print(f"{one.run_id}  {one.contract_id}.{one.object}: {one.published:,} of {one.candidates:,} {would}{by}{before}")
    for still in one.still[:_MOST_SHOWN]:
        print(f"  {still.records:,} still fail {', '.join(still.checks)}")
        for words in dict.fromkeys(still.expected):
            print(f"      expected {words}")
        source, record = still.examples[0]
        print(f"      e.g. {source} > record {record:,}")
    if len(one.still) > _MOST_SHOWN:
        print(f"  and {len(one.still) - _MOST_SHOWN:,} other sets of checks: --json has them all")
    for why, count in one.unread.items():
        print(f"  {count:,} cannot be read back: {why}")


def _list(into: Path, run: str | None, as_json: bool) -> int:
    from weighbridge.pipeline.output.ledgers import ledger_of
    from weighbridge.review.settling import replays

    with ledger_of(into) as ledger:
        found = replays(ledger, run_id=ledger.run(run).id if run is not None else None)
    if as_json:
        print_json([asdict(r) | {"started": r.started.isoformat(), "finished": r.finished.isoformat()} for r in found])
        return 0
    for r in found:
        print(
            f"{r.id}  {r.contract_id}.{r.object} {r.contract_version}  {r.published:,} of {r.candidates:,} published"
            f"  of run {r.run_id}  by {r.replayed_by}"
        )
    if not found:
        print("no replays yet")
    return 0
