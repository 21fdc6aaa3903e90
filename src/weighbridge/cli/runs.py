"""`weighbridge runs`."""

from __future__ import annotations

from pathlib import Path
from shutil import get_terminal_size
from typing import Annotated

from cyclopts import Parameter

from weighbridge.cli.terminal import print_json

_NARROWEST = 130


def runs(
    *,
    into: Path,
    contract: str | None = None,
    limit: Annotated[int, Parameter(alias="-n")] = 20,
    json: bool = False,
) -> int:
    """List what happened, newest first.

    A run that was killed stays in its state until the next run into the folder finishes it or
    clears it away; it is listed with `(killed)`.

    Parameters
    ----------
    into
        The output folder.
    contract
        Only runs of the contract with this id.
    limit
        How many to list.
    json
        Print the runs as JSON.
    """
    from dataclasses import asdict

    from weighbridge.pipeline.output.history import state_in_words
    from weighbridge.pipeline.output.ledgers import ledger_of

    with ledger_of(into) as ledger:
        known = ledger.runs(contract=contract, limit=limit)
        alive = {u.run.id: u.alive for u in ledger.unfinished()}
    if json:
        print_json([asdict(r) | {"alive": alive.get(r.id, False)} for r in known])
        return 0
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("run", "contract", "version", "state"):
        table.add_column(heading, no_wrap=True)
    for heading in ("accepted", "repaired", "uncertain", "rejected"):
        table.add_column(heading, justify="right", no_wrap=True)
    for r in known:
        counts = [r.accepted, r.repaired, r.uncertain, r.rejected]
        table.add_row(
            r.id,
            f"{r.contract_id}.{r.object}",
            r.contract_version,
            state_in_words(r, alive.get(r.id, False)),
            *("" if c is None else f"{c:,}" for c in counts),
        )
    Console(width=max(get_terminal_size().columns, _NARROWEST)).print(table)
    return 0
