"""The files of a site: which are there, which change, which go. A page whose bytes are as they were is not written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from weighbridge.sinks import atomic_write
from weighbridge.sinks.tables import slug

_PLAIN_RUN = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,79}")
STATE = "site.json"
VERSION = 1


def page_of_run(run_id: str) -> str:
    """Return the path of a run's page in the site; no id leaves the site's folder."""
    return f"runs/{run_id if _PLAIN_RUN.fullmatch(run_id) else slug(run_id)}.html"


def page_of_object(contract_id: str, object_name: str) -> str:
    """Return the path of the page of a contract's object."""
    return f"{key_of(contract_id, object_name)}/index.html"


def page_of_archive(contract_id: str, object_name: str, number: int) -> str:
    """Return the path of a list of older runs of an object, numbered from the oldest, 1."""
    return f"{key_of(contract_id, object_name)}/runs-{number}.html"


def page_of_text(contract_id: str, object_name: str, fingerprint: str) -> str:
    """Return the path of a contract's text in one of its versions."""
    return f"{key_of(contract_id, object_name)}/contract-{slug(fingerprint.removeprefix('sha256:')[:12])}.html"


def key_of(contract_id: str, object_name: str) -> str:
    """Return the folder of an object's pages."""
    return f"contracts/{slug(contract_id)}/{slug(object_name)}"


class Pages:
    """Writes the files of a site into a folder, and counts what it wrote.

    Attributes:
        written: paths written, relative to the folder.
        kept: how many files were as they should be already.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written: list[str] = []
        self.kept = 0
        self.removed: list[str] = []

    def put(self, path: str, content: str) -> None:
        """Write a file, unless it is so already.

        Raises:
            PublishError: OUT-001, it cannot be written.
        """
        target, wanted = self.folder / path, content.encode()
        try:
            if target.read_bytes() == wanted:
                self.kept += 1
                return
        except OSError:
            pass
        atomic_write(target, wanted)
        self.written.append(path)

    def remove(self, path: str) -> None:
        """Remove a file that should not be there any more."""
        target = self.folder / path
        if target.is_file():
            target.unlink()
            self.removed.append(path)

    def state(self) -> dict[str, Any]:
        """Return what the site remembers of itself; nothing where it is new, damaged, or of another version."""
        try:
            known = json.loads((self.folder / STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) and known.get("version") == VERSION else {}

    def remember(self, state: dict[str, Any]) -> None:
        """Write down what the site remembers of itself."""
        self.put(STATE, json.dumps({"version": VERSION, **state}, indent=1, ensure_ascii=False) + "\n")
