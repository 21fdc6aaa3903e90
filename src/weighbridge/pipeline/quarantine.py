"""Looking at what a run kept from publication."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from weighbridge.contract import load
from weighbridge.pipeline.extract import choose_object
from weighbridge.pipeline.output.history import CONTRACT_COPY, folder_of, judged_run, replacement_of
from weighbridge.review.kept import KeptRecords, read_kept
from weighbridge.sinks import Keyring, Tables


def kept_records(
    into: Path,
    run: str,
    *,
    uncertain: bool = False,
    check: str | None = None,
    code: str | None = None,
    limit: int | None = None,
    opened: bool = False,
) -> KeptRecords:
    """Return what a run quarantined, or what it found uncertain, in source order.

    Of a run that a later one replaced the tables show nothing; the later run is named instead.

    Args:
        into: the output folder.
        run: the run's id, the beginning of it, or ``"latest"``.
        uncertain: the records that wait for a person instead of the rejected ones.
        check, code: only records with such a finding.
        limit: at most so many; None gives all.
        opened: whether bytes of records with classified properties are given, opened with the keys of the settings.

    Raises:
        ArgumentError: there is no such run.
        LedgerError: nothing was ever run into this folder, or the run has no result.
        PublishError: OUT-031, the settings hold no key that opens a record; OUT-033, sealed bytes were changed.
    """
    found = judged_run(into, run)
    contract = load(folder_of(into, found.id) / CONTRACT_COPY)
    schema = choose_object(contract, found.object)
    table = Tables(into, contract.id, schema.name).path("review" if uncertain else "quarantine")
    keys = Keyring.from_settings() if opened else None
    kept = read_kept(table, found.id, schema, check=check, code=code, limit=limit, keys=keys)
    return replace(kept, replaced_by=replacement_of(into, found))
