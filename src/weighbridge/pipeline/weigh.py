"""The weighing itself: one scan in, rows split, suspects kept, every figure read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from weighbridge.findings import Finding, InternalError
from weighbridge.pipeline.plan import Plan
from weighbridge.probe import Answer, FrameProbe, ScalarProbe
from weighbridge.profile import Running, summed_up
from weighbridge.sinks import writing

ScopedProbe = ScalarProbe | FrameProbe


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the scan gave beside the files it wrote.

    Attributes:
        answers: each check of the whole extract with its answer; plain figures have none.
        profile: figures of every column.
    """

    answers: tuple[tuple[ScopedProbe, Answer], ...]
    profile: dict[str, Any]


def weigh(
    plan: Plan,
    published: pl.LazyFrame,
    suspects: Path,
    suspect_columns: Sequence[str],
    profile: Running,
    *,
    classified: bool = False,
) -> Weighed:
    """Run the plan once, writing the published rows and the suspects.

    Args:
        plan: the plan; its cached frame is what every branch shares.
        published: a lazy sink of the rows that will be published.
        suspects: Parquet file to write the rows to that have anything said about them.
        suspect_columns: its columns.
        profile: counts the rows of the plan's frame as they pass.
        classified: whether there are values that must not be shown; the engine's messages, which
            may quote values, are then not repeated.

    Raises:
        InternalError: RUN-011, the plan cannot be executed even without the checks of the whole extract.
    """
    kept = plan.suspects.select(suspect_columns)
    compact = kept.map_batches(_compacted, schema=kept.collect_schema(), streamable=True)
    suspect_sink = compact.sink_parquet(suspects, compression="lz4", lazy=True)
    scalars = {scope: [p for p in plan.scalar_probes if p.scope == scope] for scope in ("extract", "published")}
    scalar_branches = [
        rows.select(p.value.alias(str(i)) for i, p in enumerate(scalars[scope]))
        for scope, rows in (("extract", plan.framed), ("published", plan.published))
    ]
    fixed = [published, suspect_sink, *scalar_branches]
    framed = [p.build(_scoped(plan, p)) for p in plan.frame_probes]
    try:
        with writing(suspects.parent):
            results = _collect([*fixed, *framed])
        figures = summed_up(profile.partial())
        values = [_only_value(r) for r in results[len(fixed) :]]
        frame_answers = [(p, p.read(v)) for p, v in zip(plan.frame_probes, values, strict=True)]
    except pl.exceptions.PolarsError as error:
        if not framed:
            raise _not_executable(error, classified) from (None if classified else error)
        profile.clear()
        results = _collect_fixed(fixed, error, classified)
        figures = summed_up(profile.partial())
        frame_answers = _answers_apart(plan, classified)
    answers: list[tuple[ScopedProbe, Answer]] = []
    for scope, frame in zip(("extract", "published"), results[2:4], strict=True):
        answers += [(p, p.read(frame[str(i)][0])) for i, p in enumerate(scalars[scope]) if p.read is not None]
    return Weighed((*answers, *frame_answers), figures)


def _compacted(batch: pl.DataFrame) -> pl.DataFrame:
    """Copy the few suspects of a batch out of it: a text is a view, and one view keeps a whole block in memory."""
    views = [name for name, dtype in batch.schema.items() if dtype in (pl.String, pl.Binary)]
    copied = batch.select(views).to_arrow(compat_level=pl.CompatLevel.oldest())
    return batch.with_columns(pl.DataFrame(copied)) if views else batch


def _scoped(plan: Plan, probe: FrameProbe) -> pl.LazyFrame:
    return plan.published if probe.scope == "published" else plan.framed


def _collect(branches: list[pl.LazyFrame]) -> list[pl.DataFrame]:
    return pl.collect_all(branches, engine="streaming")


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
            value = _only_value(probe.build(_scoped(plan, probe)).collect(engine="streaming"))
            answers.append((probe, probe.read(value)))
        except pl.exceptions.PolarsError as error:
            answers.append((probe, Answer(False, None, f"it could not be executed: {_told(error, classified)}")))
    return answers


def _only_value(frame: pl.DataFrame) -> Any:
    return frame.item(0, 0) if frame.height and frame.width else None


def _not_executable(error: Exception, classified: bool) -> InternalError:
    return InternalError(Finding("RUN-011", detail=_told(error, classified)))


def _told(error: Exception, classified: bool) -> str:
    if classified:
        return f"{type(error).__name__}; its message may quote classified values and is not shown"
    return f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')[:300]}"


def mask_counts(suspects: Path, words: Iterable[str]) -> dict[tuple[int, ...], int]:
    """Return how many suspects have each combination of failures, by their mask words."""
    names = list(words)
    counted = pl.scan_parquet(suspects).group_by(names).len().collect(engine="streaming")
    return {tuple(row[:-1]): row[-1] for row in counted.iter_rows()}
