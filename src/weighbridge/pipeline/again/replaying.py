"""One run's kept records on their way through the plan again: from their texts to one commit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from weighbridge import __version__
from weighbridge.contract.model import Contract
from weighbridge.decode import Decoded
from weighbridge.decode.given import Changes
from weighbridge.findings import Finding, Place, ReceiptError
from weighbridge.ledger import Ledger, Run, new_run_id
from weighbridge.pipeline.again.asking import asked
from weighbridge.pipeline.again.gathering import IDENTITY, Gathered, gather, places
from weighbridge.pipeline.again.handover import Handover
from weighbridge.pipeline.again.meanwhile import ASIDE, Places, leave_out, moved
from weighbridge.pipeline.again.replay_result import RunReplay
from weighbridge.pipeline.again.replayed import REPLAY_FILE, replay_folder
from weighbridge.pipeline.again.still_out import KeptOut, still_out
from weighbridge.pipeline.again.undone import finish_undo, pending
from weighbridge.pipeline.intake import new_entropy
from weighbridge.pipeline.output.history import CONTRACT_COPY, contract_text
from weighbridge.pipeline.publish import Manifest
from weighbridge.pipeline.watcher import Watcher
from weighbridge.pipeline.weighing.evidence import Evidence
from weighbridge.pipeline.weighing.plan import build, suspect_columns
from weighbridge.pipeline.weighing.records import Origin, write_records
from weighbridge.pipeline.weighing.results import Failures
from weighbridge.pipeline.weighing.suspects import Suspects
from weighbridge.pipeline.weighing.weigh import weigh
from weighbridge.probe import RowProbe
from weighbridge.profile import Running
from weighbridge.readers.lineage import RECORD, SOURCE
from weighbridge.readers.scratch import scratch_folder
from weighbridge.review.again import Terms, unusable
from weighbridge.review.choice import opened_changes
from weighbridge.review.settling import Standing, count_of, reopen_items, set_aside, standing
from weighbridge.review.states import State
from weighbridge.sinks import (
    Keyring,
    Tables,
    atomic_write,
    check_fits,
    extract_key,
    file_metadata,
    lazy_sink,
    published_columns,
    stage_folder,
)
from weighbridge.sinks.staging import REPLAY_MARK


@dataclass(frozen=True, slots=True)
class _Judged:
    """Candidates after the plan, staged.

    Attributes:
        records_out: by `IDENTITY`, those that pass.
        verdicts: how many have each.
        kept_out: those that do not pass.
        folders: where each table's rows are.
    """

    records_out: pl.DataFrame
    verdicts: Mapping[str, int]
    kept_out: KeptOut
    folders: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class Replay:
    """One run's records on their way through the plan again."""

    into: Path
    ledger: Ledger
    run: Run
    tables: Tables
    newer: Contract | None
    everything: bool
    by: str
    dry: bool
    at: datetime
    watcher: Watcher

    def go(self) -> RunReplay | None:
        """Judge them; publish what passes. None where there is nothing to judge."""
        decided = standing(self.ledger, self.run.id, (State.DECIDED,))
        if not self._whole and not decided:
            return None
        terms = Terms.of(self.into, self.run, self.at, self.newer)
        keys = Keyring.from_settings()
        self.watcher.stage(f"reading what {self.run.id} kept")
        with scratch_folder("replay_") as scratch:
            closed = set_aside(self.ledger, self.run.id, ASIDE)
            gathered = gather(terms, closed, decided, keys, Path(scratch))
            if gathered is None or not (gathered.kept or gathered.out or gathered.others):
                return None
            return self._again(terms, gathered, decided, keys, Path(scratch))

    def _again(
        self,
        terms: Terms,
        gathered: Gathered,
        decided: Mapping[tuple[str, int], Standing],
        keys: Keyring,
        scratch: Path,
    ) -> RunReplay:
        """Judge what was gathered; publish what passes, and tell the queue of the rest."""
        changes = self._changes(decided, gathered, keys)
        decoded, lowered = terms.decoded(gathered.texts, gathered.columns, changes)
        if cannot := unusable(lowered):
            return self._skipped(gathered.kept if self._whole else len(decided), cannot)
        entropy = new_entropy()
        replay_id = f"{new_run_id(self.at, entropy)}-replay"
        mark = f"{self.run.id}{REPLAY_MARK}{entropy.hex()}"
        wanted = None if self._whole else {gathered.index(*p) for p in decided if p not in gathered.out}
        self.watcher.stage("weighing again")
        question = asked(terms, gathered, decoded, lowered, decided)
        judged = self._judge(terms, gathered, decoded, question, wanted, decided, replay_id, mark, keys, scratch)
        late: Places = set() if self.dry else moved(self.ledger, self.run.id, decided)
        judged, left = self._without(judged, late, terms)
        told = self._told(gathered, judged, replay_id, (gathered.count if wanted is None else len(wanted)) - left)
        if self.dry:
            return told
        if told.published:
            self.watcher.stage("staging")
            over = Handover(terms, self.tables, replay_id, mark, self.by, self._metadata(terms))
            self._commit(terms, over.stage(gathered, decided, judged.records_out), told, replay_id)
        else:  # clears away what was staged of nothing
            finish_undo(self.into, self.ledger, self.tables, self.run.extract_id or "", self.watcher)
        failed = {**judged.kept_out.faults, **{p: f"{f.code} {f.message}" for p, f in gathered.out.items()}}
        failed = {p: why for p, why in failed.items() if p not in late}
        reopen_items(self.ledger, self.run.id, replay_id, failed, by=self.by, at=self.at)
        return told

    @property
    def _whole(self) -> bool:
        """Whether all kept records are judged, not only those about which something was decided."""
        return self.newer is not None or self.everything

    def _changes(self, decided: Mapping[tuple[str, int], Standing], gathered: Gathered, keys: Keyring) -> Changes:
        given: dict[tuple[int, int], dict[str, str | None]] = {}
        for place, waiting in decided.items():
            if place in gathered.out or waiting.decision is None:
                continue
            given[gathered.index(*place)] = opened_changes(waiting.decision["changes"], keys, self.run.id, place)
        return given

    def _told(self, gathered: Gathered, judged: _Judged, replay_id: str, candidates: int) -> RunReplay:
        unread = dict(gathered.others) if self._whole else {}
        for finding in gathered.out.values():
            words = f"{finding.code} {finding.message}"
            unread[words] = unread.get(words, 0) + 1
        lost = sum(unread.values())
        published = judged.records_out.height
        return RunReplay(
            self.run.id,
            self.run.contract_id,
            self.run.object,
            replay_id if published and not self.dry else None,
            candidates + lost,
            published,
            judged.verdicts.get("rejected", 0) + lost,
            judged.verdicts.get("uncertain", 0),
            count_of(self.ledger, self.run.id, State.PUBLISHED),
            judged.kept_out.groups,
            unread,
        )

    def _judge(
        self,
        terms: Terms,
        gathered: Gathered,
        decoded: Decoded,
        question: tuple[pl.LazyFrame, list[RowProbe]],
        wanted: set[tuple[int, int]] | None,
        decided: Mapping[tuple[str, int], Standing],
        replay_id: str,
        mark: str,
        keys: Keyring,
        scratch: Path,
    ) -> _Judged:
        frame, probes = question
        if wanted is not None:
            only = pl.DataFrame(list(wanted), schema={SOURCE: pl.UInt32, RECORD: pl.UInt64}, orient="row")
            frame = frame.join(only.lazy(), on=[SOURCE, RECORD], how="semi", maintain_order="left")
        plan = build(frame, probes)
        schema = terms.schema
        published = scratch / "published" if self.dry else self._folder("published", mark)
        columns = published_columns(schema, decoded.dtypes, gathered.names or [""], replay_id)
        if not self.dry:
            check_fits(self.tables.published, plan.published.select(columns).collect_schema())
        suspects = Suspects(scratch / "suspects", plan, suspect_columns(schema, gathered.columns, plan.row_probes))
        masked = frozenset(p.name for p in schema.properties if p.is_masked)
        profile = Running({p.name: decoded.dtypes[p.name] for p in schema.properties}, masked)
        metadata = self._metadata(terms)

        def publish(rows: pl.LazyFrame) -> pl.LazyFrame:
            return lazy_sink(rows.select(columns), published, metadata)

        weigh(plan, publish, suspects, profile, apart=False, classified=bool(masked))
        evidence = Evidence(
            schema, gathered.columns, plan.row_probes, pl.scan_parquet(suspects.folder).collect_schema()
        )
        origin = Origin(replay_id, terms.contract, gathered.names or [""], self.at)
        folders = {name: scratch / name for name in ("quarantine", "review", "repairs", "warnings")}
        if not self.dry:
            folders |= {name: self._folder(name, mark) for name in ("repairs", "warnings")}
        write_records(suspects.folder, evidence, origin, folders, metadata, keys)
        records = gathered.count if wanted is None else len(wanted)
        counts = Failures.read(suspects.folder, plan.row_probes, records).verdicts
        out = _identities(published)
        kept_out = still_out(folders, plan, places(decided))
        if records != out.height + kept_out.count:
            words = f"{records} records were judged, {out.height} published, {kept_out.count} kept out"
            raise ReceiptError(Finding("RUN-001", Place(source=replay_id), words))
        return _Judged(out, {v.value: n for v, n in counts.items()}, kept_out, {**folders, "published": published})

    def _without(self, judged: _Judged, late: Places, terms: Terms) -> tuple[_Judged, int]:
        """Return what is judged without records that people decided about meanwhile, and how many it would show."""
        gone = judged.records_out.join(places(late), on=IDENTITY, how="semi")
        if gone.is_empty():
            return judged, 0
        leave_out(judged.folders, gone, self._metadata(terms))
        rest = judged.records_out.join(gone, on=IDENTITY, how="anti", maintain_order="left")
        return replace(judged, records_out=rest), gone.height

    def _skipped(self, candidates: int, why: Sequence[Finding]) -> RunReplay:
        """Return that nothing is judged, as the contract cannot be asked; what was decided stays decided."""
        told = f"{why[0].code} {why[0].message}; {why[0].fix}"
        already = count_of(self.ledger, self.run.id, State.PUBLISHED)
        return RunReplay(self.run.id, self.run.contract_id, self.run.object, candidates=candidates,
                         rejected=candidates, already=already, skipped=told)  # fmt: skip

    def _folder(self, name: str, mark: str) -> Path:
        return stage_folder(self.tables.path(name), extract_key(self.run.extract_id or ""), mark)

    def _metadata(self, terms: Terms) -> dict[str, str]:
        return file_metadata(
            contract_fingerprint=terms.contract.fingerprint,
            rules_fingerprint=terms.contract.rules_fingerprint,
            run_id=self.run.id,
            weighbridge_version=__version__,
        )

    def _commit(self, terms: Terms, manifest: Manifest, told: RunReplay, replay_id: str) -> None:
        folder = replay_folder(self.into, self.run.id, replay_id)
        said = {
            **asdict(told),
            "by": self.by,
            "started": self.at.isoformat(),
            "contract_version": terms.contract.version,
            "contract_fingerprint": terms.contract.fingerprint,
            "rules_fingerprint": terms.contract.rules_fingerprint,
        }
        atomic_write(folder / CONTRACT_COPY, contract_text(terms.contract))
        atomic_write(folder / REPLAY_FILE, json.dumps(said, indent=1).encode())
        self.watcher.stage("writing the manifest")
        path = pending(self.into, self.tables, self.run.extract_id or "")
        atomic_write(path, manifest.to_bytes())
        finish_undo(self.into, self.ledger, self.tables, self.run.extract_id or "", self.watcher)


def _identities(folder: Path) -> pl.DataFrame:
    files = sorted(folder.glob("*.parquet")) if folder.is_dir() else []
    empty = pl.DataFrame(schema={"source": pl.String, "record": pl.Int64})
    if not files:
        return empty
    rows = pl.scan_parquet(files, hive_partitioning=False, glob=False)
    return rows.select(pl.col("_wb_source").alias("source"), pl.col("_wb_record").alias("record")).collect()
