"""One case through the whole of `check`: contract, rules, checks, receipt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import yaml

from tests.fuzz.cases import content_of
from tests.fuzz.samples import Sample
from weighbridge.findings import Decision, Severity, SourceError
from weighbridge.pipeline.check import check


def judged(sample: Sample, seed: int, folder: Path) -> None:
    """Check the broken extract of a seed.

    Raises:
        AssertionError: a traceback, or a receipt that does not balance, or an error that does not hold.
    """
    told = f"{sample.name}, seed {seed}"
    path = folder / f"things{sample.suffix}"
    path.write_bytes(content_of(sample, seed))
    for name, beside in sample.beside.items():
        (folder / name).write_bytes(beside)
    try:
        result = check(_contract(sample, folder), path)
    except SourceError as error:
        assert error.findings, told
        return
    except (Exception, pl.exceptions.PanicException) as error:
        raise AssertionError(f"{told}: {type(error).__name__}: {error}") from error
    assert result.receipt.balances, (told, result.receipt.imbalances)
    assert sum(result.verdicts.values()) == result.records == result.receipt.records_out, told
    if any(f.severity is Severity.ERROR for f in result.findings):
        assert result.decision is Decision.HOLD, told


def _contract(sample: Sample, folder: Path) -> Path:
    properties: list[dict[str, Any]] = [
        {"name": "id", "logicalType": "integer", "primaryKey": True, "required": True},
        {"name": "who", "logicalType": "string"},
    ]
    for one, (start, length) in zip(properties, sample.positions, strict=False):
        one["customProperties"] = [_custom("position", {"start": start, "length": length})]
    server = sample.server
    document: dict[str, Any] = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": "things",
        "version": "1.0.0",
        "status": "active",
        "schema": [{"name": "things", "properties": properties}],
    }
    if server is not None:
        described: dict[str, Any] = {"server": "here", "type": "local", "path": "."}
        described |= {"format": server.format} if server.format else {"format": server.record_format["kind"]}
        described |= {"encoding": server.encoding} if server.encoding else {}
        if server.record_format:
            described["customProperties"] = [_custom("recordFormat", dict(server.record_format))]
        document["servers"] = [described]
    path = folder / "things.odcs.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path


def _custom(name: str, value: Any) -> dict[str, Any]:
    return {"vendor": "weighbridge", "property": name, "value": value}
