"""One expectation as a question of a plan that others share, judged without Great Expectations.

What is asked comes from the same expressions the engine computes its metrics with; how figures
become a verdict is written down here for the core expectations, so that a contract with
expectations costs no import of seconds. A test holds every verdict against Great Expectations' own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from difflib import get_close_matches
from itertools import zip_longest
from typing import Any

import polars as pl

from weighbridge.expectations.divergence import divergence
from weighbridge.expectations.figures import Figure, figure
from weighbridge.expectations.kinds import BETWEEN, ELSEWHERE, EVERYWHERE, MAPS, OPTIONAL, OTHERS, arguments_of
from weighbridge.expectations.literals import comparable
from weighbridge.expectations.maps import Asked, asked
from weighbridge.expectations.queries import queried
from weighbridge.expectations.rows import predicate
from weighbridge.expectations.typed import is_one_of, is_type
from weighbridge.expectations.view import View

Arguments = Mapping[str, Any]


class NotRidingError(ValueError):
    """An expectation cannot be asked of a plan; the message says why."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of an expectation.

    Attributes:
        success: as Great Expectations says it.
        result: its `result`, as JSON values, as far as one scan tells: that of BASIC without examples.
        words: what was observed, for people.
        unexpected, of: rows that are unexpected and rows that were asked; None where none are.
    """

    success: bool
    result: dict[str, Any]
    words: str
    unexpected: int | None = None
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Riding:
    """An expectation that rides on a plan.

    Attributes:
        kind, kwargs: its type and arguments.
        columns: the columns it is about; empty for one about the table.
        value: aggregates to one value, which `read` turns into the verdict; None when `build` is given.
        build: for one that needs a frame of its own, from the shared frame to one of one row and one column.
        read: from that value to the verdict.
        rows: which rows are unexpected, for one about rows.
        counts_only: whether the verdict's words hold no value of the columns.
    """

    kind: str
    kwargs: Mapping[str, Any]
    columns: tuple[str, ...]
    value: pl.Expr | None
    build: Callable[[pl.LazyFrame], pl.LazyFrame] | None
    read: Callable[[Any], Verdict]
    rows: Asked | None = None
    counts_only: bool = False


def ride(kind: str, kwargs: Arguments, schema: Mapping[str, pl.DataType], where: pl.Expr | None = None) -> Riding:
    """Return an expectation as a question of a frame.

    Args:
        kind: its type, e.g. ``"expect_column_values_to_be_unique"``.
        kwargs: its arguments, as Great Expectations takes them.
        schema: the frame's columns with their types.
        where: rows it is asked of, beside its own `row_condition`; None means all.

    Raises:
        NotRidingError: there is no such expectation, its arguments make no sense for this frame, or it
            takes more than the one scan.
    """
    _known(kind, kwargs)
    try:
        condition = predicate(kwargs.get("row_condition"), View(schema), kwargs.get("condition_parser"))
        parts = [part for part in (condition, None if where is None else where.fill_null(False)) if part is not None]
        view = View(schema, parts[0] & parts[1] if len(parts) == 2 else parts[0] if parts else None)
        made = _made(kind, kwargs, view)
        if made.value is not None:
            pl.DataFrame(schema=dict(schema)).lazy().select(made.value.alias("value")).collect()
        return made
    except (ValueError, TypeError, KeyError, pl.exceptions.PolarsError) as error:
        raise NotRidingError(f"{kind}: {str(error).splitlines()[0] if str(error) else type(error).__name__}") from error


def _known(kind: str, kwargs: Arguments) -> None:
    if kind in ELSEWHERE:
        raise NotRidingError(f"{kind}: {ELSEWHERE[kind]}")
    try:
        taken = arguments_of(kind)
    except KeyError:
        near = get_close_matches(kind, [*MAPS, *BETWEEN, *OTHERS], n=1)
        hint = f"; the nearest is {near[0]}" if near else ""
        raise NotRidingError(f"{kind} is none of the core expectations{hint}") from None
    if unknown := set(kwargs) - set(taken) - EVERYWHERE:
        raise NotRidingError(f"{kind} takes no {', '.join(sorted(unknown))}; it takes {', '.join(taken)}")
    if lacking := [name for name in taken if name not in OPTIONAL and kwargs.get(name) is None]:
        raise NotRidingError(f"{kind} needs {', '.join(lacking)}")
    if parameters := [name for name, value in kwargs.items() if isinstance(value, Mapping) and "$PARAMETER" in value]:
        raise NotRidingError(f"{kind}: {', '.join(parameters)}: only a suite run by Great Expectations has parameters")
    mostly = kwargs.get("mostly")
    if mostly is not None and not (isinstance(mostly, int | float) and 0 <= mostly <= 1):
        raise NotRidingError(f"{kind}: mostly {mostly!r} is no share from 0 to 1")


def _made(kind: str, kwargs: Arguments, view: View) -> Riding:
    if kind in MAPS:
        return _map(kind, kwargs, view)
    if kind == "unexpected_rows_expectation":
        return _query(kind, kwargs, view)
    if kind in BETWEEN:
        return _between(kind, kwargs, view)
    if kind.startswith("expect_column_distinct_values"):
        return _distinct(kind, kwargs, view)
    return _OTHERS[kind](kind, kwargs, view)


def _columns(kwargs: Arguments) -> tuple[str, ...]:
    named = [kwargs[key] for key in ("column", "column_A", "column_B") if kwargs.get(key) is not None]
    return tuple(map(str, named or kwargs.get("column_list") or ()))


def _map(kind: str, kwargs: Arguments, view: View) -> Riding:
    question = asked(MAPS[kind][0], view, kwargs, kwargs)
    mostly = 1.0 if kwargs.get("mostly") is None else float(kwargs["mostly"])
    value = pl.struct(
        question.unexpected.sum().alias("unexpected"), question.domain.sum().alias("of"), view.count().alias("rows")
    )

    def read(found: Mapping[str, Any]) -> Verdict:
        unexpected, of, rows = (int(found[key] or 0) for key in ("unexpected", "of", "rows"))
        success = not of or (of - unexpected) / of >= mostly
        words = f"observed {unexpected:,} unexpected of {of:,}"
        return Verdict(success, counted(kind, unexpected, of, rows), words, unexpected, of)

    return Riding(kind, kwargs, question.columns, value, None, read, question, counts_only=True)


def counted(kind: str, unexpected: int, of: int, rows: int) -> dict[str, Any]:
    """Return Great Expectations' `result` of an expectation about rows, from its counts."""
    result: dict[str, Any] = {
        "element_count": rows,
        "unexpected_count": unexpected,
        "unexpected_percent": unexpected / of * 100 if of else None,
        "partial_unexpected_list": [],
    }
    if kind in ("expect_column_values_to_not_be_null", "expect_column_values_to_be_null"):
        return result
    return result | {
        "missing_count": rows - of,
        "missing_percent": (rows - of) / rows * 100 if rows else None,
        "unexpected_percent_total": unexpected / rows * 100 if rows else None,
        "unexpected_percent_nonmissing": unexpected / of * 100 if of else None,
    }


def _query(kind: str, kwargs: Arguments, view: View) -> Riding:
    def build(frame: pl.LazyFrame) -> pl.LazyFrame:
        return queried("unexpected_rows_query.row_count", frame.select(list(view.schema)), view, kwargs, {})

    build(pl.LazyFrame(schema=dict(view.schema))).collect()

    def read(count: Any) -> Verdict:
        found = int(count or 0)
        return Verdict(not found, {"observed_value": found}, f"observed {found:,} unexpected rows")

    return Riding(kind, kwargs, (), None, build, read, counts_only=True)


def _single(
    kind: str, kwargs: Arguments, view: View, of: Figure, judge: Callable[[Any], Verdict], *, counts: bool = False
) -> Riding:
    value = pl.lit(0) if of.value is None else of.value
    return Riding(kind, kwargs, _columns(kwargs), value, None, lambda v: judge(of.read(v)), counts_only=counts)


def _between(kind: str, kwargs: Arguments, view: View) -> Riding:
    metric = BETWEEN[kind]
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    if metric in ("column.max", "column.min"):
        dtype = view.dtype(str(kwargs["column"]))
        if not (dtype.is_numeric() or dtype.is_temporal() or isinstance(dtype, pl.Null)):
            raise ValueError(f"only numbers and moments have bounds here, not values of type {dtype}")
        low, high = (None if bound is None else comparable(bound, dtype) for bound in (low, high))
    elif any(isinstance(b, bool) or not isinstance(b, int | float | Decimal | None) for b in (low, high)):
        raise ValueError(f"min_value {low!r} and max_value {high!r} must be numbers or left out")

    def judge(seen: Any) -> Verdict:
        if seen is None or (isinstance(seen, float) and math.isnan(seen)):
            return Verdict(False, {"observed_value": None}, "observed no value")
        above = low is None or (seen > low if kwargs.get("strict_min") else seen >= low)
        below = high is None or (seen < high if kwargs.get("strict_max") else seen <= high)
        return Verdict(bool(above and below), {"observed_value": plain(seen)}, f"observed {shown(seen)}")

    counts = metric.startswith("table.") or metric in ("column.distinct_values.count", "column.non_null_proportion")
    return _single(
        kind, kwargs, view, figure(metric, view, kwargs, kwargs), judge, counts=counts or "proportion" in metric
    )


def _distinct(kind: str, kwargs: Arguments, view: View) -> Riding:
    ways = []
    if not kind.endswith("contain_set"):
        ways.append(("unexpected", "not_in_set"))
    if not kind.endswith("be_in_set"):
        ways.append(("missing", "missing_from_column"))
    found = {
        (word, part): figure(
            f"column.distinct_values.{metric}{'.count' if part == 'count' else ''}", view, kwargs, kwargs
        )
        for word, metric in ways
        for part in ("count", "list")
    }
    fields = {f"{word}_{part}": f.value for (word, part), f in found.items() if f.value is not None}
    value = pl.struct(expression.alias(name) for name, expression in fields.items())

    def read(seen: Mapping[str, Any]) -> Verdict:
        result: dict[str, Any] = {"observed_value": None}
        for word, _ in ways:
            result[f"{word}_count"] = int(found[word, "count"].read(seen.get(f"{word}_count")))
            result[f"partial_{word}_list"] = plain(found[word, "list"].read(seen.get(f"{word}_list")))
        told = [f"{result[f'{w}_count']:,} {w}: {shown(result[f'partial_{w}_list'])}" for w, _ in ways]
        success = not any(result[f"{word}_count"] for word, _ in ways)
        return Verdict(success, result, "observed " + "; ".join(told))

    return Riding(kind, kwargs, _columns(kwargs), value, None, read)


def _most_common(kind: str, kwargs: Arguments, view: View) -> Riding:
    def judge(seen: Sequence[Any]) -> Verdict:
        meet = len(set(kwargs["value_set"]) & set(seen))
        success = meet > 0 if kwargs.get("ties_okay") else len(seen) == 1 and meet == 1
        return Verdict(success, {"observed_value": plain(seen)}, f"observed {shown(seen)}")

    return _single(kind, kwargs, view, figure("column.most_common_value", view, kwargs, kwargs), judge)


_NEAR = 1.0e-4


def _quantiles(kind: str, kwargs: Arguments, view: View) -> Riding:
    ranges = kwargs["quantile_ranges"]
    quantiles, bounds = list(ranges["quantiles"]), list(ranges["value_ranges"])
    dtype = view.dtype(str(kwargs["column"]))
    limits = [[None if b is None else comparable(b, dtype) for b in pair] for pair in bounds]
    if len(limits) != len(quantiles):
        raise ValueError("quantile_ranges must have as many value_ranges as quantiles")

    def within(seen: Any, low: Any, high: Any) -> bool:
        if seen is None:
            return False
        near = isinstance(seen, int | float) and any(
            b is not None and abs(seen - b) <= 1e-8 + _NEAR * abs(b) for b in (low, high)
        )
        return near or ((low is None or low <= seen) and (high is None or seen <= high))

    def judge(seen: Sequence[Any]) -> Verdict:
        each = [within(value, *limit) for value, limit in zip(seen, limits, strict=True)]
        result = {
            "observed_value": {"quantiles": quantiles, "values": plain(seen)},
            "details": {"success_details": each},
        }
        return Verdict(all(each), result, f"observed {shown(seen)}")

    asked_for = figure("column.quantile_values", view, kwargs, {**kwargs, "quantiles": quantiles})
    return _single(kind, kwargs, view, asked_for, judge)


def _known_before(kind: str, kwargs: Arguments, view: View, verdict: Verdict) -> Riding:
    """Return one whose verdict follows from names and types of the columns."""
    return Riding(kind, kwargs, _columns(kwargs), pl.lit(0), None, lambda _: verdict, counts_only=True)


def _exists(kind: str, kwargs: Arguments, view: View) -> Riding:
    names, index = list(view.schema), kwargs.get("column_index")
    success = kwargs["column"] in names if not index else index < len(names) and names[index] == kwargs["column"]
    made = _known_before(kind, kwargs, view, Verdict(success, {}, f"observed the columns {', '.join(names)}"))
    return Riding(kind, kwargs, (), made.value, None, made.read, counts_only=True)


def _typed(kind: str, kwargs: Arguments, view: View) -> Riding:
    dtype = view.dtype(str(kwargs["column"]))
    words = kwargs.get("type_list")
    success = is_type(dtype, kwargs["type_"]) if words is None else is_one_of(dtype, list(words))
    return _known_before(
        kind, kwargs, view, Verdict(success, {"observed_value": str(dtype)}, f"observed the type {dtype}")
    )


def _equal_count(kind: str, kwargs: Arguments, view: View) -> Riding:
    def judge(seen: int) -> Verdict:
        return Verdict(seen == kwargs["value"], {"observed_value": int(seen)}, f"observed {seen:,}")

    metric = "table.row_count" if "row" in kind else "table.column_count"
    return _single(kind, kwargs, view, figure(metric, view, kwargs, kwargs), judge, counts=True)


def _ordered(kind: str, kwargs: Arguments, view: View) -> Riding:
    names, wanted = list(view.schema), list(kwargs["column_list"])
    result: dict[str, Any] = {"observed_value": names}
    mismatched = [
        {"Expected Column Position": i, "Expected": expected, "Found": found}
        for i, (expected, found) in enumerate(zip_longest(wanted, names))
        if expected != found
    ]
    if mismatched:
        result["details"] = {"mismatched": mismatched}
    verdict = Verdict(not mismatched, result, f"observed the columns {', '.join(names)}")
    return Riding(kind, kwargs, (), pl.lit(0), None, lambda _: verdict, counts_only=True)


def _column_set(kind: str, kwargs: Arguments, view: View) -> Riding:
    names, wanted = set(view.schema), set(kwargs["column_set"])
    exact = kwargs.get("exact_match", True)
    amiss = {"unexpected": sorted(names - wanted), "missing": sorted(wanted - names)}
    result: dict[str, Any] = {"observed_value": sorted(names)}
    if mismatched := {key: value for key, value in amiss.items() if value}:
        result["details"] = {"mismatched": mismatched}
    success = not amiss["missing"] and not (exact and amiss["unexpected"])
    verdict = Verdict(success, result, f"observed the columns {', '.join(view.schema)}")
    return _known_before(kind, kwargs, view, verdict)


def _divergence(kind: str, kwargs: Arguments, view: View) -> Riding:
    value, of = divergence(view, kwargs)

    def read(seen: Any) -> Verdict:
        found, success, details = of(seen)
        words = "observed no divergence that is a number" if found is None else f"observed {shown(found)}"
        return Verdict(success, {"observed_value": found, "details": plain(details)} if details else {}, words)

    return Riding(kind, kwargs, _columns(kwargs), value, None, read)


_OTHERS: Mapping[str, Callable[[str, Arguments, View], Riding]] = {
    "expect_column_kl_divergence_to_be_less_than": _divergence,
    "expect_column_most_common_value_to_be_in_set": _most_common,
    "expect_column_quantile_values_to_be_between": _quantiles,
    "expect_column_to_exist": _exists,
    "expect_column_type_to_be": _typed,
    "expect_column_values_to_be_of_type": _typed,
    "expect_column_values_to_be_in_type_list": _typed,
    "expect_table_column_count_to_equal": _equal_count,
    "expect_table_row_count_to_equal": _equal_count,
    "expect_table_columns_to_match_ordered_list": _ordered,
    "expect_table_columns_to_match_set": _column_set,
}


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, list | tuple | set):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def shown(value: Any) -> str:
    """Return a value as people read it."""
    if isinstance(value, list | tuple):
        return ", ".join(map(shown, value)) or "none"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return f"{value:,.6g}" if isinstance(value, float) else str(value)
