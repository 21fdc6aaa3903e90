"""Where the declared footer of a source begins, found in one pass and bounded memory."""

from __future__ import annotations

from collections import deque

from weighbridge.readers.content import Content
from weighbridge.readers.encoding import Encoding
from weighbridge.readers.lines import lines_of
from weighbridge.readers.windows import BLOCK_BYTES, Windows


def tail_start(content: Content, encoding: Encoding, start: int, line_end: str, lines: int) -> int:
    """Return the offset where the last `lines` physical lines begin, `start` when there are not so many."""
    if not lines:
        return content.size_bytes
    begins: deque[int] = deque(maxlen=lines)
    windows = Windows(content, encoding, start, content.size_bytes, BLOCK_BYTES)
    taken, open_at = 0, -1
    while True:
        text = windows.next(taken)
        found = lines_of(text.utf8, line_end, windows.final)
        if not windows.final and not len(found) and len(text.utf8) > BLOCK_BYTES:
            open_at = text.offset_bytes if open_at < 0 else open_at
            taken = max(0, len(text.raw) - 4)  # of a line longer than a block only the beginning matters
            continue
        origins = (text.origins(found.starts) + text.offset_bytes).tolist()
        if origins and open_at >= 0:
            origins[0], open_at = open_at, -1
        begins.extend(origins[-lines:])
        if windows.final:
            return begins[0] if begins else content.size_bytes
        taken = text.origin(int(found.nexts[-1])) if len(found) else 0
