"""The list must have the number of items agreed, and no item twice if so agreed.

    - name: tags
      logicalType: array
      logicalTypeOptions: {minItems: 1, maxItems: 5, uniqueItems: true}
      items: {logicalType: string}

Checks on the items themselves (`required`, `enum`, `pattern`, bounds…) are made too; the
record fails when any item does. For a `vector`, `dimensions` is the exact number of items.

Null: a list that is null passes. Null items count as items, and two of them are alike.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product, Target
from weighbridge.checks.literal import UnfitError, exact
from weighbridge.contract.model import LogicalType, Property

_SIZES = {"minItems": "at least", "maxItems": "at most", "dimensions": "exactly"}


def _make(target: Target, bench: Bench) -> Iterable[Product]:
    items = target.value.arr.to_list() if isinstance(target.dtype, pl.Array) else target.value
    for option, words in _SIZES.items():
        if option not in target.options:
            continue
        try:
            size = int(exact(target.options[option]))
        except UnfitError as unfit:
            yield target.amiss("CHK-034", f"{option}: {unfit}")
            continue
        length = items.list.len().cast(pl.Int64)
        failed = {"minItems": length < size, "maxItems": length > size, "dimensions": length != size}[option]
        noun = "item" if size == 1 else "items"
        yield target.probe(option, failed, code="CHK-013", expected=f"{words} {size:,} {noun}")
    if target.options.get("uniqueItems") is True:
        failed = items.list.n_unique() != items.list.len()
        yield target.probe("uniqueItems", failed, code="CHK-013", expected="no item twice")


def _claims(target: Target) -> bool:
    options = (*_SIZES, "uniqueItems")
    return isinstance(target.dtype, pl.List | pl.Array) and any(option in target.options for option in options)


_TAGS = Property(
    "a",
    LogicalType.ARRAY,
    ("a",),
    options={"minItems": 1, "maxItems": 2, "uniqueItems": True},
    children=(prop("items", enum=["x", "y"]),),
)

CHECK = Check(
    name="items",
    part=Target,
    claims=_claims,
    make=_make,
    cases=lambda: (
        Case(
            "sizes, repeats and the items themselves",
            table(_TAGS),
            pl.DataFrame({"a": [["x"], [], ["x", "x"], ["x", "y", "z"], None]}, schema={"a": pl.List(pl.String)}),
            fails={"a|minItems": (1,), "a|maxItems": (3,), "a|uniqueItems": (2,), "a[]|enum": (3,)},
            expected={"a|minItems": "at least 1 item"},
        ),
    ),
    options=(*_SIZES, "uniqueItems"),
)
