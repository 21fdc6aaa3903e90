"""Figures over time: what a check measured, how columns went, and nothing of a column that may not be shown."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report import made
from tests.report.site.grown import BEGAN, grow
from weighbridge.ledger import CheckEntry, Ledger, Run
from weighbridge.outcome.codec import from_json, to_json
from weighbridge.pipeline.site import publish_site
from weighbridge.report.site.charts import spark, strip
from weighbridge.report.site.figures import columns_over_time, figures_of

FINITE = st.none() | st.floats(-1e9, 1e9)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    into = tmp_path_factory.mktemp("grown")
    ids = grow(into, 6, reports=False)
    with Ledger.open(into / "ledger.db") as ledger:
        return ledger.past.runs_of(ids)


def test_what_checks_measured_is_remembered_with_its_limit() -> None:
    told = figures_of(made.drifted())
    assert told["checks"] == {"ids": 7.25, "days": 0.0, "numbers": 0.9, "unknown": 0.9, "old": 0.9}
    assert told["limits"] == {"ids": 0.5, "days": 0.5, "numbers": 0.5, "unknown": 0.5}


def test_of_a_classified_column_only_nulls_are_remembered_though_the_profile_has_more() -> None:
    profile = made.profile()
    figures = {"nulls": 5, "mean": 4711.0, "distinct": 17}
    columns = {"ssn": {**figures, "masked": False}, "id": {**figures, "masked": True}, "secret": figures}
    told = figures_of(made.published(profile={**profile, "records": 10, "columns": columns}))
    assert told["columns"] == {"ssn": {"nulls": 0.5}, "id": {"nulls": 0.5}}


def test_columns_are_drawn_and_told_from_the_runs_that_know_them(runs: list[Run]) -> None:
    known = {run.id: {"columns": {"a": {"nulls": n / 10, "mean": float(n)}}} for n, run in enumerate(runs)}
    told = columns_over_time(runs, {**known, runs[2].id: {}})
    assert told is not None
    nulls, mean, distinct = told["rows"][0]["lines"]
    assert nulls["table"] == ["0 %", "10.0 %", "–", "30.0 %", "40.0 %", "50.0 %"]
    assert mean["now"] == "5"
    assert len(mean["spark"]["lines"]) == 2
    assert distinct is None
    assert columns_over_time(runs, {runs[0].id: known[runs[0].id]}) is None


@given(st.data())
def test_bars_are_as_high_as_what_was_measured_and_never_leave_the_chart(runs: list[Run], data: st.DataObject) -> None:
    values = data.draw(st.lists(FINITE, min_size=len(runs), max_size=len(runs)))
    limit = data.draw(st.none() | st.floats(0, 1e9))
    entries = [CheckEntry("c", "CHK-070", "extract", "error", True) for _ in runs]
    drawn = strip(runs, entries, values, limit)
    heights = [cell["height"] for cell in drawn["cells"]]
    assert all(0 <= h <= 100.001 for h in heights)
    known = [(abs(v), h) for v, h in zip(values, heights, strict=True) if v is not None]
    assert all(h <= g + 1e-9 for v, h in known for w, g in known if v <= w)
    line = spark(runs, values)
    points = [p for part in line["lines"] for p in part.split()] + [",".join(d) for d in line["dots"]]
    assert len(points) == sum(v is not None for v in values)
    assert all(0 <= float(p.split(",")[1]) <= 100 for p in points)


def test_only_of_new_runs_the_result_is_read(tmp_path: Path) -> None:
    ids = grow(tmp_path, 5)
    publish_site(tmp_path, as_of=BEGAN + timedelta(days=5))
    for run_id in ids[:-1]:  # what was known stays known though the files say otherwise
        path = tmp_path / "runs" / run_id / "result.json"
        path.write_bytes(to_json(replace(from_json(path.read_bytes()), profile={})))
    grow(tmp_path, 1, first=5)
    publish_site(tmp_path, as_of=BEGAN + timedelta(days=6))
    state = json.loads((tmp_path / "site" / "site.json").read_text())
    (known,) = (one["figures"] for one in state["objects"].values())
    assert len(known) == 6
    assert all(figures["columns"]["born"]["nulls"] for figures in known.values())
    page = (tmp_path / "site" / "contracts" / "crm" / "people" / "index.html").read_text()
    assert '<h2 id="h-columns">Columns over time</h2>' in page
