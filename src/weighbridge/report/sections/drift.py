"""Drift: each compared column's distribution beside the one it was compared with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from weighbridge.report.explaining import recurrence, showable
from weighbridge.report.numbers import figure, rate
from weighbridge.report.section import Part
from weighbridge.report.sections.gravity import by_severity
from weighbridge.report.text import clip

if TYPE_CHECKING:
    from weighbridge.outcome.result import CheckResult, RunResult

_CODE = "CHK-070"
_MOST = 60
_MOST_OPEN = 40
_MOST_BINS = 24
_LONGEST_LABEL = 60
_OPEN = ": drift"
_OTHERWISE = {"others": "all other values", "odd": "NaN and infinities", "nulls": "null"}


def drift(result: RunResult) -> Part | None:
    """Return each comparison: distance, threshold, with what, and both distributions in the same bins.

    Those that drifted come first. Of a column that may not be shown there are no bins, only the check's own words.
    What had nothing to be compared with is listed with the reason. None where the contract asks for no comparison.
    """
    asked = [c for c in result.checks if c.code == _CODE]
    open_ones = [n for n in result.not_executed if n.what.endswith(_OPEN)]
    if not asked and not open_ones:
        return None
    asked.sort(key=lambda c: (c.holds, by_severity(c.severity)))
    can_be_shown = showable(result)
    return {
        "drifted": sum(not c.holds for c in asked),
        "total": len(asked),
        "compared": [_compared(c, all(p in can_be_shown for p in c.properties)) for c in asked[:_MOST]],
        "compared_not_shown": max(len(asked) - _MOST, 0),
        "not_compared": [
            {"what": n.what.removesuffix(_OPEN), "why": n.why, "line": n.line} for n in open_ones[:_MOST_OPEN]
        ],
        "not_compared_not_shown": max(len(open_ones) - _MOST_OPEN, 0),
    }


def _compared(check: CheckResult, can_be_shown: bool) -> dict[str, Any]:
    told: Mapping[str, Any] = check.measured or {}
    given = told.get("overlay") or [] if can_be_shown else []
    before, now = (sum(b[side] for b in given) for side in ("before", "now"))
    bins = [
        {
            "words": _words(b),
            "before": b["before"],
            "now": b["now"],
            "before_share": b["before"] / before if before else 0.0,
            "now_share": b["now"] / now if now else 0.0,
        }
        for b in given[:_MOST_BINS]
    ]
    return {
        "name": check.name,
        "column": check.properties[0] if check.properties else None,
        "holds": check.holds,
        "severity": check.severity.value,
        "expected": check.expected,
        "observed": check.observed if can_be_shown else None,
        "measure": told.get("measure"),
        "distance": told.get("distance"),
        "at_most": told.get("at_most"),
        "chance": told.get("chance"),
        "against": told.get("against"),
        "recurrence": recurrence(check.recurrence),
        "line": check.line,
        "masked": not can_be_shown,
        "bins": bins,
        "most_moved": _most_moved(bins),
    }


def _words(found: Mapping[str, Any]) -> str:
    kind = found["kind"]
    if found["label"] is not None:
        label = str(found["label"])
        return clip(label, _LONGEST_LABEL) if label.strip() else "(blank)" if label else "(empty)"
    if kind != "range":
        return _OTHERWISE.get(str(kind), str(kind))
    if found["below"] is not None:
        return f"below {_end(found['below'])}"
    above, up_to = found["above"], found["up_to"]
    if above is None:
        return "any value" if up_to is None else f"up to {_end(up_to)}"
    return f"over {_end(above)}" if up_to is None else f"over {_end(above)}, up to {_end(up_to)}"


def _end(value: Any) -> str:
    return figure(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _most_moved(bins: list[dict[str, Any]]) -> str | None:
    """Return in words where the two differ most; None where they do not."""
    found = max(bins, key=lambda b: abs(b["now_share"] - b["before_share"]), default=None)
    if found is None or found["now_share"] == found["before_share"]:
        return None
    return f"{found['words']}: {rate(found['before_share'])} before, {rate(found['now_share'])} now"
