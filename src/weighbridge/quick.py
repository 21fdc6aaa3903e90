"""Dataclasses made quickly: a start makes some two hundred, and a fifth of a small check went into them.

`dataclass` is the standard library's, with its results made otherwise for the classes that are frozen and
have slots. There only `__init__` is written and compiled for each class; what compares, hashes, shows and
refuses changes are closures. `dataclasses.field`, `fields`, `replace` and `asdict` work as ever.
"""

from __future__ import annotations

import dataclasses
import enum
import sys
from collections.abc import Callable, Sequence
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(**options: bool) -> Callable[[type], type]:
        """Return what makes a class a dataclass; the options are those of `dataclasses.dataclass`."""
        return _made if options == {"frozen": True, "slots": True} else dataclasses.dataclass(**options)


def _made(cls: type) -> type:
    if not cls.__doc__:
        cls.__doc__ = cls.__name__  # else the standard library looks for a signature, at length
    written = dict(cls.__dict__)
    frozen = any(_is_frozen(base) for base in cls.__mro__[1:])  # which the standard library insists on
    listed = dataclasses.fields(dataclasses.dataclass(init=False, repr=False, eq=False, frozen=frozen)(cls))
    names = tuple(field.name for field in listed)
    own = {name: value for name, value in cls.__dict__.items() if name in written or name not in _REFUSING}
    own["__dataclass_params__"].frozen = True  # so that a frozen class may be derived from it
    known = set().union(*(getattr(base, "__slots__", ()) for base in cls.__mro__[1:-1]))
    body = {name: value for name, value in own.items() if name not in names and name not in _OF_THE_OLD}
    body["__slots__"] = tuple(name for name in names if name not in known)
    equal, hashed = _comparing([field.name for field in listed if field.compare])
    methods: dict[str, Any] = {
        "__repr__": _showing([field.name for field in listed if field.repr]),
        "__eq__": equal,
        "__getstate__": lambda self: [getattr(self, name) for name in names],
        "__setstate__": _restoring(names),
    }
    body = {**methods, **body}
    if "__hash__" not in own or (own["__hash__"] is None and "__eq__" in own):
        body["__hash__"] = hashed
    made: type = type(cls)(cls.__name__, cls.__bases__, body)
    made.__qualname__ = cls.__qualname__
    refuse = _refusing(made, frozenset(names))
    for name, method in (("__init__", _init(made, listed)), ("__setattr__", refuse[0]), ("__delattr__", refuse[1])):
        if name not in own:
            setattr(made, name, method)
    return made


class _Factory(enum.Enum):
    """Stands for what a factory makes where an argument is not given."""

    WANTED = "<factory>"

    def __repr__(self) -> str:
        return self.value


def _is_frozen(base: type) -> bool:
    params = base.__dict__.get("__dataclass_params__")
    return params is not None and params.frozen


_REFUSING = ("__setattr__", "__delattr__")
_OF_THE_OLD = ("__dict__", "__weakref__")
__all__ = ["dataclass"]


def _init(cls: type, listed: Sequence[dataclasses.Field[Any]]) -> Callable[..., None]:
    """Return the one method that is code of its own: Python's own handling of arguments is the quickest."""
    given: dict[str, Any] = {"_absent": _Factory.WANTED}
    positional: list[str] = []
    by_name: list[str] = []
    lines: list[str] = []
    for field in listed:
        name, word = field.name, field.name
        given[f"_set_{name}"] = getattr(cls, name).__set__
        if field.default_factory is not dataclasses.MISSING:
            given[f"_make_{name}"] = field.default_factory
            word = f"_make_{name}() if {name} is _absent else {name}" if field.init else f"_make_{name}()"
        elif field.default is not dataclasses.MISSING:
            given[f"_default_{name}"] = field.default
            word = name if field.init else f"_default_{name}"
        elif not field.init:
            continue
        if field.init:
            there = "" if word == name and f"_default_{name}" not in given else f"=_default_{name}"
            there = "=_absent" if f"_make_{name}" in given else there
            (by_name if field.kw_only else positional).append(name + there)
        lines.append(f"  _set_{name}(self, {word})")
    if hasattr(cls, "__post_init__"):
        lines.append("  self.__post_init__()")
    parameters = ", ".join(["self", *positional, *(["*", *by_name] if by_name else [])])
    text = f"def made({', '.join(given)}):\n def __init__({parameters}):\n" + "\n".join(lines or ["  pass"])
    space: dict[str, Any] = {}
    exec(text + "\n return __init__", vars(sys.modules[cls.__module__]), space)
    init: Callable[..., None] = space["made"](**given)
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__annotations__ = {**{field.name: field.type for field in listed if field.init}, "return": None}
    return init


def _comparing(names: Sequence[str]) -> tuple[Callable[[Any, Any], Any], Callable[[Any], int]]:
    of: Callable[[Any], tuple[Any, ...]]
    of = attrgetter(*names) if len(names) > 1 else lambda self: tuple(getattr(self, name) for name in names)

    def equal(self: Any, other: Any) -> Any:
        return of(self) == of(other) if other.__class__ is self.__class__ else NotImplemented

    return equal, lambda self: hash(of(self))


def _showing(names: Sequence[str]) -> Callable[[Any], str]:
    def shown(self: Any) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{self.__class__.__qualname__}({values})"

    return recursive_repr()(shown)


def _restoring(names: Sequence[str]) -> Callable[[Any, Sequence[Any]], None]:
    def restore(self: Any, state: Sequence[Any]) -> None:
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    return restore


def _refusing(cls: type, names: frozenset[str]) -> tuple[Callable[..., None], Callable[..., None]]:
    def set_(self: Any, name: str, value: Any) -> None:
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
        object.__setattr__(self, name, value)

    def delete(self: Any, name: str) -> None:
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
        object.__delattr__(self, name)

    return set_, delete
