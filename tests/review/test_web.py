"""The review app: a real server, a real browser, and what attackers try."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.review.served import PASSWORD, Served, before, csrf, person, serving
from tests.review.waiting import judged
from weighbridge.cli.app import run as command
from weighbridge.cli.review import require
from weighbridge.findings import ArgumentError
from weighbridge.ledger import Ledger
from weighbridge.review.accounts import IDLE, Accounts, Role
from weighbridge.review.queue import Filter
from weighbridge.review.states import State
from weighbridge.review.trail import CLASSIFIED, trail
from weighbridge.sinks import Keyring, new_key
from weighbridge.sinks.seal import KEY_VARIABLE


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("web")
    judged(folder)
    with serving(folder / "out") as it:
        yield it


def open_item(served: Served, **how: object) -> tuple[int, str]:
    item = served.queue.items(Filter(**how)).items[0]  # type: ignore[arg-type]
    return item.id, f"{item.id}:{item.row_version}"


def test_every_page_is_there_and_refuses_scripts_from_elsewhere(served: Served) -> None:
    with person(served, "admin") as admin:
        item, _ = open_item(served)
        for path in ("/", "/items", f"/items/{item}", "/approvals", "/proposals", "/accounts"):
            page = admin.get(path)
            assert page.status_code == 200, page.text
            assert "default-src 'none'" in page.headers["content-security-policy"]
            assert page.headers["x-content-type-options"] == "nosniff"
            assert "unsafe" not in page.headers["content-security-policy"]


def test_each_decision_is_taken_once_and_the_slower_person_is_told(served: Served) -> None:
    with person(served, "reviewer") as one, person(served, "approver") as other:
        item, pick = open_item(served, property="id")
        form = {"kind": "confirm_rejection", "why": "no number", "pick": pick}
        assert one.post("/decide", data={**form, "csrf": csrf(one)}).status_code == 200
        late = other.post("/decide", data={**form, "csrf": csrf(other)})
        assert late.status_code == 409
        assert "Somebody was quicker" in late.text
        assert served.queue.item(item).state is State.REJECTED
        version = served.queue.item(item).row_version
        back = {"why": "a mistake", "pick": f"{item}:{version}", "csrf": csrf(one)}
        assert one.post("/withdraw", data=back).status_code == 200
        assert served.queue.item(item).state is State.OPEN


def test_many_are_previewed_then_decided(served: Served) -> None:
    with person(served, "reviewer") as one:
        items = served.queue.items(Filter(property="country")).items
        picks = [f"{i.id}:{i.row_version}" for i in items]
        fields = {"kind": "correct", "correct_property": "country", "correct_value": "IT", "why": "known",
                  "csrf": csrf(one), "pick": picks, "scope": "chosen"}  # fmt: skip
        seen = one.post("/preview", data=fields)
        assert seen.status_code == 200, seen.text
        assert "Nothing has been written yet" in seen.text
        assert served.queue.item(items[0].id).state is State.OPEN
        assert one.post("/decide", data=fields).status_code == 200
        assert State.DECIDED in {served.queue.item(i.id).state for i in items}
        done = next(i.id for i in items if served.queue.item(i.id).state is State.DECIDED)
        trail = one.get(f"/items/{done}").text
        assert "reviewer" in trail
        assert "known" in trail


def test_send_back_is_downloaded_as_a_file(served: Served) -> None:
    with person(served, "reviewer") as one:
        _, pick = open_item(served)
        answer = one.post("/export", data={"pick": pick, "csrf": csrf(one)})
        assert answer.content.startswith(b"PK")
        assert answer.headers["content-disposition"].startswith("attachment")


def test_a_viewer_can_look_and_do_nothing(served: Served) -> None:
    with person(served, "viewer") as viewer:
        _, pick = open_item(served)
        token = csrf(viewer)
        for path in (
            "/decide",
            "/preview",
            "/withdraw",
            "/approve",
            "/assign",
            "/export",
            "/accounts/add",
            "/accounts/change",
        ):
            answer = viewer.post(
                path,
                data={"csrf": token, "pick": pick, "kind": "send_back", "why": "x", "name": "viewer", "role": "admin"},
            )
            assert answer.status_code == 403, path
            assert "REV-033" in answer.text
            assert "ask somebody with the role" in answer.text
        assert viewer.get("/accounts").status_code == 403


def test_forms_from_elsewhere_are_refused(served: Served) -> None:
    with person(served, "reviewer") as one:
        _, pick = open_item(served)
        form = {"pick": pick, "kind": "send_back", "why": "x"}
        token = csrf(one)
        for fields, origin in (
            (form, served.url),
            ({**form, "csrf": "x"}, served.url),
            ({**form, "csrf": token}, "http://evil.example"),
            ({**form, "csrf": token}, "null"),
        ):
            answer = one.post("/decide", data=fields, headers={"origin": origin})
            assert answer.status_code == 403
            assert "REV-034" in answer.text
            assert "open the page again" in answer.text
        assert one.get("/", headers={"host": "evil.example"}).status_code == 421
        assert one.post("/decide", content=b"x", headers={"content-type": "text/plain"}).status_code == 415


def test_a_session_begins_anew_at_login_and_ends_at_logout(served: Served) -> None:
    with httpx.Client(base_url=served.url, headers={"origin": served.url}) as client:
        client.cookies.set("weighbridge_session", "planted")
        answer = client.post("/login", data={"name": "viewer", "password": PASSWORD, "before": before(client)})
        told = answer.headers["set-cookie"]
        assert "planted" not in told
        assert "HttpOnly" in told
        assert "samesite=strict" in told.lower()
    with person(served, "viewer") as client:
        token = client.cookies["weighbridge_session"]
        client.post("/logout", data={"csrf": csrf(client)})
        client.cookies.set("weighbridge_session", token)
        assert client.get("/").status_code == 303


def test_what_is_not_a_request_of_ours_is_answered_with_a_page(served: Served) -> None:
    with person(served, "reviewer") as one:
        for path, status, code in (
            ("/items/abc", 404, "REV-001"),
            ("/items/999999999", 404, "REV-001"),
            ("/items/" + "9" * 40, 404, "REV-001"),
            ("/static/..%2fapp.py", 404, "REV-038"),
            ("/static/%2e%2e/app.py", 404, "REV-038"),
            ("/nothing", 404, "REV-038"),
            ("/items?cause=%27%20OR%201", 404, "REV-001"),
            ("/items?state=none", 404, "REV-001"),
        ):
            answer = one.get(path)
            assert (answer.status_code, code in answer.text) == (status, True), path
            assert "Traceback" not in answer.text
            assert "start again from the queue" in answer.text or code == "REV-001"
        token = csrf(one)
        long = one.post("/decide", data={"csrf": token, "why": "x" * 30_000})
        assert (long.status_code, "REV-037" in long.text, "go back and send less" in long.text) == (413, True, True)
        assert one.post("/decide", data={"csrf": token, "why": "x" * 2_000_000}).status_code == 413
        many = one.post("/decide", data={"csrf": token, "pick": ["1:1"] * 5_000})
        assert many.status_code == 413


def test_logging_in_is_limited_and_an_unknown_name_reads_like_a_known_one(tmp_path: Path) -> None:
    accounts = Accounts(Ledger.open(tmp_path / "ledger.db"))
    now = datetime.now(UTC)
    accounts.add("Ada", "admin", PASSWORD, now)
    for name in ("Ada", "nobody"):
        for _ in range(5):
            with pytest.raises(ArgumentError) as caught:
                accounts.log_in(name, "wrong", "10.0.0.1", now)
            assert caught.value.findings[0].code == "REV-030"
            assert "an administrator sets a new password" in caught.value.findings[0].fix
        with pytest.raises(ArgumentError) as caught:
            accounts.log_in(name, PASSWORD, "10.0.0.1", now)
        assert caught.value.findings[0].code == "REV-031"
        assert "wait a quarter of an hour" in caught.value.findings[0].fix
    token = accounts.log_in("Ada", PASSWORD, "10.0.0.2", now)
    assert accounts.session(token, now) is not None
    assert accounts.session(token, now + IDLE) is None
    assert accounts.session("guess", now) is None
    with pytest.raises(ArgumentError) as caught:
        accounts.change("Ada", role="viewer")
    assert caught.value.findings[0].code == "REV-032"
    assert "names have 1 to 200" in caught.value.findings[0].fix
    assert accounts.session(token, now) is not None


def test_a_proxys_word_counts_only_from_its_address(tmp_path: Path) -> None:
    judged(tmp_path)
    for addresses, status in ((("10.9.8.7",), 303), (("127.0.0.0/8",), 200)):
        with serving(tmp_path / "out", proxy_header="X-User", proxy_addresses=addresses) as it:
            assert httpx.get(it.url, headers={"x-user": "viewer"}).status_code == status
            assert httpx.get(it.url).status_code == 303
            unknown = httpx.get(it.url, headers={"x-user": "mallory"}).status_code
            assert unknown == (403 if status == 200 else 303)


def test_the_command_makes_accounts_and_refuses_what_is_unsafe(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    judged(tmp_path)
    out = ["--into", str(tmp_path / "out")]
    assert command(["review", "serve", *out]) == 2
    said = capsys.readouterr().err
    assert "REV-035" in said
    assert "make an account first" in said
    assert command(["review", "serve", "--host", "0.0.0.0", *out]) == 2
    assert "REV-035" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    assert command(["review", "user", "add", "Ada", "--role", "admin", *out]) == 0
    assert command(["review", "user", "list", *out]) == 0
    assert "Ada  admin" in capsys.readouterr().out
    assert command(["review", "user", "disable", "Ada", *out]) == 2


def test_absent_packages_are_named_with_what_to_install() -> None:
    with pytest.raises(ArgumentError) as caught:
        require(("fastapi", "no_such_package"))
    assert "REV-036" in str(caught.value)
    assert "no_such_package" in str(caught.value)
    assert "pip install 'weighbridge[review]'" in str(caught.value)


def test_a_fault_of_the_app_itself_is_a_page_that_tells_nothing(tmp_path: Path) -> None:
    def broken() -> datetime:
        raise RuntimeError("a secret value")

    judged(tmp_path)
    with serving(tmp_path / "out", clock=broken) as it:
        answer = httpx.get(it.url, cookies={"weighbridge_session": "any"})
    assert answer.status_code == 500
    assert "REV-039" in answer.text
    assert "try again; when it stays" in answer.text
    assert "secret" not in answer.text
    assert "default-src" in answer.headers["content-security-policy"]


def test_classified_values_are_shown_only_from_the_role_that_is_named(tmp_path: Path) -> None:
    judged(tmp_path, classification="confidential")
    for shown_to, name, seen in ((None, "admin", False), (Role.APPROVER, "reviewer", False)):
        with serving(tmp_path / "out", shown_to=shown_to) as it, person(it, name) as one:
            for item in it.queue.every():
                text = one.get(f"/items/{item.id}").text
                assert any(v in text for v in ("Cy", "Dot", "Eve", "Fay")) is seen


def test_who_saw_classified_values_stands_in_the_trail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, new_key())
    judged(tmp_path, classification="confidential")
    with serving(tmp_path / "out", shown_to=Role.APPROVER, keys=Keyring.from_settings()) as it:
        item = it.queue.items(Filter(property="id")).items[0]
        for name, told in (("reviewer", []), ("approver", ["approver"]), ("admin", ["approver", "admin"])):
            with person(it, name) as one:
                text = one.get(f"/items/{item.id}").text
            seen = [t for t in trail(it.ledger, item) if t.action == "seen"]
            assert [t.who for t in seen] == told
            assert ("Cy" in text) is bool(told)
            assert all(t.why == CLASSIFIED and "Cy" not in repr(t) for t in seen)
            assert ("<strong>seen</strong> by approver" in text) is bool(told)  # this sight is among them


def test_a_sight_that_cannot_be_noted_is_not_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, new_key())
    judged(tmp_path, classification="confidential")
    with serving(tmp_path / "out", shown_to=Role.REVIEWER, keys=Keyring.from_settings()) as it:
        item = it.queue.items(Filter(property="id")).items[0]
        with person(it, "reviewer") as one, it.ledger.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON review_trail "
                                       "BEGIN SELECT RAISE(ABORT, 'disk full'); END")  # fmt: skip
            connection.commit()
            answer = one.get(f"/items/{item.id}")
        assert (answer.status_code, "LED-004" in answer.text, "Cy" in answer.text) == (503, True, False)
