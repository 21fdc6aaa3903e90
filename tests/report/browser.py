"""Chromium, spoken to over a pipe: what it asks the network for, how wide a page is, a picture of it."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
_PATIENCE_SECONDS = 60
# Chromium reads commands from descriptor 3 and answers on 4; the pipe's ends may have any number.
_WIRING = """
import fcntl, os, sys
heard, said = (fcntl.fcntl(int(n), fcntl.F_DUPFD, 10) for n in sys.argv[1:3])
os.dup2(heard, 3)
os.dup2(said, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


def chromium() -> str | None:
    """Return the path of an installed Chromium; None without one."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


@dataclass
class Page:
    """One page, opened. `requested` holds every URL it asked for since."""

    commands: int
    answers: int
    session: str = ""
    requested: list[str] = field(default_factory=list)
    _number: int = 0
    _left: bytes = b""
    _loaded: bool = False

    def open(self, url: str, width: int, height: int = 900, *, dark: bool = False) -> None:
        """Open `url` in a window of that many CSS pixels; return when it is loaded."""
        self.requested.clear()
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.tell("Emulation.setDeviceMetricsOverride", **metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.tell("Emulation.setEmulatedMedia", features=[scheme])
        self._loaded = False
        self.tell("Page.navigate", url=url)
        while not self._loaded:
            self._hear()

    def ask(self, expression: str) -> Any:
        """Return the value of a JavaScript expression in the page; of a promise, what it settles to."""
        answer = self.tell("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        return answer["result"].get("value")

    def picture(self) -> bytes:
        """Return what the window shows as PNG."""
        return base64.b64decode(self.tell("Page.captureScreenshot", format="png")["data"])

    def printed(self) -> bytes:
        """Return the page printed on paper, as PDF."""
        return base64.b64decode(self.tell("Page.printToPDF", preferCSSPageSize=True)["data"])

    def tell(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Give a command of the DevTools protocol; return its answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while True:
            heard = self._hear()
            if heard.get("id") == self._number:
                assert "error" not in heard, heard
                return dict(heard["result"])

    def _hear(self) -> dict[str, Any]:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while b"\0" not in self._left:
            ready, _, _ = select.select([self.answers], [], [], max(deadline - time.monotonic(), 0))
            assert ready, "Chromium does not answer"
            more = os.read(self.answers, 1 << 20)
            assert more, "Chromium has ended"
            self._left += more
        first, self._left = self._left.split(b"\0", 1)
        heard: dict[str, Any] = json.loads(first)
        if heard.get("method") == "Network.requestWillBeSent":
            self.requested.append(heard["params"]["request"]["url"])
        self._loaded |= heard.get("method") == "Page.loadEventFired"
        return heard


@contextmanager
def browsing(path: str) -> Iterator[Page]:
    """Give a page of a Chromium that is started for it and ended afterwards."""
    to_it, to_us = os.pipe(), os.pipe()
    profile = tempfile.mkdtemp(prefix="weighbridge-chromium-")
    wiring = [sys.executable, "-c", _WIRING, str(to_it[0]), str(to_us[1])]
    command = [*wiring, path, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, pass_fds=(to_it[0], to_us[1]), stdout=quiet, stderr=quiet)
    os.close(to_it[0])
    os.close(to_us[1])
    try:
        page = Page(to_it[1], to_us[0])
        target = page.tell("Target.createTarget", url="about:blank")["targetId"]
        page.session = page.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page.tell("Page.enable")
        page.tell("Network.enable")
        yield page
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE_SECONDS)
        os.close(to_it[1])
        os.close(to_us[0])
        shutil.rmtree(Path(profile), ignore_errors=True)
