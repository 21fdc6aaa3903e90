"""Gzip as it comes: several members, padding, damage; bounded memory whatever it expands to."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

_GZIP_WINDOW = 31
_CAREFUL_BYTES = 4096


class Damage:
    """What was found wrong with a compressed stream while it went by; `words` is empty when nothing was."""

    words = ""


def gunzipped(stored: Iterator[bytes], piece_bytes: int, damage: Damage) -> Iterator[bytes]:
    """Yield what gzip members decompress to, in pieces of at most `piece_bytes`.

    After damage nothing more comes, but `stored` is read to its end. Everything that can be
    decompressed before the damaged byte is given.
    """
    member = zlib.decompressobj(_GZIP_WINDOW)
    begun = False
    for piece in stored:
        rest, pending = piece, False
        while (rest or pending) and not damage.words:
            if member.eof:
                rest = rest.lstrip(b"\0")  # members may be padded with zeros (GNU gzip)
                if not rest:
                    break
                member = zlib.decompressobj(_GZIP_WINDOW)
            begun = True
            saved = member.copy()
            try:
                out = member.decompress(rest, piece_bytes)
            except zlib.error as error:
                damage.words = f"the decompressor says: {str(error).rsplit(': ', 1)[-1]}"
                yield from _up_to_damage(saved, rest)
                break
            rest = member.unused_data if member.eof else member.unconsumed_tail
            pending = len(out) == piece_bytes and not member.eof
            if out:
                yield out
    if begun and not member.eof and not damage.words:
        damage.words = "it ends in the middle of the compressed data"


def _up_to_damage(member: zlib._Decompress, rest: bytes) -> Iterator[bytes]:
    """Yield all that comes out before the damaged byte, closing in on it by halves."""
    size = _CAREFUL_BYTES
    while rest and not member.eof:
        saved = member.copy()
        try:
            out = member.decompress(rest[:size])
        except zlib.error:
            if size == 1:
                return
            member, size = saved, size // 2
            continue
        rest = rest[size:]
        if out:
            yield out
