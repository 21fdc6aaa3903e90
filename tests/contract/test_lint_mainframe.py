"""Lint of mainframe servers: every wrong option at its line, every fault of the copybook in its own file."""

from __future__ import annotations

from pathlib import Path

import pytest

from weighbridge.cli.app import run
from weighbridge.contract import lint
from weighbridge.findings import Severity

BOOK = "       01  R.\n           05  N  PIC 9(2).\n           05  A  PIC X(2).\n"
HEAD = """\
apiVersion: v3.2.0
kind: DataContract
id: c
version: 1.0.0
status: active
servers:
  - server: host
    type: local
    path: "*.bin"
    format: mainframe
    customProperties:
      - property: recordFormat
        vendor: weighbridge
        value:
          kind: mainframe
          copybook: book.cpy
"""
TAIL = """\
schema:
  - name: r
    properties: [{name: n, logicalType: integer}, {name: a, logicalType: string}]
"""


def judged(folder: Path, options: str, book: str | None = BOOK) -> list[tuple[str, str, int | None, str]]:
    if book is not None:
        (folder / "book.cpy").write_text(book)
    path = folder / "c.odcs.yaml"
    path.write_text(HEAD + options + TAIL)
    report = lint(path)
    for finding in report.findings:
        assert finding.fix
    return [(f.code, f.severity.value, f.place.line, f.detail) for f in report.findings]


def test_a_right_server_has_nothing_to_say(tmp_path: Path) -> None:
    assert judged(tmp_path, "          options: {recordFormat: rdw, rdwBigEndian: true, codePage: cp273}\n") == []


@pytest.mark.parametrize(
    ("option", "code", "severity", "words"),
    [
        ("recordFormat: vb", "LEG-220", "error", "none of fixed, rdw"),
        ("rdwBigEndain: true", "LEG-220", "error", "the nearest is rdw_big_endian"),
        ("recordLength: -4", "LEG-220", "error", "no number of bytes"),
        ("codePage: cp9999", "LEG-221", "error", "no code page"),
        ("trim: middle", "LEG-220", "error", "none of both"),
        ("segmentField: KIND", "LEG-222", "error", "no field of the copybook"),
        ("fieldCodePages: {NOPE: cp273}", "LEG-222", "error", "NOPE is no item"),
        ("header: {size: 2, len_lo: 9}", "LEG-220", "error", "positions inside of it"),
        ("rdwAdjust: 4", "LEG-220", "warning", "changes nothing in record_format fixed"),
        ("segmentFilter: [A]", "LEG-220", "warning", "wants segment_field"),
        ("fullUnsigned: 7", "LEG-220", "error", "neither true nor false"),
        ("minRecordLength: 9999999999", "LEG-220", "error", "above max_record_length"),
    ],
)
def test_each_wrong_option_is_a_finding_at_its_line(
    tmp_path: Path, option: str, code: str, severity: str, words: str
) -> None:
    found = judged(tmp_path, f"          options:\n            blankIsNull: true\n            {option}\n")
    (first, *others) = [f for f in found if f[0].startswith("LEG-22")]
    assert first[:3] == (code, severity, 19)
    assert words in first[3]
    assert others == []


def test_all_wrong_options_at_once(tmp_path: Path) -> None:
    found = judged(tmp_path, "          options:\n            a: 1\n            trim: x\n            floatFormat: y\n")
    assert [line for code, _, line, _ in found if code == "LEG-220"] == [18, 19, 20]


def test_a_copybook_that_is_not_there(tmp_path: Path) -> None:
    (found,) = judged(tmp_path, "", book=None)
    assert found == ("CON-058", "warning", 16, "book.cpy is not in the contract's folder")


def test_no_copybook_at_all(tmp_path: Path) -> None:
    path = tmp_path / "c.odcs.yaml"
    path.write_text((HEAD + TAIL).replace("          copybook: book.cpy\n", ""))
    (found,) = lint(path).findings
    assert (found.code, found.severity) == ("CON-058", Severity.ERROR)
    assert "paths start at the contract's own folder" in found.fix


def test_faults_of_the_copybook_are_told_with_line_column_and_caret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judged(tmp_path, "", BOOK + "           05  B  PICTURE 9W.\n           05  C  PIC 9 COMP-77.\n")
    assert run(["lint", str(tmp_path / "c.odcs.yaml")]) == 2
    told = capsys.readouterr().out
    assert "book.cpy:4:28" in told
    shown = told.splitlines()
    caret = next(line for line in shown if line.strip() == "^")
    assert "PICTURE 9W" in shown[shown.index(caret) - 1]
    assert "book.cpy:5:" in told
    data = tmp_path / "d.bin"
    data.write_bytes(b"\xf1\xf2\xc1\xc2")
    assert run(["check", str(tmp_path / "c.odcs.yaml"), str(data)]) == 2
    assert "book.cpy:4:28" in capsys.readouterr().err


def test_a_property_that_is_no_field_is_told_at_its_line(tmp_path: Path) -> None:
    found = judged(tmp_path, "", BOOK.replace(" A ", " Z "))
    assert found == [("RDR-020", "warning", 19, "no field of the copybook is called a")]


def test_a_copybook_of_a_csv_file_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "c.odcs.yaml"
    path.write_text(
        (HEAD + TAIL).replace("format: mainframe", "format: csv").replace("kind: mainframe", "kind: delimited")
    )
    assert [f.code for f in lint(path).findings] == ["CON-044"]


def test_the_copybook_is_found_from_the_contracts_folder_whatever_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    judged(home, "")
    (elsewhere / "book.cpy").write_text("       01 R.\n           05 OTHER PIC X(9).\n")
    data = elsewhere / "d.bin"
    data.write_bytes(b"\xf1\xf2\xc1\xc2")
    monkeypatch.chdir(elsewhere)
    assert run(["check", str(home / "c.odcs.yaml"), "d.bin"]) == 0
    (home / "book.cpy").unlink()
    (elsewhere / "book.cpy").unlink()
    assert run(["check", str(home / "c.odcs.yaml"), "d.bin"]) == 2
