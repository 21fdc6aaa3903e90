"""What somebody typed is not lost: not when the session has ended meanwhile, nor when the ledger is away."""

from __future__ import annotations

import html
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from tests.review.served import PASSWORD, Served, before, csrf, person, serving
from tests.review.test_routes import FORM, LOWEST
from tests.review.waiting import judged
from tests.support.postgres import Server
from weighbridge.pipeline.output.ledgers import LEDGER_VARIABLE
from weighbridge.review.accounts import IDLE
from weighbridge.review.decisions import decisions_of
from weighbridge.review.queue import Filter, Item
from weighbridge.review.states import State

WHY = "the \"sender\" said <so> & 'was' sure, 2 × ²"


class Clock:
    """Tells the time, which can be moved on."""

    def __init__(self) -> None:
        self.later = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.later


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def served(tmp_path: Path, clock: Clock) -> Iterator[Served]:
    judged(tmp_path)
    with serving(tmp_path / "out", clock=clock) as it:
        yield it


def decision(item: Item, token: str, **more: str) -> dict[str, str]:
    return {"kind": "confirm_rejection", "why": WHY, "pick": f"{item.id}:{item.row_version}", "csrf": token, **more}


def hidden(text: str) -> dict[str, Any]:
    """Return the hidden fields of the form in the content of a page."""
    main = text.partition("<main")[2]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', main):
        found.setdefault(html.unescape(name), []).append(html.unescape(value))
    return found


def test_a_decision_sent_after_the_session_ended_is_done_after_logging_in(served: Served, clock: Clock) -> None:
    item = served.queue.items(Filter()).items[0]
    with person(served, "reviewer") as one:
        sent = decision(item, csrf(one))
        clock.later = IDLE
        answer = one.post("/decide", data=sent)
        assert (answer.status_code, "Your session has ended" in answer.text) == (401, True)
        carried = hidden(answer.text)
        assert one.post("/login", data={**carried, "name": "reviewer", "password": "wrong"}).status_code == 401

        again = one.post("/login", data={**carried, "name": "reviewer", "password": "wrong", "before": before(one)})
        assert (again.status_code, "REV-030" in again.text) == (401, True)
        carried = hidden(again.text)
        resumed = one.post("/login", data={**carried, "name": "reviewer", "password": PASSWORD})
        assert resumed.status_code == 200
        assert html.escape(WHY, quote=False).split("'")[0].split('"')[0] in resumed.text
        assert "confirm rejection" in resumed.text
        assert served.queue.item(item.id).state is State.OPEN  # a person sends it, nobody else

        assert one.post("/decide", data=hidden(resumed.text)).status_code == 200
    assert served.queue.item(item.id).state is State.REJECTED
    assert decisions_of(served.ledger, item.id)[0]["why"] == WHY


def test_a_form_of_an_ended_session_is_handed_back_under_the_new_one(served: Served) -> None:
    item = served.queue.items(Filter()).items[0]
    with person(served, "reviewer") as one:
        answer = one.post("/decide", data=decision(item, "the token of the session before"))
        assert (answer.status_code, "REV-034" in answer.text) == (403, True)
        assert served.queue.item(item.id).state is State.OPEN
        assert one.post("/decide", data=hidden(answer.text)).status_code == 200
        twice = one.post("/decide", data=hidden(answer.text))
        assert "changed since you saw them" in twice.text
    assert len(decisions_of(served.ledger, item.id)) == 1


def test_another_site_is_handed_nothing(served: Served) -> None:
    item = served.queue.items(Filter()).items[0]
    with httpx.Client(base_url=served.url, headers={"origin": "http://evil.example"}) as stranger:
        answer = stranger.post("/decide", data=decision(item, ""))
        assert (answer.status_code, "unsent" in answer.text) == (403, False)


def test_no_password_is_carried_and_no_form_goes_elsewhere(served: Served) -> None:
    with httpx.Client(base_url=served.url, headers={"origin": served.url}) as one:
        for path in ("/account", "/accounts/add", "/accounts/change"):
            answer = one.post(path, data={"password": "secret words"})
            assert (answer.status_code, "secret words" in answer.text) == (303, False)
        for to in ("/accounts/add", "http://evil.example", "//evil.example/decide"):
            form = {"name": "admin", "password": PASSWORD, "before": before(one), "unsent": to, "unsent.role": "admin"}
            answer = one.post("/login", data=form)
            assert (answer.status_code, "REV-001" in answer.text) == (404, True)


@contextmanager
def locked(served: Served, ledger: Path) -> Iterator[None]:
    """Another program writes for long; this one waits a moment only, not half a minute."""

    def hurried(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA busy_timeout=20")

    event.listen(served.ledger.engine, "connect", hurried)
    other = sqlite3.connect(ledger, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()
        event.remove(served.ledger.engine, "connect", hurried)


def test_a_locked_ledger_is_a_page_with_a_code_and_the_form_for_another_try(
    served: Served, tmp_path: Path, clock: Clock, capfd: pytest.CaptureFixture[str]
) -> None:
    item = served.queue.items(Filter()).items[0]
    with person(served, "reviewer") as one, person(served, "admin") as admin:
        sent = decision(item, csrf(one))
        token = csrf(admin)
        clock.later = IDLE / 2  # so that looking would note that somebody is there
        with locked(served, tmp_path / "out" / "ledger.db"):
            for method, path in sorted(LOWEST):
                to = path.format(name="review.css", item_id=item.id, proposal=1)
                form = {**FORM, "pick": sent["pick"], "csrf": token, "name": "somebody", "password": "a long password"}
                answer = admin.request(method, to, data=form if method == "POST" else None)
                assert answer.status_code < 500 or (answer.status_code, "LED-004" in answer.text) == (503, True), path
                assert method == "POST" or answer.status_code in (200, 404)
            answer = one.post("/decide", data=sent)
            assert (answer.status_code, "LED-004" in answer.text) == (503, True)
        assert "REV-039" not in capfd.readouterr().err
        assert one.post("/decide", data=hidden(answer.text)).status_code == 200
    assert decisions_of(served.ledger, item.id)[0]["why"] == WHY


def test_a_database_that_is_away_is_a_page_with_a_code_until_it_is_back(
    tmp_path: Path, postgres_server: Server, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    url = postgres_server.url()
    name = url.rpartition("/")[2]
    monkeypatch.setenv(LEDGER_VARIABLE, url)
    judged(tmp_path)
    with serving(tmp_path / "out") as it, person(it, "reviewer") as one:
        item = it.queue.items(Filter()).items[0]
        sent = decision(item, csrf(one))
        postgres_server.execute(
            f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false',
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )
        for method, path in sorted(LOWEST):
            to = path.format(name="review.css", item_id=item.id, proposal=1)
            answer = one.request(method, to, data={**FORM, **sent} if method == "POST" else None)
            away = (answer.status_code, "LED-004" in answer.text) == (503, True)
            assert away is (path not in ("/static/{name}", "/healthz", "/login")), (method, path, answer.text)
        answer = one.post("/decide", data=sent)
        assert WHY in hidden(answer.text)["why"]
        assert "REV-039" not in capfd.readouterr().err
        postgres_server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        assert one.post("/decide", data=hidden(answer.text)).status_code == 200
        assert decisions_of(it.ledger, item.id)[0]["why"] == WHY
