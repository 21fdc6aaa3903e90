"""Raw columns of formats whose records have parts: the shape is the contract's, the leaves are source text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

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


def shaped(text: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return a raw column with parts from the JSON that tables keep of it; what has another shape is null.

    Args:
        text: of String.
        dtype: by `raw_type`.
    """

    def take_apart(texts: pl.Series) -> pl.Series:
        return pl.Series(texts.name, [_fitted(_parsed(t), dtype) for t in texts.to_list()], dtype=dtype)

    return text.map_batches(take_apart, return_dtype=dtype, is_elementwise=True)


def _parsed(text: str | None) -> Any:
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return None


def _fitted(value: Any, dtype: Any) -> Any:
    if isinstance(dtype, pl.Struct):
        return {f.name: _fitted(value.get(f.name), f.dtype) for f in dtype.fields} if isinstance(value, dict) else None
    if isinstance(dtype, pl.List):
        return [_fitted(one, dtype.inner) for one in value] if isinstance(value, list) else None
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


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
