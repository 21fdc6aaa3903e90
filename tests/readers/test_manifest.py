"""What stands beside a file: markers that it is complete, manifests of what it holds."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.readers.extracts import put, rows, schema_of, server_of
from weighbridge.readers import open_extract

TWO = schema_of("id", "who")
A = b"id,who\n1,ann\n2,bob\n"
SUM = hashlib.sha256(A).hexdigest()


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        (f"{SUM}  a.csv\n", []),
        (f"{'0' * 64} *a.csv\n", ["RDR-431"]),
        (json.dumps({"files": [{"name": "a.csv", "size": len(A), "sha256": SUM, "records": 2}]}), []),
        (json.dumps([{"file": "x/a.csv", "Row Count": 3}]), ["RDR-431"]),
        (f"name,bytes,rows\na.csv,{len(A) + 1},2\n", ["RDR-431"]),
        ("name,bytes\nb.csv,1\n", ["RDR-432"]),
        ("{not json", ["RDR-433"]),
        ("nothing", ["RDR-433"]),
        (None, ["RDR-430"]),
    ],
)
def test_a_file_is_held_against_its_manifest(manifest: str | None, expected: list[str], tmp_path: Path) -> None:
    put(tmp_path, A, "a.csv")
    if manifest is not None:
        put(tmp_path, manifest.encode(), "MANIFEST")
    extract = open_extract([str(tmp_path)], TWO, server_of("csv", manifest="MANIFEST"))
    assert rows(extract) == [("1", "ann"), ("2", "bob")]
    found = [*extract.findings, *extract.late_findings()]
    assert [f.code for f in found] == expected
    fixes = {"RDR-430": "wait for", "RDR-431": "have the file sent", "RDR-432": "ask the", "RDR-433": "have it written"}
    assert all(f.fix.startswith(fixes[f.code]) for f in found)


def test_a_file_without_its_marker_is_told(tmp_path: Path) -> None:
    path = put(tmp_path, A, "a.csv")
    server = server_of("csv", doneMarker="{name}.ok")
    extract = open_extract([path], TWO, server)
    assert [(f.code, f.fix.split(";")[0]) for f in extract.findings] == [("RDR-434", "wait for the sender to finish")]
    put(tmp_path, b"", "a.csv.ok")
    assert not open_extract([str(tmp_path)], TWO, server).findings
