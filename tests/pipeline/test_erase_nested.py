"""A subject in records with parts: named by a member, in either spelling, found in sealed and broken ones too."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import polars as pl
import pytest

from weighbridge.cli.app import run as command
from weighbridge.pipeline.audit import audit
from weighbridge.pipeline.erasure import erase
from weighbridge.pipeline.erasure.subject import Subject
from weighbridge.pipeline.run import run
from weighbridge.sinks import Tables, new_key, scan_published, scan_table
from weighbridge.sinks.seal import KEY_VARIABLE

WHO = "Ünal Çelik"
CONTRACT = """
apiVersion: v3.2.0
kind: DataContract
id: kunden
version: 1.0.0
status: active
servers:
- {server: here, type: local, path: x, format: jsonl}
schema:
- name: kunden
  customProperties:
  - {property: breaker, vendor: weighbridge, value: {maxRejected: {rate: 1.0}}}
  properties:
  - {name: id, logicalType: integer, primaryKey: true, required: true}
  - {name: name, logicalType: string, required: true, classification: CLASS}
  - name: adresse
    logicalType: object
    properties:
    - {name: ort, logicalType: string, logicalTypeOptions: {maxLength: 8}}
    - {name: plz, logicalType: string}
  - name: anrufe
    logicalType: array
    items: {logicalType: object, properties: [{name: von, logicalType: string}]}
  - {name: marken, logicalType: array, items: {logicalType: string}}
"""
RECORDS = (
    {"id": 1, "name": WHO, "adresse": {"ort": "Köln", "plz": "50667"}, "marken": ["a"]},
    {"id": 2, "name": WHO, "adresse": {"ort": "Köln am Rhein", "plz": "50667"}, "marken": []},
    {"id": 3, "name": unicodedata.normalize("NFD", WHO), "adresse": None},
    {"id": 4, "name": "Bob", "adresse": {"ort": "Bonn"}, "anrufe": [{"von": "0221 1"}, {"von": "0221 47"}]},
    {"id": 5, "name": "Eve", "adresse": {"ort": "Bonn am Rhein"}, "anrufe": [{"von": "0221 47"}], "marken": ["z", "y"]},
    {"id": 6, "name": "Ada", "adresse": {"ort": "Bonn"}, "marken": ["x", "z"]},
)
BROKEN = f'{{"id": 7, "name": {json.dumps(WHO)}'


@pytest.fixture
def into(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(KEY_VARIABLE, new_key())
    path, source = tmp_path / "kunden.odcs.yaml", tmp_path / "kunden.jsonl"
    path.write_text(CONTRACT.replace("CLASS", getattr(request, "param", "restricted")))
    source.write_text("\n".join([*(json.dumps(r, ensure_ascii=False) for r in RECORDS), BROKEN]) + "\n")
    assert run(path, source, into=tmp_path / "out").state == "published"
    return tmp_path / "out"


def left(into: Path) -> tuple[list[int], list[int]]:
    served = scan_published(into, "kunden", "kunden").collect()["id"].sort().to_list()
    kept = scan_table(Tables(into, "kunden", "kunden").quarantine).collect()["record"].sort().to_list()
    return served, kept


@pytest.mark.parametrize("into", ["restricted", "public"], indirect=True)
@pytest.mark.parametrize(
    ("subject", "served", "kept"),
    [
        ({"name": WHO}, [4, 6], [5]),
        ({"adresse.ort": "Köln am Rhein"}, [1, 3, 4, 6], [5, 7]),
        ({"adresse.plz": "50667"}, [3, 4, 6], [5, 7]),
        ({"anrufe.von": "0221 47"}, [1, 3, 6], [2, 7]),
        ({"marken": "z"}, [1, 3, 4], [2, 7]),
        ({"name": "Eve", "adresse.ort": "Bonn am Rhein"}, [1, 3, 4, 6], [2, 7]),
        ({"adresse": "Köln"}, [1, 3, 4, 6], [2, 5, 7]),  # a member is meant, and not named
    ],
    ids=lambda x: "+".join(x) if isinstance(x, dict) else None,
)
def test_records_go_by_the_values_inside_of_them(
    into: Path, subject: dict[str, str], served: list[int], kept: list[int]
) -> None:
    assert left(into) == ([1, 3, 4, 6], [2, 5, 7])
    erase(into, "kunden", Subject(subject), by="Ada", why="asked")
    assert left(into) == (served, kept)
    assert audit(into, "latest").stands


def test_a_member_that_is_not_there_is_told_with_those_that_are(into: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["erase", "--contract", "kunden", "--subject", "adresse.stadt=Bonn", "--into", str(into)]) == 2
    assert (
        "there are adresse, adresse.ort, adresse.plz, anrufe, anrufe.von, id, marken, name" in capsys.readouterr().err
    )


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "cp037", "utf-16-le"])
def test_a_value_is_found_in_bytes_of_any_encoding(encoding: str) -> None:
    raw = b"\x40\x00" + f"Müller {WHO}".replace("Ç", "C").encode(encoding) + b"\x40\x00"
    assert Subject({"name": WHO.replace("Ç", "C")}).stands_in(raw)
    assert not Subject({"name": "Maier"}).stands_in(raw)


@pytest.mark.parametrize("into", ["restricted", "public"], indirect=True)
def test_a_replay_publishes_kept_records_with_their_parts(into: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.odcs.yaml"
    text = (tmp_path / "kunden.odcs.yaml").read_text()
    newer.write_text(text.replace("maxLength: 8", "maxLength: 80").replace("version: 1.0.0", "version: 1.1.0"))
    assert command(["replay", "--into", str(into), "--contract", str(newer), "--by", "Ada"]) == 1
    rows = scan_published(into, "kunden", "kunden").filter(pl.col("id").is_in([2, 5])).sort("id").collect()
    assert rows.select("adresse", "anrufe", "marken").rows() == [
        ({"ort": "Köln am Rhein", "plz": "50667"}, None, []),
        ({"ort": "Bonn am Rhein", "plz": None}, [{"von": "0221 47"}], ["z", "y"]),
    ]
    assert left(into)[1] == [7]
    assert audit(into, "latest").stands
