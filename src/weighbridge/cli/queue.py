"""`weighbridge queue`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from weighbridge.cli.terminal import print_json, watching
from weighbridge.findings import ArgumentError, Finding

if TYPE_CHECKING:
    from weighbridge.pipeline.watcher import Watcher
    from weighbridge.review.decisions import Decided, Pick
    from weighbridge.review.item import ItemDetail
    from weighbridge.review.queue import Cause, Filter, Item, Queue

_ACTIONS = ("show", "accept", "correct", "reject", "return", "withdraw", "approve", "refuse", "export")


def queue(
    *words: str,
    into: Path,
    state: str | None = None,
    cause: int | None = None,
    code: str | None = None,
    property: str | None = None,
    text: str | None = None,
    contract_id: str | None = None,
    run: str | None = None,
    limit: Annotated[int, Parameter(alias="-n")] = 20,
    by: str = "",
    why: str = "",
    reading: str | None = None,
    set: tuple[str, ...] = (),
    to: Path | None = None,
    json: bool = False,
) -> int:
    """Work the records that wait for a person, without a browser.

    `weighbridge queue` tells the causes, what settles most records first. With a filter it lists records.
    `queue show ITEM` shows one. `queue accept|correct|reject|return|withdraw|approve|refuse ITEM…` decides;
    without items, about all that the filter means. `queue export --to back.zip` writes what was sent back.

    Parameters
    ----------
    words
        What to do, then the items' numbers.
    into
        The output folder.
    state
        Only records in this state: open (default), awaiting, decided, rejected, returned, published, superseded, all.
    cause
        Only records of this cause, by its number.
    code
        Only records with this finding.
    property
        Only records with a finding about this property.
    text
        Only records with these words, or words that begin so.
    contract_id
        Only records of the contract with this id.
    run
        Only records of this run.
    limit
        How many to list.
    by
        Who decides, or is given an export; of an export, by default who is logged in to this machine.
    why
        The reason.
    reading
        To accept: which reading, as its text or its position from 1.
    set
        To correct: `PROPERTY=VALUE`; `PROPERTY=` alone means no value. May be repeated.
    to
        To export: a file ending with .zip, or a folder.
    json
        Print the answer as JSON.
    """
    from weighbridge.pipeline.intake import now
    from weighbridge.pipeline.output.ledgers import ledger_of
    from weighbridge.review.queue import Filter, Queue

    action = words[0] if words and words[0] in _ACTIONS else None
    items = _numbers(words[1:] if action else words)
    with ledger_of(into) as ledger:
        waiting = Queue(ledger)
        waiting.take_in(into, now())
        run_id = ledger.run(run).id if run is not None else None
        default = {"withdraw": "decided", "approve": "awaiting", "refuse": "awaiting", "export": "returned"}
        meant = None if state == "all" else _state(state or default.get(action or "", "open"))
        wanted = Filter(
            contract=contract_id, run=run_id, state=meant, cause=cause, code=code, property=property, text=text
        )
        narrowed = any(v is not None for v in (state, cause, code, property, text, run))
        if action is None:
            shown = _list(waiting, wanted, items, narrowed, limit, json)
            if not narrowed and not json:
                _tell_late(waiting, into, contract_id)
            return shown
        if action == "show":
            return _show(waiting, into, items, json)
        chosen = [waiting.item(i) for i in items] if items else _all(waiting, wanted, narrowed, action)
        if action == "export":
            return _export(waiting, into, chosen, to, by, json)
        return _decide(waiting, into, action, chosen, by, why, reading, set, json)


def _list(waiting: Queue, wanted: Filter, items: Sequence[int], narrowed: bool, limit: int, as_json: bool) -> int:
    if items:
        raise ArgumentError(Finding("ARG-001", detail=f"say what to do with items: {', '.join(_ACTIONS)}"))
    if narrowed:
        page = waiting.items(wanted, limit=limit)
        if as_json:
            print_json([_told(i) for i in page.items])
            return 0
        for item in page.items:
            print(_line(item))
        print(f"{waiting.count(wanted):,} records, {len(page.items):,} shown")
        return 0
    causes = waiting.causes(wanted, limit=limit)
    if as_json:
        print_json([_told_cause(c) for c in causes])
        return 0
    for each in causes:
        checks = ", ".join(f"{p.code} {p.check}" for p in each.parts) or "no finding"
        print(f"{each.items:>9,}  cause {each.id}  {each.contract_id}.{each.object}: {checks}")
    states = waiting.states()
    print(", ".join(f"{n:,} {s.value}" for s, n in states.items()) or "nothing waits, nothing was ever kept out")
    return 0


def _tell_late(waiting: Queue, into: Path, contract_id: str | None) -> None:
    """Say of each object whose contract has a longest wait how many records wait longer."""
    from weighbridge.pipeline.alerting import waiting as late_records
    from weighbridge.pipeline.intake import now

    for contract, name, late, oldest, longest in late_records(into, waiting.ledger, now()):
        if late and oldest is not None and contract_id in (None, contract):
            print(f"{contract}.{name}: {late:,} of them longer than {longest}, the oldest since "
                  f"{oldest:%Y-%m-%d %H:%M} UTC")  # fmt: skip


def _show(waiting: Queue, into: Path, items: Sequence[int], as_json: bool) -> int:
    from weighbridge.pipeline.intake import now
    from weighbridge.review.item import detail
    from weighbridge.review.trail import trail

    for number in items:
        item = waiting.item(number)
        told = detail(waiting.ledger, into, item, may_see_raw=False, at=now())
        entries = trail(waiting.ledger, item)
        if as_json:
            print_json(_told(item) | {
                "fields": [{"name": f.name, "text": f.text, "value": f.value, "offending": f.is_offending,
                            "readings": [r.text for r in f.readings], "expected": list(f.words)} for f in told.fields],
                "trail": [{"at": t.at.isoformat(), "who": t.who, "action": t.action, "why": t.why} for t in entries],
            })  # fmt: skip
            continue
        _print(told)
        for t in entries:
            print(f"  {t.at:%Y-%m-%d %H:%M}  {t.who}: {t.action}{': ' if t.why else ''}{t.why}")
    return 0


def _print(told: ItemDetail) -> None:
    print(f"{_line(told.item)}  {told.contract_id} {told.contract_version}")
    for f in told.fields:
        mark = "!" if f.is_offending else " "
        value = "" if f.value is None or f.value == f.text else f" → {f.value}"
        print(f" {mark} {f.name}: {f.text!r}{value}")
        for position, r in enumerate(f.readings, 1):
            print(f"       {position}. {r.text}  ({'; '.join(r.evidence)})")
    for found in told.findings:
        print(f"   {found['code']} {found['check']}: expected {found['expected']}")
    if told.raw.content is not None:
        print(f"   bytes: {told.raw.content[:400].decode('ascii', 'backslashreplace')!r}")
    elif told.raw.hidden:
        print(f"   bytes: {told.raw.hidden}")


def _decide(
    waiting: Queue,
    into: Path,
    action: str,
    items: Sequence[Item],
    by: str,
    why: str,
    reading: str | None,
    given: Sequence[str],
    as_json: bool,
) -> int:
    from weighbridge.pipeline.intake import now
    from weighbridge.review import decisions
    from weighbridge.review.choice import Choice
    from weighbridge.review.states import Kind

    kinds = {"accept": Kind.ACCEPT_READING, "correct": Kind.CORRECT, "reject": Kind.CONFIRM_REJECTION,
             "return": Kind.SEND_BACK}  # fmt: skip
    chosen, at = decisions.picks_of(items), now()
    with watching(not as_json) as watcher:
        picks = counted(chosen, watcher)
        if action in kinds:
            which = int(reading) - 1 if reading is not None and reading.isdecimal() and len(reading) < 4 else reading
            choice = Choice(kinds[action], reading=which, values=_values(given))
            done = decisions.decide(waiting.ledger, into, picks, choice, by=by, why=why, at=at)
        else:
            move = {"withdraw": decisions.withdraw, "approve": decisions.approve, "refuse": decisions.refuse}[action]
            done = move(waiting.ledger, picks, by=by, why=why, at=at)
    return _tell(done, as_json)


def counted(picks: Sequence[Pick], watcher: Watcher) -> Iterator[Pick]:
    """Yield the picks of a decision, and tell the watcher of every thousand."""
    for number, pick in enumerate(picks):
        if number % 1_000 == 0:
            watcher.stage(f"{number:,} of {len(picks):,} records")
        yield pick


def _tell(done: Decided, as_json: bool) -> int:
    failed = [o for o in done.outcomes if o.result != "done"]
    if as_json:
        print_json({"batch": done.batch, "counts": done.counts, "outcomes": [
            {"item": o.item_id, "result": o.result, "state": o.state.value if o.state else None,
             "findings": [f.to_dict() for f in o.findings]} for o in done.outcomes]})  # fmt: skip
    else:
        for o in failed[:20]:
            print(f"item {o.item_id} {o.result}: {'; '.join(f'{f.code} {f.message}' for f in o.findings)}")
        print(", ".join(f"{n:,} {result}" for result, n in done.counts.items()) or "no item is meant")
    return 1 if failed else 0


def _export(waiting: Queue, into: Path, items: Sequence[Item], to: Path | None, by: str, as_json: bool) -> int:
    from weighbridge.pipeline.intake import now
    from weighbridge.review.export import export

    if to is None:
        raise ArgumentError(Finding("ARG-001", detail="say where the export goes: --to back.zip"))
    done = export(waiting.ledger, into, items, to, may_see_raw=True, by=by or getuser(), at=now())
    if as_json:
        print_json(done.to_dict())
    else:
        without = f", {done.without_bytes:,} without their bytes" if done.without_bytes else ""
        print(f"{done.path}: {done.records:,} records{without}")
    return 0


def _all(waiting: Queue, wanted: Filter, narrowed: bool, action: str) -> list[Item]:
    if not narrowed and action != "export":
        raise ArgumentError(Finding("ARG-001", detail=f"name the items to {action}, or say which by a filter"))
    return list(waiting.every(wanted))


def _values(given: Sequence[str]) -> dict[str, str | None]:
    values: dict[str, str | None] = {}
    for words in given:
        name, sign, value = words.partition("=")
        if not sign or not name:
            raise ArgumentError(Finding("ARG-001", detail="--set takes PROPERTY=VALUE", seen=words))
        values[name] = value or None
    return values


def _numbers(words: Sequence[str]) -> list[int]:
    wrong = [w for w in words if not w.isdecimal() or len(w) > 18]
    if wrong:
        known = ", ".join(_ACTIONS)
        raise ArgumentError(Finding("ARG-001", detail=f"no item's number, nor one of {known}", seen=" ".join(wrong)))
    return [int(w) for w in words]


def _state(word: str) -> str:
    from weighbridge.review.states import State

    if word not in {s.value for s in State}:
        known = ", ".join(s.value for s in State)
        raise ArgumentError(Finding("ARG-001", detail=f"no state {word!r}; there are {known}, all"))
    return word


def _line(item: Item) -> str:
    text = (item.text or "")[:60]
    return f"item {item.id}  {item.state.value}  {item.source} > record {item.record:,}  {' '.join(item.codes)}  {text}"


def _told(item: Item) -> dict[str, Any]:
    return {"id": item.id, "state": item.state.value, "row_version": item.row_version, "run_id": item.run_id,
            "source": item.source, "record": item.record, "verdict": item.verdict, "codes": list(item.codes),
            "cause": item.cause_id, "text": item.text}  # fmt: skip


def _told_cause(cause: Cause) -> dict[str, Any]:
    parts = [{"code": p.code, "check": p.check, "property": p.property} for p in cause.parts]
    return {
        "id": cause.id,
        "contract_id": cause.contract_id,
        "object": cause.object,
        "items": cause.items,
        "parts": parts,
    }
