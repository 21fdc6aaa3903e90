"""The ledger's door: every question and every entry, each one transaction."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self, Unpack

from sqlalchemy import Connection, Engine, Select, Table, delete, false, func, insert, or_, select, update

from weighbridge.findings import ArgumentError, Finding, LedgerError
from weighbridge.ledger.engine import READS, ledger_errors, open_engine
from weighbridge.ledger.entries import (
    UNFINISHED,
    CheckEntry,
    Delivery,
    MarkFacts,
    Process,
    ReviewEntry,
    ReviewItem,
    Run,
    RunFacts,
    RunState,
    SourceEntry,
    Unfinished,
)
from weighbridge.ledger.holding import holding
from weighbridge.ledger.past import Past
from weighbridge.ledger.process import is_alive, this_process
from weighbridge.ledger.rows import check_of, review_item_of, run_of, source_of
from weighbridge.ledger.schema import (
    CHECK_RESULTS,
    EXTRACT_FINDINGS,
    PROFILES,
    REVIEW_INTAKES,
    REVIEW_ITEMS,
    REVIEW_TALLIES,
    RUN_SOURCES,
    RUNS,
)

_BEFORE: dict[RunState, tuple[RunState, ...]] = {
    RunState.RUNNING: (RunState.RUNNING,),
    RunState.STAGED: (RunState.RUNNING, RunState.STAGED),
    RunState.COMMITTING: UNFINISHED,
}
_FACTS = frozenset(MarkFacts.__required_keys__ | MarkFacts.__optional_keys__)
_BATCH = 5_000
_CLOSED = ("published", "superseded")
_MOST_MATCHES = 5


class Ledger:
    """The operational state of one output folder or one team. Safe to use from many processes.

    Everything that writes is one transaction and raises LedgerError LED-004 when the database
    refuses it. A run that has ended cannot be changed any more (LED-005): a process that was
    taken for dead learns so before it publishes.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url_or_path: str | Path) -> Self:
        """Return the ledger there, made if it is not there, migrated if it is older.

        Args:
            url_or_path: path of a SQLite file, or a SQLAlchemy URL.

        Raises:
            LedgerError: LED-001, it cannot be opened; LED-002, it is newer than this
                Weighbridge; LED-003, the file is damaged or something else.
        """
        return cls(open_engine(url_or_path))

    @property
    def engine(self) -> Engine:
        """The database itself, for the review queue, which asks it questions of its own."""
        return self._engine

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def holding(
        self, name: str, *, on_wait: Callable[[str], None] | None = None, nowait: bool = False
    ) -> AbstractContextManager[None]:
        """Hold a name among all hosts that share the database; see `weighbridge.ledger.holding`."""
        return holding(self._engine, name, on_wait=on_wait, nowait=nowait)

    @property
    def past(self) -> Past:
        """Questions about many runs at once."""
        return Past(self._engine)

    # A run, from its start to its end ------------------------------------------------------

    def start_run(
        self,
        *,
        run_id: str,
        contract_id: str,
        contract_version: str,
        contract_fingerprint: str,
        rules_fingerprint: str,
        object_name: str,
        as_of: datetime,
        started: datetime,
        extract_id: str | None = None,
        folder: str | None = None,
        process: Process | None = None,
    ) -> Run:
        """Enter a run as running and return it.

        Args:
            run_id: by `new_run_id`; entered once.
            process: who runs it; this process when None.
        """
        run = Run(
            id=run_id,
            contract_id=contract_id,
            contract_version=contract_version,
            contract_fingerprint=contract_fingerprint,
            rules_fingerprint=rules_fingerprint,
            object=object_name,
            state=RunState.RUNNING,
            as_of=as_of,
            started=started,
            process=process or this_process(),
            extract_id=extract_id,
            folder=folder,
        )
        values = asdict(run) | asdict(run.process) | {"started": run.started, "reasons": []}
        values["process_started"] = run.process.started
        del values["process"]
        with ledger_errors(), self._engine.begin() as connection:
            connection.execute(insert(RUNS).values(values))
        return run

    def record_sources(self, run_id: str, extract_id: str, sources: Iterable[SourceEntry]) -> None:
        """Enter what a run reads, in place of what was entered for it before."""
        rows = [{"run_id": run_id, "position": i, **asdict(s)} for i, s in enumerate(sources)]
        with ledger_errors(), self._engine.begin() as connection:
            self._change(connection, run_id, None, {"extract_id": extract_id})
            _replace(connection, RUN_SOURCES, run_id, rows)

    def mark(self, run_id: str, state: RunState | str, **facts: Unpack[MarkFacts]) -> None:
        """Move a run on to `state`, with what is known of it by now.

        Raises:
            LedgerError: LED-005, it has ended or stands further on already, or is not known.
        """
        if unknown := set(facts) - _FACTS:
            raise TypeError(f"a run has no {', '.join(sorted(unknown))}")
        with ledger_errors(), self._engine.begin() as connection:
            self._change(connection, run_id, RunState(state), facts)

    def finish_run(
        self,
        run_id: str,
        state: RunState | str,
        *,
        finished: datetime,
        checks: Sequence[CheckEntry] = (),
        findings: Sequence[Finding] = (),
        profile: Mapping[str, Any] | None = None,
        **facts: Unpack[RunFacts],
    ) -> None:
        """End a run with everything it found, in one transaction.

        Raises:
            LedgerError: LED-005, it has ended already or is not known.
        """
        check_rows = [{"run_id": run_id, "position": i, **asdict(c)} for i, c in enumerate(checks)]
        finding_rows = [
            {"run_id": run_id, "position": i, "code": f.code, "severity": f.severity.value, "body": f.to_dict()}
            for i, f in enumerate(findings)
        ]
        profile_rows = [] if profile is None else [{"run_id": run_id, "figures": dict(profile)}]
        with ledger_errors(), self._engine.begin() as connection:
            self._change(connection, run_id, RunState(state), {**facts, "finished": finished})
            _replace(connection, CHECK_RESULTS, run_id, check_rows)
            _replace(connection, EXTRACT_FINDINGS, run_id, finding_rows)
            _replace(connection, PROFILES, run_id, profile_rows)

    def note_outputs(self, run_id: str, outputs: Mapping[str, Any]) -> None:
        """Enter what became of the tables of a run that has ended, in place of what was noted of them.

        Raises:
            LedgerError: LED-005, it has not ended or is not known.
        """
        ended = (RUNS.c.id == run_id) & RUNS.c.state.not_in([s.value for s in UNFINISHED])
        with ledger_errors(), self._engine.begin() as connection:
            if connection.execute(update(RUNS).where(ended).values(outputs=dict(outputs))).rowcount != 1:
                raise LedgerError(Finding("LED-005", detail=f"run {run_id} has not ended"))

    def _change(self, connection: Connection, run_id: str, state: RunState | None, facts: Mapping[str, Any]) -> None:
        from_states = _BEFORE.get(state, UNFINISHED) if state is not None else UNFINISHED
        values = dict(facts) | ({} if state is None else {"state": state.value})
        if "reasons" in values:
            values["reasons"] = list(values["reasons"])
        where = (RUNS.c.id == run_id) & RUNS.c.state.in_([s.value for s in from_states])
        if connection.execute(update(RUNS).where(where).values(values)).rowcount != 1:
            now = connection.execute(select(RUNS.c.state).where(RUNS.c.id == run_id)).scalar()
            detail = f"run {run_id} is {now or 'not known'}"
            raise LedgerError(Finding("LED-005", detail=detail))

    # Questions about runs ------------------------------------------------------------------

    def runs(
        self,
        contract: str | None = None,
        limit: int = 50,
        *,
        object_name: str | None = None,
        state: RunState | str | None = None,
        extract_id: str | None = None,
    ) -> list[Run]:
        """Return the newest runs, newest first, of one contract, object, state or extract, or of all."""
        wanted = {"contract_id": contract, "object": object_name, "extract_id": extract_id}
        query = select(RUNS).where(*(RUNS.c[name] == value for name, value in wanted.items() if value is not None))
        if state is not None:
            query = query.where(RUNS.c.state == RunState(state).value)
        return [run_of(row) for row in self._rows(query.order_by(RUNS.c.id.desc()).limit(limit))]

    def run(self, run_id: str) -> Run:
        """Return the run of an id, of the unique beginning of one or of its random part, or ``"latest"``.

        Raises:
            ArgumentError: RUN-008, there is none, with the nearest that there is; LED-006,
                there are several.
        """
        if run_id == "latest" and (newest := self.latest()) is not None:
            return newest
        safe = run_id.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        begins = or_(RUNS.c.id.like(f"{safe}%", escape="\\"), RUNS.c.id.like(f"%-{safe}%", escape="\\"))
        query = select(RUNS).where(or_(RUNS.c.id == run_id, begins)) if run_id else select(RUNS).where(false())
        matches = [run_of(row) for row in self._rows(query.order_by(RUNS.c.id.desc()).limit(_MOST_MATCHES))]
        if len(matches) == 1 or any(m.id == run_id for m in matches):
            return next((m for m in matches if m.id == run_id), matches[0])
        if matches:
            raise ArgumentError(Finding("LED-006", detail=f"{run_id}: {', '.join(m.id for m in matches)}"))
        known = [row["id"] for row in self._rows(select(RUNS.c.id).order_by(RUNS.c.id.desc()).limit(1000))]
        near = difflib.get_close_matches(run_id, known, n=1, cutoff=0.4) or known[:1]
        hint = f"; the nearest is {near[0]}" if near else "; there are none yet"
        raise ArgumentError(Finding("RUN-008", detail=f"no run {run_id!r}{hint}"))

    def latest(self, contract: str | None = None, *, object_name: str | None = None) -> Run | None:
        """Return the newest run, of one contract and object or of all; None when there is none."""
        return next(iter(self.runs(contract, 1, object_name=object_name)), None)

    def published_run(self, contract_id: str, object_name: str, extract_id: str, rules_fingerprint: str) -> Run | None:
        """Return the run by which this extract is published now, if it was judged by these rules.

        None when it never was published, or when it was published last by other rules. The
        table's own log has the last word (`sinks.commit`); this saves the work.
        """
        query = select(RUNS).where(
            RUNS.c.contract_id == contract_id,
            RUNS.c.object == object_name,
            RUNS.c.extract_id == extract_id,
            RUNS.c.state == RunState.PUBLISHED.value,
        )
        newest = self._rows(query.order_by(RUNS.c.finished.desc(), RUNS.c.id.desc()).limit(1))
        found = run_of(newest[0]) if newest else None
        return found if found is not None and found.rules_fingerprint == rules_fingerprint else None

    def replacement(self, run: Run) -> Run | None:
        """Return the newest run whose rows stand where those of `run` stood; None while they still do.

        A held run keeps its records apart, until the extract is held again or published.
        """
        states = (RunState.PUBLISHED, RunState.HELD) if run.state is RunState.HELD else (RunState.PUBLISHED,)
        query = select(RUNS).where(
            RUNS.c.contract_id == run.contract_id,
            RUNS.c.object == run.object,
            RUNS.c.extract_id == run.extract_id,
            RUNS.c.state.in_([s.value for s in states]),
            RUNS.c.id > run.id,
        )
        newest = self._rows(query.order_by(RUNS.c.id.desc()).limit(1))
        return run_of(newest[0]) if newest else None

    def unfinished(self, here: Process | None = None) -> list[Unfinished]:
        """Return the runs that have not ended, oldest first, each with whether its process lives."""
        here = here or this_process()
        query = select(RUNS).where(RUNS.c.state.in_([s.value for s in UNFINISHED])).order_by(RUNS.c.id)
        found = [run_of(row) for row in self._rows(query)]
        return [Unfinished(run, is_alive(run.process, here)) for run in found]

    def deliveries(self, extract_id: str) -> list[Delivery]:
        """Return every time an extract came in, first to last, with the names it had."""
        names: dict[str, list[str]] = {}
        query = select(RUN_SOURCES.c.run_id, RUN_SOURCES.c.name).join(RUNS).where(RUNS.c.extract_id == extract_id)
        for row in self._rows(query.order_by(RUN_SOURCES.c.run_id, RUN_SOURCES.c.position)):
            names.setdefault(row["run_id"], []).append(row["name"])
        met = self._rows(select(RUNS).where(RUNS.c.extract_id == extract_id).order_by(RUNS.c.id))
        return [Delivery(r.id, tuple(names.get(r.id, ())), r.started, r.state) for r in map(run_of, met)]

    def sources(self, run_id: str) -> list[SourceEntry]:
        """Return what a run read, in the order it was given."""
        query = select(RUN_SOURCES).where(RUN_SOURCES.c.run_id == run_id).order_by(RUN_SOURCES.c.position)
        return [source_of(row) for row in self._rows(query)]

    def judged_sources(
        self, contract_id: str, object_name: str, rules_fingerprint: str
    ) -> dict[tuple[str, int], datetime]:
        """Return what was judged by these rules: (source name, size in bytes) → when its last run began.

        Judged means published, held, or found published before; a run that failed judged nothing.
        """
        ended = [s.value for s in (RunState.PUBLISHED, RunState.HELD, RunState.ALREADY_PUBLISHED)]
        query = (
            select(RUN_SOURCES.c.name, RUN_SOURCES.c.size_bytes, func.max(RUNS.c.started).label("started"))
            .join(RUNS)
            .where(
                RUNS.c.contract_id == contract_id,
                RUNS.c.object == object_name,
                RUNS.c.rules_fingerprint == rules_fingerprint,
                RUNS.c.state.in_(ended),
            )
            .group_by(RUN_SOURCES.c.name, RUN_SOURCES.c.size_bytes)
        )
        return {(row["name"], row["size_bytes"]): row["started"] for row in self._rows(query)}

    def checks(self, run_id: str) -> list[CheckEntry]:
        """Return how every check of a run came out, in the order of its plan."""
        query = select(CHECK_RESULTS).where(CHECK_RESULTS.c.run_id == run_id).order_by(CHECK_RESULTS.c.position)
        return [check_of(row) for row in self._rows(query)]

    def findings(self, run_id: str) -> list[dict[str, Any]]:
        """Return the findings about a run's extract as a whole, in the form of `Finding.to_dict`."""
        query = select(EXTRACT_FINDINGS.c.body).where(EXTRACT_FINDINGS.c.run_id == run_id)
        return [row["body"] for row in self._rows(query.order_by(EXTRACT_FINDINGS.c.position))]

    def profile(self, run_id: str) -> dict[str, Any] | None:
        """Return the profile of a run; None when it made none."""
        found = self._rows(select(PROFILES.c.figures).where(PROFILES.c.run_id == run_id))
        return dict(found[0]["figures"]) if found else None

    def baseline(
        self, contract_id: str, object_name: str, before: str | None = None
    ) -> tuple[Run, dict[str, Any]] | None:
        """Return the last published run that has a profile, and that; None when there is none.

        Args:
            before: a run's id: look only at runs that began before it.
        """
        query = (
            select(RUNS, PROFILES.c.figures)
            .join(PROFILES)
            .where(
                RUNS.c.contract_id == contract_id,
                RUNS.c.object == object_name,
                RUNS.c.state == RunState.PUBLISHED.value,
            )
        )
        if before is not None:
            query = query.where(RUNS.c.id < before)
        found = self._rows(query.order_by(RUNS.c.id.desc()).limit(1))
        if not found:
            return None
        row = dict(found[0])
        figures = dict(row.pop("figures"))
        return run_of(row), figures

    # The review queue ----------------------------------------------------------------------

    def add_review_items(self, run_id: str, entries: Iterable[ReviewEntry], created: datetime) -> int:
        """Put records of a run into the queue and return how many were new; repeating adds nothing.

        Items of the same extract from other runs, but for published ones, are superseded: it was
        judged again.
        Entries are taken as they come, in bounded memory.

        Raises:
            LedgerError: LED-005, the run is not known or has no extract yet.
        """
        with ledger_errors():
            run = next(iter(self._rows(select(RUNS).where(RUNS.c.id == run_id))), None)
            if run is None or run["extract_id"] is None:
                raise LedgerError(Finding("LED-005", detail=f"run {run_id} is not known or has no extract"))
            of_run = {name: run[name] for name in ("contract_id", "object", "extract_id")}
            fixed = {"run_id": run_id, **of_run, "state": "open", "row_version": 1, "created": created}
            with self._engine.begin() as connection:
                _supersede(connection, run_id, of_run, created)
            added, coming = 0, iter(entries)
            while batch := list(islice(coming, _BATCH)):
                rows = [fixed | asdict(e) | {"codes": list(e.codes)} for e in batch]
                with self._engine.begin() as connection:
                    before = self._items_of(connection, run_id)
                    connection.execute(_insert_or_ignore(connection, REVIEW_ITEMS), rows)
                    added += self._items_of(connection, run_id) - before
            if added:  # what they are in the queue for is told when they are taken in
                with self._engine.begin() as connection:
                    connection.execute(delete(REVIEW_INTAKES).where(REVIEW_INTAKES.c.run_id == run_id))
        return added

    def review_items(
        self,
        contract: str | None = None,
        *,
        object_name: str | None = None,
        run_id: str | None = None,
        state: str | None = "open",
        after: int = 0,
        limit: int = 100,
    ) -> list[ReviewItem]:
        """Return a page of the queue, oldest first; `after` is the last item's id of the page before."""
        wanted = {"contract_id": contract, "object": object_name, "run_id": run_id, "state": state}
        query = select(REVIEW_ITEMS).where(REVIEW_ITEMS.c.id > after)
        query = query.where(*(REVIEW_ITEMS.c[name] == value for name, value in wanted.items() if value is not None))
        return [review_item_of(row) for row in self._rows(query.order_by(REVIEW_ITEMS.c.id).limit(limit))]

    @staticmethod
    def _items_of(connection: Connection, run_id: str) -> int:
        query = select(func.count()).select_from(REVIEW_ITEMS).where(REVIEW_ITEMS.c.run_id == run_id)
        return int(connection.execute(query).scalar_one())

    def _rows(self, query: Select[Any]) -> list[Mapping[str, Any]]:
        with ledger_errors(), self._engine.connect().execution_options(**READS) as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def _supersede(connection: Connection, run_id: str, of_run: Mapping[str, Any], at: datetime) -> None:
    """Close what waits of the same extract from other runs, and count those runs' items anew."""
    others = [REVIEW_ITEMS.c[name] == value for name, value in of_run.items()]
    others += [REVIEW_ITEMS.c.run_id != run_id, REVIEW_ITEMS.c.state.not_in(_CLOSED)]
    runs = connection.execute(select(REVIEW_ITEMS.c.run_id).where(*others).distinct()).scalars().all()
    if not runs:
        return
    version = REVIEW_ITEMS.c.row_version + 1
    connection.execute(update(REVIEW_ITEMS).where(*others).values(state="superseded", row_version=version, changed=at))
    for other in runs:
        recount(connection, other)


def recount(connection: Connection, run_id: str) -> None:
    """Count the items of a run by cause and state anew, for `REVIEW_TALLIES`."""
    items = REVIEW_ITEMS.c
    counted = (
        select(items.run_id, items.cause_id, items.state, func.count())
        .where(items.run_id == run_id, items.cause_id.is_not(None))
        .group_by(items.run_id, items.cause_id, items.state)
    )
    connection.execute(delete(REVIEW_TALLIES).where(REVIEW_TALLIES.c.run_id == run_id))
    connection.execute(insert(REVIEW_TALLIES).from_select(["run_id", "cause_id", "state", "items"], counted))


def _replace(connection: Connection, table: Table, run_id: str, rows: list[dict[str, Any]]) -> None:
    connection.execute(delete(table).where(table.c.run_id == run_id))
    if rows:
        connection.execute(insert(table), rows)


def _insert_or_ignore(connection: Connection, table: Table) -> Any:
    """An insert that leaves what is there; the one statement SQLAlchemy has no common word for."""
    from sqlalchemy.dialects import postgresql, sqlite

    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing()
