"""Law: a quick dataclass cannot be told from the standard library's, but by how soon it is made."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import field
from typing import Any, ClassVar, Generic, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge import quick

T = TypeVar("T")


def _classes(dataclass: Callable[..., Any]) -> tuple[type, ...]:
    @dataclass(frozen=True, slots=True)
    class Plain:
        """With defaults of every kind."""

        name: str
        number: int = 3
        held: list[int] = field(default_factory=list)
        unseen: str = field(default="u", repr=False)
        apart: str = field(default="a", compare=False)
        kind: ClassVar[str] = "k"

    @dataclass(frozen=True, slots=True)
    class Child(Plain):
        more: float = field(default=0.5, kw_only=True)
        made: str = field(default="m", init=False)
        fresh: dict[str, int] = field(default_factory=dict, init=False)

        @property
        def both(self) -> str:
            return f"{self.name}{self.number}"

    @dataclass(frozen=True, slots=True)
    class Boxed(Generic[T]):
        value: T

        def __post_init__(self) -> None:
            if self.value is None:
                raise ValueError("none")

    @dataclass(frozen=True, slots=True)
    class Odd:
        """With methods of its own."""

        x: int
        y: int = 0

        def __repr__(self) -> str:
            return "odd"

        def __hash__(self) -> int:
            return 7

    @dataclass(frozen=True, slots=True)
    class Empty:
        """Nothing in it."""

    return Plain, Child, Boxed, Odd, Empty


OURS, THEIRS = _classes(quick.dataclass), _classes(dataclasses.dataclass)
PAIRS = list(zip(OURS, THEIRS, strict=True))


@dataclasses.dataclass(frozen=True, slots=True)
class Theirs:
    """At the top of a module, where pickle finds it."""

    a: int
    b: tuple[str, ...] = ()


@quick.dataclass(frozen=True, slots=True)
class Ours:
    """At the top of a module, where pickle finds it."""

    a: int
    b: tuple[str, ...] = ()


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_the_same_parameters_fields_and_places(ours: type, theirs: type) -> None:
    assert str(inspect.signature(ours)) == str(inspect.signature(theirs))
    assert [(f.name, f.type, f.init, f.kw_only) for f in dataclasses.fields(ours)] == [
        (f.name, f.type, f.init, f.kw_only) for f in dataclasses.fields(theirs)
    ]
    for name in ("__match_args__", "__slots__", "__qualname__", "__module__"):
        assert getattr(ours, name) == getattr(theirs, name)


@given(st.text(max_size=3), st.integers(0, 2), st.lists(st.integers(0, 1), max_size=1), st.sampled_from("ab"))
def test_the_same_words_equality_and_hashes(name: str, number: int, held: list[int], apart: str) -> None:
    ours, theirs = (c[0](name, number, held, apart=apart) for c in (OURS, THEIRS))
    assert repr(ours) == repr(theirs)
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    for cls, made in ((OURS[0], ours), (THEIRS[0], theirs)):
        assert made == cls(name, number, list(held), apart="other")
        assert (made == cls("", 1)) is (name == "" and number == 1 and not held)
        assert made != (name, number, held)
        with pytest.raises(TypeError, match="unhashable"):
            hash(made)
    assert hash(OURS[3](1)) == 7
    assert hash(Ours(number)) == hash(Theirs(number))


@pytest.mark.parametrize("classes", [OURS, THEIRS])
def test_refuses_changes_and_unknown_arguments(classes: tuple[type, ...]) -> None:
    plain, child, generic, _, empty = classes
    for made in (plain("n"), child("n", more=1.0)):
        with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'name'"):
            made.name = "m"
        with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'name'"):
            del made.name
        with pytest.raises((AttributeError, TypeError)):
            made.other = 1
    with pytest.raises(TypeError, match="positional argument"):
        plain()
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        plain("n", nothing=1)
    with pytest.raises(ValueError, match="none"):
        generic(None)
    assert empty() == empty()
    assert repr(empty()).endswith("Empty()")


@pytest.mark.parametrize("classes", [OURS, THEIRS])
def test_defaults_are_made_anew_and_kept_by_replace(classes: tuple[type, ...]) -> None:
    plain, child, *_ = classes
    assert plain("n").held is not plain("n").held
    made = child("n", 4, more=2.0)
    assert (made.both, made.made, made.fresh, made.more, made.kind) == ("n4", "m", {}, 2.0, "k")
    assert dataclasses.replace(made, name="o") == child("o", 4, more=2.0)
    assert made != plain("n", 4)


@pytest.mark.parametrize("cls", [Ours, Theirs])
def test_comes_back_from_pickle_and_copies(cls: type) -> None:
    made = cls(1, ("x",))
    assert pickle.loads(pickle.dumps(made)) == copy.deepcopy(made) == copy.copy(made) == made


def test_shows_itself_within_itself_once() -> None:
    held: list[Any] = []
    made = Ours(1, held)  # type: ignore[arg-type]
    held.append(made)
    assert repr(made) == "Ours(a=1, b=[...])"


def test_a_frozen_class_of_the_standard_library_is_derived_from_it() -> None:
    @dataclasses.dataclass(frozen=True, slots=True)
    class Derived(Ours):
        more: int = 0

    made = Derived(1, ("x",), 2)
    assert repr(made).endswith("Derived(a=1, b=('x',), more=2)")
    assert dataclasses.replace(made, more=3) != made
    for name in ("a", "more"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(made, name, 5)
