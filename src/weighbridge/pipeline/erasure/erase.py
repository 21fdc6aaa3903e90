"""Erasing: found in every file, cleaned out of every word, staged without, exchanged, noted, removed.

    search ─▶ clean results, reports, ledger ─▶ stage files without the records ─▶ note what is pending ─▶ exchange
           ─▶ manifests, queue, ledger ─▶ remove the old files

What says where the subject stands, the tables' rows, goes last: whoever was killed before it was noted what is
pending finds all of it again; afterwards the rest needs no value any more. What stays is where a record stood, how
long it was and in which table, so that receipts are proved as before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from weighbridge.contract.model import LogicalType, Property
from weighbridge.findings import ArgumentError, Finding, Place, Severity
from weighbridge.ledger import Ledger, Run, new_run_id
from weighbridge.ledger.erasures import Erasure, clean_runs, enter_erasure, forget_for_good
from weighbridge.pipeline.again.undone import finish_undo, standing_manifest
from weighbridge.pipeline.erasure.clean import Cleaner, clean_folder, tells
from weighbridge.pipeline.erasure.pending import Part, Pending, Taken, apply, finish_erasures, manifests
from weighbridge.pipeline.erasure.search import ALL_TABLES, Found, Identity, search
from weighbridge.pipeline.erasure.subject import Subject
from weighbridge.pipeline.intake import new_entropy, now
from weighbridge.pipeline.output.history import CONTRACT_COPY, folder_of
from weighbridge.pipeline.output.ledgers import ledger_of
from weighbridge.pipeline.output.pinned import PROFILE, baseline_folder, baselines, unpin
from weighbridge.pipeline.publish import Manifest
from weighbridge.pipeline.recover import recover
from weighbridge.pipeline.site import has_site, publish_site
from weighbridge.pipeline.watcher import Nobody, Watcher
from weighbridge.sinks import (
    PARTITION,
    Exchanged,
    Keyring,
    Tables,
    alone,
    held_key,
    lazy_sink,
    orphans,
    stage_folder,
    staged_files,
    writing,
)
from weighbridge.sinks.shown import files_shown, run_of_path
from weighbridge.sinks.staging import ERASE_MARK

_ALL_RUNS = 1 << 31


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased, or would be.

    Attributes:
        records: by table, of all extracts.
        extracts: by how many extracts.
        texts: results, reports and rows of the ledger that spoke of the subject.
        subject: HMAC of the subject, as the ledger has it; None without a key.
        sources: the sources that the records came from; they are not Weighbridge's to change.
        findings: what could not be asked.
        dry: whether nothing was written.
    """

    records: dict[str, int]
    extracts: int
    texts: int
    subject: str | None
    sources: tuple[str, ...]
    findings: tuple[Finding, ...]
    dry: bool

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "dry_run": self.dry,
            "records": self.records,
            "extracts": self.extracts,
            "texts": self.texts,
            "subject_hmac": self.subject,
            "sources": list(self.sources),
            "findings": [f.to_dict() for f in self.findings],
        }


@dataclass(frozen=True, slots=True)
class _Order:
    into: Path
    contract_id: str
    subject: Subject
    named: frozenset[tuple[str, int]]
    keys: Keyring
    by: str
    why: str
    at: datetime


def erase(
    into: Path,
    contract_id: str,
    subject: Subject,
    *,
    by: str,
    why: str,
    records: Sequence[tuple[str, int]] = (),
    dry_run: bool = False,
    watcher: Watcher | None = None,
) -> Erased:
    """Take a subject's records out of everything that runs of a contract left in an output folder.

    Args:
        into: the output folder.
        contract_id: whose tables are searched.
        subject: who is meant.
        by, why: who has it done, and the reason; both stand in the ledger.
        records: records that are the subject's whatever is known of them: source and record number.
        dry_run: say what would be erased, and write nothing.
        watcher: told how far it has come.

    Raises:
        ArgumentError: nobody or no reason is named; no run of the contract knows the property.
        LedgerError: nothing was ever run into this folder.
        PublishError: a table cannot be written; calling again goes on.
    """
    watcher = watcher or Nobody()
    if not by.strip() or not why.strip():
        raise ArgumentError(Finding("ARG-001", detail="say who has it done (--by) and why (--why)"))
    order = _Order(into, contract_id, subject, frozenset(records), Keyring.from_settings(), by, why, now())
    with ledger_of(into) as ledger:
        runs = ledger.runs(contract_id, _ALL_RUNS)
        _require_known(into, contract_id, runs, subject)
        if not dry_run:
            recover(into, ledger, watcher)
            finish_erasures(into, ledger, watcher)
        done = _erase(order, ledger, runs, dry_run, watcher)
    if not dry_run and has_site(into):
        publish_site(into, watcher=watcher, anew=frozenset({contract_id}))
    return done


def _require_known(into: Path, contract_id: str, runs: Sequence[Run], subject: Subject) -> None:
    if not runs:
        raise ArgumentError(Finding("ARG-001", Place(source=str(into)), f"no run of a contract {contract_id!r}"))
    from weighbridge.contract import load
    from weighbridge.findings import WeighbridgeError

    names: set[str] = set()
    for fingerprint, run in {r.contract_fingerprint: r for r in runs}.items():
        try:
            loaded = load(folder_of(into, run.id) / CONTRACT_COPY)
        except WeighbridgeError:  # a run that never came so far, or whose folder was taken away
            continue
        assert fingerprint
        names |= {name for o in loaded.objects for p in o.properties for name in _names(p, p.name)}
    if names and (unknown := sorted(subject.values.keys() - names)):
        detail = f"no property {', '.join(unknown)}; there are {', '.join(sorted(names))}"
        raise ArgumentError(Finding("ARG-001", detail=detail))


def _names(prop: Property, name: str) -> Iterator[str]:
    """Yield what a property, or a value inside of it, is called."""
    yield name
    for child in prop.children:
        yield from _names(child, name if prop.logical_type is LogicalType.ARRAY else f"{name}.{child.name}")


def _erase(order: _Order, ledger: Ledger, runs: Sequence[Run], dry: bool, watcher: Watcher) -> Erased:
    watcher.stage("searching")
    counts: Counter[str] = Counter()
    findings: list[Finding] = []
    sources: set[str] = set()
    extracts = 0
    wholes: list[Found] = []
    for name in sorted({run.object for run in runs}):
        tables = Tables(order.into, order.contract_id, name)
        found = search(order.into, tables, order.subject, order.keys, named=order.named)
        wholes.append(found)
        sources |= {source for _, source, _ in found.identities}
        findings += [
            Finding("RUN-041", Place(source=run_id), f"{count:,} kept records of {name}", Severity.WARNING)
            for run_id, count in sorted(found.unasked.items())
        ]
        counts += _counted(found)
        extracts += len(_keys(found))
    texts = _clean_words(order, ledger, runs, wholes, dry)
    if not dry:
        for name in sorted({run.object for run in runs}):
            tables = Tables(order.into, order.contract_id, name)
            for key in sorted({k for found in wholes for k in _keys(found, tables)}):
                _erase_extract(order, ledger, tables, key, watcher)
        if texts and not counts:
            _enter_words_alone(order, ledger, texts)
        watcher.stage("tidying the ledger")
        forget_for_good(ledger)
    told = order.subject.keyed(order.keys, order.contract_id)
    if told is None and counts:
        findings.append(Finding("RUN-043", severity=Severity.INFO))
    return Erased(dict(sorted(counts.items())), extracts, texts, told, tuple(sorted(sources)), tuple(findings), dry)


def _counted(found: Found) -> Counter[str]:
    """Return records by table, each once."""
    by_table: dict[str, set[Identity]] = {}
    for path, rows in found.files.items():
        by_table.setdefault(path.parents[4].name, set()).update(rows)
    return Counter({name: len(rows) for name, rows in by_table.items()})


def _keys(found: Found, tables: Tables | None = None) -> frozenset[str]:
    """Return the extracts that something was found of, by the key of their partition."""
    meant = [p for p in found.files if tables is None or any(p.is_relative_to(tables.path(n)) for n in ALL_TABLES)]
    return frozenset(p.parents[1].name.partition("=")[2].removesuffix(".held") for p in meant)


def _clean_words(order: _Order, ledger: Ledger, runs: Sequence[Run], wholes: Sequence[Found], dry: bool) -> int:
    """Clean results, reports and the ledger; return how many spoke of the subject."""
    values: dict[str, Counter[str]] = {}
    records: dict[str, set[tuple[str, int]]] = {}
    kept: dict[str, set[tuple[str, int]]] = {}
    for found in wholes:
        for name, texts in found.values.items():
            values.setdefault(name, Counter()).update(texts)
        for run_id, source, record in found.identities:
            records.setdefault(run_id, set()).add((source, record))
        for path, rows in found.files.items():
            if path.parents[4].name in ("quarantine", "review"):
                for run_id, source, record in rows:
                    kept.setdefault(run_id, set()).add((source, record))

    def cleaner(run_id: str) -> Cleaner:
        mine = frozenset(records.get(run_id, ()))
        of = values if mine else {}
        return Cleaner(order.subject, mine | order.named, of, len(kept.get(run_id, ())), bool(records or order.named))

    changed = sum(clean_folder(folder_of(order.into, run.id), cleaner(run.id), dry=dry) for run in runs)
    for pinned in baselines(order.into):
        folder = baseline_folder(order.into, pinned.contract_id, pinned.object)
        if pinned.contract_id == order.contract_id and tells(folder / PROFILE, cleaner(pinned.run)):
            changed += 1
            if not dry:
                unpin(order.into, pinned.contract_id, pinned.object)
    return changed if dry else changed + clean_runs(ledger, order.contract_id, cleaner)


def _enter_words_alone(order: _Order, ledger: Ledger, texts: int) -> None:
    told = order.subject.keyed(order.keys, order.contract_id)
    names = tuple(sorted(order.subject.values))
    erasure_id = new_run_id(now(), new_entropy())
    enter_erasure(ledger, Erasure(erasure_id, order.contract_id, None, None, names, told, order.by, order.why,
                                  order.at, {"texts": texts}))  # fmt: skip


def _erase_extract(order: _Order, ledger: Ledger, tables: Tables, key: str, watcher: Watcher) -> None:
    into = order.into
    erasure_id = new_run_id(now(), new_entropy())
    with alone(into, ledger, tables.lock_of(key), holder=f"erasure {erasure_id}", on_wait=watcher.stage):
        finish_undo(into, ledger, tables, key, watcher)
        _sweep(into, tables, key)
        found = search(into, tables, order.subject, order.keys, named=order.named, keys_of=(key, held_key(key)))
        if not found.files:
            return
        watcher.stage("staging what stays")
        parts, taken = _stage(into, tables, found, erasure_id.rpartition("-")[2])
        told = order.subject.keyed(order.keys, order.contract_id)
        names = tuple(sorted(order.subject.values))
        pending = Pending(erasure_id, order.contract_id, tables.object_name, key, names, told, order.by, order.why,
                          order.at, parts, taken)  # fmt: skip
        watcher.stage("writing what is pending")
        pending.write(into)
        apply(into, ledger, pending, watcher)


def _named_files(into: Path, run_id: str) -> frozenset[str]:
    found = (Manifest.of(p.read_bytes()) for p in manifests(folder_of(into, run_id)))
    return frozenset(file for manifest in found for table in manifest.tables for file, _, _ in table.files)


def _stage(into: Path, tables: Tables, found: Found, mark: str) -> tuple[tuple[Part, ...], tuple[Taken, ...]]:
    """Write every file that holds records of the subject anew without them, unless nobody asks for it any more."""
    parts: dict[tuple[str, str], list[Exchanged]] = {}
    taken: list[Taken] = []
    standing: dict[str, frozenset[str]] = {}
    for number, (path, rows) in enumerate(sorted(found.files.items())):
        name, key = path.parents[4].name, path.parents[1].name.partition("=")[2]
        old = path.relative_to(into).as_posix()
        run_id = run_of_path(path.relative_to(tables.path(name)).as_posix())
        if run_id not in standing:
            manifest = standing_manifest(folder_of(into, run_id))
            told = () if manifest is None else (f for t in manifest.tables for f, _, _ in t.files)
            standing[run_id] = frozenset(told)
        kept = old in _named_files(into, run_id) or path.resolve() in files_shown(tables.path(name))
        folder = stage_folder(tables.path(name), key, f"{run_id}{ERASE_MARK}{mark}{number}")
        new = _without(path, rows, folder) if kept else None
        parts.setdefault((name, key), []).append(Exchanged(old, *(new or (None, 0, 0))))
        taken += [Taken(name, run, s, r, length, old in standing[run_id]) for (run, s, r), length in rows.items()]
    return tuple(Part(name, key, tuple(files)) for (name, key), files in parts.items()), tuple(taken)


def _without(path: Path, rows: dict[Identity, int | None], folder: Path) -> tuple[str, int, int] | None:
    frame = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    published = "_wb_run" in frame.collect_schema()
    columns = ["_wb_run", "_wb_source", "_wb_record"] if published else ["run", "source", "record"]
    kinds = pl.Schema(dict(zip(columns, (pl.String(), pl.String(), pl.Int64()), strict=True)))
    gone = pl.DataFrame(sorted(rows), schema=kinds, orient="row").lazy()
    told = {k: v for k, v in pl.read_parquet_metadata(path).items() if k.startswith("weighbridge.")}
    stays = frame.join(gone, on=columns, how="anti", maintain_order="left")
    with writing(folder):
        pl.collect_all([lazy_sink(stays, folder, told)], engine="streaming")
    staged = staged_files(folder)
    if not staged:
        if folder.is_dir():
            folder.rmdir()
        return None
    assert len(staged) == 1  # no more rows than the file that it comes from
    into = path.parents[5]
    return staged[0].path.relative_to(into).as_posix(), staged[0].rows, staged[0].bytes


def _sweep(into: Path, tables: Tables, key: str) -> None:
    """Remove what an erasure staged that was killed before it noted what was pending."""
    import shutil

    for name in ALL_TABLES:
        path = tables.path(name)
        for partition in (key, held_key(key)):
            folders = list(path.glob(f"{PARTITION}={partition}/*{ERASE_MARK}*"))
            for folder in orphans(path, folders):
                run_id = run_of_path(folder.relative_to(path).as_posix())
                inside = {f.relative_to(into).as_posix() for f in folder.glob("*")}
                if not inside & _named_files(into, run_id):
                    with writing(folder):
                        shutil.rmtree(folder)
