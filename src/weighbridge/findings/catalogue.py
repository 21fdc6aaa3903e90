"""The catalogue: every code the project can report, with its title and its fix."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from weighbridge.findings.code import Code
from weighbridge.findings.codes import ALL


def _assemble() -> Mapping[str, Code]:
    table = {entry.code: entry for entry in ALL}
    if len(table) != len(ALL):
        twice = sorted({a.code for a in ALL if sum(a.code == b.code for b in ALL) > 1})
        raise ValueError(f"codes that stand twice in the catalogue: {', '.join(twice)}")
    return MappingProxyType(table)


CATALOGUE: Mapping[str, Code] = _assemble()


def code(name: str) -> Code:
    """Return the entry called `name`.

    Raises:
        KeyError: there is no such code; the message names the nearest one.
    """
    if name in CATALOGUE:
        return CATALOGUE[name]
    near = difflib.get_close_matches(name, list(CATALOGUE), n=1)
    hint = f"; the nearest is {near[0]}" if near else ""
    raise KeyError(f"no code {name!r} in the catalogue{hint}")
