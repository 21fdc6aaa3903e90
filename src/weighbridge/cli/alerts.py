"""`weighbridge alerts`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from weighbridge.cli.terminal import print_json


def alerts(
    action: Literal["list", "send", "test"] = "list",
    /,
    *,
    into: Path | None = None,
    contract: str | None = None,
    over: Annotated[bool, Parameter(name="--all")] = False,
    json: bool = False,
) -> int:
    """Show what people are called for, call them, or try whether they can be called.

    `list` shows the troubles that are there: extracts held, rates over what the contract wants to be told
    of, runs that could not be made, records that wait too long. `send` looks at the queue too and tells
    what was not told yet; runs do so by themselves. `test` sends a word to every address.

    Addresses are Apprise URLs in WEIGHBRIDGE_ALERTS, or in the file that WEIGHBRIDGE_ALERTS_FILE names.

    Exit codes: 0 done, and for `list` nothing is wrong · 1 for `list` there are troubles · 2 somebody could
    not be told, or it could not be done.

    Parameters
    ----------
    action
        What to do.
    into
        The output folder; `test` needs none.
    contract
        Only troubles of the contract with this id.
    over
        List those of the past too.
    json
        Print it as JSON.
    """
    from dataclasses import asdict

    from weighbridge.alert import Book, Sender, Settings
    from weighbridge.findings import ArgumentError, Finding
    from weighbridge.pipeline.alerting import remind
    from weighbridge.pipeline.output.ledgers import ledger_of

    if action == "test":
        settings = Settings.from_environment()
        if not settings.urls:
            raise ArgumentError(Finding("ALT-005"))
        return _told(Sender(settings).send("Weighbridge can reach you", "This was a test."), len(settings.urls), json)
    if into is None:
        raise ArgumentError(Finding("ARG-001", detail=f"`alerts {action}` needs --into"))
    if action == "send":
        settings = Settings.from_environment()
        if not settings.urls:
            raise ArgumentError(Finding("ALT-005"))
        return _told(remind(into), len(settings.urls), json)
    with ledger_of(into) as ledger:
        entries = Book(ledger).entries(contract, over)
    if json:
        print_json([asdict(entry) for entry in entries])
    elif not entries:
        print("nothing is wrong")
    for entry in () if json else entries:
        ended = f", over {entry.over:%Y-%m-%d %H:%M}" if entry.over is not None else ""
        told = f"told {entry.told:%Y-%m-%d %H:%M}" if entry.told is not None else "not told"
        print(f"{entry.title}\n  since {entry.since:%Y-%m-%d %H:%M} UTC, seen {entry.times:,} times, {told}{ended}")
        print("\n".join(f"  {line}" for line in entry.body.splitlines()), end="\n\n")
    return 1 if any(entry.over is None for entry in entries) else 0


def _told(failed: tuple[object, ...], addresses: int, as_json: bool) -> int:
    if as_json:
        print_json({"addresses": addresses, "failed": [f.to_dict() for f in failed]})  # type: ignore[attr-defined]
    else:
        print(*(f"{finding}\n" for finding in failed), sep="\n", end="")
        print(f"{addresses - len(failed)} of {addresses} addresses told")
    return 2 if failed else 0
