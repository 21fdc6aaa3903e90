"""What a replay may not publish: what it cannot ask again, what a person took back, what it cannot read whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from tests.faults.make import faults
from tests.pipeline.test_undo import proved, ran, rows, take_back, waiting
from weighbridge.findings import code
from weighbridge.pipeline.again.replay import replay
from weighbridge.pipeline.output.ledgers import open_ledger
from weighbridge.pipeline.run import run
from weighbridge.review.choice import Choice
from weighbridge.review.decisions import decide, picks_of
from weighbridge.review.queue import Filter, Item, Queue
from weighbridge.review.states import Kind
from weighbridge.review.trail import trail
from weighbridge.sinks import new_key, scan_published
from weighbridge.sinks.seal import KEY_VARIABLE

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
LOOSE = {
    "property": "breaker",
    "vendor": "weighbridge",
    "value": {"maxRejected": {"rate": 1}, "maxUncertain": {"rate": 1}},
}


def items(into: Path) -> dict[int, Item]:
    with open_ledger(into) as ledger:
        queue = Queue(ledger)
        queue.take_in(into, NOON)
        return {i.record: i for i in queue.every(Filter(state=None))}


def correct(into: Path, record: int, **values: str | None) -> tuple[str, list[str]]:
    """Correct a record's values, and return the result and the codes of what is wrong."""
    item = items(into)[record]
    with open_ledger(into) as ledger:
        choice = Choice(Kind.CORRECT, values=values)
        (done,) = decide(ledger, into, picks_of([item]), choice, by="Ada", why="asked them", at=NOON).outcomes
    return done.result, [f.code for f in done.findings]


def states(into: Path) -> dict[int, str]:
    return {record: item.state.value for record, item in items(into).items()}


def loosened(contract: Path, folder: Path, **about: Any) -> Path:
    """Return a copy beside nothing of its own, whose limits never hold an extract."""
    document = yaml.safe_load(contract.read_text())
    for listed in document["schema"]:
        own = [c for c in listed.get("customProperties", []) if c["property"] != "breaker"]
        listed["customProperties"] = [*own, LOOSE]
    path = folder / contract.name
    path.write_text(yaml.safe_dump(document | about, sort_keys=False))
    return path


# Repairs that were taken back ------------------------------------------------------------------


def test_a_redo_closes_what_was_decided_about_the_withdrawn_record(tmp_path: Path) -> None:
    into = ran(tmp_path)
    take_back(into, property_name="day")
    assert states(into) == {2: "open", 5: "open", 6: "open"}
    assert correct(into, 2, day="2013-02-09") == ("done", [])
    take_back(into, property_name="day", redo=True)
    assert states(into) == {2: "superseded", 5: "superseded", 6: "open"}
    with open_ledger(into) as ledger:
        assert [t.action for t in trail(ledger, items(into)[2])] == ["kept", "decided", "put back"]
    assert replay(into, by="Bob").runs == ()
    take_back(into, property_name="day")
    assert states(into) == {2: "open", 5: "open", 6: "open"}
    with open_ledger(into) as ledger:
        assert Queue(ledger).states()["open"] == 3
    assert proved(into)


def test_no_replay_makes_a_repair_again_that_a_person_took_back(tmp_path: Path) -> None:
    into = ran(tmp_path)
    take_back(into, property_name="day")
    told = replay(into, by="Bob", everything=True)
    assert told.published == 0
    assert any("REV-015" in why and "day" in why for why in told.runs[0].unread)
    assert waiting(into) == [2, 5]
    assert sorted(rows(into)) == [1, 3, 4]


def test_who_decides_says_what_stands_in_place_of_each_repair_taken_back(tmp_path: Path) -> None:
    into = ran(tmp_path)
    take_back(into, property_name="zip")
    take_back(into, property_name="day")
    assert correct(into, 2, day="2013-02-09") == ("refused", ["REV-015"])
    assert correct(into, 2, day="2013-02-09", zip="501") == ("done", [])
    assert replay(into, by="Bob").published == 1
    assert rows(into)[2] == ("501", "00:00:00", "2013-02-09")
    take_back(into, property_name="day", redo=True)
    assert rows(into)[2] == ("501", "00:00:00", "2013-02-09"), "what a replay published stays"
    assert sorted(rows(into)) == [1, 2, 3, 4, 5]
    assert proved(into)
    assert "repairs redo" in code("REV-015").fix


# What the contract that kept a record out says of it again --------------------------------------


@pytest.mark.parametrize(
    ("name", "extract", "object_name"),
    [("airports", "airports_faulty.csv", None), ("flights_ebcdic", "flights_faulty.ebc", "flights"),
     ("flights_fixed_width", "flights_faulty.dat", None), ("flights", "flights_faulty.csv", None)],
)  # fmt: skip
def test_the_contract_that_kept_records_out_keeps_them_out(
    tmp_path: Path, name: str, extract: str, object_name: str | None
) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "data").symlink_to(ROOT / "data")
    for book in (ROOT / "contracts").glob("*.cpy"):
        (tmp_path / "contracts" / book.name).write_bytes(book.read_bytes())
    contract = loosened(ROOT / f"contracts/{name}.odcs.yaml", tmp_path / "contracts")
    source = ROOT / "data/samples/faulty" / extract
    said = run(contract, source, into=tmp_path / "out", object_name=object_name)
    assert said.state == "published"
    (told,) = replay(tmp_path / "out", by="Bob", everything=True).runs
    kept = sum(count for verdict, count in said.verdicts.items() if verdict.value in ("rejected", "uncertain"))
    assert (told.candidates, told.published, told.skipped) == (kept, 0, "")


@pytest.mark.parametrize(
    "name", ["delimited/record_too_long", "delimited/field_too_many", "json_lines/object_for_number"]
)
def test_what_was_not_read_whole_is_not_published(tmp_path: Path, name: str) -> None:
    fault = next(f for f in faults() if f.name == name)
    for file, content in fault.files.items():
        (tmp_path / file).write_bytes(content)
    plain = tmp_path / "plain.yaml"
    plain.write_text(yaml.safe_dump(fault.contract()))
    (tmp_path / "loose").mkdir()
    contract = loosened(plain, tmp_path / "loose")
    assert run(contract, tmp_path / next(iter(fault.files)), into=tmp_path / "out").state == "published"
    told = replay(tmp_path / "out", by="Bob", everything=True)
    assert told.published == 0
    assert told.kept_out > 0


def test_bytes_that_are_no_number_become_none_only_by_a_person(tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "data").symlink_to(ROOT / "data")
    (tmp_path / "contracts/nycflt.cpy").write_bytes((ROOT / "contracts/nycflt.cpy").read_bytes())
    contract = loosened(ROOT / "contracts/flights_ebcdic.odcs.yaml", tmp_path / "contracts")
    into = tmp_path / "out"
    said = run(contract, ROOT / "data/samples/faulty/flights_faulty.ebc", into=into, object_name="flights")
    assert correct(into, 30, tailnum="N24224") == ("refused", ["REV-005", "REV-016"])
    assert correct(into, 30, arr_delay="-10") == ("done", [])
    assert replay(into, by="Bob").published == 1
    row = scan_published(into, said.contract.id, "flights").filter(pl.col("_wb_record") == 30).collect()
    assert row["arr_delay"].to_list() == [-10]
    newer = loosened(contract, tmp_path / "contracts", version="9.9.9")
    assert replay(into, by="Bob", contract=newer).published == 0, "a newer contract cannot read them either"
    assert "run the extract again" in code("REV-016").fix


REFERRING = """
apiVersion: v3.2.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
- name: orders
  customProperties:
  - {property: breaker, vendor: weighbridge, value: {maxRejected: {rate: 0.99}}}
  properties:
  - {name: id, logicalType: integer, required: true}
  - name: country
    logicalType: string
    relationships:
    - to: countries.code
      customProperties:
      - {property: reference, vendor: weighbridge, value: countries.csv}
"""


def test_a_reference_is_looked_for_where_the_contract_lay_and_without_it_nothing_passes(tmp_path: Path) -> None:
    (tmp_path / "countries.csv").write_text("code\nDE\nFR\n")
    (tmp_path / "orders.odcs.yaml").write_text(REFERRING)
    (tmp_path / "orders.csv").write_text("id,country\n1,DE\n2,XX\n3,FR\n")
    into = tmp_path / "out"
    assert run(tmp_path / "orders.odcs.yaml", tmp_path / "orders.csv", into=into).state == "published"
    assert replay(into, by="Bob", everything=True).published == 0
    assert correct(into, 2, country="YY") == ("refused", ["REV-005", "CHK-010"])
    assert correct(into, 2, country="DE") == ("done", [])
    (tmp_path / "countries.csv").rename(tmp_path / "away.csv")
    (told,) = replay(into, by="Bob").runs
    assert "CHK-032" in told.skipped or "reference" in told.skipped
    assert states(into) == {2: "decided"}
    (tmp_path / "away.csv").rename(tmp_path / "countries.csv")
    assert replay(into, by="Bob").published == 1


# Formats whose records are no lines of text -------------------------------------------------------

GOODS = """
apiVersion: v3.2.0
kind: DataContract
id: goods
version: 1.0.0
status: active
schema:
- name: goods
  customProperties:
  - {{property: breaker, vendor: weighbridge, value: {{maxRejected: {{rate: 0.99}}}}}}
  properties:
  - {{name: id, logicalType: integer, required: true, primaryKey: true, primaryKeyPosition: 1}}
  - {{name: name, logicalType: string, required: true, classification: {classification}}}
  - {{name: price, logicalType: number, logicalTypeOptions: {{minimum: 0}}}}
  - {{name: country, logicalType: string, logicalTypeOptions: {{maxLength: 2}}}}
"""
ROWS = [
    {"id": 1, "name": "Ada", "price": 1.5, "country": "DE"},
    {"id": 2, "name": "Bob", "price": -2.25, "country": "FR"},
    {"id": 3, "name": "Cy", "price": 3.125, "country": "GER"},
]


def _xml(path: Path) -> None:
    parts = ("".join(f"<{k}>{v}</{k}>" for k, v in row.items()) for row in ROWS)
    path.write_text("<goods>" + "".join(f"<item>{p}</item>" for p in parts) + "</goods>")


def _excel(path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for line in (list(ROWS[0]), *(list(r.values()) for r in ROWS)):
        book.active.append(line)
    book.save(path)


FORMATS: dict[str, Callable[[Path], Any]] = {
    "goods.parquet": lambda path: pl.DataFrame(ROWS).write_parquet(path),
    "goods.arrow": lambda path: pl.DataFrame(ROWS).write_ipc(path),
    "goods.json": lambda path: path.write_text(json.dumps(ROWS)),
    "goods.jsonl": lambda path: pl.DataFrame(ROWS).write_ndjson(path),
    "goods.xml": _xml,
    "goods.xlsx": _excel,
}


@pytest.mark.parametrize("sealed", [False, True], ids=["public", "sealed"])
@pytest.mark.parametrize("name", FORMATS)
def test_records_of_every_format_are_corrected_without_their_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, sealed: bool
) -> None:
    if sealed:
        monkeypatch.setenv(KEY_VARIABLE, new_key())
    contract, into = tmp_path / "goods.odcs.yaml", tmp_path / "out"
    contract.write_text(GOODS.format(classification="pii" if sealed else "public"))
    FORMATS[name](tmp_path / name)
    run(contract, tmp_path / name, into=into)
    (tmp_path / name).unlink()
    assert correct(into, 2, price="2.25") == ("done", [])
    assert correct(into, 3, country="DE") == ("done", [])
    assert replay(into, by="Bob").published == 2
    rows = scan_published(into, "goods", "goods").sort("id").select("id", "name", "price", "country").collect()
    assert [(*r[:2], float(r[2]), r[3]) for r in rows.rows()] == [
        (1, "Ada", 1.5, "DE"), (2, "Bob", 2.25, "FR"), (3, "Cy", 3.125, "DE")]  # fmt: skip
