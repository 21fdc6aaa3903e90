"""The section on drift: distances and both distributions, and nothing of a column that may not be shown."""

from __future__ import annotations

import json

from tests.report import made
from weighbridge.report import model, render_html, render_markdown
from weighbridge.report.sections.drift import drift


def test_what_drifted_comes_first_and_says_where_most() -> None:
    part = drift(made.drifted())
    assert part is not None
    assert (part["drifted"], part["total"]) == (5, 6)
    ids = next(c for c in part["compared"] if c["name"] == "ids")
    assert (ids["distance"], ids["at_most"], ids["measure"], ids["against"]) == (7.25, 0.5, "psi", "run before")
    assert ids["most_moved"] == "below 1.5: 0 % before, 90.0 % now"
    assert [b["words"] for b in ids["bins"]] == ["below 1.5", "up to 1.5", "over 1.5", "null"]
    names = next(c for c in part["compared"] if c["name"] == "names")
    assert [b["words"] for b in names["bins"]] == ["Anna", "(empty)", "(blank)", "all other values"]
    assert sum(b["now_share"] for b in names["bins"]) == 1
    assert part["compared"][-1]["name"] == "days"
    assert part["compared"][-1]["most_moved"] is None
    assert part["not_compared"] == [{"what": "pinned", "why": "no baseline is pinned", "line": 40}]


def test_a_column_that_may_not_be_shown_has_no_bins_whatever_the_result_holds() -> None:
    result = made.drifted()
    for text in (json.dumps(model(result)), render_html(model(result)), render_markdown(model(result))):
        assert "123-45" not in text
    part = drift(result)
    assert part is not None
    assert {c["name"] for c in part["compared"] if c["masked"]} == {"numbers", "unknown"}


def test_both_distributions_stand_in_a_table_and_in_words() -> None:
    page = render_html(model(made.drifted()))
    assert '<caption class="hidden">id, before and now</caption>' in page
    assert "without end" in page
    assert "5 of 6 comparisons found drift" in render_markdown(model(made.drifted()))


def test_a_contract_that_compares_nothing_has_no_such_section() -> None:
    assert drift(made.clean()) is None
