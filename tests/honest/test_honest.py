"""No published value differs from the truth in silence; and were there one, it would be counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.honest import OUTCOMES, RECORDS, TRIALS, Score, Trial, measure
from benchmarks.honest_cells import DECLARED

PAGE = Path(__file__).parents[2] / "docs" / "honesty.md"


@pytest.fixture(scope="module")
def score(tmp_path_factory: pytest.TempPathFactory) -> Score:
    return measure(tmp_path_factory.mktemp("honest"))


def test_no_published_value_is_silently_wrong(score: Score) -> None:
    print(score.table())
    assert score.wrong == ()
    assert "silently wrong values: 0" in score.table()


def test_the_table_of_the_page_is_the_one_measured(score: Score) -> None:
    assert score.table() in PAGE.read_text("utf-8")


def test_what_is_planted_is_of_every_kind_and_comes_to_every_end(score: Score) -> None:
    assert sum(score.counts.values()) > 20 * RECORDS
    assert {family for _, family, _ in score.counts} == {"booleans", "codes", "dates", "missing", "numbers", "text"}
    reached = {outcome for _, _, outcome in score.counts}
    assert reached == set(OUTCOMES) - {"silently wrong"}
    declared = sum(n for (trial, _, outcome), n in score.counts.items() if trial == "declared" and outcome == "right")
    assert declared > 10_000, "honest by refusing everything would be no use"


def test_what_is_decided_by_evidence_is_right_far_more_often_than_not(score: Score) -> None:
    by_evidence = {o: sum(score.counts["unknown, by evidence", f, o] for f in ("dates", "numbers")) for o in OUTCOMES}
    assert by_evidence["right, repaired"] > 10 * by_evidence["differs, says so"]


def test_a_contract_that_declares_the_wrong_order_of_day_and_month_is_counted(tmp_path: Path) -> None:
    """The measure itself can find what it looks for: no reader knows that a declared order is not the file's."""
    day = DECLARED[0]
    wrong = replace(day, rules=({"rule": "date", "formats": ["MM/dd/yyyy"]},), planted=(day.sound,))
    lying = Trial(TRIALS[0].name, (wrong,))
    found = measure(tmp_path, records=200, trials=[lying])
    assert len(found.wrong) > 20
    assert all(value != truth for _, _, _, value, truth in found.wrong)
