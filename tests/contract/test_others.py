"""Contracts by others, as far as they are at hand: each loads or fails as its schema says, never with a traceback."""
# ruff: noqa: E501 (cases read better on one line)

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.contract import lint
from weighbridge.contract.document import from_text
from weighbridge.contract.standard import schema, validator

SHARED = Path(os.environ.get("WEIGHBRIDGE_SHARED") or Path(__file__).parents[3] / "shared") / "odcs"
INDEX: list[dict[str, Any]] = (
    json.loads((SHARED / "index.json").read_text("utf-8")) if (SHARED / "index.json").exists() else []
)
# The index was made without the schema of 3.2, so these hold only for a version it does not know.
SINCE_3_2 = {"v3.2.0"}
ONLY_3_2 = ("import__json__product_detail", "import__json__product_simple")


@pytest.mark.skipif(not INDEX, reason="the contracts by others are not here")
@pytest.mark.parametrize("entry", INDEX, ids=lambda entry: entry["id"].rpartition("/")[2])
def test_it_loads_or_fails_as_its_schema_says(entry: dict[str, Any]) -> None:
    report = lint(SHARED / entry["id"])
    newest = entry["version"] in SINCE_3_2 or any(name in entry["id"] for name in ONLY_3_2)
    assert report.ok == (bool(entry["valid_for"]) or newest)
    assert report.ok or report.errors
    assert all(finding.place.line for finding in report.findings)
    if report.contract is not None and not entry["version"].startswith("v2") and entry["version"]:
        assert len(report.contract.objects) == entry["objects"]


@pytest.mark.skipif(not INDEX, reason="the contracts by others are not here")
def test_unknown_keys_are_told_exactly_where_jsonschema_refuses_them() -> None:
    """Our answer to unevaluatedProperties agrees with the library's, which is exponential on nested properties."""
    from jsonschema import Draft201909Validator

    whole = Draft201909Validator(schema())
    for entry in INDEX:
        if any(name in entry["id"] for name in ONLY_3_2) or "adventureworks" in entry["id"]:
            continue
        value = from_text((SHARED / entry["id"]).read_bytes()).value
        assert validator().is_valid(value) == whole.is_valid(value), entry["id"]


SEED = Path(__file__).with_name("test_door.py").read_text("utf-8").partition('FULL = """\\\n')[2].partition('"""')[0]
_LINES = SEED.splitlines()
_BITS = st.sampled_from(
    ["", "null", "[]", "{}", "-1", "1e999", "yes", "''", "[[[", "- a", "x: y", "\t", "&a", "*a", "!!int x", "0x", ".nan", "€", "2024-13-45", "{vendor: weighbridge, property: rules, value: [[]]}"]
)  # fmt: skip


@st.composite
def _mutated(draw: st.DrawFn) -> str:
    lines = list(_LINES)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.integers(0, 5)):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[draw(st.integers(0, len(lines) - 1))])
            case 2:
                head, colon, _rest = lines[at].partition(":")
                lines[at] = f"{head}{colon} {draw(_BITS)}"
            case 3:
                lines[at] = lines[at][draw(st.integers(0, 6)) :]
            case 4:
                lines[at] += draw(_BITS)
            case _:
                cut = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:cut] + draw(st.text(max_size=2)) + lines[at][cut:]
        if not lines:
            break
    return "\n".join(lines)


@settings(max_examples=250, deadline=None)
@given(_mutated())
def test_whatever_is_written_gives_findings_never_a_traceback(text: str) -> None:
    report = lint("mutated.yaml", text=text)
    assert report.ok == (not report.errors)
    json.dumps(report.to_dict())


def test_deeply_nested_properties_take_no_time() -> None:
    inner = "{name: z, logicalType: string, nix: 1}"
    for _ in range(18):
        inner = f"{{name: n, logicalType: object, properties: [{inner}]}}"
    head = "apiVersion: v3.2.0\nkind: DataContract\nid: t\nversion: '1'\n"
    report = lint(f"{head}schema: [{{name: t, properties: [{inner}]}}]\n")
    assert [(f.code, f.detail) for f in report.findings] == [("CON-009", "`nix`")]
