"""Chains of rules: in order, at the cost of their sum, the same whatever stands around a row."""

import time

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.contract.model import LogicalType, Property, RuleSpec, SchemaObject
from weighbridge.decode import Decoded, decode

MONEY = (
    RuleSpec("trim"),
    RuleSpec("nullValues", {"values": ["NA", "-"]}),
    RuleSpec("currency", {"marks": ["$", "€"]}),
    RuleSpec("signMark", {"negative": ["-", "()", "CR"]}),
    RuleSpec("localNumber", {"decimal": "unknown"}),
)
SCHEMA = SchemaObject("o", "o", (Property("p", LogicalType.NUMBER, ("p",), rules=MONEY),))


def money(texts: list[str | None]) -> tuple[Decoded, pl.DataFrame]:
    decoded = decode(pl.LazyFrame({"raw:p": texts}, schema={"raw:p": pl.String}), ["p"], SCHEMA)
    return decoded, decoded.frame.collect()


def test_a_long_chain_reads_and_keeps_the_readings() -> None:
    decoded, frame = money([" $1,234.50 ", "(1.234)", "5 CR", "NA", "£5", "$-7-", None])
    assert frame["p"].to_list() == [1234.5, None, -5.0, None, None, None, None]
    failing = {p.name: frame.select(p.failed).to_series().arg_true().to_list() for p in decoded.probes}
    assert {k: v for k, v in failing.items() if v} == {"p|currency": [4], "p|signMark": [5], "p|localNumber.mark": [1]}
    mark = next(p for p in decoded.probes if p.name == "p|localNumber.mark")
    assert mark.readings is not None
    # Evidence is looked up later, on the failing records alone, from their raw columns.
    suspects = frame.filter(mark.failed)
    assert suspects.select(mark.readings).item().to_list() == ["-1.234", "-1234"]


def test_a_long_chain_is_not_a_power_of_its_rules() -> None:
    started = time.perf_counter()
    money(["$1"] * 1000)
    assert time.perf_counter() - started < 5, "nested, this chain has some hundred thousand nodes"


TEXTS = st.one_of(
    st.none(), st.sampled_from(["NA", "$5", "1.234", "(7)", "x", ""]), st.text(alphabet="$€1.,()-CR ", max_size=7)
)


@settings(max_examples=25, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=12))
def test_a_reading_depends_on_its_own_record_alone(texts: list[str | None]) -> None:
    decoded, frame = money(texts)
    columns = [c for c in frame.columns if c != "raw:p"]
    alone = pl.concat([money([text])[1] for text in texts])
    assert frame.select(columns).equals(alone.select(columns))
    names = {p.name for p in decoded.probes}
    assert len(names) == len(decoded.probes)
