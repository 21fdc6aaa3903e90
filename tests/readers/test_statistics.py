"""SAS, SPSS and Stata: values, dates, labels, and values missing for a reason."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyreadstat
import pytest

from tests.readers.extracts import codes, rows, server_of
from weighbridge.contract.model import LogicalType, Property, SchemaObject
from weighbridge.findings import SourceError
from weighbridge.readers import open_extract

SCHEMA = SchemaObject(
    "t",
    "t",
    (
        Property("id", LogicalType.INTEGER, ("id", "ID"), required=True),
        Property("who", LogicalType.STRING, ("who", "WHO")),
        Property("day", LogicalType.DATE, ("day", "DAY")),
        Property("at", LogicalType.TIMESTAMP, ("at", "AT")),
        Property("mark", LogicalType.NUMBER, ("mark", "MARK")),
    ),
)
EXPECTED = [
    ("1", "ann", "2024-01-05", "2024-01-05 10:11:12", "1"),
    ("2", None, None, None, "9"),
    ("3", "Zoe", "1600-01-01", "2024-01-05 00:00:00", "99.5"),
]


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": [1.0, 2.0, 3.0],
            "who": ["ann", "", "Zoe"],
            "day": [date(2024, 1, 5), None, date(1600, 1, 1)],
            "at": [datetime(2024, 1, 5, 10, 11, 12), None, datetime(2024, 1, 5)],
            "mark": [1.0, 9.0, 99.5],
        }
    )


WRITERS = {
    "t.sav": pyreadstat.write_sav,
    "t.zsav": lambda f, p: pyreadstat.write_sav(f, p, compress=True),
    "t.por": pyreadstat.write_por,
    "t.xpt": pyreadstat.write_xport,
    "t.dta": pyreadstat.write_dta,
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_values(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    WRITERS[name](frame(), str(path))
    extract = open_extract([str(path)], SCHEMA, None)
    assert rows(extract) == EXPECTED
    assert extract.container == "statistics"
    (account,) = extract.account()
    assert account.records == 3
    assert account.source.content_rows in (3, None)


def missing(extract: Any, name: str) -> list[str | None]:
    return extract.scan().select(extract.raw_doubts[name][0].seen).collect().to_series().to_list()


@pytest.mark.parametrize(
    ("name", "program"), [("t.sav", "spss"), ("t.por", "spss"), ("t.dta", "stata"), ("t.xpt", "sas")]
)
def test_what_a_program_wrote_is_read_by_the_programs_name(tmp_path: Path, name: str, program: str) -> None:
    path = tmp_path / name
    WRITERS[name](frame()[["id", "who"]], str(path))
    extract = open_extract([str(path.rename(tmp_path / "t.dat"))], SCHEMA, server_of(program))
    assert [row[:2] for row in rows(extract)] == [row[:2] for row in EXPECTED]


def test_spss_tells_which_values_are_missing_and_why(tmp_path: Path) -> None:
    path = str(tmp_path / "t.sav")
    pyreadstat.write_sav(
        frame(),
        path,
        missing_ranges={"mark": [9, {"lo": 90, "hi": 100}]},
        variable_value_labels={"mark": {9: "refused"}},
    )
    extract = open_extract([path], SCHEMA, None)
    assert [row[4] for row in rows(extract)] == ["1", None, None]
    assert missing(extract, "mark") == [None, "9 (refused)", "99.5"]
    assert extract.raw_doubts["mark"][0].doubt.code == "RDR-341"


def test_stata_tags_missing_values(tmp_path: Path) -> None:
    path, tagged = str(tmp_path / "t.dta"), frame()
    tagged["mark"] = tagged["mark"].astype(object)
    tagged.loc[1, "mark"] = "a"
    pyreadstat.write_dta(
        tagged, path, missing_user_values={"mark": ["a"]}, variable_value_labels={"mark": {1: "yes", "a": "refused"}}
    )
    extract = open_extract([path], SCHEMA, None)
    assert [row[4] for row in rows(extract)] == ["1", None, "99.5"]
    assert missing(extract, "mark") == [None, ".a (refused)", None]
    labelled = open_extract([path], SCHEMA, server_of("stata", valueLabels=True))
    assert [row[4] for row in rows(labelled)] == ["yes", None, "99.5"]


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_that_was_cut_short_or_is_another_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    WRITERS[name](frame(), str(path))
    whole = path.read_bytes()
    for content in (whole[: len(whole) // 3], b"id,who\n1,a\n" * 50, bytes(4000)):
        path.write_bytes(content)
        with pytest.raises(SourceError, match="RDR-340") as refused:
            open_extract([str(path)], SCHEMA, None)
        assert refused.value.findings[0].fix
    path.write_bytes(b"")
    with pytest.raises(SourceError, match="RDR-003"):
        open_extract([str(path)], SCHEMA, None)


def test_rows_of_several_chunks_keep_their_order(tmp_path: Path) -> None:
    path, many = str(tmp_path / "t.sav"), 120_000
    pyreadstat.write_sav(pd.DataFrame({"id": range(many)}), path)
    extract = open_extract([path], SchemaObject("t", "t", SCHEMA.properties[:1]), None)
    found = extract.scan().select("raw:id", "__record").collect()
    assert found["raw:id"].cast(pl.Int64).equals(pl.Series("raw:id", range(many)))
    assert found["__record"][-1] == many
    assert codes(extract) == []
