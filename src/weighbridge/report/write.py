"""The report's files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from weighbridge.report.model import model
from weighbridge.report.render import render_html, render_markdown

if TYPE_CHECKING:
    from weighbridge.outcome.result import RunResult


def write(result: RunResult, folder: Path) -> dict[str, Path]:
    """Write ``report.html``, ``report.md`` and ``report.json`` to `folder`; return the paths by name.

    Each file is written whole or not at all, and replaces one that is there.

    Raises:
        PublishError: OUT-001, a file cannot be written.
    """
    from weighbridge.sinks import atomic_write

    made = model(result)
    contents = {
        "report.html": render_html(made),
        "report.md": render_markdown(made),
        "report.json": json.dumps(made, indent=1) + "\n",
    }
    paths = {name: Path(folder) / name for name in contents}
    for name, path in paths.items():
        atomic_write(path, contents[name].encode())
    return paths
