"""Deciding about records that wait: one or many, each by itself, each with its trail.

Who decides names each item with the version that was seen. An item that somebody changed
meanwhile is stale: nothing of it is overwritten, and the others go on. A decision counts at once, or,
where the contract asks for four eyes, when a second person approves it. It can be withdrawn until
the record is published; the trail keeps all of it.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, insert, select, update

from weighbridge.contract.model import SchemaObject
from weighbridge.findings import ArgumentError, Finding, Place
from weighbridge.ledger import Ledger
from weighbridge.ledger.engine import READS, ledger_errors
from weighbridge.ledger.schema import REVIEW_DECISIONS, REVIEW_ITEMS, REVIEW_TRAIL
from weighbridge.review.again import Terms, faults_of, kept_rows, taken_back
from weighbridge.review.choice import Choice, before_of, row_of, sealed_changes, shown
from weighbridge.review.intake import tally
from weighbridge.review.queue import Item, item_of
from weighbridge.review.states import REVERSIBLE, SETTLES, DecisionState, Kind, State
from weighbridge.sinks import Keyring

_CHUNK = 500
_Thing = TypeVar("_Thing")

Pick = tuple[int, int]
"""An item's number, and its version as it was seen."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item.

    Attributes:
        result: ``"done"``, ``"stale"`` (somebody changed it meanwhile) or ``"refused"``, as the findings say.
        state: the item's state since.
    """

    item_id: int
    result: str
    state: State | None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of all items of one decision.

    Attributes:
        batch: names the decision over all its items.
    """

    batch: str
    outcomes: tuple[Outcome, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many items by result."""
        return dict(Counter(o.result for o in self.outcomes))


@dataclass(frozen=True, slots=True)
class Preview:
    """What a choice would do to one item; nothing is written.

    Attributes:
        before, after: source text and value by property, masked where classified.
        findings: why it would be refused; empty where it would be done.
    """

    item: Item
    before: Mapping[str, str | None]
    after: Mapping[str, str | None]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Weighed:
    """An item with what the choice makes of it."""

    item: Item
    kept: Mapping[str, Any] | None
    changes: Mapping[str, str | None]
    sealed: Mapping[str, Any]
    findings: tuple[Finding, ...]
    four_eyes: bool
    masked: frozenset[str]


def preview(
    ledger: Ledger,
    into: Path,
    items: Iterable[Item],
    choice: Choice,
    *,
    at: datetime,
    keys: Keyring | None = None,
) -> Iterator[Preview]:
    """Yield what a choice would do to each item, in their order.

    Raises:
        ArgumentError: REV-004, the choice itself is not complete.
    """
    for chunk in _chunks(items):
        for found in _weigh(ledger, into, chunk, choice, at, keys or Keyring.from_settings()):
            before = {n: before_of(found.kept, n) for n in found.changes} if found.kept is not None else {}
            after = {n: shown(v, masked=n in found.masked) for n, v in found.changes.items()}
            yield Preview(found.item, before, after, found.findings)


def decide(
    ledger: Ledger,
    into: Path,
    picks: Iterable[Pick],
    choice: Choice,
    *,
    by: str,
    why: str,
    at: datetime,
    keys: Keyring | None = None,
) -> Decided:
    """Take a decision about items, each by itself.

    A correction, or an accepted reading, is held against the contract at once: where the record would
    still be kept out, that item is refused with what is wrong.

    Args:
        ledger: whose queue holds the items.
        into: the output folder, whose tables hold the records.
        picks: the items, each with the version that was seen.
        choice: what is decided.
        by, why: who decides, and the reason.
        at: now, UTC; also the moment by which time-dependent checks judge.
        keys: open what is sealed; by default those of the settings.

    Raises:
        ArgumentError: REV-004, nobody or no reason is named, or the choice is not complete.
    """
    _require_said(by, why)
    keys = keys if keys is not None else Keyring.from_settings()
    batch = secrets.token_hex(8)
    outcomes: list[Outcome] = []
    for chunk in _chunks(picks):
        seen = dict(chunk)
        items = _items(ledger, list(seen))
        outcomes += [_unknown(i) for i in seen if i not in {item.id for item in items}]
        fresh = [i for i in items if i.row_version == seen[i.id]]
        outcomes += [_stale(i) for i in items if i.row_version != seen[i.id]]
        able = [i for i in fresh if i.state is State.OPEN]
        outcomes += [_not_in_state(i, "decided on") for i in fresh if i.state is not State.OPEN]
        weighed = list(_weigh(ledger, into, able, choice, at, keys))
        outcomes += [Outcome(w.item.id, "refused", w.item.state, w.findings) for w in weighed if w.findings]
        good = [w for w in weighed if not w.findings]
        outcomes += _write(ledger, good, choice, batch, by, why, at)
    return Decided(batch, tuple(sorted(outcomes, key=lambda o: o.item_id)))


def _write(
    ledger: Ledger, good: Sequence[_Weighed], choice: Choice, batch: str, by: str, why: str, at: datetime
) -> list[Outcome]:
    def enter(connection: Connection, item: Item, weighed: _Weighed) -> tuple[State, int, dict[str, Any]]:
        state = DecisionState.AWAITING if weighed.four_eyes else DecisionState.STANDING
        values = {
            "item_id": item.id,
            "batch": batch,
            "kind": choice.kind.value,
            "changes": dict(weighed.sealed),
            "state": state.value,
            "decided_by": by,
            "why": why,
            "decided": at,
        }
        done = connection.execute(insert(REVIEW_DECISIONS).values(values))
        row = done.inserted_primary_key
        after = State.AWAITING if weighed.four_eyes else SETTLES[choice.kind]
        return after, int(row[0]) if row else 0, {"kind": choice.kind.value, "properties": sorted(weighed.changes)}

    moves = [(w.item, w) for w in good]
    return _move(ledger, moves, (State.OPEN,), enter, action="decided", by=by, why=why, at=at)


def withdraw(ledger: Ledger, picks: Iterable[Pick], *, by: str, why: str, at: datetime) -> Decided:
    """Take decisions back: the items are open again. What is published stays: undo it in the table.

    Raises:
        ArgumentError: REV-004, nobody or no reason is named.
    """
    return _settle(ledger, picks, REVERSIBLE, DecisionState.WITHDRAWN, State.OPEN, "withdrawn", by, why, at)


def approve(ledger: Ledger, picks: Iterable[Pick], *, by: str, why: str, at: datetime) -> Decided:
    """Approve decisions that await a second person; who decided cannot be the one (REV-008)."""
    return _settle(ledger, picks, (State.AWAITING,), DecisionState.STANDING, None, "approved", by, why, at)


def refuse(ledger: Ledger, picks: Iterable[Pick], *, by: str, why: str, at: datetime) -> Decided:
    """Refuse decisions that await a second person: the items are open again."""
    return _settle(ledger, picks, (State.AWAITING,), DecisionState.REFUSED, State.OPEN, "refused", by, why, at)


def assign(ledger: Ledger, picks: Iterable[Pick], assignee: str | None, *, by: str, at: datetime) -> Decided:
    """Say who takes items on, or that nobody does."""
    outcomes: list[Outcome] = []
    for chunk in _chunks(picks):

        def enter(connection: Connection, item: Item, _: None) -> tuple[State, int | None, dict[str, Any]]:
            connection.execute(update(REVIEW_ITEMS).where(REVIEW_ITEMS.c.id == item.id).values(assignee=assignee))
            return item.state, None, {"assignee": assignee}

        every = tuple(State)
        moves, gone = _picked(ledger, chunk, every, "assigned")
        outcomes += gone
        outcomes += _move(ledger, [(i, None) for i in moves], every, enter, action="assigned", by=by, why="", at=at)
    return Decided("", tuple(outcomes))


def _settle(
    ledger: Ledger,
    picks: Iterable[Pick],
    from_states: tuple[State, ...],
    becomes: DecisionState,
    after: State | None,
    action: str,
    by: str,
    why: str,
    at: datetime,
) -> Decided:
    """Move the current decision of each item on; `after` None means: what the decision settles."""
    _require_said(by, why)
    outcomes: list[Outcome] = []
    for chunk in _chunks(picks):
        moves, gone = _picked(ledger, chunk, from_states, action)
        outcomes += gone
        current = _current(ledger, [i.id for i in moves])
        if becomes is not DecisionState.WITHDRAWN:
            same = [i for i in moves if current[i.id]["decided_by"].strip().casefold() == by.strip().casefold()]
            outcomes += [
                Outcome(i.id, "refused", i.state, (Finding("REV-008", _place(i), f"{by} decided it"),)) for i in same
            ]
            moves = [i for i in moves if i not in same]

        def enter(
            connection: Connection, item: Item, decision: Mapping[str, Any]
        ) -> tuple[State, int | None, dict[str, Any]]:
            values: dict[str, Any] = {"state": becomes.value}
            if becomes is DecisionState.STANDING:
                values |= {"approved_by": by, "approved": at}
            connection.execute(update(REVIEW_DECISIONS).where(REVIEW_DECISIONS.c.id == decision["id"]).values(values))
            state = after if after is not None else SETTLES[Kind(decision["kind"])]
            return state, int(decision["id"]), {"kind": decision["kind"]}

        pairs = [(i, current[i.id]) for i in moves]
        outcomes += _move(ledger, pairs, from_states, enter, action=action, by=by, why=why, at=at)
    return Decided("", tuple(sorted(outcomes, key=lambda o: o.item_id)))


def decisions_of(ledger: Ledger, item_id: int) -> list[dict[str, Any]]:
    """Return every decision ever taken about an item, the oldest first; classified values stay sealed."""
    query = select(REVIEW_DECISIONS).where(REVIEW_DECISIONS.c.item_id == item_id).order_by(REVIEW_DECISIONS.c.id)
    with ledger_errors(), ledger.engine.connect().execution_options(**READS) as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def picks_of(items: Iterable[Item]) -> list[Pick]:
    """Return the number and the version of each item: what a decision names."""
    return [(item.id, item.row_version) for item in items]


def four_eyes(schema: SchemaObject) -> bool:
    """Return whether the contract asks for a second person to approve decisions about this object."""
    return bool((schema.extensions.get("review") or {}).get("fourEyes"))


# How an item is changed ------------------------------------------------------------------------


def _move(
    ledger: Ledger,
    moves: Sequence[tuple[Item, Any]],
    from_states: tuple[State, ...],
    enter: Any,
    *,
    action: str,
    by: str,
    why: str,
    at: datetime,
) -> list[Outcome]:
    """Change items in one transaction; one that is no longer as it was seen is stale and left alone."""
    if not moves:
        return []
    outcomes: list[Outcome] = []
    changes: Counter[tuple[str, int, str]] = Counter()
    trail_rows = []
    with ledger_errors(), ledger.engine.begin() as connection:
        for item, given in sorted(moves, key=lambda move: move[0].id):
            mine = (
                (REVIEW_ITEMS.c.id == item.id)
                & (REVIEW_ITEMS.c.row_version == item.row_version)
                & REVIEW_ITEMS.c.state.in_([s.value for s in from_states])
            )
            taken = connection.execute(update(REVIEW_ITEMS).where(mine).values(row_version=item.row_version + 1))
            if taken.rowcount != 1:
                outcomes.append(_stale(item))
                continue
            state, decision_id, body = enter(connection, item, given)
            connection.execute(
                update(REVIEW_ITEMS).where(REVIEW_ITEMS.c.id == item.id).values(state=state.value, changed=at)
            )
            if item.cause_id is not None and state is not item.state:
                changes[item.run_id, item.cause_id, item.state.value] -= 1
                changes[item.run_id, item.cause_id, state.value] += 1
            trail_rows.append(
                {"item_id": item.id, "at": at, "who": by, "action": action, "why": why, "decision_id": decision_id,
                 "body": body}
            )  # fmt: skip
            outcomes.append(Outcome(item.id, "done", state))
        if trail_rows:
            connection.execute(insert(REVIEW_TRAIL), trail_rows)
        tally(connection, dict(changes))
    return outcomes


def _weigh(
    ledger: Ledger, into: Path, items: Sequence[Item], choice: Choice, at: datetime, keys: Keyring
) -> Iterator[_Weighed]:
    """Yield each item with what the choice makes of it and what speaks against that, in their order."""
    found: dict[int, _Weighed] = {}
    by_run: dict[str, list[Item]] = {}
    for item in items:
        by_run.setdefault(item.run_id, []).append(item)
    for run_id, own in by_run.items():
        terms = Terms.of(into, ledger.run(run_id), at)
        if wrong := choice.faults(terms.schema):
            raise ArgumentError(wrong)
        for weighed in _weigh_run(terms, own, choice, keys):
            found[weighed.item.id] = weighed
    yield from (found[item.id] for item in items)


def _weigh_run(terms: Terms, items: Sequence[Item], choice: Choice, keys: Keyring) -> Iterator[_Weighed]:
    run, schema = terms.run, terms.schema
    eyes, masked = four_eyes(schema), frozenset(p.name for p in schema.properties if p.is_masked)
    if choice.kind not in (Kind.CORRECT, Kind.ACCEPT_READING):
        yield from (_Weighed(item, None, {}, {}, (), eyes, masked) for item in items)
        return
    kept = kept_rows(terms.into, run, [(i.source, i.record) for i in items])
    rows = row_of(kept)
    texts = terms.texts(kept, keys)
    changes: dict[int, dict[str, str | None]] = {}
    sealed: dict[int, dict[str, Any]] = {}
    wrong: dict[int, tuple[Finding, ...]] = {}
    for item in items:
        place = (item.source, item.record)
        if place not in rows:
            wrong[item.id] = (Finding("REV-007", _place(item), "the tables do not hold it any more"),)
        elif place in texts.unread:
            wrong[item.id] = (texts.unread[place],)
        elif isinstance(chosen := choice.changes(rows[place], schema), Finding):
            wrong[item.id] = (chosen,)
        else:
            changes[item.id] = chosen
            hidden = sealed_changes(chosen, schema, keys, run.id, place)
            if isinstance(hidden, Finding):
                wrong[item.id] = (hidden,)
            else:
                sealed[item.id] = hidden
    given = {texts.index(i.source, i.record): changes[i.id] for i in items if i.id in changes}
    faults = faults_of(terms, kept, texts, given) if given else {}
    for item in items:
        why = wrong.get(item.id, ())
        row = rows.get((item.source, item.record))
        if not why and (still := faults.get(texts.index(item.source, item.record))):
            why = (Finding("REV-005", _place(item), f"{len(still)} checks fail"), *still)
        elif not why and row is not None and (unsaid := taken_back(row["findings"]) - changes[item.id].keys()):
            why = (Finding("REV-015", _place(item), ", ".join(sorted(unsaid))),)
        yield _Weighed(item, row, changes.get(item.id, {}), sealed.get(item.id, {}), why, eyes, masked)


def _picked(
    ledger: Ledger, picks: Sequence[Pick], states: tuple[State, ...], action: str
) -> tuple[list[Item], list[Outcome]]:
    """Return the items that are as they were seen and may be changed so, and what became of the others."""
    seen = dict(picks)
    items = _items(ledger, list(seen))
    gone = [_unknown(i) for i in seen if i not in {item.id for item in items}]
    gone += [_stale(i) for i in items if i.row_version != seen[i.id]]
    fresh = [i for i in items if i.row_version == seen[i.id]]
    gone += [_not_in_state(i, action) for i in fresh if i.state not in states]
    return [i for i in fresh if i.state in states], gone


def _items(ledger: Ledger, ids: Sequence[int]) -> list[Item]:
    query = select(REVIEW_ITEMS).where(REVIEW_ITEMS.c.id.in_(ids)).order_by(REVIEW_ITEMS.c.id)
    with ledger_errors(), ledger.engine.connect().execution_options(**READS) as connection:
        return [item_of(dict(row)) for row in connection.execute(query).mappings()]


def _current(ledger: Ledger, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return the decision that each item stands under."""
    live = [DecisionState.AWAITING.value, DecisionState.STANDING.value]
    query = select(REVIEW_DECISIONS).where(REVIEW_DECISIONS.c.item_id.in_(ids), REVIEW_DECISIONS.c.state.in_(live))
    with ledger_errors(), ledger.engine.connect().execution_options(**READS) as connection:
        return {row["item_id"]: dict(row) for row in connection.execute(query).mappings()}


def _chunks(things: Iterable[_Thing]) -> Iterator[list[_Thing]]:
    coming = iter(things)
    while chunk := list(islice(coming, _CHUNK)):
        yield chunk


def _require_said(by: str, why: str) -> None:
    if not by.strip() or not why.strip():
        raise ArgumentError(Finding("REV-004", detail="say who decides and why"))


def _place(item: Item) -> Place:
    return Place(source=item.source, record=item.record)


def _stale(item: Item) -> Outcome:
    return Outcome(item.id, "stale", item.state, (Finding("REV-002", _place(item)),))


def _unknown(item_id: int) -> Outcome:
    return Outcome(item_id, "refused", None, (Finding("REV-001", detail=f"no item {item_id}"),))


def _not_in_state(item: Item, action: str) -> Outcome:
    words = f"it is {item.state.value} and cannot be {action}"
    return Outcome(item.id, "refused", item.state, (Finding("REV-003", _place(item), words),))
