"""Reports of real runs, seen in a real browser."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import polars as pl
import pytest

import weighbridge
from tests.report import made
from tests.report.browser import Page, browsing, chromium
from weighbridge.outcome.codec import from_json, to_json
from weighbridge.outcome.result import RunResult
from weighbridge.report import model, oors, render_junit, render_markdown, summary, write

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "data" / "samples"
SCHEMA = json.loads(files("weighbridge.report").joinpath("model.schema.json").read_text())
BROWSER = chromium()
needs_browser = pytest.mark.skipif(
    BROWSER is None and os.environ.get("CI") != "true", reason="Chromium is not installed, and this is no CI"
)


@pytest.fixture(scope="module")
def faulty() -> RunResult:
    contract = weighbridge.load_contract(ROOT / "contracts" / "airports.odcs.yaml")
    return contract.check(SAMPLES / "faulty" / "airports_faulty.csv")


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    assert BROWSER is not None, "CI needs Chromium"
    with browsing(BROWSER) as opened:
        yield opened


def test_a_real_report_is_of_its_schema_and_adds_up(faulty: RunResult, tmp_path: Path) -> None:
    given = model(faulty)
    jsonschema.validate(given, SCHEMA, jsonschema.Draft202012Validator)
    assert given["receipt"]["balances"]
    assert given["receipt"]["records_out"] == given["verdicts"]["records"] == faulty.records
    assert sum(v["count"] for v in given["verdicts"]["verdicts"]) == faulty.records
    examples = [e for f in given["findings"]["findings"] for e in f["examples"]]
    whole = (SAMPLES / "faulty" / "airports_faulty.csv").read_bytes()
    assert examples
    for example in examples:
        for row in example["raw"]["rows"]:
            shown = bytes.fromhex(row["hex"])
            assert whole[row["offset"] : row["offset"] + len(shown)] == shown
    assert model(from_json(to_json(faulty))) == given
    assert summary(faulty)
    assert write(faulty, tmp_path)["report.html"].stat().st_size < 1_000_000


EVERY_SAMPLE = (
    ("airlines", "airlines.csv"),
    ("airports", "airports.csv"),
    ("airports", "faulty/airports_faulty.csv"),
    ("planes", "planes.csv"),
    ("weather", "weather.csv"),
    ("flights", "faulty/flights_faulty.csv"),
    ("flights_fixed_width", "faulty/flights_faulty.dat"),
    ("flights_ebcdic", "faulty/flights_faulty.ebc"),
)


@pytest.mark.parametrize(("contract", "extract"), EVERY_SAMPLE)
def test_what_machines_get_of_every_sample_is_of_its_form(contract: str, extract: str) -> None:
    result = weighbridge.load_contract(ROOT / "contracts" / f"{contract}.odcs.yaml").check(
        SAMPLES / extract, object="flights" if contract == "flights_ebcdic" else None
    )
    given = json.loads(json.dumps(model(result), allow_nan=False))
    jsonschema.validate(given, SCHEMA, jsonschema.Draft202012Validator)
    suite = ElementTree.fromstring(render_junit(result)).find(".//testsuite")
    assert suite is not None
    assert int(suite.get("tests", 0)) == len(suite.findall("testcase")) > len(result.checks)
    failing = {c.name for c in result.checks if not c.holds}
    told = {r["name"] for r in oors(result)["results"] if r["status"] in ("fail", "warn", "error")}
    assert len(told) >= len(failing)
    assert all(
        f["expected"] and f["seen"] is not None and f["fix"]
        for f in given.get("findings", {"findings": []})["findings"]
    )


def test_a_finding_tells_what_the_contract_says_of_it_in_its_own_words() -> None:
    flights = weighbridge.load_contract(ROOT / "contracts" / "flights.odcs.yaml")
    given = model(flights.check(SAMPLES / "faulty" / "flights_faulty.csv"))
    says = {f["name"]: f["says"] for f in (*given["findings"]["findings"], *given["extract"]["findings"])}
    assert says["time_hour|instant_is_of_that_day"].startswith("Five hours before the instant it is that local day")
    assert says["distance|type"] == next(
        p["description"] for p in given["profile"]["columns"] if p["name"] == "distance"
    )
    assert says["primaryKey"] is None
    assert "the contract says: Five hours before" in render_markdown(given)


def test_a_parquet_extract_has_no_bytes_and_says_so(tmp_path: Path) -> None:
    contract = tmp_path / "c.odcs.yaml"
    contract.write_text(
        "apiVersion: v3.2.0\nkind: DataContract\nid: c\nname: c\nversion: 1.0.0\nstatus: active\nschema:\n"
        "  - name: t\n    properties:\n      - name: n\n        logicalType: integer\n"
        "        logicalTypeOptions: {minimum: 1}\n"
    )
    extract = tmp_path / "t.parquet"
    pl.DataFrame({"n": [0, 1, 2]}).write_parquet(extract)
    result = weighbridge.load_contract(contract).check(extract)
    given = model(result)
    jsonschema.validate(given, SCHEMA, jsonschema.Draft202012Validator)
    assert given["findings"]["findings"][0]["examples"][0]["raw"] is None
    assert "This source gives no bytes by record." in write(result, tmp_path)["report.html"].read_text()


@needs_browser
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_browser_asks_for_nothing_else_and_nothing_overflows(
    faulty: RunResult, page: Page, tmp_path: Path, width: int, dark: bool
) -> None:
    drifted = made.drifted()
    for name, result in {
        "real": faulty,
        "many": made.many_checks(),
        "made": made.published(),
        "drift": drifted,
    }.items():
        report = write(result, tmp_path / name)["report.html"]
        page.open(report.as_uri(), width, dark=dark)
        page.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.ask("document.documentElement.scrollWidth") <= width
        assert [u for u in page.requested if not u.startswith("data:")] == [report.as_uri()]


_AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
_VIOLATIONS = """
axe.run(document, {resultTypes: ['violations']}).then(r => ({
  rules: r.passes.length,
  violations: r.violations.map(v => [v.id, ...v.nodes.slice(0, 3).map(n => n.html.slice(0, 200))]),
}))
"""


@needs_browser
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_axe_finds_nothing_that_bars_a_reader(
    faulty: RunResult, page: Page, tmp_path: Path, width: int, dark: bool
) -> None:
    for name, result in {"real": faulty, "made": made.published(), "held": made.held(), "empty": made.empty()}.items():
        page.open(write(result, tmp_path / name)["report.html"].as_uri(), width, dark=dark)
        page.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.ask(f"{_AXE}; 0")
        found = page.ask(_VIOLATIONS)
        assert found["violations"] == [], name
        assert found["rules"] > 20


@needs_browser
def test_a_stored_script_does_not_run(page: Page, tmp_path: Path) -> None:
    attack = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    result = made.published(checks=(made.check(examples=(made.example(seen=attack, raw=attack.encode()),)),))
    page.open(write(result, tmp_path)["report.html"].as_uri(), 1280)
    assert page.ask("document.title").startswith("Published with warnings")


@needs_browser
def test_it_prints(page: Page, faulty: RunResult, tmp_path: Path) -> None:
    page.open(write(faulty, tmp_path)["report.html"].as_uri(), 1280)
    assert page.printed().startswith(b"%PDF")
