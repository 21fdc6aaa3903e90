"""The profile of a scan while it runs: each batch is counted as it passes.

Counting in the stream, not in a branch beside it, keeps a scan from running ahead of its profile.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import reduce

import polars as pl

from weighbridge.profile.figures import Figures, added, of_batch
from weighbridge.profile.monotony import NEITHER, Stretch, has_order, joined, stretch_of
from weighbridge.profile.partial import Partial
from weighbridge.profile.sample import MOST_ROWS, Sample, empty_sample, sample_of, sampled_columns, together
from weighbridge.profile.tally import SCHEMA, Counted, as_tally, summed, tallied

_MOST_ROWS_HELD = 1 << 20
_MOST_SAMPLES = 256


class Running:
    """What has been counted of a scan so far; several threads may add batches at once.

    Attributes:
        dtypes: columns to profile, and their types.
        masked: columns of which no value, extreme or shape may be shown.
    """

    def __init__(self, dtypes: Mapping[str, pl.DataType], masked: frozenset[str] = frozenset()) -> None:
        self.dtypes = dict(dtypes)
        self.masked = masked & frozenset(dtypes)
        self._sampled = sampled_columns(self.dtypes, self.masked)
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget everything: the scan is made anew."""
        with self._lock:
            self._records = 0
            self._figures = {name: of_batch(pl.Series([], dtype=t), None, None, name in self.masked)
                             for name, t in self.dtypes.items()}  # fmt: skip
            self._tally = pl.DataFrame(schema=SCHEMA)
            self._counted: list[tuple[int, Counted]] = []
            self._rows = 0
            self._added = 0
            self._samples = [empty_sample(self.dtypes, self.masked)]
            self._limit = self._samples[0].limit
            self._stretches: dict[str, dict[tuple[int, int], Stretch | None]] = {
                name: {} for name, t in self.dtypes.items() if has_order(t, name in self.masked)
            }

    def add(self, batch: pl.DataFrame, at: tuple[int, int] | None = None) -> None:
        """Count a batch that has the columns to be profiled.

        Args:
            batch: consecutive records.
            at: the source and record number of the first; without it, batches come in order.
        """
        counted: list[tuple[int, Counted]] = []
        figures: dict[str, Figures] = {}
        for position, name in enumerate(self.dtypes):
            parts, figures[name] = tallied(batch[name], name in self.masked)
            counted += [(position, part) for part in parts]
        sampled = sample_of(batch, self._sampled, self._limit)
        stretches = {name: stretch_of(batch[name]) for name in tuple(self._stretches)}
        with self._lock:
            self._added += 1
            self._draw(sampled)
            self._note(stretches, at or (self._added, 0))
            self._records += batch.height
            self._figures = {name: added(self._figures[name], more) for name, more in figures.items()}
            self._counted += counted
            self._rows += sum(len(key) for _, (_, key, _) in counted)
            if self._rows > _MOST_ROWS_HELD:
                self._sum()

    def partial(self) -> Partial:
        """Return what was counted, ready to be summed up, or merged with that of other scans."""
        with self._lock:
            self._sum()
            return Partial(
                self.dtypes, self.masked, self._records, self._ordered(), self._tally, together(*self._samples)
            )

    def _draw(self, sampled: Sample) -> None:
        """Take in a batch's rows; now and then put together what was taken in, which lowers the limit."""
        self._samples.append(sampled)
        if sum(sample.rows.height for sample in self._samples) > 4 * MOST_ROWS or len(self._samples) > _MOST_SAMPLES:
            self._samples = [together(*self._samples)]
        self._limit = min(self._limit, sampled.limit, self._samples[0].limit)

    def _note(self, stretches: Mapping[str, Stretch | None], at: tuple[int, int]) -> None:
        for name, stretch in stretches.items():
            if stretch == NEITHER:
                self._stretches.pop(name, None)  # whatever comes, it stays so, and need not be looked at
            elif name in self._stretches:
                self._stretches[name][at] = stretch

    def _ordered(self) -> dict[str, Figures]:
        """Return the figures with the order of the values, now that all stretches can be put in theirs."""
        figures = dict(self._figures)
        for name, dtype in self.dtypes.items():
            if has_order(dtype, name in self.masked):
                known = self._stretches.get(name)
                whole = NEITHER if known is None else reduce(joined, (known[at] for at in sorted(known)), None)
                figures[name] = {**figures[name], "order": whole}
        return figures

    def _sum(self) -> None:
        self._tally = summed(pl.concat([self._tally, as_tally(self._counted)]), self.dtypes, self.masked)
        self._counted = []
        self._rows = 0
