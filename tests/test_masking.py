"""A classified value is shown nowhere: planted in every format, provoked by every check, sought in every output."""

from __future__ import annotations

import base64
import gzip
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pyreadstat
import pytest
import yaml

import weighbridge
from tests.support import dbase
from weighbridge.cli.app import run
from weighbridge.legacy.cobol import Conventions
from weighbridge.legacy.cobol.encode import encode_field
from weighbridge.legacy.copybook import parse_copybook
from weighbridge.sinks import new_key

TEXT = "ZQXSECRET"
"""Stands in every classified text, where it is wrong and where it is right."""

NUMBER = 7319948
"""Stands in every classified number, also behind a point or a sign."""

DAYS = (date(1917, 3, 4), date(1917, 4, 3))
SPELLINGS = tuple(
    day.strftime(form) for day in DAYS for form in ("%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y")
)
MARKS = (TEXT, str(NUMBER), f"{NUMBER:,}", *SPELLINGS)


def ours(name: str, value: object) -> dict[str, object]:
    return {"property": name, "vendor": "weighbridge", "value": value}


def prop(name: str, kind: str, custom: dict[str, object] | None = None, **parts: object) -> dict[str, object]:
    made: dict[str, object] = {"name": name, "logicalType": kind, **parts}
    if name != "id":
        made["classification"] = "pii"
    if custom:
        made["customProperties"] = [ours(key, value) for key, value in custom.items()]
    return made


def properties(typed: bool) -> list[dict[str, object]]:
    """Return properties that each fail in a way of their own; rules only where values come as text."""
    rules: dict[str, list[object]] = {
        "cut": [{"rule": "truncated", "width": len(TEXT) + 1}],
        "zeros": [{"rule": "leadingZeros", "width": len(TEXT) + 3}],
        "seen_unclean": ["invisible"],
        "born": [{"rule": "date", "formats": ["dd/MM/yyyy", "MM/dd/yyyy", "yyyy-MM-dd"]}],
    }
    made = [
        prop("id", "integer", required=True),
        prop("code", "string", logicalTypeOptions={"pattern": "^[a-z]+$"}, quality=[INVALID, MISSING, TOO_MANY]),
        prop("kind", "string", enum=[{"value": "A"}]),
        prop("account", "string", unique=True, logicalTypeOptions={"maxLength": 5}),
        prop("cut", "string"),
        prop("zeros", "string"),
        prop("seen_unclean", "string"),
        prop("pay", "integer", logicalTypeOptions={"maximum": 1000}),
        prop("debt", "number", logicalTypeOptions={"multipleOf": 1000}),
        prop("born", "date", logicalTypeOptions={"maximum": "1900-01-01"}),
    ]
    for p in made:
        if not typed and p["name"] in rules:
            p["customProperties"] = [ours("rules", rules[str(p["name"])])]
    return made


INVALID = {"metric": "invalidValues", "arguments": {"validValues": ["a"]}, "mustBe": 0, "severity": "warning"}
MISSING = {
    "metric": "missingValues",
    "arguments": {"missingValues": ["", None]},
    "mustBeGreaterThan": 99,
    "severity": "warning",
}
TOO_MANY = {"metric": "duplicateValues", "mustBe": 0, "severity": "warning"}

OF_THE_OBJECT = [
    {"type": "sql", "query": "SELECT MAX(code) FROM people", "mustBe": "b", "severity": "warning"},
    {"type": "sql", "query": "SELECT MAX(pay) FROM people", "mustBe": 0, "severity": "warning"},
    {"type": "sql", "query": "SELECT SUM(CAST(code AS INTEGER)) FROM people", "mustBe": 0, "severity": "warning"},
    {"type": "sql", "query": "SELECT COUNT(*) FROM people WHERE pay > 1", "mustBe": 0, "severity": "warning"},
    {"type": "custom", "engine": "weighbridge", "implementation": "id < 0 OR code = 'x'", "severity": "warning"},
    {
        "type": "custom",
        "engine": "weighbridge",
        "implementation": {"check": "conditional", "when": "pay > 10", "then": "kind = 'A'"},
        "severity": "warning",
    },
]


def contract(folder: Path, typed: bool, server: dict[str, object], limit: float = 1.0) -> Path:
    path = folder / "people.odcs.yaml"
    document = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": "people",
        "name": "People",
        "version": "1.0.0",
        "status": "active",
        "servers": [{"server": "here", "type": "local", "path": "x", **server}],
        "schema": [
            {
                "name": "people",
                "properties": properties(typed),
                "quality": OF_THE_OBJECT,
                "relationships": [
                    {"from": "people.code", "to": "codes.code", "customProperties": [ours("reference", "codes.csv")]}
                ],
                "customProperties": [ours("breaker", {"maxRejected": {"rate": limit}, "minRecords": 1})],
            },
            {"name": "codes", "properties": [{"name": "code", "logicalType": "string"}]},
        ],
        "slaProperties": [{"property": "freshness", "value": 1, "unit": "d", "element": "people.born"}],
    }
    document["slaProperties"][0]["customProperties"] = [ours("severity", "warning")]  # type: ignore[index]
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    (folder / "codes.csv").write_text("code\nabc\n")
    return path


NAMES = [str(p["name"]) for p in properties(typed=True)]


def clean(number: int) -> list[str]:
    return [str(number), "abc", "A", f"a{number}", "c", "0" * 12, "s", "10", "1000", "1899-12-31"]


def secret(number: int) -> list[str]:
    """Return a record each of whose classified values is a marker, and wrong."""
    texts = [TEXT, TEXT, TEXT, f"{TEXT}0", TEXT, f"{TEXT}\u200b", str(NUMBER), f"{NUMBER}.5", "04/03/1917"]
    return [str(number), *texts]


def unreadable(number: int) -> list[str]:
    """Return a record whose numbers and dates cannot be read; what stands there is a marker all the same."""
    return [str(number), "abc", "A", f"b{number}", "c", "0" * 12, "s", f"{TEXT}1", f"{NUMBER}x", f"{TEXT}2"]


def passing(number: int) -> list[str]:
    """Return a record that is published, repaired: its zeros were lost."""
    return [str(number), "abc", "A", f"c{number}", "c", str(NUMBER), "s", "10", "1000", "1899-12-31"]


def unsure(number: int) -> list[str]:
    """Return a record that waits for a person: its date is one of two."""
    return [*clean(number)[:-1], "04/03/1917"]


RECORDS = [
    secret(1),
    *map(clean, range(2, 27)),
    unsure(27),
    passing(28),
    passing(29),
    secret(30),
    secret(31),
    unreadable(32),
]

Made = tuple[Path, list[Path]]


def delimited(folder: Path) -> Made:
    lines = [NAMES, *RECORDS]
    text = "\n".join(",".join(line) for line in lines).encode()
    broken = (
        f"\n33,{TEXT},{NUMBER}\n"  # too few fields
        f'34,"{TEXT}" {TEXT},A,a,c,1,s,1,1,{SPELLINGS[0]}\n'  # text after a quoted field
        f"35,{TEXT}\0,A,a,c,1,s,1,1,{SPELLINGS[0]}\n"  # NUL
        f'36,abc,A,"{TEXT}{NUMBER}\n'  # a quote that stays open
    ).encode()
    source = folder / "people.csv"
    source.write_bytes(text + broken + b"37," + TEXT.encode() + b"\xff,A,a,c,1,s,1,1,\n")
    return contract(folder, False, {"format": "csv", "encoding": "utf-8"}), [source]


def fixed_width(folder: Path) -> Made:
    width = 14
    path = contract(
        folder, False, {"format": "fixed", "customProperties": [ours("recordFormat", {"kind": "fixedWidth"})]}
    )
    document = yaml.safe_load(path.read_text())
    for i, p in enumerate(document["schema"][0]["properties"]):
        where = ours("position", {"start": 1 + i * width, "length": width})
        rules = [c for c in p.get("customProperties", []) if c["property"] == "rules"]
        trimmed = ["trim", *(rule for c in rules for rule in c["value"])]
        p["customProperties"] = [where, ours("rules", trimmed)]
    document["schema"][1]["properties"][0]["customProperties"] = [ours("position", {"start": 1, "length": width})]
    document["schema"][0]["properties"][6]["customProperties"][1]["value"] = ["trim"]
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    source = folder / "people.dat"
    lines = ["".join(v.replace("\u200b", "").ljust(width) for v in record) for record in RECORDS]
    source.write_text("\n".join([*lines, f"short {TEXT} {NUMBER}", ""]))
    return path, [source]


def frame_of() -> pl.DataFrame:
    rows = [
        {
            "id": i,
            "code": TEXT if i in (1, 30, 31) else "abc",
            "kind": TEXT if i in (1, 30, 31) else "A",
            "account": TEXT if i in (1, 30, 31) else f"a{i}",
            "cut": TEXT,
            "zeros": TEXT,
            "seen_unclean": TEXT,
            "pay": NUMBER if i in (1, 30, 31) else 1,
            "debt": Decimal(f"{NUMBER}.50") if i in (1, 30, 31) else Decimal("1000.00"),
            "born": DAYS[0] if i in (1, 30, 31) else date(1899, 12, 31),
        }
        for i in range(1, 33)
    ]
    return pl.DataFrame(rows)


def parquet(folder: Path) -> Made:
    source = folder / "people.parquet"
    frame_of().write_parquet(source)
    return contract(folder, True, {"format": "parquet"}), [source]


def parquet_of_texts(folder: Path) -> Made:
    source = folder / "people.parquet"
    pl.DataFrame(RECORDS, schema=NAMES, orient="row").write_parquet(source)
    return contract(folder, False, {"format": "parquet"}), [source]


def json_lines(folder: Path) -> Made:
    lines = [json.dumps(dict(zip(NAMES, record, strict=True)), ensure_ascii=False) for record in RECORDS]
    lines += [
        f'{{"id": 33, "code": {TEXT}}}',
        f'{{"id": 34, "code": "{TEXT}", "pay": {NUMBER},}}',
        f'{{"id": 35, "code": "{TEXT}',
        f'{{"id": 36, "code": {{"{TEXT}": {NUMBER}}}, "pay": [{NUMBER}], "born": "1899-12-31"}}',
        f'{{"id": 37, "code": "{TEXT}", "code": "{TEXT}2", "pay": {NUMBER}, "pay": 1}}',
        f'["{TEXT}", {NUMBER}]',
        f"{TEXT}{NUMBER}",
    ]
    source = folder / "people.jsonl"
    source.write_bytes("\n".join(lines).encode() + b'\n{"id": 38, "code": "' + TEXT.encode() + b'\xff"}\n')
    return contract(folder, False, {"format": "jsonl"}), [source]


def json_array(folder: Path) -> Made:
    _, (lines,) = json_lines(folder)
    source = folder / "people.json"
    source.write_bytes(b'{"people": [' + b",".join(lines.read_bytes().split(b"\n")[:-4]) + b"]}")
    return contract(folder, False, {"format": "json"}), [source]


def xml(folder: Path) -> Made:
    def element(record: list[str]) -> str:
        return "<p>" + "".join(f"<{n}>{v}</{n}>" for n, v in zip(NAMES, record, strict=True)) + "</p>"

    broken = [
        f"<p><id>33</id><code>{TEXT} & {NUMBER}</code></p>",
        f"<p><id>34</id><code>{TEXT}",
        f"<p><id>35</id><code><{TEXT}>{NUMBER}</{TEXT}></code></p>",
        f"<p><id>36</id><code>{TEXT}</code><code>{TEXT}2</code></p>",
        f"<p><id>37</id>&{TEXT};</p>",
    ]
    source = folder / "people.xml"
    source.write_text("<people>\n" + "\n".join([*map(element, RECORDS), *broken]) + "\n</people>\n")
    return contract(folder, False, {"format": "xml"}), [source]


def arrow(folder: Path) -> Made:
    source = folder / "people.arrow"
    frame_of().write_ipc(source)
    return contract(folder, True, {"format": "arrow"}), [source]


BOOK = """\
       01  PERSON.
           05  ID           PIC 9(6).
           05  CODE         PIC X(12).
           05  KIND         PIC X(12).
           05  ACCOUNT      PIC X(12).
           05  CUT          PIC X(12).
           05  ZEROS        PIC X(12).
           05  SEEN-UNCLEAN PIC X(12).
           05  PAY          PIC S9(7) COMP-3.
           05  DEBT         PIC S9(7)V99.
           05  BORN         PIC X(12).
"""


def mainframe(folder: Path) -> Made:
    (folder / "person.cpy").write_text(BOOK)
    items = parse_copybook(BOOK).roots[0].children

    def encoded(values: list[str]) -> bytes:
        out = b""
        for item, value in zip(items, values, strict=True):
            given: int | float | str = value.replace("\u200b", "")
            if item.name in ("ID", "PAY"):
                given = int(value)
            elif item.name == "DEBT":
                given = int(Decimal(value) * 100)
            out += encode_field(given, item, Conventions())
        return out

    records = [encoded(r) for r in RECORDS[:-1]]
    broken = bytearray(records[-1])
    at = 6 + 6 * 12 + 3
    broken[at] = 0x0A  # a sign nibble that is none, in PAY
    source = folder / "people.ebc"
    source.write_bytes(b"".join(records) + bytes(broken) + records[-1][:40])
    layout = ours("recordFormat", {"kind": "mainframe", "copybook": "person.cpy"})
    path = contract(folder, True, {"format": "mainframe", "encoding": "cp037", "customProperties": [layout]})
    return path, [source]


def workbook(folder: Path) -> Made:
    """Return a sheet of texts, with errors, formulas, dates and merged cells among them."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for line in [NAMES, *RECORDS]:
        sheet.append(line)
    sheet["B3"], sheet["H3"], sheet["H4"], sheet["J4"] = "#N/A", "=NOW()", DAYS[0], DAYS[0]
    sheet["H5"] = float(f"{NUMBER}{NUMBER}{NUMBER}")
    sheet["D7"] = f"{TEXT}9"
    sheet.merge_cells("D7:D9")
    source = folder / "people.xlsx"
    made.save(source)
    return contract(folder, False, {"format": "xlsx"}), [source]


def sqlite_table(folder: Path) -> Made:
    source = folder / "people.sqlite"
    columns = ", ".join(f'"{name}"' for name in NAMES)
    with closing(sqlite3.connect(source)) as connection, connection:
        connection.execute(f"CREATE TABLE people ({columns})")
        marks = ", ".join("?" * len(NAMES))
        connection.executemany(f"INSERT INTO people VALUES ({marks})", RECORDS)
    return contract(folder, False, {"format": "sqlite"}), [source]


def stata(folder: Path) -> Made:
    source = folder / "people.dta"
    pyreadstat.write_dta(pl.DataFrame(RECORDS, schema=NAMES, orient="row").to_pandas(), str(source))
    return contract(folder, False, {"format": "stata"}), [source]


def dbase_table(folder: Path) -> Made:
    source = folder / "people.dbf"
    fields = [(name[:10], "C", 16) for name in NAMES]
    records = [[v.replace("\u200b", "").encode("cp1252") for v in record] for record in RECORDS]
    broken = b"X" + records[0][1].ljust(len(fields) * 16)
    whole = dbase.table(fields, records, told=len(records) + 1, end=b"")
    source.write_bytes(whole + broken)
    path = contract(folder, False, {"format": "dbf"})
    document = yaml.safe_load(path.read_text())
    for p in document["schema"][0]["properties"]:
        p["physicalName"] = p["name"][:10]
    document["schema"][0]["properties"][6].pop("customProperties")
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path, [source]


def zipped(folder: Path) -> Made:
    path, (source,) = delimited(folder)
    archive = folder / "people.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.write(source, "people.csv")
    return path, [archive]


def gzipped(folder: Path) -> Made:
    path, (source,) = json_lines(folder)
    packed = folder / "people.jsonl.gz"
    packed.write_bytes(gzip.compress(source.read_bytes()))
    return path, [packed]


FORMATS: tuple[Callable[[Path], Made], ...] = (
    workbook,
    sqlite_table,
    stata,
    dbase_table,
    delimited,
    fixed_width,
    parquet,
    parquet_of_texts,
    mainframe,
    json_lines,
    json_array,
    xml,
    arrow,
    zipped,
    gzipped,
)


@pytest.mark.parametrize("make", FORMATS, ids=lambda made: made.__name__)
@pytest.mark.parametrize("limit", [1.0, 0.0], ids=["published", "held"])
def test_a_classified_value_is_in_no_output(
    make: Callable[[Path], Made],
    limit: float,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    if limit == 1.0:  # with a key bytes are sealed, without one they are withheld
        monkeypatch.setenv("WEIGHBRIDGE_SEAL_KEY", new_key())
    here = tmp_path / "in"
    here.mkdir()
    path, sources = make(here)
    document = yaml.safe_load(path.read_text())
    document["schema"][0]["customProperties"][0]["value"]["maxRejected"]["rate"] = limit
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    into, extra = tmp_path / "out", tmp_path / "extra"
    named = ["--object", "people"]
    job = [str(path), *map(str, sources), "--into", str(into), *named]
    wanted = 1 if limit == 0.0 else 0
    assert run(["check", *job, "--report", str(extra / "check")]) == wanted
    assert run(["check", *job, "--json"]) == wanted
    assert run(["run", *job, "--log-format", "json"]) == wanted
    assert run(["run", *job, "--json", "--log-format", "text"]) == wanted
    assert run(["runs", "--into", str(into), "--json"]) == 0
    for more in ([], ["--json"], ["--csv", str(extra / "kept.csv")], ["--uncertain"], ["--uncertain", "--json"]):
        assert run(["quarantine", "--into", str(into), *more]) == 0
    for more in (["--format", "markdown"], ["--format", "html"], [], ["--json"], ["--to", str(extra / "report")]):
        assert run(["report", "--into", str(into), *more]) == 0
    assert run(["audit", "--into", str(into), "--json"]) == 0
    monkeypatch.setenv("WEIGHBRIDGE_LOG", "json")
    assert run(["run", *job, "--again"]) == wanted
    assert run(["doctor", "--into", str(into)]) in (0, 1)
    for more in ([], ["--json"]):
        assert run(["repairs", "--into", str(into), *more]) == 0
        assert run(["diff", str(path), str(path), "--into", str(into), *more]) == 0
        assert run(["retain", "--into", str(into), *more]) == 0
    said = capfd.readouterr()
    leaks = [*leaks_in("stdout", said.out.encode()), *leaks_in("stderr", said.err.encode())]
    leaks += [
        leak for file in sorted(extra.rglob("*")) if file.is_file() for leak in leaks_in(file.name, file.read_bytes())
    ]
    leaks += [leak for file in sorted(into.rglob("*")) if file.is_file() for leak in leaks_of_output(into, file)]
    assert leaks == []
    assert "•••(" in said.out
    assert list(temporary.rglob("*")) == []
    kept = pl.concat([pl.read_parquet(file) for file in into.glob("quarantine/**/*.parquet")])
    assert kept.height
    assert kept["raw_form"].str.starts_with("sealed" if limit == 1.0 else "withheld").all()


def test_the_marker_would_be_found(tmp_path: Path) -> None:
    path, _ = delimited(tmp_path)
    path.write_text(path.read_text().replace("classification: pii", "classification: public"))
    result = weighbridge.load_contract(path).check(tmp_path / "people.csv", object="people")
    assert {TEXT, str(NUMBER), "04/03/1917"} <= {
        mark for mark in MARKS if any(mark in str(e.seen) for c in result.checks for e in c.examples)
    }


def test_a_frame_of_classified_values_is_not_shown(tmp_path: Path) -> None:
    path = contract(tmp_path, True, {"format": "parquet"})
    result = weighbridge.load_contract(path).run(frame_of(), into=tmp_path / "out", object="people")
    assert list(leaks_in("result", repr(result).encode())) == []
    into = tmp_path / "out"
    assert [leak for file in sorted(into.rglob("*")) if file.is_file() for leak in leaks_of_output(into, file)] == []


def test_what_is_classified_inside_of_an_object_hides_the_object(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "nested.odcs.yaml"
    street = {"name": "street", "logicalType": "string", "classification": "pii"}
    street["logicalTypeOptions"] = {"maxLength": 3}  # type: ignore[assignment]
    tag = {"logicalType": "string", "classification": "pii", "enum": [{"value": "a"}]}
    document = yaml.safe_load(contract(tmp_path, True, {"format": "parquet"}).read_text())
    document["schema"] = [
        {
            "name": "people",
            "properties": [
                {"name": "id", "logicalType": "integer", "logicalTypeOptions": {"maximum": 1}},
                {"name": "address", "logicalType": "object", "properties": [street]},
                {"name": "tags", "logicalType": "array", "items": tag},
            ],
        }
    ]
    del document["slaProperties"]
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    source = tmp_path / "people.parquet"
    rows = [{"id": i, "address": {"street": TEXT if i else "abc"}, "tags": [TEXT] if i else ["a"]} for i in range(3)]
    pl.DataFrame(rows).write_parquet(source)
    into = tmp_path / "out"
    assert run(["run", str(path), str(source), "--into", str(into)]) == 0
    assert run(["quarantine", "--into", str(into), "--json"]) == 0
    said = capfd.readouterr()
    assert list(leaks_in("streams", (said.out + said.err).encode())) == []
    assert [leak for file in sorted(into.rglob("*")) if file.is_file() for leak in leaks_of_output(into, file)] == []


def leaks_of_output(into: Path, file: Path) -> Iterator[str]:
    """Yield where a marker stands in an output file, tables by column."""
    where = file.relative_to(into)
    if where.parts[0] == "published":
        return
    if file.suffix != ".parquet":
        yield from leaks_in(str(where), file.read_bytes())
        return
    for name, column in pl.read_parquet(file).to_dict(as_series=True).items():
        if column.dtype == pl.Binary:
            for content in column.drop_nulls():
                yield from leaks_in(f"{where} [{name}]", content)
            continue
        text = json.dumps(column.to_list(), default=str, ensure_ascii=False)
        yield from leaks_in(f"{where} [{name}]", text.encode())


def leaks_in(where: str, content: bytes) -> Iterator[str]:
    """Yield where a marker stands in bytes, as UTF-8, UTF-16, EBCDIC, hexadecimal or base64."""
    for mark in MARKS:
        plain = mark.encode()
        for form in (plain, mark.encode("utf-16-le"), mark.encode("cp037"), plain.hex().encode(), *in_base64(plain)):
            at = content.find(form)
            if at >= 0:
                yield f"{where}: {mark} near {content[max(0, at - 90) : at + 40]!r}"
                break


def in_base64(plain: bytes) -> Iterator[bytes]:
    """Yield the part of the base64 text that is the same wherever `plain` stands in the bytes."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + plain)
        yield re.sub(rb"=", b"", encoded)[2 + before : -2]
