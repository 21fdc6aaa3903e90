"""Looking at what a run repaired."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from weighbridge.contract import load
from weighbridge.findings import ArgumentError, Finding
from weighbridge.pipeline.again.undone import history_of, in_force
from weighbridge.pipeline.extract import choose_object
from weighbridge.pipeline.output.history import CONTRACT_COPY, folder_of, judged_run, replacement_of
from weighbridge.review.repaired import Repairs, read_repairs
from weighbridge.sinks import Tables, extract_key


def repairs_of(
    into: Path, run: str, *, property_name: str | None = None, rule: str | None = None, limit: int | None = None
) -> Repairs:
    """Return what a run repaired, grouped and in source order.

    Of a run that a later one replaced the table shows nothing; the later run is named instead.

    Args:
        into: the output folder.
        run: the run's id, the beginning of it, or ``"latest"``.
        property_name: only repairs of this property.
        rule: only repairs by this rule.
        limit: at most so many entries; None gives all.

    Raises:
        ArgumentError: there is no such run, or the contract has no such property.
        LedgerError: nothing was ever run into this folder, or the run has no result.
    """
    found = judged_run(into, run)
    contract = load(folder_of(into, found.id) / CONTRACT_COPY)
    schema = choose_object(contract, found.object)
    names = [p.name for p in schema.properties]
    if property_name is not None and property_name not in names:
        raise ArgumentError(Finding("ARG-001", detail=f"no property {property_name!r}; there are {', '.join(names)}"))
    tables = Tables(into, contract.id, schema.name)
    key = extract_key(found.extract_id or "")
    undone = in_force(history_of(tables, key), found.id)
    told = read_repairs(tables.path("repairs"), found.id, undone, property_name=property_name, rule=rule, limit=limit)
    later = replacement_of(into, found)
    return replace(told, replaced_by=later, undone=told.undone if later is None else undone.height)
