"""Cases written as JSON lines in the words of Great Expectations' own test definitions, run on Polars.

A line has `expectation`, `title`, `data` (columns of JSON values) or `data_ref` (several named
tables), `arguments`, `expect_success`, `expect_error`, `unexpected_list`, `unexpected_index_list`,
`observed_value`, `only_for` and `suppress`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from great_expectations.expectations.registry import get_expectation_impl

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?")
_ABOUT_MOMENTS = re.compile(r"\$PARAMETER|datetime64|timestamp", re.IGNORECASE)
_CLOSE = 1e-4


class MixedError(ValueError):
    """A column the case asks about holds values of several types; no typed column can."""


@dataclass(frozen=True)
class Case:
    """One line, with its number counted from 1."""

    line: int
    said: dict[str, Any]

    @property
    def name(self) -> str:
        """Line, expectation and title: unique."""
        return f"{self.line}: {self.said['expectation']}: {self.said['title']}"

    @property
    def arguments(self) -> dict[str, Any]:
        """Arguments of the expectation itself."""
        return {k: v for k, v in self.said["arguments"].items() if k not in ("result_format", "catch_exceptions")}

    @property
    def may_raise(self) -> bool:
        """Whether an exception counts as the failure that is expected."""
        return self.must_raise or bool(
            self.said["arguments"].get("catch_exceptions") and not self.said["expect_success"]
        )

    @property
    def must_raise(self) -> bool:
        """Whether an exception is expected; a case that catches them and expects no verdict expects one."""
        catches = self.said["arguments"].get("catch_exceptions")
        return bool(self.said["expect_error"] or (catches and self.said["expect_success"] is None))


def cases(path: Path) -> Iterator[Case]:
    """Yield the cases of a file of JSON lines."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            yield Case(number, json.loads(line))


def typed(data: dict[str, list[Any]], asked: dict[str, Any]) -> pl.DataFrame:
    """Return a case's data as typed columns, one for each row's number (`pk_index`) among them.

    Text that is a moment becomes one where the case is about moments, as the fixtures of Great
    Expectations do. A mixed column that is not asked about is left out.

    Raises:
        MixedError: a column that is asked about is mixed.
    """
    words = json.dumps(asked)
    columns = [c for name, values in data.items() if (c := _column(name, values, words)) is not None]
    rows = pl.DataFrame(columns)
    if "pk_index" not in rows.columns:
        rows = rows.with_columns(pk_index=pl.int_range(pl.len()))
    return rows


def _column(name: str, values: list[Any], words: str) -> pl.Series | None:
    present = [value for value in values if value is not None]
    kinds = {type(value) for value in present}
    if kinds == {int, float}:
        return pl.Series(name, [None if value is None else float(value) for value in values])
    if kinds - {list} and len(kinds) > 1:
        named = f'"{name}"' in words or re.search(rf"\b{re.escape(name)}\b", asked_rows(words))
        if named:
            raise MixedError(f"{name} holds {', '.join(sorted(kind.__name__ for kind in kinds))}")
        return None
    column = pl.Series(name, values, strict=True)
    if kinds == {str} and _ABOUT_MOMENTS.search(words) and all(_MOMENT.fullmatch(value) for value in present):
        return column.str.to_datetime()
    return column


def asked_rows(words: str) -> str:
    """Return the `row_condition` of a case's arguments."""
    return str(json.loads(words).get("row_condition") or "")


def disagreement(case: Case, definition: Any) -> str | None:
    """Return how an outcome differs from what the case expects; None where it does not.

    Args:
        case: to run.
        definition: batch definition of a frame that is handed over. What this version of Great Expectations
            does not observe is not held against the case.

    Raises:
        MixedError: no typed columns can hold the case.
    """
    said = case.said
    try:
        expectation = get_expectation_impl(said["expectation"])(**case.arguments)
    except Exception as error:
        return None if case.may_raise else f"refused when it is made: {str(error)[:200]}"
    given = {table["dataset_name"]: typed(table["data"], case.arguments) for table in said.get("data_ref") or []}
    rows = typed(said["data"], case.arguments) if said["data"] is not None else next(iter(given.values()))
    if said["expectation"].startswith("expect_table_col") or said["expectation"] == "expect_column_to_exist":
        rows = rows.drop([c for c in ("pk_index",) if c not in (said["data"] or {})])
    parameters: dict[str, Any] = {"dataframe": rows, **({"tables": given} if given else {})}
    keys = ["pk_index"] if "pk_index" in rows.columns else []
    asked = {"result_format": "COMPLETE", **({"unexpected_index_column_names": keys} if keys else {})}
    result = definition.get_batch(parameters).validate(expectation, result_format=asked)
    raised = _raised(result.exception_info)
    if case.must_raise:
        return None if raised else f"no exception, but success {result.success}"
    if raised:
        return f"raised {raised}"
    if said["expect_success"] is not None and result.success != said["expect_success"]:
        return f"success {result.success}: {str(result.result)[:300]}"
    return _differs(said, json.loads(json.dumps(result.to_json_dict()))["result"])


def _raised(info: dict[str, Any]) -> str | None:
    entries = [info] if "raised_exception" in info else list(info.values())
    return next((str(e["exception_message"])[:300] for e in entries if e["raised_exception"]), None)


def _differs(said: dict[str, Any], result: dict[str, Any]) -> str | None:
    if said["unexpected_list"] is not None and not same(result.get("unexpected_list", []), said["unexpected_list"]):
        return f"unexpected_list {result.get('unexpected_list')}, not {said['unexpected_list']}"
    places = said["unexpected_index_list"]
    if places is not None and not same(result.get("unexpected_index_list", []), places):
        return f"unexpected_index_list {result.get('unexpected_index_list')}, not {places}"
    seen = said["observed_value"]
    if seen is not None and result.get("observed_value") is not None and not same(result.get("observed_value"), seen):
        return f"observed_value {result.get('observed_value')}, not {seen}"
    return None


def same(found: Any, wanted: Any) -> bool:
    """Whether two JSON values are the same, numbers within what their writing lost, moments however written."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return found.keys() == wanted.keys() and all(same(found[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list) and isinstance(found, list):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    if isinstance(wanted, int | float) and isinstance(found, int | float):
        return math.isclose(found, wanted, rel_tol=_CLOSE, abs_tol=1e-5)
    if isinstance(wanted, str) and isinstance(found, str):
        return found == wanted or found.replace("T", " ") == wanted.replace("T", " ")
    return bool(found == wanted)
