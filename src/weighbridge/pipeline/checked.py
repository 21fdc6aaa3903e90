"""Functions whose frames are validated on the way in and out: a decorator for training code."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar, cast

import polars as pl

from weighbridge.findings import ArgumentError, Finding

P = ParamSpec("P")
R = TypeVar("R")
Validate = Callable[[Any, str | None], pl.DataFrame]


def checked(
    function: Callable[P, R], arguments: Mapping[str, str | None], returns: str | bool, validate: Validate
) -> Callable[P, R]:
    """Return `function` with frames validated: named arguments before it is called, its result after.

    A lazy frame stays lazy for the function. An argument that is None is left alone.

    Args:
        function: a function or coroutine function.
        arguments: parameter name → object of the contract (None: the only one).
        returns: the object that the result is; True for the only one, False when it is not looked at.
        validate: given a frame and an object's name, returns the typed frame or raises.

    Raises:
        ArgumentError: ARG-001, the function has no such parameter.
    """
    signature = inspect.signature(function)
    unknown = [name for name in arguments if name not in signature.parameters]
    if unknown:
        known = ", ".join(signature.parameters) or "none"
        name = getattr(function, "__name__", "the function")
        raise ArgumentError(Finding("ARG-001", detail=f"{name} has no parameter {', '.join(unknown)}; it has {known}"))

    def taken(args: Any, kwargs: Any) -> inspect.BoundArguments:
        bound = signature.bind(*args, **kwargs)
        for name, object_name in arguments.items():
            if bound.arguments.get(name) is not None:
                bound.arguments[name] = _as_given(bound.arguments[name], object_name, validate)
        return bound

    def given(result: Any) -> Any:
        if returns is False:
            return result
        return _as_given(result, None if returns is True else returns, validate)

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def asynchronous(*args: P.args, **kwargs: P.kwargs) -> Any:
            bound = taken(args, kwargs)
            return given(await function(*bound.args, **bound.kwargs))

        return cast("Callable[P, R]", asynchronous)

    @functools.wraps(function)
    def synchronous(*args: P.args, **kwargs: P.kwargs) -> R:
        bound = taken(args, kwargs)
        return cast("R", given(function(*bound.args, **bound.kwargs)))

    return synchronous


def _as_given(frame: Any, object_name: str | None, validate: Validate) -> pl.DataFrame | pl.LazyFrame:
    typed = validate(frame, object_name)
    return typed.lazy() if isinstance(frame, pl.LazyFrame) else typed
