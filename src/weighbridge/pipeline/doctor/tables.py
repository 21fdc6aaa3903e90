"""What the tables show, held against their files and against the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path

from weighbridge.findings import Finding, Place, PublishError, Severity
from weighbridge.ledger import Run, RunState
from weighbridge.pipeline.erasure.pending import manifests
from weighbridge.pipeline.output.history import folder_of
from weighbridge.pipeline.publish import Manifest
from weighbridge.sinks import SETTLED, TABLE_NAMES, UNDONE, ShownFile, Tables, described_files, orphans, run_folders
from weighbridge.sinks.shown import run_of_path
from weighbridge.sinks.staging import RUN_PREFIX

MANY_FILES = 1_000
SMALL_BYTES = 1 << 20
_MOST_NAMED = 3

Shown = dict[Path, list[ShownFile]]


def table_folders(into: Path) -> list[Path]:
    """Return the folders of all tables of an output folder, by name."""
    return [p for name in (*TABLE_NAMES, SETTLED, UNDONE) for p in sorted((into / name).glob("*/*")) if p.is_dir()]


def described(folders: Sequence[Path]) -> tuple[Shown, list[Finding]]:
    """Return what each table says of its files, and what is wrong with those that cannot be read."""
    shown: Shown = {}
    found: list[Finding] = []
    for path in folders:
        try:
            shown[path] = described_files(path)
        except PublishError as error:
            found += error.findings
    return shown, found


def files(shown: Shown) -> Iterator[Finding]:
    """Yield the tables whose files are missing or of another size (OPS-009), or many and small (OPS-011)."""
    for path, listed in shown.items():
        broken = [why for file in listed if (why := _broken(file, path))]
        if broken:
            more = f" and {len(broken) - _MOST_NAMED:,} more" if len(broken) > _MOST_NAMED else ""
            yield Finding("OPS-009", Place(source=str(path)), ", ".join(broken[:_MOST_NAMED]) + more)
        if len(listed) > MANY_FILES and (mean := sum(f.bytes for f in listed) / len(listed)) < SMALL_BYTES:
            detail = f"{len(listed):,} files of {mean / 1000:,.0f} kB on average"
            yield Finding("OPS-011", Place(source=str(path)), detail, Severity.INFO)


def _broken(file: ShownFile, table: Path) -> str:
    name = file.path.relative_to(table).as_posix()
    try:
        size = file.path.stat().st_size
    except OSError as error:
        return f"{name}: {error.strerror or 'it cannot be read'}"
    return "" if size == file.bytes else f"{name}: {size:,} bytes, {file.bytes:,} when it was published"


def staged(folders: Sequence[Path]) -> dict[Path, list[Path]]:
    """Return the folders that runs staged files in, by table; to be asked for before the ledger is."""
    return {path: run_folders(path) for path in folders}


def left_staged(
    into: Path, waiting: Mapping[Path, Sequence[Path]], ended: Mapping[str, Run], held: Container[str]
) -> Iterator[tuple[Finding, Run]]:
    """Yield what runs that have ended staged and no version of a table shows (OPS-010), with the run.

    Runs that the ledger does not know, or that have not ended, are left alone. So is what an undo, a replay or an
    erasure wrote anew while a run's manifest, or that of a replay, names it, or while somebody holds the extract's
    lock (`held`, asked for after `waiting`).
    """
    for table, folders in waiting.items():
        of_ended = [f for f in folders if _run_of(f) in ended]
        try:
            unshown = orphans(table, of_ended)
        except PublishError:
            continue  # told already by `described`
        for folder in unshown:
            run = ended[_run_of(folder)]
            key = Tables(into, run.contract_id, run.object).lock_of(run.extract_id or "")
            if folder.is_dir() and key not in held and not _is_named(into, run.id, folder):
                yield Finding("OPS-010", Place(source=str(folder)), f"run {run.id} {run.state}", Severity.WARNING), run


def _run_of(folder: Path) -> str:
    return run_of_path(f"{folder.name}/")


def _is_named(into: Path, run_id: str, folder: Path) -> bool:
    """Whether a manifest of the run's folder names a file of this one, which a person wrote anew."""
    if folder.name == f"{RUN_PREFIX}{run_id}":
        return False
    try:
        manifests_of = [Manifest.of(p.read_bytes()) for p in manifests(folder_of(into, run_id))]
    except (OSError, ValueError, KeyError, TypeError):
        return True  # told already by `run_files`; nothing is removed on the word of a damaged one
    files = (into / file for m in manifests_of for table in m.tables for file, _, _ in table.files)
    return any(file.is_relative_to(folder) for file in files)


def agreement(into: Path, runs: Sequence[Run], shown: Shown) -> Iterator[Finding]:
    """Yield where a run's rows, as the ledger counts them, are not those that the table shows (OPS-012).

    Only runs whose rows stand now are held to it: the last that published each extract.
    """
    rows: Counter[tuple[Path, str]] = Counter()
    for path, listed in shown.items():
        for file in listed:
            rows[path, file.run_id] += file.rows or 0
    newest: dict[tuple[str, str, str | None], Run] = {}
    for run in sorted(runs, key=lambda r: r.id):
        if run.state is RunState.PUBLISHED:
            newest[run.contract_id, run.object, run.extract_id] = run
    for run in newest.values():
        for output in run.outputs.values():
            if output.get("removed"):  # by retention
                continue
            path = into / output["path"]
            there = rows[path, run.id]
            if (path in shown or not path.exists()) and there != output["rows"]:
                detail = f"{run.id}: {output['rows']:,} rows in the ledger, {there:,} in the table"
                yield Finding("OPS-012", Place(source=str(path)), detail)
