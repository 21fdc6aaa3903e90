"""The site in a real browser: for every reader, on a phone, by keyboard, on paper, and fast."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from tests.report.browser import Page, browsing, chromium
from tests.report.site.grown import BEGAN, grow, wait_for_review
from weighbridge.alert import Book, Trouble
from weighbridge.pipeline.output.ledgers import open_ledger
from weighbridge.pipeline.run import run
from weighbridge.pipeline.site import publish_site

BROWSER = chromium()
pytestmark = pytest.mark.skipif(
    BROWSER is None and os.environ.get("CI") != "true", reason="Chromium is not installed, and this is no CI"
)
AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
VIOLATIONS = """
axe.run(document, {resultTypes: ['violations']}).then(r => ({
  rules: r.passes.length,
  violations: r.violations.map(v => [v.id, ...v.nodes.slice(0, 3).map(n => n.html.slice(0, 200))]),
}))
"""
FOCUSED = "(() => { const e = document.activeElement; return e.tagName + ' ' + e.textContent.trim().slice(0, 40) })()"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return one page of each kind, by name."""
    into = tmp_path_factory.mktemp("grown")
    ids = grow(into, 105, reports=False)
    last = grow(into, 8, contract="other")
    wait_for_review(into, ids[-1], 2, BEGAN + timedelta(days=104))
    (into / "runs" / last[0] / "report.html").unlink()
    with open_ledger(into) as ledger:
        troubles = [Trouble("held", "other", "people", "", "other (people) is held", "", last[3]),
                    Trouble("waiting", "crm", "people", "", "crm (people): 2 records wait too long")]  # fmt: skip
        Book(ledger).note(troubles, BEGAN)
    publish_site(into, as_of=BEGAN + timedelta(days=105))
    site = into / "site"
    text = next((site / "contracts" / "crm" / "people").glob("contract-*"))
    return {
        "overview": site / "index.html",
        "contract": site / "contracts" / "crm" / "people" / "index.html",
        "archive": site / "contracts" / "crm" / "people" / "runs-1.html",
        "text": text,
        "run": site / "runs" / f"{last[3]}.html",
        "without": site / "runs" / f"{last[0]}.html",
    }


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    assert BROWSER is not None, "CI needs Chromium"
    with browsing(BROWSER) as opened:
        yield opened


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_axe_finds_nothing_that_bars_a_reader(pages: dict[str, Path], page: Page, width: int, dark: bool) -> None:
    for name, path in pages.items():
        page.open(path.as_uri(), width, dark=dark)
        page.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.ask(f"{AXE}; 0")
        found = page.ask(VIOLATIONS)
        assert found["violations"] == [], name
        assert found["rules"] > 10


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_overflows_and_nothing_else_is_asked_for(pages: dict[str, Path], page: Page, width: int) -> None:
    for name, path in pages.items():
        page.open(path.as_uri(), width)
        page.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.ask("document.documentElement.scrollWidth") <= width, name
        assert [u for u in page.requested if not u.startswith("data:")] == [path.as_uri()]


def test_text_of_twice_the_size_still_fits(pages: dict[str, Path], page: Page) -> None:
    for name in ("overview", "contract"):
        page.open(pages[name].as_uri(), 1280)
        page.ask("document.body.style.fontSize = '30px'")
        assert page.ask("document.documentElement.scrollWidth") <= 1280, name


def test_a_keyboard_goes_from_the_skip_link_to_the_contract_that_needs_attention(
    pages: dict[str, Path], page: Page
) -> None:
    page.open(pages["overview"].as_uri(), 1280)
    met = []
    for _ in range(8):
        for kind in ("keyDown", "keyUp"):
            page.tell("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
        met.append(page.ask(FOCUSED))
        assert page.ask("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert met[0] == "A To the content"
    assert met[1] == "A Weighbridge"
    assert met[2].startswith("DIV What people are called for now")
    assert met[3] == "A other (people) is held"
    assert met[6].startswith("A people · ")
    assert met[7].startswith("A The run of")


def test_every_chart_says_in_words_what_it_shows_and_has_its_table(pages: dict[str, Path], page: Page) -> None:
    page.open(pages["contract"].as_uri(), 1280)
    labels = page.ask("[...document.querySelectorAll('svg[role=img]')].map(s => s.getAttribute('aria-label'))")
    assert len(labels) >= 3
    assert all(labels)
    bars = page.ask("document.querySelector('svg.bars').querySelectorAll('g').length")
    assert page.ask("document.querySelector('#history table').querySelectorAll('tbody tr').length") == bars == 60
    page.open(pages["overview"].as_uri(), 1280)
    assert page.ask("document.querySelector('details table').querySelectorAll('tbody tr').length") == 10 + 8


def test_a_run_says_in_the_first_screen_what_why_how_sure_and_what_next(pages: dict[str, Path], page: Page) -> None:
    page.open(pages["run"].as_uri(), 1280, 900)
    for part in ("decision", "verdicts", "certainty", "next_steps"):
        top = page.ask(f"document.getElementById('h-{part}').getBoundingClientRect().top")
        assert 0 <= top < 700, part


def test_pages_load_in_less_than_a_second(pages: dict[str, Path], page: Page) -> None:
    for name in ("overview", "contract", "run"):
        took = []
        for _ in range(3):
            page.open(pages[name].as_uri(), 1280)
            took.append(page.ask("performance.getEntriesByType('navigation')[0].loadEventEnd"))
        assert min(took) < 1_000, (name, took)


def test_it_prints(pages: dict[str, Path], page: Page) -> None:
    for name in ("overview", "contract"):
        page.open(pages[name].as_uri(), 1280)
        assert page.printed().startswith(b"%PDF")


POISON = "<img src=x onerror=document.body.dataset.ran=1><script>document.body.dataset.ran=1</script>\"'"


def test_no_script_runs_that_stands_in_names_values_files_or_contract(page: Page, tmp_path: Path) -> None:
    named = f"a{POISON}".replace("/", "∕")
    quality = {"type": "custom", "engine": "weighbridge", "severity": "warning", "name": f"drift{POISON}"}
    document = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": f"crm{POISON}",
        "name": POISON,
        "version": f"1.0.0{POISON}",
        "status": "active",
        "schema": [
            {
                "name": f"people{POISON}",
                "description": POISON,
                "properties": [
                    {"name": named, "logicalType": "string", "description": POISON, "enum": [{"value": f"x{POISON}"}]},
                    {"name": "n", "logicalType": "integer"},
                ],
                "quality": [quality | {"implementation": {"check": "drift", "of": named}, "description": POISON}],
            }
        ],
    }
    contract, into = tmp_path / "c.odcs.yaml", tmp_path / "out"
    contract.write_text(yaml.safe_dump(document, allow_unicode=True))
    for number in range(2):
        source = tmp_path / f"{number}<img src=x onerror=document.body.dataset.ran=1>.csv"
        rows = [[f"x{POISON}{k % (2 + number)}", f"{k}{POISON}" if k % 9 == 0 else str(k)] for k in range(60)]
        with source.open("w", newline="") as file:
            csv.writer(file).writerows([[named, "n"], *rows])
        run(contract, source, into=into)
    publish_site(into)
    pages = sorted((into / "site").rglob("*.html"))
    assert len(pages) == 5
    for path in pages:
        page.open(path.as_uri(), 1280)
        assert POISON.partition(">")[0] in page.ask("document.body.textContent"), path
        assert page.ask("document.querySelectorAll('script, img, [onerror]').length") == 0
        assert page.ask("document.body.dataset.ran") is None
        assert [u for u in page.requested if not u.startswith("data:")] == [path.as_uri()]
