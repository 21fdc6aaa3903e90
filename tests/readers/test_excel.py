"""Workbooks by several writers: sheets, headers, what cells say for certain and what they do not."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import xlsxwriter
import xlwt

from tests.readers.extracts import codes, faults, put, rows, schema_of, server_of
from weighbridge.contract.model import LogicalType, Property, SchemaObject, Server
from weighbridge.findings import CATALOGUE, Severity, SourceError
from weighbridge.readers import open_extract
from weighbridge.readers.door import RawExtract

TWO = schema_of("id", "who")


def typed(**kinds: LogicalType) -> SchemaObject:
    return SchemaObject(
        "t", "t", tuple(Property(n, k, (n,), required=i == 0) for i, (n, k) in enumerate(kinds.items()))
    )


SALES = typed(
    id=LogicalType.INTEGER,
    who=LogicalType.STRING,
    amount=LogicalType.NUMBER,
    day=LogicalType.DATE,
    ok=LogicalType.BOOLEAN,
)


def book(folder: Path, lines: Sequence[Sequence[Any]], name: str = "t.xlsx", sheet: str = "Sheet") -> str:
    made = openpyxl.Workbook()
    active = made.active
    assert active is not None
    active.title = sheet
    for line in lines:
        active.append(list(line))
    made.save(folder / name)
    return str(folder / name)


def changed(path: str, change: Any) -> str:
    made = openpyxl.load_workbook(path)
    change(made)
    made.save(path)
    return path


def doubts(extract: RawExtract) -> dict[str, list[tuple[int, str]]]:
    """Per code of a doubted cell: record number and what was seen."""
    found: dict[str, list[tuple[int, str]]] = {}
    for listed in extract.raw_doubts.values():
        for doubt in listed:
            assert doubt.doubt.where is not None and doubt.seen is not None
            held = extract.scan().filter(doubt.doubt.where).select("__record", doubt.seen.alias("seen")).collect()
            found.setdefault(doubt.doubt.code, []).extend(held.rows())
    return found


def write_xls(path: Path, lines: Sequence[Sequence[Any]], epoch_1904: bool = False) -> str:
    made = xlwt.Workbook()
    made.dates_1904 = epoch_1904
    sheet = made.add_sheet("Sheet")
    style = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for r, line in enumerate(lines):
        for c, value in enumerate(line):
            if value is not None:
                sheet.write(r, c, value, *([style] if isinstance(value, date) else []))
    made.save(str(path))
    return str(path)


def write_ods(path: Path, lines: Sequence[Sequence[Any]]) -> str:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    made = OpenDocumentSpreadsheet()
    table = Table(name="Sheet")
    for line in lines:
        row = TableRow()
        for value in line:
            if value is None:
                cell = TableCell()
            elif isinstance(value, bool):
                cell = TableCell(valuetype="boolean", booleanvalue=str(value).lower())
            elif isinstance(value, int | float):
                cell = TableCell(valuetype="float", value=str(value))
            elif isinstance(value, date):
                cell = TableCell(valuetype="date", datevalue=value.isoformat())
            else:
                cell = TableCell(valuetype="string")
                cell.addElement(P(text=value))
            row.addElement(cell)
        table.addElement(row)
    made.spreadsheet.addElement(table)
    made.save(str(path))
    return str(path)


def write_xlsxwriter(path: Path, lines: Sequence[Sequence[Any]]) -> str:
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet("Sheet")
        style = made.add_format({"num_format": "dd.mm.yyyy"})
        for r, line in enumerate(lines):
            for c, value in enumerate(line):
                if isinstance(value, date):
                    sheet.write_datetime(r, c, value, style)
                elif value is not None:
                    sheet.write(r, c, value)
    return str(path)


LINES = [
    ["id", "who", "amount", "day", "ok"],
    [1, "ann", 0.5, date(2024, 2, 29), True],
    [2, None, 12, date(1900, 1, 31), False],
    [3, "Zoë <&> \n", -1e-7, None, None],
]
EXPECTED = [
    ("1", "ann", "0.5", "2024-02-29", "true"),
    ("2", None, "12", "1900-01-31", "false"),
    ("3", "Zoë <&> \n", "-1e-07", None, None),
]
WRITERS = {
    "t.xlsx": lambda p: book(p.parent, LINES, p.name),
    "u.xlsx": lambda p: write_xlsxwriter(p, LINES),
    "t.xls": lambda p: write_xls(p, LINES),
    "t.ods": lambda p: write_ods(p, [*LINES[:3], [3, "Zoë <&>", -1e-7]]),
    "p.xlsx": lambda p: pl.DataFrame(LINES[1:], schema=LINES[0], orient="row").write_excel(p) and str(p),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_writer_gives_the_same_values(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / name)
    extract = open_extract([str(tmp_path / name)], SALES, None)
    assert [tuple(v if v is None else v.strip() for v in row) for row in rows(extract)] == [
        tuple(v if v is None else v.strip() for v in row) for row in EXPECTED
    ]
    (account,) = extract.account()
    assert account.records + sum(s.rows for s in account.controls) == account.source.content_rows == 4
    assert doubts(extract) == {}


def test_the_record_keeps_its_cells_as_they_stand(tmp_path: Path) -> None:
    extract = open_extract([book(tmp_path, [["id", "who"], [1, 0.1 + 0.2], ["x", "#N/A"]])], TWO, None)
    first, second = (json.loads(raw) for raw in extract.scan().collect()["__raw"])
    assert first == {"sheet": "Sheet", "row": 2, "cells": {"A": {"number": "1"}, "B": {"number": "0.3"}}}
    assert second["cells"] == {"A": "x", "B": {"error": "#N/A"}}


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"])
def test_an_error_is_no_value_unless_the_contract_says_it_is_none(tmp_path: Path, error: str) -> None:
    path = book(tmp_path, [["id", "who"], [1, error], [2, "fine"]])
    extract = open_extract([path], TWO, None)
    assert rows(extract) == [("1", None), ("2", "fine")]
    assert doubts(extract) == {"RDR-310": [(1, error)]}
    named = open_extract([path], TWO, server_of("xlsx", nullValues=[error]))
    assert rows(named)[0] == ("1", error)
    assert doubts(named) == {}


def test_a_formula_without_its_value_is_none(tmp_path: Path) -> None:
    extract = open_extract([book(tmp_path, [["id", "who"], [1, "=A1*2"]])], TWO, None)
    assert doubts(extract) == {"RDR-311": [(1, "=A1*2")]}


def test_a_zero_in_place_of_a_result_is_doubted(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["id", "who"])
        sheet.write_row(1, 0, [1, "=A2*2"])
        sheet.write_formula(2, 1, "=A2*2", None, 7)
        sheet.write(2, 0, 2)
    extract = open_extract([str(path)], TWO, None)
    assert list(doubts(extract)) == ["RDR-312"]
    assert rows(extract) == [("1", "0"), ("2", "7")]


def test_dates_as_day_counts_as_text_and_as_what_they_are_not(tmp_path: Path) -> None:
    path = book(
        tmp_path,
        [
            ["id", "amount", "day"],
            [1, 1, datetime(2024, 1, 5)],
            [2, 2, 45296],
            [3, 3, "2024-01-05"],
            [4, 4, datetime(2024, 1, 5, 12)],
            [5, date(2024, 1, 5), None],
            [6, 6, 60],
            [7, 7, 59],
        ],
    )

    def as_dates(made: openpyxl.Workbook) -> None:
        for cell in ("C7", "C8"):
            made.active[cell].number_format = "dd/mm/yyyy"

    extract = open_extract(
        [changed(path, as_dates)],
        typed(id=LogicalType.INTEGER, amount=LogicalType.NUMBER, day=LogicalType.DATE),
        None,
    )
    days = [row[2] for row in rows(extract)]
    assert days == ["2024-01-05", "2024-01-05", "2024-01-05", "2024-01-05T12:00:00", None, None, "1900-02-28"]
    assert doubts(extract) == {
        "RDR-315": [(5, "2024-01-05 (day 45296)")],
        "RDR-316": [(6, "day 60")],
        "RDR-317": [(2, "45296")],
    }


def test_what_computing_in_binary_left_over_is_rounded_away_and_noted(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "t.xls", [["id", "who"], [1, 0.1 + 0.2], [2, 0.25]])
    extract = open_extract([path], TWO, None)
    assert [who for _, who in rows(extract)] == ["0.3", "0.25"]
    assert [record for record, _ in doubts(extract)["RDR-314"]] == [1]
    assert "computing in binary" in CATALOGUE["RDR-314"].fix


def test_text_that_became_a_date_is_read_and_noted(tmp_path: Path) -> None:
    path = book(tmp_path, [["id", "who"], ["1", "MARCH1"], ["2", date(2024, 3, 1)]])
    extract = open_extract([path], TWO, None)
    assert [who for _, who in rows(extract)] == ["MARCH1", "2024-03-01"]
    assert [record for record, _ in doubts(extract)["RDR-320"]] == [2]
    assert "formatted as text" in CATALOGUE["RDR-320"].fix


def test_workbooks_that_count_from_1904(tmp_path: Path) -> None:
    lines = [["id", "day"], [1, date(2024, 1, 5)], [2, date(1904, 1, 2)]]
    made = openpyxl.Workbook()
    made.epoch = datetime(1904, 1, 1)
    for line in lines:
        made.active.append(line)  # type: ignore[union-attr]
    made.save(tmp_path / "t.xlsx")
    wanted = typed(id=LogicalType.INTEGER, day=LogicalType.DATE)
    for path in (str(tmp_path / "t.xlsx"), write_xls(tmp_path / "t.xls", lines, epoch_1904=True)):
        assert rows(open_extract([path], wanted, None)) == [("1", "2024-01-05"), ("2", "1904-01-02")]


def test_dates_are_written_as_the_propertys_rules_read_them(tmp_path: Path) -> None:
    from weighbridge.contract.model import RuleSpec

    rule = RuleSpec("date", {"formats": ["dd.MM.yyyy"]})
    wanted = SchemaObject("t", "t", (Property("day", LogicalType.DATE, ("day",), rules=(rule,)),))
    path = book(tmp_path, [["day"], [datetime(2024, 1, 5)], ["06.01.2024"], [20240107]])
    assert rows(open_extract([path], wanted, None)) == [("05.01.2024",), ("06.01.2024",), ("20240107",)]


def test_times_and_moments(tmp_path: Path) -> None:
    path = book(tmp_path, [["t", "m"], [time(13, 5, 7), datetime(2024, 1, 5, 10, 11, 12, 500_000)]])
    wanted = SchemaObject(
        "t", "t", (Property("t", LogicalType.TIME, ("t",)), Property("m", LogicalType.TIMESTAMP, ("m",)))
    )
    assert rows(open_extract([path], wanted, None)) == [("13:05:07", "2024-01-05T10:11:12.500")]


def test_numbers_keep_what_a_spreadsheet_knows_of_them(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["id", "who"])
        for r, number in enumerate([0.1 + 0.2, 123456789012345, 1234567890123456789, 1234567890123450, 1e-5], 1):
            sheet.write_number(r, 0, r)
            sheet.write_number(r, 1, number)
    extract = open_extract([str(path)], TWO, None)
    texts = [who for _, who in rows(extract)]
    assert texts[:2] == ["0.3", "123456789012345"]
    assert texts[4] == "0.00001"
    found = doubts(extract)
    assert [record for record, _ in found["RDR-313"]] == [3, 4]
    exact = open_extract([str(path)], typed(id=LogicalType.INTEGER, who=LogicalType.NUMBER), None)
    assert float(rows(exact)[0][1]) in (0.1 + 0.2, 0.3)


def test_the_header_is_found_below_titles_over_rows_and_under_merged_cells(tmp_path: Path) -> None:
    lines = [
        ["Report", None, None],
        [],
        ["Person", None, "Sales"],
        ["id", "name", "Q1"],
        [1, "ann", 5],
        [],
        [2, "bob", 6],
        ["id", "name", "Q1"],
        [3, "eve", 7],
        ["Total", None, 18],
        ["printed by X"],
    ]
    path = book(tmp_path, lines)

    def merge(made: openpyxl.Workbook) -> None:
        made.active.merge_cells("A1:C1")
        made.active.merge_cells("A3:B3")

    wanted = SchemaObject(
        "t",
        "t",
        (
            Property("id", LogicalType.INTEGER, ("Person id",), required=True),
            Property("name", LogicalType.STRING, ("Person name",)),
            Property("q1", LogicalType.NUMBER, ("Sales Q1",)),
        ),
    )
    extract = open_extract([changed(path, merge)], wanted, None)
    assert rows(extract) == [("1", "ann", "5"), ("2", "bob", "6"), ("3", "eve", "7")]
    (account,) = extract.account()
    counted = {s.kind: s.rows for s in account.controls}
    assert counted == {"preamble": 1, "header": 2, "repeated header": 1, "footer": 2} | (
        {"blank rows": counted["blank rows"]} if "blank rows" in counted else {}
    )
    assert "RDR-307" in codes(extract)
    kept = open_extract([path], wanted, server_of("xlsx", skipTail=0, headerRows=2))
    assert len(rows(kept)) == 5 or len(rows(kept)) == 6


def test_hidden_rows_are_told_and_do_as_the_contract_says(tmp_path: Path) -> None:
    path = book(tmp_path, [["id", "who"], [1, "a"], [2, "b"], [3, "c"]])

    def hide(made: openpyxl.Workbook) -> None:
        made.active.row_dimensions[3].hidden = True
        made.active.column_dimensions["B"].hidden = True

    changed(path, hide)
    extract = open_extract([path], TWO, None)
    assert codes(extract) == ["RDR-306", "RDR-306"]
    assert "recordFormat.hiddenRows" in extract.findings[0].fix
    assert len(rows(extract)) == 3
    assert [i for i, _ in rows(open_extract([path], TWO, server_of("xlsx", hiddenRows="skip")))] == ["1", "3"]
    rejecting = open_extract([path], TWO, server_of("xlsx", hiddenRows="reject"))
    assert faults(rejecting) == [(2, "RDR-319", "row 3")]


def test_what_is_merged_downwards_is_read_for_each_row_and_said(tmp_path: Path) -> None:
    path = book(tmp_path, [["id", "who"], [1, "north"], [2, None], [3, None], [4, None]])
    extract = open_extract([changed(path, lambda made: made.active.merge_cells("B2:B4"))], TWO, None)
    assert [who for _, who in rows(extract)] == ["north", "north", "north", None]
    assert [record for record, _ in doubts(extract)["RDR-318"]] == [2, 3]
    assert "RDR-309" in codes(extract)


def test_numbers_as_text_are_read_and_counted(tmp_path: Path) -> None:
    wanted = typed(id=LogicalType.INTEGER, amount=LogicalType.NUMBER)
    extract = open_extract([book(tmp_path, [["id", "amount"], [1, "12.50"], [2, 3]])], wanted, None)
    assert rows(extract) == [("1", "12.50"), ("2", "3")]
    assert codes(extract) == ["RDR-308"]


def sheets(folder: Path) -> str:
    path = book(folder, [["id", "who"], [1, "a"]], sheet="2024-01")

    def more(made: openpyxl.Workbook) -> None:
        for number, title in enumerate(["2024-02", "notes"], 2):
            sheet = made.create_sheet(title)
            sheet.append(["id", "who"])
            sheet.append([number, "b"])
        made.create_sheet("secret").sheet_state = "hidden"

    return changed(path, more)


def of_sheet(sheet: Any) -> Server:
    return server_of("xlsx", sheet=sheet)


def test_sheets_are_chosen_by_name_position_and_pattern(tmp_path: Path) -> None:
    path = sheets(tmp_path)
    for sheet, ids in (("2024-02", ["2"]), (3, ["3"]), ("2024-*", ["1", "2"]), (["notes", 1], ["3", "1"])):
        assert [i for i, _ in rows(open_extract([path], TWO, of_sheet(sheet)))] == ids
    several = open_extract([path], TWO, of_sheet("2024-*"))
    assert [s.name for s in several.sources] == [f"{path}!2024-01", f"{path}!2024-02"]
    assert several.scan().collect()["__source"].to_list() == [0, 1]
    by_default = open_extract([path], TWO, None)
    assert codes(by_default) == ["RDR-305"]
    assert "secret (hidden)" in by_default.findings[0].detail
    assert [i for i, _ in rows(open_extract([path], schema_of_named("notes"), None))] == ["3"]
    with pytest.raises(SourceError, match=r"RDR-304.*there are: 2024-01") as refused:
        open_extract([path], TWO, of_sheet("March"))
    assert refused.value.findings[0].fix.startswith("correct recordFormat.sheet")


def test_the_sheet_with_the_contracts_columns_is_chosen_and_others_that_have_them_are_warned_of(tmp_path: Path) -> None:
    def notes_first(made: Any) -> None:
        made.create_sheet("read me", 0).append(["this workbook was made by somebody"])

    path = changed(sheets(tmp_path), notes_first)
    extract = open_extract([path], TWO, None)
    assert [i for i, _ in rows(extract)] == ["1"]
    (option,) = [o for o in extract.options if o.name == "sheet"]
    assert (option.value, option.why) == ("2024-01", "its header has 2 of the contract's names, the most of all")
    (left,) = [f for f in extract.findings if f.code == "RDR-305"]
    assert left.severity is Severity.WARNING
    assert "2024-02 (it has the contract's columns too)" in left.detail
    assert "read me," in left.detail


def schema_of_named(name: str) -> SchemaObject:
    return SchemaObject(name, name, TWO.properties)


def zipped(**parts: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return held.getvalue()


def test_what_is_no_workbook_is_refused_and_named(tmp_path: Path) -> None:
    whole = Path(book(tmp_path, [["id", "who"], [1, "a"]])).read_bytes()
    cases = {
        "RDR-300": [b"id,who\n1,a\n", b"<html><table>", b"PAR1....PAR1", b"{}", b"\x00\x01\x02"],
        "RDR-301": [whole[:-60], whole[: len(whole) // 2], zipped(readme_DOT_txt=b"x"), b"PK\x03\x04"],
        "RDR-303": [zipped(xl__workbook_DOT_xml=b"", xl__worksheets__sheet1_DOT_xml=bytes(300 << 20))],
        "RDR-003": [b""],
    }
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)
    cases["RDR-302"] = [ole + "EncryptedPackage".encode("utf-16-le") + bytes(500)]
    cases["RDR-301"].append(ole)
    for code, contents in cases.items():
        for content in contents:
            with pytest.raises(SourceError) as refused:
                open_extract([put(tmp_path, content, "x.xlsx")], TWO, None)
            assert refused.value.findings[0].code == code
            assert refused.value.findings[0].fix
    with pytest.raises(SourceError, match="delimited text"):
        open_extract([put(tmp_path, b"id,who\n1,a\n", "x.xlsx")], TWO, None)


def test_a_cell_in_the_last_corner_costs_nothing(tmp_path: Path) -> None:
    path = book(tmp_path, [["id", "who"], [1, "a"]])
    far = changed(path, lambda made: made.active.__setitem__("XFD1048576", "far"))
    extract = open_extract([far], TWO, None)
    assert extract.scan().select(pl.len()).collect().item() in (1, 2)


def test_mutated_workbooks_are_findings(tmp_path: Path) -> None:
    import random

    source = random.Random(20261123)
    whole = Path(book(tmp_path, LINES)).read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as held:
        parts = {info.filename: held.read(info) for info in held.infolist()}
    for turn in range(150):
        changed_parts = dict(parts)
        name = source.choice(sorted(parts))
        content = bytearray(parts[name])
        for _ in range(source.randint(1, 5)):
            content[source.randrange(len(content))] = source.choice(b"<>\"'/0129azA\x00\xff")
        changed_parts[name] = bytes(content)
        held_bytes = io.BytesIO()
        with zipfile.ZipFile(held_bytes, "w") as made:
            for key, value in changed_parts.items():
                made.writestr(key, value)
        broken = held_bytes.getvalue() if turn % 3 else whole[: source.randrange(len(whole))]
        try:
            extract = open_extract([put(tmp_path, broken, "m.xlsx")], SALES, None)
        except SourceError as error:
            assert error.findings[0].fix
            continue
        (account,) = extract.account()
        assert account.records + sum(s.rows for s in account.controls) == account.source.content_rows
