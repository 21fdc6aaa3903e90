"""Spanned records (VS, VBS): segments put together, every byte in one span, damage told."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.findings import code
from weighbridge.legacy.cobol.options import Options, read_options
from weighbridge.legacy.copybook import parse_copybook
from weighbridge.readers.mainframe.framing import Framer

BOOK = parse_copybook("       01 R PIC X(50).\n")
VBS = {
    "recordFormat": "bdw_rdw",
    "bdwBigEndian": True,
    "bdwIncludesHeader": True,
    "rdwBigEndian": True,
    "rdwIncludesHeader": True,
    "spanned": True,
}
VS = {key: value for key, value in VBS.items() if not key.startswith("bdw")} | {"recordFormat": "rdw"}


def segment(kind: int, payload: bytes) -> bytes:
    return (len(payload) + 4).to_bytes(2, "big") + bytes((kind, 0)) + payload


def block(*segments: bytes) -> bytes:
    body = b"".join(segments)
    return (len(body) + 4).to_bytes(2, "big") + b"\0\0" + body


def written(payloads: list[bytes], block_bytes: int) -> bytes:
    """Write records as an access method does: each block filled, what does not fit goes on in the next."""
    blocks, current, room = [], b"", block_bytes - 4
    for payload in payloads:
        rest, first = payload, True
        while True:
            if room - len(current) < 5:
                blocks.append(block(current))
                current = b""
            piece = rest[: room - len(current) - 4]
            rest = rest[len(piece) :]
            kind = (0 if not rest else 1) if first else (2 if not rest else 3)
            current += segment(kind, piece)
            first = False
            if not rest:
                break
    return b"".join(blocks) + (block(current) if current else b"")


def framed(data: bytes, options: Options, read_bytes: int = 37) -> tuple[list[bytes], list[str], int, Framer]:
    framer = Framer("f", BOOK, options, iter([data[at : at + read_bytes] for at in range(0, len(data), read_bytes)]))
    payloads, faults, covered = [], [], []
    for batch in framer.batches():
        payloads += [batch.raw(row) for row in range(len(batch.starts)) if row not in batch.faults]
        faults += [fault for fault, _ in batch.faults.values()]
        covered += list(zip(batch.offsets.tolist(), batch.spans.tolist(), strict=True))
    covered += [(c.offset, c.length) for c in framer.controls]
    at = 0
    for offset, length in sorted(covered):
        assert offset == at
        at += length
    assert at == len(data)
    return payloads, faults, len(covered), framer


@settings(max_examples=150, deadline=None)
@given(
    payloads=st.lists(st.binary(min_size=1, max_size=120), max_size=12),
    block_bytes=st.integers(12, 90),
    read_bytes=st.integers(1, 300),
)
def test_what_was_written_in_segments_is_read_whole(payloads: list[bytes], block_bytes: int, read_bytes: int) -> None:
    found, faults, _, _ = framed(written(payloads, block_bytes), read_options(VBS), read_bytes)
    assert found == payloads
    assert faults == []


def test_segments_without_block_descriptors() -> None:
    data = segment(0, b"whole") + segment(1, b"fi") + segment(3, b"rs") + segment(2, b"t") + segment(0, b"x")
    assert framed(data, read_options(VS))[0] == [b"whole", b"first", b"x"]


@pytest.mark.parametrize(
    ("segments", "whole", "faults"),
    [
        ([(1, b"aa"), (0, b"bb")], [b"bb"], ["RDR-110"]),
        ([(2, b"aa"), (0, b"bb")], [b"bb"], ["RDR-110"]),
        ([(3, b"aa"), (2, b"zz"), (0, b"bb")], [b"bb"], ["RDR-110", "RDR-110"]),
        ([(0, b"bb"), (1, b"aa")], [b"bb"], ["RDR-102"]),
        ([(1, b"aa"), (1, b"cc"), (2, b"dd")], [b"ccdd"], ["RDR-110"]),
    ],
)
@pytest.mark.parametrize("blocked", [True, False])
def test_segments_that_do_not_belong_together(
    segments: list[tuple[int, bytes]], whole: list[bytes], faults: list[str], blocked: bool
) -> None:
    parts = [segment(*one) for one in segments]
    data = b"".join(map(block, parts)) if blocked else b"".join(parts)
    found, told, _, framer = framed(data, read_options(VBS if blocked else VS))
    assert (found, told) == (whole, faults)
    assert {f.code for f in framer.findings} == set(faults)
    assert "RECFM=VS or VBS" in code("RDR-110").fix


@pytest.mark.parametrize("options", [VBS, VS])
def test_damaged_files_end_in_spans_and_faults(options: dict[str, object]) -> None:
    chance = random.Random(4)
    good = written([chance.randbytes(chance.randrange(1, 60)) for _ in range(20)], 40)
    for _ in range(300):
        data = bytearray(good if chance.random() < 0.8 else bytes(200))
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(data))
            data[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        framed(bytes(data), read_options(options), chance.randint(1, 400))
