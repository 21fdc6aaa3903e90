"""Taking repairs back, and putting them in force again.

A repair that is taken back does not apply: the published row holds what stands in the source.
Where that cannot be read the value is null; where it is required too, the row is withdrawn
from the published table to review. Checks are not asked again: a person has decided.

What is published is always made anew of the run's own files and of all that is undone, so
undoing and redoing in any order end alike. Everything is staged first; then a manifest goes to
the disk, then each table gets one commit, published rows last. Whoever comes next to this
extract, another undo or any run, finishes what was killed in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from weighbridge.contract import load
from weighbridge.contract.model import Contract, SchemaObject
from weighbridge.findings import ArgumentError, Finding, Place, PublishError, SourceError, Verdict, code
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.again.reopen import changed_since, reopen
from weighbridge.pipeline.again.replayed import replay_files, replayed_records
from weighbridge.pipeline.again.restore import IDENTITY, RESTORED, identity, located, repaired_by, restored
from weighbridge.pipeline.again.undone import (
    KEY,
    VALUES_KEY,
    WITHDRAWN_KEY,
    finish_undo,
    history_of,
    in_force,
    pending,
)
from weighbridge.pipeline.extract import choose_object, choose_server
from weighbridge.pipeline.intake import new_entropy, now
from weighbridge.pipeline.output.history import CONTRACT_COPY, find_run, folder_of, replacement_of, result_of
from weighbridge.pipeline.output.ledgers import open_ledger
from weighbridge.pipeline.publish import Manifest, TableManifest
from weighbridge.pipeline.recover import lock_key, recover, recover_extract
from weighbridge.pipeline.watcher import Nobody, Watcher
from weighbridge.pipeline.weighing.evidence import FINDING_FIELDS, FINDINGS, VERDICT, Evidence
from weighbridge.pipeline.weighing.records import Origin, kept_rows
from weighbridge.review.repaired import of_rule
from weighbridge.sinks import (
    REVIEW_SCHEMA,
    UNDONE,
    UNDONE_SCHEMA,
    Keyring,
    Tables,
    alone,
    atomic_write,
    extract_key,
    lazy_sink,
    scan_table,
    stage_folder,
    staged_files,
    writing,
)
from weighbridge.sinks.staging import UNDO_MARK

_OUTCOMES = ("source value", "no value", "withdrawn", "repaired value")


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo, or a redo, did.

    Attributes:
        action: ``"undo"`` or ``"redo"``.
        values: how many repairs it took back, or put in force again; 0 when all was so already.
        outcomes: how many of them by what the published row holds since.
        withdrawn: how many records of the run are withdrawn to review now, by this and earlier ones.
        dry: whether nothing was written.
    """

    run_id: str
    action: str
    values: int
    outcomes: dict[str, int]
    withdrawn: int
    dry: bool

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Order:
    """What is asked for: which repairs, by whom, why, when."""

    run: RunResult
    contract: Contract
    schema: SchemaObject
    tables: Tables
    action: str
    by: str
    why: str
    at: datetime
    moved: Mapping[str, str]

    @property
    def key(self) -> str:
        return extract_key(self.run.extract_id)


def undo(
    into: Path,
    run: str,
    *,
    by: str,
    why: str,
    property_name: str | None = None,
    rule: str | None = None,
    records: Sequence[tuple[str, int]] = (),
    sources: Mapping[str, str] | None = None,
    redo: bool = False,
    dry_run: bool = False,
    watcher: Watcher | None = None,
) -> Undone:
    """Take repairs of a run back, or put those that were in force again.

    Args:
        into: the output folder.
        run: the run's id, the beginning of it, or ``"latest"``.
        by, why: who decides so, and the reason; both stand in the table `undone`.
        property_name, rule: only repairs of this property, by this rule.
        records: only repairs of these records: source and record number.
        sources: where a source is now, by the name it had in the run.
        redo: put in force again.
        dry_run: say what would become of the values, and write nothing.
        watcher: told how far it has come.

    Raises:
        ArgumentError: nobody or no reason is named, nothing chosen, or the run or a property is not there.
        PublishError: RUN-019, the rows of this run are not what is published; or a table cannot be written.
        SourceError: a source is not there, or is not what the run read.
    """
    watcher = watcher or Nobody()
    if not by.strip() or not why.strip():
        raise ArgumentError(Finding("ARG-001", detail="say who decides (--by) and why (--why)"))
    if property_name is None and rule is None and not records:
        raise ArgumentError(Finding("ARG-001", detail="say which repairs: --property, --rule or --record"))
    said = result_of(into, run)
    contract = load(folder_of(into, said.run_id) / CONTRACT_COPY)
    schema = choose_object(contract, said.contract.object)
    tables = Tables(into, contract.id, schema.name)
    order = _Order(said, contract, schema, tables, "redo" if redo else "undo", by, why, now(), sources or {})
    ledger = open_ledger(into)
    recover(into, ledger, watcher)
    with alone(into, ledger, lock_key(tables, said.extract_id), holder=f"undo of {said.run_id}", on_wait=watcher.stage):
        recover_extract(into, ledger, tables, said.extract_id, watcher)
        finish_undo(into, ledger, tables, said.extract_id, watcher)
        _require_served(into, order)
        history = history_of(tables, order.key)
        chosen = _chosen(order, in_force(history, said.run_id), property_name, rule, records)
        if chosen.is_empty():
            return Undone(said.run_id, order.action, 0, {}, _withdrawn_now(history, said.run_id), dry_run)
        done = _stage(into, order, history, chosen, dry_run, watcher)
        if not dry_run:
            finish_undo(into, ledger, tables, said.extract_id, watcher)
        return done


def _require_served(into: Path, order: _Order) -> None:
    later = replacement_of(into, find_run(into, order.run.run_id))
    if order.run.state != "published" or later is not None:
        why = f"run {later} judged the extract again" if later else f"the run is {order.run.state}"
        raise PublishError(Finding("RUN-019", Place(source=order.run.run_id), why))


def _repairs(order: _Order) -> pl.DataFrame:
    try:
        rows = scan_table(order.tables.path("repairs"), extract_key=order.key)
    except PublishError:
        rows = pl.LazyFrame(schema={**dict.fromkeys(KEY, pl.String()), "record": pl.Int64(), "code": pl.String(),
                                    "run": pl.String(), "before": pl.String(), "after": pl.String()})  # fmt: skip
    own = rows.filter(pl.col("run") == order.run.run_id)
    return own.select(*KEY, "code", "before", "after").unique(KEY, keep="first", maintain_order=True).collect()


def _chosen(
    order: _Order,
    undone: pl.DataFrame,
    property_name: str | None,
    rule: str | None,
    records: Sequence[tuple[str, int]],
) -> pl.DataFrame:
    """Return the repairs that change their state; none of records that a replay published."""
    names = [p.name for p in order.schema.properties]
    if property_name is not None and property_name not in names:
        raise ArgumentError(Finding("ARG-001", detail=f"no property {property_name!r}; there are {', '.join(names)}"))
    chosen = _repairs(order)
    if property_name is not None:
        chosen = chosen.filter(pl.col("property") == property_name)
    if rule is not None:
        chosen = chosen.filter(of_rule(rule))
    if records:
        wanted = pl.DataFrame(list(records), schema={"source": pl.String, "record": pl.Int64}, orient="row")
        chosen = chosen.join(wanted.unique(), on=["source", "record"], how="semi")
    by_hand = replayed_records(order.tables.into, order.run.run_id)
    chosen = chosen.join(by_hand, on=["source", "record"], how="anti", maintain_order="left")
    chosen = chosen.join(undone, on=KEY, how="semi" if order.action == "redo" else "anti", maintain_order="left")
    for check, name, source, record in chosen.select("rule", "property", "source", "record").unique("rule").iter_rows():
        prop = next(p for p in order.schema.properties if p.name == name)
        if not repaired_by(order.schema, prop, check):
            why = f"{check} is no repair by a rule of {name}'s own, or by an epoch that {name} does not tell"
            raise PublishError(Finding("RUN-019", Place(source=source, record=record), why))
    return chosen


def _stage(
    into: Path, order: _Order, history: pl.DataFrame, chosen: pl.DataFrame, dry: bool, watcher: Watcher
) -> Undone:
    said, schema = order.run, order.schema
    names = [s.name for s in said.receipt.sources]
    before = in_force(history, said.run_id).select(KEY)
    if order.action == "undo":
        undone = pl.concat([before, chosen.select(KEY)])
    else:
        undone = before.join(chosen, on=KEY, how="anti")
    server = choose_server(order.contract, said.server)
    raw = reopen(said, schema, server, order.moved, watcher)
    watcher.stage("reading the sources again", raw.content_bytes)
    if changed := changed_since(said, raw):
        raise SourceError(changed)
    standing = _repairs(order).select(KEY).join(undone, on=KEY, how="anti")
    values = {} if undone.is_empty() else restored(raw, schema, server, names, undone, standing)
    withdrawn = _withdrawn(schema, values)
    rows = _told(order, chosen, values, withdrawn)
    outcomes = {str(k): int(n) for k, n in rows.group_by("outcome").len().sort("outcome").iter_rows()}
    done = Undone(said.run_id, order.action, chosen.height, outcomes, withdrawn.height, dry)
    if dry:
        return done
    mark = f"{said.run_id}{UNDO_MARK}{new_entropy().hex()}"
    own = Manifest.read(folder_of(into, said.run_id))
    assert own is not None  # a published run has written its manifest
    old = {t.name: [into / path for path, _, _ in t.files] for t in own.tables if t.extract_key == order.key}
    by_hand = replayed_records(into, said.run_id)
    review = [
        pl.scan_parquet(f, hive_partitioning=False, glob=False).join(
            by_hand.lazy(), on=["source", "record"], how="anti", maintain_order="left"
        )
        for f in old.get("review", [])
    ]
    waiting = withdrawn.join(by_hand, on=["source", "record"], how="anti")
    if not waiting.is_empty():
        review.append(_for_review(order, raw_rows=located(raw, names, waiting), columns=raw.columns, undone=undone,
                                  names=names).lazy())  # fmt: skip
    plans = {
        "review": pl.concat(review) if review else None,
        UNDONE: pl.concat([history, rows]).lazy(),
        "published": _published(old.get("published", []), values, withdrawn, replay_files(into, said.run_id)),
    }
    parts = []
    for name, plan in plans.items():
        watcher.stage(f"staging {name}")
        folder = stage_folder(order.tables.path(name), order.key, mark)
        if plan is not None:
            with writing(folder):
                pl.collect_all([lazy_sink(plan, folder, {"weighbridge.run": said.run_id})], engine="streaming")
        files = tuple((f.path.relative_to(into).as_posix(), f.rows, f.bytes) for f in staged_files(folder))
        parts.append(TableManifest(name, order.key, files))
    told = {VALUES_KEY: str(undone.height), WITHDRAWN_KEY: str(withdrawn.height), "weighbridge.by": order.by}
    key = f"{own.publication_key}/{mark}"
    manifest = Manifest(said.run_id, own.contract_id, own.object_name, key, own.metadata | told, tuple(parts))
    watcher.stage("writing the manifest")
    path = pending(into, order.tables, said.extract_id)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(path, manifest.to_bytes())
    return done


def _withdrawn(schema: SchemaObject, values: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return source and record of the rows that lack a required value now."""
    required = {p.name for p in schema.properties if p.required or p.primary_key_position is not None}
    gone = [
        told.filter(pl.col(RESTORED).is_null()).select(
            pl.col(IDENTITY[0]).alias("source"), pl.col(IDENTITY[1]).alias("record")
        )
        for name, told in values.items()
        if name in required
    ]
    return pl.concat(gone).unique() if gone else pl.DataFrame(schema={"source": pl.String, "record": pl.Int64})


def _published(
    files: Sequence[Path], values: Mapping[str, pl.DataFrame], withdrawn: pl.DataFrame, by_replay: Sequence[Path]
) -> pl.LazyFrame | None:
    """Return the run's own rows with these values, and without those withdrawn; what replays published stays."""
    if missing := [f for f in (*files, *by_replay) if not f.is_file()]:
        raise PublishError([Finding("OUT-007", Place(source=str(f)), "the table was vacuumed") for f in missing])
    if not files:
        return None
    rows = pl.scan_parquet(list(files), hive_partitioning=False, glob=False)
    schema = rows.collect_schema()
    for name, told in values.items():
        new = told.with_columns(pl.col(RESTORED).cast(schema[name]), pl.lit(True).alias("__undone")).lazy()
        rows = (
            rows.join(new, on=IDENTITY, how="left", maintain_order="left")
            .with_columns(pl.when(pl.col("__undone")).then(RESTORED).otherwise(name).alias(name))
            .drop(RESTORED, "__undone")
        )
    if not withdrawn.is_empty():
        gone = withdrawn.rename({"source": IDENTITY[0], "record": IDENTITY[1]}).lazy()
        rows = rows.join(gone, on=IDENTITY, how="anti", maintain_order="left")
    rows = rows.select(schema.names())
    if not by_replay:
        return rows
    added = [pl.scan_parquet(f, hive_partitioning=False, glob=False) for f in by_replay]
    return pl.concat([rows, *added], how="diagonal")


def _told(
    order: _Order, chosen: pl.DataFrame, values: Mapping[str, pl.DataFrame], withdrawn: pl.DataFrame
) -> pl.DataFrame:
    """Return the rows of the table `undone` for these repairs."""
    source, missing, gone, again = map(pl.lit, _OUTCOMES)
    nulls = [
        told.filter(pl.col(RESTORED).is_null()).select(
            pl.col(IDENTITY[0]).alias("source"), pl.col(IDENTITY[1]).alias("record"), pl.lit(name).alias("property")
        )
        for name, told in values.items()
    ]
    empty = (
        pl.concat(nulls)
        if nulls
        else pl.DataFrame(schema={"source": pl.String, "record": pl.Int64, "property": pl.String})
    )
    marked = chosen.join(
        withdrawn.with_columns(pl.lit(True).alias("gone")), on=["source", "record"], how="left", maintain_order="left"
    ).join(
        empty.with_columns(pl.lit(True).alias("null")),
        on=["source", "record", "property"],
        how="left",
        maintain_order="left",
    )
    outcome = pl.when(pl.col("gone")).then(gone).when(pl.col("null")).then(missing).otherwise(source)
    return marked.with_columns(
        pl.lit(order.run.run_id).alias("run"),
        pl.lit(order.action).alias("action"),
        (again if order.action == "redo" else outcome).alias("outcome"),
        pl.lit(order.by).alias("by"),
        pl.lit(order.why).alias("why"),
        pl.lit(order.at, dtype=pl.Datetime("us", "UTC")).alias("at"),
    ).select(pl.col(name).cast(dtype) for name, dtype in UNDONE_SCHEMA.items())


def _withdrawn_now(history: pl.DataFrame, run_id: str) -> int:
    return in_force(history, run_id).filter(pl.col("outcome") == "withdrawn").select("source", "record").n_unique()


def _for_review(
    order: _Order, *, raw_rows: pl.DataFrame, columns: Sequence[str], undone: pl.DataFrame, names: Sequence[str]
) -> pl.DataFrame:
    """Return rows of the review table for withdrawn records: what came, what was made of it, and who took that back."""
    told = _repairs(order).join(undone, on=KEY, how="semi")
    fields: dict[str, pl.Expr] = {
        "code": pl.lit("RUN-017"),
        "check": pl.col("rule"),
        "property": pl.col("property"),
        "severity": pl.lit("error"),
        "effect": pl.lit("review"),
        "seen": pl.col("before"),
        "expected": pl.lit(f"a value without the repair, which {order.by} took back: {order.why}"),
        "fix": pl.lit(code("RUN-017").fix),
        "readings": pl.concat_list(pl.col("after")),
        "after": pl.col("after"),
    }
    struct = pl.struct(fields[name].cast(dtype).alias(name) for name, dtype in FINDING_FIELDS.items())
    of_record = (
        told.with_columns(struct.alias(FINDINGS))
        .group_by("source", "record", maintain_order=True)
        .agg(FINDINGS)
        .rename({"source": IDENTITY[0], "record": IDENTITY[1]})
    )
    evidence = Evidence(order.schema, tuple(columns), (), dict(raw_rows.schema))
    gathered = (
        evidence.gather(raw_rows)
        .drop(FINDINGS)
        .with_columns(*identity(names), pl.lit(Verdict.UNCERTAIN.value).alias(VERDICT))
        .join(of_record, on=IDENTITY, how="left", maintain_order="left")
    )
    origin = Origin(order.run.run_id, order.contract, names, order.run.started)
    rows = kept_rows(gathered, evidence, origin, Keyring.from_settings())
    return rows.select(pl.col(name).cast(dtype) for name, dtype in REVIEW_SCHEMA.items())
