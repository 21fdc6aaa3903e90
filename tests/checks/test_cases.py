"""Every case inside a check, run the way a plan runs probes."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from weighbridge.checks import CheckContext, Lowered, lower
from weighbridge.checks.check import Case
from weighbridge.checks.registry import CHECKS
from weighbridge.probe import ROW, BesideProbe, CrossProbe, FrameProbe, KeyProbe, Probe, RowProbe, ScalarProbe

AS_OF = datetime(2013, 6, 15, 12, tzinfo=UTC)
CASES = [pytest.param(case, id=f"{check.name}: {case.says}") for check in CHECKS for case in check.cases()]


def lowered(case: Case) -> Lowered:
    def resolve(relation):
        held = case.references.get(relation.to_object)
        return None if held is None else held.lazy()

    return lower(
        case.schema, CheckContext(AS_OF, resolve, dict(case.rows.schema), past=lambda: case.past), sla=case.sla
    )


def failing(probe: Probe, rows: pl.DataFrame) -> tuple[int, ...]:
    if isinstance(probe, RowProbe):
        answer = rows.lazy().select(probe.failed.alias("x")).collect(engine="streaming")["x"]
        assert answer.dtype == pl.Boolean
        assert answer.null_count() == 0
        return tuple(answer.arg_true())
    if isinstance(probe, CrossProbe):
        return found(probe, rows)
    assert isinstance(probe, KeyProbe)
    where = [] if probe.where is None else [probe.where.fill_null(False)]
    parts = [part.alias(str(i)) for i, part in enumerate(probe.keys or map(pl.col, probe.properties))]
    numbered = rows.with_row_index("row").select("row", *parts, pl.all_horizontal(*where, True).alias("in"))
    keys = numbered.filter(pl.col("in")).drop("in").drop_nulls()
    return tuple(keys.filter(keys.drop("row").is_duplicated())["row"])


def found(probe: CrossProbe, rows: pl.DataFrame) -> tuple[int, ...]:
    numbered = rows.with_columns(pl.row_index().cast(pl.UInt64).alias(ROW)).lazy()
    frame = numbered if probe.where is None else numbered.filter(probe.where)
    read = frame.select(ROW, *(probe.reads or probe.properties))
    return tuple(probe.find(read).collect(engine="streaming")[ROW].unique().sort())


def also(probe: Probe, rows: pl.DataFrame) -> tuple[ScalarProbe, ...]:
    """Return what follows, as a probe of the extract, from which records fail."""
    if not isinstance(probe, KeyProbe | CrossProbe) or probe.also is None:
        return ()
    return probe.also(pl.row_index().is_in(list(failing(probe, rows))))


def answer(probe: Probe, rows: pl.DataFrame) -> tuple[bool, str]:
    if isinstance(probe, ScalarProbe):
        assert probe.read is not None
        given = probe.read(rows.lazy().select(probe.value.alias("x")).collect(engine="streaming").item())
    else:
        assert isinstance(probe, FrameProbe)
        given = probe.read(probe.build(rows.lazy()).collect(engine="streaming").item())
    return given.holds, given.words


@pytest.mark.parametrize("case", CASES)
def test_case_comes_out_as_it_says(case: Case) -> None:
    result = lowered(case)
    probes = {probe.name: probe for probe in result.probes}
    probes |= {told.name: told for probe in result.probes for told in also(probe, case.rows)}
    assert tuple(finding.code for finding in result.findings) == case.amiss
    assert {
        n: failing(p, case.rows) for n, p in probes.items() if isinstance(p, RowProbe | KeyProbe | CrossProbe)
    } == case.fails
    assert {
        n: answer(p, case.rows) for n, p in probes.items() if isinstance(p, ScalarProbe | FrameProbe)
    } == case.answers
    assert {n: probes[n].expected for n in case.expected} == case.expected
    if case.amiss and not case.fails:
        assert result.not_executed or "CHK-034" in case.amiss


def test_every_check_has_a_case_that_fails_something() -> None:
    for check in CHECKS:
        fails = any(any(rows) for case in check.cases() for rows in case.fails.values())
        if any(isinstance(p, BesideProbe) for case in check.cases() for p in lowered(case).probes):
            continue  # its answer is a run's: tests/pipeline/test_drift.py
        assert fails or any(not holds for case in check.cases() for holds, _ in case.answers.values()), check.name
