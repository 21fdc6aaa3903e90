"""Every address of the review app: who may ask for it, and that no form is taken that is not its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from tests.review.served import PASSWORD, PEOPLE, Served, csrf, person, serving
from tests.review.waiting import judged
from weighbridge.ledger import Ledger
from weighbridge.review.decisions import decisions_of
from weighbridge.review.queue import Filter
from weighbridge.review.web.app import create_app
from weighbridge.review.web.desk import Settings

NOBODY = "nobody"
LOWEST = {
    ("GET", "/static/{name}"): NOBODY,
    ("GET", "/healthz"): NOBODY,
    ("GET", "/login"): NOBODY,
    ("POST", "/login"): NOBODY,
    ("POST", "/logout"): "viewer",
    ("GET", "/"): "viewer",
    ("GET", "/items"): "viewer",
    ("GET", "/items/{item_id}"): "viewer",
    ("GET", "/approvals"): "viewer",
    ("GET", "/proposals"): "viewer",
    ("GET", "/proposals/{proposal}/diff"): "viewer",
    ("GET", "/account"): "viewer",
    ("POST", "/account"): "viewer",
    ("POST", "/preview"): "reviewer",
    ("POST", "/decide"): "reviewer",
    ("POST", "/withdraw"): "reviewer",
    ("POST", "/assign"): "reviewer",
    ("POST", "/export"): "reviewer",
    ("POST", "/proposals/look"): "reviewer",
    ("POST", "/proposals/keep"): "reviewer",
    ("POST", "/approve"): "approver",
    ("GET", "/accounts"): "admin",
    ("POST", "/accounts/add"): "admin",
    ("POST", "/accounts/change"): "admin",
}
"""The lowest role of each address. One that is missing here fails a test."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("routes")
    judged(folder)
    with serving(folder / "out") as it:
        yield it


@pytest.fixture(scope="module")
def people(served: Served) -> Iterator[dict[str, httpx.Client]]:
    """One of each role, logged in."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(person(served, name)) for name in PEOPLE}


def routes(ledger: Ledger, settings: Settings) -> set[tuple[str, str]]:
    inner = create_app(settings, ledger)._app
    assert isinstance(inner, FastAPI)
    found = {(method, r.path) for r in inner.routes if isinstance(r, APIRoute) for method in r.methods}
    assert len(found) == len([r for r in inner.routes if isinstance(r, APIRoute)])
    return found


def test_the_table_names_every_address(served: Served, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert routes(served.ledger, Settings(tmp_path_factory.mktemp("none"))) == set(LOWEST)


def address(served: Served, path: str) -> str:
    item = served.queue.items(Filter()).items[0]
    return path.format(name="review.css", item_id=item.id, proposal=1)


FORM = {"kind": "send_back", "why": "x", "name": "new", "role": "admin", "batch": "none", "answer": "approve",
        "old": "not it", "password": "x"}  # fmt: skip


@pytest.mark.parametrize(("method", "path"), sorted(LOWEST), ids=lambda part: part.strip("/") or "root")
def test_only_who_has_the_role_gets_past_the_door(
    served: Served, people: dict[str, httpx.Client], method: str, path: str
) -> None:
    lowest = LOWEST[method, path]
    if path in ("/login", "/logout"):  # who is let in there is told by tests of their own
        return
    to = address(served, path)
    with httpx.Client(base_url=served.url, headers={"origin": served.url}) as stranger:
        answer = stranger.request(method, to, data=FORM if method == "POST" else None)
        turned = answer.status_code == 303 and answer.headers["location"] == "/login"
        kept = answer.status_code == 401 and 'name="unsent"' in answer.text
        assert (turned or kept) is (lowest != NOBODY)
    if lowest == NOBODY:
        return
    for name, somebody in people.items():
        data = FORM | {"csrf": csrf(somebody)} if method == "POST" else None
        answer = somebody.request(method, to, data=data)
        denied = answer.status_code == 403 and "REV-033" in answer.text
        assert denied is (PEOPLE.index(name) < PEOPLE.index(lowest)), (name, answer.status_code)
        assert answer.status_code < 500


@pytest.mark.parametrize("path", sorted(path for method, path in LOWEST if method == "POST"))
def test_no_form_is_taken_that_another_page_could_have_sent(
    served: Served, people: dict[str, httpx.Client], path: str
) -> None:
    before = [(i.id, i.row_version, i.state) for i in served.queue.every(Filter(state=None))]
    admin = people["admin"]
    token = csrf(admin)
    for data, origin in (
        (FORM, served.url),
        (FORM | {"csrf": token[:-1]}, served.url),
        (FORM | {"csrf": token}, "http://evil.example"),
        (FORM | {"csrf": token}, served.url.replace("127.0.0.1", "127.0.0.1.evil.example")),
        (FORM | {"csrf": token}, ""),
    ):
        answer = admin.post(path, data=data, headers={"origin": origin})
        assert (answer.status_code, "REV-034" in answer.text) == (403, True), (data, origin)
    assert admin.get("/").status_code == 200  # nobody was logged out
    assert [(i.id, i.row_version, i.state) for i in served.queue.every(Filter(state=None))] == before


def test_nobody_is_sent_elsewhere_after_logging_in(served: Served) -> None:
    with httpx.Client(base_url=served.url, headers={"origin": served.url}) as client:
        for ask in ("/login?next=http://evil.example", "//evil.example/items", "/items?next=//evil.example"):
            answer = client.get(ask)
            assert answer.headers.get("location", "/login") == "/login"
    with person(served, "viewer") as client:
        assert client.get("/login?next=http://evil.example").status_code == 200


def test_a_password_is_changed_by_who_knows_the_old_one_and_ends_other_sessions(served: Served) -> None:
    with person(served, "approver") as one, person(served, "approver") as elsewhere:
        for old, new, code in (("wrong", PASSWORD + "!", "REV-030"), (PASSWORD, "short", "REV-032")):
            answer = one.post("/account", data={"old": old, "password": new, "csrf": csrf(one)})
            assert (answer.status_code, code in answer.text) == (400, True)
        answer = one.post("/account", data={"old": PASSWORD, "password": PASSWORD + "!", "csrf": csrf(one)})
        assert answer.status_code == 200, answer.text
        assert one.get("/").status_code == 200
        assert elsewhere.get("/").status_code == 303
        back = {"old": PASSWORD + "!", "password": PASSWORD, "csrf": csrf(one)}
        assert "is changed" in one.post("/account", data=back).text


def test_a_decision_that_makes_no_rule_is_not_proposed(served: Served, people: dict[str, httpx.Client]) -> None:
    one = people["reviewer"]
    item = served.queue.items(Filter()).items[0]
    form = {"kind": "confirm_rejection", "why": "no", "pick": f"{item.id}:{item.row_version}", "csrf": csrf(one)}
    assert one.post("/decide", data=form).status_code == 200
    batch = decisions_of(served.ledger, item.id)[0]["batch"]
    looked = one.post("/proposals/look", data={"batch": batch, "csrf": csrf(one)})
    assert "turns such records back already" in looked.text
    kept = one.post("/proposals/keep", data={"batch": batch, "csrf": csrf(one)})
    assert (kept.status_code, "REV-040" in kept.text) == (400, True)
    assert "decide on more records like it" in kept.text
    assert one.get("/proposals/1/diff").status_code == 404
