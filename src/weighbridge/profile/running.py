"""The profile of a scan while it runs: each batch is counted as it passes.

Counting in the stream, not in a branch beside it, keeps a scan from running ahead of its profile.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

import polars as pl

from weighbridge.profile.figures import Figures, added, of_batch
from weighbridge.profile.partial import Partial
from weighbridge.profile.tally import SCHEMA, summed, tallied

_MOST_ROWS_HELD = 1 << 20


class Running:
    """What has been counted of a scan so far; several threads may add batches at once.

    Attributes:
        dtypes: columns to profile, and their types.
        masked: columns of which no value, extreme or shape may be shown.
    """

    def __init__(self, dtypes: Mapping[str, pl.DataType], masked: frozenset[str] = frozenset()) -> None:
        self.dtypes = dict(dtypes)
        self.masked = masked & frozenset(dtypes)
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget everything: the scan is made anew."""
        with self._lock:
            self._records = 0
            self._figures = {name: of_batch(pl.Series([], dtype=t), None, None, name in self.masked)
                             for name, t in self.dtypes.items()}  # fmt: skip
            self._parts = [pl.DataFrame(schema=SCHEMA)]
            self._rows = 0

    def add(self, batch: pl.DataFrame) -> None:
        """Count a batch that has the columns to be profiled."""
        parts: list[pl.DataFrame] = []
        figures: dict[str, Figures] = {}
        for position, name in enumerate(self.dtypes):
            rows, figures[name] = tallied(position, batch[name], name in self.masked)
            parts += rows
        with self._lock:
            self._records += batch.height
            self._figures = {name: added(self._figures[name], more) for name, more in figures.items()}
            self._parts += parts
            self._rows += sum(part.height for part in parts)
            if self._rows > _MOST_ROWS_HELD:
                self._sum()

    def partial(self) -> Partial:
        """Return what was counted, ready to be summed up, or merged with that of other scans."""
        with self._lock:
            self._sum()
            return Partial(self.dtypes, self.masked, self._records, dict(self._figures), self._parts[0])

    def _sum(self) -> None:
        self._parts = [summed(pl.concat(self._parts), self.dtypes, self.masked)]
        self._rows = 0
