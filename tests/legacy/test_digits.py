"""Law: every digit that Unicode knows in its first plane is read as what it is, and no letter is taken for one."""

from __future__ import annotations

import unicodedata

import polars as pl

from weighbridge.legacy.digits import in_ascii


def test_every_digit_of_the_first_plane_is_read_as_what_it_is() -> None:
    digits = [chr(c) for c in range(0x80, 0x10000) if chr(c).isdecimal()]
    told = pl.DataFrame({"text": digits}).select(in_ascii(pl.col("text")))["text"].to_list()
    assert told == [str(unicodedata.decimal(digit)) for digit in digits]


def test_no_other_letter_becomes_a_digit() -> None:
    letters = [chr(c) for c in range(0x80, 0x10000) if chr(c).isalpha()]
    told = pl.DataFrame({"text": letters}).select(in_ascii(pl.col("text")))["text"].to_list()
    assert told == letters
