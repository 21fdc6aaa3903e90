"""`weighbridge baseline`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from weighbridge.cli.terminal import print_json


def baseline(
    action: Literal["pin", "list", "unpin"] = "list",
    run: str | None = None,
    /,
    *,
    into: Path,
    contract: str | None = None,
    object: str | None = None,
    by: str = "",
    why: str = "",
    json: bool = False,
) -> int:
    """Say what extracts to come are compared with for drift.

    `pin` keeps a copy of a run's profile as the baseline of its contract's object: checks that say
    `against: baseline` compare with it from then on. The copy stays when the run is taken away.

    Exit codes: 0 done · 2 it could not be done.

    Parameters
    ----------
    action
        What to do.
    run
        For `pin`: the run's id, the beginning of one, or `latest`.
    into
        The output folder.
    contract
        For `unpin`: the contract's id.
    object
        For `unpin`: the object.
    by
        For `pin`: who pins it.
    why
        For `pin`: the reason.
    json
        Print it as JSON.
    """
    from dataclasses import asdict

    from weighbridge.findings import ArgumentError, Finding
    from weighbridge.pipeline.intake import now
    from weighbridge.pipeline.pinned import Pinned, baselines, unpin
    from weighbridge.pipeline.pinning import pin

    if action == "pin":
        if run is None:
            raise ArgumentError(Finding("ARG-001", detail="`baseline pin` needs a run, or `latest`"))
        pinned: tuple[Pinned, ...] = (pin(into, run, by=by, why=why, at=now()),)
    elif action == "unpin":
        if contract is None or object is None:
            raise ArgumentError(Finding("ARG-001", detail="`baseline unpin` needs --contract and --object"))
        pinned = (unpin(into, contract, object),)
    else:
        pinned = baselines(into)
    if json:
        told: list[dict[str, Any]] = [asdict(p) for p in pinned]
        print_json(told)
        return 0
    if not pinned:
        print("no baseline is pinned")
    for p in pinned:
        print(f"{p.contract_id}.{p.object}  run {p.run}, {p.records:,} records")
        print(f"  {p.at:%Y-%m-%d %H:%M} UTC, {p.by}: {p.why}")
    return 0
