"""What the ledger knows of the past: which tables there are, and how each check came out over time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Select, func, or_, select

from weighbridge.findings import Verdict
from weighbridge.ledger.engine import READS, ledger_errors
from weighbridge.ledger.entries import CheckEntry, Recurrence, Run, RunState
from weighbridge.ledger.rows import check_of, run_of
from weighbridge.ledger.schema import CHECK_RESULTS, REVIEW_INTAKES, REVIEW_ITEMS, RUNS
from weighbridge.quick import dataclass

_IDS_A_QUERY = 500
_WAITING = ("open", "awaiting")
_JUDGED = (RunState.PUBLISHED.value, RunState.HELD.value)


@dataclass(frozen=True, slots=True)
class Known:
    """One object of one contract that extracts came in for.

    Attributes:
        runs: how many there are of it, whatever became of them.
        latest: the newest run's id.
        open_items: uncertain records of it that wait for a person: for a decision, or for a second pair of eyes.
        oldest_item: when the first of them was put into the queue; None without any.
        queued: all records of it in the queue that nobody has settled, rejected ones too, whether or not they
            were taken in yet.
    """

    contract_id: str
    object: str
    runs: int
    latest: str
    open_items: int = 0
    oldest_item: datetime | None = None
    queued: int = 0


class Past:
    """Questions about many runs at once. Reads only."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def known(self) -> list[Known]:
        """Return every object of every contract there was a run of, by contract and object."""
        key = (RUNS.c.contract_id, RUNS.c.object)
        counted = select(*key, func.count().label("runs"), func.max(RUNS.c.id).label("latest")).group_by(*key)
        queue = (REVIEW_ITEMS.c.contract_id, REVIEW_ITEMS.c.object)
        waiting = select(*queue, func.count().label("items"), func.min(REVIEW_ITEMS.c.created).label("oldest"))
        uncertain = or_(REVIEW_ITEMS.c.verdict.is_(None), REVIEW_ITEMS.c.verdict == Verdict.UNCERTAIN.value)
        waiting = waiting.where(REVIEW_ITEMS.c.state.in_(_WAITING), uncertain).group_by(*queue)
        items = {(row["contract_id"], row["object"]): row for row in self._rows(waiting)}
        queued = self._queued()
        found = []
        for row in self._rows(counted):
            place = (row["contract_id"], row["object"])
            open_items = items.get(place)
            more = (
                {} if open_items is None else {"open_items": open_items["items"], "oldest_item": open_items["oldest"]}
            )
            found.append(Known(**row, **more, queued=queued[place]))
        return sorted(found, key=lambda k: (k.contract_id, k.object))

    def _queued(self) -> Counter[tuple[str, str]]:
        """Return how many records wait, by contract and object: items, and what runs rejected that is not in yet."""
        found: Counter[tuple[str, str]] = Counter()
        place = (REVIEW_ITEMS.c.contract_id, REVIEW_ITEMS.c.object)
        waiting = select(*place, func.count().label("items")).where(REVIEW_ITEMS.c.state.in_(_WAITING))
        for row in self._rows(waiting.group_by(*place)):
            found[row["contract_id"], row["object"]] += row["items"]
        later = RUNS.alias()
        same = [later.c[name] == RUNS.c[name] for name in ("contract_id", "object", "extract_id")]
        stands = (later.c.state == RunState.PUBLISHED.value) | (
            (later.c.state == RunState.HELD.value) & (RUNS.c.state == RunState.HELD.value)
        )
        replaced = select(later.c.id).where(*same, later.c.id > RUNS.c.id, stands).exists()
        known = select(func.count()).where(
            REVIEW_ITEMS.c.run_id == RUNS.c.id, REVIEW_ITEMS.c.verdict == Verdict.REJECTED.value
        )
        entered = known.scalar_subquery().label("known")
        coming = select(RUNS.c.contract_id, RUNS.c.object, RUNS.c.rejected, entered).where(
            RUNS.c.state.in_(_JUDGED), RUNS.c.rejected > 0, ~replaced,
            RUNS.c.id.not_in(select(REVIEW_INTAKES.c.run_id)),
        )  # fmt: skip
        for row in self._rows(coming):
            found[row["contract_id"], row["object"]] += max(0, row["rejected"] - row["known"])
        return found

    def run_ids(self, contract_id: str, object_name: str) -> list[str]:
        """Return the ids of all runs of an object, oldest first."""
        query = select(RUNS.c.id).where(RUNS.c.contract_id == contract_id, RUNS.c.object == object_name)
        return [row["id"] for row in self._rows(query.order_by(RUNS.c.id))]

    def runs_of(self, run_ids: Sequence[str]) -> list[Run]:
        """Return these runs, oldest first."""
        found = []
        for some in _some(run_ids):
            found += [run_of(row) for row in self._rows(select(RUNS).where(RUNS.c.id.in_(some)))]
        return sorted(found, key=lambda r: r.id)

    def checks_of(self, run_ids: Sequence[str]) -> dict[str, dict[str, CheckEntry]]:
        """Return how every check of these runs came out: by run, then by the check's name in the order of the plan."""
        found: dict[str, dict[str, CheckEntry]] = {}
        for some in _some(run_ids):
            query = select(CHECK_RESULTS).where(CHECK_RESULTS.c.run_id.in_(some))
            for row in self._rows(query.order_by(CHECK_RESULTS.c.run_id, CHECK_RESULTS.c.position)):
                found.setdefault(row["run_id"], {})[row["name"]] = check_of(row)
        return found

    def recurrence(
        self,
        contract_id: str,
        object_name: str,
        names: Sequence[str],
        *,
        before: str | None = None,
        most_runs: int = 200,
    ) -> dict[str, Recurrence]:
        """Return, for each check that was asked before, how it came out in the newest earlier runs.

        Args:
            names: of the checks.
            before: a run's id: look only at runs that began before it.
            most_runs: how many of them to look at, published and held ones.
        """
        wanted = [RUNS.c.contract_id == contract_id, RUNS.c.object == object_name, RUNS.c.state.in_(_JUDGED)]
        if before is not None:
            wanted.append(RUNS.c.id < before)
        earlier = select(RUNS.c.id, RUNS.c.started).where(*wanted).order_by(RUNS.c.id.desc()).limit(most_runs)
        began = {row["id"]: row["started"] for row in self._rows(earlier)}
        told: dict[str, list[Mapping[str, Any]]] = {}
        columns = [CHECK_RESULTS.c[name] for name in ("run_id", "name", "holds", "failed", "rate")]
        for some in _some(began):
            for few in _some(names):
                query = select(*columns).where(CHECK_RESULTS.c.run_id.in_(some), CHECK_RESULTS.c.name.in_(few))
                for row in self._rows(query):
                    told.setdefault(row["name"], []).append(row)
        return {name: _recurrence(rows, began) for name, rows in told.items()}

    def _rows(self, query: Select[Any]) -> list[Mapping[str, Any]]:
        with ledger_errors(), self._engine.connect().execution_options(**READS) as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def _some(names: Iterable[str]) -> Iterator[list[str]]:
    listed = list(names)
    return (listed[at : at + _IDS_A_QUERY] for at in range(0, len(listed), _IDS_A_QUERY))


def _recurrence(rows: list[Mapping[str, Any]], began: Mapping[str, datetime]) -> Recurrence:
    newest_first = sorted(rows, key=lambda row: str(row["run_id"]), reverse=True)
    since = None
    for row in newest_first:
        if row["holds"]:
            break
        since = row["run_id"]
    last = newest_first[0]
    return Recurrence(
        runs=len(rows),
        failed_runs=sum(not row["holds"] for row in rows),
        since_run=since,
        since=None if since is None else began[since],
        before_failed=last["failed"],
        before_rate=last["rate"],
    )
