"""All metrics of a wave in one collect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import polars as pl

from weighbridge.expectations.figures import Figure

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Branch:
    """A metric that needs a frame of its own: a branch of the same plan.

    Attributes:
        build: from the frame all metrics share to the one this metric reads.
        read: turns that frame, collected, into the metric's value.
    """

    build: Callable[[pl.LazyFrame], pl.LazyFrame]
    read: Callable[[pl.DataFrame], Any]


Deferred = Figure | Branch


def resolve(frame: pl.LazyFrame, asked: Mapping[Key, Deferred]) -> tuple[dict[Key, Any], dict[Key, Exception]]:
    """Return the value of each metric, or why it has none.

    One collect answers them all. Only when it fails is each asked alone, so that one metric that
    cannot be computed does not take the others with it.
    """
    try:
        return _together(frame, asked), {}
    except Exception as error:  # whatever an expression, or a function in it, raises
        if len(asked) == 1:
            return {}, {next(iter(asked)): _plain(error)}
    values: dict[Key, Any] = {}
    failed: dict[Key, Exception] = {}
    for key, deferred in asked.items():
        good, bad = resolve(frame, {key: deferred})
        values |= good
        failed |= bad
    return values, failed


def _together(frame: pl.LazyFrame, asked: Mapping[Key, Deferred]) -> dict[Key, Any]:
    figures = {k: d for k, d in asked.items() if isinstance(d, Figure)}
    branches = {k: d for k, d in asked.items() if isinstance(d, Branch)}
    values = [f.value.alias(str(i)) for i, f in enumerate(figures.values()) if f.value is not None]
    shared = frame.cache() if branches else frame
    plans = [*([shared.select(values)] if values else []), *(b.build(shared) for b in branches.values())]
    collected = [plans[0].collect()] if len(plans) == 1 else pl.collect_all(plans) if plans else []
    row = collected.pop(0).row(0, named=True) if values else {}
    found = {key: f.read(row.get(str(i))) for i, (key, f) in enumerate(figures.items())}
    return found | {key: b.read(c) for (key, b), c in zip(branches.items(), collected, strict=True)}


def _plain(error: Exception) -> Exception:
    """Return an engine's error without the plan that it prints behind its message."""
    if not isinstance(error, pl.exceptions.PolarsError):
        return error
    return type(error)(str(error).split("\n\nResolved plan")[0].split("\n\nThis error occurred")[0])
