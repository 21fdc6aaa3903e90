"""`weighbridge quarantine`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from weighbridge.cli.terminal import print_json


def quarantine(
    run: str = "latest",
    /,
    *,
    into: Path,
    check: str | None = None,
    code: str | None = None,
    limit: Annotated[int, Parameter(alias="-n")] = 20,
    uncertain: bool = False,
    raw: bool = False,
    csv: Path | None = None,
    json: bool = False,
) -> int:
    """Look at the records that were turned back, and why.

    Each is shown with its place in the source, its findings and its original bytes. Bytes of
    records with classified properties are shown with --raw only, which needs the key they were sealed with.

    Parameters
    ----------
    run
        The run's id, the beginning of it, or `latest`.
    into
        The output folder of the run.
    check
        Only records that failed the check of this name.
    code
        Only records with a finding of this code.
    limit
        How many records to show; 0 shows all.
    uncertain
        The records that wait for a person instead of the rejected ones.
    raw
        Show the bytes of records with classified properties, opened with the keys in WEIGHBRIDGE_SEAL_KEY or
        WEIGHBRIDGE_SEAL_KEY_FILE. Whoever sees the output sees classified values.
    csv
        A file to write the records to: source, record, offset, findings and text.
    json
        Print the records as JSON; bytes as base64.
    """
    from weighbridge.pipeline.quarantine import kept_records

    kept = kept_records(into, run, uncertain=uncertain, check=check, code=code, limit=limit or None, opened=raw)
    if csv is not None:
        kept.write_csv(csv)
    if json:
        print_json(kept.to_dict())
    else:
        for record in kept.records:
            print(record, end="\n\n")
        shown = len(kept.records)
        print(f"{kept.run_id}: {shown:,} of {kept.total:,} {'uncertain' if uncertain else 'quarantined'} records shown")
        if kept.replaced_by is not None:
            print(f"run {kept.replaced_by} judged this extract again: name it to see the records kept now")
    return 0
