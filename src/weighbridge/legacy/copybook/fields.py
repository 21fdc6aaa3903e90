"""The fields of a copybook as a contract's properties name them: one a table element."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from weighbridge.legacy.copybook.copybook import Copybook
from weighbridge.legacy.copybook.item import Item

MAX_ELEMENTS = 10_000
"""The most elements of one table that have names of their own."""


def fields(copybook: Copybook) -> Iterator[tuple[Item, tuple[int, ...]]]:
    """Give each elementary item that is no filler with its subscripts (from 1), tables element by element."""

    def under(item: Item, subscripts: tuple[int, ...]) -> Iterator[tuple[Item, tuple[int, ...]]]:
        times = (
            [subscripts]
            if item.occurs is None
            else [(*subscripts, n + 1) for n in range(min(item.occurs.maximum, MAX_ELEMENTS))]
        )
        for one in times:
            if item.is_group:
                for child in item.children:
                    yield from under(child, one)
            elif not item.filler:
                yield item, one

    for root in copybook.roots:
        yield from under(root, ())


@dataclass(frozen=True, slots=True)
class Field:
    """A property's place in the copybook: its item, and which element of each table it stands in (from 1)."""

    name: str
    item: Item
    subscripts: tuple[int, ...] = ()

    @property
    def offset(self) -> int:
        """Bytes from the record's start, every table at its greatest size."""
        at, left = self.item.offset, list(self.subscripts)
        item: Item | None = self.item
        while item is not None and left:
            if item.occurs is not None:
                at += (left.pop() - 1) * item.size
            item = item.parent
        return at


def field_keys(item: Item) -> tuple[str, ...]:
    """Return the names that a property may call a field by, without subscripts: upper case, ``_`` for ``-``.

    The field's own name, and the name with the groups above it: ``RATE``, ``TARIFF.RATE``, ``TARIFF_RATE``.
    """
    path = [part.upper().replace("-", "_") for part in item.path]
    names = [".".join(path[-parts:]) for parts in range(1, len(path) + 1)]
    return (*names, "_".join(path[-2:])) if len(path) > 1 else tuple(names)


def tables_over(item: Item) -> tuple[int, ...]:
    """Return the greatest sizes of the tables an item stands in, its own among them, the outermost first."""
    sizes: list[int] = []
    above: Item | None = item
    while above is not None:
        if above.occurs is not None:
            sizes.append(above.occurs.maximum)
        above = above.parent
    return tuple(reversed(sizes))
