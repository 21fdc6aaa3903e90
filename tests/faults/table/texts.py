"""Delimited and fixed-width text, encodings and control records."""
# ruff: noqa: E501 - a fault is a row of a table

from __future__ import annotations

from tests.faults.fault import Expected, Fault, held, published, refused, warned

_CSV = {"format": "csv", "recordFormat": {"delimiter": ",", "header": True}}
_HEAD = b"id,who\n"


def _csv(name: str, says: str, content: bytes, expected: Expected, **layout: object) -> Fault:
    encoding = layout.pop("encoding", None)
    server = {**_CSV, "recordFormat": {"delimiter": ",", "header": True, **layout}} | (
        {"encoding": encoding} if encoding else {}
    )
    return Fault(f"delimited/{name}", says, {"things.csv": content}, expected, server)


def delimited() -> list[Fault]:
    """Faults of delimited files whose dialect is declared."""
    return [
        _csv("field_too_many", "a comma that nobody quoted", _HEAD + b"1,ann\n2,bob,x\n3,cy\n",
             warned(2, {2: b"2,bob,x"}, "RDR-010")),
        _csv("field_missing", "a record broken off", _HEAD + b"1,ann\n2\n3,cy\n", warned(2, {2: b"2"}, "RDR-010")),
        _csv("many_fields", "a record with a hundred fields", _HEAD + b"1,ann\n2" + b"," * 99 + b"\n",
             warned(1, {2: b"2" + b"," * 99}, "RDR-010")),
        _csv("text_after_quote", "text behind a closing quote", _HEAD + b'1,ann\n2,"bob"x\n3,cy\n',
             warned(2, {2: b'2,"bob"x'}, "RDR-011")),
        _csv("quote_never_closed", "a quote in the last record is never closed", _HEAD + b'1,ann\n2,"bob\n',
             warned(1, {2: b'2,"bob'}, "RDR-011")),
        _csv("nul_in_record", "a NUL in a field", _HEAD + b"1,ann\n2,b\0b\n3,cy\n",
             warned(2, {2: b"2,b\0b"}, "RDR-015")),
        _csv("latin_1_among_utf_8", "one record in another encoding", _HEAD + b"1,ann\n2,Zo\xeb\n3,Zo\xc3\xab\n",
             warned(2, {2: b"2,Zo\xeb"}, "RDR-012"), encoding="utf-8"),
        _csv("cut_inside_a_character", "the file ends inside of a letter", _HEAD + b"1,ann\n2,Zo\xc3",
             warned(1, {2: b"2,Zo\xc3"}, "RDR-012"), encoding="utf-8"),
        _csv("overlong_utf_8", "a slash in two bytes, which UTF-8 forbids", _HEAD + b"1,ann\n2,\xc0\xaf\n",
             warned(1, {2: b"2,\xc0\xaf"}, "RDR-012"), encoding="utf-8"),
        _csv("surrogate_in_utf_8", "half of a surrogate pair, as CESU-8 writes it", _HEAD + b"1,ann\n2,\xed\xa0\x80\n",
             warned(1, {2: b"2,\xed\xa0\x80"}, "RDR-012"), encoding="utf-8"),
        _csv("beyond_unicode", "a character above U+10FFFF", _HEAD + b"1,ann\n2,\xf5\x80\x80\x80\n",
             warned(1, {2: b"2,\xf5\x80\x80\x80"}, "RDR-012"), encoding="utf-8"),
        _csv("record_too_long", "a record above the limit", _HEAD + b"1,ann\n2," + b"x" * 100 + b"\n3,cy\n",
             warned(2, {2: (b"2," + b"x" * 100)[:40]}, "RDR-013"), maxRecordBytes=40),
        _csv("empty", "no bytes at all", b"", held(0, {}, "RDR-002", "RDR-003")),
        _csv("header_only", "a header and no record", _HEAD, held(0, {}, "RDR-002", controls={"header": 7})),
        _csv("wrong_header", "another file under this name", b"a,b\n1,ann\n", held(0, {1: b"1,ann"}, "CHK-001", "RDR-024", "RUN-005")),
        _csv("column_missing", "a required column is not there", b"who\nann\n", held(0, {1: b"ann"}, "CHK-001", "RDR-020", "RUN-005")),
        _csv("optional_column_missing", "a column that is not required is not there", b"id\n1\n2\n",
             Expected("publish_with_warnings", ("RDR-020",), 2)),
        _csv("column_twice", "a column name twice", b"id,who,who\n1,ann,bob\n",
             held(1, {}, "RDR-022")),
        _csv("column_extra", "a column too many", b"id,who,age\n1,ann,3\n", published(1, "RDR-021")),
        _csv("columns_in_another_order", "columns in another order", b"who,id\nann,1\n", published(1)),
        _csv("column_renamed", "a header in capitals and with blanks", b"ID, Who \n1,ann\n", published(1, "RDR-023")),
        _csv("header_again", "two files joined, with the header between", _HEAD + b"1,ann\n" + _HEAD + b"2,bob\n",
             Expected("publish_with_warnings", ("RDR-025",), 2)),
        _csv("blank_lines", "blank lines between records", _HEAD + b"\n1,ann\n\n\n2,bob\n\n", published(2)),
        _csv("unreadable_number", "a word where a number is declared", _HEAD + b"1,ann\ntwo,bob\n",
             warned(1, {2: b"two,bob"}, "LEG-001")),
        _csv("number_too_large", "an integer beyond 64 bits", _HEAD + b"1,ann\n99999999999999999999999,bob\n",
             warned(1, {2: b"99999999999999999999999,bob"}, "LEG-001")),
        _csv("key_missing", "the key is not there", _HEAD + b"1,ann\n,bob\n", warned(1, {2: b",bob"}, "CHK-001")),
        _csv("key_twice", "a key twice: both are kept out", _HEAD + b"1,ann\n2,bob\n1,cy\n",
             warned(1, {1: b"1,ann", 3: b"1,cy"}, "CHK-009")),
        _csv("all_wrong", "every record is broken", _HEAD + b"1\n2\n", held(0, {1: b"1", 2: b"2"}, "RDR-010", "RUN-005")),
        _csv("end_of_file_mark", "Ctrl-Z at the end, as DOS wrote it", _HEAD + b"1,ann\n\x1a", published(1)),
        _csv("trailing_nuls", "the end is filled up with NULs", _HEAD + b"1,ann\n" + bytes(64),
             Expected("publish_with_warnings", ("RDR-037",), 1, controls={"header": 7, "padding": 64})),
        _csv("crlf_and_lf", "line ends of two kinds", _HEAD + b"1,ann\r\n2,bob\n", published(2)),
        _csv("no_last_line_end", "the last record has no line end", _HEAD + b"1,ann\n2,bob", published(2)),
        _csv("byte_order_mark", "a byte order mark before the header", b"\xef\xbb\xbf" + _HEAD + b"1,ann\n", published(1)),
        _csv("utf_16", "declared as UTF-16", (_HEAD + b"1,ann\n").decode().encode("utf-16"), published(1), encoding="utf-16"),
        _csv("unknown_encoding", "an encoding that does not exist", _HEAD + b"1,ann\n", refused("RDR-007"), encoding="klingon"),
        _csv("comment_and_footer", "comments, and a line of totals", _HEAD + b"# made today\n1,ann\n2,bob\ntotal\n",
             published(2), comment="#", skipTail=1),
        _csv("skip_more_than_there_is", "more lines to skip than the file has", _HEAD + b"1,ann\n",
             held(0, {}, "RDR-002", controls={"preamble": 13}), skipHead=10),
        _csv("html_instead", "the sender's error page", b"<html><body>\n<h1>404</h1>\n</body></html>\n",
             held(0, {1: b"<h1>404</h1>", 2: b"</body></html>"}, "CHK-001", "RDR-024", "RDR-030", "RUN-005")),
        _csv("binary_instead", "a picture under this name", b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
             held(0, {1: b"\x1a", 2: bytes(range(10)), 3: bytes(range(11, 256))},
                  "CHK-001", "RDR-010", "RDR-015", "RDR-024", "RDR-031", "RUN-005")),
    ]  # fmt: skip


def _at(start: int, length: int) -> list[dict[str, object]]:
    return [{"vendor": "weighbridge", "property": "position", "value": {"start": start, "length": length}}]


def _fixed(name: str, says: str, content: bytes, expected: Expected, **layout: object) -> Fault:
    properties = (
        {"name": "id", "logicalType": "integer", "required": True, "primaryKey": True, "customProperties": _at(1, 3)},
        {"name": "who", "logicalType": "string", "customProperties": _at(4, 4)},
    )
    encoding = layout.pop("encoding", "cp1252")
    server = {"format": "fixedwidth", "encoding": encoding, "recordFormat": {"kind": "fixedWidth", **layout}}
    return Fault(f"fixed_width/{name}", says, {"things.dat": content}, expected, server, properties)


def fixed_width() -> list[Fault]:
    """Faults of fixed-width files."""
    return [
        _fixed("short_record", "a record cut short", b"001ann \n002b\n003cy  \n", warned(2, {2: b"002b"}, "RDR-014")),
        _fixed("long_record", "a record that is too long", b"001ann \n002bob  more\n",
               warned(1, {2: b"002bob  more"}, "RDR-014")),
        _fixed("empty", "no bytes at all", b"", held(0, {}, "RDR-002", "RDR-003")),
        _fixed("nul_record", "a record of NULs", b"001ann \n\0\0\0\0\0\0\0\n", warned(1, {2: b"\0" * 7}, "CHK-001")),
        _fixed("letters_in_number", "letters where a number stands", b"001ann \n00xbob \n",
               warned(1, {2: b"00xbob "}, "LEG-001")),
        _fixed("shifted", "a record that lost its first byte", b"001ann \n02bob \n", warned(1, {2: b"02bob "}, "RDR-014")),
        _fixed("last_record_cut", "without line ends, and cut inside a record", b"001ann 002bo",
               warned(1, {2: b"002bo"}, "RDR-014"), recordLength=7),
        _fixed("key_twice", "a key twice", b"001ann \n001bob \n002cy  \n",
               warned(1, {1: b"001ann ", 2: b"001bob "}, "CHK-009")),
        _fixed("blank_key", "blanks where the key stands", b"001ann \n   bob \n", warned(1, {2: b"   bob "}, "CHK-001")),
        _fixed("invalid_utf_8", "a byte that UTF-8 does not know", b"001ann \n002b\xffb \n",
               warned(1, {2: b"002b\xffb "}, "RDR-012"), encoding="utf-8"),
        _fixed("undefined_byte", "a byte that the code page leaves free", b"001ann \n002b\x81b \n",
               warned(1, {2: b"002b\x81b "}, "RDR-012")),
        _fixed("blank_line", "an empty line between records", b"001ann \n\n002bob \n", published(2)),
    ]  # fmt: skip


_CONTROLS = {
    "header": {"startsWith": "HDR", "businessDate": {"field": 2, "format": "%Y%m%d"}},
    "trailer": {
        "startsWith": "TRL",
        "records": {"field": 2},
        "totals": [{"property": "id", "field": 3}],
        "businessDate": {"field": 4, "format": "%Y%m%d"},
    },
}


def control_records() -> list[Fault]:
    """Files whose header or trailer says something else than what was read."""
    top, body = b"HDR,20130101\n", _HEAD + b"1,ann\n2,bob\n"
    kept: dict[int, bytes | None] = {}
    cases = [
        ("sound", "header and trailer are right", top + body + b"TRL,2,3,20130101\n", published(2)),
        ("no_trailer", "the trailer is missing", top + body, held(2, kept, "RDR-420")),
        ("no_header", "the header is missing", body + b"TRL,2,3,20130101\n", held(2, kept, "RDR-421")),
        ("other_count", "one record less than counted", top + body + b"TRL,3,3,20130101\n", held(2, kept, "RDR-422")),
        ("other_total", "another sum", top + body + b"TRL,2,4,20130101\n", held(2, kept, "RDR-423", "RUN-003")),
        ("other_date", "the dates differ", top + body + b"TRL,2,3,20130102\n", held(2, kept, "RDR-424")),
        ("count_no_number", "the count is a word", top + body + b"TRL,two,3,20130101\n", held(2, kept, "RDR-425")),
    ]  # fmt: skip
    return [
        Fault(
            f"control_records/{name}",
            says,
            {"things.csv": content},
            expected,
            {**_CSV, "recordFormat": {"delimiter": ",", "header": True, "controlRecords": _CONTROLS}},
        )
        for name, says, content, expected in cases
    ]
