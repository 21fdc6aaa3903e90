"""Where Pandera on Polars is wrong, or says less than it knows, our answer is another; each place by its name."""

from __future__ import annotations

import sys
from typing import Annotated, Any, ClassVar

import pandera.polars as pa
import polars as pl
import pytest
from pandera.api.parsers import Parser
from pandera.api.polars.types import PolarsData

from tests.support.pandera_team import lowered, ours, theirs
from weighbridge.findings import Effect, Severity
from weighbridge.probe import CrossProbe, KeyProbe, RowProbe

Check = pa.Check
ALL = frozenset([None])


def schema_of(*checks: Any, **parts: Any) -> Any:
    return pa.DataFrameSchema({"a": pa.Column(pl.Int64, list(checks), nullable=True)}, **parts)


def frame_of(*values: int | None, **others: list[Any]) -> pl.DataFrame:
    return pl.DataFrame({"a": list(values), **others}, schema_overrides={"a": pl.Int64})


def dropped(schema: Any, frame: pl.DataFrame) -> int:
    return frame.height - schema.validate(frame, lazy=True).height


def test_drop_invalid_rows_passes_a_missing_column_in_silence_and_we_do_not() -> None:
    schema = pa.DataFrameSchema({"a": pa.Column(pl.Int64), "z": pa.Column(pl.Int64)}, drop_invalid_rows=True)
    frame = frame_of(1, 2)
    assert dropped(schema, frame) == 0
    assert [finding.code for finding in lowered(schema, dict(frame.schema)).findings] == ["CHK-038"]


def test_drop_invalid_rows_passes_a_wrong_type_in_silence_and_we_do_not() -> None:
    schema = pa.DataFrameSchema({"a": pa.Column(pl.String)}, drop_invalid_rows=True)
    assert dropped(schema, frame_of(1, 2)) == 0
    assert [finding.code for finding in lowered(schema, {"a": pl.Int64()}).findings] == ["CHK-038"]


def test_drop_invalid_rows_passes_a_repeated_key_in_silence_and_we_do_not() -> None:
    schema = schema_of(unique=["a", "b"], drop_invalid_rows=True)
    frame = frame_of(1, 1, 2, b=["x", "x", "x"])
    assert dropped(schema, frame) == 0
    assert ours(schema, frame) == {("a+b", "multiple"): {0, 1}}


def test_drop_invalid_rows_drops_all_for_one_figure_and_we_hold_the_extract() -> None:
    schema = schema_of(Check(lambda d: d.lazyframe.select(pl.col("a").mean() > 5), name="mean"), drop_invalid_rows=True)
    frame = frame_of(1, 2, 3)
    assert dropped(schema, frame) == 3
    assert ours(schema, frame) == {("a", "mean"): ALL}


def test_a_figure_of_all_records_is_pinned_on_the_first_and_here_on_none() -> None:
    schema = schema_of(Check(lambda d: d.lazyframe.select(pl.col("a").sum() > 50), name="sum"))
    assert theirs(schema, frame_of(1, 2)) == {("a", "sum"): {0}}
    assert ours(schema, frame_of(1, 2)) == {("a", "sum"): ALL}


def test_a_lazy_frame_is_looked_at_for_its_types_alone_and_here_for_its_data() -> None:
    schema = schema_of(Check.gt(1))
    frame = frame_of(0, 2)
    assert schema.validate(frame.lazy(), lazy=True).collect().height == 2
    assert ours(schema, frame) == {("a", "greater_than(1)"): {0}}


def test_what_cannot_be_coerced_skips_the_other_checks_and_here_only_itself() -> None:
    schema = pa.DataFrameSchema({"a": pa.Column(pl.Int64, Check.gt(1), coerce=True)})
    frame = pl.DataFrame({"a": ["x", "0", "2", None]})
    assert theirs(schema, frame).get(("a", "greater_than(1)")) != {1}
    assert ours(schema, frame) == {("a", "coerce"): {0}, ("a", "greater_than(1)"): {1}, ("a", "not_nullable"): {3}}


def test_of_several_keys_the_first_that_repeats_is_told_and_here_every_one() -> None:
    schema = schema_of(unique=[["a"], ["b"]])
    frame = frame_of(1, 1, 2, 3, b=["x", "y", "z", "z"])
    assert {row for rows in theirs(schema, frame).values() for row in rows} == {0, 1}
    assert ours(schema, frame) == {("a", "field_uniqueness"): {0, 1}, ("b", "field_uniqueness"): {2, 3}}


def test_n_failure_cases_is_what_is_shown_and_here_not_what_is_counted() -> None:
    schema = schema_of(Check.gt(5, n_failure_cases=1))
    assert theirs(schema, frame_of(1, 2)) == {("a", "greater_than(5)"): {0}}
    assert ours(schema, frame_of(1, 2)) == {("a", "greater_than(5)"): {0, 1}}


def test_a_column_found_by_a_pattern_is_told_by_its_name() -> None:
    schema = pa.DataFrameSchema({"a|z": pa.Column(pl.Int64, Check.gt(1), regex=True)})
    assert theirs(schema, frame_of(0, 2)) == {("a|z", "greater_than(1)"): {0}}
    assert ours(schema, frame_of(0, 2)) == {("a", "greater_than(1)"): {0}}


def test_groupby_is_passed_over_in_silence_and_here_in_words() -> None:
    more = Check(lambda d: d.lazyframe.select(pl.col("a") > 1), name="more", groupby=["b"])
    schema = pa.DataFrameSchema({"a": pa.Column(pl.Int64, more), "b": pa.Column(pl.String, nullable=True)})
    frame = frame_of(0, 2, b=["x", "y"])
    assert theirs(schema, frame) == ours(schema, frame) == {("a", "more"): {0}}
    result = lowered(schema, dict(frame.schema))
    assert [(f.code, f.severity) for f in result.findings] == [("CHK-040", Severity.WARNING)]
    assert [entry.what for entry in result.not_executed] == ["team: groupby b of more"]
    assert "say it in the contract itself" in result.findings[0].fix


def test_a_column_that_pandera_would_add_is_said_not_to_be_asked() -> None:
    schema = pa.DataFrameSchema(
        {"a": pa.Column(pl.Int64), "z": pa.Column(pl.Int64, Check.gt(1), default=3)}, add_missing_columns=True
    )
    result = lowered(schema, {"a": pl.Int64()})
    assert [finding.code for finding in result.findings] == ["CHK-040"]
    assert [entry.what for entry in result.not_executed] == ["team: column z"]
    assert [probe.name for probe in result.probes] == ["a|team:not_nullable"]


def test_parsers_are_refused_here_as_there() -> None:
    schema = pa.DataFrameSchema({"a": pa.Column(pl.Int64, parsers=Parser(lambda d: d))})
    with pytest.raises(NotImplementedError):
        schema.validate(frame_of(1))
    (finding,) = lowered(schema, {"a": pl.Int64()}).findings
    assert finding.code == "CHK-038"
    assert "parsers" in finding.detail


def _boom(value: int) -> bool:
    raise RuntimeError(f"the secret is {value}")


def _panics(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(pl.col("a").map_batches(lambda s: 1 / 0, return_dtype=pl.Boolean))


def _quits(data: PolarsData) -> pl.LazyFrame:
    sys.exit(3)


def _without_end(data: PolarsData) -> pl.LazyFrame:
    return _without_end(data)


def _short(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.filter(pl.col("a") > 1).select(pl.col("a") > 1)


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (Check(_boom, element_wise=True), "_boom raised RuntimeError"),
        (Check(_panics), "_panics raised ZeroDivisionError"),
        (Check(_quits), "_quits raised SystemExit"),
        (Check(_without_end), "_without_end raised RecursionError"),
        (Check(lambda d: [True]), "<lambda> raised AttributeError"),
        (Check(_short), "_short answers 2 times for 3 records"),
    ],
)
def test_a_function_that_gives_no_answer_is_told_by_its_name_and_without_values(check: Any, words: str) -> None:
    schema = schema_of(check, Check.gt(1))
    frame = frame_of(1, 42, 43)
    (probe,) = [p for p in lowered(schema, dict(frame.schema)).probes if isinstance(p, CrossProbe)]
    numbered = frame.with_columns(pl.row_index().cast(pl.UInt64).alias("__row"))
    assert probe.find(numbered.lazy()).collect().is_empty()
    assert probe.also is not None
    (told,) = probe.also(pl.lit(False))
    assert (told.code, told.severity) == ("CHK-039", Severity.ERROR)
    assert told.read is not None
    answer = told.read(3)
    assert (answer.holds, answer.words) == (False, words)
    assert ours(schema, frame)["a", "greater_than(1)"] == {0}, "the others are asked"


def test_a_check_that_warns_warns() -> None:
    mean = Check(lambda d: d.lazyframe.select(pl.col("a").mean() > 5), raise_warning=True)
    probes = lowered(schema_of(Check.gt(1, raise_warning=True), mean), {"a": pl.Int64()}).probes
    assert [getattr(p, "effect", None) or getattr(p, "severity", None) for p in probes] == [
        Effect.WARN,
        Severity.WARNING,
    ]


def test_tolerance_and_filter_of_the_entry_count_for_every_check_of_the_schema() -> None:
    schema = pa.DataFrameSchema(
        {"a": pa.Column(pl.Int64, [Check.gt(1), Check(lambda v: v > 1, name="each", element_wise=True)], unique=True)}
    )
    parts = {"options": {"tolerance": {"count": 1}, "filter": "b = 'x'"}}
    frame = frame_of(0, 0, None, 2, b=["y", "x", "x", "x"])
    result = lowered(schema, dict(frame.schema), **parts)
    scalars = {p.name for p in result.probes if not isinstance(p, RowProbe | CrossProbe | KeyProbe)}
    assert scalars == {"a|team:not_nullable|tolerance", "a|team:greater_than|tolerance"}
    for probe in result.probes:
        if isinstance(probe, CrossProbe | KeyProbe):
            assert probe.also is not None
            assert [told.name for told in probe.also(pl.lit(False))] == [f"{probe.name}|tolerance"]
            assert "b" in probe.properties
    told = ours(schema, frame, **parts)
    assert told["a", "greater_than(1) where b = 'x'"] == {1}
    assert told["a", "each where b = 'x'"] == {1}
    assert told["a", "not_nullable"] == {2}


class Payments(pa.DataFrameModel):
    """A model as a team writes it."""

    a: int = pa.Field(gt=0, le=5, unique=True)
    kind: str = pa.Field(isin=["x", "y"], nullable=True, alias="b")
    at: Annotated[pl.Datetime, "ms", None] = pa.Field(nullable=True)  # type: ignore[type-arg]
    price: Annotated[pl.Decimal, 9, 2] = pa.Field(ge=0, nullable=True)  # type: ignore[type-arg]
    rest: str | None = pa.Field(str_length={"max_value": 2})

    class Config:
        strict = True
        ordered = True
        unique: ClassVar = ["a", "b"]

    @pa.check("a", name="even")
    def even(self, data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col(data.key) % 2 == 0)

    @pa.dataframe_check
    def a_is_known(self, data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("a").is_not_null() | pl.col("b").is_null())


def test_a_model_with_fields_annotated_types_and_a_config_is_asked_as_pandera_does() -> None:
    frame = pl.DataFrame(
        {"a": [2, 3, 7, None, 2], "b": ["x", "z", None, "y", None], "at": [None] * 5, "price": [1, None, -1, 2, 3]},
        schema={"a": pl.Int64, "b": pl.String, "at": pl.Datetime("ms"), "price": pl.Decimal(9, 2)},
    )
    assert ours(Payments.to_schema(), frame) == theirs(Payments.to_schema(), frame)
    assert len(ours(Payments.to_schema(), frame)) == 7
