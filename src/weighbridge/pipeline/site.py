"""The report site of an output folder, brought up to date."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from weighbridge.pipeline.intake import now
from weighbridge.pipeline.output.ledgers import ledger_of
from weighbridge.pipeline.watcher import Nobody, Watcher
from weighbridge.sinks import locked

if TYPE_CHECKING:
    from weighbridge.report.site import Built

SITE_FOLDER = "site"


def has_site(into: Path) -> bool:
    """Return whether a site was ever made in an output folder."""
    return (into / SITE_FOLDER / "index.html").is_file() or (into / SITE_FOLDER / "site.json").is_file()


def publish_site(
    into: Path,
    to: Path | None = None,
    *,
    as_of: datetime | None = None,
    whole: bool = False,
    anew: frozenset[str] = frozenset(),
    watcher: Watcher | None = None,
) -> Built:
    """Bring the report site of an output folder up to date, one process at a time.

    Args:
        into: the output folder; of it only `site` and `locks` are written to.
        to: the site's folder; ``<into>/site`` by default.
        as_of: the moment that promises of freshness are judged by, UTC; now by default.
        whole: make every page anew.
        anew: contracts, by id, whose pages are made anew.
        watcher: told what is being done.

    Raises:
        LedgerError: RUN-008, nothing was ever run into this folder.
        PublishError: OUT-001, a page cannot be written.
    """
    from weighbridge.alert import Book
    from weighbridge.report.site import Firing, build_site

    watcher = watcher or Nobody()
    with ledger_of(into) as ledger, locked(into, "site", holder="site", on_wait=watcher.stage):
        site, moment = to or into / SITE_FOLDER, as_of or now()
        firing = [
            Firing(e.kind, e.contract_id, e.object, e.title, e.since, e.times, e.told, e.run_id)
            for e in Book(ledger).entries()
        ]
        return build_site(into, ledger, site, moment, whole=whole, anew=anew, firing=firing, progress=watcher.stage)
