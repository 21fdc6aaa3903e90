"""The object must have the members agreed.

    - name: address
      logicalType: object
      logicalTypeOptions: {required: [city], minProperties: 1, maxProperties: 3}
      properties:
        - {name: city, logicalType: string, required: true}

A member counts when it is not null. Checks on the members themselves are made too, under the
name `address.city`.

Null: an object that is null passes.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product, Target
from weighbridge.checks.literal import UnfitError, exact
from weighbridge.contract.model import LogicalType, Property

_SIZES = {"minProperties": "at least", "maxProperties": "at most"}


def _make(target: Target, bench: Bench) -> Iterable[Product]:
    assert isinstance(target.dtype, pl.Struct)
    fields = [field.name for field in target.dtype.fields]
    there = target.value.is_not_null()
    for name in target.options.get("required") or ():
        if name not in fields:
            yield target.amiss("CHK-037", f"required: {name}")
            continue
        failed = there & target.value.struct.field(name).is_null()
        yield target.probe(f"required:{name}", failed, code="CHK-013", expected=f"a member {name}")
    for option, words in _SIZES.items():
        if option not in target.options:
            continue
        try:
            size = int(exact(target.options[option]))
        except UnfitError as unfit:
            yield target.amiss("CHK-034", f"{option}: {unfit}")
            continue
        count = pl.sum_horizontal(
            [target.value.struct.field(f).is_not_null().cast(pl.Int64) for f in fields] or [pl.lit(0)]
        )
        failed = there & (count < size if option == "minProperties" else count > size)
        noun = "member" if size == 1 else "members"
        yield target.probe(option, failed, code="CHK-013", expected=f"{words} {size:,} {noun}")


def _claims(target: Target) -> bool:
    return isinstance(target.dtype, pl.Struct) and any(o in target.options for o in (*_SIZES, "required"))


_ADDRESS = Property(
    "a",
    LogicalType.OBJECT,
    ("a",),
    options={"required": ["city"], "minProperties": 2},
    children=(prop("city", options={"minLength": 2}), prop("zip", required=True)),
)

CHECK = Check(
    name="members",
    part=Target,
    claims=_claims,
    make=_make,
    cases=lambda: (
        Case(
            "members that must be there, and checks on them",
            table(_ADDRESS),
            pl.DataFrame(
                {"a": [{"city": "Ulm", "zip": "8"}, {"city": None, "zip": "8"}, {"city": "U", "zip": None}, None]},
                schema={"a": pl.Struct({"city": pl.String, "zip": pl.String})},
            ),
            fails={
                "a|required:city": (1,),
                "a|minProperties": (1, 2),
                "a.city|minLength": (2,),
                "a.zip|required": (2,),
            },
        ),
    ),
    options=(*_SIZES, "required"),
)
