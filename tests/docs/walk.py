"""Walks a page of docs/ as a newcomer would: writes its files, makes its edits, runs its commands.

Markers stand before a fenced block, as comments that readers do not see:

    <!-- write: PATH -->                    the block is the file
    <!-- insert: PATH before: LINE -->      the block goes before the last line that reads LINE
    <!-- insert: PATH after: LINE -->       the block goes after it
    <!-- run -->                            the block is commands, run one after the other
    <!-- prints -->                         what the commands before it print, each line in this order
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_STEP = re.compile(r"<!-- (write|insert|run|prints)(?:: (.*?))? -->\n```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Step:
    """One marked block of a page."""

    verb: str
    argument: str
    block: str


def steps(page: Path) -> list[Step]:
    """Return the marked blocks of a page, in order."""
    return [Step(*found) for found in _STEP.findall(page.read_text())]


def walk(page: Path, folder: Path) -> str:
    """Do what the page says in a copy of the sources under `folder`; return everything printed.

    Raises:
        AssertionError: something does not come out as the page says.
    """
    shutil.copytree(ROOT / "src", folder / "src")
    said, printed = "", ""
    for step in steps(page):
        if step.verb == "write":
            target = folder / step.argument
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(step.block)
        elif step.verb == "insert":
            path, side, line = re.split(r" (before|after): ", step.argument, maxsplit=1)
            _insert(folder / path, line, step.block, after=side == "after")
        elif step.verb == "run":
            said = _run(step.block, folder)
            printed += said
        else:
            _require_in_order(step.block, said)
    return printed


def _insert(path: Path, line: str, block: str, *, after: bool) -> None:
    lines = path.read_text().splitlines(keepends=True)
    places = [i for i, text in enumerate(lines) if text.strip() == line.strip()]
    assert places, f"{path.name} has no line {line!r}"
    lines.insert(places[-1] + after, block)
    path.write_text("".join(lines))


def _run(commands: str, folder: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
    script = re.sub(r"^python", sys.executable, commands, flags=re.MULTILINE)
    done = subprocess.run(
        ["sh", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def _require_in_order(expected: str, said: str) -> None:
    at = 0
    for line in filter(None, map(str.strip, expected.splitlines())):
        found = said.find(line, at)
        assert found >= 0, f"{line!r} is not printed (in this order) in:\n{said}"
        at = found
