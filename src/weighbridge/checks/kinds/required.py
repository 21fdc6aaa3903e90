"""The value must be there.

    - name: carrier
      logicalType: string
      required: true

A null fails. A value that could not be read, or not be decided, is not missing: its own finding
says what it is, and keeps the record from being published unless `readingPolicy` lets
unreadable values pass; then it fails here. An empty text is a value; declare the `nullValues`
rule if it means none. Members of an object are only required where the object itself is
there. The parts of a primary key are required without saying so.

Null: fails.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from weighbridge.checks.case import on_values, prop
from weighbridge.checks.check import Bench, Check, Product, Target


def _claims(target: Target) -> bool:
    declared = target.declared
    return declared.required or (declared.primary_key_position is not None and target.path == target.root)


def _make(target: Target, bench: Bench) -> Iterable[Product]:
    absent = target.value.is_null()
    failed = absent if target.present is None else target.present & absent
    settled = bench.settled([target.path])
    if settled is None:
        yield target.probe("required", failed, code="CHK-001", expected="a value", null_policy="fails")
        return
    if target.path == target.root:
        failed = failed & settled
    probe = target.probe("required", failed, code="CHK-001", expected="a value", null_policy="fails")
    yield probe if target.path == target.root else replace(probe, failed=probe.failed & settled)


CHECK = Check(
    name="required",
    part=Target,
    claims=_claims,
    make=_make,
    cases=lambda: (
        on_values("null fails, an empty text does not", prop("a", required=True), ["x", None, ""], {"required": (1,)}),
        on_values(
            "a primary key is required",
            prop("a", "integer", primary_key_position=1),
            [1, None, 2],
            {"required": (1,), "primaryKey": ()},
        ),
    ),
)
