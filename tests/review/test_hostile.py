"""Whatever is sent to the review app: an answer with a code, never a fault of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.review.served import Served, csrf, person, serving
from tests.review.test_routes import LOWEST
from tests.review.waiting import judged

ODD = (
    "", "²", "٣", "-1", "1e3", "0", "1", "2:0", "1:²", "9" * 18, "9" * 5_000, "1;DROP TABLE runs", "'\"%_\\",
    "\ud7ff\U0001f4a9", "\r\nset-cookie: a=b", "<b>&amp;{{7*7}}", "..%2f..%2fetc", "yes", "all", "open", "correct",
    "accept_reading", "born", "country", "id", "\u202eabc", "=1+1", "NaN",
)  # fmt: skip
FIELDS = (
    "pick", "kind", "reading", "property", "why", "scope", "value.born", "change.born", "empty.born", "value.²",
    "change.²", "correct_property", "correct_value", "correct_empty", "answer", "take", "batch", "name", "password",
    "role", "old", "disabled", "f.cause", "f.state", "f.text", "f.run", "f.code",
)  # fmt: skip
ASKED = ("after", "cause", "state", "text", "contract", "object", "run", "code", "check", "property", "assignee")
KEPT = ("/logout", "/account", "/accounts/change")
"""Addresses after which the person is somebody else, or nobody."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("hostile")
    judged(folder)
    with serving(folder / "out") as it:
        yield it


@pytest.fixture(scope="module")
def admin(served: Served) -> Iterator[httpx.Client]:
    with person(served, "admin") as one:
        yield one


some = st.sampled_from(ODD) | st.text(max_size=20).filter(lambda t: t.isprintable())


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from([p for m, p in LOWEST if m == "POST" and p not in KEPT]),
    sent=st.dictionaries(st.sampled_from(FIELDS), st.lists(some, min_size=1, max_size=2), max_size=8),
)
def test_no_form_makes_the_app_fail(admin: httpx.Client, path: str, sent: dict[str, list[str]]) -> None:
    answer = admin.post(path, data={"csrf": csrf(admin), "pick": ["1:1"], **sent})
    assert answer.status_code < 500, answer.text
    told = re.search("(REV|ARG|LEG|CHK)-[0-9]{3}", answer.text) or "changed since you saw them" in answer.text
    assert answer.is_success or answer.is_redirect or told, answer.text


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from([p for m, p in LOWEST if m == "GET"]),
    part=some,
    asked=st.dictionaries(st.sampled_from(ASKED), some, max_size=4),
)
def test_no_address_makes_the_app_fail(admin: httpx.Client, path: str, part: str, asked: dict[str, str]) -> None:
    answer = admin.get(re.sub("{[a-z_]+}", quote(part[:500], safe=""), path), params=asked)
    assert answer.status_code < 500, answer.text


def test_a_form_without_a_length_is_no_longer_than_others(admin: httpx.Client) -> None:
    def parts() -> Iterator[bytes]:
        yield f"csrf={csrf(admin)}&why=".encode()
        for _ in range(40):
            yield b"x" * 50_000

    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = admin.post("/decide", content=parts(), headers=form)
    assert (answer.status_code, "REV-037" in answer.text) == (413, True)
