"""Troubles: what is wrong with a contract's extracts or its queue, in words that may leave the house."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from weighbridge.findings import Decision, Verdict, WeighbridgeError, code
from weighbridge.outcome.result import RunResult
from weighbridge.quick import dataclass

HELD, RATE, WARNING, CANNOT_RUN, WAITING = "held", "rate", "warning", "cannot_run", "waiting"
SOON, ABSENT, STALE = "soon", "absent", "stale"
_COUNTED = (Verdict.REJECTED, Verdict.UNCERTAIN, Verdict.REPAIRED)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that people are called for.

    Attributes:
        kind: ``"held"``, ``"rate"``, ``"warning"``, ``"cannot_run"``, ``"waiting"``, ``"soon"`` (records that will
            wait too long), ``"absent"`` (nothing came by the promised time) or ``"stale"``.
        contract_id: of the contract; its file's name where it could not be read.
        about: what tells it from others of its kind: a verdict, the name of a check.
        title: one line.
        body: some lines.
        run_id: of the run that showed it.
        is_there: False: it is over.
    """

    kind: str
    contract_id: str
    object: str | None
    about: str = ""
    title: str = ""
    body: str = ""
    run_id: str | None = None
    is_there: bool = True

    @property
    def key(self) -> str:
        """What makes it the same trouble as an earlier one."""
        parts = (self.kind, self.contract_id, self.object or "", self.about)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def of_result(result: RunResult, declared: Mapping[str, Any]) -> Iterator[Trouble]:
    """Yield what a run shows: troubles, and those that it shows to be over.

    Args:
        result: of a run that was judged now.
        declared: the object's extension `alerts`.
    """
    contract, name = result.contract, f"{result.contract.name} ({result.contract.object})"
    held = result.decision is Decision.HOLD
    yield Trouble(
        HELD,
        contract.id,
        contract.object,
        title=f"{name} is held",
        body=_lines("Nothing of this extract was published; the last good version stays served.", _why(result)),
        run_id=result.run_id,
        is_there=held,
    )
    yield Trouble(CANNOT_RUN, contract.id, None, is_there=False)
    yield Trouble(ABSENT, contract.id, contract.object, is_there=False)
    for verdict in _COUNTED:
        limit = declared.get(verdict.value)
        if limit:
            count = result.verdicts.get(verdict, 0)
            yield Trouble(
                RATE,
                contract.id,
                contract.object,
                verdict.value,
                f"{name}: {count:,} records {verdict.value}",
                _lines(f"The contract wants to be told of {_said(limit)}.", _why(result)),
                result.run_id,
                is_there=_is_over(count, result.records, limit),
            )
    if declared.get("warnings"):
        for check in result.checks:
            if check.grain == "extract":
                yield Trouble(
                    WARNING,
                    contract.id,
                    contract.object,
                    check.name,
                    f"{name}: {check.name} does not hold",
                    _lines(f"{check.code} {code(check.code).title}", _why(result)),
                    result.run_id,
                    is_there=not check.holds and not held,
                )


def of_failure(contract_id: str, error: WeighbridgeError) -> Trouble:
    """Return the trouble of a run that could not be made."""
    codes = dict.fromkeys(f.code for f in error.findings)
    words = [f"{name} {code(name).title}; {code(name).fix}" for name in codes]
    return Trouble(CANNOT_RUN, contract_id, None, title=f"{contract_id} cannot run", body=_lines(*words))


def of_waiting(
    contract_id: str, object_name: str, waiting: int, oldest: datetime | None, longest: timedelta, now: datetime
) -> Trouble:
    """Return the trouble of a queue whose records wait longer than their contract lets them.

    Args:
        waiting: how many records wait for longer than `longest`.
        oldest: since when the first of all waits; None when none does.
        longest: how long one may wait.
        now: the present.
    """
    since = "" if oldest is None else f"The oldest waits for {_days(now - oldest)}; "
    return Trouble(
        WAITING,
        contract_id,
        object_name,
        title=f"{contract_id} ({object_name}): {waiting:,} record{'s wait' if waiting != 1 else ' waits'} too long",
        body=f"{since}the contract lets a record wait for {_days(longest)}.",
        is_there=waiting > 0,
    )


def of_soon(contract_id: str, object_name: str, soon: int, longest: timedelta) -> Trouble:
    """Return the trouble of a queue whose records will soon wait longer than their contract lets them.

    Args:
        soon: how many have waited for most of `longest`; none when others wait for longer already.
        longest: how long one may wait.
    """
    return Trouble(
        SOON,
        contract_id,
        object_name,
        title=f"{contract_id} ({object_name}): {soon:,} record{'s' if soon != 1 else ''} will soon wait too long",
        body=f"The contract lets a record wait for {_days(longest)}, and four fifths of that are over.",
        is_there=soon > 0,
    )


def of_promises(
    contract_id: str,
    object_name: str,
    last: datetime,
    due: datetime | None,
    fresh_until: datetime | None,
    now: datetime,
) -> Iterator[Trouble]:
    """Yield what promises of time are broken, and those that are kept.

    Args:
        last: when the last extract came.
        due: by when the next was promised; None without such a promise.
        fresh_until: until when the newest value that was published is fresh; None where nothing is promised or known.
        now: the present.
    """
    came = f"The last extract came {last:%Y-%m-%d %H:%M} UTC"
    promised = "" if due is None else f"{came}; the contract promised another by {due:%Y-%m-%d %H:%M}."
    yield Trouble(
        ABSENT,
        contract_id,
        object_name,
        title=f"{contract_id} ({object_name}): nothing arrived by the promised time",
        body=promised,
        is_there=due is not None and due < now,
    )
    yield Trouble(
        STALE,
        contract_id,
        object_name,
        title=f"{contract_id} ({object_name}) is stale",
        body=f"The newest value that was published is older than the contract promises. {came}.",
        is_there=fresh_until is not None and fresh_until < now,
    )


def _why(result: RunResult) -> str:
    counts = ", ".join(
        f"{count:,} {verdict.value}" for verdict in Verdict if (count := result.verdicts.get(verdict, 0))
    )
    failed = sorted({c.code for c in result.checks if not c.holds} | {f.code for f in result.findings})
    codes = f"Codes: {', '.join(failed[:12])}{' …' if len(failed) > 12 else ''}" if failed else ""
    return _lines(f"{result.records:,} records: {counts or 'none'}", codes, f"Run {result.run_id}")


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _is_over(count: int, records: int, limit: Mapping[str, Any]) -> bool:
    most, rate = limit.get("count"), limit.get("rate")
    return (most is not None and count > most) or (rate is not None and records > 0 and count / records > rate)


def _said(limit: Mapping[str, Any]) -> str:
    parts = []
    if limit.get("count") is not None:
        parts.append(f"more than {limit['count']:,}")
    if limit.get("rate") is not None:
        parts.append(f"more than {limit['rate']:.2%}")
    return " or ".join(parts)


def _days(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    if hours < 48:
        return f"{hours} hour{'s' if hours != 1 else ''}"
    return f"{hours // 24} days"
