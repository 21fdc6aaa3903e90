"""`decode` and `copybook` as a user meets them: what they print, what they end with, what they say of bad input."""

from __future__ import annotations

import bz2
import gzip
import json
from pathlib import Path

import pytest
import yaml

from weighbridge.cli.app import run
from weighbridge.contract import lint

BOOK = "       01  R.\n           05  N  PIC 9(2).\n           05  A  PIC X(2).\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.cpy"
    path.write_text(BOOK)
    return path


def decode(book: Path, data: Path, options: object = None, *more: str) -> int:
    words = ["decode", "--copybook", str(book), *more]
    if options is not None:
        (book.parent / "case.json").write_text(json.dumps({"options": options}))
        words += ["--options", str(book.parent / "case.json")]
    return run([*words, str(data)])


@pytest.mark.parametrize(("suffix", "pack"), [("", bytes), (".gz", gzip.compress), (".bz2", bz2.compress)])
def test_compressed_files(book: Path, suffix: str, pack: object, capsys: pytest.CaptureFixture[str]) -> None:
    data = book.parent / f"data.bin{suffix}"
    data.write_bytes(pack(b"\xf1\xf2\xc1\xc2"))  # type: ignore[operator]
    assert decode(book, data) == 0
    assert json.loads(capsys.readouterr().out) == {"N": 12, "A": "AB"}


def test_a_damaged_archive(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = book.parent / "data.bin.gz"
    data.write_bytes(gzip.compress(b"\xf1\xf2\xc1\xc2" * 99)[:-9])
    assert decode(book, data) == 2
    told = capsys.readouterr().err
    assert "RDR-108" in told
    assert "have the file sent again" in told


@pytest.mark.parametrize(
    ("options", "code", "fix"),
    [
        ({"record_format": "vb"}, "LEG-220", "use an option and a value of docs/mainframe.md"),
        ({"code_page": "cp9"}, "LEG-221", "use a page of docs/mainframe.md"),
        ({"segment_field": "NOPE"}, "LEG-222", "use a name of the layout"),
        ({"record_format": "length_field", "length_field": "N +"}, "LEG-220", "use an option"),
        ({"record_format": "length_field", "length_field": "M"}, "LEG-222", "use a name of the layout"),
        ({"header": {"size": 2, "len_lo": 7}}, "LEG-220", "use an option"),
        ({"record_length": 0}, "LEG-220", "use an option"),
    ],
)
def test_options_that_cannot_be_used(
    book: Path, options: object, code: str, fix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = book.parent / "data.bin"
    data.write_bytes(b"\xf1\xf2\xc1\xc2")
    assert decode(book, data, options) == 2
    told = capsys.readouterr().err
    assert code in told
    assert fix in told


def test_what_is_found_is_told_on_the_error_stream(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = book.parent / "data.bin"
    data.write_bytes(b"\xc1\xf2\xc1\xc2" * 9)
    assert decode(book, data, {"nonsense": 1}) == 0
    out, told = capsys.readouterr()
    assert len(out.splitlines()) == 9
    assert "no such option" in told
    assert "X'C1F2'" in told
    assert "LEG-300 at R > N: 9 in all" in told


def test_long_lines_and_long_records(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = book.parent / "data.txt"
    data.write_bytes(b"12ABCD\n")
    assert decode(book, data, {"record_format": "lines", "encoding": "ascii"}) == 0
    told = capsys.readouterr().err
    assert "RDR-109" in told
    assert "set allow_partial_records" in told
    data.write_bytes(b"\xf1\xf2\xc1\xc2\xc3\xc4")
    assert decode(book, data, {"record_length": 6}) == 0
    told = capsys.readouterr().err
    assert "LEG-315" in told
    assert "check that this is the copybook of this file" in told


def test_segment_findings_have_fixes() -> None:
    from weighbridge.findings import code

    assert "add the id to segment_map" in code("RDR-106").fix
    assert "check segment_children" in code("RDR-107").fix


@pytest.mark.parametrize(
    "words", [["decode"], ["decode", "--copybook", "nope.cpy", "nope.bin"], ["copybook", "nope.cpy"], ["copybook"]]
)
def test_what_cannot_run_ends_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 2
    assert "fix:" in capsys.readouterr().err


def test_the_layout_is_printed_and_a_contract_drafted(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = book.parent / "drafted.odcs.yaml"
    assert run(["copybook", str(book), "--contract", str(target)]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[2].split() == ["1", "2", "05", "N", "9(2)", "integer(2)"]
    assert "a record has at most 4 bytes" in out
    assert lint(target).ok
    assert yaml.safe_load(target.read_text())["schema"][0]["properties"][1]["physicalName"] == "A"
    assert run(["copybook", str(book), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["record_bytes"] == 4


def test_faults_of_a_copybook_are_told_with_a_caret(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book.write_text(BOOK + "           05  B PIC 9W.\n")
    assert run(["copybook", str(book)]) == 2
    told = capsys.readouterr().err
    assert "LEG-202" in told
    assert "book.cpy:4:" in told
    assert "^" in told
