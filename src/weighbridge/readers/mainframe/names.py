"""What each item is called in the output, and which items are left out of it."""

from __future__ import annotations

from collections.abc import Sequence

from weighbridge.legacy.cobol.options import Options
from weighbridge.legacy.copybook import Copybook, Item


def output_names(copybook: Copybook, options: Options) -> dict[int, str]:
    """Return the output name of each item by ``id(item)``; items that are left out have none.

    Fillers are left out, or get names of their own: by number (``FILLER_1`` for groups, ``FILLER_P1``
    for fields) or after the item before them (``FILLER_AFTER_X``). A group of nothing but
    left-out items is left out too.
    """
    return _Namer(options).run(copybook.roots)


class _Namer:
    def __init__(self, options: Options) -> None:
        self._options = options
        self._names: dict[int, str] = {}
        self._groups = 0
        self._fields = 0

    def run(self, roots: Sequence[Item]) -> dict[int, str]:
        self._level(roots, "RECORD")
        return self._names

    def _level(self, items: Sequence[Item], before: str) -> bool:
        """Name the items of one group; return whether any is in the output."""
        any_kept = False
        taken: set[str] = set()
        for item in items:
            kept = self._level(item.children, plain(item.name)) if item.is_group else True
            name = self._name(item, before) if kept else None
            if name is None:
                if item.is_group and item.filler and self._options.drop_group_fillers:
                    self._forget(item)
                continue
            while name in taken:
                stem, _, number = name.rpartition("__")
                name = f"{stem}__{int(number) + 1}" if stem and number.isdigit() else f"{name}__2"
            taken.add(name)
            self._names[id(item)] = name
            before = name
            any_kept = True
        return any_kept

    def _name(self, item: Item, before: str) -> str | None:
        options = self._options
        if not item.filler:
            return plain(item.name)
        if options.drop_group_fillers if item.is_group else options.drop_value_fillers:
            return None
        if options.filler_names.startswith("previous"):
            return f"FILLER_AFTER_{before}"
        if not options.number_fillers:
            return "FILLER"
        if item.is_group:
            self._groups += 1
            return f"FILLER_{self._groups}"
        self._fields += 1
        return f"FILLER_P{self._fields}"

    def _forget(self, item: Item) -> None:
        for inner in item.walk():
            self._names.pop(id(inner), None)


def plain(name: str) -> str:
    """Return an item's name as the output spells it: ``_`` for ``-``."""
    return name.replace("-", "_").replace(":", "").replace("'", "")
