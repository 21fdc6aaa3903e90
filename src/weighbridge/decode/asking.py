"""What rules ask of whole columns, as one row of counts over the raw frame.

A rule may let the column decide between two readings (`weighbridge.legacy.evidence`). The
counts of all such rules are one select; whoever runs it gives the row back and gets what is
settled, which `decode` then takes. A contract whose rules ask for nothing costs nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from weighbridge.contract.model import SchemaObject
from weighbridge.decode.chain import questions
from weighbridge.decode.epochs import told_apart, ways
from weighbridge.legacy.evidence import Asking, Settlement
from weighbridge.quick import dataclass
from weighbridge.readers.lineage import raw_name

Settled = Mapping[str, Mapping[int, Settlement]]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Questions to the columns of an extract.

    Attributes:
        counts: a frame of one row, not yet collected.
        questions: by property (`property@epoch` where layouts read it otherwise) and by the place of the
            rule among its rules.
    """

    counts: pl.LazyFrame
    questions: Mapping[tuple[str, int], Asking]

    def settle(self, counts: pl.DataFrame) -> Settled:
        """Return what the collected counts settle, by property and rule; nothing where they settle nothing."""
        row: dict[str, Any] = counts.row(0, named=True)
        settled: dict[str, dict[int, Settlement]] = {}
        for (name, place), question in self.questions.items():
            figures = {figure: row[_column(name, place, figure)] for figure in question.figures()}
            settlement = question.settle(figures)
            if settlement is not None:
                settled.setdefault(name, {})[place] = settlement
        return settled


def inquire(
    frame: pl.LazyFrame,
    columns: Sequence[str],
    schema: SchemaObject,
    *,
    null_values: Sequence[str] = (),
    typed: bool = False,
) -> Inquiry | None:
    """Return what the rules of `schema` ask of the raw columns of `frame`; None where they ask nothing.

    A property that earlier layouts read otherwise is asked in each layout by itself: each has its own conventions.
    """
    apart = {m.declared.name for epoch in schema.epochs for m in epoch.migrations if m.reads}
    source_types = dict(frame.collect_schema()) if typed else {}
    asking = [
        (p, source_types.get(raw_name(p.name), pl.String()))
        for p in schema.properties
        if p.name in columns and p.rules and p.name not in apart
    ]
    present = frozenset(columns)
    masked = [w for p in schema.properties if p.name in apart for w in ways(p, present, source_types, schema)]
    masked = [w for w in masked if w.raw is not None and questions(w.declared, pl.String(), null_values)]
    if masked:
        frame = told_apart(frame, present, source_types, schema, null_values)
        frame = frame.with_columns(w.raw.alias(raw_name(w.declared.name)) for w in masked if w.raw is not None)
        types = frame.select(raw_name(w.declared.name) for w in masked).collect_schema()
        asking += [(w.declared, types[raw_name(w.declared.name)]) for w in masked]
    found: dict[tuple[str, int], Asking] = {}
    steps: list[tuple[pl.Expr, ...]] = []
    for prop, source in asking:
        for place, question, way in questions(prop, source, null_values):
            found[prop.name, place] = question
            steps.append(way)
    if not found:
        return None
    for stage in itertools.zip_longest(*steps):
        frame = frame.with_columns({e.meta.output_name(): e for e in stage if e is not None}.values())
    counts = [
        figure.alias(_column(name, place, label))
        for (name, place), question in found.items()
        for label, figure in question.figures().items()
    ]
    return Inquiry(frame.select(counts), found)


def _column(name: str, place: int, figure: str) -> str:
    return f"{name}#{place}|{figure}"
