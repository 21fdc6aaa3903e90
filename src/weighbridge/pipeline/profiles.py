"""Profiles to look at: of files, with a contract or without, and of runs, which left theirs in their folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import Any

import polars as pl

from weighbridge.contract import load as load_contract
from weighbridge.contract.model import Contract
from weighbridge.findings import ArgumentError, Finding, LedgerError, Place
from weighbridge.pipeline.check import examined
from weighbridge.pipeline.first_look import FirstLook, drafted, drafted_of_types, first_look
from weighbridge.pipeline.output.history import PROFILE_FILE, folder_of, judged_run
from weighbridge.pipeline.watcher import Watcher
from weighbridge.profile import Partial, load, merge, summed_up

_ENUM_MOST = 12
_ENUM_SEEN = 50
_RECORDS_TO_PROMISE = 50


@dataclass(frozen=True, slots=True)
class Profiled:
    """Files, profiled.

    Attributes:
        partial: merges with others.
        findings: of the files and of how they were read.
        draft: a contract for files that came without one, as plain values; None where one was given.
    """

    partial: Partial
    findings: tuple[Finding, ...]
    draft: Mapping[str, Any] | None


def profile_of_files(
    files: Sequence[Path],
    now: datetime,
    *,
    contract: Path | None = None,
    object_name: str | None = None,
    server_name: str | None = None,
    watcher: Watcher | None = None,
) -> Profiled:
    """Profile the files of an extract together, as a run would, and keep nothing of it.

    Without a contract one is drafted from the first file (`weighbridge sniff` shows how), and the files are
    read by it.

    Args:
        files: of one layout.
        now: the present, UTC.
        contract: path of the contract that says what the columns are.
        object_name: which schema object; needed when the contract has several.
        server_name: which server describes the bytes; the first local one by default.
        watcher: told how far it has come.

    Raises:
        ContractError, SourceError, ArgumentError: the files cannot be read.
    """
    if not files:
        raise ArgumentError(Finding("ARG-001", detail="no file is named; name at least one, or a run with --run"))
    draft = None
    given: Path | Contract
    if contract is None:
        look = first_look(str(files[0]), None, None, 0, now)
        draft = draft_of(files[0], look)
        given = load_contract(draft)
    else:
        given = contract
    judged = examined(given, files, object_name=object_name, server_name=server_name, as_of=now, watcher=watcher)
    findings = tuple(f for f in judged.result.findings if draft is None or f.code[:3] in ("RDR", "LEG"))
    partial = judged.profile
    return Profiled(partial, findings, None if draft is None else _promising(draft, partial))


def profile_of_run(into: Path, run: str) -> Partial:
    """Return the profile that a run left in its folder; it merges with those of other runs.

    Args:
        into: the output folder.
        run: its id, the beginning of one, or ``latest``.

    Raises:
        ArgumentError: there is no such run, or there are several.
        LedgerError: RUN-016, the run came to no result; RUN-032, it kept no profile, or that is damaged.
    """
    record = judged_run(into, run)
    path = folder_of(into, record.id) / PROFILE_FILE
    try:
        return load(path.read_bytes())
    except FileNotFoundError as error:
        noted = record.outputs.get("reports") or {}
        removed = f"retention removed it on {noted['removed'][:10]}" if noted.get("removed") else "its folder has none"
        raise LedgerError(Finding("RUN-032", Place(source=str(path)), removed)) from error
    except (OSError, ValueError) as error:
        raise LedgerError(Finding("RUN-032", Place(source=str(path)), str(error))) from error


def profile_of_runs(into: Path, runs: Sequence[str]) -> Partial:
    """Return the profiles of several runs as one, in the order they are named.

    Raises:
        ArgumentError: a run is named twice, there is none of that name, or their columns differ.
        LedgerError: as `profile_of_run`.
    """
    ids = [judged_run(into, run).id for run in runs]
    if len(set(ids)) < len(ids):
        raise ArgumentError(Finding("ARG-004", detail="a run is named twice: its records would be counted twice"))
    parts = [(run, profile_of_run(into, run)) for run in ids]
    first = parts[0][1]
    for run, part in parts[1:]:
        if dict(part.dtypes) != dict(first.dtypes) or part.masked != first.masked:
            differ = sorted(
                name
                for name in {**first.dtypes, **part.dtypes}
                if first.dtypes.get(name) != part.dtypes.get(name) or (name in first.masked) != (name in part.masked)
            )
            detail = f"the columns of {run} are not those of {ids[0]}: {', '.join(differ[:8])} differ"
            raise ArgumentError(Finding("ARG-001", detail=detail))
    return reduce(merge, (part for _, part in parts))


def draft_of(file: Path, look: FirstLook) -> dict[str, Any]:
    """Return a contract for a file, as plain values: by its own types, else by what its texts look like.

    Raises:
        SourceError: the file cannot be read.
    """
    types = _own_types(file, look.sniffed.format)
    return drafted(look) if types is None else drafted_of_types(look, types)


def _own_types(file: Path, kind: str) -> Mapping[str, pl.DataType] | None:
    """Return the types that a file itself states; None where its columns are texts."""
    if kind == "parquet":
        return pl.read_parquet_schema(file)
    if kind == "arrow":
        import pyarrow as pa

        with pa.OSFile(str(file)) as opened:
            magic = opened.read(6)
        with pa.memory_map(str(file)) as opened:
            schema = (pa.ipc.open_file if magic == b"ARROW1" else pa.ipc.open_stream)(opened).schema
        made = pl.from_arrow(schema.empty_table())
        return made.schema if isinstance(made, pl.DataFrame) else None
    return None


def _promising(draft: dict[str, Any], partial: Partial) -> dict[str, Any]:
    """Return the draft with what the profile would let the contract promise, where it saw enough to say so."""
    told = summed_up(partial)
    schema = draft["schema"][0]
    properties = [
        {**p, **_promises(told["columns"].get(p["name"], {}), p, told["records"])} for p in schema["properties"]
    ]
    return {**draft, "schema": [{**schema, "properties": properties}]}


def _promises(figures: Mapping[str, Any], declared: Mapping[str, Any], records: int) -> dict[str, Any]:
    if records < _RECORDS_TO_PROMISE or not figures or figures["masked"]:
        return {}
    promised: dict[str, Any] = {}
    if not figures["nulls"]:
        promised["required"] = True
    if figures.get("unique") == "yes" and figures["count"] == records and declared["logicalType"] in _KEYS:
        promised["unique"] = True
    values = [t["value"] for t in figures.get("top", ())]
    known = figures["distinct_is"] == "exact" and len(values) == figures["distinct"] <= _ENUM_MOST
    known = known and not any(str(value).endswith("…") for value in values)
    if declared["logicalType"] == "string" and known and values and figures["count"] >= _ENUM_SEEN * len(values):
        promised["enum"] = [{"value": value} for value in sorted(values)]
    return promised


_KEYS = ("string", "integer")
