"""What checks are lowered with, and what lowering gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime

import polars as pl

from weighbridge.contract.model import ForeignKey, NotExecuted
from weighbridge.findings import Finding
from weighbridge.probe import Probe
from weighbridge.quick import dataclass


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What a contract alone does not say.

    Attributes:
        as_of: the clock freshness is judged by, with a time zone.
        resolve: gives the frame that holds the keys a relationship refers to, under the names
            of its `to_properties`; None when there is none.
        dtypes: type of each property's column in the decoded frame, by property name.
        unsettled: by property, Boolean: the source has a value, but the column is null because
            it could not be read or not be decided. Such a value is not missing, and what an
            expression says of it is unknown.
        past: gives when earlier extracts of the object were published and how many records they had, the
            latest first.
    """

    as_of: datetime
    resolve: Callable[[ForeignKey], pl.LazyFrame | None]
    dtypes: Mapping[str, pl.DataType]
    unsettled: Mapping[str, pl.Expr] = field(default_factory=dict)
    past: Callable[[], Sequence[tuple[datetime, int]]] = tuple


@dataclass(frozen=True, slots=True)
class Lowered:
    """The checks of one object, ready for the plan.

    Attributes:
        probes: in the contract's order; names are unique.
        findings: what is wrong with the checks themselves; an error means that a check the
            contract relies on could not be made.
        not_executed: every part of the contract that asserts something and has no probe.
    """

    probes: tuple[Probe, ...]
    findings: tuple[Finding, ...]
    not_executed: tuple[NotExecuted, ...]
