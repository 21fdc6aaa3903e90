"""Every rule's own cases, its docstring and its place in the list."""

from pathlib import Path

import polars as pl
import pytest

import weighbridge.legacy.rules as folder
from weighbridge.findings import code
from weighbridge.legacy.reading import Certainty
from weighbridge.legacy.rule import Case, Rule
from weighbridge.legacy.rules import all_rules, rule_named

GRAVEST = (Certainty.UNREADABLE, Certainty.AMBIGUOUS, Certainty.REPAIRED)
BESIDE = pl.Datetime("us")
CASES = [(rule, case) for rule in all_rules() for case in rule.cases]


def _certainty(row: dict[str, object]) -> Certainty:
    present = {Certainty(str(name).split("#")[0]) for name, failed in row.items() if failed is True}
    return next((c for c in GRAVEST if c in present), Certainty.EXACT)


def read_all(rule: Rule, case: Case, texts: list[str | None]) -> list[tuple[object, Certainty, tuple[str, ...]]]:
    parameters = rule.parameters.model_validate(dict(case.parameters))
    reading = rule.read(pl.col("text"), parameters)
    doubts = [
        d.applies(pl.col("text"), reading.value).alias(f"{d.certainty.value}#{i}") for i, d in enumerate(reading.doubts)
    ]
    beside = [pl.lit(value, BESIDE).alias(name) for name, value in case.beside.items()]
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String}).lazy().with_columns(beside)
    values = frame.select(reading.value.alias("value")).collect()
    if reading.dtype is not None:
        assert values.schema["value"] == reading.dtype
    flags = frame.select(*doubts).collect() if doubts else None
    listed = {
        f"{d.certainty.value}#{i}": frame.select(d.readings.alias("r")).collect()["r"].to_list()
        for i, d in enumerate(reading.doubts)
        if d.readings is not None
    }
    out: list[tuple[object, Certainty, tuple[str, ...]]] = []
    for i, value in enumerate(values["value"].to_list()):
        row = {} if flags is None else flags.row(i, named=True)
        certainty = _certainty(row)
        readings: tuple[str, ...] = ()
        if certainty is Certainty.AMBIGUOUS:
            readings = next(tuple(column[i]) for name, column in listed.items() if row[name])
        out.append((value, certainty, readings))
    return out


@pytest.mark.parametrize(("rule", "case"), CASES, ids=[f"{r.name}-{c.text!r}" for r, c in CASES])
def test_case(rule: Rule, case: Case) -> None:
    # The text stands between a missing and a foreign one: a rule must look at its own row only.
    _, (value, certainty, readings), _ = read_all(rule, case, [None, case.text, "\x01?"])
    assert value == case.value
    expected = Certainty.EXACT if case.certainty is Certainty.NORMALISED else case.certainty
    assert certainty is expected
    assert readings == case.readings
    if rule.gives_text and case.text is not None and certainty is Certainty.EXACT:
        assert (value == case.text) is (case.certainty is Certainty.EXACT), "exact means: the same text"


@pytest.mark.parametrize("rule", all_rules(), ids=[r.name for r in all_rules()])
def test_a_rule_covers_missing_and_each_certainty_it_can_give(rule: Rule) -> None:
    assert any(case.text is None for case in rule.cases)
    kinds = {case.certainty for case in rule.cases}
    for case in rule.cases:
        reading = rule.read(pl.col("t"), rule.parameters.model_validate(dict(case.parameters)))
        assert {d.certainty for d in reading.doubts} <= kinds
        for doubt in reading.doubts:
            assert code(doubt.code).fix
            assert (doubt.readings is not None) == (doubt.certainty is Certainty.AMBIGUOUS)


@pytest.mark.parametrize("rule", all_rules(), ids=[r.name for r in all_rules()])
def test_the_docstring_is_a_page(rule: Rule) -> None:
    page = __import__(type(rule).__module__, fromlist=["_"]).__doc__ or ""
    for part in ("Example:", "Source:"):
        assert part in page
    for name, field in rule.parameters.model_fields.items():
        assert (field.alias or name) in page
        assert field.description


def test_every_file_of_the_folder_is_in_the_table() -> None:
    files = {p.stem for p in Path(folder.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == {type(rule).__module__.rsplit(".", 1)[1] for rule in all_rules()}
    assert len({rule.name for rule in all_rules()}) == len(all_rules())


def test_an_unknown_name_lists_the_known_and_the_nearest() -> None:
    with pytest.raises(KeyError, match=r"date.*trim.*the nearest is date"):
        rule_named("dates")
    assert rule_named("trim").name == "trim"
