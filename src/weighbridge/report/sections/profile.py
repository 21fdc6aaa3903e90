"""Each column: what the contract declares, and what the extract holds."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from weighbridge.report.section import Part

if TYPE_CHECKING:
    from weighbridge.outcome.result import RunResult

_MOST_COLUMNS = 200
_MOST_LISTED = 10
_FEW_VALUES = 12
_MOST_DECLARED = 24
_ABSENT = ("missing", "unreadable", "undecided")
_MOST_REASONS = 24
_MOST_NOTES = 16
_FIGURES = ("type", "count", "nulls", *_ABSENT, "distinct", "distinct_is", "empties", "nan", "infinite", "lengths")
_VALUES = ("min", "max", "mean", "std")


def profile(result: RunResult) -> Part | None:
    """Return one entry a declared property: declaration in words, figures, and a chart's numbers.

    Figures are of the records that could be framed. A masked column shows counts and lengths,
    never values. None where the schema declares nothing.
    """
    if not result.schema:
        return None
    from weighbridge.profile import in_words

    columns: Mapping[str, Any] = result.profile.get("columns", {})
    return {
        "records": result.profile.get("records", 0),
        "columns": [_column(p, columns.get(str(p["name"]))) for p in result.schema[:_MOST_COLUMNS]],
        "notes": list(islice(in_words(result.profile), _MOST_NOTES)),
        "columns_not_shown": max(len(result.schema) - _MOST_COLUMNS, 0),
    }


def _column(declared: Mapping[str, Any], seen: Mapping[str, Any] | None) -> dict[str, Any]:
    options = declared.get("options", {})
    column = {
        "name": declared["name"],
        "logical_type": declared.get("logical_type"),
        "physical_type": declared.get("physical_type"),
        "description": declared.get("description"),
        "declared": _declared(declared),
        "line": declared.get("line"),
        "masked": bool(declared.get("masked")) or bool(seen and seen.get("masked")),
        "observed": None,
        "outside": [],
        "histogram": None,
        "top": None,
        "shapes": [],
    }
    if seen is None:
        return column
    observed = dict.fromkeys((*_FIGURES, *_VALUES, "median")) | {name: seen[name] for name in _FIGURES if name in seen}
    observed["reasons"] = seen.get("reasons", [])[:_MOST_REASONS]
    column["observed"] = observed
    if column["masked"]:
        return column
    observed |= {name: seen[name] for name in _VALUES if name in seen}
    observed["median"] = seen.get("quantiles", {}).get("values", {}).get("0.5")
    column["outside"] = _outside(options, seen)
    histogram = seen.get("histogram")
    if histogram and len(histogram["counts"]) > 1 and seen["distinct"] > _FEW_VALUES:
        column["histogram"] = histogram
    elif seen.get("top"):
        column["top"] = {"values": seen["top"][:_MOST_LISTED], "is": seen.get("top_is", "exact")}
    column["shapes"] = seen.get("shapes", [])[:_MOST_LISTED]
    return column


def _declared(declared: Mapping[str, Any]) -> list[str]:
    words = []
    if "primary_key" in declared:
        words.append(f"primary key {declared['primary_key']}")
    words += [word for word in ("required", "unique") if declared.get(word)]
    words += [f"{name} {value}" for name, value in declared.get("options", {}).items()]
    if declared.get("enum"):
        values = [str(v) for v in declared["enum"]]
        more = f" and {len(values) - 8} more" if len(values) > 8 else ""
        words.append(f"one of {', '.join(values[:8])}{more}")
    if declared.get("rules"):
        words.append(f"rules {', '.join(declared['rules'])}")
    return words[:_MOST_DECLARED]


def _outside(options: Mapping[str, Any], seen: Mapping[str, Any]) -> list[str]:
    lengths = seen.get("lengths", {})
    pairs: tuple[tuple[str, Any, Any, int], ...] = (
        ("min", seen.get("min"), options.get("minimum"), -1),
        ("max", seen.get("max"), options.get("maximum"), 1),
        ("shortest", lengths.get("min"), options.get("minLength"), -1),
        ("longest", lengths.get("max"), options.get("maxLength"), 1),
    )
    return [
        f"{name} {value:,} is outside the declared {bound:,}"
        for name, value, bound, sign in pairs
        if _number(value) and _number(bound) and (value - bound) * sign > 0
    ]


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
