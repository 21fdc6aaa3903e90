"""What waits in a drop folder: files that are complete and were not judged yet."""

from __future__ import annotations

import fnmatch
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from weighbridge.contract import load
from weighbridge.findings import Finding, Place, SourceError
from weighbridge.pipeline.extract import choose_object, choose_server
from weighbridge.pipeline.output.ledgers import has_ledger, ledger_of
from weighbridge.readers.manifest import beside, is_beside

UNFINISHED_SUFFIXES = (".part", ".tmp", ".temp", ".filepart", ".crdownload", ".partial", ".swp", "~")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a look into a drop folder found.

    Attributes:
        new: files to judge, oldest first.
        unsettled: files that somebody may still be writing.
        judged: how many were judged before under the same contract.
    """

    new: tuple[Path, ...]
    unsettled: tuple[Path, ...]
    judged: int


def waiting(
    folder: Path,
    pattern: str,
    *,
    contract: Path,
    into: Path,
    settle_seconds: float,
    object_name: str | None = None,
    clock: Callable[[], float] = time.time,
) -> Waiting:
    """Look into a drop folder.

    A file is settled when it last changed at least `settle_seconds` ago. It was judged before
    when the ledger knows a run, by the same rules, of a source of the same path and size that
    began after the file last changed. The same bytes under another name are caught by the run
    itself, by their digest.

    Changed means what the file system itself noted (``ctime``). The time of the last writing is
    the sender's to set: programs that copy with it would let a new delivery look older than the
    run that judged the one before, or as if it came from the future.

    Args:
        folder: looked into, not below.
        pattern: file names, as shells match them.
        contract: path of the contract.
        into: the output folder, whose ledger remembers.
        settle_seconds: how long a file must have been left alone.
        object_name: which schema object, when the contract has several.
        clock: gives the present, in seconds since 1970.

    Raises:
        SourceError: the folder cannot be looked into.
        ContractError: the contract cannot be used.
    """
    loaded = load(contract)
    schema, server = choose_object(loaded, object_name), choose_server(loaded, None)
    try:
        files = [f for f in folder.iterdir() if _is_meant(f, pattern) and not is_beside(server, f.name)]
    except OSError as error:
        raise SourceError(Finding("RDR-001", Place(source=str(folder)), error.strerror or str(error))) from error
    known: dict[tuple[str, int], float] = {}
    if has_ledger(into):
        with ledger_of(into) as ledger:
            judged_since = ledger.judged_sources(loaded.id, schema.name, loaded.rules_fingerprint)
            known = {key: started.timestamp() for key, started in judged_since.items()}
            for (name, _), started in judged_since.items():
                if "::" in name:  # a member: its archive was judged
                    archive = (name.partition("::")[0], -1)
                    known[archive] = max(known.get(archive, 0.0), started.timestamp())
    new, unsettled, judged = [], [], 0
    for file in files:
        try:
            state = file.stat()
        except FileNotFoundError:
            continue  # somebody took it away between the two looks
        awaited = (beside(server, "doneMarker", file), beside(server, "manifest", file))
        if clock() - state.st_ctime < settle_seconds or any(a is not None and not a.is_file() for a in awaited):
            unsettled.append(file)
        elif max(known.get((str(file), size), 0.0) for size in (state.st_size, -1)) > state.st_ctime:
            judged += 1
        else:
            new.append((state.st_ctime, file))
    return Waiting(tuple(file for _, file in sorted(new)), tuple(sorted(unsettled)), judged)


def _is_meant(file: Path, pattern: str) -> bool:
    if file.name.startswith(".") or file.name.lower().endswith(UNFINISHED_SUFFIXES):
        return False
    return fnmatch.fnmatchcase(file.name, pattern) and file.is_file()
