"""Law: what a record's bytes are does not depend on how many records there are beside it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.readers.encoding import is_valid_utf8
from weighbridge.readers.records import binary_views

MANY = 5_000


@given(st.binary(min_size=1, max_size=60), st.data())
def test_few_and_many_slices_are_the_bytes_they_stand_for(buffer: bytes, data: st.DataObject) -> None:
    places = st.lists(st.integers(0, len(buffer)), min_size=2, max_size=2).map(sorted)
    pairs = data.draw(st.lists(places, min_size=1, max_size=5))
    for times in (1, MANY // len(pairs) + 1):
        starts, ends = np.array(pairs * times, dtype=np.int64).T
        series = binary_views(buffer, starts, ends)
        assert series.dtype == pl.Binary
        assert series.to_list() == [buffer[a:b] for a, b in pairs] * times


@pytest.mark.parametrize("times", [1, MANY])
def test_no_slice_reaches_beyond_its_bytes(times: int) -> None:
    for start, end in ((0, 4), (2, 1), (-1, 1)):
        with pytest.raises(ValueError, match="beyond its buffer"):
            binary_views(b"abc", np.array([start] * times), np.array([end] * times))


@pytest.mark.parametrize("text", ["é".encode(), b"\xc3", b"a\xff", b"", "\U0010ffff".encode(), b"\xed\xa0\x80"])
def test_utf8_is_judged_alike_in_small_and_in_large(text: bytes) -> None:
    try:
        text.decode()
        valid = True
    except UnicodeDecodeError:
        valid = False
    assert is_valid_utf8(text) is valid
    assert is_valid_utf8(b"x" * (1 << 22) + text) is valid
