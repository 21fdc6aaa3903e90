"""The weighing itself: one scan in, rows split, suspects kept, every figure read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field, replace
from pathlib import Path
from typing import Any

import polars as pl

from weighbridge.findings import Finding, InternalError
from weighbridge.pipeline.weighing.plan import Plan
from weighbridge.pipeline.weighing.suspects import Suspects
from weighbridge.probe import Answer, FrameProbe, ScalarProbe
from weighbridge.profile import Few, Partial, Running, few_values
from weighbridge.quick import dataclass
from weighbridge.readers.lineage import FRAMING, RECORD, SOURCE
from weighbridge.sinks import writing

ScopedProbe = ScalarProbe | FrameProbe


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the scan gave beside the files it wrote.

    Attributes:
        answers: each check of the whole extract with its answer; plain figures have none.
        profile: what the scan counted of every column.
        figures: by name, what probes measured that assert nothing.
        rows: the published rows, where `publish` gave no sink of them.
        values: of columns with few values, how often each occurs.
    """

    answers: tuple[tuple[ScopedProbe, Answer], ...]
    profile: Partial
    figures: dict[str, Any] = field(default_factory=dict)
    rows: pl.DataFrame | None = None
    values: dict[str, Few] = field(default_factory=dict)


def weigh(
    plan: Plan,
    publish: Callable[[pl.LazyFrame], pl.LazyFrame],
    suspects: Suspects,
    profile: Running,
    *,
    apart: bool,
    classified: bool = False,
) -> Weighed:
    """Run the plan once, writing the published rows and the suspects.

    Suspects and profile are taken from the batches as they pass. So one branch alone carries
    whole rows, and none has to wait for another with rows in its arms.

    Args:
        plan: the plan.
        publish: given the rows that will be published, a lazy sink of them, or what is wanted of them.
        suspects: where the rows go that have anything said about them.
        profile: counts the rows that could be framed.
        apart: whether the checks of the whole extract are better asked in a scan of their own:
            where a source gives single columns for next to nothing.
        classified: whether there are values that must not be shown; the engine's messages, which
            may quote values, are then not repeated.

    Raises:
        InternalError: RUN-011, the plan cannot be executed even without the checks of the whole extract.
    """
    watched = replace(plan, frame=_watched(plan.frame, suspects, profile).cache())
    asked = plan if apart else watched
    scalars = {scope: [p for p in plan.scalar_probes if p.scope == scope] for scope in ("extract", "published")}
    single = [_scoped(asked, scope).select(p.value.alias(str(i)) for i, p in enumerate(probes))
              for scope, probes in scalars.items() if probes]  # fmt: skip
    framed = [p.build(_scoped(asked, p.scope)) for p in plan.frame_probes]
    sink = publish(watched.published)
    try:
        with writing(suspects.folder.parent):
            if apart:
                rows, results = _collect([sink])[0], _collect([*single, *framed])
            else:
                rows, *results = _collect([sink, *single, *framed])
        frame_answers = [
            (p, p.read(_only_value(r))) for p, r in zip(plan.frame_probes, results[len(single) :], strict=True)
        ]
    except pl.exceptions.PolarsError as error:
        if not framed:
            raise _not_executable(error, classified) from (None if classified else error)
        suspects.clear()
        profile.clear()
        rows, *results = _collect_fixed([sink, *single], error, classified)
        frame_answers = _answers_apart(plan, classified)
    suspects.close()
    answers: list[tuple[ScopedProbe, Answer]] = []
    figures: dict[str, Any] = {}
    for probes, frame in zip([p for p in scalars.values() if p], results, strict=False):
        answers += [(p, p.read(frame[str(i)][0])) for i, p in enumerate(probes) if p.read is not None]
        figures |= {p.name: frame[str(i)][0] for i, p in enumerate(probes) if p.read is None}
    counted = profile.partial()
    return Weighed((*answers, *frame_answers), counted, figures, rows, few_values(counted))


def _watched(frame: pl.LazyFrame, suspects: Suspects, profile: Running) -> pl.LazyFrame:
    """Return `frame` as it is, with its suspects put aside and its columns counted while it passes."""
    schema = frame.collect_schema()

    def watch(batch: pl.DataFrame) -> pl.DataFrame:
        suspects.add(batch)
        framed = batch[FRAMING] == 0
        known = batch if framed.all() else batch.filter(framed)
        if known.height:
            profile.add(known, (known[SOURCE][0], known[RECORD][0]))
        return batch

    return frame.map_batches(watch, schema=schema, streamable=True)


def _scoped(plan: Plan, scope: str) -> pl.LazyFrame:
    return plan.published if scope == "published" else plan.framed


def _collect(branches: list[pl.LazyFrame]) -> list[pl.DataFrame]:
    return pl.collect_all(branches, engine="streaming") if branches else []


def _collect_fixed(fixed: list[pl.LazyFrame], why: Exception, classified: bool) -> list[pl.DataFrame]:
    """Run the plan without the branches that may have broken it."""
    try:
        return _collect(fixed)
    except pl.exceptions.PolarsError as error:
        raise _not_executable(error, classified) from (None if classified else why)


def _answers_apart(plan: Plan, classified: bool) -> list[tuple[FrameProbe, Answer]]:
    """Run each check with a branch of its own alone."""
    answers = []
    for probe in plan.frame_probes:
        try:
            value = _only_value(probe.build(_scoped(plan, probe.scope)).collect(engine="streaming"))
            answers.append((probe, probe.read(value)))
        except pl.exceptions.PolarsError as error:
            answers.append((probe, Answer(False, None, f"it could not be executed: {told_of(error, classified)}")))
    return answers


def _only_value(frame: pl.DataFrame) -> Any:
    return frame.item(0, 0) if frame.height and frame.width else None


def _not_executable(error: Exception, classified: bool) -> InternalError:
    return InternalError(Finding("RUN-011", detail=told_of(error, classified)))


def told_of(error: BaseException, classified: bool) -> str:
    """Return an engine's error in words; without its message where there are values that must not be shown."""
    if classified:
        return f"{type(error).__name__}; its message may quote classified values and is not shown"
    return f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')[:300]}"


def mask_counts(suspects: Path, words: Iterable[str]) -> dict[tuple[int, ...], int]:
    """Return how many suspects have each combination of failures, by their mask words."""
    names = list(words)
    counted = pl.scan_parquet(suspects).group_by(names).len().collect(engine="streaming")
    return {tuple(row[:-1]): row[-1] for row in counted.iter_rows()}
