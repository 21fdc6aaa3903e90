"""The guard: what the engine leans on is there, and where it is not, one message says so."""

import pytest

from weighbridge.expectations import leaning
from weighbridge.expectations.leaning import ExpectationsError, altered, missing, require
from weighbridge.findings import code


def test_all_that_is_leaned_on_is_there() -> None:
    require()


def test_what_is_not_there_any_more_is_named() -> None:
    assert list(missing({"json": ("dumps", "nope"), "no.such.module": ("x",)})) == [
        "no nope in json",
        "no module no.such.module",
    ]


def test_a_parameter_that_is_not_taken_any_more_is_named() -> None:
    methods = {"json:JSONDecoder.decode": ("s", "batch"), "json:JSONDecoder.nope": (), "json:dump": ("anything",)}
    assert list(altered(methods)) == ["JSONDecoder.decode takes no batch", "no JSONDecoder.nope in json"]


@pytest.mark.parametrize(
    ("version", "fits"), [("1.22.9", False), ("1.23.0", True), ("1.99.1+local", True), ("2.0", False)]
)
def test_versions_it_was_tried_with(version: str, fits: bool) -> None:
    assert (list(leaning.version_amiss(version)) == []) is fits


def test_everything_taken_from_great_expectations_is_written_down() -> None:
    import ast
    from pathlib import Path

    taken: dict[str, set[str]] = {}
    for path in Path(leaning.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("great_expectations"):
                taken.setdefault(node.module or "", set()).update(alias.name for alias in node.names)
    known = {
        (module, name)
        for module, names in taken.items()
        for name in names
        if name not in ("core", "registry", "expectations")
    }
    assert {(m, n) for m, n in known if n not in leaning.NAMES.get(m, ())} == set()


def test_the_message_carries_code_and_fix() -> None:
    entry = code("GXE-001")
    assert "install great-expectations 1.23 or later" in entry.fix
    assert issubclass(ExpectationsError, Exception)
