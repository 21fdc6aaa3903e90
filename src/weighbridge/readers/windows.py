"""A source's content as a row of overlapping windows of text.

The framer takes what it can of a window and says how much; the rest comes again at the
beginning of the next, with more behind it. So no record depends on where a block ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from weighbridge.readers.content import Content
from weighbridge.readers.encoding import Encoding, Text

BLOCK_BYTES = 4 << 20


class Windows:
    """Reads ``start:stop`` of a content.

    Attributes:
        final: whether nothing follows the window last given.
    """

    def __init__(
        self,
        content: Content,
        encoding: Encoding,
        start: int,
        stop: int,
        block_bytes: int,
        on_progress: Callable[[int], None] | None = None,
    ) -> None:
        self._pieces = _between(content.pieces(block_bytes), start, stop, on_progress)
        self._encoding = encoding
        self._rest = b""
        self._offset = start
        self._ahead: bytes | None = next(self._pieces, None)
        self.final = False

    def next(self, taken_bytes: int) -> Text:
        """Return the next window, which begins `taken_bytes` of raw bytes after the last one began.

        It is longer than what was left of the last one, unless it is final.
        """
        self._rest = self._rest[taken_bytes:]
        self._offset += taken_bytes
        if self._ahead is not None:
            self._rest = self._rest + self._ahead if self._rest else self._ahead
            self._ahead = next(self._pieces, None)
        self.final = self._ahead is None
        return self._encoding.decode(self._rest, self._offset, self.final)


def _between(
    pieces: Iterator[bytes], start: int, stop: int, on_progress: Callable[[int], None] | None
) -> Iterator[bytes]:
    """Yield only ``start:stop``, but read all: the end of the pass is where a change is noticed."""
    position = 0
    for piece in pieces:
        wanted = piece
        if position < start or position + len(piece) > stop:
            wanted = piece[max(0, start - position) : max(0, stop - position)]
        position += len(piece)
        if wanted:
            yield wanted
        if on_progress is not None:
            on_progress(len(piece))
