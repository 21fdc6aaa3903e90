"""Damaged files and odd options: rows and findings, never an exception, never a row that is no JSON."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weighbridge.findings import WeighbridgeError
from weighbridge.legacy.cobol.options import OptionError, read_options
from weighbridge.legacy.copybook import parse_copybook
from weighbridge.readers.mainframe.doubts import Tally
from weighbridge.readers.mainframe.rows import Decoder

BOOK = parse_copybook("""
       01  R.
           05  KIND        PIC X.
           05  HEAD.
               10  N       PIC 9.
               10  T OCCURS 0 TO 4 DEPENDING ON N.
                   15  M   PIC 9(1).
                   15  U   PIC S9(3) COMP-3 OCCURS 0 TO 3 DEPENDING ON M.
               10  Z       PIC S9(4)V99.
           05  TAIL REDEFINES HEAD.
               10  B       PIC 9(8) COMP.
               10  W       PIC 9(18) COMP.
               10  E       PIC -ZZ9.9.
               10  F       COMP-1.
               10  D       COMP-2.
               10  L       PIC N(2).
               10  Q       PIC S9(30) COMP-3.
               10  FILLER  PIC X(2).
""")
FORMATS: list[dict[str, Any]] = [
    {"record_format": "fixed", "record_length": 20},
    {"record_format": "fixed", "odo_variable_size": True},
    {"record_format": "rdw"},
    {"record_format": "rdw", "rdw_big_endian": True, "rdw_includes_header": True, "odo_variable_size": True},
    {"record_format": "bdw_rdw", "bdw_big_endian": True},
    {"record_format": "lines", "encoding": "ascii"},
    {"record_format": "length_field", "length_field": "N + 3"},
]
SEGMENTS = {"segment_field": "KIND", "segment_map": {"HEAD": ["A", "1"], "TAIL": ["B", "2"]}}
EXTRAS: list[dict[str, Any]] = [
    {},
    SEGMENTS,
    {**SEGMENTS, "segment_children": {"HEAD": ["TAIL"]}},
    {**SEGMENTS, "segment_levels": [["A"], ["B"]]},
    {"raw_hex": True, "groups_also_as_text": True, "drop_value_fillers": False},
    {"display_as_text": True, "trim": "keep_all", "blank_is_null": False},
    {"code_page": "cp939", "float_format": "ieee754", "relaxed_overpunch": True, "sign_nibbles": "all"},
]


def rows_of(data: bytes, given_options: dict[str, Any], path: Path) -> list[Any]:
    path.write_bytes(data)
    tally = Tally()
    rows = [json.loads(row) for row in Decoder(BOOK, read_options(given_options), tally).rows(str(path))]
    for finding in tally.kept:
        str(finding)
    return rows


@pytest.mark.parametrize("form", FORMATS, ids=lambda f: "-".join(map(str, f.values())))
@pytest.mark.parametrize("extra", EXTRAS, ids=lambda e: "-".join(e) or "plain")
def test_damaged_data(form: dict[str, Any], extra: dict[str, Any], tmp_path: Path) -> None:
    chance = random.Random(str((form, extra)))
    good = b"\0\0\x0a\0\xc1\xf2\xf1\x12\x3c\xf0\xf1\xf2\xf3\xc4\n" * 6 + b"A1" + b"B2\xff" * 20
    for _ in range(30):
        data = bytearray(good if chance.random() < 0.7 else chance.randbytes(150))
        for _ in range(chance.randint(0, 12)):
            at = chance.randrange(len(data))
            data[at : at + chance.randint(0, 2)] = chance.randbytes(chance.randint(0, 3))
        rows_of(bytes(data), {**form, **extra}, tmp_path / "data.bin")


VALUES = st.one_of(
    st.booleans(),
    st.integers(-5, 300),
    st.sampled_from(["rdw", "ascii", "cp037", "N", "KIND", "x y", ""]),
    st.none(),
    st.lists(st.sampled_from(["A", "HEAD"]), max_size=2),
    st.dictionaries(st.sampled_from(["HEAD", "A", "size", "len_lo", "N"]), st.integers(-1, 9), max_size=2),
)
NAMES = st.sampled_from([*read_options({}).__slots__, "recordFormat", "nonsense"])


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_odd_options(tmp_path: Path, options: dict[str, Any]) -> None:
    try:
        rows_of(b"A1\xf1\x12\x3c\n" * 9, options, tmp_path / "data.bin")
    except OptionError as wrong:
        assert wrong.findings
        assert all(f.place.path for f in wrong.findings)
    except WeighbridgeError as wrong:
        assert wrong.findings
