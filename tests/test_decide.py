"""Decide: what becomes of a record, and of an extract."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from weighbridge.contract.model import Breaker, Limit
from weighbridge.decide import Assertion, Judgement, Tally, decide, limits_of_nothing, verdict
from weighbridge.findings import Decision, Effect, Finding, Severity, Verdict, code

EFFECTS = st.lists(st.sampled_from(Effect), max_size=6)


def judge(
    records: int,
    rejected: int = 0,
    uncertain: int = 0,
    repaired: int = 0,
    *,
    tallies: tuple[Tally, ...] = (),
    assertions: tuple[Assertion, ...] = (),
    findings: tuple[Finding, ...] = (),
    breaker: Breaker | None = None,
) -> Judgement:
    verdicts = {
        Verdict.ACCEPTED: records - rejected - uncertain - repaired,
        Verdict.REPAIRED: repaired,
        Verdict.UNCERTAIN: uncertain,
        Verdict.REJECTED: rejected,
    }
    return decide(
        records=records,
        verdicts=verdicts,
        tallies=tallies,
        assertions=assertions,
        findings=findings,
        breaker=breaker or Breaker(),
    )


def codes(judgement: Judgement) -> list[str]:
    return [f.code for f in judgement.tripped]


@given(EFFECTS)
def test_law_the_gravest_effect_decides_whatever_the_order(effects: list[Effect]) -> None:
    assert verdict(effects) == verdict(reversed(effects)) == verdict([*effects, *effects])
    if Effect.REJECT in effects:
        assert verdict(effects) is Verdict.REJECTED
    elif Effect.REVIEW in effects:
        assert verdict(effects) is Verdict.UNCERTAIN
    elif Effect.REPAIR in effects:
        assert verdict(effects) is Verdict.REPAIRED
    else:
        assert verdict(effects) is Verdict.ACCEPTED


@given(EFFECTS, st.sampled_from([Effect.WARN, Effect.NOTE]))
def test_law_a_warning_never_changes_a_verdict(effects: list[Effect], remark: Effect) -> None:
    assert verdict([*effects, remark]) is verdict(effects)


def test_a_clean_extract_is_published() -> None:
    judgement = judge(1000)
    assert judgement.decision is Decision.PUBLISH
    assert judgement.reasons == ("all 1,000 records hold what the contract promises",)


def test_rejects_within_the_limits_publish_with_warnings() -> None:
    judgement = judge(1000, rejected=3)
    assert judgement.decision is Decision.PUBLISH_WITH_WARNINGS
    assert judgement.reasons == ("3 records are rejected, within the limits; quarantine keeps the bytes",)


def test_a_rate_over_its_limit_holds() -> None:
    judgement = judge(1000, rejected=51, breaker=Breaker(max_rejected=Limit(rate=0.05), declared=True))
    assert judgement.decision is Decision.HOLD
    assert codes(judgement) == ["RUN-002"]
    assert "51 of 1,000 records, 5.10% (limit 5.00%) rejected" in judgement.reasons[0]
    assert code("RUN-002").fix in judgement.tripped[0].fix


def test_a_rate_at_its_limit_does_not_hold() -> None:
    assert judge(1000, rejected=50, breaker=Breaker(max_rejected=Limit(rate=0.05))).decision is not Decision.HOLD


def test_a_rate_is_not_judged_below_the_minimum_volume() -> None:
    breaker = Breaker(max_rejected=Limit(rate=0.05), min_records=100)
    assert judge(99, rejected=50, breaker=breaker).decision is Decision.PUBLISH_WITH_WARNINGS
    assert judge(100, rejected=50, breaker=breaker).decision is Decision.HOLD


def test_a_count_is_judged_at_any_volume() -> None:
    assert judge(10, rejected=2, breaker=Breaker(max_rejected=Limit(count=1))).decision is Decision.HOLD


def test_the_default_limit_says_that_it_is_one() -> None:
    assert "the contract declares no breaker" in judge(1000, rejected=500).reasons[0]


def test_uncertain_and_repaired_have_limits_of_their_own() -> None:
    breaker = Breaker(max_uncertain=Limit(count=0), max_repaired=Limit(count=0))
    assert codes(judge(10, uncertain=1, breaker=breaker)) == ["RUN-004"]
    assert codes(judge(10, repaired=1, breaker=breaker)) == ["RUN-006"]


def test_one_check_may_have_a_limit_by_name_or_by_code() -> None:
    tally = Tally("dest|enum", "CHK-004", Effect.WARN, 7)
    for key in ("dest|enum", "CHK-004"):
        judgement = judge(1000, tallies=(tally,), breaker=Breaker(per_check={key: Limit(count=5)}))
        assert codes(judgement) == ["RUN-007"]
    assert judge(1000, tallies=(tally,), breaker=Breaker(per_check={"dest|enum": Limit(count=7)})).tripped == ()


def test_a_failing_check_of_the_extract_holds_by_severity() -> None:
    grave = Assertion("rows", "CHK-020", Severity.ERROR, False, "observed 3")
    light = Assertion("rows", "CHK-020", Severity.WARNING, False, "observed 3")
    assert codes(judge(10, assertions=(grave,))) == ["RUN-003"]
    assert judge(10, assertions=(light,)).decision is Decision.PUBLISH_WITH_WARNINGS


def test_a_finding_about_the_extract_holds_by_severity() -> None:
    assert judge(10, findings=(Finding("RDR-001"),)).decision is Decision.HOLD
    light = Finding("RDR-001", severity=Severity.WARNING)
    assert judge(10, findings=(light,)).decision is Decision.PUBLISH_WITH_WARNINGS
    assert judge(10, findings=(Finding("RDR-001", severity=Severity.INFO),)).decision is Decision.PUBLISH


def test_an_empty_extract_is_held_unless_the_contract_allows_it() -> None:
    assert codes(judge(0)) == ["RDR-002"]
    assert judge(0, breaker=Breaker(allow_empty=True)).decision is Decision.PUBLISH


def test_an_extract_of_which_nothing_can_be_published_is_held_whatever_the_limits() -> None:
    assert codes(judge(5, rejected=5, breaker=Breaker(max_rejected=Limit(rate=1.0)))) == ["RUN-005"]


def test_warnings_are_told_with_their_counts() -> None:
    tally = Tally("tailnum|foreign key", "CHK-010", Effect.WARN, 50_094, "no plane has this tail number")
    judgement = judge(336_776, tallies=(tally,))
    assert judgement.decision is Decision.PUBLISH_WITH_WARNINGS
    assert judgement.reasons == ("no plane has this tail number: 50,094 records warned",)


@given(st.integers(0, 2000), st.data())
def test_law_a_looser_limit_never_holds_what_a_tighter_one_publishes(records: int, data: st.DataObject) -> None:
    rejected = data.draw(st.integers(0, records))
    tight, loose = sorted(data.draw(st.tuples(st.floats(0, 1), st.floats(0, 1))))
    held_loose = judge(records, rejected, breaker=Breaker(max_rejected=Limit(rate=loose))).decision is Decision.HOLD
    held_tight = judge(records, rejected, breaker=Breaker(max_rejected=Limit(rate=tight))).decision is Decision.HOLD
    assert held_tight or not held_loose


def test_a_limit_of_no_check_is_told_with_the_nearest() -> None:
    tallies = (Tally("age|maximum", "CHK-005", Effect.REJECT, 3), Tally("id|required", "CHK-001", Effect.REJECT, 0))
    breaker = Breaker(
        per_check={"age|maximun": Limit(count=1), "CHK-005": Limit(count=9), "id|required": Limit(count=0)}
    )
    (finding,) = limits_of_nothing(breaker, tallies)
    assert (finding.code, finding.severity) == ("RUN-015", Severity.WARNING)
    assert finding.detail == "'age|maximun'; the nearest is 'age|maximum'"
    assert finding.fix == code("RUN-015").fix


def test_a_reason_does_not_speak_of_limits_that_were_not_judged() -> None:
    assert "no rate is judged below 100 records" in judge(10, rejected=8).reasons[0]
    assert "within the limits" in judge(100, rejected=8).reasons[0]
    assert "within the limits" in judge(10, rejected=8, breaker=Breaker(max_rejected=Limit(count=9))).reasons[0]
