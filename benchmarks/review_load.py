"""The review app under load: a million records in the queue, 20 people at once.

    python -m benchmarks.review_load [--records 1000000] [--people 20] [--seconds 30] [--ledger URL] [--folder DIR]

Prints the median and the 95th percentile of list and item pages, and beside them what the bare query of
the database takes, alone.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx

from benchmarks.review_queue import made, timed
from weighbridge.pipeline.output.ledgers import ledger_at, open_ledger
from weighbridge.pipeline.run import run
from weighbridge.review.accounts import Accounts
from weighbridge.review.queue import Filter, Queue

PASSWORD = "only for this benchmark"


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--ledger")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, ledger_at(given.ledger):
        folder = given.folder or Path(scratch)
        into = folder / "out"
        if not into.exists():
            run(*made(folder, given.records), into=into)
        with open_ledger(into) as ledger:
            queue, accounts = Queue(ledger), Accounts(ledger)
            queue.take_in(into, datetime.now(UTC))
            if accounts.named("load") is None:
                accounts.add("load", "reviewer", PASSWORD, datetime.now(UTC))
            cause = queue.causes()[0]
            total = queue.count()
            page, item = (
                timed(lambda: queue.items(Filter(cause=cause.id), after=total // 2)),
                timed(lambda: queue.item(total // 2)),
            )
        print(f"{total:,} records in the queue, {given.people} people, {given.seconds:.0f} s")
        print(f"{'bare query of a list':28} {page[0]:8.1f} ms   95 %: {page[1]:8.1f} ms")
        print(f"{'bare query of an item':28} {item[0]:8.1f} ms   95 %: {item[1]:8.1f} ms")
        serve(into, total, cause.id, given.people, given.seconds)


def serve(into: Path, total: int, cause: int, people: int, seconds: float) -> None:
    """Start the app, let people work with it, and print what they waited."""
    command = [sys.executable, "-m", "weighbridge", "review", "serve", "--into", str(into), "--port", "0"]
    took: dict[str, list[float]] = {"list page": [], "item page": []}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip()
            with httpx.Client(base_url=url, headers={"origin": url}, timeout=60) as client:
                found = re.search(r'name="before" value="([^"]+)"', client.get("/login").text)
                assert found is not None
                fields = {"name": "load", "password": PASSWORD, "before": found[1]}
                assert client.post("/login", data=fields).status_code == 303
                cookie = client.cookies["weighbridge_session"]
            end = time.monotonic() + seconds
            threads = [
                threading.Thread(target=work, args=(url, cookie, total, cause, end, took, i)) for i in range(people)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            server.terminate()
    for name, times in took.items():
        ordered = sorted(times)
        middle, most = ordered[len(ordered) // 2] * 1e3, ordered[int(0.95 * len(ordered))] * 1e3
        print(f"{name:28} {middle:8.1f} ms   95 %: {most:8.1f} ms   ({len(ordered):,} pages)")


def work(url: str, cookie: str, total: int, cause: int, end: float, took: dict[str, list[float]], seed: int) -> None:
    """Look at a list, then at an item, each read for a second or two, until the end."""
    chance = random.Random(seed)
    with httpx.Client(base_url=url, cookies={"weighbridge_session": cookie}, timeout=60) as client:
        while time.monotonic() < end:
            at = chance.randrange(1, total)
            for name, path in (("list page", f"/items?cause={cause}&after={at}"), ("item page", f"/items/{at}")):
                time.sleep(chance.uniform(1, 2))
                start = time.perf_counter()
                assert client.get(path).status_code == 200
                took[name].append(time.perf_counter() - start)


if __name__ == "__main__":
    main()
