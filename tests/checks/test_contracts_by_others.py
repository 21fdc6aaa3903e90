"""Contracts by people who never heard of us are lowered without a traceback, and every probe answers."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from weighbridge.checks import CheckContext, lower
from weighbridge.checks.pandera_view import to_pandera_schema, unexpressed
from weighbridge.contract import load
from weighbridge.decode.types import polars_type
from weighbridge.findings import WeighbridgeError
from weighbridge.probe import FrameProbe, RowProbe, ScalarProbe

SHARED = Path(os.environ.get("WEIGHBRIDGE_SHARED", Path(__file__).parents[2] / "../shared"))
OWN = Path(__file__).parents[2] / "contracts"
PATHS = sorted([*(SHARED / "odcs" / "contracts").rglob("*.y*ml"), *OWN.glob("*.odcs.yaml")])


def objects():
    for path in PATHS:
        try:
            contract = load(path)
        except WeighbridgeError:
            continue
        for schema in contract.objects:
            yield contract, schema


def test_every_probe_of_every_contract_answers() -> None:
    if not PATHS:
        pytest.skip("no contracts here")
    probes = 0
    for contract, schema in objects():
        dtypes = {p.name: polars_type(p) for p in schema.properties}
        rows = pl.DataFrame({name: [None] * 3 for name in dtypes}, schema=dtypes)
        result = lower(schema, CheckContext(datetime(2026, 1, 1, tzinfo=UTC), lambda _: None, dtypes), sla=contract.sla)
        assert len({p.name for p in result.probes}) == len(result.probes)
        to_pandera_schema(schema)
        unexpressed(schema)
        for probe in result.probes:
            probes += 1
            if isinstance(probe, RowProbe):
                assert rows.select(probe.failed.alias("x"))["x"].null_count() == 0
            elif isinstance(probe, ScalarProbe):
                assert probe.read is not None
                assert probe.read(rows.lazy().select(probe.value.alias("x")).collect().item()).words
            elif isinstance(probe, FrameProbe):
                assert probe.read(probe.build(rows.lazy()).collect().item()).words
    assert probes > 0
