"""What the tables show, held against their files and against the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from weighbridge.findings import Finding, Place, PublishError, Severity
from weighbridge.ledger import Run, RunState
from weighbridge.sinks import TABLE_NAMES, ShownFile, described_files, orphans, run_folders

MANY_FILES = 1_000
SMALL_BYTES = 1 << 20
_MOST_NAMED = 3

Shown = dict[Path, list[ShownFile]]


def table_folders(into: Path) -> list[Path]:
    """Return the folders of all tables of an output folder, by name."""
    return [p for name in TABLE_NAMES for p in sorted((into / name).glob("*/*")) if p.is_dir()]


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


def left_staged(waiting: Mapping[Path, Sequence[Path]], ended: Mapping[str, Run]) -> Iterator[tuple[Finding, Run]]:
    """Yield what runs that have ended staged and no version of a table shows (OPS-010), with the run.

    Runs that the ledger does not know, or that have not ended, are left alone.
    """
    for table, folders in waiting.items():
        of_ended = [f for f in folders if f.name.removeprefix("run-") in ended]
        try:
            unshown = orphans(table, of_ended)
        except PublishError:
            continue  # told already by `described`
        for folder in unshown:
            if folder.is_dir():
                run = ended[folder.name.removeprefix("run-")]
                yield Finding("OPS-010", Place(source=str(folder)), f"run {run.id} {run.state}", Severity.WARNING), run


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
