"""The review app served for a test, and people who are logged in to it."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import uvicorn

from weighbridge.ledger import Ledger
from weighbridge.pipeline.output.ledgers import open_ledger
from weighbridge.review.accounts import Accounts
from weighbridge.review.queue import Queue
from weighbridge.review.web.app import create_app
from weighbridge.review.web.desk import Settings

PASSWORD = "a long enough password"
PEOPLE = ("viewer", "reviewer", "approver", "admin")
EVIL = "<script>document.title='owned'</script>"


@dataclass
class Served:
    """A server, and the ledger behind it."""

    url: str
    ledger: Ledger
    queue: Queue


@contextmanager
def serving(out: Path, **how: object) -> Iterator[Served]:
    ledger = open_ledger(out)
    queue = Queue(ledger)
    queue.take_in(out, datetime.now(UTC))
    accounts = Accounts(ledger)
    known = {a.name for a in accounts.all()}
    for role in PEOPLE:
        if role not in known:
            accounts.add(role, role, PASSWORD, datetime.now(UTC))
    app = create_app(Settings(out, **how), ledger)  # type: ignore[arg-type]
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", proxy_headers=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Served(f"http://127.0.0.1:{port}", ledger, queue)
    finally:
        server.should_exit = True
        thread.join(20)
        ledger.close()


@contextmanager
def person(served: Served, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, headers={"origin": served.url}, timeout=60) as client:
        answer = client.post("/login", data={"name": name, "password": PASSWORD, "before": before(client)})
        assert answer.status_code == 303, answer.text
        yield client


def before(client: httpx.Client) -> str:
    return found(r'name="before" value="([^"]+)"', client.get("/login").text)


def csrf(client: httpx.Client) -> str:
    return found(r'name="csrf" value="([^"]+)"', client.get("/").text)


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, text
    return match[1]
