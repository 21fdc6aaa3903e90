"""Encodings: declared, told by the bytes, wrong, and mixed; every position leads back to its bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.readers.extracts import assert_conserves, codes, faults, put, rows, schema_of, server_of
from weighbridge.decode import decode
from weighbridge.findings import Effect, SourceError
from weighbridge.legacy.reading import Certainty
from weighbridge.readers.delimited import DelimitedReader
from weighbridge.readers.door import RawExtract
from weighbridge.readers.encoding import encoding_named

TWO = schema_of("id", "who")
TEXTS = {
    "cp932": "id,who\n1,山田太郎さんは東京に住んでいます\n2,ソート表\n",
    "euc_jp": "id,who\n1,山田太郎さんは東京に住んでいます\n2,カタカナ\n",
    "gb18030": "id,who\n1,我们在北京学习中文和数学\n2,中国\n",
    "big5": "id,who\n1,我們在台北學習中文和數學\n2,功許\n",
    "cp949": "id,who\n1,우리는 서울에서 한국어를 공부합니다\n2,한국\n",
}
NAMES = ["utf-8", "cp1252", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", *TEXTS, "big5hkscs", "johab"]


def opened(folder: Path, content: bytes, **options: object) -> RawExtract:
    return DelimitedReader().open([put(folder, content)], TWO, server_of(**options))


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("declared", [True, False])
def test_east_asian_encodings_are_read_declared_or_not(name: str, declared: bool, tmp_path: Path) -> None:
    content = TEXTS[name].encode(name)
    extract = opened(tmp_path, content, **({"encoding": name} if declared else {}))
    frame = assert_conserves(extract, [content])
    assert rows(extract) == [tuple(line.split(",")) for line in TEXTS[name].splitlines()[1:]]
    assert frame["__raw"][1] == TEXTS[name].splitlines()[2].encode(name)
    assert codes(extract) == ([] if declared else ["RDR-031"])


@pytest.mark.parametrize("name", ["shift_jis", "gbk", "gb2312", "euc_kr"])
def test_a_standards_name_means_what_systems_write_under_it(name: str) -> None:
    encoding = encoding_named(name)
    assert encoding is not None
    assert encoding.name in {"cp932", "gb18030", "cp949"}


@pytest.mark.parametrize("text", ["Ångström “quoted” it’s don’t ñ é", "Příliš žluťoučký kůň", "Привет мир, как дела"])
def test_text_of_a_code_page_is_not_taken_for_east_asian(text: str, tmp_path: Path) -> None:
    page = "cp1252" if text.startswith("Å") else "cp1250" if text.startswith("P") else "cp1251"
    extract = opened(tmp_path, f"id,who\n1,{text.replace(',', '')}\n".encode(page) * 5)
    assert next(o.value for o in extract.options if o.name == "encoding") == "cp1252"


@pytest.mark.parametrize("name", ["utf-7", "iso2022_jp", "hz", "punycode"])
def test_encodings_whose_bytes_depend_on_what_stood_before_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="RDR-007"):
        opened(tmp_path, b"id,who\n1,a\n", encoding=name)


@pytest.mark.parametrize("mark", [True, False])
@pytest.mark.parametrize("name", ["utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"])
def test_wide_characters_are_told_by_mark_or_by_their_nuls(name: str, mark: bool, tmp_path: Path) -> None:
    content = (("\ufeff" if mark else "") + "id,who\n1,Zoë😀\n2,b\n").encode(name)
    extract = opened(tmp_path, content)
    assert_conserves(extract, [content])
    assert rows(extract) == [("1", "Zoë😀"), ("2", "b")]
    unordered = opened(tmp_path, content, encoding=name[:6])
    assert rows(unordered) == [("1", "Zoë😀"), ("2", "b")]
    assert codes(unordered) == []


def test_an_odd_byte_at_the_end_of_wide_text_is_a_damaged_record(tmp_path: Path) -> None:
    content = "id,who\n1,a\n2,b".encode("utf-32-le") + b"\x00"
    extract = opened(tmp_path, content, encoding="utf-32")
    assert_conserves(extract, [content])
    assert [f[:2] for f in faults(extract)] == [(2, "RDR-012")]


def test_a_byte_that_is_no_character_costs_its_own_record(tmp_path: Path) -> None:
    content = TEXTS["cp932"].encode("cp932") + b"3,\x82\n4,\xff,\n5,ok\n"
    extract = opened(tmp_path, content, encoding="shift_jis")
    assert_conserves(extract, [content])
    assert [f[:2] for f in faults(extract)] == [(3, "RDR-012"), (4, "RDR-010")]
    assert faults(extract)[0][2] == "byte 0x82 at byte 2 of the record"
    assert rows(extract)[-1] == ("5", "ok")


@pytest.mark.parametrize(
    ("text", "really", "declared"),
    [
        ("id,who\n1,Zoë\n2,Ängström\n3,ß\n", "utf-8", "cp1252"),
        ("id,who\n1,Zoë\n2,Ängström\n3,ß\n", "utf-16-le", "utf-8"),
    ],
)
def test_a_wrong_encoding_is_found_out(text: str, really: str, declared: str, tmp_path: Path) -> None:
    extract = opened(tmp_path, text.encode(really), encoding=declared)
    found = [f for f in extract.findings if f.code == "RDR-030"]
    assert any(really in f.detail.lower() for f in found)


def test_records_of_another_encoding_are_turned_back_or_repaired_as_declared(tmp_path: Path) -> None:
    content = "id,who\n1,Zoë\n".encode() + "2,Ängström\n3,plain\n".encode("cp1252") + b"4,\x81\n"
    strict = opened(tmp_path, content, encoding="utf-8")
    assert [f[:2] for f in faults(strict)] == [(2, "RDR-012"), (4, "RDR-012")]
    lenient = opened(tmp_path, content, encoding="utf-8", fallbackEncodings=["cp1252"])
    assert rows(lenient) == [("1", "Zoë"), ("2", "Ängström"), ("3", "plain"), (None, None)]
    assert [f[:2] for f in faults(lenient)] == [(4, "RDR-012")]
    decoded = decode(lenient.scan(), lenient.columns, TWO, raw_doubts=lenient.raw_doubts)
    (probe,) = [p for p in decoded.probes if p.code == "RDR-032" and p.properties == ("who",)]
    assert probe.effect is Effect.REPAIR
    assert lenient.raw_doubts["who"][0].doubt.certainty is Certainty.REPAIRED
    assert probe.seen is not None
    told = decoded.frame.select("__record", probe.failed.alias("f"), probe.seen.alias("s"))
    shown = told.filter(pl.col("f")).collect()
    assert shown.rows() == [(2, True, "read as cp1252")]


@pytest.mark.parametrize("name", NAMES)
@given(st.binary(max_size=60), st.integers(0, 60))
def test_a_window_decodes_as_the_whole_does(name: str, raw: bytes, cut: int) -> None:
    encoding = encoding_named(name)
    assert encoding is not None
    whole, part = encoding.decode(raw, 0, True), encoding.decode(raw[:cut], 0, False)
    rest = encoding.decode(raw[len(part.raw) :], len(part.raw), True)
    if name != "utf-8":  # whose windows may end within a character: they are cut at line ends
        assert part.utf8 + rest.utf8 == whole.utf8
    assert part.origin(len(part.utf8)) == len(part.raw)
    assert whole.origin(len(whole.utf8)) == len(raw)


@pytest.mark.parametrize("name", NAMES)
@given(st.binary(max_size=60), st.data())
def test_counting_on_from_a_known_position_leads_to_the_same_byte(name: str, raw: bytes, data: st.DataObject) -> None:
    encoding = encoding_named(name)
    assert encoding is not None
    text = encoding.decode(raw, 0, True)
    view = np.frombuffer(text.utf8, np.uint8)
    begins = [*np.flatnonzero((view & 0xC0) != 0x80).tolist(), len(text.utf8)]
    known = data.draw(st.sampled_from(begins))
    position = data.draw(st.sampled_from([b for b in begins if b >= known]))
    assert text.origin_after(position, known, text.origin(known)) == text.origin(position)
