"""Several tables on one sheet: which rows are whose, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.readers.extracts import codes, rows, server_of
from weighbridge.contract.model import LogicalType, Property, SchemaObject
from weighbridge.findings import CATALOGUE
from weighbridge.readers import open_extract
from weighbridge.readers.door import RawExtract

THINGS = SchemaObject(
    "things",
    "things",
    (
        Property("id", LogicalType.INTEGER, ("id",), required=True),
        Property("who", LogicalType.STRING, ("who",)),
        Property("paid", LogicalType.NUMBER, ("paid",)),
    ),
)
FIRST: list[list[Any]] = [["id", "who", "paid"], [1, "ann", 1.5], [2, "bob", 2.5]]
OTHER: list[list[Any]] = [["code", "label"], ["C1", "one"], ["C2", "two"]]


def sheet(path: Path, lines: Sequence[Sequence[Any]]) -> str:
    made = openpyxl.Workbook()
    for line in lines:
        made.active.append(list(line))  # type: ignore[union-attr]
    made.save(path)
    return str(path)


def opened(folder: Path, lines: Sequence[Sequence[Any]], **options: Any) -> RawExtract:
    return open_extract([sheet(folder / "t.xlsx", lines)], THINGS, server_of("xlsx", **options))


def ids(extract: RawExtract) -> list[str | None]:
    found = [row[0] for row in rows(extract)]
    (account,) = extract.account()
    assert account.records + sum(s.rows for s in account.controls) == account.source.content_rows
    return found


def test_a_table_below_is_left_out_and_its_range_told(tmp_path: Path) -> None:
    extract = opened(tmp_path, [*FIRST, [], [], *OTHER])
    assert ids(extract) == ["1", "2"]
    (told,) = [f for f in extract.findings if f.code == "RDR-321"]
    assert "A6:B8" in told.detail
    assert "C1" not in told.detail
    assert "put on a sheet of its own" in CATALOGUE["RDR-321"].fix
    assert {s.kind: s.rows for s in extract.account()[0].controls}["another table"] == 3
    assert ids(opened(tmp_path, [*FIRST, [], *OTHER], skipTail=0)) == ["1", "2", "code", "C1", "C2"]


def test_a_table_below_in_the_old_format_too(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("one")
    for r, line in enumerate([*FIRST, [], *OTHER]):
        for c, cell in enumerate(line):
            page.write(r, c, cell)
    book.save(str(tmp_path / "t.xls"))
    extract = open_extract([str(tmp_path / "t.xls")], THINGS, None)
    assert ids(extract) == ["1", "2"]
    assert "RDR-321" in codes(extract)


def test_a_narrow_table_with_numbers_is_no_table_of_records(tmp_path: Path) -> None:
    extract = opened(tmp_path, [*FIRST, [], ["code", "label"], [7, "seven"], [8, "eight"]])
    assert ids(extract) == ["1", "2"]
    assert "RDR-321" in codes(extract)


def test_rows_that_fit_the_first_table_are_its_records_whatever_stands_above(tmp_path: Path) -> None:
    heading = opened(tmp_path, [*FIRST, [], ["Region", "South"], [3, "cid", 1]])
    assert ids(heading) == ["1", "2", "Region", "3"]
    assert "RDR-321" not in codes(heading)
    doubtful = opened(tmp_path, [*FIRST, [], ["code", "label", "price"], [3, "cid", 1]])
    assert ids(doubtful) == ["1", "2", "code", "3"]
    assert "row 5 looks like its header" in next(f.detail for f in doubtful.findings if f.code == "RDR-321")
    again = opened(tmp_path, [*FIRST, [], *OTHER, [], FIRST[0], [3, "cid", 1]])
    assert ids(again) == ["1", "2", "3"]


def test_blanks_remarks_and_cells_beside_the_table_are_no_records(tmp_path: Path) -> None:
    assert ids(opened(tmp_path, [*FIRST, [" ", "\t"], [3, "cid", 1], ["* preliminary"]])) == ["1", "2", "3"]
    beside = [[*FIRST[0], None, "code"], [1, "ann", 1, None, "x"], [None, None, None, None, "y"]]
    extract = opened(tmp_path, beside)
    assert ids(extract) == ["1"]
    assert "RDR-307" in codes(extract)


@settings(max_examples=25)
@given(
    st.lists(
        st.sampled_from([(), ("code", "label"), ("C1", "x"), ("note",), (1, "ann", 2.5), (2, None, 1)]), max_size=30
    )
)
def test_no_row_that_is_a_record_is_lost_whatever_stands_between(
    tmp_path_factory: Any, lines: list[tuple[Any, ...]]
) -> None:
    extract = opened(tmp_path_factory.mktemp("sheet"), [FIRST[0], *lines, [9, "end", 1]])
    full = [line for line in lines if len(line) == 3]
    assert [i for i in ids(extract) if i in ("1", "2", "9")] == [str(line[0]) for line in full] + ["9"]
