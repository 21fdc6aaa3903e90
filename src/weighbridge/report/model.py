"""The report as JSON values: what every rendering is made from.

Its form is described by ``model.schema.json`` beside this file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from weighbridge.report.sections import SECTIONS
from weighbridge.report.text import clip, every_text

if TYPE_CHECKING:
    from weighbridge.outcome.result import RunResult

VERSION = 1


def model(result: RunResult) -> dict[str, Any]:
    """Return the report of a run as JSON values.

    One key a section that has something to say, and ``version``, ``run_id`` and ``title``. Its
    size is bounded whatever the data: long lists are cut and say how many they leave out, long
    texts are cut and say how many characters they leave out.
    """
    parts = {s.name: s.part(result) for s in SECTIONS}
    whole = {
        "version": VERSION,
        "run_id": result.run_id,
        "title": f"{result.contract.object} · {result.contract.name}"
        if result.contract.object != result.contract.name
        else result.contract.name,
        **{name: part for name, part in parts.items() if part is not None},
    }
    bounded: dict[str, Any] = every_text(whole, clip)
    return bounded
