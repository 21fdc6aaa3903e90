"""What changed between two versions, for whom it breaks, and whether the version number says so."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.contract import Contract, load
from weighbridge.contract.change import Breaks, Change, Difference, Kind, Level
from weighbridge.contract.diff import diff
from weighbridge.findings import code

DOCUMENT: dict[str, Any] = yaml.safe_load("""
apiVersion: v3.2.0
kind: DataContract
id: people
version: 1.2.3
status: active
name: People
servers:
- {server: here, type: local, path: x.csv, format: csv, encoding: utf-8}
schema:
- name: people
  properties:
  - {name: id, logicalType: integer, required: true, unique: true}
  - {name: name, logicalType: string, physicalName: NAME, logicalTypeOptions: {maxLength: 10}}
  - {name: kind, logicalType: string, enum: [{value: a}, {value: b}]}
  quality:
  - {name: enough, metric: rowCount, mustBeGreaterThan: 10}
slaProperties:
- {property: retention, value: 30, unit: d}
""")

Edit = Callable[[dict[str, Any]], None]


def loaded(document: dict[str, Any], folder: Path, name: str = "c") -> Contract:
    path = folder / f"{name}.odcs.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return load(path)


def after(edit: Edit, folder: Path, version: str | None = None) -> Difference:
    changed = copy.deepcopy(DOCUMENT)
    edit(changed)
    if version is not None:
        changed["version"] = version
    return diff(loaded(DOCUMENT, folder, "old"), loaded(changed, folder, "new"))


def the_property(document: dict[str, Any], at: int) -> dict[str, Any]:
    found: dict[str, Any] = document["schema"][0]["properties"][at]
    return found


def ours(name: str, value: object) -> dict[str, object]:
    return {"property": name, "vendor": "weighbridge", "value": value}


def rename(d: dict[str, Any]) -> None:
    the_property(d, 1).update(name="full_name", synonyms=[{"synonym": "name"}])


def without(d: dict[str, Any]) -> None:
    d["schema"][0]["properties"].pop(1)


def add(**parts: Any) -> Edit:
    return lambda d: d["schema"][0]["properties"].append({"name": "age", "logicalType": "integer", **parts})


def put(at: int, **parts: Any) -> Edit:
    return lambda d: the_property(d, at).update(parts)


def check(**parts: Any) -> Edit:
    return lambda d: d["schema"][0]["quality"][0].update(parts)


def on_object(name: str, value: object) -> Edit:
    return lambda d: d["schema"][0].setdefault("customProperties", []).append(ours(name, value))


P, C = Breaks.PRODUCER, Breaks.CONSUMER

CASES: list[tuple[str, Edit, Kind, str, set[Breaks]]] = [
    ("an optional property", add(), Kind.ADDED, "people > age", set()),
    ("a required property", add(required=True), Kind.ADDED, "people > age", {P}),
    ("a property gone", without, Kind.REMOVED, "people > name", {C}),
    ("a property renamed", rename, Kind.RENAMED, "people > full_name", {C}),
    ("a wider type", put(0, logicalType="number"), Kind.CHANGED, "people > id > type", {C}),
    ("another type", put(1, logicalType="date", logicalTypeOptions={}), Kind.CHANGED, "people > name > type", {P, C}),
    ("required", put(1, required=True), Kind.TIGHTENED, "people > name > required", {P}),
    ("no longer required", put(0, required=False), Kind.LOOSENED, "people > id > required", {C}),
    ("no longer unique", put(0, unique=False), Kind.LOOSENED, "people > id > unique", {C}),
    ("shorter", put(1, logicalTypeOptions={"maxLength": 9}), Kind.TIGHTENED, "people > name > maxLength", {P}),
    ("longer", put(1, logicalTypeOptions={"maxLength": 11}), Kind.LOOSENED, "people > name > maxLength", set()),
    ("unbounded", put(1, logicalTypeOptions={}), Kind.LOOSENED, "people > name > maxLength", set()),
    ("bounded", put(0, logicalTypeOptions={"minimum": 1}), Kind.TIGHTENED, "people > id > minimum", {P}),
    ("a value less", put(2, enum=[{"value": "a"}]), Kind.TIGHTENED, "people > kind > enum", {P}),
    ("a value more", put(2, enum=[{"value": v} for v in "abc"]), Kind.LOOSENED, "people > kind > enum", set()),
    ("any value", lambda d: the_property(d, 2).pop("enum"), Kind.LOOSENED, "people > kind > enum", set()),
    ("a rule", put(1, customProperties=[ours("rules", ["trim"])]), Kind.CHANGED, "people > name > rules", {C}),
    ("severity", put(0, customProperties=[ours("severity", "warning")]), Kind.LOOSENED,
     "people > id > severity", set()),
    ("policy", put(0, customProperties=[ours("readingPolicy", {"onRepaired": "reject"})]), Kind.TIGHTENED,
     "people > id > readingPolicy > on_repaired", {P}),
    ("classified", put(1, classification="pii"), Kind.CHANGED, "people > name > classification", set()),
    ("a description", put(1, description="Words."), Kind.WORDING, "people > name > description", set()),
    ("more rows", check(mustBeGreaterThan=11), Kind.TIGHTENED, "people > enough", {P}),
    ("fewer rows", check(mustBeGreaterThan=9), Kind.LOOSENED, "people > enough", set()),
    ("a weaker check", check(severity="warning"), Kind.LOOSENED, "people > enough > severity", set()),
    ("no check", lambda d: d["schema"][0].pop("quality"), Kind.REMOVED, "people > enough", set()),
    ("a limit lower", on_object("breaker", {"maxRejected": {"rate": 0.01}}), Kind.TIGHTENED,
     "people > breaker > max_rejected > rate", {P}),
    ("empty allowed", on_object("breaker", {"allowEmpty": True}), Kind.LOOSENED,
     "people > breaker > allowEmpty", set()),
    ("encoding", lambda d: d["servers"][0].update(encoding="cp1252"), Kind.CHANGED, "servers > here > encoding", {P}),
    ("path", lambda d: d["servers"][0].update(path="y.csv"), Kind.CHANGED, "servers > here > path", set()),
    ("no server", lambda d: d.pop("servers"), Kind.REMOVED, "servers > here", {P}),
    ("retention", lambda d: d["slaProperties"][0].update(value=10), Kind.CHANGED, "slaProperties > retention", set()),
    ("the id", lambda d: d.update(id="humans"), Kind.CHANGED, "id", {C}),
    ("a team", lambda d: d.update(tags=["people"]), Kind.WORDING, "tags", set()),
    ("an object", lambda d: d["schema"].append({"name": "b", "properties": [{"name": "i", "logicalType": "integer"}]}),
     Kind.ADDED, "b", set()),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "kind", "path", "breaks"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_one_edit_is_one_change(edit: Edit, kind: Kind, path: str, breaks: set[Breaks], tmp_path: Path) -> None:
    changes = after(edit, tmp_path).changes
    told = [(c.kind, " > ".join(c.path), set(c.breaks)) for c in changes]
    assert (kind, path, breaks) in told
    assert len([c for c in changes if c.kind is not Kind.WORDING]) <= 2, told


@given(st.sampled_from([c[1] for c in CASES]))
def test_a_contract_against_itself_shows_no_difference(tmp_path_factory: pytest.TempPathFactory, edit: Edit) -> None:
    document = copy.deepcopy(DOCUMENT)
    edit(document)
    contract = loaded(document, tmp_path_factory.mktemp("c"))
    assert diff(contract, contract).changes == ()
    assert diff(contract, contract).findings == ()


@pytest.mark.parametrize(("edit", "enough", "too_little"), [
    (without, "2.0.0", "1.3.0"),
    (add(), "1.3.0", "1.2.4"),
    (put(1, description="Words."), "1.2.4", "1.2.3"),
])  # fmt: skip
def test_the_version_number_says_how_much(edit: Edit, enough: str, too_little: str, tmp_path: Path) -> None:
    assert after(edit, tmp_path, enough).findings == ()
    (finding,) = after(edit, tmp_path, too_little).findings
    assert finding.code == "CON-300"
    assert enough in finding.detail
    assert finding.fix == code("CON-300").fix


def test_a_version_that_goes_back_or_is_no_number_is_told(tmp_path: Path) -> None:
    (finding,) = after(add(), tmp_path, "1.2.2").findings
    assert finding.code == "CON-300"
    (finding,) = after(add(), tmp_path, "next").findings
    assert finding.code == "CON-301"
    assert finding.fix == code("CON-301").fix


def test_before_the_first_release_what_breaks_moves_the_second_number(tmp_path: Path) -> None:
    old, new = ({**copy.deepcopy(DOCUMENT), "version": v} for v in ("0.1.0", "0.2.0"))
    without(new)
    difference = diff(loaded(old, tmp_path, "old"), loaded(new, tmp_path, "new"))
    assert difference.level is Level.MAJOR
    assert difference.findings == ()


def test_a_change_reads_as_a_line() -> None:
    change = Change(Kind.TIGHTENED, ("people", "age", "maximum"), "120 → 110", frozenset({P}))
    assert str(change) == "tightened  people > age > maximum: 120 → 110  [breaks producer]"
    assert change.to_dict()["level"] == "major"
