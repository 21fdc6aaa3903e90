"""Laws of the field decoders: what is encoded is decoded, whatever the picture, sign, usage and page."""

from __future__ import annotations

import math
from decimal import Context, Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.legacy.cobol import SLACK, Cells, Column, Conventions, Doubt, decode_field, scaled_text, with_slack
from weighbridge.legacy.cobol.encode import encode_field
from weighbridge.legacy.codepages import UNDEFINED, page_named, page_names
from weighbridge.legacy.copybook import Item, parse_copybook

USAGES = ("", "COMP", "COMP-4", "COMP-5", "COMP-9", "COMP-X", "COMP-3", "COMP-3U", "COMP-6", "BINARY", "PACKED-DECIMAL")
SIGNS = ("", "SIGN LEADING", "SIGN TRAILING", "SIGN LEADING SEPARATE", "SIGN TRAILING SEPARATE CHARACTER")


def field(clauses: str) -> Item:
    return parse_copybook(f"       01  R.\n           05  A  {clauses}.\n").roots[0].children[0]


def decoded(item: Item, raws: list[bytes], how: Conventions, gathered: bool = False) -> Column:
    """Decode cells of records that have three bytes more on each side of the field."""
    records = b"".join(b"\xaa\xbb\xcc" + raw + b"\xdd\xee\xff" for raw in raws)
    stride = item.size + 6
    buffer = with_slack(records)
    if gathered:
        starts = SLACK + 3 + stride * np.arange(len(raws), dtype=np.int64)
        cells = Cells(buffer, len(raws), 0, 0, starts, starts + item.size)
    else:
        cells = Cells(buffer, len(raws), SLACK + 3, stride)
    return decode_field(cells, item, how)


@st.composite
def pictures(draw: st.DrawFn) -> tuple[str, int, int, bool]:
    """A plain numeric picture, its digits, its scale, and whether it is signed."""
    signed = draw(st.booleans())
    whole, decimals = draw(st.integers(0, 20)), draw(st.integers(0, 17))
    if whole + decimals == 0:
        whole = 1
    scaling = draw(st.sampled_from(("", "", "", "right", "left")))
    sign = "S" if signed else ""
    if scaling == "right":
        p = draw(st.integers(1, 4))
        return f"{sign}9({whole + decimals}){'P' * p}", whole + decimals, -p, signed
    if scaling == "left":
        p = draw(st.integers(1, 4))
        return f"{sign}V{'P' * p}9({whole + decimals})", whole + decimals, whole + decimals + p, signed
    point = f"V9({decimals})" if decimals else ""
    nines = f"9({whole})" if whole else ""
    return f"{sign}{nines}{point}", whole + decimals, decimals, signed


@settings(max_examples=250, deadline=None)
@given(pictures(), st.sampled_from(USAGES), st.sampled_from(SIGNS), st.booleans(), st.booleans(), st.data())
def test_an_encoded_number_is_decoded(
    picture: tuple[str, int, int, bool], usage: str, sign: str, is_ascii: bool, gathered: bool, data: st.DataObject
) -> None:
    text, digits, scale, signed = picture
    item = field(f"PIC {text} {usage} {sign if signed and not usage else ''}")
    how = Conventions(ascii=is_ascii, full_unsigned=True)
    low = -(10**digits) + 1 if signed and usage not in ("COMP-3U", "COMP-6") else 0
    numbers = data.draw(st.lists(st.integers(low, 10**digits - 1), min_size=1, max_size=6))
    column = decoded(item, [encode_field(n, item, how) for n in numbers], how, gathered)
    assert [int(v) for v in column.values] == numbers
    assert column.doubts is None or not column.doubts.any()
    assert column.null is None or not column.null.any()
    assert item.digits == digits
    exact = [Decimal(n).scaleb(-scale, Context(prec=80)) for n in numbers]
    assert [Decimal(scaled_text(int(v), column.scale)) for v in column.values] == exact


EDITED = (
    "ZZZ,ZZ9.99-",
    "+9(5)",
    "-9(3).99",
    "$$,$$9.99",
    "9(4).9(2)",
    "***,**9.99CR",
    "Z(6)9",
    "---,--9.9",
    "9(3)V99-",
    "+++9.99",
    "99/99/9999",
    "ZZ9DB",
    "S9(3).99",
    "9B999B999",
    "Z(3)9,99",
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(EDITED), st.booleans(), st.data())
def test_an_edited_number_is_read_back(text: str, is_ascii: bool, data: st.DataObject) -> None:
    item = field(f"PIC {text}")
    assert item.picture is not None
    how = Conventions(ascii=is_ascii)
    low = -(10**item.digits) + 1 if item.signed else 0
    number = data.draw(st.integers(low, 10**item.digits - 1))
    column = decoded(item, [encode_field(number, item, how)], how)
    assert int(column.values[0]) == number, encode_field(number, item, how)
    assert not (column.null is not None and column.null[0])


@pytest.mark.parametrize("big_endian", [True, False])
@pytest.mark.parametrize(
    ("clauses", "number"),
    [
        ("PIC 9(3)V99 USAGE NATIONAL", 12345),
        ("PIC S9(7) NATIONAL SIGN LEADING SEPARATE", -42),
        ("PIC S9(18) SIGN TRAILING SEPARATE USAGE IS NATIONAL", 10**18 - 1),
        ("PIC -(5)9.99 NATIONAL", -120),
    ],
)
def test_a_number_in_national_characters_is_decoded(clauses: str, number: int, big_endian: bool) -> None:
    item, how = field(clauses), Conventions(national_big_endian=big_endian)
    raw = encode_field(number, item, how)
    assert len(raw) == item.size
    column = decoded(item, [raw, b"\x41" * item.size], how)
    assert int(column.values[0]) == number
    assert column.null is not None
    assert column.null.tolist() == [False, True]
    assert decoded(item, [raw], Conventions(national_big_endian=big_endian, display_as_text=True)).values[0] == (
        raw.decode("utf-16-be" if big_endian else "utf-16-le").strip()
    )


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(("ibm", "ibm_little_endian", "ieee754", "ieee754_little_endian")), st.booleans(), st.data())
def test_an_encoded_float_is_decoded(kind: str, double: bool, data: st.DataObject) -> None:
    item = field("COMP-2" if double else "COMP-1")
    how = Conventions(floats=kind)
    limit = 1e70 if double or kind.startswith("ibm") else 1e30
    value = data.draw(st.floats(-limit, limit, allow_subnormal=False).filter(lambda v: v == 0 or abs(v) > 1e-30))
    column = decoded(item, [encode_field(value, item, how)], how)
    assert math.isclose(float(column.values[0]), value, rel_tol=1e-15 if double else 1e-6, abs_tol=0)


@pytest.mark.parametrize("name", page_names())
def test_every_character_of_a_page_comes_back(name: str) -> None:
    page = page_named(name)
    characters = sorted({c for c in page.table if c > " " and c != UNDEFINED}) if not page.always_double else []
    if page.double is not None:
        characters += [chr(int(n)) for n in page.double[page.double > 0][:500]]
    text = "".join(characters)
    assert page.decode(page.encode(text)) == text


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(page_names()[2:38]), st.integers(1, 40), st.booleans(), st.data())
def test_encoded_text_is_decoded(name: str, width: int, gathered: bool, data: st.DataObject) -> None:
    page = page_named(name)
    item, how = field(f"PIC X({width})"), Conventions(page=page)
    alphabet = [c for c in page.table if c > "\xa0" or "!" <= c <= "~" if c != UNDEFINED]
    texts = data.draw(st.lists(st.text(st.sampled_from([*alphabet, " "]), max_size=width), min_size=1, max_size=5))
    column = decoded(item, [encode_field(text, item, how) for text in texts], how, gathered)
    assert list(column.values) == [text.strip(" ") for text in texts]


@pytest.mark.parametrize(
    ("clauses", "text", "how"),
    [
        ("PIC N(6)", "Ångström"[:6], Conventions()),
        ("PIC N(6)", "日本語", Conventions(national_big_endian=False)),
        ("PIC N(6)", "A 19", Conventions()),
        ("PIC X(8)", "A 19", Conventions(ascii=True, charset="utf-16-le")),
        ("PIC G(6) DISPLAY-1", "日本語", Conventions(page=page_named("cp939"))),
        ("PIC X(12)", "AB日本CD", Conventions(page=page_named("cp939"))),
        ("PIC X(12) JUSTIFIED RIGHT", "right", Conventions()),
        ("PIC X(9)", "Überall", Conventions(ascii=True, charset="utf-8")),
        ("PIC X(9)", "Überall", Conventions(ascii=True, charset="iso-8859-1")),
    ],
)
def test_other_alphabets(clauses: str, text: str, how: Conventions) -> None:
    item = field(clauses)
    column = decoded(item, [encode_field(text, item, how)], how)
    assert list(column.values) == [text]
    assert column.doubts is None


def test_control_characters_that_a_charset_leaves_out_are_told() -> None:
    item, how = field("PIC X(5)"), Conventions(ascii=True, charset="iso-8859-1")
    column = decoded(item, [b"\xe4\x07b  ", b"\xe4b\0\0\0", b"a\0b  "], how)
    assert list(column.values) == ["äb", "äb", "ab"]
    assert column.doubts is not None
    assert column.doubts.tolist() == [Doubt.CONTROL, Doubt.NONE, Doubt.CONTROL]


@st.composite
def edited_pictures(draw: st.DrawFn) -> str:
    """An edited picture: zeros suppressed or a symbol that floats, marks of thousands, decimals, a sign somewhere."""
    whole, decimals = draw(st.integers(1, 9)), draw(st.integers(0, 4))
    kind = draw(st.sampled_from(("Z", "*", "+", "-", "$", "9")))
    last = draw(st.integers(0, whole)) if kind in "Z*" else 0 if kind in "+-$" else whole
    floating = 1 if kind in "+-$" else 0
    symbols = [kind] * (whole - last + floating) + ["9"] * last
    if draw(st.booleans()):
        for at in range(len(symbols) - 3, 1, -3):
            symbols.insert(at, ",")
    sign = "" if kind in "+-" else draw(st.sampled_from(("", "-", "+", "CR", "DB")))
    return "".join(symbols) + (f".{'9' * decimals}" if decimals else "") + sign


@settings(max_examples=250, deadline=None)
@given(edited_pictures(), st.data())
def test_a_number_of_any_edited_picture_is_read_back(text: str, data: st.DataObject) -> None:
    item, how = field(f"PIC {text}"), Conventions()
    low = -(10**item.digits) + 1 if item.signed else 0
    number = data.draw(st.integers(low, 10**item.digits - 1))
    raw = encode_field(number, item, how)
    column = decoded(item, [raw], how)
    if column.null is not None and column.null[0]:
        # A zero of which nothing is shown is no number to read back.
        assert number == 0
        return
    assert Decimal(scaled_text(int(column.values[0]), column.scale)) == Decimal(number).scaleb(-item.scale), raw


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 40), st.sampled_from(("both", "left", "right", "none")), st.booleans(), st.data())
def test_text_is_trimmed_as_python_trims(width: int, trim: str, gathered: bool, data: st.DataObject) -> None:
    item, how = field(f"PIC X({width})"), Conventions(trim=trim)
    texts = data.draw(st.lists(st.text("AZ09 .", min_size=width, max_size=width), min_size=1, max_size=30))
    cut = {"both": str.strip, "left": str.lstrip, "right": str.rstrip, "none": str}[trim]
    column = decoded(item, [encode_field(text, item, how) for text in texts], how, gathered)
    assert list(column.values) == [cut(text) for text in texts]
