"""Building the site: all of it, or what one run changed.

    ledger, runs' folders ─▶ facts and figures of each object ─▶ pages ─▶ files, those that changed

A run's page is made once, from its result, and stays; what the site knows of each run and each object
is remembered in ``site.json``, so that an update after a run looks only at what that run changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from weighbridge import __version__
from weighbridge.ledger import Ledger, Run, RunState
from weighbridge.ledger.erasures import erasures
from weighbridge.ledger.past import Known
from weighbridge.report.model import model
from weighbridge.report.render import render_html, render_page
from weighbridge.report.site.contract_page import CHARTED_RUNS, contract_page, run_line
from weighbridge.report.site.facts import Folder, facts_of
from weighbridge.report.site.figures import figures_of
from weighbridge.report.site.firing import Firing, firing_lines
from weighbridge.report.site.pages import (
    Pages,
    page_of_archive,
    page_of_object,
    page_of_run,
    page_of_text,
)
from weighbridge.report.site.standing import decided, standing

RUNS_A_PAGE = 100
_RECENT_RUNS = 20
_ENDED = frozenset({"published", "held", "failed", "abandoned", "already_published"})


@dataclass(frozen=True, slots=True)
class Built:
    """What building a site did.

    Attributes:
        index: the page to begin with.
        objects, runs: how many of them the site shows.
        written: the files that were written, relative to the site's folder.
        removed: the files that were taken away.
    """

    index: Path
    objects: int
    runs: int
    written: tuple[str, ...]
    removed: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "index": str(self.index),
            "objects": self.objects,
            "runs": self.runs,
            "written": list(self.written),
            "removed": list(self.removed),
        }


def build_site(
    into: Path,
    ledger: Ledger,
    to: Path,
    now: datetime,
    *,
    whole: bool = False,
    anew: frozenset[str] = frozenset(),
    firing: Sequence[Firing] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Built:
    """Bring the site in `to` to where the ledger is, and return what was done.

    Args:
        into: the output folder; read, never written to.
        ledger: its ledger.
        to: the site's folder; made when absent.
        now: the moment that promises of freshness are judged by, UTC.
        whole: make every page anew, whatever the site remembers.
        anew: contracts, by id, of which every page is made anew; so are those that something was erased of since.
        firing: what people are called for now; the overview lists it.
        progress: told what is being done.

    Raises:
        LedgerError: the ledger cannot be read.
        PublishError: OUT-001, a page cannot be written.
    """
    return _Site(into, ledger, Pages(to), now, progress).build(whole, anew, firing)


@dataclass(frozen=True, slots=True)
class _Around:
    """An object of a contract with what its pages need."""

    known: Known
    ids: Sequence[str]
    runs: Sequence[Run]
    facts: Mapping[str, Any]
    figures: Mapping[str, Mapping[str, Any]]
    row: Mapping[str, Any]


class _Site:
    """One building of the site."""

    def __init__(
        self, into: Path, ledger: Ledger, pages: Pages, now: datetime, progress: Callable[[str], None]
    ) -> None:
        self._folder, self._past, self._pages = Folder(into), ledger.past, pages
        self._erased = {e.contract_id: e.id for e in erasures(ledger)}
        self._now, self._progress = now, progress
        self._made: Mapping[str, str] = {}
        self._shown: dict[str, str] = {}

    def build(self, whole: bool, anew: frozenset[str], firing: Sequence[Firing]) -> Built:
        state = {} if whole else self._pages.state()
        if state.get("made_by") != __version__:
            state = {}
        self._made = state.get("runs", {})
        everything = self._past.known()
        remembered: dict[str, Any] = {}
        around = []
        for number, known in enumerate(everything, 1):
            self._progress(f"looking at {known.object} ({number} of {len(everything)})")
            before = state.get("objects", {}).get(page_of_object(known.contract_id, known.object), {})
            if known.contract_id in anew or before.get("erased") != self._erased.get(known.contract_id):
                before = {}
            one, remembered[one.row["page"]] = self._object(known, before, everything)
            around.append(one)
        for run_id in set(self._made) - set(self._shown):
            self._pages.remove(page_of_run(run_id))
        self._pages.put(
            "index.html", render_page("site/overview.html.j2", {"page": self._overview(around, firing), "root": ""})
        )
        self._pages.remember({"made_by": __version__, "objects": remembered, "runs": self._shown})
        written, removed = tuple(self._pages.written), tuple(self._pages.removed)
        return Built(self._pages.folder / "index.html", len(around), len(self._shown), written, removed)

    def _overview(self, around: Sequence[_Around], firing: Sequence[Firing]) -> dict[str, Any]:
        rows = sorted((a.row for a in around), key=lambda row: (row["rank"], row["title"], row["contract_id"]))
        recent = [
            run_line(run) | {"title": a.row["title"], "page": a.row["page"], "run_page": page_of_run(run.id)}
            for a in around
            for run in a.runs[-_RECENT_RUNS:]
        ]
        return {
            "title": "All contracts",
            "made": f"{self._now:%Y-%m-%d %H:%M}",
            "objects": rows,
            "firing": firing_lines(
                firing, {(a.known.contract_id, a.known.object): a.row["page"] for a in around}, self._shown
            ),
            "recent": sorted(recent, key=lambda line: str(line["run"]), reverse=True)[:_RECENT_RUNS],
            "runs": sum(a.known.runs for a in around),
            "queued": sum(a.known.queued for a in around),
            "open_items": sum(a.known.open_items for a in around),
        }

    def _object(
        self, known: Known, before: Mapping[str, Any], everything: Sequence[Known]
    ) -> tuple[_Around, dict[str, Any]]:
        """Bring the pages of an object up to date; return it, and what is to be remembered of it."""
        ids = self._past.run_ids(known.contract_id, known.object)
        runs = self._past.runs_of(ids[-CHARTED_RUNS:])
        seen = {"latest": known.latest, "runs": known.runs, "states": [r.state.value for r in runs]}
        same = before.get("seen") == seen
        facts = before["facts"] if same else facts_of(self._folder, runs)
        page = page_of_object(known.contract_id, known.object)
        row = standing(known, runs, facts, self._now) | {"page": page, "run_page": page_of_run(runs[-1].id)}
        figures = self._figures(runs, before.get("figures", {}))
        around = _Around(known, ids, runs, facts, figures, row)
        changed = self._run_pages(around, anew=not before)
        stands = {name: row[name] for name in ("open_items", "queued", "oldest_item", "freshness", "attention")}
        if not same or changed or before.get("stands") != stands or not (self._pages.folder / page).is_file():
            self._object_pages(around, [k for k in everything if k.contract_id == known.contract_id and k != known])
        told = {
            "seen": seen,
            "facts": facts,
            "figures": figures,
            "stands": stands,
            "erased": self._erased.get(known.contract_id),
        }
        return around, told

    def _figures(self, runs: Sequence[Run], known: Mapping[str, Any]) -> dict[str, Any]:
        """Return the figures of the charted runs, by run; only of those not known yet is the result read."""
        judged = [r.id for r in runs if r.state in (RunState.PUBLISHED, RunState.HELD)][-CHARTED_RUNS:]
        found: dict[str, Any] = {}
        for run_id in judged:
            result = None if run_id in known else self._folder.result(run_id)
            found[run_id] = known.get(run_id, {}) if result is None else figures_of(result)
        return found

    def _run_pages(self, around: _Around, *, anew: bool) -> bool:
        """Make the pages of runs that have none yet, or whose report is gone since; return whether any changed."""
        states = {r.id: r.state.value for r in around.runs}
        wanted: dict[str, str] = {}
        stale = []
        for run_id in around.ids:
            state = states.get(run_id, self._made.get(run_id, "").partition(" ")[0])
            wanted[run_id] = f"{state} {'report' if self._folder.has_report(run_id) else 'ledger'}"
            is_there = (self._pages.folder / page_of_run(run_id)).is_file()
            if anew or self._made.get(run_id) != wanted[run_id] or state not in _ENDED or not is_there:
                stale.append(run_id)
        for number, run in enumerate(self._past.runs_of(stale)):
            if number % 10 == 0:
                self._progress(f"writing runs of {around.known.object} ({number} of {len(stale)})")
            has_report = wanted[run.id].endswith("report")
            wanted[run.id] = f"{run.state.value} {'report' if has_report else 'ledger'}"
            self._pages.put(page_of_run(run.id), self._run_page(run, around.row, has_report))
        self._shown |= wanted
        return bool(stale)

    def _run_page(self, run: Run, row: Mapping[str, Any], has_report: bool) -> str:
        text = page_of_text(run.contract_id, run.object, run.contract_fingerprint)
        frame = {
            "root": "../",
            "object_page": f"../{row['page']}",
            "object_title": row["title"],
            "when": f"{run.started:%Y-%m-%d %H:%M}",
            "contract_text": f"../{text}" if self._folder.contract_lines(run.id) is not None else None,
        }
        result = self._folder.result(run.id) if has_report else None
        if result is not None:
            return render_html(model(result), frame)
        words, tone = decided(run)
        told = {
            "title": row["title"],
            "run": run_line(run),
            "words": words,
            "tone": tone,
            "reasons": list(run.reasons),
            "earlier": None if run.earlier_run is None else page_of_run(run.earlier_run).removeprefix("runs/"),
            "removed": bool(run.outputs.get("reports", {}).get("removed")),
            "started": f"{run.started:%Y-%m-%d %H:%M:%S}",
            "finished": None if run.finished is None else f"{run.finished:%Y-%m-%d %H:%M:%S}",
        }
        return render_page("site/run_without_report.html.j2", {"page": told, "frame": frame, "root": "../"})

    def _object_pages(self, around: _Around, siblings: Sequence[Known]) -> None:
        """Write the page of an object, the lists of its runs, and the contract's text by version."""
        known, runs = around.known, around.runs
        path = around.row["page"]
        root = "../" * path.count("/")
        archive = [
            page_of_archive(known.contract_id, known.object, n + 1) for n in range(-(-len(around.ids) // RUNS_A_PAGE))
        ]
        checks = self._past.checks_of([r.id for r in runs])
        page = contract_page(known, runs, checks, around.facts, around.figures, self._folder, self._now)
        page |= {
            "texts": {fingerprint: _name(text) for fingerprint, text in self._texts(around, root).items()},
            "archive": [{"page": _name(a), "number": n} for n, a in enumerate(archive, 1)],
            "siblings": [
                {"object": s.object, "page": root + page_of_object(s.contract_id, s.object)} for s in siblings
            ],
            "run_pages": {r.id: root + page_of_run(r.id) for r in runs},
        }
        self._pages.put(path, render_page("site/contract.html.j2", {"page": page, "root": root}))
        if len(around.ids) > len(runs):
            self._archive(around, archive, root)

    def _archive(self, around: _Around, archive: Sequence[str], root: str) -> None:
        """Write the lists of all runs, by hundreds from the oldest; a full one before another stays as it is."""
        for n, path in enumerate(archive):
            block = around.ids[n * RUNS_A_PAGE : (n + 1) * RUNS_A_PAGE]
            if n + 2 < len(archive) and (self._pages.folder / path).is_file():
                continue
            listed = {
                "title": around.row["title"],
                "number": n + 1,
                "runs": [run_line(r) | {"run_page": root + page_of_run(r.id)} for r in self._past.runs_of(block)[::-1]],
                "newer": None if n + 1 == len(archive) else _name(archive[n + 1]),
                "older": None if n == 0 else _name(archive[n - 1]),
            }
            self._pages.put(path, render_page("site/archive.html.j2", {"page": listed, "root": root}))

    def _texts(self, around: _Around, root: str) -> dict[str, str]:
        """Write the contract's text in each version there is a copy of; return the pages by fingerprint."""
        found: dict[str, str] = {}
        for run in reversed(around.runs):
            if run.contract_fingerprint in found:
                continue
            path = page_of_text(run.contract_id, run.object, run.contract_fingerprint)
            lines = self._folder.contract_lines(run.id)
            if lines is not None:
                page = {"title": around.row["title"], "version": run.contract_version, "lines": lines}
                page["fingerprint"] = run.contract_fingerprint
                self._pages.put(path, render_page("site/text.html.j2", {"page": page, "root": root}))
            if (self._pages.folder / path).is_file():
                found[run.contract_fingerprint] = path
        return found


def _name(path: str) -> str:
    return path.rpartition("/")[2]
