"""Records of several layouts in one extract: each read by its own rules, none by another's."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.checks import CheckContext, lower
from weighbridge.contract import load
from weighbridge.contract.model import SchemaObject
from weighbridge.decode import decode, inquire
from weighbridge.findings import Effect, code
from weighbridge.probe import RowProbe
from weighbridge.readers.lineage import FRAMING, RAW, raw_name

Texts = dict[str, list[str | None]]


def schema_of(epochs: list[dict[str, Any]], *properties: dict[str, Any], exhaustive: bool = False) -> SchemaObject:
    ours = [{"vendor": "weighbridge", "property": "epochs", "value": epochs}]
    ours.append({"vendor": "weighbridge", "property": "epochsExhaustive", "value": exhaustive})
    document = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": "t",
        "version": "1",
        "status": "active",
        "name": "t",
        "schema": [{"name": "t", "customProperties": ours, "properties": list(properties)}],
    }
    (schema,) = load(document).objects
    return schema


def prop(name: str, kind: str = "string", rules: list[Any] | None = None, **more: Any) -> dict[str, Any]:
    ours = [{"vendor": "weighbridge", "property": "rules", "value": rules}] if rules else []
    return {"name": name, "logicalType": kind, "customProperties": ours, **more}


def weigh(schema: SchemaObject, texts: Texts) -> tuple[pl.DataFrame, dict[str, list[int]], dict[str, RowProbe]]:
    """Return the values, the failing rows by probe, and the probes."""
    rows = len(next(iter(texts.values())))
    framed = pl.Series(FRAMING, [0] * rows, dtype=pl.UInt8)
    raw = pl.Series(RAW, ["|".join(t or "" for t in row).encode() for row in zip(*texts.values(), strict=True)])
    columns = [pl.Series(raw_name(n), t, dtype=pl.String) for n, t in texts.items()]
    frame = pl.DataFrame([framed, raw, *columns]).lazy()
    decoded = decode(frame, list(texts), schema, null_is_blank=True)
    context = CheckContext(datetime(2020, 1, 1), lambda _: None, decoded.dtypes, decoded.unsettled)
    probes = [p for p in (*decoded.probes, *lower(schema, context).probes) if isinstance(p, RowProbe)]
    out = decoded.frame.collect(engine="streaming")
    failed = {p.name: out.select(p.failed).to_series().arg_true().to_list() for p in probes}
    assert not any(out.select(p.failed).to_series().null_count() for p in probes)
    values = out.select(p.name for p in schema.properties)
    for p in probes:
        for told in (p.seen, p.readings, p.repaired_to):
            assert told is None or out.select(told.alias("told")).width == 1
    return values, {n: r for n, r in failed.items() if r}, {p.name: p for p in probes}


SHORT_DATE = {"rule": "date", "formats": ["yyMMdd"], "century": {"from": 1950}}
LATER_WINDOW = {"rule": "date", "formats": ["yyMMdd"], "century": {"from": 2000}}
LONG_DATE = {"rule": "date", "formats": ["yyyyMMdd"]}


def test_each_epoch_has_its_own_century_window() -> None:
    schema = schema_of(
        [
            {"name": "host", "when": {"marker": {"column": "kind", "values": ["H"]}},
             "properties": {"day": {"rules": [SHORT_DATE]}}},
            {"name": "port", "when": {"marker": {"column": "kind", "values": ["P"]}},
             "properties": {"day": {"rules": [LATER_WINDOW]}}},
        ],
        prop("kind"),
        prop("day", "date", [LONG_DATE]),
    )  # fmt: skip
    texts: Texts = {"kind": ["H", "P", "N", "N", "H"], "day": ["980101", "980101", "19980101", "980101", "19980101"]}
    values, failed, _ = weigh(schema, texts)
    assert values["day"].to_list() == [date(1998, 1, 1), date(2098, 1, 1), date(1998, 1, 1), None, None]
    assert failed == {"day|date": [3], "day@host|date": [4]}


def test_values_are_renamed_defaulted_recoded_split_and_joined() -> None:
    schema = schema_of(
        [{
            "name": "old",
            "when": {"expression": "layout = '1'"},
            "properties": {
                "city": {"from": "place", "part": {"pattern": "^([^,]+),"}},
                "code": {"from": "place", "part": {"start": 1, "length": 2}},
                "state": {"recode": {"A": "active"}, "because": "the sheet of 1999"},
                "phone": {"join": "{area}/{local}"},
            },
            "assumes": {"currency": {"value": "EUR", "because": "there was no other"}, "open": True},
        }],
        prop("city"), prop("code"), prop("state"), prop("phone"), prop("currency"), prop("open", "boolean"),
    )  # fmt: skip
    assert {s.name for s in schema.sources} == {"layout", "place", "area", "local"}
    texts: Texts = {
        "layout": ["1", "1", "2", None],
        "place": ["Ulm, BW", "nowhere", None, None],
        "area": ["030", "030", "030", None],
        "local": ["5551", None, None, None],
        "city": [None, None, "Bonn", "Bonn"],
        "code": [None, None, "Bo", None],
        "state": ["A", "closed", "A", None],
        "phone": [None, None, "x", None],
        "currency": [None, None, "CZK", None],
        "open": [None, None, "false", None],
    }
    values, failed, probes = weigh(schema, texts)
    assert values.row(0, named=True) == {
        "city": "Ulm", "code": "Ul", "state": "active", "phone": "030/5551", "currency": "EUR", "open": True
    }  # fmt: skip
    assert values.row(2, named=True) == {
        "city": "Bonn", "code": "Bo", "state": "A", "phone": "x", "currency": "CZK", "open": False
    }  # fmt: skip
    assert failed == {
        "city@old|part": [1], "phone@old|part": [1], "state|epoch old": [0],
        "currency|epoch old": [0, 1], "open|epoch old": [0, 1],
    }  # fmt: skip
    said = probes["state|epoch old"]
    assert (said.code, said.effect, said.expected) == (
        "LEG-083", Effect.REPAIR, "assumed of epoch old: the sheet of 1999"
    )  # fmt: skip
    assert code("LEG-083").fix.startswith("nothing to do if the epoch is right")
    assert probes["city@old|part"].code == "LEG-084"
    assert "correct the epoch's `part` or `join`" in code("LEG-084").fix


def test_a_record_of_two_layouts_or_of_none_waits_for_a_person() -> None:
    other = {"name": "two", "when": {"marker": {"column": "kind", "values": ["2", "B"]}}}
    schema = schema_of(
        [{"name": "one", "when": {"marker": {"column": "kind", "values": ["1", "B"]}},
          "properties": {"n": {"rules": [{"rule": "impliedDecimal", "scale": 2}], "required": False}}}, other],
        prop("kind"), prop("n", "number", required=True),
        exhaustive=True,
    )  # fmt: skip
    values, failed, probes = weigh(schema, {"kind": ["1", "2", "B", "3"], "n": ["125", "125", "125", "125"]})
    assert values["n"].to_list() == [1.25, 125.0, None, None]
    assert failed == {"epochs|several": [2], "epochs|none": [3]}
    several, none = probes["epochs|several"], probes["epochs|none"]
    assert several.effect is none.effect is Effect.REVIEW
    assert (several.code, none.code) == ("LEG-080", "LEG-081")
    assert "exclude each other" in code("LEG-080").fix
    assert "epochsExhaustive" in code("LEG-081").fix


def test_a_record_without_the_day_that_tells_is_not_guessed() -> None:
    schema = schema_of(
        [{"name": "old", "when": {"property": "day", "before": "2004-01-01"},
          "properties": {"n": {"rules": [{"rule": "impliedDecimal", "scale": 2}]}}}],
        prop("day", "date"), prop("n", "number"),
    )  # fmt: skip
    texts: Texts = {"day": ["2003-12-31", "2004-01-01", None, "x"], "n": ["125", "125", "125", "125"]}
    values, failed, probes = weigh(schema, texts)
    assert values["n"].to_list() == [1.25, 125.0, None, None]
    assert failed == {"epochs|unknown": [2, 3], "day|type": [3]}
    assert probes["epochs|unknown"].code == "LEG-082"
    assert "tell the epoch's records by a marker" in code("LEG-082").fix


def test_the_day_is_read_by_the_epochs_own_rules_and_a_contradiction_is_not_decided() -> None:
    schema = schema_of(
        [{"name": "old", "when": {"property": "day", "until": "2003-12-31"},
          "properties": {"day": {"rules": [{"rule": "date", "formats": ["ddMMyyyy"]}]}}}],
        prop("day", "date", [LONG_DATE]),
    )  # fmt: skip
    values, failed, _ = weigh(schema, {"day": ["31121998", "20130506", "11121001"]})
    assert values["day"].to_list() == [date(1998, 12, 31), date(2013, 5, 6), date(1001, 12, 11)]
    assert failed == {}
    # The year 1211 by the old rules, 2010 by today's.
    values, failed, _ = weigh(schema, {"day": ["20101211"]})
    assert values["day"].to_list() == [None]
    assert failed == {"epochs|unknown": [0]}


def test_a_record_is_checked_by_what_was_in_force() -> None:
    schema = schema_of(
        [{"name": "old", "when": {"length": 3}, "waives": ["n|multipleOf"],
          "properties": {"s": {"enum": ["x"]}, "r": {"required": False},
                         "p": {"logicalTypeOptions": {"pattern": None, "minLength": 3}}}}],
        prop("s", enum=[{"value": "y"}]),
        prop("n", "integer", logicalTypeOptions={"multipleOf": 5}),
        prop("r", required=True),
        prop("p", logicalTypeOptions={"pattern": "^[A-Z]*$"}),
    )  # fmt: skip
    texts: Texts = {"s": ["", None, "y", "x", None], "n": [None, "3", None, None, "3"],
                    "r": [None, None, None, "r", "r"], "p": ["", None, "", "a", "AA"]}  # fmt: skip
    # Only rows of exactly three bytes are of the old layout: none but the row ||| of nothing.
    _, failed, _ = weigh(schema, texts)
    assert failed == {
        "s|enum@old": [0], "s|enum": [3], "n|multipleOf": [1, 4], "r|required": [1, 2], "p|pattern": [3],
        "p|minLength@old": [0],
    }  # fmt: skip


def test_a_contract_without_epochs_has_no_column_of_them() -> None:
    schema = schema_of([], prop("s"))
    decoded = decode(pl.LazyFrame({raw_name("s"): ["x"]}), ["s"], schema)
    assert [n for n in decoded.frame.collect_schema().names() if "epoch" in n] == []


def test_each_layout_is_asked_for_evidence_by_itself() -> None:
    rule = {"rule": "date", "formats": ["dd/MM/yyyy", "MM/dd/yyyy"], "evidence": ["column"], "leastEvidence": 2}
    schema = schema_of(
        [{"name": "old", "when": {"marker": {"column": "k", "values": ["1"]}},
          "properties": {"d": {"rules": [{**rule, "formats": ["MM/dd/yyyy", "dd/MM/yyyy"]}]}}}],
        prop("k"), prop("d", "date", [rule]),
    )  # fmt: skip
    texts: Texts = {
        "k": ["1", "1", "1", "2", "2", "2", "2"],
        "d": ["12/25/1998", "12/26/1998", "03/04/1998", "25/12/2013", "26/12/2013", "03/04/2013", "03/04/2014"],
    }
    raw = {FRAMING: pl.Series([0] * 7, dtype=pl.UInt8), **{raw_name(n): t for n, t in texts.items()}}
    frame = pl.DataFrame(raw).lazy()
    inquiry = inquire(frame, ["k", "d"], schema)
    assert inquiry is not None
    settled = inquiry.settle(inquiry.counts.collect())
    assert set(settled) == {"d@old", "d@today"}
    decoded = decode(frame, ["k", "d"], schema, settled=settled)
    out = decoded.frame.collect()
    assert out["d"].to_list()[2:] == [date(1998, 3, 4), *out["d"].to_list()[3:5], date(2013, 4, 3), date(2014, 4, 3)]
    repaired = [p for p in decoded.probes if p.reading == "repaired"]
    assert sorted(out.select(p.failed).to_series().sum() for p in repaired) == [1, 2]


def test_a_day_of_several_readings_tells_its_layout_where_all_of_them_do() -> None:
    slashed = {"rule": "date", "formats": ["dd/MM/yyyy", "MM/dd/yyyy"]}
    schema = schema_of(
        [{"name": "old", "when": {"property": "d", "before": "2004-01-01"},
          "properties": {"n": {"rules": [{"rule": "impliedDecimal", "scale": 2}]}}}],
        prop("d", "date", [slashed]), prop("n", "number"),
    )  # fmt: skip
    texts: Texts = {
        "d": ["03/04/1998", "03/04/2013", "12/01/2004", "31/12/2003", "nothing", None],
        "n": ["150", "150", "150", "150", "150", "150"],
    }
    values, failed, _ = weigh(schema, texts)
    assert values["n"].to_list() == [1.5, 150, 150, 1.5, None, None]
    assert failed["epochs|unknown"] == [4, 5]
    assert sorted(i for n, rows in failed.items() if n.startswith("d|date") for i in rows) == [0, 1, 2, 4]

    straddling: Texts = {"d": ["01/12/2003", "02/01/2004", "01/02/2004"], "n": ["150", "150", "150"]}
    schema = schema_of(
        [{"name": "old", "when": {"property": "d", "until": "2004-01-15"},
          "properties": {"n": {"rules": [{"rule": "impliedDecimal", "scale": 2}]}}}],
        prop("d", "date", [slashed], customProperties=[
            {"vendor": "weighbridge", "property": "rules", "value": [slashed]},
            {"vendor": "weighbridge", "property": "readingPolicy", "value": {"onAmbiguous": "warn"}},
        ]),
        prop("n", "number"),
    )  # fmt: skip
    values, failed, _ = weigh(schema, straddling)
    assert failed["epochs|unknown"] == [1, 2]  # one reading is before the day, one after: no first reading decides
    assert values["n"].to_list() == [1.5, None, None]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from("012"), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_epochs_together_read_as_each_alone(kinds: list[str], random: Any) -> None:
    """Mixing layouts in one extract changes no record's value."""
    schema = schema_of(
        [{"name": k, "when": {"marker": {"column": "kind", "values": [k]}},
          "properties": {"n": {"rules": [{"rule": "impliedDecimal", "scale": int(k)}]}}} for k in "12"],
        prop("kind"), prop("n", "number"),
    )  # fmt: skip
    texts = [str(random.randint(0, 99999)) for _ in kinds]
    values, failed, _ = weigh(schema, {"kind": list(kinds), "n": list(texts)})
    assert failed == {}
    wanted = [int(t) / 10 ** int(k) for k, t in zip(kinds, texts, strict=True)]
    assert values["n"].to_list() == pytest.approx(wanted)
