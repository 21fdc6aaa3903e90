"""The repair ledger of a run, read back for people: grouped first, then one entry a value."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from weighbridge.findings import PublishError
from weighbridge.sinks import scan_table

_COLUMNS = ("source", "record", "offset", "length", "property", "rule", "code", "before", "after", "why")
_MASK = "•••("
_RULE_OF_CHECK = r"\|([^|.#]+)[^|]*$"


@dataclass(frozen=True, slots=True)
class Undoing:
    """Who took a repair back, when (ISO 8601, UTC), why, and what the published row holds since."""

    by: str
    at: str
    why: str
    outcome: str

    def __str__(self) -> str:
        return f"undone by {self.by} at {self.at}: {self.why} (now: {self.outcome})"


@dataclass(frozen=True, slots=True)
class Repair:
    """One value that was published other than it came.

    Attributes:
        before: the source text; dots and its length where the property is classified.
        after: the repaired value as text, masked in the same way.
        why: what the rule would have taken without a repair.
        undone: who took the repair back; None where it applies.
    """

    source: str
    record: int
    offset_bytes: int | None
    length_bytes: int | None
    property: str
    rule: str
    code: str
    before: str | None
    after: str | None
    why: str | None
    undone: Undoing | None = None

    def __str__(self) -> str:
        told = "" if self.undone is None else f"\n    {self.undone}"
        return (
            f"{self.source} > record {self.record:,} > {self.property}: {_quoted(self.before)} → {_quoted(self.after)}"
            f"  ({self.rule}, {self.code}){told}"
        )


@dataclass(frozen=True, slots=True)
class RepairGroup:
    """Repairs of one property by one rule whose texts have the same shape.

    Attributes:
        before, after: the shape: 9 for a digit, A and a for letters, all else as it stands;
            None where there is no value.
        count: how many values.
    """

    property: str
    rule: str
    before: str | None
    after: str | None
    count: int

    def __str__(self) -> str:
        return f"{self.count:>9,}  {self.property}  {self.rule}: {_bare(self.before)} → {_bare(self.after)}"


@dataclass(frozen=True, slots=True)
class Repairs:
    """What a run repaired.

    Attributes:
        total: how many values; `entries` may hold fewer.
        groups: all of them, the greatest first.
        entries: in source order.
        undone: how many of them were taken back; of a replaced run, how many had been, which no longer applies.
        replaced_by: the later run that judged the extract again; its repairs stand now, these do not.
    """

    run_id: str
    total: int
    groups: tuple[RepairGroup, ...]
    entries: tuple[Repair, ...]
    undone: int = 0
    replaced_by: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return asdict(self)


def read_repairs(
    table: Path,
    run_id: str,
    undone: pl.DataFrame,
    *,
    property_name: str | None = None,
    rule: str | None = None,
    limit: int | None = None,
) -> Repairs:
    """Return the repairs of a run that stand in its table.

    The table holds classified values masked, but for the bytes in `raw`, which are not read here.

    Args:
        table: the table's folder; one that was never made holds nothing.
        run_id: the run.
        undone: rows of the table `undone`, one for each repair of the run that is taken back.
        property_name: only repairs of this property.
        rule: only repairs by this rule, by its code, or by the check's name that holds both.
        limit: at most so many entries; None gives all. Groups count all in any case.
    """
    try:
        rows = scan_table(table).filter(pl.col("run") == run_id)
    except PublishError:
        return Repairs(run_id, 0, (), ())
    if property_name is not None:
        rows = rows.filter(pl.col("property") == property_name)
    if rule is not None:
        rows = rows.filter(of_rule(rule))
    counted = (
        rows.group_by("property", "rule", _shape("before"), _shape("after"))
        .agg(pl.len().cast(pl.Int64).alias("count"))
        .sort(["count", "property", "rule", "before", "after"], descending=[True, False, False, False, False])
    )
    chosen = rows.select(_COLUMNS).sort("source", "record", "property", "rule")
    chosen = chosen if limit is None else chosen.head(limit)
    groups = tuple(RepairGroup(*row) for row in counted.collect().iter_rows())
    key = ["source", "record", "property", "rule"]
    back = undone.select(
        *key, "by", pl.col("at").dt.strftime("%Y-%m-%dT%H:%M:%SZ"), pl.col("why").alias("reason"), "outcome"
    )
    told = chosen.collect().join(back, on=key, how="left", maintain_order="left") if limit != 0 else pl.DataFrame()
    entries = tuple(map(_entry, told.iter_rows()))
    taken_back = rows.select(key).unique().collect().join(undone, on=key, how="semi").height
    return Repairs(run_id, sum(g.count for g in groups), groups, entries, taken_back)


def _entry(row: tuple[Any, ...]) -> Repair:
    *own, by, at, reason, outcome = row
    return replace(Repair(*own), undone=None if by is None else Undoing(by, at, reason, outcome))


def of_rule(rule: str) -> pl.Expr:
    """Return whether a repair is one by `rule`: a rule's name, a code, or a whole check's name."""
    name = pl.col("rule")
    return (name == rule) | (pl.col("code") == rule) | (name.str.extract(_RULE_OF_CHECK) == rule)


def _shape(column: str) -> pl.Expr:
    text = pl.col(column)
    shape = text.str.replace_all(r"\p{Nd}", "9").str.replace_all(r"\p{Lu}", "A").str.replace_all(r"\p{Ll}", "a")
    return pl.when(text.str.starts_with(_MASK)).then(text).otherwise(shape).alias(column)


def _bare(text: str | None) -> str:
    return "no value" if text is None else text


def _quoted(text: str | None) -> str:
    return "no value" if text is None else repr(text)
