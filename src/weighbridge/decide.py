"""Pure policy: the effects of failing probes to a verdict, totals and limits to a decision.

Nothing here reads or writes; the same arguments always give the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from weighbridge.contract.model import Breaker, Limit
from weighbridge.findings import Decision, Effect, Finding, Severity, Verdict
from weighbridge.quick import dataclass

_VERDICT_OF: tuple[tuple[Effect, Verdict], ...] = (
    (Effect.REJECT, Verdict.REJECTED),
    (Effect.REVIEW, Verdict.UNCERTAIN),
    (Effect.REPAIR, Verdict.REPAIRED),
)


def verdict(effects: Iterable[Effect]) -> Verdict:
    """Return what becomes of a record whose failing probes have these effects; the gravest decides."""
    present = frozenset(effects)
    for effect, outcome in _VERDICT_OF:
        if effect in present:
            return outcome
    return Verdict.ACCEPTED


@dataclass(frozen=True, slots=True)
class Tally:
    """How often one row or key probe failed: the input of `decide` for records."""

    name: str
    code: str
    effect: Effect
    failed: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Assertion:
    """How one check of the whole extract came out: the input of `decide` for extracts."""

    name: str
    code: str
    severity: Severity
    holds: bool
    words: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of an extract, why, and every limit that tripped.

    Attributes:
        decision: publish, publish with warnings, or hold.
        reasons: plain sentences, the gravest first; never empty.
        tripped: findings of the limits that were exceeded and the checks that held it.
    """

    decision: Decision
    reasons: tuple[str, ...]
    tripped: tuple[Finding, ...]


def decide(
    *,
    records: int,
    verdicts: Mapping[Verdict, int],
    tallies: Iterable[Tally],
    assertions: Iterable[Assertion],
    findings: Iterable[Finding],
    breaker: Breaker,
) -> Judgement:
    """Return what becomes of an extract.

    An extract is held when a finding about it as a whole or a failing check of it has
    severity error, when a limit of the breaker is exceeded, when it has no records and the
    contract does not allow that, or when it has records and none of them can be published.
    It is published with warnings when anything at all was found, else published.

    Args:
        records: records framed, unframeable ones included.
        verdicts: records by verdict; they sum to `records`.
        tallies: row and key probes with their failure counts.
        assertions: checks of the whole extract.
        findings: findings about the extract as a whole.
        breaker: the contract's limits.
    """
    tallies, assertions, findings = tuple(tallies), tuple(assertions), tuple(findings)
    holds: list[tuple[str, Finding | None]] = []
    holds += [(f"{f.code} {f.message}", None) for f in findings if f.severity is Severity.ERROR]
    if records == 0 and not breaker.allow_empty and not holds:
        finding = Finding("RDR-002")
        holds.append((f"{finding.code} {finding.message}", finding))
    holds += [_tripped("RUN-003", f"{a.name}: {a.words}") for a in assertions if _fails(a, Severity.ERROR)]
    holds += _exceeded(records, verdicts, tallies, breaker)
    publishable = verdicts.get(Verdict.ACCEPTED, 0) + verdicts.get(Verdict.REPAIRED, 0)
    if records and not publishable:
        holds.append(_tripped("RUN-005", f"0 of {records:,}"))
    if holds:
        return Judgement(Decision.HOLD, tuple(why for why, _ in holds), tuple(f for _, f in holds if f is not None))

    too_few = breaker.max_rejected.count is None and records < breaker.min_records
    bounds = f"no rate is judged below {breaker.min_records:,} records" if too_few else "within the limits"
    remarks = _remarks(verdicts, tallies, assertions, findings, bounds)
    if remarks:
        return Judgement(Decision.PUBLISH_WITH_WARNINGS, remarks, ())
    return Judgement(Decision.PUBLISH, (f"all {records:,} records hold what the contract promises",), ())


def limits_of_nothing(breaker: Breaker, tallies: Iterable[Tally]) -> tuple[Finding, ...]:
    """Return a warning for each limit of `perCheck` that never trips: its key is no check's name and no code."""
    known = {key: None for t in tallies for key in (t.name, t.code)}
    findings = []
    for key in breaker.per_check:
        if key not in known:
            near = get_close_matches(key, known, n=1, cutoff=0.0)
            hint = f"; the nearest is {near[0]!r}" if near else ""
            findings.append(Finding("RUN-015", detail=f"{key!r}{hint}", severity=Severity.WARNING))
    return tuple(findings)


def _fails(assertion: Assertion, severity: Severity) -> bool:
    return not assertion.holds and assertion.severity is severity


def _tripped(code: str, detail: str) -> tuple[str, Finding]:
    finding = Finding(code, detail=detail)
    return f"{code} {finding.message}", finding


def _exceeded(
    records: int, verdicts: Mapping[Verdict, int], tallies: tuple[Tally, ...], breaker: Breaker
) -> list[tuple[str, Finding | None]]:
    origin = "" if breaker.declared else " (the default limit: the contract declares no breaker)"
    totals = (
        ("RUN-002", "rejected", verdicts.get(Verdict.REJECTED, 0), breaker.max_rejected),
        ("RUN-004", "uncertain", verdicts.get(Verdict.UNCERTAIN, 0), breaker.max_uncertain),
        ("RUN-006", "repaired", verdicts.get(Verdict.REPAIRED, 0), breaker.max_repaired),
    )
    over: list[tuple[str, Finding | None]] = []
    for code, word, count, limit in totals:
        over += [_tripped(code, f"{why} {word}{origin}") for why in _over(count, records, limit, breaker.min_records)]
    for key, limit in breaker.per_check.items():
        named = [t for t in tallies if key in (t.name, t.code)]
        failed = sum(t.failed for t in named)
        exceeded = _over(failed, records, limit, breaker.min_records)
        over += [_tripped("RUN-007", f"{key}: {why} failed") for why in exceeded]
    return over


def _over(count: int, records: int, limit: Limit, min_records: int) -> list[str]:
    if limit.count is not None and count > limit.count:
        return [f"{count:,} records (limit {limit.count:,})"]
    if limit.rate is not None and records >= max(min_records, 1) and count > limit.rate * records:
        return [f"{count:,} of {records:,} records, {count / records:.2%} (limit {limit.rate:.2%})"]
    return []


def _remarks(
    verdicts: Mapping[Verdict, int],
    tallies: tuple[Tally, ...],
    assertions: tuple[Assertion, ...],
    findings: tuple[Finding, ...],
    bounds: str,
) -> tuple[str, ...]:
    remarks = []
    for outcome, words in (
        (Verdict.REJECTED, f"rejected, {bounds}; quarantine keeps the bytes"),
        (Verdict.UNCERTAIN, "uncertain: a person is to decide"),
        (Verdict.REPAIRED, "published after a repair; the repair ledger has each"),
    ):
        if count := verdicts.get(outcome, 0):
            remarks.append(f"{count:,} {'record is' if count == 1 else 'records are'} {words}")
    warned = sorted((t for t in tallies if t.effect is Effect.WARN and t.failed), key=lambda t: -t.failed)
    remarks += [f"{t.words or t.name}: {t.failed:,} {'record' if t.failed == 1 else 'records'} warned" for t in warned]
    remarks += [f"{a.name}: {a.words}" for a in assertions if _fails(a, Severity.WARNING)]
    remarks += [f"{f.code} {f.message}" for f in findings if f.severity is Severity.WARNING]
    return tuple(remarks)
