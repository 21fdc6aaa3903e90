"""A model team's module: whatever schema a test puts there, a contract can name; and what each side says of a frame."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from typing import Any

import polars as pl

from weighbridge.checks import CheckContext, Lowered, lower
from weighbridge.checks.case import prop, table
from weighbridge.contract.model import Quality
from weighbridge.probe import ROW, CrossProbe, FrameProbe, KeyProbe, RowProbe, ScalarProbe

AS_OF = datetime(2013, 6, 15, 12, tzinfo=UTC)
Told = dict[tuple[str | None, str], frozenset[int | None]]
"""By column and check, the records that fail, counted from 0; None stands for all of them together."""


def lowered(schema: Any, dtypes: dict[str, pl.DataType], **parts: Any) -> Lowered:
    """Return the probes of a schema in a contract whose object has these columns."""
    globals()["SCHEMA"] = schema
    quality = Quality("team", "custom", engine="pandera", implementation=f"{__name__}:SCHEMA", **parts)
    held = table(*(prop(name) for name in dtypes), quality=(quality,))
    return lower(held, CheckContext(AS_OF, lambda _: None, dtypes))


def theirs(schema: Any, frame: pl.DataFrame) -> Told:
    """Return Pandera's failure cases."""
    from pandera.errors import SchemaErrors

    told: dict[tuple[str | None, str], set[int | None]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            schema.validate(frame, lazy=True)
        except SchemaErrors as caught:
            for column, check, index in caught.failure_cases.select("column", "check", "index").rows():
                told.setdefault((None if column == schema.name else column, check), set()).add(index)
    return {key: frozenset(rows) for key, rows in told.items()}


def ours(schema: Any, frame: pl.DataFrame, **parts: Any) -> Told:
    """Return what our probes say, in the words of Pandera's failure cases."""
    result = lowered(schema, dict(frame.schema), **parts)
    told: dict[tuple[str | None, str], frozenset[int | None]] = {}
    for finding in result.findings:
        if finding.code == "CHK-038":
            told[None, finding.detail] = frozenset([None])
    for probe in result.probes:
        rows = failing(probe, frame)
        column = probe.name.split("|")[0] if "|team:" in probe.name else None
        word = probe.name.partition("team:")[2].partition("|")[0]
        word = word if word in ("not_nullable", "coerce") else probe.expected
        word = ("field_uniqueness" if "+" not in str(column) else "multiple") if isinstance(probe, KeyProbe) else word
        if rows:
            told[column, word] = rows
        also = probe.also(pl.lit(False)) if isinstance(probe, CrossProbe) and probe.also else ()
        if any(not holds(one, frame) for one in also):
            told[column, word] = frozenset([None])
    return told


def failing(probe: Any, frame: pl.DataFrame) -> frozenset[int | None]:
    """Return the records that fail a probe, counted from 0."""
    if isinstance(probe, RowProbe):
        return frozenset(frame.lazy().select(probe.failed.alias("x")).collect(engine="streaming")["x"].arg_true())
    if isinstance(probe, CrossProbe):
        numbered = frame.with_columns(pl.row_index().cast(pl.UInt64).alias(ROW)).reverse().lazy()
        asked = numbered if probe.where is None else numbered.filter(probe.where)
        return frozenset(probe.find(asked.select(ROW, *(probe.reads or probe.properties))).collect()[ROW])
    if isinstance(probe, KeyProbe):
        parts = [part.alias(str(i)) for i, part in enumerate(probe.keys or map(pl.col, probe.properties))]
        keys = frame.with_row_index("row").select("row", *parts).drop_nulls()
        return frozenset(keys.filter(keys.drop("row").is_duplicated())["row"])
    return frozenset() if holds(probe, frame) else frozenset([None])


def holds(probe: ScalarProbe | FrameProbe, frame: pl.DataFrame) -> bool:
    """Return how a probe of all records together comes out."""
    asked = frame.lazy().select(probe.value) if isinstance(probe, ScalarProbe) else probe.build(frame.lazy())
    assert probe.read is not None
    return probe.read(asked.collect(engine="streaming").item()).holds
