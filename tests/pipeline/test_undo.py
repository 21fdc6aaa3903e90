"""A repair taken back: the row as it came, everything still proved, and the same whatever is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from weighbridge.cli.app import run as command
from weighbridge.findings import ArgumentError, PublishError, SourceError
from weighbridge.ledger import Ledger
from weighbridge.pipeline.again.undo import Undone, undo
from weighbridge.pipeline.audit import audit
from weighbridge.pipeline.repairs import repairs_of
from weighbridge.pipeline.run import run
from weighbridge.sinks import Tables, scan_published, scan_table

DRIVER = Path(__file__).with_name("undo_and_die.py")
CONTRACT = """
apiVersion: v3.2.0
kind: DataContract
id: letters
name: letters
version: VERSION
status: active
servers:
  - {server: here, type: local, path: input.csv, format: csv}
schema:
  - name: letters
    properties:
      - {name: id, logicalType: integer, required: true}
      - name: zip
        logicalType: string
        description: ZIP
        customProperties:
          - {property: rules, vendor: weighbridge, value: [trim, {rule: leadingZeros, width: 5}]}
      - name: due
        logicalType: time
        customProperties:
          - {property: rules, vendor: weighbridge, value: [{rule: time, formats: [HHmm]}]}
      - name: day
        logicalType: date
        required: true
        customProperties:
          - property: rules
            vendor: weighbridge
            value: [{rule: partialDate, assume: first}, {rule: date, formats: [yyyy-MM-dd]}]
"""
ROWS = (
    b"id,zip,due,day\n1,10001,0900,2013-01-31\n2, 501,2400,2013-02\n3,2139,1030,2013-03-01\n4,73,2400,2013-04-01\n"
    b"5,,,2013-05\n6,x,0100,2013-13-99\n"
)
STAGES = [
    "reading the sources again",
    "staging review",
    "staging undone",
    "staging published",
    "writing the manifest",
    "committing review",
    "committing undone",
    "committing published",
    "noting what is undone",
]


def ran(folder: Path, version: str = "1.0.0", name: str = "input.csv") -> Path:
    contract, source, into = folder / "letters.odcs.yaml", folder / name, folder / "out"
    contract.write_text(CONTRACT.replace("VERSION", version))
    source.write_bytes(ROWS)
    assert run(contract, [str(source)], into=into).state == "published"
    return into


def take_back(into: Path, **choice: Any) -> Undone:
    return undo(into, "latest", by="Ada", why="the sender says so", **choice)


def rows(into: Path) -> dict[int, tuple[Any, ...]]:
    frame = scan_published(into, "letters", "letters").sort("id").select("id", "zip", "due", "day").collect()
    return {row[0]: tuple(None if v is None else str(v) for v in row[1:]) for row in frame.iter_rows()}


def waiting(into: Path) -> list[int]:
    try:
        return sorted(scan_table(Tables(into, "letters", "letters").review).select("record").collect()["record"])
    except PublishError:
        return []


def proved(into: Path) -> bool:
    return audit(into, "latest").stands


BEFORE = {
    1: ("10001", "09:00:00", "2013-01-31"),
    2: ("00501", "00:00:00", "2013-02-01"),
    3: ("02139", "10:30:00", "2013-03-01"),
    4: ("00073", "00:00:00", "2013-04-01"),
    5: (None, None, "2013-05-01"),
}


def test_a_repair_taken_back_leaves_what_the_other_rules_make_of_the_source(tmp_path: Path) -> None:
    into = ran(tmp_path)
    assert rows(into)[2] == BEFORE[2]
    done = take_back(into, property_name="zip")
    assert (done.values, done.outcomes, done.withdrawn) == (3, {"source value": 3}, 0)
    after = rows(into)
    assert [after[i][0] for i in (1, 2, 3, 4)] == ["10001", "501", "2139", "73"], "trim still applies"
    assert {i: v[1:] for i, v in after.items()} == {i: v[1:] for i, v in BEFORE.items()}
    assert proved(into)


def test_what_cannot_be_read_without_the_rule_is_null(tmp_path: Path) -> None:
    into = ran(tmp_path)
    name = repairs_of(into, "latest").entries[0].source
    assert take_back(into, rule="time", records=[(name, 4)]).outcomes == {"no value": 1}
    assert [rows(into)[i][1] for i in (2, 4)] == ["00:00:00", None]


def test_a_row_without_its_required_value_is_withdrawn_to_review_and_the_receipt_stands(tmp_path: Path) -> None:
    into = ran(tmp_path)
    done = take_back(into, property_name="day")
    assert (done.outcomes, done.withdrawn) == ({"withdrawn": 2}, 2)
    assert sorted(rows(into)) == [1, 3, 4]
    kept = scan_table(Tables(into, "letters", "letters").review).sort("record").collect()
    assert kept["record"].to_list() == [2, 5]
    assert kept["raw"].to_list() == [b"2, 501,2400,2013-02", b"5,,,2013-05"]
    assert kept["findings"][0][0]["code"] == "RUN-017"
    assert "repairs redo" in kept["findings"][0][0]["fix"]
    proof = audit(into, "latest")
    assert proof.stands
    assert [(f.code, f.severity.value) for f in proof.findings] == [("RUN-018", "info")]
    assert proof.receipt is not None
    assert {o.name: o.records for o in proof.receipt.outputs} == {"published": 3, "quarantine": 1, "review": 2}
    with Ledger.open(into / "ledger.db") as ledger:
        assert sorted(i.entry.record for i in ledger.review_items()) == [2, 5]


def test_undo_is_idempotent_and_a_redo_ends_where_it_began(tmp_path: Path) -> None:
    into = ran(tmp_path)
    take_back(into, property_name="day")
    take_back(into, rule="leadingZeros")
    version = scan_table(Tables(into, "letters", "letters").path("undone")).collect().height
    assert take_back(into, rule="leadingZeros").values == 0
    assert scan_table(Tables(into, "letters", "letters").path("undone")).collect().height == version
    assert take_back(into, property_name="day", redo=True).outcomes == {"repaired value": 2}
    assert rows(into) == {i: (v[0] and v[0].lstrip("0"), *v[1:]) for i, v in BEFORE.items()}
    take_back(into, property_name="zip", redo=True)
    assert rows(into) == BEFORE
    assert waiting(into) == []
    assert proved(into)


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    into = ran(tmp_path)
    dry = take_back(into, property_name="day", dry_run=True)
    assert (dry.outcomes, dry.dry) == ({"withdrawn": 2}, True)
    assert rows(into) == BEFORE
    assert repairs_of(into, "latest").undone == 0


def test_the_same_extract_again_is_already_published_and_keeps_the_undo(tmp_path: Path) -> None:
    into = ran(tmp_path)
    take_back(into, property_name="zip")
    after = rows(into)
    again = run(tmp_path / "letters.odcs.yaml", [str(tmp_path / "input.csv")], into=into)
    assert again.state == "already_published"
    assert rows(into) == after
    told = repairs_of(into, "latest", property_name="zip")
    assert (told.total, told.undone) == (3, 3)
    assert {(e.undone.by, e.undone.why) for e in told.entries if e.undone} == {("Ada", "the sender says so")}


def test_a_new_version_of_the_contract_judges_anew(tmp_path: Path) -> None:
    into = ran(tmp_path)
    first = repairs_of(into, "latest").run_id
    take_back(into, property_name="day")
    contract = tmp_path / "letters.odcs.yaml"
    contract.write_text(
        CONTRACT.replace("VERSION", "2.0.0").replace("description: ZIP", "logicalTypeOptions: {maxLength: 9}")
    )
    assert run(contract, [str(tmp_path / "input.csv")], into=into).state == "published"
    assert rows(into) == BEFORE
    assert waiting(into) == []
    old = repairs_of(into, first)
    assert (old.undone, old.replaced_by is not None) == (2, True)
    assert repairs_of(into, "latest").undone == 0
    assert proved(into)
    with pytest.raises(PublishError, match="RUN-019"):
        undo(into, first, by="Ada", why="late", property_name="zip")


def test_what_is_not_said_or_not_there_is_refused(tmp_path: Path) -> None:
    into = ran(tmp_path)
    with pytest.raises(ArgumentError, match="--by"):
        undo(into, "latest", by=" ", why="x", property_name="zip")
    with pytest.raises(ArgumentError, match="--property"):
        take_back(into)
    with pytest.raises(ArgumentError, match="zip"):
        take_back(into, property_name="zap")
    (tmp_path / "input.csv").write_bytes(ROWS + b"7,1,1,2013-01-01\n")
    with pytest.raises(SourceError, match="RUN-009"):
        take_back(into, property_name="zip")
    moved = tmp_path / "elsewhere.csv"
    moved.write_bytes(ROWS)
    name = repairs_of(into, "latest").entries[0].source
    assert take_back(into, property_name="zip", sources={name: str(moved)}).values == 3


def test_the_verb_undoes_and_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    into = str(ran(tmp_path))
    name = repairs_of(Path(into), "latest").entries[0].source
    words = ["repairs", "undo", "latest", "--into", into, "--by", "Ada", "--why", "sent so", "--record", f"{name}:2"]
    assert command([*words, "--dry-run"]) == 0
    assert "3 repairs would be undone" in capsys.readouterr().out
    assert command(words) == 0
    assert "1 records are withdrawn to review" in capsys.readouterr().out
    assert command(["repairs", "--into", into]) == 0
    said = capsys.readouterr().out
    assert "undone by Ada" in said
    assert "3 undone" in said
    assert command(["repairs", "undo", "--into", into, "--by", "Ada", "--why", "x", "--record", "2"]) == 2
    assert command(["audit", "--into", into]) == 0


def test_the_stages_of_an_undo_are_the_ones_it_is_killed_at(tmp_path: Path) -> None:
    done = drive(ran(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == STAGES


def drive(into: Path, *last: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(DRIVER), str(into), *last], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("at", range(len(STAGES)), ids=[s.replace(" ", "-") for s in STAGES])
def test_killed_at_a_stage_then_finished_by_whoever_comes_next(tmp_path: Path, at: int) -> None:
    into = ran(tmp_path)
    died = drive(into, str(at))
    assert died.returncode == -signal.SIGKILL, died.stderr
    undone = {i: BEFORE[i] for i in (1, 3, 4)}
    assert rows(into) in (BEFORE, undone), "half an undo is served"
    if at <= STAGES.index("committing published"):
        assert rows(into) == BEFORE
    if at % 2:
        assert (
            run(tmp_path / "letters.odcs.yaml", [str(tmp_path / "input.csv")], into=into).state == "already_published"
        )
        assert rows(into) == (undone if at >= STAGES.index("committing review") else BEFORE)
        assert proved(into)
    take_back(into, property_name="day")
    assert rows(into) == undone
    assert waiting(into) == [2, 5]
    assert proved(into)
    assert command(["doctor", "--into", str(into)]) == 0
    assert orphans(into) == []


def orphans(into: Path) -> list[Path]:
    """Files that an undo staged and no version of a table has shown."""
    found = []
    for name in ("published", "review", "undone"):
        table = Tables(into, "letters", "letters").path(name)
        logs = "".join(log.read_text() for log in table.glob("_delta_log/*.json"))
        found += [f for f in table.glob("_wb_extract=*/run-*.undo-*/*.parquet") if f.name not in logs]
    return found


def test_files_of_a_vacuumed_run_are_missed_by_name(tmp_path: Path) -> None:
    into = ran(tmp_path)
    take_back(into, property_name="zip")
    for file in Tables(into, "letters", "letters").published.glob("_wb_extract=*/run-*/*.parquet"):
        if ".undo-" not in str(file):
            file.unlink()
    with pytest.raises(PublishError, match="OUT-007"):
        take_back(into, property_name="zip", redo=True)
    assert pl.Series(list(rows(into))).to_list() == [1, 2, 3, 4, 5]


LAYOUTS = """
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
    customProperties:
      - vendor: weighbridge
        property: epochs
        value:
          - name: old
            when: {marker: {column: kind, values: [O]}}
            properties:
              zip: {from: post, rules: [{rule: leadingZeros, width: 4}]}
              due: {recode: {N: "1200"}, because: the code sheet}
            assumes: {day: {value: "1999-01-01", because: nobody wrote it}}
          - name: older
            when: {property: told, before: 1990-01-01}
    properties:
      - {name: id, logicalType: integer, required: true}
      - {name: zip, logicalType: string, customProperties: [
          {property: rules, vendor: weighbridge, value: [trim, {rule: leadingZeros, width: 5}]}]}
      - {name: due, logicalType: string}
      - {name: day, logicalType: string}
      - {name: told, logicalType: date, customProperties: [
          {property: rules, vendor: weighbridge, value: [
            {rule: partialDate, assume: first}, {rule: date, formats: [yyyy-MM-dd]}]}]}
"""
OF_LAYOUTS = b"""id,kind,zip,post,due,day,told
1,T,501,,N,2013,2013-01-01
2,O,,73,N,,2013-01-01
3,O,,0074,1100,1998,2013-02
"""


def test_what_an_epoch_assumed_is_taken_back(tmp_path: Path) -> None:
    contract, source, into = tmp_path / "letters.odcs.yaml", tmp_path / "input.csv", tmp_path / "out"
    contract.write_text(LAYOUTS)
    source.write_bytes(OF_LAYOUTS)
    assert run(contract, [str(source)], into=into).state == "published"
    before = {
        1: ("00501", "N", "2013"),
        2: ("0073", "1200", "1999-01-01"),
        3: ("0074", "1100", "1999-01-01"),
    }
    assert rows(into) == before
    assert take_back(into, property_name="due").outcomes == {"source value": 1}
    assert rows(into)[2] == ("0073", "N", "1999-01-01")
    assert take_back(into, property_name="day").outcomes == {"source value": 1, "no value": 1}
    assert rows(into)[2] == ("0073", "N", None)
    assert rows(into)[3] == ("0074", "1100", "1998")
    assert take_back(into, property_name="zip", records=[(str(source), 2)]).values == 1
    assert rows(into)[2] == ("73", "N", None)
    assert rows(into)[1] == before[1]
    take_back(into, property_name="zip")
    assert rows(into)[1] == ("501", "N", "2013")
    assert take_back(into, rule="epoch old").values == 0, "all of it is undone already"
    assert proved(into)
    for name in ("zip", "due", "day"):
        take_back(into, property_name=name, redo=True)
    assert rows(into) == before
    assert proved(into)


def test_the_day_that_tells_a_layout_keeps_its_rules(tmp_path: Path) -> None:
    contract, source, into = tmp_path / "letters.odcs.yaml", tmp_path / "input.csv", tmp_path / "out"
    contract.write_text(LAYOUTS)
    source.write_bytes(OF_LAYOUTS)
    run(contract, [str(source)], into=into)
    with pytest.raises(PublishError, match="by an epoch that told does not tell"):
        take_back(into, property_name="told")
