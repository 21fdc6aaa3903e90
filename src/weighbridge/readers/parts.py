"""Raw columns of formats whose records have parts: the shape is the contract's, the leaves are source text."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from weighbridge.contract.model import LogicalType, Property
from weighbridge.legacy.reading import Certainty, Doubt
from weighbridge.readers.door import RawDoubt


def raw_type(prop: Property) -> pl.DataType:
    """Return the type of a property's raw column.

    An object whose members the contract names is a Struct of them, an array whose items it
    describes a List; everything else is String: its source text, a part of unnamed members as it
    is written.
    """
    if prop.logical_type is LogicalType.OBJECT and prop.children:
        return pl.Struct({child.name: raw_type(child) for child in prop.children})
    if prop.logical_type is LogicalType.ARRAY and len(prop.children) == 1:
        return pl.List(raw_type(prop.children[0]))
    return pl.String()


def misfit_name(property_name: str) -> str:
    """Return the name of the column that says where a value has not the shape its property has."""
    return f"__misfit:{property_name}"


def twice_name(property_name: str) -> str:
    """Return the name of the column with the texts of a key that stands more than once."""
    return f"__twice:{property_name}"


def part_doubts(properties: Iterable[Property]) -> dict[str, tuple[RawDoubt, ...]]:
    """Return what a reader of such formats doubts: a value of another shape, a key that stands twice."""
    doubts: dict[str, tuple[RawDoubt, ...]] = {}
    for prop in properties:
        misfit, twice = pl.col(misfit_name(prop.name)), pl.col(twice_name(prop.name))
        shape = Doubt(Certainty.UNREADABLE, "RDR-202", misfit.is_not_null(), f"{prop.logical_type.value}", "shape")
        doubled = Doubt(Certainty.AMBIGUOUS, "RDR-203", twice.is_not_null(), "each key once", "twice", twice)
        doubts[prop.name] = (RawDoubt(shape, misfit), RawDoubt(doubled, twice.list.join(" | ")))
    return doubts
