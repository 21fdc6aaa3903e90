"""What replays and undos make of items: published, open again where a replay kept them out, closed by a redo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, cast, delete, func, insert, select, update

from weighbridge.ledger import Ledger
from weighbridge.ledger.engine import READS, ledger_errors
from weighbridge.ledger.schema import REPLAYS, REVIEW_DECISIONS, REVIEW_INTAKES, REVIEW_ITEMS, REVIEW_TRAIL
from weighbridge.review.again import TAKEN_BACK
from weighbridge.review.intake import tally
from weighbridge.review.queue import Item, item_of
from weighbridge.review.states import DecisionState, State

_CHUNK = 2_000
_UNPUBLISHED = tuple(state for state in State if state is not State.PUBLISHED)
_WAITING = tuple(state for state in _UNPUBLISHED if state is not State.SUPERSEDED)
_LIVE = (DecisionState.AWAITING.value, DecisionState.STANDING.value)


Stood = tuple[Any, ...]
"""The decision that a record was published by: its kind, who took it, when; all None where there was none."""


@dataclass(frozen=True, slots=True)
class ReplayEntry:
    """A replay of one run's records, as the ledger knows it.

    Attributes:
        candidates: records that were judged again.
        published, rejected, uncertain: what became of them.
    """

    id: str
    run_id: str
    contract_id: str
    object: str
    extract_id: str
    contract_version: str
    contract_fingerprint: str
    rules_fingerprint: str
    replayed_by: str
    started: datetime
    finished: datetime
    candidates: int
    published: int
    rejected: int
    uncertain: int
    body: Mapping[str, Any]


def publish_items(
    ledger: Ledger, run_id: str, replay_id: str, records: Mapping[tuple[str, int], Stood], *, by: str, at: datetime
) -> None:
    """Close the items of records that a replay published; those that are closed already stay as they are.

    A decision that is in force now and is not the one that the record was published by came too late:
    it failed, and the trail says so.

    Args:
        ledger: whose queue holds the items.
        run_id: the run that kept the records.
        replay_id: what published them.
        records: the decision that each was published by, by source and record number.
        by, at: who replayed, and when it is noted, UTC.
    """
    places = list(records)
    for start in range(0, len(places), _CHUNK):
        _move(ledger, run_id, places[start : start + _CHUNK], State.PUBLISHED, DecisionState.PUBLISHED,
              "published", replay_id, by, at, {}, stood=records)  # fmt: skip


def reopen_items(
    ledger: Ledger, run_id: str, replay_id: str, why: Mapping[tuple[str, int], str], *, by: str, at: datetime
) -> None:
    """Open the decided items again that a replay still kept out, with what it said of each."""
    records = list(why)
    for start in range(0, len(records), _CHUNK):
        _move(ledger, run_id, records[start : start + _CHUNK], State.OPEN, DecisionState.FAILED,
              "kept out", replay_id, by, at, why, only=(State.DECIDED,))  # fmt: skip


def follow_undo(ledger: Ledger, run_id: str, withdrawn: Set[tuple[str, int]], *, by: str, at: datetime) -> None:
    """Hold the items of records that undos withdrew to what is withdrawn now; safe to repeat.

    One whose row a redo has put back is superseded, and what was decided about it is withdrawn; one that
    an undo withdraws anew is open again.

    Args:
        ledger: whose queue holds the items.
        run_id: the run whose repairs were taken back.
        withdrawn: source and record number of all its records that are withdrawn now.
        by: who took repairs back, or put them in force.
        at: now, UTC.
    """
    items = REVIEW_ITEMS.c
    mine = (items.run_id == run_id, cast(items.codes, Text).contains(f'"{TAKEN_BACK}"'))
    with ledger_errors(), ledger.engine.connect().execution_options(**READS) as connection:
        told = [(row[0], row[1], row[2]) for row in connection.execute(
            select(items.source, items.record, items.state).where(*mine).order_by(items.id))]  # fmt: skip
    closed = State.SUPERSEDED.value
    back = [(source, record) for source, record, state in told if state != closed and (source, record) not in withdrawn]
    anew = [(source, record) for source, record, state in told if state == closed and (source, record) in withdrawn]
    for start in range(0, len(back), _CHUNK):
        _move(ledger, run_id, back[start : start + _CHUNK], State.SUPERSEDED, DecisionState.WITHDRAWN,
              "put back", None, by, at, {}, only=_WAITING)  # fmt: skip
    for start in range(0, len(anew), _CHUNK):
        _move(ledger, run_id, anew[start : start + _CHUNK], State.OPEN, DecisionState.WITHDRAWN,
              "kept", None, by, at, {}, only=(State.SUPERSEDED,))  # fmt: skip
    if anew:  # one that was put back before anybody looked has no cause yet
        with ledger_errors(), ledger.engine.begin() as connection:
            connection.execute(delete(REVIEW_INTAKES).where(REVIEW_INTAKES.c.run_id == run_id))


def _move(
    ledger: Ledger,
    run_id: str,
    records: Sequence[tuple[str, int]],
    state: State,
    decided: DecisionState,
    action: str,
    replay_id: str | None,
    by: str,
    at: datetime,
    why: Mapping[tuple[str, int], str],
    only: tuple[State, ...] = _UNPUBLISHED,
    stood: Mapping[tuple[str, int], Stood] | None = None,
) -> None:
    items = REVIEW_ITEMS.c
    changes: Counter[tuple[str, int, str]] = Counter()
    with ledger_errors(), ledger.engine.begin() as connection:
        found = _found(connection, run_id, records, only)
        if not found:
            return
        ids = [item.id for item in found]
        taken = select(REVIEW_DECISIONS).where(REVIEW_DECISIONS.c.item_id.in_(ids)).order_by(REVIEW_DECISIONS.c.id)
        every = [dict(row) for row in connection.execute(taken).mappings()]
        current = {row["item_id"]: row for row in every if row["state"] in _LIVE}
        late = dict[int, dict[str, Any]]()
        if stood is not None:
            by_item = {item.id: stood[item.source, item.record] for item in found}
            late = current
            current = {row["item_id"]: row for row in every if by_item[row["item_id"]] == _stood(row)}
            late = {i: row for i, row in late.items() if i not in current or current[i]["id"] != row["id"]}
        connection.execute(
            update(REVIEW_ITEMS)
            .where(items.id.in_(ids))
            .values(state=state.value, row_version=items.row_version + 1, changed=at)
        )
        for those, became in ((current, decided), (late, DecisionState.FAILED)):
            if those:
                connection.execute(
                    update(REVIEW_DECISIONS)
                    .where(REVIEW_DECISIONS.c.id.in_([row["id"] for row in those.values()]))
                    .values(state=became.value, replay_id=replay_id)
                )
        too_late = {i: f"what {row['decided_by']} decided meanwhile came too late" for i, row in late.items()}
        rows = [
            {
                "item_id": item.id,
                "at": at,
                "who": by,
                "action": action,
                "why": too_late.get(item.id) or why.get((item.source, item.record), ""),
                "decision_id": current[item.id]["id"] if item.id in current else None,
                "body": {} if replay_id is None else {"replay": replay_id},
            }
            for item in found
        ]
        connection.execute(insert(REVIEW_TRAIL), rows)
        for item in found:
            if item.cause_id is not None:
                changes[item.run_id, item.cause_id, item.state.value] -= 1
                changes[item.run_id, item.cause_id, state.value] += 1
        tally(connection, dict(changes))


def _found(
    connection: Connection, run_id: str, records: Sequence[tuple[str, int]], only: Sequence[State]
) -> list[Item]:
    """Return the items of records that are in one of these states: source by source, as they are indexed."""
    items, numbers = REVIEW_ITEMS.c, dict[str, list[int]]()
    for source, record in records:
        numbers.setdefault(source, []).append(record)
    found: list[Item] = []
    for source, those in numbers.items():
        query = select(REVIEW_ITEMS).where(
            items.run_id == run_id,
            items.source == source,
            items.record.in_(those),
            items.state.in_([s.value for s in only]),
        )
        found += [item_of(dict(row)) for row in connection.execute(query).mappings()]
    return sorted(found, key=lambda item: item.id)


def _stood(decision: Mapping[str, Any]) -> Stood:
    return decision["kind"], decision["decided_by"], decision["decided"]


def count_of(ledger: Ledger, run_id: str, state: State) -> int:
    """Return how many of a run's items are in a state."""
    items = REVIEW_ITEMS.c
    query = select(func.count()).where(items.run_id == run_id, items.state == state.value)
    with ledger_errors(), ledger.engine.connect().execution_options(**READS) as connection:
        return int(connection.execute(query).scalar_one())


def note_replay(ledger: Ledger, entry: ReplayEntry) -> None:
    """Enter a replay, once."""
    from sqlalchemy.dialects import postgresql, sqlite

    dialect = postgresql if ledger.engine.dialect.name == "postgresql" else sqlite
    with ledger_errors(), ledger.engine.begin() as connection:
        connection.execute(dialect.insert(REPLAYS).values(asdict(entry)).on_conflict_do_nothing())


def replays(ledger: Ledger, *, run_id: str | None = None, limit: int = 50) -> list[ReplayEntry]:
    """Return the newest replays, of one run or of all, the newest first."""
    query = select(REPLAYS).order_by(REPLAYS.c.id.desc()).limit(limit)
    query = query.where(REPLAYS.c.run_id == run_id) if run_id is not None else query
    with ledger_errors(), ledger.engine.connect().execution_options(**READS) as connection:
        return [ReplayEntry(**dict(row)) for row in connection.execute(query).mappings()]


@dataclass(frozen=True, slots=True)
class Standing:
    """An item that a replay may publish, with the decision it stands under, if any."""

    item: Item
    decision: Mapping[str, Any] | None


def standing(ledger: Ledger, run_id: str, states: Sequence[State]) -> dict[tuple[str, int], Standing]:
    """Return a run's items in these states by source and record number, each with its decision in force."""
    items, decisions = REVIEW_ITEMS.c, REVIEW_DECISIONS.c
    wanted = [s.value for s in states]
    own = select(REVIEW_ITEMS).where(items.run_id == run_id, items.state.in_(wanted)).order_by(items.id)
    taken = (
        select(REVIEW_DECISIONS)
        .join(REVIEW_ITEMS, items.id == decisions.item_id)
        .where(items.run_id == run_id, items.state.in_(wanted), decisions.state == DecisionState.STANDING.value)
    )
    with ledger_errors(), ledger.engine.connect().execution_options(**READS) as connection:
        by_item = {row["item_id"]: dict(row) for row in connection.execute(taken).mappings()}
        found = [item_of(dict(row)) for row in connection.execute(own).mappings()]
    return {(i.source, i.record): Standing(i, by_item.get(i.id)) for i in found}


def set_aside(ledger: Ledger, run_id: str, states: Sequence[State]) -> set[tuple[str, int]]:
    """Return source and record number of a run's items in these states."""
    items = REVIEW_ITEMS.c
    query = select(items.source, items.record).where(items.run_id == run_id, items.state.in_([s.value for s in states]))
    with ledger_errors(), ledger.engine.connect().execution_options(**READS) as connection:
        return {(row[0], row[1]) for row in connection.execute(query)}
