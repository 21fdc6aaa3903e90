"""Values that are not as their picture says: which number, which doubt, which readings compete."""

from __future__ import annotations

import pytest

from weighbridge.findings import code
from weighbridge.legacy.cobol import (
    DOUBT_CODES,
    SLACK,
    Cells,
    Conventions,
    Doubt,
    decode_field,
    readings_of,
    with_slack,
)
from weighbridge.legacy.codepages import UnknownPageError, page_from_table, page_named
from weighbridge.legacy.copybook import parse_copybook

E, A = Conventions(), Conventions(ascii=True)
RELAXED = Conventions(relaxed_overpunch=True)
ALL_BITS = Conventions(full_unsigned=True)
ALL_SIGNS = Conventions(sign_nibbles=("ACEF", "BD"))


@pytest.mark.parametrize(
    ("clauses", "raw", "how", "value", "doubt", "readings"),
    [
        # zoned
        ("PIC 9(4)", "F0F0F1F2", E, 12, Doubt.NONE, ()),
        ("PIC S9(4)", "F0F0F1C2", E, 12, Doubt.NONE, ()),
        ("PIC S9(4)", "F0F0F1D2", E, -12, Doubt.NONE, ()),
        ("PIC S9(4) SIGN LEADING", "D0F0F1F2", E, -12, Doubt.NONE, ()),
        ("PIC 9(4)", "F0F0F1C4", E, None, Doubt.SIGN_ON_UNSIGNED, ("14",)),
        ("PIC 9(4)", "F0F0F1D4", E, None, Doubt.SIGN_ON_UNSIGNED, ("14", "-14")),
        ("PIC 9(4)", "F0F0F1C4", RELAXED, 14, Doubt.PADDED, ()),
        ("PIC 9(4)", "4040F1F2", E, 12, Doubt.PADDED, ()),
        ("PIC 9(4)", "F1F24040", E, 12, Doubt.LOOSE_BLANK, ()),
        ("PIC 9(4)", "F140F240", E, 12, Doubt.LOOSE_BLANK, ()),
        ("PIC 9(4)", "40404040", E, None, Doubt.BLANK, ()),
        ("PIC 9(4)", "00000000", E, None, Doubt.BLANK, ()),
        ("PIC 9(4)", "FFFFFFFF", E, None, Doubt.BLANK, ()),
        ("PIC 9(4)", "F1F2C1C1", E, None, Doubt.NOT_A_DIGIT, ()),
        ("PIC S9(4)", "F1C2F3F4", E, None, Doubt.NOT_A_DIGIT, ()),
        ("PIC S9(4)", "60F1F2F3", E, -123, Doubt.PADDED, ()),
        ("PIC S9(4)", "F1F260F4", E, -124, Doubt.LOOSE_BLANK, ()),
        ("PIC 9(4)", "4EF1F2F3", E, 123, Doubt.PADDED, ()),
        ("PIC 9(4)", "60F1F2F3", E, None, Doubt.SIGN_ON_UNSIGNED, ("123", "-123")),
        ("PIC S9(2) NATIONAL SIGN LEADING SEPARATE", "002D00310041", E, None, Doubt.NOT_A_DIGIT, ()),
        ("PIC 9(2) NATIONAL", "00310441", E, None, Doubt.NOT_A_DIGIT, ()),
        ("PIC S9(3) SIGN TRAILING SEPARATE", "F1F2F360", E, -123, Doubt.NONE, ()),
        ("PIC S9(3) SIGN TRAILING SEPARATE", "F1F2F340", E, 123, Doubt.LOOSE_BLANK, ()),
        ("PIC S9(4)", "3031327D", A, -120, Doubt.NONE, ()),
        ("PIC S9(4)", "30313273", A, -123, Doubt.NONE, ()),
        ("PIC S9(4)", "30313243", A, 123, Doubt.NONE, ()),
        ("PIC 9(20)", "F1" * 19 + "40", E, int("1" * 19), Doubt.LOOSE_BLANK, ()),
        # packed
        ("PIC S9(3) COMP-3", "123C", E, 123, Doubt.NONE, ()),
        ("PIC S9(3) COMP-3", "123D", E, -123, Doubt.NONE, ()),
        ("PIC S9(3) COMP-3", "123F", E, 123, Doubt.NONE, ()),
        ("PIC S9(3) COMP-3", "123A", E, None, Doubt.SIGN_NIBBLE, ("123",)),
        ("PIC S9(3) COMP-3", "123B", ALL_SIGNS, -123, Doubt.NONE, ()),
        ("PIC S9(3) COMP-3", "1234", E, None, Doubt.SIGN_NIBBLE, ()),
        ("PIC 9(3) COMP-3", "123D", E, -123, Doubt.SIGN_ON_UNSIGNED, ("-123", "123")),
        ("PIC S9(3) COMP-3", "1A3C", E, None, Doubt.NIBBLE, ()),
        ("PIC S9(3) COMP-3", "4040", E, None, Doubt.NIBBLE, ()),
        ("PIC S9(3) COMP-3", "0000", E, None, Doubt.BLANK, ()),
        ("PIC S9(4) COMP-3", "12345C", E, 12345, Doubt.BEYOND_PICTURE, ("12345", "2345")),
        ("PIC S9(2)V99 COMP-3", "12345C", E, None, Doubt.BEYOND_PICTURE, ("123.45", "23.45")),
        ("PIC 9(2)V99 COMP", "FFFE", E, None, Doubt.BEYOND_PICTURE, ("655.34", "55.34")),
        ("PIC ZZ9.99", "4040F14BF240", E, 120, Doubt.PADDED, ()),
        ("PIC 9(4) COMP-6", "123C", E, None, Doubt.NIBBLE, ()),
        # binary and floats
        ("PIC S9(4) COMP", "FFFE", E, -2, Doubt.NONE, ()),
        ("PIC 9(4) COMP", "FFFE", E, 65534, Doubt.BEYOND_PICTURE, ("65534", "5534")),
        ("PIC 9(4) COMP-5", "FFFE", E, 65534, Doubt.NONE, ()),
        ("PIC 9(8) COMP", "FFFFFFFE", E, None, Doubt.HIGH_BIT, ("4294967294", "-2")),
        ("PIC 9(8) COMP", "FFFFFFFE", ALL_BITS, 4294967294, Doubt.BEYOND_PICTURE, ("4294967294", "-2")),
        ("PIC 9(3) COMP-9", "0002", E, 512, Doubt.NONE, ()),
        ("COMP-1", "7F800000", Conventions(floats="ieee754"), None, Doubt.NOT_A_NUMBER, ()),
        # edited
        ("PIC ZZ9.99-", "4040F14BF2F360", E, -123, Doubt.NONE, ()),
        ("PIC ZZ9.99-", "4040F14BF2C160", E, None, Doubt.EDITED, ()),
        ("PIC ZZ9.99", "40404040F1F2", E, None, Doubt.EDITED, ()),
        ("PIC ZZ9", "60F1F2", E, None, Doubt.SIGN_ON_UNSIGNED, ("-12", "12")),
        ("PIC ZZ9", "404040", E, None, Doubt.BLANK, ()),
        ("PIC +9.9E+99", "4EF14BF5C54EF0F1", E, 150, Doubt.NONE, ()),
    ],
)  # fmt: skip
def test_readings(
    clauses: str, raw: str, how: Conventions, value: int | None, doubt: Doubt, readings: tuple[str, ...]
) -> None:
    item = parse_copybook(f"       01  R.\n           05  A  {clauses}.\n").roots[0].children[0]
    data = bytes.fromhex(raw)
    column = decode_field(Cells(with_slack(data), 1, SLACK, len(data)), item, how)
    is_null = column.null is not None and bool(column.null[0])
    assert (None if is_null else int(column.values[0])) == value
    assert Doubt(int(column.doubts[0]) if column.doubts is not None else 0) is doubt
    assert readings_of(data, item, how, doubt) == readings


def test_text_says_what_it_could_not_read() -> None:
    item = parse_copybook("       01  R.\n           05  A  PIC X(3).\n").roots[0].children[0]

    def doubt(raw: bytes, how: Conventions) -> tuple[str, Doubt]:
        column = decode_field(Cells(with_slack(raw), 1, SLACK, 3), item, how)
        return str(column.values[0]), Doubt(int(column.doubts[0]) if column.doubts is not None else 0)

    assert doubt(b"\xc1\x42\xc2", Conventions(page=page_named("invariant"))) == ("A B", Doubt.CONTROL)
    assert doubt(b"\xc1\x42\xc2", E) == ("AâB", Doubt.NONE)
    assert doubt(b"\xc1\x70\xc2", Conventions(page=page_named("cp424")))[1] is Doubt.NO_CHARACTER
    assert doubt(b"a\xffb", A) == ("a\ufffdb", Doubt.NO_CHARACTER)
    assert doubt(b"a\x01b", A) == ("ab", Doubt.CONTROL)
    assert doubt(b"a\xffb", Conventions(ascii=True, charset="ascii")) == ("a b", Doubt.CONTROL)
    assert doubt(b"\x0e\x45\x62", Conventions(page=page_named("cp939")))[1] is Doubt.NO_CHARACTER


def test_a_page_of_ones_own() -> None:
    page = page_from_table("mine", "".join(chr(0x2500 + b) for b in range(256)))
    assert page.decode(b"\x00\x01") == "\u2500\u2501"
    with pytest.raises(ValueError, match="256 characters"):
        page_from_table("mine", "abc")
    with pytest.raises(UnknownPageError, match="the nearest is cp"):
        page_named("cp9999")


FIXES = {
    "LEG-300": "check the field's offset in the copybook and the file's encoding",
    "LEG-301": "wrong layout or the wrong segment",
    "LEG-302": "declare its sign nibbles",
    "LEG-303": "declare the picture with S",
    "LEG-304": "widen the picture",
    "LEG-305": "if blank means no value",
    "LEG-306": "check the field's picture and offset",
    "LEG-307": "check float_format",
    "LEG-308": "declare the code page",
    "LEG-309": "check the record format",
    "LEG-310": "the table was read with its greatest size",
    "LEG-312": "the value is certain",
    "LEG-313": "full_unsigned",
    "LEG-314": "right-aligned with leading zeros",
    "LEG-316": "the field as binary",
}


def test_every_doubt_has_a_finding_with_a_fix() -> None:
    assert set(DOUBT_CODES) == set(Doubt) - {Doubt.NONE}
    assert {name for name, _ in DOUBT_CODES.values()} == set(FIXES)
    for name, words in FIXES.items():
        assert words in code(name).fix
