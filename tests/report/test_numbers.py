"""Numbers and bytes as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.report.numbers import count, figure, plural, rate, seconds, size
from weighbridge.report.raw import dump, in_line


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0.0, "0 %"), (1.0, "100 %"), (1e-9, "< 0.01 %"), (0.999999, "> 99.99 %"), (0.0055, "0.55 %"),
     (0.25, "25.0 %"), (0.9945, "99.45 %"), (None, "–"), (float("nan"), "–")],
)  # fmt: skip
def test_rates(share: float | None, shown: str) -> None:
    assert rate(share) == shown


@given(st.floats(min_value=0, max_value=1, exclude_min=True, exclude_max=True))
def test_a_share_that_is_neither_none_nor_all_never_reads_so(share: float) -> None:
    assert rate(share) not in ("0 %", "100 %", "0.00 %", "100.0 %", "100.00 %")


def test_counts_figures_sizes_and_durations() -> None:
    assert [count(1234567), count(None), count(0), count(12.5)] == ["1,234,567", "–", "0", "12.5"]
    assert [figure(2013), figure(2013.0), figure(0.123456)] == ["2013", "2013", "0.1235"]
    assert [size(1), size(999), size(480_615), size(999_999_999), size(None)] == [
        "1 byte", "999 bytes", "480.6 kB", "1.0 GB", "–"]  # fmt: skip
    assert [seconds(0.314), seconds(42.0), seconds(125.4), seconds(7325)] == [
        "0.31 s", "42.0 s", "2 min 05 s", "2 h 02 min"]  # fmt: skip
    assert [plural(1, "byte"), plural(2000, "byte"), plural(2, "more kind", "kinds")] == [
        "1 byte", "2,000 bytes", "2 kinds"]  # fmt: skip


@given(
    st.binary(max_size=300), st.integers(min_value=0, max_value=10**12), st.sampled_from(["utf-8", "cp037", "no such"])
)
def test_the_dump_holds_the_bytes_and_one_sign_for_each(raw: bytes, offset: int, encoding: str) -> None:
    shown = dump(raw, offset, len(raw), encoding)
    assert bytes.fromhex("".join(r["hex"] for r in shown["rows"])) == raw[: shown["shown_bytes"]]
    assert all(len(r["text"]) == len(bytes.fromhex(r["hex"])) for r in shown["rows"])
    assert [r["offset"] for r in shown["rows"]] == [offset + 16 * i for i in range(len(shown["rows"]))]


def test_mainframe_bytes_read_in_their_own_encoding() -> None:
    assert dump(b"\xc1\xc2\xf1\x00", None, None, "cp037")["rows"][0]["text"] == "AB1·"


def test_a_line_end_is_no_part_that_is_left_out() -> None:
    assert dump(b"abc", 0, 5, "utf-8")["of_bytes"] == 3
    assert dump(b"abc", 0, 6, "utf-8")["of_bytes"] == 6


def test_a_value_is_pointed_at_only_where_it_stands_once() -> None:
    assert in_line(b"a,bad,c", "bad", "utf-8") == {"before": "a,", "value": "bad", "after": ",c"}
    assert in_line(b"1,1", "1", "utf-8") is None
    assert in_line(b"a", None, "utf-8") is None
    far = in_line(b"x" * 500 + b"bad" + b"y" * 500, "bad", "utf-8")
    assert far is not None
    assert (len(far["before"]), len(far["after"])) == (91, 91)


@given(st.binary(max_size=300), st.binary(min_size=1, max_size=40), st.binary(max_size=300))
def test_marked_bytes_are_the_value_and_nothing_else(before: bytes, value: bytes, after: bytes) -> None:
    raw = before + value + after
    shown = dump(raw, 0, len(raw), "latin-1", value.decode("latin-1"))
    marked = b"".join(
        bytes.fromhex(r["hex"])[r["marked"][0] : r["marked"][1]] for r in shown["rows"] if r["marked"] is not None
    )
    assert marked == (value if raw.count(value) == 1 else b"")
    beginning = shown["skipped_bytes"]
    assert raw[beginning : beginning + shown["shown_bytes"]] == bytes.fromhex("".join(r["hex"] for r in shown["rows"]))


def test_a_value_far_into_a_record_is_shown_and_marked() -> None:
    shown = dump(b"x" * 1000 + b"bad" + b"y" * 1000, 5_000, 2_003, "utf-8", "bad")
    assert (shown["skipped_bytes"], shown["shown_bytes"], shown["of_bytes"]) == (960, 128, 2_003)
    assert [r["offset"] for r in shown["rows"] if r["marked"]] == [5_992]
    assert dump(b"\xc1\xc2\xf1", 0, 3, "cp037", "B")["rows"][0]["marked"] == [1, 2]
    assert dump(b"aa", 0, 2, "utf-8", "a")["rows"][0]["marked"] is None
    assert dump(b"aa", 0, 2, "no such", "aa")["rows"][0]["marked"] is None
