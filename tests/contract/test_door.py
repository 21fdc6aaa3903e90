"""`load` and `lint` as their callers meet them."""
# ruff: noqa: E501 (a contract is shown as people write it)

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from weighbridge.contract import lint, load
from weighbridge.contract.model import Breaker, ForeignKey, Limit, LogicalType, Position, ReadingPolicy, RuleSpec
from weighbridge.findings import ContractError, Effect, Severity

FULL = """\
apiVersion: v3.2.0
kind: DataContract
id: flights
version: 1.0.0
name: flights
servers:
  - server: host
    type: local
    path: in/*.txt
    format: fixed
    encoding: cp037
    customProperties:
      - {vendor: weighbridge, property: recordFormat, value: {kind: fixedWidth, nullValues: ["NA"]}}
schema:
  - name: flights
    physicalName: FLT
    customProperties:
      - vendor: weighbridge
        property: breaker
        value: {maxRejected: {count: 5, rate: 0.01}, perCheck: {"day|date": {count: 0}}, minRecords: 10, allowEmpty: true}
    properties:
      - name: day
        physicalName: DT
        synonyms: [{synonym: flight_date}]
        logicalType: date
        primaryKey: true
        primaryKeyPosition: 2
        customProperties:
          - {vendor: weighbridge, property: rules, value: [trim, {rule: date, formats: [yyyyMMdd]}]}
          - {vendor: weighbridge, property: position, value: {start: 1, length: 8}}
          - {vendor: weighbridge, property: readingPolicy, value: {onRepaired: warn}}
          - {vendor: weighbridge, property: severity, value: minor}
      - name: tail
        id: tail_id
        logicalType: string
        primaryKey: true
        primaryKeyPosition: 1
        classification: pii
        relationships:
          - to: planes.tailnum
            customProperties: [{vendor: weighbridge, property: reference, value: planes.parquet}]
          - to: planes.odcs.yaml#/schema/planes/properties/tailnum
        quality:
          - {metric: nullValues, mustBe: 0, severity: warning}
        customProperties:
          - {vendor: weighbridge, property: position, value: {start: 9, length: 6}}
    relationships:
      - {from: [flights.day, flights.tail_id], to: [legs.day, legs.tail]}
  - name: legs
    properties:
      - {name: day, logicalType: date, customProperties: [{property: weighbridge.position, value: {start: 1, length: 8}}]}
      - {name: tail, physicalType: VARCHAR(6), customProperties: [{property: weighbridge.position, value: {start: 9, length: 6}}]}
slaProperties:
  - {property: freshness, value: 1, unit: d, element: flights.day, customProperties: [{vendor: weighbridge, property: severity, value: minor}]}
  - {property: retention, value: 3, unit: y}
"""


def test_the_model_is_what_is_written() -> None:
    contract = load(FULL)
    flights, legs = contract.objects
    day, tail = flights.properties
    assert flights.primary_key == ("tail", "day")
    assert flights.breaker == Breaker(Limit(5, 0.01), Limit(), Limit(), {"day|date": Limit(0)}, 10, True, True)
    assert legs.breaker == Breaker()
    assert day.source_names == ("DT", "day", "flight_date")
    assert [(r.name, dict(r.parameters)) for r in day.rules] == [("trim", {}), ("date", {"formats": ["yyyyMMdd"]})]
    assert isinstance(day.rules[0], RuleSpec)
    assert day.position == Position(1, 8)
    assert day.policy == ReadingPolicy(on_repaired=Effect.WARN)
    assert day.severity is Severity.WARNING
    assert tail.is_masked
    assert not day.is_masked
    assert tail.quality[0].name == "nullValues mustBe 0"
    assert tail.quality[0].severity is Severity.WARNING
    assert legs.properties[1].logical_type is LogicalType.STRING
    assert [(k.properties, k.to_object, k.to_properties, k.to_contract, k.reference) for k in flights.foreign_keys] == [
        (("tail",), "planes", ("tailnum",), None, "planes.parquet"),
        (("tail",), "planes", ("tailnum",), "planes.odcs.yaml", None),
        (("day", "tail"), "legs", ("day", "tail"), None, None),
    ]
    assert contract.servers[0].record_format == {"kind": "fixedWidth", "nullValues": ["NA"]}
    assert contract.sla[0].element == "flights.day"
    assert contract.sla[0].options == {"severity": "warning"}
    assert "slaProperties: retention" in [n.what for n in contract.not_executed]


def test_a_relationship_that_cannot_be_asked_is_told_and_left_out() -> None:
    contract = load(FULL.replace("legs.tail]", "legs.nix]"))
    assert len(contract.objects[0].foreign_keys) == 2
    assert all(isinstance(key, ForeignKey) for key in contract.objects[0].foreign_keys)
    assert [f.code for f in contract.warnings if f.code == "CON-046"] == ["CON-046"]
    assert [n.why for n in contract.not_executed if "relationship" in n.what] == ["there is no legs.nix"]


def test_load_raises_with_every_fault() -> None:
    with pytest.raises(ContractError) as raised:
        load(FULL.replace("logicalType: date\n        primaryKey", "logicalType: dat\n        primaryKey") + "nix: 1\n")
    assert [f.code for f in raised.value.findings] == ["CON-002", "CON-009"]
    assert "did you mean `date`" in str(raised.value)


def test_a_file_a_text_and_values_give_one_fingerprint(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(FULL, "utf-8")
    here = load(path)
    assert here.path == str(path)
    assert load(FULL).fingerprint == here.fingerprint
    assert load(dict(here.raw)).fingerprint == here.fingerprint
    assert load("named.yaml", text=FULL).path == "named.yaml"


@pytest.mark.parametrize("name", ["no-such-file.yaml", ".", "a\0b"])
def test_what_cannot_be_opened_is_a_finding(name: str) -> None:
    (finding,) = lint(name).findings
    assert finding.code == "CON-003"
    assert "readable by this user" in finding.fix


def test_the_report_is_json() -> None:
    written = json.loads(json.dumps(lint(FULL).to_dict()))
    assert written["ok"] is True
    assert written["contract"]["objects"] == ["flights", "legs"]
    assert written["notExecuted"][0]["why"]
    assert json.loads(json.dumps(lint("x.yaml", text="a: 1").to_dict()))["contract"] is None


def test_loading_a_plain_contract_imports_only_what_it_uses() -> None:
    text = "apiVersion: v3.2.0\\nkind: DataContract\\nid: a\\nversion: v1\\nschema: [{name: t, properties: [{name: a}]}]\\n"
    program = (
        f"import sys; from weighbridge.contract import load; load('{text}'); "
        "print([m for m in ('polars', 'pydantic', 'open_data_contract_standard') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
