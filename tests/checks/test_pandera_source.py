"""The exported text of a Pandera schema says of a frame what the contract's own probes say, without Weighbridge."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checks import test_pandera_view as seen_live
from tests.docs.walk import ROOT
from weighbridge.checks.case import prop, table
from weighbridge.checks.pandera_source import pandera_source
from weighbridge.contract import load
from weighbridge.contract.model import Quality, SchemaObject
from weighbridge.findings import Severity

_KEPT = {"check": "conditional", "when": "id > 3", "then": "real > 1"}
WEIGHED = replace(
    seen_live.SCHEMA,
    quality=(
        *seen_live.SCHEMA.quality,
        Quality(
            "kept",
            "custom",
            engine="weighbridge",
            implementation=_KEPT,
        ),
        Quality("some", "custom", engine="weighbridge", implementation="id < 30", options={"filter": "code = 'B'"}),
    ),
)


def compiled(schema: SchemaObject) -> Any:
    source = pandera_source(schema)
    space: dict[str, Any] = {}
    exec(compile(source.text, "exported.py", "exec"), space)
    assert "weighbridge" not in source.text
    return space[source.name]


def valid(schema: Any, frame: pl.DataFrame) -> bool:
    from pandera.errors import SchemaErrors

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            schema.validate(frame, lazy=True)
        except SchemaErrors:
            return False
    return True


EXPORTED = compiled(WEIGHED)


@settings(max_examples=60, deadline=None)
@given(st.lists(seen_live.rows, max_size=4) | st.lists(seen_live.good_rows, max_size=2))
def test_the_text_and_the_live_schema_agree_on_any_frame(records: list[dict[str, Any]]) -> None:
    from weighbridge.checks.pandera_view import to_pandera_schema

    of_halves = pl.col("real").is_null() | pl.col("real").is_nan() | (pl.col("real") % 0.5 == 0)
    frame = pl.DataFrame(records, schema=seen_live.DTYPES).filter(of_halves)  # multipleOf of floats is left out
    assert valid(EXPORTED, frame) == valid(to_pandera_schema(WEIGHED), frame)


def test_both_outcomes_occur() -> None:
    assert valid(EXPORTED, seen_live.frame_of({}))
    for change in ({"real": float("nan")}, {"code": "C"}, {"text": "yy"}, {"id": 4, "real": 0.5}, {"id": None}):
        assert not valid(EXPORTED, seen_live.frame_of(change)), change
    assert not valid(EXPORTED, seen_live.frame_of({}, {"code": "B"}))


def test_what_cannot_be_written_down_stands_in_the_text() -> None:
    source = pandera_source(WEIGHED)
    assert {part.what for part in source.left_out} >= {"real|multipleOf", "odd name|maximum", "count"}
    for part in source.left_out:
        assert f"# - {part.what}" in source.text


def test_hostile_names_and_texts_stay_texts() -> None:
    nasty = 'x"""\nimport os; os.abort()\n"""\\'
    schema = table(
        replace(prop("a'b\\", options={"pattern": "\"'\\\\"}), description=nasty),
        prop("c", enum=['"', "'", "\n", "\\"], severity=Severity.WARNING),
    )
    exported = compiled(replace(schema, name=nasty))
    assert list(exported.columns) == ["a'b\\", "c"]


@pytest.mark.parametrize("name", ["airlines", "airports", "flights", "planes", "weather"])
def test_every_sample_contract_can_be_exported(name: str) -> None:
    for schema in load(ROOT / "contracts" / f"{name}.odcs.yaml").objects:
        assert list(compiled(schema).columns) == [p.name for p in schema.properties]


def test_the_command_writes_the_text_and_tells_what_is_left_out() -> None:
    path = str(ROOT / "contracts" / "weather.odcs.yaml")
    command = [sys.executable, "-m", "weighbridge", "export", path, "--to", "pandera"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "weather = pa.DataFrameSchema(" in done.stdout
    assert "left out: three_airports_report" in done.stderr
    said = json.loads(subprocess.run([*command, "--json"], capture_output=True, text=True, check=True).stdout)
    assert said["document"]["source"] == done.stdout
