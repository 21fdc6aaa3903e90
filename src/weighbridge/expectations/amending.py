"""What Great Expectations itself decides by the class of an engine, or decides wrongly: amended where it must be.

Importing this imports Great Expectations.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from great_expectations.expectations import core

from weighbridge.expectations.engine import PolarsExecutionEngine
from weighbridge.expectations.typed import is_one_of, is_type

_DONE = "_weighbridge_amended"


def amend() -> None:
    """Teach three expectations the types of Polars, and one to answer with a plain `bool`.

    The expectations on types know three engines by class and say nothing for a fourth. The one
    on quantiles gives a `numpy.bool`, which numpy 2.4 no longer lets JSON take for a `bool`: on every engine.
    """
    _around(core.ExpectColumnValuesToBeOfType, _of_type)
    _around(core.ExpectColumnValuesToBeInTypeList, _in_type_list)
    _around(core.ExpectColumnTypeToBe, _column_type)
    _around(core.ExpectColumnQuantileValuesToBeBetween, _quantiles)


def _around(expectation: Any, amended: Callable[..., Any]) -> None:
    original = expectation._validate
    if getattr(original, _DONE, False):
        return

    @wraps(original)
    def validate(self: Any, metrics: Any, runtime_configuration: Any = None, execution_engine: Any = None) -> Any:
        def as_before() -> Any:
            return original(
                self, metrics=metrics, runtime_configuration=runtime_configuration, execution_engine=execution_engine
            )

        return amended(self, metrics, execution_engine, as_before)

    setattr(validate, _DONE, True)
    expectation._validate = validate


def _type_of(self: Any, metrics: Any) -> Any:
    from weighbridge.expectations.view import UnknownColumnError

    name = self.configuration.kwargs.get("column")
    for described in metrics["table.column_types"]:
        if described["name"] == name:
            return described["type"]
    raise UnknownColumnError(name)


def _of_type(self: Any, metrics: Any, engine: Any, as_before: Callable[[], Any]) -> Any:
    if not isinstance(engine, PolarsExecutionEngine):
        return as_before()
    dtype, word = _type_of(self, metrics), self.configuration.kwargs.get("type_")
    success = True if word is None else is_type(dtype, word)
    return {"success": success, "result": {"observed_value": str(dtype)}}


def _column_type(self: Any, metrics: Any, engine: Any, as_before: Callable[[], Any]) -> Any:
    return _of_type(self, metrics, engine, as_before)


def _in_type_list(self: Any, metrics: Any, engine: Any, as_before: Callable[[], Any]) -> Any:
    if not isinstance(engine, PolarsExecutionEngine):
        return as_before()
    dtype, words = _type_of(self, metrics), self.configuration.kwargs.get("type_list")
    success = True if words is None else is_one_of(dtype, list(words))
    return {"success": success, "result": {"observed_value": str(dtype)}}


def _quantiles(self: Any, metrics: Any, engine: Any, as_before: Callable[[], Any]) -> Any:
    outcome = as_before()
    details = outcome["result"]["details"]
    details["success_details"] = [bool(each) for each in details["success_details"]]
    return outcome | {"success": bool(outcome["success"])}
