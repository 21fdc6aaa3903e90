"""Whatever people, runs, replays and crashes do: a record stands in one place, and its trail says why."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.review.waiting import LINES, contract
from weighbridge.findings import PublishError
from weighbridge.pipeline.again.replay import replay
from weighbridge.pipeline.again.undo import undo
from weighbridge.pipeline.again.undone import history_of, in_force, pending
from weighbridge.pipeline.audit import audit
from weighbridge.pipeline.output.ledgers import open_ledger
from weighbridge.pipeline.run import run
from weighbridge.pipeline.watcher import Nobody
from weighbridge.review.choice import Choice
from weighbridge.review.decisions import approve, decide, decisions_of, picks_of, refuse, withdraw
from weighbridge.review.queue import Filter, Queue
from weighbridge.review.states import Kind, State
from weighbridge.review.trail import trail
from weighbridge.sinks import SETTLED, Tables, extract_key, scan_table

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SINCE = """  - name: since
    logicalType: date
    required: true
    customProperties:
    - property: rules
      vendor: weighbridge
      value: [{rule: partialDate, assume: first}, {rule: date, formats: [yyyy-MM-dd]}]
"""  # a month becomes its first day, by a repair that can be taken back, and then lacks a required value
OTHERS = ("11;Hal;01/02/2001;NLD", "12;Ida;20/02/2001;NL", "12;Ida;20/02/2001;NL", "13;Jo;;BEL", "14;Kim;21/02/2001;BE",
          "15;Lou;22/02/2001;NL")  # fmt: skip
FILES = (
    (
        "0.csv",
        tuple(
            f"{line};{since}" for line, since in zip(LINES, ("2013-02", *["2014-03", "2015-01-02"] * 3), strict=True)
        ),
    ),
    ("1.parquet", tuple(f"{line};{since}" for line, since in zip(OTHERS, ["2013-02", "2014-01-02"] * 3, strict=True))),
    ("2.jsonl", tuple(f"{line};{since}" for line, since in zip(OTHERS, ["2014-01-02", "2013-02"] * 3, strict=True))),
)
UNDOING = ("staging review", "writing the manifest", "committing review", "committing undone", "committing published",
           "noting what is undone")  # fmt: skip
CLOSED = (State.PUBLISHED, State.SUPERSEDED)
STAGES = ("weighing again", "staging", "writing the manifest", "committing settled", "committing repairs",
          "committing published", "committing quarantine", "committing review", "noting what is replayed")  # fmt: skip
VALUES = (
    {"since": "2013-02-09"},
    {"since": "2013-02-09", "country": "XX"},
    {"country": "XX"},
    {"id": "11"},
    {"id": "77", "country": "YY"},
    {"born": "2001-01-01"},
    {"name": None},
)


class Crash(BaseException):
    """What ends a replay in the middle."""


class Dying(Nobody):
    """Crashes when a stage begins."""

    def __init__(self, at: str) -> None:
        self._at = at

    def stage(self, name: str, total_bytes: int | None = None) -> None:
        if name.startswith(self._at):
            raise Crash


class Office(RuleBasedStateMachine):
    """An output folder that people and programs work on."""

    def __init__(self) -> None:
        super().__init__()
        self._scratch = tempfile.TemporaryDirectory()
        self.folder = Path(self._scratch.name)
        self.into = self.folder / "out"
        self.version = 0
        self.sent: dict[int, tuple[str, int]] = {}  # file → run that stands, records
        self.crashed = False
        self.kills = 0

    def _contract(self) -> Path:
        length = (2, 3)[self.version % 2]
        eyes = "{fourEyes: true}" if self.version % 3 == 2 else "{}"
        path = contract(self.folder, version=f"1.{self.version}.0", review=eyes, country_length=length)
        path.write_text(path.read_text() + SINCE)
        return path

    def _file(self, which: int) -> Path:
        name, lines = FILES[which]
        path = self.folder / name
        if path.suffix == ".csv":
            path.write_text("\n".join(("id;name;born;country;since", *lines)) + "\n")
            return path
        rows = [dict(zip(("id", "name", "born", "country", "since"), line.split(";"), strict=True)) for line in lines]
        frame = pl.DataFrame(rows)
        if path.suffix == ".parquet":
            frame.write_parquet(path)
        else:
            frame.write_ndjson(path)
        return path

    @initialize()
    def begin(self) -> None:
        self.runs(0)

    @rule(which=st.sampled_from(range(len(FILES))))
    def runs(self, which: int) -> None:
        path = self._file(which)
        said = run(self._contract(), path, into=self.into)
        if said.state in ("published", "already_published"):
            standing = said.earlier_run or said.run_id
            self.sent[which] = (standing, said.receipt.records_in)

    @rule()
    def upgrades(self) -> None:
        self.version += 1

    @rule(kind=st.sampled_from(Kind), values=st.sampled_from(VALUES), reading=st.integers(0, 1), few=st.integers(1, 3))
    def decides(self, kind: Kind, values: dict[str, str | None], reading: int, few: int) -> None:
        with open_ledger(self.into) as ledger:
            queue = Queue(ledger)
            queue.take_in(self.into, NOON)
            items = queue.items().items[-few:]
            choice = Choice(kind, reading=reading, values=values if kind is Kind.CORRECT else {})
            done = decide(ledger, self.into, picks_of(items), choice, by="Ada", why="so it is", at=NOON)
            assert len(done.outcomes) == len(items)
            assert "stale" not in done.counts
            late = decide(ledger, self.into, picks_of(items), choice, by="Bob", why="no, so", at=NOON)
            assert not {o.item_id for o in late.outcomes if o.result == "done"} & {
                o.item_id for o in done.outcomes if o.result == "done"
            }

    @rule(action=st.sampled_from((withdraw, approve, refuse)))
    def thinks_again(self, action: object) -> None:
        wanted = State.DECIDED if action is withdraw else State.AWAITING
        with open_ledger(self.into) as ledger:
            items = Queue(ledger).items(Filter(state=wanted.value)).items[:2]
            action(ledger, picks_of(items), by="Cy", why="on reflection", at=NOON)  # type: ignore[operator]

    @rule()
    def replays(self) -> None:
        replay(self.into, by="Bob")
        self.crashed = False

    @rule()
    def replays_under_the_newest_contract(self) -> None:
        replay(self.into, by="Bob", contract=self._contract())
        self.crashed = False

    @rule(stage=st.sampled_from(STAGES))
    def a_replay_crashes(self, stage: str) -> None:
        try:
            replay(self.into, by="Bob", contract=self._contract(), watcher=Dying(stage))
        except Crash:
            self.crashed = True

    @rule(stage=st.sampled_from(STAGES))
    def a_process_that_replays_is_killed(self, stage: str) -> None:
        if self.kills:  # a process costs seconds
            return
        self.kills += 1
        driver = Path(__file__).with_name("replay_and_die.py")
        known = {**os.environ, "TMPDIR": self._scratch.name}
        words = [sys.executable, str(driver), str(self.into), stage, str(self._contract())]
        self.crashed = subprocess.run(words, check=False, env=known).returncode == 9

    @rule(which=st.sampled_from(range(len(FILES))), redo=st.booleans(), stage=st.sampled_from((None, None, *UNDOING)))
    def takes_repairs_back(self, which: int, redo: bool, stage: str | None) -> None:
        if which not in self.sent:
            return
        try:
            undo(self.into, self.sent[which][0], by="Eve", why="no day", property_name="since", redo=redo,
                 watcher=Dying(stage) if stage else None)  # fmt: skip
        except Crash:
            self.crashed = True

    def _rows(self, name: str) -> pl.DataFrame:
        try:
            return scan_table(Tables(self.into, "guests", "guests").path(name)).collect()
        except PublishError:
            return pl.DataFrame(schema={"_wb_source": pl.String, "_wb_record": pl.Int64, "source": pl.String,
                                        "record": pl.Int64, "run": pl.String, "_wb_extract": pl.String})  # fmt: skip

    @invariant()
    def no_record_is_published_twice(self) -> None:
        rows = self._rows("published")
        assert rows.select("_wb_source", "_wb_record").is_duplicated().sum() == 0
        assert rows.select("_wb_source", "id").is_duplicated().sum() == 0 if rows.height else True

    @invariant()
    def nothing_is_lost(self) -> None:
        served = set(self._rows("published").select("_wb_source", "_wb_record").iter_rows())
        for which, (run_id, records) in self.sent.items():
            with open_ledger(self.into) as ledger:
                known = ledger.run(run_id)
            key = extract_key(known.extract_id or "")
            tables = Tables(self.into, "guests", "guests")
            kept = [
                place
                for name in ("quarantine", "review")
                for place in self._rows(name)
                .filter(pl.col("_wb_extract") == key)
                .select("source", "record")
                .iter_rows()
            ]
            own = {place for place in served if place[0] == self._source(which)}
            assert len(kept) == len(set(kept))
            if not pending(self.into, tables, known.extract_id or "").is_file():
                assert not own & set(kept)
                assert len(own) + len(kept) == records
            elif not self._undoing(tables, known.extract_id or ""):
                assert len(own | set(kept)) == records

    def _undoing(self, tables: Tables, extract_id: str) -> bool:
        """Whether what was begun is no replay: a redo takes a record out of review before its row is shown."""
        return b"weighbridge.replay" not in pending(self.into, tables, extract_id).read_bytes()

    def _source(self, which: int) -> str:
        return str(self.folder / FILES[which][0])

    @invariant()
    def what_is_kept_is_what_waits(self) -> None:
        if self.crashed:
            return
        with open_ledger(self.into) as ledger:
            queue = Queue(ledger)
            queue.take_in(self.into, NOON)
            waits = {(i.run_id, i.source, i.record) for i in queue.every(Filter(state=None)) if i.state not in CLOSED}
        kept = {
            place
            for name in ("quarantine", "review")
            for place in self._rows(name).select("run", "source", "record").iter_rows()
        }
        assert waits == kept

    @invariant()
    def a_repair_taken_back_is_published_again_only_by_a_decision(self) -> None:
        if self.crashed:
            return
        rows = self._rows("published")
        for which, (run_id, _) in self.sent.items():
            with open_ledger(self.into) as ledger:
                key = extract_key(ledger.run(run_id).extract_id or "")
            back = in_force(history_of(Tables(self.into, "guests", "guests"), key), run_id)
            shown = {(r["_wb_source"], r["_wb_record"]) for r in rows.iter_rows(named=True)}
            for source, record in back.select("source", "record").unique().iter_rows():
                if (source, record) in shown:
                    told = self._rows(SETTLED).filter(pl.col("source") == source, pl.col("record") == record)
                    assert told["changed"].list.contains("since").any(), which

    @invariant()
    def every_published_correction_has_its_trail(self) -> None:
        if self.crashed:
            return
        settled = self._rows(SETTLED)
        if "changed" not in settled.columns:
            return
        with open_ledger(self.into) as ledger:
            queue = Queue(ledger)
            queue.take_in(self.into, NOON)  # counted is what was taken in
            items = {(i.run_id, i.source, i.record): i for i in queue.every(Filter(state=None))}
            for row in settled.iter_rows(named=True):
                item = items[row["run"], row["source"], row["record"]]
                assert trail(ledger, item)[-1].action in ("published", "decided")
                if row["changed"]:
                    taken = [d for d in decisions_of(ledger, item.id) if d["state"] == "published"]
                    assert sorted(taken[-1]["changes"]) == row["changed"]
                    assert taken[-1]["decided_by"] == row["decided_by"]
            for state, count in queue.states().items():
                assert count == sum(1 for i in items.values() if i.state is state)

    def teardown(self) -> None:
        if self.sent:
            replay(self.into, by="Bob")
            for run_id, _ in self.sent.values():
                told = audit(self.into, run_id)
                assert told.stands, told.findings
        self._scratch.cleanup()


LONG = os.environ.get("HYPOTHESIS_PROFILE") == "explore"
TestOffice = Office.TestCase
TestOffice.settings = settings(
    max_examples=100 if LONG else 8,
    stateful_step_count=40 if LONG else 9,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink) if LONG else (Phase.explicit, Phase.generate),
)
