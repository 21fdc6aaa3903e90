"""What the ledger, the runs' folders and the locks say of the runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from weighbridge.findings import Finding, Place, PublishError, Severity, WeighbridgeError
from weighbridge.ledger import Ledger, Run, RunState, Unfinished
from weighbridge.pipeline.again.undone import finish_undo
from weighbridge.pipeline.erasure import unfinished
from weighbridge.pipeline.erasure.pending import manifests
from weighbridge.pipeline.output.history import CONTRACT_COPY, PROFILE_FILE, RECEIPT_FILE, RESULT_FILE, folder_of
from weighbridge.pipeline.output.pinned import FOLDER as BASELINES
from weighbridge.pipeline.output.pinned import PROFILE, WORDS, pinned_in
from weighbridge.pipeline.publish import MANIFEST, Manifest
from weighbridge.pipeline.recover import lock_key
from weighbridge.pipeline.site import SITE_FOLDER
from weighbridge.pipeline.watcher import Watcher
from weighbridge.profile import is_profile
from weighbridge.sinks import Tables, alone

ENDED_WITH_OUTPUT = (RunState.PUBLISHED, RunState.HELD)


def unfinished_runs(into: Path, unfinished: Iterable[Unfinished], held: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the runs that were killed (OPS-013) and those that are at work (OPS-014).

    Args:
        into: the output folder.
        unfinished: runs that have not ended, as the ledger knows them.
        held: locks that somebody holds, with who; asked for after `unfinished`.
    """
    for one in unfinished:
        run = one.run
        place = Place(source=run.id)
        key = lock_key(Tables(into, run.contract_id, run.object), run.extract_id) if run.extract_id else None
        what = f"{run.contract_id}.{run.object} is {run.state}, begun {run.started:%Y-%m-%d %H:%M} UTC"
        if key is not None and key in held:
            yield Finding("OPS-014", place, f"{what}; {held[key]} holds its lock", Severity.INFO)
        elif one.alive and key is None:
            yield Finding("OPS-014", place, f"{what} by process {run.process.pid}", Severity.INFO)
        else:
            yield Finding("OPS-013", place, f"{what} by process {run.process.pid} of {run.process.host}")


def begun_erasures(into: Path, held: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the erasures that were begun and not ended (RUN-042), but for those at work."""
    for path in unfinished(into):
        if path.stem not in held:
            yield Finding("RUN-042", Place(source=str(path)), path.stem)


def begun_undos(into: Path, held: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the undos and replays that were begun and not ended (OPS-018), but for those at work."""
    for path in sorted((into / "undo").glob("*.json")):
        if path.stem not in held:
            yield Finding("OPS-018", Place(source=str(path)), path.stem)


def end_undos(into: Path, ledger: Ledger, watcher: Watcher) -> Iterator[str]:
    """End them, but for those at work, and yield what was ended, in words.

    Raises:
        PublishError: a table cannot be committed; calling again goes on.
    """
    for path in sorted((into / "undo").glob("*.json")):
        try:
            manifest = Manifest.of(path.read_bytes())
            extract_id = ledger.run(manifest.run_id).extract_id or ""
        except (OSError, ValueError, KeyError, TypeError, WeighbridgeError):
            continue  # it is told again, by `begun_undos`
        tables = Tables(into, manifest.contract_id, manifest.object_name)
        try:
            with alone(into, ledger, lock_key(tables, extract_id), holder="doctor", nowait=True):
                finish_undo(into, ledger, tables, extract_id, watcher)
        except PublishError as error:
            if error.findings[0].code != "OUT-006":
                raise
            continue
        yield f"ended what was begun of run {manifest.run_id}: an undo or a replay"


def run_files(into: Path, runs: Iterable[Run]) -> Iterator[Finding]:
    """Yield the files of runs' folders that are missing or damaged (OPS-015)."""
    for run in runs:
        if run.state not in ENDED_WITH_OUTPUT:
            continue
        for name in (RECEIPT_FILE, RESULT_FILE, MANIFEST, CONTRACT_COPY):
            path = folder_of(into, run.id) / name
            try:
                content = path.read_bytes()
                if name.endswith(".json"):
                    json.loads(content)
            except OSError as error:
                yield Finding("OPS-015", Place(source=str(path)), error.strerror or "it cannot be read")
            except ValueError:
                yield Finding("OPS-015", Place(source=str(path)), "it is not JSON")
        for path in (*manifests(folder_of(into, run.id))[1:], *folder_of(into, run.id).glob("replays/*/replay.json")):
            try:
                json.loads(path.read_bytes())
            except (OSError, ValueError):
                yield Finding("OPS-015", Place(source=str(path)), "it cannot be read as JSON")
        profile = folder_of(into, run.id) / PROFILE_FILE
        if profile.is_file() and not is_profile(profile):  # there is none of early runs, nor after retention
            yield Finding("OPS-015", Place(source=str(profile)), "it is not the file of a profile")


def unknown_runs(into: Path, known: Iterable[str]) -> Iterator[Finding]:
    """Yield the runs that have a result and a manifest in the folder and no entry in the ledger (OPS-016)."""
    entered = frozenset(known)
    for path in sorted((into / "runs").glob(f"*/{MANIFEST}")):
        run_id = path.parent.name
        if run_id not in entered:
            yield Finding("OPS-016", Place(source=str(path.parent)), run_id)


def pinned_baselines(into: Path) -> Iterator[Finding]:
    """Yield the baselines that nothing can be compared with (OPS-019)."""
    for folder in sorted(path for path in (into / BASELINES).glob("*/*") if any(path.iterdir())):
        place = Place(source=str(folder))
        if pinned_in(folder) is None:
            yield Finding("OPS-019", place, f"{WORDS} is missing or cannot be read", Severity.WARNING)
        elif not (folder / PROFILE).is_file() or not is_profile(folder / PROFILE):
            yield Finding("OPS-019", place, f"{PROFILE} is missing or is no profile", Severity.WARNING)


def site_pages(into: Path, runs: Iterable[Run]) -> Iterator[Finding]:
    """Yield where the site of an output folder lacks pages, and, as a note, whether runs came since (OPS-020)."""
    state = into / SITE_FOLDER / "site.json"
    if not state.is_file():
        return
    place = Place(source=str(state.parent))
    try:
        told: dict[str, dict[str, str]] = json.loads(state.read_bytes())
        pages = ["index.html", *told["objects"], *(f"runs/{run_id}.html" for run_id in told["runs"])]
    except (OSError, ValueError, KeyError, TypeError):
        yield Finding("OPS-020", Place(source=str(state)), "it cannot be read", Severity.WARNING)
        return
    if lost := [page for page in pages if not (state.parent / page).is_file()]:
        yield Finding("OPS-020", place, f"{len(lost):,} pages are missing, such as {lost[0]}", Severity.WARNING)
    shown_until = max(told["runs"], default="")
    if since := [run.id for run in runs if run.is_finished and run.id > shown_until]:
        yield Finding("OPS-020", place, f"{len(since):,} runs came since", Severity.INFO)
