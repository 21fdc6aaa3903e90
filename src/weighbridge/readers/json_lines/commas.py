"""Whether the records of a list are parted by one comma each, as JSON has it."""

from __future__ import annotations

import numpy as np

from weighbridge.readers.json_lines.framing import Framed

_COMMA = 44


class Commas:
    """Counts, window by window, the places between records of a list where there is not one comma.

    What stands beside a broken record is not looked at: where that ends is a guess.

    Attributes:
        amiss: how many places there are; a comma after the last record is one.
    """

    def __init__(self) -> None:
        self.amiss = 0
        self._open: int | None = None

    def add(self, framed: Framed) -> None:
        """Look at the records of the next window, which begins where the last one was taken."""
        if not len(framed.roots):
            return
        met = np.concatenate(([0], np.cumsum(np.frombuffer(framed.text.utf8, np.uint8) == _COMMA)))
        known = framed.roots >= 0
        begins = framed.starts.copy()
        begins[known] = framed.tokens.starts[framed.roots[known]]
        between = met[begins[1:]] - met[framed.ends[:-1]]
        self.amiss += int(np.count_nonzero((between != 1) & known[1:] & known[:-1]))
        if self._open is not None and known[0]:
            self.amiss += self._open + int(met[begins[0]]) != 1
        tail = int(met[framed.taken] - met[framed.ends[-1]])
        self._open = tail if known[-1] else None
        if framed.ended:
            self.amiss += bool(self._open)
            self._open = None
