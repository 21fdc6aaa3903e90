"""No text makes a rule raise, and no value vanishes without a word."""

import json
from datetime import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.legacy.reading import Certainty
from weighbridge.legacy.rule import Rule
from weighbridge.legacy.rules import all_rules

MEANS_MISSING = {"nullValues", "mapping", "openEnded"}
BESIDE = st.none() | st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1))
DRESSED = [
    (rule, json.loads(parameters))
    for rule in all_rules()
    for parameters in sorted({json.dumps(dict(case.parameters), sort_keys=True) for case in rule.cases})
]


@pytest.mark.parametrize(("rule", "parameters"), DRESSED, ids=[f"{r.name}-{i}" for i, (r, _) in enumerate(DRESSED)])
@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_any_text_is_read_or_blamed(rule: Rule, parameters: dict[str, Any], data: st.DataObject) -> None:
    own = [case.text for case in rule.cases if case.text is not None]
    near = st.tuples(st.sampled_from(own), st.text(max_size=2), st.sampled_from([0, 1, -1])).map(
        lambda t: t[0][: t[2] or None] + t[1]
    )
    texts = data.draw(st.lists(st.one_of(st.none(), near, st.text(max_size=8)), min_size=1, max_size=20))
    model = rule.parameters.model_validate(parameters)
    reading = rule.read(pl.col("t"), model)
    where = [
        d.applies(pl.col("t"), reading.value).alias(f"{d.certainty.value}#{i}") for i, d in enumerate(reading.doubts)
    ]
    beside = [pl.lit(data.draw(BESIDE), pl.Datetime("us")).alias(name) for name in model.neighbours]
    frame = pl.DataFrame({"t": texts}, schema={"t": pl.String}).with_columns(beside)
    out = frame.select(reading.value.alias("v"), *where)
    assert len(out) == len(texts)
    for doubt in reading.doubts:
        if doubt.readings is not None:
            frame.select(doubt.readings.cast(pl.List(pl.String)))
    for text, row in zip(texts, out.iter_rows(named=True), strict=True):
        flags = {Certainty(k.split("#")[0]) for k, on in row.items() if k != "v" and on}
        if text is None:
            assert row["v"] is None
            assert not flags
        elif row["v"] is None and text != "" and rule.name not in MEANS_MISSING:
            assert Certainty.UNREADABLE in flags
        elif row["v"] is not None:
            assert Certainty.UNREADABLE not in flags
