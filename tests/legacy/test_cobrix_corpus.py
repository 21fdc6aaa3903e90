"""The 98 shared cases of a trusted decoder's own suite, where they are present beside the project."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from weighbridge.cli.app import run
from weighbridge.contract import lint
from weighbridge.contract.copybooks import load_copybooks
from weighbridge.readers.mainframe.doubts import Tally
from weighbridge.readers.mainframe.files import load_options
from weighbridge.readers.mainframe.rows import Decoder

SHARED = Path(os.environ.get("WEIGHBRIDGE_SHARED", Path(__file__).parents[2] / "../shared")).resolve() / "cobrix"
CASES = sorted(SHARED.glob("cases/*/case.json"))


def compare_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("cobrix_compare", SHARED / "compare.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not CASES, reason="the shared cases are not here")
@pytest.mark.parametrize("case_file", CASES, ids=lambda path: path.parent.name)
def test_case(case_file: Path, tmp_path: Path) -> None:
    folder = case_file.parent
    case: dict[str, Any] = json.loads(case_file.read_text())
    options = load_options(case_file)
    layout = load_copybooks([folder / name for name in case["copybook"]], (), options)
    decoder = Decoder(layout, options, Tally())
    actual = tmp_path / "actual.jsonl"
    with actual.open("w", encoding="utf-8") as out:
        for name in case["data"]:
            out.writelines(row + "\n" for row in decoder.rows(str(folder / name)))
    compare = compare_module()
    score, differences = compare.compare(compare.load(folder / "expected.jsonl"), compare.load(actual), case)
    assert score["case_pass"], differences[:5]


@pytest.mark.skipif(not CASES, reason="the shared cases are not here")
@pytest.mark.parametrize("case_file", CASES, ids=lambda path: path.parent.name)
def test_a_drafted_contract_lints_clean_and_runs_at_once(case_file: Path, tmp_path: Path) -> None:
    folder = case_file.parent
    case: dict[str, Any] = json.loads(case_file.read_text())
    contract = tmp_path / "c.odcs.yaml"
    if case["options"].get("code_page") == "custom_table":
        (tmp_path / "custom_code_page.json").write_text((SHARED / "custom_code_page.json").read_text())
    books = [str(folder / name) for name in case["copybook"]]
    assert run(["copybook", *books, "--options", str(case_file), "--contract", str(contract)]) == 0
    report = lint(contract)
    assert [f for f in report.findings if not f.code.startswith("LEG-2")] == []
    assert report.contract is not None
    name = report.contract.objects[0].name
    data = [str(folder / one) for one in case["data"]]
    assert run(["check", str(contract), *data, "--object", name, "--json"]) in (0, 1)
