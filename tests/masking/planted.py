"""A contract with classified properties that each fail in a way of their own, and records that hold the marks."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.masking.marks import NUMBER, TEXT


def ours(name: str, value: object) -> dict[str, object]:
    return {"property": name, "vendor": "weighbridge", "value": value}


def prop(name: str, kind: str, custom: dict[str, object] | None = None, **parts: object) -> dict[str, object]:
    made: dict[str, object] = {"name": name, "logicalType": kind, **parts}
    if name != "id":
        made["classification"] = "pii"
    if custom:
        made["customProperties"] = [ours(key, value) for key, value in custom.items()]
    return made


def properties(typed: bool) -> list[dict[str, object]]:
    """Return properties that each fail in a way of their own; rules only where values come as text."""
    rules: dict[str, list[object]] = {
        "cut": [{"rule": "truncated", "width": len(TEXT) + 1}],
        "zeros": [{"rule": "leadingZeros", "width": len(TEXT) + 3}],
        "seen_unclean": ["invisible"],
        "born": [{"rule": "date", "formats": ["dd/MM/yyyy", "MM/dd/yyyy", "yyyy-MM-dd"]}],
    }
    made = [
        prop("id", "integer", required=True),
        prop("code", "string", logicalTypeOptions={"pattern": "^[a-z]+$"}, quality=[INVALID, MISSING, TOO_MANY]),
        prop("kind", "string", enum=[{"value": "A"}]),
        prop("account", "string", unique=True, logicalTypeOptions={"maxLength": 5}),
        prop("cut", "string"),
        prop("zeros", "string"),
        prop("seen_unclean", "string"),
        prop("pay", "integer", logicalTypeOptions={"maximum": 1000}),
        prop("debt", "number", logicalTypeOptions={"multipleOf": 1000}),
        prop("born", "date", logicalTypeOptions={"maximum": "1900-01-01"}),
    ]
    for p in made:
        if not typed and p["name"] in rules:
            p["customProperties"] = [ours("rules", rules[str(p["name"])])]
    return made


INVALID = {"metric": "invalidValues", "arguments": {"validValues": ["a"]}, "mustBe": 0, "severity": "warning"}
MISSING = {
    "metric": "missingValues",
    "arguments": {"missingValues": ["", None]},
    "mustBeGreaterThan": 99,
    "severity": "warning",
}
TOO_MANY = {"metric": "duplicateValues", "mustBe": 0, "severity": "warning"}

OF_THE_OBJECT = [
    {"type": "sql", "query": "SELECT MAX(code) FROM people", "mustBe": "b", "severity": "warning"},
    {"type": "sql", "query": "SELECT MAX(pay) FROM people", "mustBe": 0, "severity": "warning"},
    {"type": "sql", "query": "SELECT SUM(CAST(code AS INTEGER)) FROM people", "mustBe": 0, "severity": "warning"},
    {"type": "sql", "query": "SELECT COUNT(*) FROM people WHERE pay > 1", "mustBe": 0, "severity": "warning"},
    {"type": "custom", "engine": "weighbridge", "implementation": "id < 0 OR code = 'x'", "severity": "warning"},
    {
        "type": "custom",
        "engine": "weighbridge",
        "implementation": {"check": "conditional", "when": "pay > 10", "then": "kind = 'A'"},
        "severity": "warning",
    },
]


def contract(folder: Path, typed: bool, server: dict[str, object], limit: float = 1.0) -> Path:
    path = folder / "people.odcs.yaml"
    document = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": "people",
        "name": "People",
        "version": "1.0.0",
        "status": "active",
        "servers": [{"server": "here", "type": "local", "path": "x", **server}],
        "schema": [
            {
                "name": "people",
                "properties": properties(typed),
                "quality": OF_THE_OBJECT,
                "relationships": [
                    {"from": "people.code", "to": "codes.code", "customProperties": [ours("reference", "codes.csv")]}
                ],
                "customProperties": [ours("breaker", {"maxRejected": {"rate": limit}, "minRecords": 1})],
            },
            {"name": "codes", "properties": [{"name": "code", "logicalType": "string"}]},
        ],
        "slaProperties": [{"property": "freshness", "value": 1, "unit": "d", "element": "people.born"}],
    }
    document["slaProperties"][0]["customProperties"] = [ours("severity", "warning")]  # type: ignore[index]
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    (folder / "codes.csv").write_text("code\nabc\n")
    return path


NAMES = [str(p["name"]) for p in properties(typed=True)]


def clean(number: int) -> list[str]:
    return [str(number), "abc", "A", f"a{number}", "c", "0" * 12, "s", "10", "1000", "1899-12-31"]


def secret(number: int) -> list[str]:
    """Return a record each of whose classified values is a marker, and wrong."""
    texts = [TEXT, TEXT, TEXT, f"{TEXT}0", TEXT, f"{TEXT}\u200b", str(NUMBER), f"{NUMBER}.5", "04/03/1917"]
    return [str(number), *texts]


def unreadable(number: int) -> list[str]:
    """Return a record whose numbers and dates cannot be read; what stands there is a marker all the same."""
    return [str(number), "abc", "A", f"b{number}", "c", "0" * 12, "s", f"{TEXT}1", f"{NUMBER}x", f"{TEXT}2"]


def passing(number: int) -> list[str]:
    """Return a record that is published, repaired: its zeros were lost."""
    return [str(number), "abc", "A", f"c{number}", "c", str(NUMBER), "s", "10", "1000", "1899-12-31"]


def unsure(number: int) -> list[str]:
    """Return a record that waits for a person: its date is one of two."""
    return [*clean(number)[:-1], "04/03/1917"]


RECORDS = [
    secret(1),
    *map(clean, range(2, 27)),
    unsure(27),
    passing(28),
    passing(29),
    secret(30),
    secret(31),
    unreadable(32),
]
