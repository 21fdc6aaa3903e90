"""`weighbridge report`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from weighbridge.cli.terminal import print_json


def report(
    run: str = "latest",
    /,
    *,
    into: Path,
    format: Literal["summary", "path", "markdown", "html"] = "summary",
    to: Path | None = None,
    json: bool = False,
) -> int:
    """Show the report of a run, or write it anew somewhere else.

    Parameters
    ----------
    run
        The run's id, the beginning of it, or `latest`.
    into
        The output folder of the run.
    format
        What to print: a summary, the path of the HTML file, Markdown, or the HTML itself.
    to
        A folder to write report.html, report.md and report.json to.
    json
        Print the report's model as JSON.
    """
    from weighbridge import report as rendering
    from weighbridge.pipeline.history import result_of

    result = result_of(into, run)
    if to is not None:
        rendering.write(result, to)
    if json:
        print_json(rendering.model(result))
    elif format == "markdown":
        print(rendering.render_markdown(rendering.model(result)))
    elif format == "html":
        print(rendering.render_html(rendering.model(result)))
    elif format == "path":
        print(Path(result.folder or ".") / "report.html")
    else:
        print(rendering.summary(result))
    return 0
