"""The first look at a file that no contract describes: how it would be read, what its columns seem to be, a draft."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from weighbridge.advice import Advice, advise
from weighbridge.contract.model import SchemaObject, Server
from weighbridge.readers.sniffed import Sniffed, sniff_file


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What a file shows.

    Attributes:
        sniffed: its layout and first records.
        advice: by column, what it seems to be; empty where a contract says it.
    """

    sniffed: Sniffed
    advice: Mapping[str, Advice]


def first_look(
    path: str, schema: SchemaObject | None, server: Server | None, records: int, as_of: datetime
) -> FirstLook:
    """Return what a file shows; see `weighbridge.readers.sniffed.sniff_file` for the arguments.

    Args:
        as_of: now; two-digit years are taken for the hundred years that end with its year.

    Raises:
        SourceError: it cannot be opened.
    """
    sniffed = sniff_file(path, schema, server, records)
    if schema is not None:
        return FirstLook(sniffed, {})
    texts = sniffed.texts
    return FirstLook(sniffed, {column.name: advise(texts[column.name], as_of.date()) for column in sniffed.columns})


def drafted(look: FirstLook) -> dict[str, Any]:
    """Return a contract (ODCS) for a file that has none, for a person to complete."""
    name = _identifier(Path(look.sniffed.source).name.split(".")[0]) or "extract"
    taken: set[str] = set()
    return {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": name.replace("_", "-"),
        "name": name,
        "version": "0.1.0",
        "status": "draft",
        "servers": [{"server": "extract", "type": "local", "path": look.sniffed.source, **look.sniffed.block}],
        "schema": [
            {
                "name": name,
                "properties": [_property(column, advice, taken) for column, advice in look.advice.items()],
            }
        ],
    }


def drafted_of_types(look: FirstLook, types: Mapping[str, pl.DataType]) -> dict[str, Any]:
    """Return a contract (ODCS) for a file that says its columns' types itself, for a person to complete."""
    draft = drafted(look)
    taken: set[str] = set()
    properties = [{**_named(column, taken), "logicalType": _logical(dtype)} for column, dtype in types.items()]
    return {**draft, "schema": [{**draft["schema"][0], "properties": properties}]}


def _logical(dtype: pl.DataType) -> str:
    kinds = {pl.Boolean: "boolean", pl.Date: "date", pl.Datetime: "timestamp", pl.Time: "time",
             pl.List: "array", pl.Array: "array", pl.Struct: "object"}  # fmt: skip
    if dtype.is_integer():
        return "integer"
    return "number" if dtype.is_numeric() else kinds.get(dtype.base_type(), "string")


def _property(column: str, advice: Advice, taken: set[str]) -> dict[str, Any]:
    drafted = _named(column, taken)
    drafted["logicalType"] = advice.logical_type.value
    if advice.notes:
        drafted["description"] = "; ".join(advice.notes)
    if advice.rules:
        rules = [r if isinstance(r, str) else dict(r) for r in advice.rules]
        drafted["customProperties"] = [{"property": "rules", "vendor": "weighbridge", "value": rules}]
    return drafted


def _named(column: str, taken: set[str]) -> dict[str, Any]:
    wanted = _identifier(column) or "column"
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    taken.add(name)
    return {"name": name} if name == column else {"name": name, "physicalName": column}


def _identifier(text: str) -> str:
    return re.sub(r"\W+", "_", text.strip().lower()).strip("_")
