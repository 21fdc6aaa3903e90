"""Drift: an extract's profile beside those that runs before left.

What is compared with is taken from the output folder: the profiles of published runs, or a copy of one that was
pinned, which stays when retention takes the runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import reduce
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weighbridge.contract.model import NotExecuted
from weighbridge.outcome.result import CheckResult
from weighbridge.pipeline.output.history import PROFILE_FILE, folder_of
from weighbridge.pipeline.output.pinned import PROFILE, baseline_folder, pinned_in
from weighbridge.pipeline.weighing.results import answered
from weighbridge.probe import Probe, ProfileProbe
from weighbridge.profile import (
    MEASURES,
    Bin,
    Distance,
    Partial,
    distribution,
    load,
    load_figures,
    merge,
    overlaid,
    shown,
)

if TYPE_CHECKING:
    import polars as pl

    from weighbridge.ledger import Run

_MOST_LOOKED_AT = 200
_MOST_COUNTED = 20_000


class NoProfileError(Exception):
    """There is nothing to compare with; the message says why."""


class Before:
    """What an object's extracts before this one looked like."""

    def __init__(
        self,
        into: Path | None,
        contract_id: str,
        object_name: str,
        extract_id: str | None = None,
        contract_path: str | None = None,
    ) -> None:
        self._into = into
        self._contract_id = contract_id
        self._object = object_name
        self._extract_id = extract_id
        self._beside = Path(contract_path).parent if contract_path else Path()
        self._known: dict[str | int, tuple[Partial, str]] = {}
        self._heads: dict[str, Partial | None] = {}

    def of(self, against: str | int) -> tuple[Partial, str]:
        """Return a profile and what it is of, in words.

        Raises:
            NoProfileError: there is none.
        """
        if against not in self._known:
            self._known[against] = self._pinned() if against == "baseline" else self._runs(against)
        return self._known[against]

    def kept(self, path: str) -> tuple[Partial, str]:
        """Return the profile of a file beside the contract, and its path.

        Raises:
            NoProfileError: there is no such file, or it is no profile.
        """
        try:
            return load((self._beside / path).read_bytes()), path
        except (OSError, ValueError) as error:
            raise NoProfileError(f"{path} cannot be read as a profile ({type(error).__name__})") from error

    def counts(self) -> list[tuple[datetime, int]]:
        """Return when extracts before were published, and how many records they had, the latest first."""
        return [(run.as_of, run.records) for run in self._published(_MOST_COUNTED) if run.records is not None]

    def runs(self, alike: Callable[[datetime], bool]) -> Iterator[Run]:
        """Yield the runs that published before and whose moment is `alike`, the latest first."""
        return (run for run in self._published(_MOST_COUNTED) if alike(run.as_of))

    def figures(self, run: Run) -> Partial | None:
        """Return the profile a run left without its tables of values; None where it left none that can be read."""
        if run.id not in self._heads:
            try:
                path = folder_of(self._into, run.id) / PROFILE_FILE if self._into is not None else None
                self._heads[run.id] = None if path is None else load_figures(path)
            except (OSError, ValueError):
                self._heads[run.id] = None
        return self._heads[run.id]

    def _pinned(self) -> tuple[Partial, str]:
        if self._into is None:
            raise NoProfileError("without an output folder there is nothing to compare with")
        folder = baseline_folder(self._into, self._contract_id, self._object)
        pinned = pinned_in(folder)
        if pinned is None:
            raise NoProfileError("no baseline is pinned: `weighbridge baseline pin RUN --into DIR`")
        try:
            return load((folder / PROFILE).read_bytes()), f"the baseline, run {pinned.run}"
        except (OSError, ValueError) as error:
            raise NoProfileError(f"the baseline cannot be read ({type(error).__name__}): pin it again") from error

    def _runs(self, against: str | int) -> tuple[Partial, str]:
        wanted = 1 if against == "previous" else int(against)
        found: list[tuple[Partial, Run]] = []
        for run in self._published():
            if len(found) == wanted or self._into is None:
                break
            try:
                found.append((load((folder_of(self._into, run.id) / PROFILE_FILE).read_bytes()), run))
            except (OSError, ValueError):
                continue  # retention took it, or it is of a time before profiles were kept
        alike = [
            (p, r)
            for p, r in found
            if found and dict(p.dtypes) == dict(found[0][0].dtypes) and p.masked == found[0][0].masked
        ]
        if not alike:
            raise NoProfileError("no run that was published before left a profile")
        words = f"run {alike[0][1].id}" if len(alike) == 1 else f"{len(alike)} runs since {alike[-1][1].id}"
        return reduce(merge, (p for p, _ in alike)), words

    def _published(self, most: int = _MOST_LOOKED_AT) -> list[Run]:
        """Return the runs that published before, the latest first; of the same bytes only the latest, these not."""
        from weighbridge.pipeline.output.ledgers import has_ledger, ledger_of

        if self._into is None or not has_ledger(self._into):
            return []
        with ledger_of(self._into) as ledger:
            runs = ledger.runs(self._contract_id, most, object_name=self._object, state="published")
        others = {run.extract_id: run for run in reversed(runs) if run.extract_id != self._extract_id}
        return sorted(others.values(), key=lambda run: run.id, reverse=True)


def drifted(
    probes: Sequence[Probe], profile: Partial, before: Before
) -> tuple[tuple[CheckResult, ...], tuple[NotExecuted, ...]]:
    """Return how the probes of profiles came out, and those for which there was nothing to compare with.

    Args:
        probes: of any kind; others are passed over.
        profile: of this extract.
        before: what there was before it.
    """
    results, open_ones = [], []
    for probe in probes:
        if not isinstance(probe, ProfileProbe):
            continue
        try:
            of = before.of(probe.against) if probe.reference is None else before.kept(probe.reference)
            compared, words = of
            distance, told, bins = _distance(probe, compared, profile)
        except NoProfileError as why:
            open_ones.append(NotExecuted(f"{probe.name}: drift", str(why), probe.line))
            continue
        results.append(
            answered(
                probe,
                holds=distance.value <= probe.at_most,
                observed=f"{told} from {words}",
                measured={
                    "distance": distance.value if isfinite(distance.value) else None,
                    "chance": distance.chance,
                    "measure": probe.measure,
                    "at_most": probe.at_most,
                    "against": words,
                    "overlay": bins,
                },
                value=distance.value if isfinite(distance.value) else None,
            )
        )
    return tuple(results), tuple(open_ones)


def _distance(probe: ProfileProbe, before: Partial, now: Partial) -> tuple[Distance, str, list[dict[str, Any]]]:
    if probe.column not in before.dtypes:
        raise NoProfileError(f"{probe.column} was not there before")
    one, two = distribution(before, probe.column), distribution(now, probe.column)
    if one is None or two is None:
        raise NoProfileError(f"no profile has the values of {probe.column}")
    if min(one.values, two.values) < probe.least:
        few = f"{two.values:,} values beside {one.values:,}"
        raise NoProfileError(f"{few} of {probe.column}: at least {probe.least:,} are needed on both sides")
    try:
        distance = MEASURES[probe.measure](one, two)
    except ValueError:
        raise NoProfileError(f"{probe.column} was of another type before") from None
    chance = "" if distance.chance is None else f", by chance {_chance(distance.chance)}"
    told = f"{probe.measure} {distance.value:.3g}{chance} ({two.values:,} values beside {one.values:,})"
    dtype = now.dtypes[probe.column]
    return distance, told, [_side_by_side(found, dtype) for found in overlaid(one, two)]


def _side_by_side(found: Bin, dtype: pl.DataType) -> dict[str, Any]:
    ends = {"above": found.above, "up_to": found.up_to, "below": found.below}
    told = {name: None if end is None else shown(end, dtype) for name, end in ends.items()}
    return {"kind": found.kind, **told, "label": found.label, "before": found.before, "now": found.now}


def _chance(chance: float) -> str:
    return f"{chance:.1%}" if chance >= 0.001 else "less than 0.1%"
