"""What people are called for now: the open alerts, as the overview lists them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from weighbridge.report.site.pages import page_of_run

_MOST = 50
_GRAVE = frozenset(("held", "cannot_run", "absent", "stale"))


@dataclass(frozen=True, slots=True)
class Firing:
    """One trouble that is not over.

    Attributes:
        kind: ``"held"``, ``"rate"``, ``"waiting"`` and so on.
        contract_id: of the contract; its file's name where it could not be read.
        object: of the contract; None where it is about all of it.
        title: one line, which holds no value of a record.
        since: when it was first found.
        times: how often.
        told: when people were told last; None when they were not.
        run_id: of the run that showed it last; None where no run did.
    """

    kind: str
    contract_id: str
    object: str | None
    title: str
    since: datetime
    times: int
    told: datetime | None
    run_id: str | None


def firing_lines(
    firing: Sequence[Firing], pages: Mapping[tuple[str, str | None], str], runs: Collection[str]
) -> dict[str, Any]:
    """Return the section of the overview as JSON values: the grave ones first, then by age.

    Args:
        firing: what is not over.
        pages: the page of each object that the site shows, by contract and object.
        runs: the runs that have a page.
    """
    ordered = sorted(firing, key=lambda f: (f.kind not in _GRAVE, f.since, f.title))
    lines = [
        {
            "title": one.title,
            "tone": "bad" if one.kind in _GRAVE else "warning",
            "kind": one.kind.replace("_", " "),
            "page": pages.get((one.contract_id, one.object)),
            "since": f"{one.since:%Y-%m-%d %H:%M}",
            "times": one.times,
            "told": None if one.told is None else f"{one.told:%Y-%m-%d %H:%M}",
            "run": one.run_id,
            "run_page": page_of_run(one.run_id) if one.run_id in runs and one.run_id is not None else None,
        }
        for one in ordered[:_MOST]
    ]
    return {"lines": lines, "more": max(0, len(firing) - _MOST), "count": len(firing)}
