"""`weighbridge repairs`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from weighbridge.cli.terminal import print_json, watching
from weighbridge.findings import ArgumentError, Finding

_ACTIONS = ("undo", "redo")


def repairs(
    *words: str,
    into: Path,
    property: str | None = None,
    rule: str | None = None,
    record: tuple[str, ...] = (),
    limit: Annotated[int, Parameter(alias="-n")] = 20,
    summary: bool = False,
    by: str = "",
    why: str = "",
    source: tuple[str, ...] = (),
    dry_run: bool = False,
    json: bool = False,
) -> int:
    """Look at the values that were published other than they came, and take repairs back.

    `weighbridge repairs [RUN]` tells first how many of each kind: property, rule, and the shape of
    the text before and after (9 is a digit, A and a are letters). Then the values, in source order.
    Classified ones are masked.

    `weighbridge repairs undo [RUN]` takes those back that --property, --rule and --record choose: the
    published row holds what stands in the source, or nothing where that cannot be read. A row that
    lacks a required value then is withdrawn to review. `repairs redo` puts them in force again.

    Parameters
    ----------
    words
        The run's id, the beginning of it, or `latest`; before it, `undo` or `redo`.
    into
        The output folder of the run.
    property
        Only repairs of this property.
    rule
        Only repairs by this rule: its name, a code, or the name of a check as shown here.
    record
        To undo or redo: only of this record, `SOURCE:NUMBER`. May be repeated.
    limit
        How many values to show; 0 shows all.
    summary
        Only how many of each kind.
    by
        To undo or redo: who decides so.
    why
        To undo or redo: the reason.
    source
        To undo or redo: where a source is now, when it was moved: `NAME=PATH`. May be repeated.
    dry_run
        To undo or redo: say what would become of the values, and write nothing.
    json
        Print the answer as JSON.
    """
    action = words[0] if words and words[0] in _ACTIONS else None
    runs = words[1:] if action else words
    if len(runs) > 1:
        raise ArgumentError(Finding("ARG-001", detail="name one run", seen=" ".join(runs)))
    run = runs[0] if runs else "latest"
    if action is None:
        return _list(into, run, property, rule, 0 if summary else limit or None, json)

    from weighbridge.cli.audit import moved
    from weighbridge.pipeline.again.undo import undo

    with watching(not json) as watcher:
        done = undo(
            into,
            run,
            by=by,
            why=why,
            property_name=property,
            rule=rule,
            records=places(record),
            sources=moved(source),
            redo=action == "redo",
            dry_run=dry_run,
            watcher=watcher,
        )
    if json:
        print_json(done.to_dict())
        return 0
    parts = ", ".join(f"{count:,} {outcome}" for outcome, count in done.outcomes.items())
    state = "would be" if done.dry else "are"
    print(
        f"{done.run_id}: {done.values:,} repairs {state} {'undone' if action == 'undo' else 'in force again'}: {parts}"
        if done.values
        else f"{done.run_id}: nothing to {action}: it is so already, or no repair is meant by this"
    )
    if done.withdrawn:
        print(f"{done.withdrawn:,} records {state} withdrawn to review in all")
    return 0


def _list(into: Path, run: str, name: str | None, rule: str | None, limit: int | None, as_json: bool) -> int:
    from weighbridge.pipeline.repairs import repairs_of

    told = repairs_of(into, run, property_name=name, rule=rule, limit=limit)
    if as_json:
        print_json(told.to_dict())
        return 0
    for group in told.groups:
        print(group)
    if told.groups and told.entries:
        print()
    for entry in told.entries:
        print(entry)
    print(f"{told.run_id}: {told.total:,} values repaired, {len(told.entries):,} shown, {told.undone:,} undone")
    if told.replaced_by is not None:
        print(f"run {told.replaced_by} judged this extract again: name it to see the repairs that stand now")
        if told.undone:
            print(f"{told.undone:,} repairs had been undone; that no longer applies")
    return 0


def places(records: Sequence[str]) -> list[tuple[str, int]]:
    """Return the records named as ``SOURCE:NUMBER``.

    Raises:
        ArgumentError: ARG-001, one is not named so.
    """
    found = []
    for words in records:
        source, colon, number = words.rpartition(":")
        if not colon or not source or not number.isdecimal():
            raise ArgumentError(Finding("ARG-001", detail="--record takes SOURCE:NUMBER", seen=words))
        found.append((source, int(number)))
    return found
