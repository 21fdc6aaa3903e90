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
    taken, unfinished = 0, start
    while True:
        text = windows.next(taken)
        found = lines_of(text.utf8, line_end, windows.final)
        if not windows.final and not len(found) and len(text.utf8) > BLOCK_BYTES:
            unfinished = min(unfinished, text.offset_bytes)
            taken = max(0, len(text.raw) - 4)  # a line longer than a block: only its end matters
            continue
        for origin in text.origins(found.starts[-lines:]).tolist():
            begins.append(min(unfinished, text.offset_bytes + origin))
            unfinished = content.size_bytes
        if windows.final:
            return begins[0] if begins else content.size_bytes
        taken = text.origin(int(found.nexts[-1])) if len(found) else 0
        unfinished = content.size_bytes
