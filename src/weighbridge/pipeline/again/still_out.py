"""What still keeps records out after a replay judged them: the checks that fail together; of decided ones, each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from weighbridge.pipeline.again.gathering import IDENTITY
from weighbridge.pipeline.again.replay_result import StillOut
from weighbridge.pipeline.weighing.plan import Plan

_KEEPS_OUT = ["reject", "review"]
_SHOWN = 5
_APART = "\x1f"


@dataclass(frozen=True, slots=True)
class KeptOut:
    """Records that did not pass.

    Attributes:
        count: how many.
        groups: those that fail the same checks, the most first.
        faults: of each record about which something was decided, why, in words.
    """

    count: int
    groups: tuple[StillOut, ...]
    faults: Mapping[tuple[str, int], str]


def still_out(folders: Mapping[str, Path], plan: Plan, decided: pl.DataFrame) -> KeptOut:
    """Return what still keeps records out.

    Args:
        folders: where the rows of quarantine and review are.
        plan: what was asked.
        decided: by `IDENTITY`, the records about which something was decided.
    """
    files = [f for name in ("quarantine", "review") if folders[name].is_dir() for f in folders[name].glob("*.parquet")]
    if not files:
        return KeptOut(0, (), {})
    keeps_out = pl.element().struct.field("effect").is_in(_KEEPS_OUT)
    rows = pl.scan_parquet(sorted(files), hive_partitioning=False, glob=False).select(
        *IDENTITY, pl.col("findings").list.eval(pl.element().filter(keeps_out))
    )
    field = pl.element().struct.field
    checks = pl.col("findings").list.eval(field("check")).list.unique(maintain_order=True).list.join(_APART)
    groups = (
        rows.select(*IDENTITY, checks.alias("checks"))
        .group_by("checks", maintain_order=True)
        .agg(pl.len(), pl.struct(IDENTITY).head(_SHOWN).alias("places"))
        .collect(engine="streaming")
    )
    expected = {p.name: p.expected for p in plan.row_probes}
    told = []
    for joined, count, first in groups.iter_rows():
        names = tuple(joined.split(_APART)) if joined else ()
        shown = tuple((place["source"], place["record"]) for place in first)
        told.append(StillOut(names, tuple(expected.get(c, "") for c in names), count, shown))
    told.sort(key=lambda one: (-one.records, one.checks))
    words = pl.col("findings").list.eval(field("code") + " " + field("check")).list.unique(maintain_order=True)
    those = rows.join(decided.lazy(), on=IDENTITY, how="semi").select(*IDENTITY, words.list.join("; "))
    faults = {(source, record): why for source, record, why in those.collect(engine="streaming").iter_rows()}
    return KeptOut(sum(one.records for one in told), tuple(told), faults)
