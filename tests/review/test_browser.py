"""Every page and every decision of the review app in a real browser, with JavaScript and without."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.review.served import EVIL, PASSWORD, Served, serving
from tests.review.waiting import contract, guests
from weighbridge.pipeline.run import run
from weighbridge.review.decisions import decisions_of
from weighbridge.review.queue import Filter, Item
from weighbridge.review.states import State

sync_api = pytest.importorskip("playwright.sync_api")
axe_core = pytest.importorskip("axe_core_python.sync_playwright")

LINES = (
    "1;Ada;13/02/2001;DE",
    "2;Bob;03/04/2001;FR",  # two readings of the date
    "3;Cy;04/05/2001;DE",  # and again
    "x;Dot;14/04/2001;DE",  # no number
    f'4;"{EVIL}";15/04/2001;GER',  # a country too long, and a script
    "5;=1+1;16/04/2001;GER",
    "6;Fay;16/04/2001;ITA",
    "7;Gus;17/04/2001",  # a field is missing
    f"8;Hal;{EVIL};DE",
)
SCREENS = ((1280, 900), (375, 800))


class Seat:
    """Somebody at a browser: what is looked at must be free of faults, whatever the record holds."""

    def __init__(self, served: Served, context: Any, javascript: bool) -> None:
        self.served, self.javascript = served, javascript
        self.page = context.new_page()

    def at(self, path: str) -> Any:
        """Go to a page and look at it."""
        self.page.goto(self.served.url + path)
        self.looked()
        return self.page

    def looked(self) -> None:
        """Hold the page to what every page must be."""
        assert "owned" not in self.page.title()
        if self.javascript:
            told = axe_core.Axe().run(self.page)
            assert not told["violations"], [(v["id"], [n["html"] for n in v["nodes"]]) for v in told["violations"]]

    def enter(self, name: str, password: str = PASSWORD) -> None:
        """Log in, as whoever was here before logs out."""
        if self.page.url.startswith("http") and self.page.locator("text=Log out").count():
            self.follow("text=Log out")
        self.at("/login")
        self.page.fill("#name", name)
        self.page.fill("#password", password)
        self.follow("main button")

    def item(self, **how: Any) -> Item:
        """Open the page of the first item of a filter."""
        found: Item = self.served.queue.items(Filter(**how)).items[0]
        self.at(f"/items/{found.id}")
        return found

    def send(self, words: str) -> None:
        """Press a button of the page's content."""
        self.follow(f"main button:text-is('{words}')")

    def follow(self, selector: str) -> None:
        """Click on what leads to a page, wait until it is there, and look at it."""
        with self.page.expect_navigation():
            self.page.click(selector)
        self.looked()

    def state(self, item: Item) -> State:
        return self.served.queue.item(item.id).state


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as p:
        started = p.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(params=[True, False], ids=["javascript", "no javascript"])
def seat(request: pytest.FixtureRequest, browser: Any, tmp_path: Path) -> Iterator[Seat]:
    run(contract(tmp_path), guests(tmp_path, LINES), into=tmp_path / "out")
    with serving(tmp_path / "out") as it:
        context = browser.new_context(java_script_enabled=request.param, viewport={"width": 1280, "height": 900})
        yield Seat(it, context, request.param)
        context.close()


def test_a_reviewer_takes_every_decision_and_takes_it_back(seat: Seat) -> None:
    page = seat.page
    seat.enter("reviewer")

    read = seat.item(property="born")
    page.check("input[name=reading] >> nth=1")
    page.fill("#why-reading-1", "they write the month first")
    seat.send("Accept this reading")
    assert seat.state(read) is State.DECIDED
    seat.follow("text=The next of its cause")

    wrong = seat.item(property="id")
    page.check("input[name='change.id']")
    page.fill("input[name='value.id']", "twelve")
    page.fill("#why-correct", "asked by phone")
    seat.send("Correct")
    assert page.locator("[role=alert]").inner_text().count("twelve") or "integer" in page.content()
    assert page.input_value("input[name='value.id']") == "twelve"
    assert page.is_checked("input[name='change.id']")
    assert page.input_value("#why-correct") == "asked by phone"
    assert seat.state(wrong) is State.OPEN
    page.fill("input[name='value.id']", "12")
    seat.send("Correct")
    assert seat.state(wrong) is State.DECIDED

    page.goto(f"{seat.served.url}/items/{wrong.id}")
    page.fill("#why-withdraw", "a mistake")
    seat.send("Take it back")
    assert seat.state(wrong) is State.OPEN

    seat.at(f"/items/{wrong.id}")
    page.fill("#why-reject", "no such guest")
    seat.send("Confirm the rejection")
    assert seat.state(wrong) is State.REJECTED

    back = seat.item(code="RDR-010")
    with page.expect_download() as download:
        page.click("text=Download the record and the reasons")
    files = zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert any(b"7;Gus;17/04/2001" in files.read(name) for name in files.namelist())
    page.fill("#why-back", "a field is missing")
    seat.send("Send back")
    assert seat.state(back) is State.RETURNED
    seat.at(f"/items/{back.id}")
    assert "a field is missing" in page.locator(".trail").inner_text()
    assert "reviewer" in page.locator(".trail").inner_text()


def test_many_are_taken_on_looked_at_and_decided_and_become_a_rule(seat: Seat) -> None:
    page, queue = seat.page, seat.served.queue
    seat.enter("reviewer")
    wanted = [i for i in queue.every() if i.codes == ("CHK-004",)]
    assert len(wanted) == 3
    german = wanted[:2]
    seat.at("/items?property=country")
    for item in german:
        page.check(f"input.choose[value^='{item.id}:']")
    seat.send("Take the chosen ones on")
    assert {queue.item(i.id).assignee for i in german} == {"reviewer"}
    seat.at("/items?property=country&assignee=reviewer")
    if seat.javascript:
        page.check("thead input[type=checkbox]")
    else:
        for box in page.locator("tbody input.choose").all():
            box.check()
    page.select_option("#kind", "correct")
    page.fill("input[name=correct_property]", "country")
    page.fill("input[name=correct_value]", "DE")
    page.fill("#why", "GER is Germany")
    seat.send("Look at what would become of them")
    assert "Nothing has been written yet" in page.content()
    assert {seat.state(i) for i in german} == {State.OPEN}
    seat.send("Do it")
    assert {seat.state(i) for i in german} == {State.DECIDED}
    seat.send("Look whether the contract could say it itself")
    assert "rule: mapping" in page.locator("pre").inner_text()
    seat.send("Propose it")
    assert page.url.endswith("/proposals")
    with page.expect_download() as download:
        page.click("text=Download the diff")
    assert "+" in Path(download.value.path()).read_text("utf-8")


def test_four_eyes_are_asked_and_may_refuse(browser: Any, tmp_path: Path) -> None:
    run(contract(tmp_path, review="{fourEyes: true}"), guests(tmp_path, LINES), into=tmp_path / "out")
    for javascript, (width, height) in zip((True, False), SCREENS, strict=True):
        with serving(tmp_path / "out") as it:
            seat = Seat(it, browser.new_context(java_script_enabled=javascript), javascript)
            seat.page.set_viewport_size({"width": width, "height": height})
            seat.enter("approver")
            item = seat.item(property="id")
            seat.page.fill("#why-reject", "no such guest")
            seat.send("Confirm the rejection")
            assert seat.state(item) is State.AWAITING
            seat.at(f"/items/{item.id}")
            seat.page.fill("#why-approve", "I say so")
            seat.send("Approve")  # one's own
            assert seat.state(item) is State.AWAITING
            seat.enter("admin")
            seat.at("/approvals")
            seat.page.check("tbody input.choose")
            seat.page.fill("#why", "look again")
            seat.send("Refuse them")
            assert seat.state(item) is State.OPEN


def test_an_administrator_keeps_accounts_and_anybody_the_own_password(seat: Seat) -> None:
    page = seat.page
    seat.enter("admin", "not it")
    assert "REV-030" in page.content()
    seat.enter("admin")
    seat.at("/accounts")
    page.fill("#name", "<b>new</b>")
    page.fill("main #password", PASSWORD)
    seat.send("Make it")
    assert page.locator("main b").count() == 0
    seat.enter("<b>new</b>")
    seat.follow("nav ~ form a")
    page.fill("#old", PASSWORD)
    page.fill("#password", PASSWORD + "2")
    seat.send("Change it")
    assert "is changed" in page.content()
    seat.enter("<b>new</b>", PASSWORD + "2")
    assert page.locator("text=Log out").count() == 1
    assert "Accounts" not in page.locator("nav").inner_text()


def test_every_page_is_readable_dark_on_a_phone_and_by_keyboard(browser: Any, tmp_path: Path) -> None:
    terms = contract(tmp_path)
    terms.write_text(terms.read_text().replace("name: country,", f'name: country, description: "{EVIL}",'))
    run(terms, guests(tmp_path, LINES, name="a<b>&'.csv"), into=tmp_path / "out")
    with serving(tmp_path / "out") as it:
        for scheme, (width, height) in zip(("dark", "light"), reversed(SCREENS), strict=True):
            context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": height})
            seat = Seat(it, context, javascript=True)
            seat.enter("admin")
            items = [f"/items/{i.id}" for i in it.queue.every()]
            for path in ("/", "/items", "/approvals", "/proposals", "/accounts", "/account", "/nothing", *items):
                page = seat.at(path)
                wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                assert wide <= 0, (path, scheme, wide)
            seat.at(items[0])
            reached, last = set(), ""
            for _ in range(200):
                seat.page.keyboard.press("Tab")
                now = seat.page.evaluate(_FOCUSED)
                if now["name"] == last:
                    continue
                assert now["outline"] != "none", now
                reached.add(now["name"])
                last = now["name"]
            controls = seat.page.evaluate(_CONTROLS)
            assert set(controls) <= reached, set(controls) - reached
            context.close()


_NAMED = "(e) => e.tagName + ':' + (e.id || e.name || e.textContent.trim()) + ':' + (e.type || '')"
_FOCUSED = f"""() => {{ const e = document.activeElement, s = getComputedStyle(e);
  return {{name: ({_NAMED})(e), outline: e === document.body ? 'body' : s.outlineStyle}}; }}"""
_KINDS = "a[href],button,select,summary,input:not([type=hidden]):not([type=radio])"
_CONTROLS = f"""() => [...document.querySelectorAll('{_KINDS}')]
  .filter((e) => !e.closest('details:not([open])') || e.tagName === 'SUMMARY')
  .map({_NAMED})"""


def test_what_was_typed_outlives_the_session_and_is_done_once(seat: Seat) -> None:
    page = seat.page
    seat.enter("reviewer")
    item = seat.item(property="id")
    page.check("input[name='change.id']")
    page.fill("input[name='value.id']", "12")
    page.fill("#why-correct", "asked by phone")
    with seat.served.ledger.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM sessions")
    seat.send("Correct")
    assert "Your session has ended" in page.inner_text("main")
    page.fill("#name", "reviewer")
    page.fill("#password", PASSWORD)
    seat.send("Log in")
    assert {"12", "asked by phone"} <= set(page.inner_text("dl.unsent").splitlines())
    assert seat.state(item) is State.OPEN
    seat.send("Send it now")
    assert seat.state(item) is State.DECIDED


def test_a_decision_sent_again_by_the_back_button_overwrites_nothing(seat: Seat) -> None:
    page = seat.page
    seat.enter("reviewer")
    item = seat.item(property="id")
    page.check("input[name='change.id']")
    page.fill("input[name='value.id']", "12")
    page.fill("#why-correct", "asked by phone")
    seat.send("Correct")
    assert seat.state(item) is State.DECIDED
    page.go_back()
    page.wait_for_load_state()
    if page.locator("#why-correct").count():  # a browser may keep the page as it was: it is not asked for anew
        page.check("input[name='change.id']")
        page.fill("input[name='value.id']", "13")
        page.fill("#why-correct", "once more")
        seat.send("Correct")
        assert "Somebody was quicker" in page.inner_text("main")
    taken = decisions_of(seat.served.ledger, item.id)
    assert [d["why"] for d in taken] == ["asked by phone"]
