"""`weighbridge site`."""

from __future__ import annotations

from pathlib import Path

from weighbridge.cli.terminal import print_json, watching


def site(
    *,
    into: Path,
    to: Path | None = None,
    whole: bool = False,
    quiet: bool = False,
    json: bool = False,
) -> int:
    """Publish the report site: every contract, its history, every run.

    A folder of pages that need no server and no network: open index.html, or copy the folder to a file
    share, a web server or an object store. Called again it writes only the pages of what has changed since.

    Exit codes: 0 done · 2 it could not be written.

    Parameters
    ----------
    into
        The output folder whose runs are shown; it is only read.
    to
        The site's folder; by default `site` in the output folder.
    whole
        Make every page anew, whatever is there already.
    quiet
        No progress bar and no summary.
    json
        Print what was written as JSON.
    """
    from weighbridge.pipeline.site import publish_site
    from weighbridge.report.numbers import plural

    with watching(not quiet and not json) as watcher:
        built = publish_site(into, to, whole=whole, watcher=watcher)
    if json:
        print_json(built.to_dict())
    elif not quiet:
        print(f"{built.index}")
        removed = f", {plural(len(built.removed), 'page')} taken away" if built.removed else ""
        print(f"  {plural(built.objects, 'contract object')}, {plural(built.runs, 'run')}; "
              f"{plural(len(built.written), 'file')} written{removed}")  # fmt: skip
    return 0
