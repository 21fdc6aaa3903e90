"""The overview lists what people are called for now, beside the run that showed it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from tests.pipeline.people import contract, people
from tests.report.site.grown import BEGAN, grow
from weighbridge.alert import Book, Trouble
from weighbridge.pipeline.output.ledgers import open_ledger
from weighbridge.pipeline.run import run
from weighbridge.pipeline.site import publish_site

NOW = BEGAN + timedelta(hours=30)


def overview(into: Path, as_of: datetime = NOW) -> str:
    publish_site(into, as_of=as_of)
    return (into / "site" / "index.html").read_text(encoding="utf-8")


def test_a_held_extract_is_an_open_alert_until_one_is_published(tmp_path: Path) -> None:
    ours, into = contract(tmp_path), tmp_path / "out"
    assert run(ours, people(0, 50), into=into).state == "published"
    publish_site(into)
    page = (into / "site" / "index.html").read_text(encoding="utf-8")
    assert "Open alerts" not in page
    held = run(ours, people(100, 50, faulty=40), into=into)
    publish_site(into)
    page = (into / "site" / "index.html").read_text(encoding="utf-8")
    listed = page[page.index("Open alerts") : page.index('<ol class="objects">')]
    assert "People (people) is held" in listed
    assert f'href="runs/{held.run_id}.html"' in listed
    assert run(ours, people(300, 50), into=into).state == "published"
    publish_site(into)
    assert "Open alerts" not in (into / "site" / "index.html").read_text(encoding="utf-8")


def test_the_grave_ones_stand_first_and_each_says_since_when_and_who_was_told(tmp_path: Path) -> None:
    ids = grow(tmp_path, 2)
    with open_ledger(tmp_path) as ledger:
        book = Book(ledger)
        rate = Trouble("rate", "crm", "people", "rejected", "people: 5 records rejected", "", ids[-1])
        book.note([rate], BEGAN)
        claimant = book.claim(book.entries()[0], BEGAN, timedelta(days=1))
        assert claimant is not None
        book.told(book.entries()[0], claimant, BEGAN + timedelta(minutes=1))
        book.note([rate, Trouble("cannot_run", "<b>x.yaml</b>", None, "", "<b>x.yaml</b> cannot run")], NOW)
    page = overview(tmp_path)
    assert page.index("cannot run</th>") < page.index("people: 5 records rejected")
    assert "&lt;b&gt;x.yaml&lt;/b&gt; cannot run" in page
    assert "nobody yet" in page
    assert "2024-01-01 06:00" in page
    assert "2024-01-01 06:01" in page
    assert page.count(f'href="runs/{ids[-1]}.html"') >= 3


def test_more_than_a_page_holds_are_counted_and_a_run_without_a_page_is_only_named(tmp_path: Path) -> None:
    grow(tmp_path, 1)
    with open_ledger(tmp_path) as ledger:
        many = [Trouble("rate", "gone", "people", str(n), f"alert {n:03}", "", "../../x") for n in range(60)]
        Book(ledger).note(many, BEGAN)
    page = overview(tmp_path, BEGAN + timedelta(hours=2))
    assert '<strong class="ink">60 open alerts.</strong>' in page
    assert "And 10 more" in page
    assert page.count("alert 0") == 50
    assert 'href="../../x' not in page
    assert "no run" in page
