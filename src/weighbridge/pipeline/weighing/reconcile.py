"""Sums that control records give, as probes over the decoded records."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import polars as pl

from weighbridge.contract.model import SchemaObject
from weighbridge.findings import Severity
from weighbridge.probe import Answer, ScalarProbe
from weighbridge.readers.control_records import ControlledExtract, Total
from weighbridge.readers.door import RawExtract
from weighbridge.readers.lineage import SOURCE


def control_totals(raw: RawExtract, schema: SchemaObject) -> tuple[ScalarProbe, ...]:
    """Return a probe for each total that the extract's control records give; null values add nothing."""
    if not isinstance(raw, ControlledExtract):
        return ()
    masked = {p.name for p in schema.properties if p.is_masked}
    known = {p.name for p in schema.properties}
    return tuple(
        ScalarProbe(
            name=f"{t.property_name}|control total" + (f" of {t.source_name}" if len(raw.sources) > 1 else ""),
            value=_sum(t),
            read=_reading(t, t.property_name in masked),
            code="RDR-423",
            severity=Severity.ERROR,
            properties=(t.property_name,),
            expected="the control record's total" if t.property_name in masked else f"{t.expected:,}",
            origin="control record",
        )
        for t in raw.totals
        if t.property_name in known
    )


def _sum(total: Total) -> pl.Expr:
    value = pl.col(total.property_name).filter(pl.col(SOURCE) == total.source)
    return value.sum()


def _reading(total: Total, masked: bool) -> Callable[[Any], Answer]:
    def read(value: Any) -> Answer:
        found = Decimal(str(value if value is not None else 0))
        if total.modulo:
            found %= total.modulo
        near = Decimal("0.005") if isinstance(value, float) else Decimal(0)
        words = "•••" if masked else f"the sum is {found:,}"
        return Answer(abs(found - total.expected) <= near, None if masked else str(found), words)

    return read
