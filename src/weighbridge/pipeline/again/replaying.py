"""One run's kept records on their way through the plan again: from their texts to one commit."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from weighbridge import __version__
from weighbridge.checks import Lowered
from weighbridge.contract.model import Contract
from weighbridge.decode import Decoded
from weighbridge.decode.given import Changes
from weighbridge.findings import Finding, Place, ReceiptError
from weighbridge.ledger import Ledger, Run, new_run_id
from weighbridge.pipeline.again.meanwhile import ASIDE, Places, leave_out, moved
from weighbridge.pipeline.again.replay_result import RunReplay, StillOut
from weighbridge.pipeline.again.replayed import COUNT_KEYS, REPLAY_FILE, REPLAY_KEY, replay_folder
from weighbridge.pipeline.again.settled_rows import corrections, repair_rows, settled_rows
from weighbridge.pipeline.again.undone import finish_undo, pending, standing_manifest
from weighbridge.pipeline.intake import new_entropy
from weighbridge.pipeline.output.history import CONTRACT_COPY, contract_text
from weighbridge.pipeline.publish import Manifest, TableManifest
from weighbridge.pipeline.watcher import Watcher
from weighbridge.pipeline.weighing.evidence import Evidence
from weighbridge.pipeline.weighing.plan import Plan, build, suspect_columns
from weighbridge.pipeline.weighing.records import Origin, write_records
from weighbridge.pipeline.weighing.results import Failures
from weighbridge.pipeline.weighing.suspects import Suspects
from weighbridge.pipeline.weighing.weigh import weigh
from weighbridge.probe import KeyProbe, RowProbe
from weighbridge.profile import Running
from weighbridge.readers.lineage import RECORD, SOURCE
from weighbridge.readers.scratch import scratch_folder
from weighbridge.review.again import TAKEN_BACK, Terms, Texts, kept_rows, row_probes, taken_back, unusable
from weighbridge.review.choice import opened_changes
from weighbridge.review.settling import Standing, reopen_items, set_aside, standing
from weighbridge.review.states import State
from weighbridge.review.unasked import Unasked
from weighbridge.sinks import (
    SETTLED,
    Keyring,
    Tables,
    atomic_write,
    check_fits,
    extract_key,
    file_metadata,
    lazy_sink,
    published_columns,
    scan_published,
    stage_folder,
    staged_files,
    writing,
)
from weighbridge.sinks.staging import REPLAY_MARK

_TO_ADD = (SETTLED, "repairs", "warnings", "published")
_CHUNK_ROWS = 50_000
_IDENTITY = ["source", "record"]
_KEY, _UNASKED = "__repeats:", "__unasked:"


@dataclass(frozen=True, slots=True)
class _Judged:
    """Candidates after the plan, staged."""

    plan: Plan
    suspects: Path
    records_out: pl.DataFrame
    verdicts: Mapping[str, int]
    still: tuple[StillOut, ...]
    faults: Mapping[tuple[str, int], str]


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
        whole = self.newer is not None or self.everything
        already = len(set_aside(self.ledger, self.run.id, (State.PUBLISHED,)))
        if not whole and not decided:
            return None
        terms = Terms.of(self.into, self.run, self.at, self.newer)
        keys = Keyring.from_settings()
        closed = set_aside(self.ledger, self.run.id, ASIDE)
        self.watcher.stage(f"reading what {self.run.id} kept")
        kept = kept_rows(self.into, self.run)
        gone = pl.DataFrame(list(closed), schema={"source": pl.String, "record": pl.Int64}, orient="row")
        kept = kept.join(gone, on=_IDENTITY, how="anti", maintain_order="left")
        kept, out = _without_unsaid(kept, decided)
        if kept.is_empty() and not out:
            return None
        texts = _texts(terms, kept, keys)
        out |= texts.unread
        changes = self._changes(decided, out, texts, keys)
        decoded, lowered = terms.decoded(texts, changes)
        if cannot := unusable(lowered):
            return self._skipped(kept.height if whole else len(decided), already, cannot)
        unread = Counter(f"{f.code} {f.message}" for place, f in out.items() if whole or place in decided)
        entropy = new_entropy()
        replay_id = f"{new_run_id(self.at, entropy)}-replay"
        mark = f"{self.run.id}{REPLAY_MARK}{entropy.hex()}"
        wanted = None if whole else {texts.index(*p) for p in decided if p not in out}
        self.watcher.stage("weighing again")
        with scratch_folder("replay_") as scratch:
            asked = self._asked(terms, kept, texts, decoded, lowered, decided)
            judged, folders = self._judge(terms, texts, decoded, asked, wanted, replay_id, mark, keys, Path(scratch))
            late: Places = set() if self.dry else moved(self.ledger, self.run.id, decided)
            judged, left = self._without(judged, folders, late, terms)
            published = judged.records_out.height
            candidates = (texts.frame.height if wanted is None else len(wanted)) + unread.total() - left
            told = RunReplay(
                self.run.id,
                self.run.contract_id,
                self.run.object,
                replay_id if published and not self.dry else None,
                candidates,
                published,
                judged.verdicts.get("rejected", 0) + unread.total(),
                judged.verdicts.get("uncertain", 0),
                already,
                judged.still,
                dict(unread),
            )
            if self.dry:
                return told
            if published:
                manifest = self._stage(terms, kept, decided, judged, folders, told, replay_id, mark, Path(scratch))
                self._commit(terms, manifest, told, replay_id)
            else:  # clears away what was staged of nothing
                finish_undo(self.into, self.ledger, self.tables, self.run.extract_id or "", self.watcher)
        failed = {p: why for p, why in judged.faults.items() if p in decided}
        failed |= {p: f"{f.code} {f.message}" for p, f in out.items() if p in decided}
        failed = {p: why for p, why in failed.items() if p not in late}
        reopen_items(self.ledger, self.run.id, replay_id, failed, by=self.by, at=self.at)
        return told

    def _changes(
        self,
        decided: Mapping[tuple[str, int], Standing],
        out: Mapping[tuple[str, int], Finding],
        texts: Texts,
        keys: Keyring,
    ) -> Changes:
        given: dict[tuple[int, int], dict[str, str | None]] = {}
        for place, waiting in decided.items():
            if place in out or waiting.decision is None:
                continue
            given[texts.index(*place)] = opened_changes(waiting.decision["changes"], keys, self.run.id, place)
        return given

    def _judge(
        self,
        terms: Terms,
        texts: Texts,
        decoded: Decoded,
        asked: tuple[pl.LazyFrame, list[RowProbe]],
        wanted: set[tuple[int, int]] | None,
        replay_id: str,
        mark: str,
        keys: Keyring,
        scratch: Path,
    ) -> tuple[_Judged, dict[str, Path]]:
        frame, probes = asked
        if wanted is not None:
            only = pl.DataFrame(list(wanted), schema={SOURCE: pl.UInt32, RECORD: pl.UInt64}, orient="row")
            frame = frame.join(only.lazy(), on=[SOURCE, RECORD], how="semi", maintain_order="left")
        plan = build(frame, probes)
        schema = terms.schema
        folder = scratch if self.dry else stage_folder(self.tables.published, self._key, mark)
        published = folder if not self.dry else scratch / "published"
        columns = published_columns(schema, decoded.dtypes, texts.names or [""], replay_id)
        if not self.dry:
            check_fits(self.tables.published, plan.published.select(columns).collect_schema())
        suspects = Suspects(scratch / "suspects", plan, suspect_columns(schema, texts.columns, plan.row_probes))
        masked = frozenset(p.name for p in schema.properties if p.is_masked)
        profile = Running({p.name: decoded.dtypes[p.name] for p in schema.properties}, masked)
        metadata = self._metadata(terms)

        def publish(rows: pl.LazyFrame) -> pl.LazyFrame:
            return lazy_sink(rows.select(columns), published, metadata)

        weigh(plan, publish, suspects, profile, apart=False, classified=bool(masked))
        evidence = Evidence(schema, texts.columns, plan.row_probes, pl.scan_parquet(suspects.folder).collect_schema())
        origin = Origin(replay_id, terms.contract, texts.names or [""], self.at)
        folders = {name: scratch / name for name in ("quarantine", "review", "repairs", "warnings")}
        if not self.dry:
            folders |= {n: stage_folder(self.tables.path(n), self._key, mark) for n in ("repairs", "warnings")}
        write_records(suspects.folder, evidence, origin, folders, metadata, keys)
        records = texts.frame.height if wanted is None else len(wanted)
        counts = Failures.read(suspects.folder, plan.row_probes, records).verdicts
        out = _identities(published)
        still, faults = _still(folders, plan)
        _require_balance(records, out.height, faults, replay_id)
        verdicts = {v.value: n for v, n in counts.items()}
        return _Judged(plan, suspects.folder, out, verdicts, still, faults), {**folders, "published": published}

    def _without(self, judged: _Judged, folders: Mapping[str, Path], late: Places, terms: Terms) -> tuple[_Judged, int]:
        """Return what is judged without records that people decided about meanwhile, and how many it would show."""
        places = pl.DataFrame(list(late), schema={"source": pl.String, "record": pl.Int64}, orient="row")
        gone = judged.records_out.join(places, on=_IDENTITY, how="semi")
        if gone.is_empty():
            return judged, 0
        leave_out(folders, gone, self._metadata(terms))
        rest = judged.records_out.join(gone, on=_IDENTITY, how="anti", maintain_order="left")
        return replace(judged, records_out=rest), gone.height

    def _skipped(self, candidates: int, already: int, why: Sequence[Finding]) -> RunReplay:
        """Return that nothing is judged, as the contract cannot be asked; what was decided stays decided."""
        told = f"{why[0].code} {why[0].message}; {why[0].fix}"
        return RunReplay(self.run.id, self.run.contract_id, self.run.object, candidates=candidates,
                         rejected=candidates, already=already, skipped=told)  # fmt: skip

    def _asked(
        self,
        terms: Terms,
        kept: pl.DataFrame,
        texts: Texts,
        decoded: Decoded,
        lowered: Lowered,
        decided: Mapping[tuple[str, int], Standing],
    ) -> tuple[pl.LazyFrame, list[RowProbe]]:
        """Return the decoded frame and all that is asked of its records, keys and what cannot be asked again too."""
        frame, keys = self._keys(terms, texts, decoded, lowered)
        probes = [*row_probes(decoded, lowered), *keys]
        said = {place: set(w.decision["changes"]) for place, w in decided.items() if w.decision is not None}
        failed: dict[str, list[Unasked]] = {}
        for one in terms.unasked(kept, lowered, {p.name for p in probes}, said):
            if (one.source, one.record) not in texts.unread:
                failed.setdefault(one.check, []).append(one)
        known = {p.name for p in terms.schema.properties}
        for name, records in failed.items():
            places = [texts.index(r.source, r.record) for r in records]
            frame = _flagged(frame, _UNASKED + name, places)
            first = records[0]
            about = (first.about,) if first.about in known else ()
            words = "what a record alone cannot be asked again: a person is to say it"
            probes.append(RowProbe(name, pl.col(_UNASKED + name), first.code, first.effect, about, words))
        return frame, probes

    def _keys(
        self, terms: Terms, texts: Texts, decoded: Decoded, lowered: Lowered
    ) -> tuple[pl.LazyFrame, list[RowProbe]]:
        """Return the frame with a column for each key, true where the key is another record's too, and its probes."""
        frame, probes = decoded.frame, []
        for probe in lowered.probes:
            if not isinstance(probe, KeyProbe):
                continue
            names = list(probe.properties)
            every = published_columns(terms.schema, decoded.dtypes, texts.names or [""], "")
            own = {p.name: every[i] for i, p in enumerate(terms.schema.properties)}
            held = decoded.frame.select(SOURCE, RECORD, *(own[n] for n in names)).drop_nulls(names).collect()
            shown_now = self._published_keys(names, held.schema)
            twice = held.filter(pl.struct(names).is_duplicated()).select(SOURCE, RECORD)
            there = held.join(shown_now, on=names, how="semi").select(SOURCE, RECORD)
            column = _KEY + probe.name
            frame = _flagged(frame, column, pl.concat([twice, there]).unique().rows())
            words = f"{probe.expected}: in no other kept record, and in no published row of the extract"
            probes.append(
                RowProbe(
                    probe.name,
                    pl.col(column),
                    probe.code,
                    probe.effect,
                    probe.properties,
                    words,
                    "passes",
                    fix=probe.fix,
                    line=probe.line,
                    origin=probe.origin,
                )
            )
        return frame, probes

    def _published_keys(self, names: Sequence[str], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
        rows = scan_published(self.into, self.run.contract_id, self.run.object, extract_key=self._key)
        known = rows.collect_schema()
        if not set(names) <= set(known.names()):
            return pl.DataFrame(schema={n: schema[n] for n in names})
        keyed = rows.select(pl.col(n).cast(schema[n], strict=False) for n in names)
        return keyed.drop_nulls().unique().collect(engine="streaming")

    @property
    def _key(self) -> str:
        return extract_key(self.run.extract_id or "")

    def _metadata(self, terms: Terms) -> dict[str, str]:
        return file_metadata(
            contract_fingerprint=terms.contract.fingerprint,
            rules_fingerprint=terms.contract.rules_fingerprint,
            run_id=self.run.id,
            weighbridge_version=__version__,
        )

    def _stage(
        self,
        terms: Terms,
        kept: pl.DataFrame,
        decided: Mapping[tuple[str, int], Standing],
        judged: _Judged,
        folders: Mapping[str, Path],
        told: RunReplay,
        replay_id: str,
        mark: str,
        scratch: Path,
    ) -> Manifest:
        """Stage what changes hands beside the published rows, and return what is to be committed."""
        self.watcher.stage("staging")
        metadata = self._metadata(terms)
        settled = kept.join(judged.records_out, on=_IDENTITY, how="semi", maintain_order="left")
        rows = settled_rows(settled, decided, replay_id)
        repairs = pl.concat([repair_rows(folders["repairs"]), corrections(settled, decided, terms, replay_id)])
        for name, frame in ((SETTLED, rows), ("repairs", repairs)):
            folder = stage_folder(self.tables.path(name), self._key, mark)
            for old in folder.glob("*.parquet"):
                old.unlink()
            self._write(frame.lazy(), folder, metadata)
        manifest = standing_manifest(self.into / "runs" / self.run.id)
        assert manifest is not None  # a published run has written its manifest
        parts = [self._part(name, mark, adds=True) for name in _TO_ADD]
        counts = dict.fromkeys(COUNT_KEYS, 0)
        for name, count_key in zip(("quarantine", "review"), COUNT_KEYS, strict=True):
            files = [self.into / f for t in manifest.tables if (t.name, t.extract_key) == (name, self._key)
                     for f, _, _ in t.files]  # fmt: skip
            if not files:
                continue
            stands = pl.scan_parquet(files, hive_partitioning=False, glob=False)
            leaving = stands.join(judged.records_out.lazy(), on=_IDENTITY, how="semi").select(pl.len()).collect().item()
            if not leaving:
                continue
            counts[count_key] = leaving
            rest = stands.join(judged.records_out.lazy(), on=_IDENTITY, how="anti", maintain_order="left")
            self._write(rest, stage_folder(self.tables.path(name), self._key, mark), metadata)
            parts.append(self._part(name, mark, adds=False))
        if sum(counts.values()) != told.published:
            words = f"{told.published} records were published, {sum(counts.values())} left quarantine and review"
            raise ReceiptError(Finding("RUN-001", Place(source=replay_id), words))
        return Manifest(
            self.run.id,
            self.run.contract_id,
            self.run.object,
            f"{self.run.id}/{replay_id}",
            {
                "weighbridge.contract": terms.contract.id,
                "weighbridge.contract.version": terms.contract.version,
                "weighbridge.contract.fingerprint": terms.contract.fingerprint,
                "weighbridge.extract": self.run.extract_id or "",
                "weighbridge.by": self.by,
                REPLAY_KEY: replay_id,
                **{name: str(count) for name, count in counts.items()},
            },
            tuple(p for p in parts if p.files or not p.adds),
        )

    def _write(self, rows: pl.LazyFrame, folder: Path, metadata: dict[str, str]) -> None:
        with writing(folder):
            pl.collect_all([lazy_sink(rows, folder, metadata)], engine="streaming")

    def _part(self, name: str, mark: str, *, adds: bool) -> TableManifest:
        folder = stage_folder(self.tables.path(name), self._key, mark)
        files = tuple((f.path.relative_to(self.into).as_posix(), f.rows, f.bytes) for f in staged_files(folder))
        return TableManifest(name, self._key, files, adds)

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


def _without_unsaid(
    kept: pl.DataFrame, decided: Mapping[tuple[str, int], Standing]
) -> tuple[pl.DataFrame, dict[tuple[str, int], Finding]]:
    """Return the kept rows that can be judged, and why others cannot.

    A record whose repairs were taken back cannot, unless a decision says what stands instead: its plan
    would make them again. A decided record cannot that the tables do not hold any more.
    """
    codes = pl.col("findings").list.eval(pl.element().struct.field("code"))
    held = set(kept.select(_IDENTITY).iter_rows())
    out = {
        place: Finding("REV-007", Place(source=place[0], record=place[1]), "the tables do not hold it any more")
        for place in decided
        if place not in held
    }
    if "findings" not in kept.columns:
        return kept, out
    back = kept.filter(codes.list.contains(TAKEN_BACK)).select(*_IDENTITY, "findings")
    for source, record, findings in back.iter_rows():
        waiting = decided.get((source, record))
        said = waiting.decision["changes"] if waiting is not None and waiting.decision is not None else {}
        if unsaid := taken_back(findings) - said.keys():
            out[source, record] = Finding("REV-015", Place(source=source, record=record), ", ".join(sorted(unsaid)))
    gone = pl.DataFrame(list(out), schema={"source": pl.String, "record": pl.Int64}, orient="row")
    return kept.join(gone, on=_IDENTITY, how="anti", maintain_order="left"), out


def _texts(terms: Terms, kept: pl.DataFrame, keys: Keyring) -> Texts:
    """Return the source texts of all kept records, a part at a time."""
    parts = [terms.texts(rows, keys) for rows in kept.iter_slices(_CHUNK_ROWS)] or [terms.texts(kept, keys)]
    names = tuple(dict.fromkeys(name for part in parts for name in part.names))
    frames = []
    for part in parts:
        moved = {i: names.index(name) for i, name in enumerate(part.names)}
        frames.append(part.frame.with_columns(pl.col(SOURCE).replace(moved).cast(pl.UInt32)) if moved else part.frame)
    frame = pl.concat(frames, how="diagonal")
    held = {c for part in parts for c in part.columns}
    columns = tuple(p.name for p in terms.schema.as_read.properties if p.name in held)
    return Texts(frame, columns, names, {k: v for part in parts for k, v in part.unread.items()})


def _flagged(frame: pl.LazyFrame, column: str, places: Sequence[tuple[Any, ...]]) -> pl.LazyFrame:
    """Return the frame with a Boolean column that is true of these records, by source index and number."""
    rows = pl.DataFrame(places, schema={SOURCE: pl.UInt32, RECORD: pl.UInt64}, orient="row")
    flagged = rows.with_columns(pl.lit(True).alias(column)).lazy()
    joined = frame.join(flagged, on=[SOURCE, RECORD], how="left", maintain_order="left")
    return joined.with_columns(pl.col(column).fill_null(False))


def _identities(folder: Path) -> pl.DataFrame:
    files = sorted(folder.glob("*.parquet")) if folder.is_dir() else []
    empty = pl.DataFrame(schema={"source": pl.String, "record": pl.Int64})
    if not files:
        return empty
    rows = pl.scan_parquet(files, hive_partitioning=False, glob=False)
    return rows.select(pl.col("_wb_source").alias("source"), pl.col("_wb_record").alias("record")).collect()


def _still(folders: Mapping[str, Path], plan: Plan) -> tuple[tuple[StillOut, ...], dict[tuple[str, int], str]]:
    """Return what still keeps records out, by the set of checks; and of each record in words."""
    expected = {p.name: p.expected for p in plan.row_probes}
    groups: dict[tuple[str, ...], list[tuple[str, int]]] = {}
    faults: dict[tuple[str, int], str] = {}
    for name in ("quarantine", "review"):
        files = sorted(folders[name].glob("*.parquet")) if folders[name].is_dir() else []
        if not files:
            continue
        rows = pl.scan_parquet(files, hive_partitioning=False, glob=False).select("source", "record", "findings")
        for source, record, findings in rows.collect().iter_rows():
            checks = [(f["code"], f["check"]) for f in findings if f["effect"] in ("reject", "review")]
            faults[source, record] = "; ".join(dict.fromkeys(f"{code} {check}" for code, check in checks))
            groups.setdefault(tuple(dict.fromkeys(check for _, check in checks)), []).append((source, record))
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        StillOut(checks, tuple(expected.get(c, "") for c in checks), len(places), tuple(places[:5]))
        for checks, places in ordered
    ), faults


def _require_balance(records: int, published: int, faults: Mapping[tuple[str, int], str], replay_id: str) -> None:
    if records != published + len(faults):
        words = f"{records} records were judged, {published} published, {len(faults)} kept out"
        raise ReceiptError(Finding("RUN-001", Place(source=replay_id), words))
