"""Sources as bytes: what cannot be read, gzip in every state, change under the reader's hands."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.readers.extracts import assert_conserves, codes, put, rows, schema_of, server_of
from weighbridge.findings import ArgumentError, SourceError
from weighbridge.readers import open_extract, read_record
from weighbridge.readers.delimited import DelimitedReader
from weighbridge.readers.gunzip import Damage, gunzipped

TWO = schema_of("id", "who")
CONTENT = b"id,who\n" + b"".join(b"%d,person %d\n" % (i, i * i) for i in range(5000))


def test_what_is_no_readable_file_is_named(tmp_path: Path) -> None:
    for name, words in [
        ("", "the path is empty"),
        (str(tmp_path), "it is a directory"),
        (str(tmp_path / "absent.csv"), "No such file"),
        ("a\0b", "NUL character"),
        ("/dev/null", "not a regular file"),
    ]:
        with pytest.raises(SourceError, match=words) as caught:
            open_extract([name], TWO, None)
        assert caught.value.findings[0].code == "RDR-001"
        assert caught.value.findings[0].fix
    with pytest.raises(ArgumentError, match="no source is named"):
        open_extract([], TWO, None)


def test_an_unknown_format_lists_the_known_ones(tmp_path: Path) -> None:
    path = put(tmp_path, CONTENT)
    with pytest.raises(SourceError, match=r"known are .*csv.*did you mean parquet") as caught:
        open_extract([path], TWO, server_of("parqet"))
    assert caught.value.findings[0].code == "RDR-005"
    binary = put(tmp_path, bytes(range(1, 9)) * 50, "things.bin")
    with pytest.raises(SourceError, match="RDR-005") as caught:
        open_extract([binary], TWO, None)
    assert "servers.format" in caught.value.findings[0].fix


def test_a_gzip_source_reads_as_its_content(tmp_path: Path) -> None:
    path = put(tmp_path, gzip.compress(CONTENT), "things.csv.gz")
    extract = open_extract([path], TWO, None)
    assert extract.content_bytes == len(CONTENT)
    frame = assert_conserves(extract, [CONTENT])
    row = frame.row(4321, named=True)
    assert read_record(path, row["__offset"], row["__length"]) == row["__raw"] + b"\n"
    assert not extract.findings


def test_a_plain_record_is_read_again_by_its_span(tmp_path: Path) -> None:
    path = put(tmp_path, CONTENT)
    assert read_record(path, 7, 11) == CONTENT[7:18]
    assert read_record(path, len(CONTENT) - 3, 100) == CONTENT[-3:]


def test_members_padding_and_a_gzip_by_any_name(tmp_path: Path) -> None:
    stored = gzip.compress(CONTENT[:100]) + gzip.compress(CONTENT[100:]) + bytes(512)
    extract = open_extract([put(tmp_path, stored, "things.csv")], TWO, None)
    assert_conserves(extract, [CONTENT])
    assert codes(extract) == []


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_gzip_cut_short_is_found_and_its_beginning_read(tmp_path: Path, keep: float) -> None:
    stored = gzip.compress(CONTENT)
    extract = open_extract([put(tmp_path, stored[: int(len(stored) * keep)], "things.csv.gz")], TWO, None)
    assert codes(extract) == ["RDR-006"]
    assert "have the file sent again" in extract.findings[0].fix
    content = CONTENT[: extract.content_bytes]
    assert 0 < len(content) < len(CONTENT)
    assert_conserves(extract, [content])


def test_damage_costs_nothing_before_it(tmp_path: Path) -> None:
    stored = bytearray(gzip.compress(CONTENT))
    stored[-6] ^= 0xFF  # the checksum
    extract = open_extract([put(tmp_path, bytes(stored), "things.csv.gz")], TWO, None)
    assert codes(extract) == ["RDR-006"]
    assert_conserves(extract, [CONTENT])
    trailing = open_extract([put(tmp_path, gzip.compress(CONTENT) + b"junk", "x.csv.gz")], TWO, None)
    assert codes(trailing) == ["RDR-006"]
    assert_conserves(trailing, [CONTENT])


@given(st.binary(max_size=3000), st.integers(1, 50), st.integers(1, 700))
def test_gunzipped_is_what_was_compressed_however_it_is_cut(
    content: bytes, stored_bytes: int, piece_bytes: int
) -> None:
    stored = gzip.compress(content)
    damage = Damage()
    pieces = list(
        gunzipped(
            iter([stored[i : i + stored_bytes] for i in range(0, len(stored), stored_bytes)]), piece_bytes, damage
        )
    )
    assert b"".join(pieces) == content
    assert all(0 < len(p) <= piece_bytes for p in pieces)
    assert not damage.words


def test_a_bomb_comes_in_pieces() -> None:
    compressor = zlib.compressobj(9, wbits=31)
    stored = compressor.compress(bytes(50_000_000)) + compressor.flush()
    sizes = [len(p) for p in gunzipped(iter([stored]), 1 << 16, Damage())]
    assert sum(sizes) == 50_000_000
    assert max(sizes) == 1 << 16


def test_bytes_that_changed_behind_an_unchanged_time_are_noticed(tmp_path: Path) -> None:
    import os

    path = put(tmp_path, b"id,who\n1,a\n2,b\n")
    then = Path(path).stat()
    extract = DelimitedReader().open([path], TWO, None)
    Path(path).write_bytes(b"id,who\n1,a\n2,c\n")
    os.utime(path, ns=(then.st_atime_ns, then.st_mtime_ns))
    extract.scan().collect()
    with pytest.raises(SourceError, match="its bytes are others"):
        extract.account()


def test_a_source_that_went_away_is_an_error_of_the_account(tmp_path: Path) -> None:
    path = put(tmp_path, CONTENT)
    extract = open_extract([path], TWO, None)
    Path(path).unlink()
    assert rows(extract) == []
    with pytest.raises(SourceError, match="RDR-001"):
        extract.account()
