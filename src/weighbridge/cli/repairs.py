"""`weighbridge repairs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from weighbridge.cli.terminal import print_json


def repairs(
    run: str = "latest",
    /,
    *,
    into: Path,
    property: str | None = None,
    rule: str | None = None,
    limit: Annotated[int, Parameter(alias="-n")] = 20,
    summary: bool = False,
    json: bool = False,
) -> int:
    """Look at the values that were published other than they came.

    First how many of each kind: property, rule, and the shape of the text before and after (9 is
    a digit, A and a are letters). Then the values, in source order. Classified ones are masked.

    Parameters
    ----------
    run
        The run's id, the beginning of it, or `latest`.
    into
        The output folder of the run.
    property
        Only repairs of this property.
    rule
        Only repairs by this rule: its name, a code, or the name of a check as shown here.
    limit
        How many values to show; 0 shows all.
    summary
        Only how many of each kind.
    json
        Print the repairs as JSON.
    """
    from weighbridge.pipeline.repairs import repairs_of

    told = repairs_of(into, run, property_name=property, rule=rule, limit=0 if summary else limit or None)
    if json:
        print_json(told.to_dict())
        return 0
    for group in told.groups:
        print(group)
    if told.groups and told.entries:
        print()
    for entry in told.entries:
        print(entry)
    print(f"{told.run_id}: {told.total:,} values repaired, {len(told.entries):,} shown")
    if told.replaced_by is not None:
        print(f"run {told.replaced_by} judged this extract again: name it to see the repairs that stand now")
    return 0
