"""Delimited files as they are found: what is read of each, what is turned back, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.readers.extracts import assert_conserves, faults, put, rows, server_of
from weighbridge.contract.model import LogicalType, Property, SchemaObject
from weighbridge.findings import Severity, code
from weighbridge.readers.delimited import DelimitedReader
from weighbridge.readers.door import RawExtract

ORDERS = SchemaObject(
    "orders",
    "orders",
    (
        Property("id", LogicalType.INTEGER, ("id",), required=True),
        Property("customer", LogicalType.STRING, ("customer",)),
        Property("amount", LogicalType.NUMBER, ("amount",)),
        Property("day", LogicalType.DATE, ("day",)),
    ),
)
HEADER = "id,customer,amount,day\n"
BODY = '1,Ada,12.5,2024-01-02\n2,"Grace, H",8,2024-01-03\n3,Edsger,7.25,2024-01-04\n4,Bob,1,2024-01-05\n'
READ = [
    ("1", "Ada", "12.5", "2024-01-02"),
    ("2", "Grace, H", "8", "2024-01-03"),
    ("3", "Edsger", "7.25", "2024-01-04"),
    ("4", "Bob", "1", "2024-01-05"),
]
PLAIN = BODY.replace('"Grace, H"', "Grace H")
PLAIN_READ = [tuple(v.replace(", ", " ") for v in row) for row in READ]


@dataclass(frozen=True)
class Wild:
    """A file: its text, what is sniffed of it, and which findings are told."""

    text: str
    sniffed: dict[str, str]
    codes: tuple[str, ...] = ()
    read: tuple[tuple[str, ...], ...] = tuple(READ)


def other(delimiter: str, header: str = HEADER, body: str = PLAIN) -> str:
    return (header + body).replace(",", delimiter)


WILD = {
    "clean": Wild(HEADER + BODY, {"delimiter": ","}),
    "backslashes before quotes, nothing quoted": Wild(
        HEADER + PLAIN.replace("Ada", 'Ada \\"A\\" L').replace("Bob", 'Bob \\"B\\" B'),
        {"escape": "\\"},
        (),
        tuple(tuple(v.replace("Ada", 'Ada "A" L').replace("Bob", 'Bob "B" B') for v in row) for row in PLAIN_READ),
    ),
    "backslashes before some quotes only": Wild(
        HEADER + PLAIN.replace("Ada", 'C:\\"A" L'),
        {},
        (),
        tuple(tuple(v.replace("Ada", 'C:\\"A" L') for v in row) for row in PLAIN_READ),
    ),
    "semicolons": Wild((HEADER + PLAIN).replace(",", ";"), {"delimiter": ";"}, (), tuple(PLAIN_READ)),
    "tabs": Wild(other("\t"), {"delimiter": "tab"}, (), tuple(PLAIN_READ)),
    "two bars": Wild(other("||"), {"delimiter": "||"}, (), tuple(PLAIN_READ)),
    "bar tilde bar": Wild(other("|~|"), {"delimiter": "|~|"}, (), tuple(PLAIN_READ)),
    "two colons": Wild(other("::"), {"delimiter": "::"}, (), tuple(PLAIN_READ)),
    "two bars, no header": Wild(other("||", ""), {"delimiter": "||"}, ("RDR-024",), tuple(PLAIN_READ)),
    "comma and blank": Wild(other(", "), {"delimiter": ",", "padding": "true"}, (), tuple(PLAIN_READ)),
    "padded quotes": Wild(HEADER + BODY.replace(",", ", ").replace(",  H", ", H"), {"padding": "true"}),
    "single quotes": Wild((HEADER + BODY).replace('"', "'"), {"quote": "'"}),
    "backslashes": Wild(HEADER + BODY.replace('"Grace, H"', "Grace\\, H"), {"escape": "\\"}),
    "quotes that are data": Wild(
        HEADER + PLAIN.replace("Ada", '"A').replace("Bob", '"B').replace("Edsger", '"E'),
        {"quote": "none"},
        (),
        tuple(
            tuple(v.replace("Ada", '"A').replace("Bob", '"B').replace("Edsger", '"E') for v in r) for r in PLAIN_READ
        ),
    ),
    "returns only": Wild((HEADER + BODY).replace("\n", "\r"), {"lineEnd": "cr"}),
    "returns and feeds": Wild(HEADER + BODY.replace("\n", "\r\n"), {}),
    "all three line ends": Wild(HEADER + BODY.replace("\n", "\r", 2), {"lineEnd": "mixed"}),
    "no header": Wild(BODY, {"header": "false"}, ("RDR-024",)),
    "preamble": Wild('Report, by hand\nof "today\n\n' + HEADER + BODY, {"skipHead": "3"}, ("RDR-027",)),
    "preamble, no header": Wild("Report of today\n" + BODY, {"skipHead": "1"}, ("RDR-024", "RDR-027")),
    "what a spreadsheet writes first": Wild(
        "sep=;\n" + other(";"), {"delimiter": ";", "skipHead": "1"}, ("RDR-027",), tuple(PLAIN_READ)
    ),
    "footer": Wild(HEADER + BODY + "Total,4\n", {"skipTail": "1"}, ("RDR-028",)),
    "footer of as many fields": Wild(HEADER + BODY + "Total,,28.75,\n", {"skipTail": "1"}, ("RDR-028",)),
    "footer after a blank line": Wild(HEADER + BODY + "\n-- end --\n(4 rows)\n", {"skipTail": "2"}, ("RDR-028",)),
    "line of units": Wild("id,customer,amount,day\n[-],[text],[USD],[date]\n" + BODY, {"headerRows": "2"}),
    "header of two lines": Wild("order,customer,order,order\nid,name,amount,day\n" + BODY, {"headerRows": "2"}),
    "header again": Wild(HEADER + BODY.replace("3,Eds", HEADER + "3,Eds"), {}, ("RDR-025",)),
    "joined with its mark": Wild(
        "\ufeff" + HEADER + BODY.replace("3,Eds", "\ufeff" + HEADER + "3,Eds"), {}, ("RDR-025",)
    ),
    "delimiter at every end": Wild((HEADER + BODY).replace("\n", ",\n"), {"trailingDelimiter": "true"}),
    "delimiter at the records' ends": Wild(HEADER + BODY.replace("\n", ",\n"), {"trailingDelimiter": "true"}),
    "delimiter at the header's end": Wild("id,customer,amount,day,\n" + BODY, {"trailingDelimiter": "true"}),
    "other spelling": Wild("ID,Customer,AMOUNT, Day\n" + BODY, {}, ("RDR-023",) * 4),
    "blank lines": Wild("\n\n" + HEADER + "\n" + BODY.replace("\n", "\n\n"), {}),
    "NULs at the end": Wild(HEADER + BODY + "\0" * 50, {}, ("RDR-037",)),
}


def opened(folder: Path, content: bytes, schema: SchemaObject = ORDERS, **options: object) -> RawExtract:
    return DelimitedReader().open([put(folder, content)], schema, server_of(**options))


def told(extract: RawExtract) -> list[str]:
    return [f.code for f in (*extract.findings, *extract.late_findings())]


def kinds(extract: RawExtract) -> list[str]:
    return [s.kind for a in extract.account() for s in a.controls]


@pytest.mark.parametrize("name", WILD)
def test_a_file_as_found_is_read_and_what_was_sniffed_is_said(name: str, tmp_path: Path) -> None:
    wild = WILD[name]
    content = wild.text.encode()
    extract = opened(tmp_path, content)
    assert_conserves(extract, [content])
    assert rows(extract) == list(wild.read)
    sniffed = {o.name: o.value for o in extract.options if o.origin == "sniffed"}
    assert {k: sniffed.get(k) for k in wild.sniffed} == wild.sniffed
    assert told(extract) == list(wild.codes)


@pytest.mark.parametrize("name", WILD)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-32-be", "cp932"])
def test_the_encoding_changes_nothing_of_it(name: str, encoding: str, tmp_path: Path) -> None:
    text = WILD[name].text.replace("\ufeff", "" if encoding == "cp932" else "\ufeff")
    content = text.encode(encoding)
    extract = opened(tmp_path, content, encoding=encoding)
    assert_conserves(extract, [content])
    assert rows(extract) == list(WILD[name].read)


@pytest.mark.parametrize("name", WILD)
def test_the_block_size_changes_nothing_of_it(name: str, tmp_path: Path) -> None:
    content = WILD[name].text.encode()
    source = put(tmp_path, content)
    whole = DelimitedReader().open([source], ORDERS, None)
    small = DelimitedReader(block_bytes=9).open([source], ORDERS, None)
    assert small.scan().collect().equals(whole.scan().collect())
    assert small.account() == whole.account()


def test_the_fixes_say_what_to_declare() -> None:
    assert "recordFormat.skipHead" in code("RDR-027").fix
    assert "skipTail: 0" in code("RDR-028").fix
    assert "sent apart" in code("RDR-029").fix
    assert "fallbackEncodings" in code("RDR-032").fix
    assert "weighbridge sniff" in code("RDR-033").fix
    assert "lost line end" in code("RDR-034").fix
    assert "sent again" in code("RDR-037").fix


def test_a_record_that_was_cut_off_is_no_footer(tmp_path: Path) -> None:
    extract = opened(tmp_path, (HEADER + BODY + "5,Ed").encode())
    assert [f[:2] for f in faults(extract)] == [(5, "RDR-010")]
    assert told(extract) == []


@pytest.mark.parametrize("before", ["", "\n"])
def test_an_odd_text_alone_is_a_record_and_no_footer(before: str, tmp_path: Path) -> None:
    content = (HEADER + BODY + before + "x\n").encode()
    extract = opened(tmp_path, content)
    assert_conserves(extract, [content])
    assert [f[:2] for f in faults(extract)] == [(5, "RDR-010")]
    assert told(extract) == []


def test_the_last_line_of_a_quoted_text_is_no_footer(tmp_path: Path) -> None:
    content = (HEADER + BODY + '5,"Eve\nTotal",3.5,2024-01-05\n').encode()
    extract = opened(tmp_path, content)
    assert_conserves(extract, [content])
    assert rows(extract)[-1][1] == "Eve\nTotal"
    assert told(extract) == []


def test_an_odd_text_under_the_header_is_a_record_and_no_line_of_units(tmp_path: Path) -> None:
    content = (HEADER + "x\n" + BODY).encode()
    extract = opened(tmp_path, content)
    assert_conserves(extract, [content])
    assert [f[:2] for f in faults(extract)] == [(1, "RDR-010")]
    assert kinds(extract) == ["header"]


def test_a_declared_tail_is_not_sniffed_again(tmp_path: Path) -> None:
    extract = opened(tmp_path, (HEADER + BODY + "Total,4\n").encode(), skipTail=0)
    assert [f[:2] for f in faults(extract)] == [(5, "RDR-010")]


def test_patterns_tell_preamble_and_footer(tmp_path: Path) -> None:
    content = ("# by hand\nH|20240101\n" + HEADER + BODY + "S|2\n" + BODY + "T|8\n").encode()
    extract = opened(tmp_path, content, preamble=r"^(#|H\|)", footer=r"^[ST]\|")
    assert_conserves(extract, [content])
    assert rows(extract) == [*READ, *READ]
    assert kinds(extract) == ["preamble", "header", "footer", "footer"]
    assert told(extract) == []


def test_a_header_in_another_order_in_mid_file_holds_the_extract(tmp_path: Path) -> None:
    content = (HEADER + BODY + "day,amount,customer,id\n2024-01-02,12.5,Ada,1\n").encode()
    extract = opened(tmp_path, content)
    assert "header in another order" in kinds(extract)
    (finding,) = extract.late_findings()
    assert (finding.code, finding.severity) == ("RDR-029", Severity.ERROR)


def test_the_column_whose_values_are_of_the_type_is_read_of_two_with_one_name(tmp_path: Path) -> None:
    content = b"id,customer,amount,amount,day\n1,a,x,12.5,2024-01-02\n2,b,y,3,2024-01-02\n"
    extract = opened(tmp_path, content)
    assert [row[2] for row in rows(extract)] == ["12.5", "3"]
    (finding,) = [f for f in extract.findings if f.code == "RDR-022"]
    assert finding.severity is Severity.WARNING
    assert "column 4 was read, as only column 4 holds number values" in finding.detail
    unclear = opened(tmp_path, content.replace(b"x", b"7").replace(b"y", b"8"))
    assert [f.severity for f in unclear.findings if f.code == "RDR-022"] == [Severity.ERROR]
    alike = opened(tmp_path, b"id,id,customer,amount,day\n1,1,a,2,2024-01-02\n")
    assert "their first values are the same" in next(f.detail for f in alike.findings if f.code == "RDR-022")


def test_records_that_contradict_what_was_sniffed_are_told(tmp_path: Path) -> None:
    content = (HEADER + PLAIN * 30 + PLAIN.replace(",", ";") * 30).encode()
    extract = opened(tmp_path, content)
    (finding,) = extract.late_findings()
    assert finding.code == "RDR-033"
    assert finding.detail.startswith("120 of 240 records do not fit")
    assert "delimiter , (sniffed)" in finding.detail


def test_an_unescaped_quote_costs_its_own_line(tmp_path: Path) -> None:
    extract = opened(tmp_path, (HEADER + '9,"A "x" da",12.5,2024-01-02\n' + BODY).encode())
    assert [f[:2] for f in faults(extract)] == [(1, "RDR-011")]
    assert rows(extract)[1:] == READ


def test_classified_values_of_a_first_record_are_not_told(tmp_path: Path) -> None:
    secret = SchemaObject(
        "t", "t", tuple(Property(n, LogicalType.STRING, (n,), classification="pii") for n in ("name", "mail"))
    )
    extract = opened(tmp_path, b"Ada Lovelace,ada@example.org\nGrace,g@example.org\n", secret, header=True)
    assert [f.code for f in extract.findings] == ["RDR-024"]
    assert "Ada" not in str(extract.findings[0])
    assert "2 texts that are not shown" in extract.findings[0].detail


def test_a_first_line_that_does_not_end_is_told(tmp_path: Path) -> None:
    content = b"id," * 700_000 + b"\n1,a\n"
    extract = opened(tmp_path, content)
    found = {f.code: f for f in extract.findings}
    assert "does not end within the first 1,048,576 bytes" in found["RDR-034"].detail
    assert found["RDR-034"].severity is Severity.ERROR


def test_a_hundred_thousand_columns_are_a_matter_of_seconds_and_of_few_words(tmp_path: Path) -> None:
    header = "id,customer,amount,day," + ",".join(f"c{i}" for i in range(100_000))
    extract = opened(tmp_path, (header + "\n1,a,2,2024-01-02," + "," * 99_999 + "\n").encode())
    assert rows(extract) == [("1", "a", "2", "2024-01-02")]
    assert [f.code for f in extract.findings] == ["RDR-021"]
    assert "and 99,980 more" in extract.findings[0].detail
