"""Where the subject's records stand: every file of every table is asked, shown or not.

Published rows are asked by their columns. Kept records are read again from their values, or from their
bytes, opened where they are sealed. Repairs and what was undone are known by the records they belong to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from weighbridge.contract import load
from weighbridge.contract.model import Contract, SchemaObject
from weighbridge.findings import Finding, PublishError, WeighbridgeError
from weighbridge.pipeline.erasure.subject import Subject
from weighbridge.pipeline.extract import choose_server
from weighbridge.pipeline.output.history import CONTRACT_COPY, folder_of
from weighbridge.readers.lineage import RECORD, SOURCE, raw_name
from weighbridge.review.again import texts_of
from weighbridge.review.noted import Noted
from weighbridge.sinks import PARTITION, SETTLED, TABLE_NAMES, UNDONE, Keyring, Tables

RECORD_TABLES = ("quarantine", "review", "warnings", SETTLED)
VALUE_TABLES = ("repairs", UNDONE)
ALL_TABLES = (*TABLE_NAMES, SETTLED, UNDONE)
_LINEAGE = {"run": "_wb_run", "source": "_wb_source", "record": "_wb_record", "length": "_wb_length"}
_BATCH_ROWS = 5_000

Identity = tuple[str, str, int]
"""Run, source and record number."""


@dataclass(slots=True)
class Found:
    """What was found of a subject in one object's tables, or in one partition of them.

    Attributes:
        files: rows of the subject's by file, with the length in bytes of each record.
        values: every text of the subject's records, by property, with how often it stood there.
        unasked: kept records that could not be asked, by run: sealed or withheld, and no key.
    """

    files: dict[Path, dict[Identity, int | None]] = field(default_factory=dict)
    values: dict[str, Counter[str]] = field(default_factory=dict)
    unasked: Counter[str] = field(default_factory=Counter)

    @property
    def identities(self) -> frozenset[Identity]:
        """Every record of the subject's."""
        return frozenset(identity for rows in self.files.values() for identity in rows)

    def note(self, path: Path, identity: Identity, length: int | None) -> None:
        """Note a row of the subject's."""
        self.files.setdefault(path, {})[identity] = length

    def note_values(self, texts: Mapping[str, str | None]) -> None:
        """Note what a record of the subject's says."""
        for name, text in texts.items():
            if text is not None and text.strip():
                self.values.setdefault(name, Counter())[text.strip()] += 1


def partitions(tables: Tables) -> frozenset[str]:
    """Return the partitions that any table of an object has a folder of."""
    return frozenset(
        folder.name.partition("=")[2] for name in ALL_TABLES for folder in tables.path(name).glob(f"{PARTITION}=*")
    )


def search(
    into: Path, tables: Tables, subject: Subject, keys: Keyring, *, named: frozenset[tuple[str, int]] = frozenset(),
    keys_of: Iterable[str] | None = None,
) -> Found:  # fmt: skip
    """Return where a subject's records stand.

    Args:
        into: the output folder.
        tables: of the object.
        subject: who is meant.
        keys: open what is sealed.
        named: records that are the subject's whatever they say: source and record number.
        keys_of: only these partitions; None gives all.
    """
    found = Found()
    chosen = sorted(partitions(tables) if keys_of is None else set(keys_of))
    for path in _files(tables, ("published",), chosen):
        _published(path, subject, named, found)
    for path in _files(tables, RECORD_TABLES, chosen):
        _kept(into, tables, path, subject, keys, named, found)
    whole = found.identities
    for path in _files(tables, (*RECORD_TABLES, *VALUE_TABLES), chosen):
        _by_identity(path, whole, found)
    return found


def _files(tables: Tables, names: Iterable[str], keys: Iterable[str]) -> Iterator[Path]:
    for name in names:
        for key in keys:
            yield from sorted(tables.path(name).glob(f"{PARTITION}={key}/*/*.parquet"))


def _published(path: Path, subject: Subject, named: frozenset[tuple[str, int]], found: Found) -> None:
    rows = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    schema = rows.collect_schema()
    meant = subject.filter(schema)
    by_name = pl.struct(_LINEAGE["source"], _LINEAGE["record"]).is_in(_structs(named)) if named else None
    asked = [e for e in (meant, by_name) if e is not None]
    if not asked:
        return
    for row in rows.filter(pl.any_horizontal(asked)).collect(engine="streaming").iter_rows(named=True):
        identity = (row[_LINEAGE["run"]], row[_LINEAGE["source"]], row[_LINEAGE["record"]])
        found.note(path, identity, row[_LINEAGE["length"]])
        found.note_values({n: None if v is None else str(v) for n, v in row.items() if n not in _LINEAGE.values()})


def _structs(named: Iterable[tuple[str, int]]) -> pl.Series:
    rows = [{_LINEAGE["source"]: source, _LINEAGE["record"]: record} for source, record in sorted(named)]
    kind = pl.Struct({_LINEAGE["source"]: pl.String, _LINEAGE["record"]: pl.Int64})
    return pl.Series([rows], dtype=pl.List(kind))


def _kept(
    into: Path, tables: Tables, path: Path, subject: Subject, keys: Keyring, named: frozenset[tuple[str, int]],
    found: Found,
) -> None:  # fmt: skip
    rows = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    for batch in rows.collect_batches(chunk_size=_BATCH_ROWS, maintain_order=True):
        for part in batch.partition_by("run"):
            _kept_of_run(into, tables, path, part, subject, keys, named, found)


def _kept_of_run(
    into: Path, tables: Tables, path: Path, kept: pl.DataFrame, subject: Subject, keys: Keyring,
    named: frozenset[tuple[str, int]], found: Found,
) -> None:  # fmt: skip
    run_id = str(kept["run"][0])
    length = dict(zip(kept.select("source", "record").iter_rows(), kept["length"], strict=True))
    for place in named & length.keys():
        found.note(path, (run_id, *place), length[place])
    told = _contract(into, run_id, tables.object_name)
    if told is None:
        found.unasked[run_id] += kept.height
        return
    contract, schema = told
    noted = Noted.read(folder_of(into, run_id))
    server = choose_server(contract, noted.server if noted is not None else None)
    texts = texts_of(kept, run_id, schema, server, noted, keys)
    names = [(name, raw_name(name)) for name in texts.columns]
    silent = dict(texts.unread)
    for row in texts.frame.iter_rows(named=True):
        said = {name: row[column] for name, column in names}
        place = (texts.names[row[SOURCE]], row[RECORD])
        if subject.is_named_by(said) or place in named:
            found.note(path, (run_id, *place), length[place])
            found.note_values(said)
        elif all(text is None for text in said.values()):
            silent[place] = Finding("REV-007")  # it could not be taken apart: only its bytes say anything
    for place, raw, form in zip(length, kept["raw"], kept["raw_form"], strict=True):
        if place not in silent or place in named:
            continue
        content = _opened(raw, form, run_id, place, keys)
        if content is None:
            found.unasked[run_id] += 1
        elif subject.stands_in(content):
            found.note(path, (run_id, *place), length[place])


def _opened(raw: bytes | None, form: str, run_id: str, place: tuple[str, int], keys: Keyring) -> bytes | None:
    """Return a record's bytes, and its values where they are sealed with them.

    None where they are not there, or there is no key for them.
    """
    if raw is None or not form.startswith("sealed"):
        return raw
    try:
        opened = keys.open(raw, run_id, *place)
        return opened.content if opened.values is None else b"\n".join((opened.content, opened.values))
    except PublishError:
        return None


def _contract(into: Path, run_id: str, object_name: str) -> tuple[Contract, SchemaObject] | None:
    try:
        contract = load(folder_of(into, run_id) / CONTRACT_COPY)
    except WeighbridgeError:
        return None
    schema = next((o for o in contract.objects if o.name == object_name), None)
    return None if schema is None else (contract, schema)


def _by_identity(path: Path, whole: frozenset[Identity], found: Found) -> None:
    rows = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    columns = [name for name in ("run", "source", "record", "length") if name in rows.collect_schema()]
    wanted = pl.DataFrame(
        sorted(whole), schema={"run": pl.String, "source": pl.String, "record": pl.Int64}, orient="row"
    )
    mine = rows.select(columns).join(wanted.lazy(), on=["run", "source", "record"], how="semi").collect()
    for row in mine.iter_rows(named=True):
        found.note(path, (row["run"], row["source"], row["record"]), row.get("length"))
