"""No value may occur twice in the extract.

    - name: tailnum
      logicalType: string
      unique: true

Every record of a repeat fails, so the order of records never matters. What counts is this
extract alone, all its records included.

Null: passes; null is never equal to null.
"""

from __future__ import annotations

from collections.abc import Iterable

from weighbridge.checks.case import on_values, prop
from weighbridge.checks.check import EFFECT_OF, Bench, Check, Product, Target
from weighbridge.contract.model import NotExecuted
from weighbridge.probe import KeyProbe


def _make(target: Target, bench: Bench) -> Iterable[Product]:
    declared = target.declared
    if bench.schema.primary_key == (declared.name,) and target.path == target.root:
        return
    if target.path != target.root or target.dtype.is_nested():
        why = "uniqueness is checked for columns with one value a record"
        yield NotExecuted(f"{target.path}: unique", why, declared.line)
        return
    yield KeyProbe(
        name=f"{target.path}|unique",
        properties=(target.root,),
        code="CHK-008",
        effect=EFFECT_OF[declared.severity],
        expected=f"each value of {target.path} once in the extract",
        line=declared.line,
    )


CHECK = Check(
    name="unique",
    part=Target,
    claims=lambda target: target.declared.unique,
    make=_make,
    cases=lambda: (
        on_values(
            "every record of a repeat fails, null never",
            prop("a", unique=True),
            ["x", "y", "x", None, None],
            {"unique": (0, 2)},
            expected={"a|unique": "each value of a once in the extract"},
        ),
    ),
)
