"""The primary key, of one or several properties, may occur only once.

    - {name: origin, logicalType: string, primaryKey: true, primaryKeyPosition: 1}
    - {name: time_hour, logicalType: timestamp, primaryKey: true, primaryKeyPosition: 2}

Every record of a repeat fails. Each part is required, too. The gravest severity of the parts
is the key's.

Null: not compared here; `required` fails it.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from weighbridge.checks.case import on_values, prop, table
from weighbridge.checks.check import EFFECT_OF, Bench, Case, Check, Product
from weighbridge.checks.words import names
from weighbridge.contract.model import NotExecuted, SchemaObject
from weighbridge.findings import Severity
from weighbridge.probe import KeyProbe

_GRAVITY = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def _make(schema: SchemaObject, bench: Bench) -> Iterable[Product]:
    key = schema.primary_key
    declared = [schema.property_named(name) for name in key]
    if missing := [name for name in key if name not in bench.dtypes]:
        yield NotExecuted("primaryKey", f"the extract has no column {names(missing)}", declared[0].line)
        return
    severity = min((p.severity for p in declared), key=_GRAVITY.index)
    yield KeyProbe(
        name=f"{key[0]}|primaryKey" if len(key) == 1 else "primaryKey",
        properties=key,
        code="CHK-009",
        effect=EFFECT_OF[severity],
        expected=f"each {names(key)} once in the extract",
        line=declared[0].line,
    )


CHECK = Check(
    name="primaryKey",
    part=SchemaObject,
    claims=lambda schema: bool(schema.primary_key),
    make=_make,
    cases=lambda: (
        on_values(
            "one property",
            prop("a", "integer", primary_key_position=1),
            [1, 2, 1],
            {"primaryKey": (0, 2), "required": ()},
        ),
        Case(
            "several properties in key order",
            table(prop("b", primary_key_position=2), prop("a", "integer", primary_key_position=1)),
            pl.DataFrame({"b": ["x", "x", "y", "x", None], "a": [1, 2, 1, 1, 1]}),
            fails={"primaryKey": (0, 3), "b|required": (4,), "a|required": ()},
            expected={"primaryKey": "each a and b once in the extract"},
        ),
    ),
)
