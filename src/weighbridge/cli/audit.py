"""`weighbridge audit`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from weighbridge.cli.terminal import print_json, watching
from weighbridge.findings import ArgumentError, Finding

if TYPE_CHECKING:
    from weighbridge.pipeline.audit import Audit


def audit(
    run: str = "latest",
    /,
    *,
    into: Path,
    source: tuple[str, ...] = (),
    quiet: bool = False,
    json: bool = False,
) -> int:
    """Prove a run's receipt again, from bytes.

    Nothing the run remembered is believed: the sources are hashed and framed again, the tables
    are read as they are served now, every record identity is ticked off, and each quarantined
    or uncertain record is compared with its bytes in the source.

    Exit codes: 0 the receipt stands · 1 it does not · 2 it could not be audited.

    Parameters
    ----------
    run
        The run's id, the beginning of it, or `latest`.
    into
        The output folder of the run.
    source
        Where a source is now, when it was moved: `NAME=PATH`, NAME as the run knew it. May be repeated.
    quiet
        No progress bar and no words: the exit code says it.
    json
        Print the audit as JSON.
    """
    from weighbridge.pipeline.audit import audit as audit_run

    with watching(not quiet and not json) as watcher:
        outcome = audit_run(into, run, sources=moved(source), watcher=watcher)
    if json:
        receipt = outcome.receipt.to_dict() if outcome.receipt is not None else None
        print_json({
            "run_id": outcome.run_id,
            "stands": outcome.stands,
            "compared_records": outcome.compared_records,
            "findings": [f.to_dict() for f in outcome.findings],
            "receipt": receipt,
        })  # fmt: skip
    elif not quiet:
        _say(outcome)
    return outcome.exit_code


def _say(outcome: Audit) -> None:
    for finding in outcome.findings:
        print(finding, end="\n\n")
    if outcome.receipt is None:
        print(f"{outcome.run_id}: the receipt could not be proved again")
        return
    for s in outcome.receipt.sources:
        if s.content_bytes is None:
            print(f"{s.name}: {s.records:,} records")
        else:
            control = sum(s.control_bytes.values())
            print(f"{s.name}: {s.content_bytes:,} bytes = {s.record_bytes or 0:,} in {s.records:,} records "
                  f"+ {control:,} in headers, blank lines and the like")  # fmt: skip
    parts = " + ".join(f"{o.records:,} {o.name}" for o in outcome.receipt.outputs)
    print(f"{outcome.receipt.records_in:,} records in = {parts}")
    if any(f.code == "RUN-030" for f in outcome.findings):
        print(f"{outcome.run_id}: the receipt is shown as it was written")
        return
    print(f"{outcome.compared_records:,} kept records are byte for byte those of their source")
    print(f"{outcome.run_id}: the receipt {'stands' if outcome.stands else 'DOES NOT STAND'}")


def moved(pairs: tuple[str, ...]) -> dict[str, str]:
    """Return where sources are now by the names they had, of `NAME=PATH`.

    Raises:
        ArgumentError: a text is not of that form.
    """
    places = {}
    for pair in pairs:
        name, equals, path = pair.rpartition("=")
        if not equals or not name or not path:
            raise ArgumentError(Finding("ARG-001", detail="--source takes NAME=PATH", seen=pair))
        places[name] = path
    return places
