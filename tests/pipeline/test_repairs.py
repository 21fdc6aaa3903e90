"""What a run repaired, read back: grouped, in order, masked where classified."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from weighbridge.cli.app import run as command
from weighbridge.findings import ArgumentError
from weighbridge.pipeline.repairs import repairs_of
from weighbridge.pipeline.run import run
from weighbridge.sinks import Tables, scan_published, scan_table

CONTRACT = """
apiVersion: v3.2.0
kind: DataContract
id: letters
name: letters
version: 1.0.0
status: active
servers:
  - {server: here, type: local, path: input.csv, format: csv}
schema:
  - name: letters
    properties:
      - {name: id, logicalType: integer, required: true}
      - name: zip
        logicalType: string
        CLASSIFIED
        customProperties:
          - {property: rules, vendor: weighbridge, value: [{rule: leadingZeros, width: 5}]}
      - name: due
        logicalType: time
        customProperties:
          - {property: rules, vendor: weighbridge, value: [{rule: time, formats: [HHmm]}]}
"""
ROWS = b"id,zip,due\n1,10001,0900\n2,501,2400\n3,2139,1030\n4,73,2400\n5,,\n"


def ran(folder: Path, classified: bool = False) -> Path:
    contract, source, into = folder / "letters.odcs.yaml", folder / "input.csv", folder / "out"
    contract.write_text(CONTRACT.replace("CLASSIFIED", "classification: pii" if classified else "description: zip"))
    source.write_bytes(ROWS)
    assert run(contract, [str(source)], into=into).state == "published"
    return into


def test_repairs_are_counted_by_property_rule_and_shape_then_told_in_order(tmp_path: Path) -> None:
    told = repairs_of(ran(tmp_path), "latest")
    counted = {(g.property, g.before, g.after): g.count for g in told.groups}
    assert counted == {
        ("due", "9999", "99:99:99"): 2,
        ("zip", "99", "99999"): 1,
        ("zip", "999", "99999"): 1,
        ("zip", "9999", "99999"): 1,
    }
    assert told.groups[0].count == 2, "the greatest first"
    assert [(e.record, e.property, e.before, e.after) for e in told.entries] == [
        (2, "due", "2400", "00:00:00"),
        (2, "zip", "501", "00501"),
        (3, "zip", "2139", "02139"),
        (4, "due", "2400", "00:00:00"),
        (4, "zip", "73", "00073"),
    ]


@pytest.mark.parametrize("rule", ["leadingZeros", "zip|leadingZeros.zeros", "LEG-006"])
def test_repairs_are_narrowed_by_rule_check_or_code(tmp_path: Path, rule: str) -> None:
    told = repairs_of(ran(tmp_path), "latest", rule=rule, property_name="zip", limit=1)
    assert (told.total, [e.before for e in told.entries]) == (3, ["501"])
    assert repairs_of(tmp_path / "out", "latest", rule="Zeros").total == 0


def test_entries_and_groups_agree_with_table_and_published_rows(tmp_path: Path) -> None:
    into = ran(tmp_path)
    told = repairs_of(into, "latest")
    assert (
        told.total
        == len(told.entries)
        == scan_table(Tables(into, "letters", "letters").path("repairs")).collect().height
    )
    rows = {r["_wb_record"]: r for r in scan_published(into, "letters", "letters").collect().iter_rows(named=True)}
    assert all(rows[e.record][e.property] == e.after for e in told.entries)


def test_classified_repairs_are_masked_in_table_words_and_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into = ran(tmp_path, classified=True)
    assert command(["repairs", "--into", str(into)]) == 0
    assert command(["repairs", "--into", str(into), "--json"]) == 0
    said = capsys.readouterr().out
    table = scan_table(Tables(into, "letters", "letters").path("repairs")).select("before", "after").collect()
    assert "•••(4)" in said
    assert not {"2139", "02139", "00073"} & set(said.replace('"', " ").replace("'", " ").split())
    assert not {"2139", "02139"} & set(table["before"].to_list() + table["after"].to_list())


def test_the_verb_says_how_many_and_leaves_entries_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    into = ran(tmp_path)
    assert command(["repairs", "--into", str(into), "--summary", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["total"], told["entries"], len(told["groups"])) == (5, [], 4)
    assert command(["repairs", "--into", str(into), "-n", "1"]) == 0
    assert "5 values repaired, 1 shown, 0 undone" in capsys.readouterr().out
    assert command(["repairs", "--into", str(into), "--property", "zap"]) == 2
    assert "zip" in capsys.readouterr().err


def test_a_run_that_was_replaced_names_the_run_that_stands(tmp_path: Path) -> None:
    into = ran(tmp_path)
    first = repairs_of(into, "latest").run_id
    later = run(tmp_path / "letters.odcs.yaml", [str(tmp_path / "input.csv")], into=into, again=True).run_id
    assert repairs_of(into, first).replaced_by == later
    with pytest.raises(ArgumentError):
        repairs_of(into, "nothing-of-the-kind")
