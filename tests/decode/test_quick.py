"""The short way of numbers never differs from their definition."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.contract.model import LogicalType, Property, SchemaObject
from weighbridge.decode import decode, polars_type
from weighbridge.decode.texts import read_text

SENTINELS = ("NA", "-999", "9.9", "inf")
TEXTS = st.one_of(
    st.none(),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(str),
    st.sampled_from(
        ["", " ", "NA", " NA ", "-999", " -999", "-999.0", "-0999", "9.9", "9.90", "inf", "nan", "1e5", "+1", "1 "]
    ),
    st.text(alphabet="0123456789+-.eE naif", max_size=6),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(TEXTS, min_size=1, max_size=30), st.sampled_from(["integer", "number"]), st.sampled_from([(), SENTINELS])
)
def test_the_short_way_is_the_definition(texts: list[str | None], kind: str, null_values: tuple[str, ...]) -> None:
    prop = Property("p", LogicalType(kind), ("p",))
    frame = pl.DataFrame({"raw:p": texts}, schema={"raw:p": pl.String})
    decoded = decode(frame.lazy(), ["p"], SchemaObject("o", "o", (prop,)), null_values=null_values)
    got = decoded.frame.select("p", failed=decoded.probes[0].failed).collect()

    trimmed = pl.col("raw:p").str.strip_chars(" ")
    missing = trimmed.is_in([*null_values, ""])
    reading = read_text(pl.when(~missing).then(trimmed), prop)
    text = pl.when(~missing).then(trimmed)
    expected = frame.select(p=reading.value, failed=reading.doubts[0].applies(text, reading.value))
    assert got.equals(expected.cast({"p": polars_type(prop)}))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)), max_size=20))
def test_decode_of_encode_is_the_integer(values: list[int | None]) -> None:
    frame = pl.DataFrame({"raw:p": [None if v is None else str(v) for v in values]}, schema={"raw:p": pl.String})
    schema = SchemaObject("o", "o", (Property("p", LogicalType.INTEGER, ("p",)),))
    assert decode(frame.lazy(), ["p"], schema).frame.collect()["p"].to_list() == values


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=20))
def test_decode_of_encode_is_the_number(values: list[float]) -> None:
    frame = pl.DataFrame({"raw:p": [repr(v) for v in values]}, schema={"raw:p": pl.String})
    schema = SchemaObject("o", "o", (Property("p", LogicalType.NUMBER, ("p",)),))
    assert decode(frame.lazy(), ["p"], schema).frame.collect()["p"].to_list() == values
