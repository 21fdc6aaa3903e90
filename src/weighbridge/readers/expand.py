"""Compressed streams as they come: several members, damage; bounded memory whatever they expand to."""

from __future__ import annotations

import bz2
from collections.abc import Iterator

from weighbridge.readers.gunzip import Damage, gunzipped

_ZSTD_FEED_BYTES = 1 << 10  # a block of 128 KiB may stand in four bytes (RFC 8878, 3.1.1.2.2)
_BZIP2_STEP_BYTES = 1 << 16
"""A failing call gives nothing of what it had decompressed: what comes before damage must not depend on the caller."""
_CUT = "it ends in the middle of the compressed data"


def compression_of(head: bytes) -> str:
    """Return how a stored file is compressed by its first ten bytes: gzip, bzip2, zstd or none."""
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"BZh") and head[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return "bzip2"
    return "zstd" if head.startswith(b"\x28\xb5\x2f\xfd") else "none"


def expanded(stored: Iterator[bytes], compression: str, piece_bytes: int, damage: Damage) -> Iterator[bytes]:
    """Yield what a stored file expands to; after damage nothing more comes, but `stored` is read to its end."""
    if compression == "none":
        return stored
    if compression == "gzip":
        return gunzipped(stored, piece_bytes, damage)
    return (_bunzipped if compression == "bzip2" else _unzstd)(stored, piece_bytes, damage)


def _bunzipped(stored: Iterator[bytes], piece_bytes: int, damage: Damage) -> Iterator[bytes]:
    member = bz2.BZ2Decompressor()
    for piece in stored:
        rest = piece
        while not damage.words:
            if member.eof:
                rest = member.unused_data or rest
                if not rest:
                    break
                member = bz2.BZ2Decompressor()
            try:
                out = member.decompress(rest, _BZIP2_STEP_BYTES)
            except (OSError, ValueError) as error:
                damage.words = f"the decompressor says: {error}"
                break
            rest = b""
            for at in range(0, len(out), piece_bytes):
                yield out[at : at + piece_bytes]
            if member.needs_input or (member.eof and not member.unused_data):
                break
    if not member.eof and not damage.words:
        damage.words = _CUT


def _unzstd(stored: Iterator[bytes], piece_bytes: int, damage: Damage) -> Iterator[bytes]:
    import zstandard

    frame, begun = zstandard.ZstdDecompressor().decompressobj(), False
    for piece in stored:
        for start in range(0, len(piece), _ZSTD_FEED_BYTES):
            rest = piece[start : start + _ZSTD_FEED_BYTES]
            while rest and not damage.words:
                if frame.eof:
                    frame, begun = zstandard.ZstdDecompressor().decompressobj(), False
                try:
                    out = frame.decompress(rest)
                except zstandard.ZstdError as error:
                    damage.words = f"the decompressor says: {str(error).rsplit(': ', 1)[-1]}"
                    break
                begun = True
                rest = frame.unused_data if frame.eof else b""
                for at in range(0, len(out), piece_bytes):
                    yield out[at : at + piece_bytes]
    if begun and not frame.eof and not damage.words:
        damage.words = _CUT
