"""Control records through the whole run: what they say is held against what was read, and against the run before."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
import yaml

from weighbridge.findings import SourceError
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.audit import audit
from weighbridge.pipeline.folder import Waiting, waiting
from weighbridge.pipeline.run import run

LAYOUT: dict[str, Any] = {
    "header": {
        "startsWith": "HDR",
        "sequence": {"field": 2},
        "businessDate": {"field": 3, "format": "%Y%m%d"},
    },
    "trailer": {
        "startsWith": "TRL",
        "records": {"field": 2},
        "totals": [{"property": "amount", "field": 3, "scale": 2}, {"property": "id", "field": 4, "modulo": 7}],
        "businessDate": {"field": 5, "format": "%Y%m%d"},
    },
}


def _contract(folder: Path, layout: dict[str, Any] = LAYOUT) -> Path:
    properties = [{"name": "id", "logicalType": "integer"}, {"name": "amount", "logicalType": "number"}]
    document = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "sums",
        "name": "sums",
        "version": "1.0.0",
        "status": "active",
        "servers": [
            {
                "server": "local",
                "type": "local",
                "path": ".",
                "format": "csv",
                "customProperties": [
                    {"property": "weighbridge.recordFormat", "value": {"header": True, "controlRecords": layout}}
                ],
            }
        ],
        "schema": [{"name": "sums", "physicalName": "sums", "properties": properties}],
    }
    path = folder / "contract.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path


def _file(folder: Path, sequence: int = 1, trailer: str | None = "TRL,3,600,6,20240105", day: str = "20240105") -> Path:
    path = folder / f"sums{sequence}.csv"
    end = "" if trailer is None else f"{trailer}\n"
    path.write_text(f"HDR,{sequence},{day}\nid,amount\n1,1.5\n2,2.5\n3,2\n{end}")
    return path


def _codes(result: RunResult) -> set[str]:
    return {f.code for f in result.findings} | {c.code for c in result.checks if not c.holds}


def test_an_extract_that_is_as_its_control_records_say_is_published(tmp_path: Path) -> None:
    result = run(_contract(tmp_path), _file(tmp_path), into=tmp_path / "out")
    assert result.state == "published", (result.reasons, _codes(result))
    assert result.records == 3
    assert not {c for c in _codes(result) if c.startswith(("RDR-42", "RUN-02"))}
    assert {(o.name, o.value) for o in result.options} >= {("sequence", "1"), ("businessDate", "2024-01-05")}
    assert audit(tmp_path / "out", "latest").stands


def test_a_compressed_extract_with_blank_lines_behind_the_trailer_is_reconciled_as_well(tmp_path: Path) -> None:
    path = tmp_path / "sums.csv.gz"
    path.write_bytes(gzip.compress(_file(tmp_path).read_bytes() + b"\n\n"))
    result = run(_contract(tmp_path), path, into=tmp_path / "out")
    assert (result.state, result.records) == ("published", 3)


@pytest.mark.parametrize(
    ("trailer", "code", "fix"),
    [
        (None, "RDR-420", "cut short"),
        ("TRL,4,600,6,20240105", "RDR-422", "counts: lines"),
        ("TRL,3,601,6,20240105", "RDR-423", "find the records"),
        ("TRL,3,600,5,20240105", "RDR-423", "find the records"),
        ("TRL,3,600,6,20240106", "RDR-424", "which day"),
        ("TRL,three,600,6,20240105", "RDR-425", "place and format"),
        ("TRL,3,600,6,soon", "RDR-425", "place and format"),
    ],
)
def test_what_differs_from_the_control_records_holds(trailer: str | None, code: str, fix: str, tmp_path: Path) -> None:
    result = run(_contract(tmp_path), _file(tmp_path, trailer=trailer), into=tmp_path / "out")
    assert result.state == "held"
    fixes = [f.fix for f in result.findings if f.code == code] + [c.fix for c in result.checks if c.code == code]
    assert fix in fixes[0]
    assert audit(tmp_path / "out", "latest").stands


def test_a_missing_header_holds(tmp_path: Path) -> None:
    path = tmp_path / "sums.csv"
    path.write_text("id,amount\n1,6\nTRL,1,600,1,20240105\n")
    result = run(_contract(tmp_path), path, into=tmp_path / "out")
    assert result.state == "held"
    assert "right file" in next(f.fix for f in result.findings if f.code == "RDR-421")


def test_numbers_and_figures_are_held_against_the_extract_before(tmp_path: Path) -> None:
    contract, into = _contract(tmp_path), tmp_path / "out"
    run(contract, _file(tmp_path, 1), into=into)
    second = run(contract, _file(tmp_path, 2), into=into)
    assert second.state == "published"
    assert [f.fix[:30] for f in second.findings if f.code == "RUN-022"] == ["ask the sender whether nothing"]
    later = run(contract, _file(tmp_path, 5), into=into)
    assert [f.detail for f in later.findings if f.code == "RUN-020"] == ["missing: 3 to 4"]
    assert "the numbers between" in next(f.fix for f in later.findings if f.code == "RUN-020")
    path = _file(tmp_path, 5)
    path.write_text(path.read_text().replace("1,1.5\n2,2.5", "1,2.5\n2,1.5"))
    twice = run(contract, path, into=into)
    assert twice.state == "held"
    assert "which of the two" in next(f.fix for f in twice.findings if f.code == "RUN-021")


def test_a_drop_folder_waits_for_the_marker(tmp_path: Path) -> None:
    contract = _contract(tmp_path)
    document = yaml.safe_load(contract.read_text())
    document["servers"][0]["customProperties"][0]["value"]["doneMarker"] = "{name}.done"
    contract.write_text(yaml.safe_dump(document))
    drop = tmp_path / "drop"
    drop.mkdir()
    path = _file(drop)

    def look() -> Waiting:
        return waiting(drop, "*", contract=contract, into=tmp_path / "out", settle_seconds=0)

    assert look().unsettled == (path,)
    (drop / f"{path.name}.done").touch()
    assert look().new == (path,)


def test_a_classified_property_is_never_taken_from_a_name(tmp_path: Path) -> None:
    contract = _contract(tmp_path)
    document = yaml.safe_load(contract.read_text())
    document["schema"][0]["properties"].append({"name": "who", "logicalType": "string", "classification": "restricted"})
    document["servers"][0]["customProperties"][0]["value"] = {"fileName": "{who}.csv"}
    contract.write_text(yaml.safe_dump(document))
    path = tmp_path / "PLANTEDNAME.csv"
    path.write_text("id,amount\n1,2\n")
    with pytest.raises(SourceError, match="RDR-411") as caught:
        run(contract, path, into=tmp_path / "out")
    assert "PLANTEDNAME" not in str(caught.value)
    assert "take the classified property out" in caught.value.findings[0].fix
    assert not any(b"PLANTEDNAME" in f.read_bytes() for f in (tmp_path / "out").rglob("*") if f.is_file())
