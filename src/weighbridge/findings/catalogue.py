"""The catalogue: every code the project can report, with its title and its fix."""

from __future__ import annotations

import difflib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of the catalogue.

    Attributes:
        code: room prefix and number, e.g. ``"RDR-004"``. Never reused for another meaning.
        title: what is wrong, in one lower-case clause without a full stop.
        fix: what the reader of the message should do about it.
    """

    code: str
    title: str
    fix: str


def _assemble() -> dict[str, Code]:
    from weighbridge.findings import codes

    table: dict[str, Code] = {}
    for entry in codes.ALL:
        if entry.code in table:
            raise ValueError(f"code {entry.code} stands twice in the catalogue")
        table[entry.code] = entry
    return table


class _Catalogue(dict[str, Code]):
    """Filled at first use, so that the code files can import `Code` from here."""

    def __missing__(self, key: str) -> Code:
        if not self:
            self.update(_assemble())
            if key in self:
                return self[key]
        near = difflib.get_close_matches(key, list(self), n=1)
        hint = f"; the nearest is {near[0]}" if near else ""
        raise KeyError(f"no code {key!r} in the catalogue{hint}")


CATALOGUE = _Catalogue()


def code(name: str) -> Code:
    """Return the entry called `name`.

    Raises:
        KeyError: there is no such code; the message names the nearest one.
    """
    return CATALOGUE[name]
