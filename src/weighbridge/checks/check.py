"""What a kind of check is: which part of a contract it answers, and how it becomes probes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Generic, TypeVar

import polars as pl

from weighbridge.checks.context import CheckContext
from weighbridge.contract.model import ForeignKey, NotExecuted, Property, Quality, SchemaObject, SlaProperty
from weighbridge.decode.values import as_shown
from weighbridge.findings import Effect, Finding, Place, Severity
from weighbridge.probe import Probe, RowProbe
from weighbridge.quick import dataclass

Product = Probe | Finding | NotExecuted

EFFECT_OF: dict[Severity, Effect] = {
    Severity.ERROR: Effect.REJECT,
    Severity.WARNING: Effect.WARN,
    Severity.INFO: Effect.NOTE,
}

_KEEPS_OUT = frozenset({Effect.REJECT, Effect.REVIEW})


def _as_is(failed: pl.Expr) -> pl.Expr:
    return failed


@dataclass(frozen=True, slots=True)
class Target:
    """A property, or a part of one, as a place to look for values.

    Attributes:
        declared: the property as declared.
        path: its name, with dots for members of objects and ``[]`` for items of lists.
        root: name of the column it stands in.
        value: its values; inside a list, those of one item.
        dtype: their type.
        lift: turns "this value fails" into "this record fails".
        present: where the object it is a member of is there; None for a column.
        show: turns the texts of failing values (null elsewhere) into one text a record.
    """

    declared: Property
    path: str
    root: str
    value: pl.Expr
    dtype: pl.DataType
    lift: Callable[[pl.Expr], pl.Expr] = _as_is
    present: pl.Expr | None = None
    show: Callable[[pl.Expr], pl.Expr] = _as_is

    @property
    def options(self) -> Mapping[str, Any]:
        """Its `logicalTypeOptions`."""
        return self.declared.options

    def probe(
        self, check: str, failed: pl.Expr, *, code: str, expected: str, null_policy: str = "passes", fix: str = ""
    ) -> RowProbe:
        """Return the row probe of "this value fails"; null there means it does not fail."""
        return RowProbe(
            name=f"{self.path}|{check}",
            failed=self.lift(failed.fill_null(False)),
            code=code,
            effect=EFFECT_OF[self.declared.severity],
            properties=(self.root,),
            expected=expected,
            null_policy=null_policy,
            seen=self._seen(failed.fill_null(False)),
            fix=fix,
            line=self.declared.line,
        )

    def _seen(self, failed: pl.Expr) -> pl.Expr | None:
        """Return the parts that fail, as text; None for a column, whose source text is shown, and for nested parts."""
        if self.path == self.root or self.dtype.is_nested():
            return None
        return self.show(pl.when(failed).then(as_shown(self.value, self.dtype).fill_null("null")))

    def amiss(self, code: str, detail: str, severity: Severity | None = None) -> Finding:
        """Return a finding about what the contract says of this property."""
        return Finding(
            code,
            Place(line=self.declared.line, path=(self.path,)),
            detail,
            self.declared.severity if severity is None else severity,
        )


@dataclass(frozen=True, slots=True)
class Bench:
    """What is at hand while the checks of one object are made."""

    schema: SchemaObject
    context: CheckContext

    @property
    def dtypes(self) -> Mapping[str, pl.DataType]:
        """Types of the decoded frame's columns."""
        return self.context.dtypes

    @property
    def classified(self) -> frozenset[str]:
        """Columns whose values must not be shown."""
        return frozenset(prop.name for prop in self.schema.properties if prop.is_masked)

    def settled(self, names: Iterable[str]) -> pl.Expr | None:
        """Return where none of these columns is null for want of a reading; None when that is everywhere.

        Only properties whose unreadable values keep their record from being published count:
        elsewhere the null is what will be published, and is judged as such.
        """
        declared = {prop.name: prop for prop in self.schema.properties}
        doubtful = [
            self.context.unsettled[name]
            for name in dict.fromkeys(names)
            if name in self.context.unsettled
            and (name not in declared or declared[name].policy.on_unreadable in _KEEPS_OUT)
        ]
        return ~pl.any_horizontal(doubtful).fill_null(False) if doubtful else None


Part = TypeVar("Part", Target, Quality, ForeignKey, SlaProperty, SchemaObject)


@dataclass(frozen=True, slots=True)
class Case:
    """An example of a check: a small object, rows, and what must come out.

    Attributes:
        says: what the case shows, in words.
        schema: the object with the check on it.
        rows: the decoded frame.
        fails: by name of a row or key probe, the rows that fail, counted from 0.
        answers: by name of a probe of the extract, whether it holds and what it says.
        amiss: codes of the findings lowering gives.
        references: by name of the other object, the frame with the keys referred to.
        sla: entries of `slaProperties`.
        expected: by name of a probe, the words for what is expected.
        past: when earlier extracts were published and how many records they had.
    """

    says: str
    schema: SchemaObject
    rows: pl.DataFrame
    fails: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    answers: Mapping[str, tuple[bool, str]] = field(default_factory=dict)
    amiss: tuple[str, ...] = ()
    references: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    sla: tuple[SlaProperty, ...] = ()
    expected: Mapping[str, str] = field(default_factory=dict)
    past: tuple[tuple[datetime, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Check(Generic[Part]):
    """One kind of check. Each stands in its own file under `checks/kinds/` and in `CHECKS`.

    Attributes:
        name: the contract's word for it.
        part: the part of a contract it stands on.
        claims: whether it answers this part.
        make: its probes; findings and reasons instead where it cannot be made.
        cases: gives examples that a test runs; no run makes them.
        options: the `logicalTypeOptions` it answers.
    """

    name: str
    part: type[Part]
    claims: Callable[[Part], bool]
    make: Callable[[Part, Bench], Iterable[Product]]
    cases: Callable[[], tuple[Case, ...]]
    options: tuple[str, ...] = ()
