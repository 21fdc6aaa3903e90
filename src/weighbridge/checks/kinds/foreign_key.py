"""The value must stand in another object: referential integrity.

    - name: tailnum
      logicalType: string
      relationships:
        - type: foreignKey
          to: planes.tailnum
          customProperties:
            - {vendor: weighbridge, property: reference, value: planes.parquet}
            - {vendor: weighbridge, property: severity, value: warning}

The other object's keys come from its published table, or from the `reference` file. A key of
several properties is compared as a whole and exactly. The distinct keys are held in memory
while the extract is read, the records are not.

Where the keys are not at hand, the check is not executed and a finding (CHK-032) says so: a warning
where the other object was not published yet, but of the relationship's own severity where a
`reference` that the contract names cannot be used. So too where the two sides have types that
cannot be equal (CHK-033).

Null: passes; a key with a null part refers to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import EFFECT_OF, Bench, Case, Check, Product
from weighbridge.checks.key_set import IncomparableError, KeySet, check_comparable
from weighbridge.checks.words import names
from weighbridge.contract.model import ForeignKey, NotExecuted
from weighbridge.findings import Finding, Place, Severity, WeighbridgeError
from weighbridge.probe import RowProbe


def _make(relation: ForeignKey, bench: Bench) -> Iterable[Product]:
    label = f"{names(relation.properties)} → {relation.to_object}.{names(relation.to_properties)}"
    if absent := [name for name in relation.properties if name not in bench.dtypes]:
        yield from _not_made(relation, label, "CHK-037", f"{names(absent)} in the relationship to {relation.to_object}")
        return
    if len(relation.properties) != len(relation.to_properties):
        yield from _not_made(relation, label, "CHK-033", f"{label}: the two sides differ in length")
        return
    try:
        frame = bench.context.resolve(relation)
        held = None if frame is None else dict(frame.collect_schema())
    except (pl.exceptions.PolarsError, OSError, WeighbridgeError) as error:
        yield from _not_made(relation, label, "CHK-032", next(iter(str(error).splitlines()), type(error).__name__))
        return
    if frame is None or held is None:
        yield from _not_made(relation, label, "CHK-032", relation.reference or relation.to_object)
        return
    if missing := [name for name in relation.to_properties if name not in held]:
        yield from _not_made(relation, label, "CHK-032", f"{relation.to_object} has no column {names(missing)}")
        return
    dtypes = tuple(bench.dtypes[name] for name in relation.properties)
    try:
        check_comparable({name: held[name] for name in relation.to_properties}, dtypes)
    except IncomparableError as error:
        yield from _not_made(relation, label, "CHK-033", f"{label}: {error}")
        return
    try:
        keys = KeySet.collected(frame, relation.to_properties, dtypes)
    except (pl.exceptions.PolarsError, OSError, WeighbridgeError) as error:
        yield from _not_made(relation, label, "CHK-032", next(iter(str(error).splitlines()), type(error).__name__))
        return
    check = f"foreignKey:{relation.to_object}"
    yield RowProbe(
        name=f"{relation.properties[0]}|{check}" if len(relation.properties) == 1 else _composite(relation, check),
        failed=keys.missing(relation.properties).fill_null(False),
        code="CHK-010",
        effect=EFFECT_OF[relation.severity],
        properties=relation.properties,
        expected=f"a value that stands in {names(relation.to_properties)} of {relation.to_object}",
        line=relation.line,
    )


def _composite(relation: ForeignKey, check: str) -> str:
    return f"{'+'.join(relation.properties)}|{check}"


def _not_made(relation: ForeignKey, label: str, code: str, detail: str) -> Iterator[Product]:
    not_yet = code == "CHK-032" and relation.reference is None
    severity = Severity.WARNING if not_yet else relation.severity
    finding = Finding(code, Place(line=relation.line, path=("relationships",)), detail, severity)
    yield finding
    yield NotExecuted(f"relationship {label}", finding.message, relation.line)


_PLANES = ForeignKey(("a",), "planes", ("tailnum",))
_PAIR = ForeignKey(("a", "b"), "weather", ("origin", "hour"), severity=Severity.WARNING)

CHECK = Check(
    name="foreignKey",
    part=ForeignKey,
    claims=lambda relation: True,
    make=_make,
    cases=lambda: (
        Case(
            "a value without a counterpart fails, null does not",
            table(prop("a"), foreign_keys=(_PLANES,)),
            pl.DataFrame({"a": ["N1", "N9", None]}),
            fails={"a|foreignKey:planes": (1,)},
            references={"planes": pl.DataFrame({"tailnum": ["N1", "N2", None]})},
            expected={"a|foreignKey:planes": "a value that stands in tailnum of planes"},
        ),
        Case(
            "a key of two properties is compared as a whole",
            table(prop("a"), prop("b", "integer"), foreign_keys=(_PAIR,)),
            pl.DataFrame({"a": ["JFK", "JFK", "EWR", None], "b": [1, 2, 2, 1]}),
            fails={"a+b|foreignKey:weather": (1,)},
            references={"weather": pl.DataFrame({"origin": ["JFK", "EWR"], "hour": [1, 2]})},
        ),
        Case(
            "missing keys are never a pass in silence",
            table(prop("a"), foreign_keys=(_PLANES,)),
            pl.DataFrame({"a": ["N1"]}),
            amiss=("CHK-032",),
        ),
        Case(
            "a text is never a number",
            table(prop("a"), foreign_keys=(_PLANES,)),
            pl.DataFrame({"a": ["1"]}),
            references={"planes": pl.DataFrame({"tailnum": [1]})},
            amiss=("CHK-033",),
        ),
        Case(
            "a relationship of a property that is not there",
            table(prop("b"), foreign_keys=(_PLANES,)),
            pl.DataFrame({"b": ["1"]}),
            references={"planes": pl.DataFrame({"tailnum": ["1"]})},
            amiss=("CHK-037",),
        ),
    ),
)
