"""Lines that are too long to be held: gone through to their end, only their beginning kept."""

from __future__ import annotations

import numpy as np

from weighbridge.readers.encoding import Text
from weighbridge.readers.faults import TOO_LONG, too_long
from weighbridge.readers.lines import next_end
from weighbridge.readers.records import Records
from weighbridge.readers.windows import Windows

LINE_END_BYTES = 8  # more than any line end takes, in any encoding


def skip_line(windows: Windows, text: Text, position: int, line_end: str, limit: int) -> tuple[Records, int]:
    """Go to the end of the line at `position`, which is longer than the limit.

    Returns the one record, and how many raw bytes of the last window are taken.
    """
    begin = text.origin(position)
    offset, kept = text.offset_bytes + begin, b""
    raw_bytes, text_bytes = 0, 0
    while True:
        line = next_end(text.utf8, position, line_end, windows.final)
        held = 1 if text.utf8.endswith(b"\r") else 0  # it may be half a line end
        end, stop = line if line is not None else (len(text.utf8) - held, len(text.utf8) - held)
        taken = text.origin(stop)
        kept += text.raw[begin : min(text.origin(end), begin + limit - len(kept))]
        raw_bytes += taken - begin
        text_bytes += end - position
        if line is not None:
            at = np.zeros(1, np.int64)
            faults, seen = np.array([TOO_LONG], np.uint8), {0: too_long(text_bytes, limit)}
            return Records(kept, offset, at, at + len(kept), at + raw_bytes, faults, seen), taken
        text = windows.next(taken)
        position = begin = 0
