"""`weighbridge baseline`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from weighbridge.cli.terminal import print_json


def baseline(
    action: Literal["pin", "list", "show", "unpin"] = "list",
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
    `show` prints what was pinned.

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
        For `unpin` and `show`: the contract's id; for `show` not needed where only one is pinned.
    object
        For `unpin` and `show`: the object.
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
    from weighbridge.pipeline.output.ledgers import ledger_of
    from weighbridge.pipeline.output.pinned import Pinned, baselines, unpin
    from weighbridge.pipeline.pinning import pin

    ledger_of(into).close()  # a folder nothing was ever run into is not one without baselines
    if action == "show":
        return _show(into, contract, object, as_json=json)
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


def _show(into: Path, contract: str | None, object_name: str | None, *, as_json: bool) -> int:
    from dataclasses import asdict

    from weighbridge.cli.profile import print_profile
    from weighbridge.findings import ArgumentError, Finding
    from weighbridge.pipeline.output.pinned import baselines, pinned_profile
    from weighbridge.profile import summed_up

    fitting = [p for p in baselines(into) if contract in (None, p.contract_id) and object_name in (None, p.object)]
    if len(fitting) > 1 or (not fitting and (contract is None or object_name is None)):
        names = ", ".join(f"{p.contract_id}.{p.object}" for p in fitting) or "none is pinned"
        raise ArgumentError(Finding("ARG-001", detail=f"say --contract and --object: {names}"))
    one = (fitting[0].contract_id, fitting[0].object) if fitting else (str(contract), str(object_name))
    pinned, profile = pinned_profile(into, *one)
    told = summed_up(profile)
    if as_json:
        print_json({**asdict(pinned), "profile": told})
        return 0
    print_profile(told, [f"{pinned.contract_id}.{pinned.object}, run {pinned.run}"])
    print(f"pinned {pinned.at:%Y-%m-%d %H:%M} UTC by {pinned.by}: {pinned.why}")
    return 0
