"""The site: every run has its page, every link leads somewhere, and only what changed is written again."""

from __future__ import annotations

import json
import re
import shutil
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.report.site.grown import BEGAN, grow, wait_for_review
from tests.review.waiting import judged
from weighbridge.cli import app
from weighbridge.findings import LedgerError
from weighbridge.ledger import CheckEntry, Ledger, RunState
from weighbridge.pipeline.intake import now
from weighbridge.pipeline.output.ledgers import open_ledger
from weighbridge.pipeline.site import publish_site
from weighbridge.review.choice import Choice
from weighbridge.review.decisions import decide, picks_of
from weighbridge.review.queue import Queue
from weighbridge.review.states import Kind

NOW = BEGAN + timedelta(days=400)


class Links(HTMLParser):
    """Reads a page: where its links lead, which anchors it has, which tags."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.tags: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        if given.get("id"):
            self.anchors.add(str(given["id"]))
        if tag == "a":
            self.links.append(str(given["href"]))


def pages_of(site: Path) -> dict[Path, Links]:
    return {page.resolve(): Links(page) for page in site.rglob("*.html")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("grown")
    ids = grow(into, 12)
    grow(into, 3, contract="A b/../c")
    wait_for_review(into, ids[-1], 3, BEGAN + timedelta(days=11))
    publish_site(into, as_of=NOW)
    return into


def test_every_link_leads_to_a_page_and_its_anchor(folder: Path) -> None:
    pages = pages_of(folder / "site")
    assert len([p for p in pages if p.parent.name == "runs"]) == 15
    for page, read in pages.items():
        for link in read.links:
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target in pages, (page, link)
            assert not anchor or anchor in pages[target].anchors, (page, link)


def test_every_page_can_be_reached_from_the_first(folder: Path) -> None:
    pages = pages_of(folder / "site")
    first = (folder / "site" / "index.html").resolve()
    reached, ahead = {first}, [first]
    while ahead:
        page = ahead.pop()
        for link in pages[page].links:
            target = (page.parent / link.partition("#")[0]).resolve() if link[0] != "#" else page
            if target not in reached:
                reached.add(target)
                ahead.append(target)
    assert reached == set(pages)


def test_pages_load_and_run_nothing(folder: Path) -> None:
    for page, read in pages_of(folder / "site").items():
        assert not read.tags & {"script", "iframe", "object", "embed", "img", "form", "base"}, page
        text = page.read_text(encoding="utf-8")
        assert "http://" not in text.replace("http://www.w3.org", "")
        assert "default-src 'none'" in text


def test_a_second_building_writes_nothing(folder: Path) -> None:
    again = publish_site(folder, as_of=NOW)
    assert again.written == again.removed == ()
    assert again.objects == 2


def test_one_more_run_writes_its_page_its_contracts_and_the_overview(tmp_path: Path) -> None:
    grow(tmp_path, 8)
    grow(tmp_path, 4, contract="other")
    publish_site(tmp_path, as_of=NOW)
    (new,) = grow(tmp_path, 1, first=8)
    written = publish_site(tmp_path, as_of=NOW).written
    assert {w for w in written if not w.startswith("contracts/crm/people/contract-")} == {
        f"runs/{new}.html",
        "contracts/crm/people/index.html",
        "index.html",
        "site.json",
    }


def test_incremental_and_whole_give_the_same_site(tmp_path: Path) -> None:
    for first in range(0, 9, 3):
        grow(tmp_path, 3, first=first)
        publish_site(tmp_path, tmp_path / "grown", as_of=NOW)
    publish_site(tmp_path, tmp_path / "whole", as_of=NOW, whole=True)
    given = [
        {str(p.relative_to(site)): p.read_bytes() for p in site.rglob("*") if p.is_file()}
        for site in (tmp_path / "grown", tmp_path / "whole")
    ]
    assert given[0] == given[1]


def test_the_overview_puts_first_what_needs_attention(tmp_path: Path) -> None:
    grow(tmp_path, 4, contract="held")  # the fourth run is held
    ids = grow(tmp_path, 2, contract="waits")
    wait_for_review(tmp_path, ids[-1], 7, BEGAN)
    publish_site(tmp_path, as_of=BEGAN + timedelta(hours=3))
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert page.index("held: 900 records are rejected") < page.index("7 records wait for a person")
    assert "no extract since" not in page
    publish_site(tmp_path, as_of=BEGAN + timedelta(days=30))
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "no extract since 2024-01-04 06:00 UTC, promised by 2024-01-05 06:00" in page


def test_old_runs_stand_in_lists_that_do_not_change(tmp_path: Path) -> None:
    grow(tmp_path, 130, reports=False)
    publish_site(tmp_path, as_of=NOW)
    site = tmp_path / "site" / "contracts" / "crm" / "people"
    assert {p.name for p in site.glob("runs-*")} == {"runs-1.html", "runs-2.html"}
    assert (site / "runs-1.html").read_text().count("<tr>") == 101
    assert "Newer runs" in (site / "runs-1.html").read_text()


def test_a_report_that_retention_removed_is_removed_from_the_site(tmp_path: Path) -> None:
    ids = grow(tmp_path, 2)
    publish_site(tmp_path, as_of=NOW)
    page = tmp_path / "site" / "runs" / f"{ids[0]}.html"
    assert "Bytes of record" in page.read_text(encoding="utf-8")
    (tmp_path / "runs" / ids[0] / "report.html").unlink()
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        ledger.note_outputs(ids[0], {"reports": {"removed": NOW.isoformat()}})
    assert f"runs/{ids[0]}.html" in publish_site(tmp_path, as_of=NOW).written
    assert "Bytes of record" not in page.read_text(encoding="utf-8")
    assert "The report of this run was removed when it was due" in page.read_text(encoding="utf-8")


def test_a_run_whose_folder_is_gone_is_still_told_of(tmp_path: Path) -> None:
    ids = grow(tmp_path, 2)
    for run_id in ids:
        shutil.rmtree(tmp_path / "runs" / run_id)
    publish_site(tmp_path, as_of=NOW)
    assert "It left no report." in (tmp_path / "site" / "runs" / f"{ids[1]}.html").read_text(encoding="utf-8")


def test_whatever_stands_in_the_ledger_is_shown_and_never_run(tmp_path: Path) -> None:
    attack = "</title><script>alert(1)</script><img src=x onerror=alert(2)>\u202e"
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        for run_id in ("../../outside", "20240101T060000000Z-0123456789"):
            ledger.start_run(
                run_id=run_id,
                contract_id=attack,
                contract_version=attack,
                contract_fingerprint="../../../etc",
                rules_fingerprint="sha256:1",
                object_name=f"../{attack}",
                as_of=BEGAN,
                started=BEGAN,
                extract_id="sha256:1",
            )
            check = CheckEntry(attack, "CHK-001", "extract", "error", False, observed=attack)
            ledger.finish_run(run_id, RunState.HELD, finished=BEGAN, checks=[check], reasons=(attack,), records=1)
    site = tmp_path / "inner" / "site"
    publish_site(tmp_path, site, as_of=NOW)
    assert {p.name for p in tmp_path.iterdir()} <= {"ledger.db", "ledger.db-wal", "ledger.db-shm", "inner", "locks"}
    pages = pages_of(site)
    assert len(pages) == 4
    for page, read in pages.items():
        assert page.is_relative_to(site.resolve())
        assert not read.tags & {"script", "img"}
        assert "\u202e" not in page.read_text(encoding="utf-8")


def test_versions_are_marked_on_the_chart_and_listed(folder: Path) -> None:
    page = (folder / "site" / "contracts" / "crm" / "people" / "index.html").read_text(encoding="utf-8")
    history, _, checks = page.partition('<section id="checks"')
    assert history.count('class="version"') == 8  # four changes, on each of two charts
    of_born = checks.partition("<code>born|type</code>")[2].partition("</svg>")[0]
    assert of_born.count('class="version"') == 4
    assert len(re.findall(r"<h3>1\.\d\.0 ", page)) == 5
    assert "classified" in page


def test_the_verb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    grow(tmp_path / "out", 2)
    site = tmp_path / "elsewhere"
    assert app.run(["site", "--into", str(tmp_path / "out"), "--to", str(site), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["objects"], told["runs"], told["index"]) == (1, 2, str(site / "index.html"))
    assert app.run(["site", "--into", str(tmp_path / "out"), "--to", str(site)]) == 0
    assert "1 contract object, 2 runs" in capsys.readouterr().out
    assert not (tmp_path / "out" / "site").exists()


def test_nothing_was_ever_run(tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as caught:
        publish_site(tmp_path, as_of=datetime.fromisoformat("2024-01-01T00:00:00+00:00"))
    assert caught.value.findings[0].code == "RUN-008"


@pytest.mark.parametrize(("longest", "late"), [("PT1H", True), ("P9D", False)])
def test_a_queue_that_waits_longer_than_its_contract_lets_it_stands_out(
    tmp_path: Path, longest: str, late: bool
) -> None:
    judged(tmp_path, review=f"{{maxAge: {longest}}}")
    into = tmp_path / "out"
    with open_ledger(into) as ledger:
        Queue(ledger).take_in(into, now())
    publish_site(into, as_of=now() + timedelta(days=1))
    page = (into / "site" / "index.html").read_text(encoding="utf-8")
    assert "1 record waits for a person" in page  # of six kept out, one is uncertain
    assert (f"longer than the contract lets one wait ({longest})" in page) is late


def test_the_site_counts_what_the_queue_counts_before_and_after_it_looks(tmp_path: Path) -> None:
    judged(tmp_path)
    into = tmp_path / "out"
    index = into / "site" / "index.html"
    publish_site(into, as_of=now())
    before = index.read_text(encoding="utf-8")
    assert (
        "6 records in the queue, 1 of them uncertain" in before
        or "6 records in the queue, 2 of them uncertain" in before
    )
    with open_ledger(into) as ledger:
        queue = Queue(ledger)
        queue.take_in(into, now())
        assert sum(queue.states().values()) == 6
        item = queue.items().items[0]
        decide(ledger, into, picks_of([item]), Choice(Kind.CONFIRM_REJECTION), by="Ada", why="no", at=now())
    publish_site(into, as_of=now())
    assert "5 records in the queue" in index.read_text(encoding="utf-8")
