"""Pictures of the review app for `docs/images`: `python -m tests.review.screenshot`.

A small extract is judged, the app is served on this machine, and Chromium takes the pictures.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import chdir
from pathlib import Path

from tests.report.browser import chromium
from tests.review.served import PASSWORD, serving
from tests.review.waiting import judged
from weighbridge.review.queue import Filter

IMAGES = Path(__file__).parents[2] / "docs" / "images"


def main() -> int:
    from playwright.sync_api import sync_playwright

    found = chromium()
    if found is None:
        print("Chromium is not installed", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name, chdir(name):
        judged(Path())  # so that pictures show a file's name and no folder of this machine
        with serving(Path("out")) as it, sync_playwright() as p:
            browser = p.chromium.launch(executable_path=found, args=["--no-sandbox"])
            for scheme in ("light", "dark"):
                context = browser.new_context(color_scheme=scheme, viewport={"width": 1180, "height": 820})
                page = context.new_page()
                page.goto(it.url + "/login")
                page.fill("#name", "reviewer")
                page.fill("#password", PASSWORD)
                page.click("button.main")
                item = it.queue.items(Filter(property="born")).items[0]
                for what, path in (("queue", "/"), ("records", "/items"), ("record", f"/items/{item.id}")):
                    page.goto(it.url + path)
                    to = IMAGES / f"review-{what}{'-dark' if scheme == 'dark' else ''}.png"
                    page.screenshot(path=to, full_page=what != "records")
                    print(to)
            browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
