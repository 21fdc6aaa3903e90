"""What readers of typed files share: one type for several files, a source whose records have no bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from weighbridge.contract.model import SchemaObject
from weighbridge.findings import Finding, Place, Severity
from weighbridge.readers.door import Source


def common_type(types: Sequence[pl.DataType]) -> tuple[pl.DataType, bool]:
    """Return a type that holds all of them, and whether they differ."""
    if all(t == types[0] for t in types):
        return types[0], False
    empty = [pl.Series("x", dtype=t).to_frame() for t in types]
    try:
        return pl.concat(empty, how="vertical_relaxed").schema["x"], True
    except pl.exceptions.PolarsError:
        return pl.String(), True


def common_types(
    schema: SchemaObject, files: Sequence[tuple[str, Mapping[str, pl.DataType]]]
) -> tuple[dict[str, pl.DataType], list[Finding]]:
    """Return a type for each property that any file holds, and a finding for each whose type differs.

    Args:
        schema: its properties are looked for.
        files: each with its name, and the types of the properties it holds.
    """
    types: dict[str, pl.DataType] = {}
    findings = []
    for declared in schema.properties:
        held = [(name, of_file[declared.name]) for name, of_file in files if declared.name in of_file]
        if not held:
            continue
        types[declared.name], differing = common_type([dtype for _, dtype in held])
        if differing:
            detail = f"{declared.name}: " + ", ".join(f"{dtype} in {name}" for name, dtype in held[:5])
            findings.append(Finding("RDR-026", Place(path=(declared.name,)), detail, Severity.WARNING))
    return types, findings


def without_bytes(source: Source) -> Source:
    """Return a source whose content no span partitions."""
    return Source(source.index, source.name, source.size_bytes, source.sha256, None)
