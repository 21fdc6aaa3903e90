"""A data item of a copybook: its clauses, its place in the source, and, once laid out, its bytes."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field

from weighbridge.legacy.copybook.picture import Picture
from weighbridge.legacy.copybook.source import Spot


class Usage(enum.StrEnum):
    """How an item is stored, in the standard's words."""

    DISPLAY = "DISPLAY"
    BINARY = "COMP"
    NATIVE = "COMP-5"
    LITTLE = "COMP-9"
    HEX = "COMP-X"
    FLOAT = "COMP-1"
    DOUBLE = "COMP-2"
    PACKED = "COMP-3"
    UNSIGNED_PACKED = "COMP-3U"
    COMP_6 = "COMP-6"
    NATIONAL = "NATIONAL"
    DBCS = "DISPLAY-1"
    POINTER = "POINTER"
    INDEX = "INDEX"


class Storage(enum.StrEnum):
    """What the bytes of an elementary item are."""

    TEXT = "text"
    NATIONAL = "national text"
    DBCS = "double-byte text"
    ZONED = "zoned"
    EDITED = "edited"
    EXTERNAL_FLOAT = "external float"
    BINARY = "binary"
    LITTLE = "little-endian binary"
    PACKED = "packed"
    UNSIGNED_PACKED = "packed without sign"
    FLOAT = "float"
    DOUBLE = "double"
    OPAQUE = "address"


@dataclass(frozen=True, slots=True)
class Sign:
    """The SIGN clause."""

    leading: bool
    separate: bool


@dataclass(frozen=True, slots=True)
class Occurs:
    """The OCCURS clause. `minimum` equals `maximum` for a table of fixed size."""

    minimum: int
    maximum: int
    depending: str | None = None
    spot: Spot | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A level 88: its name, and the values (low, high) that make it true; high is None for single values."""

    name: str
    values: tuple[tuple[str, str | None], ...]


@dataclass(slots=True)
class Item:
    """One data item. A group has `children`, an elementary item a `picture` or a usage with a size of its own.

    Attributes:
        offset: bytes from the start of the record, every table before it at its greatest size and its
            own tables at their first element.
        size: bytes of one occurrence.
        room: bytes it takes among its brothers: occurrences included, and as large as its largest redefinition.
        storage: what its bytes are; None for groups.
        target: the item it redefines, the chain followed to its first.
        redefined: other items redefine it.
    """

    level: int
    name: str
    spot: Spot
    filler: bool = False
    picture: Picture | None = None
    usage: Usage | None = None
    sign: Sign | None = None
    occurs: Occurs | None = None
    redefines: str | None = None
    synchronized: bool = False
    justified: bool = False
    blank_when_zero: bool = False
    value: str | None = None
    conditions: list[Condition] = field(default_factory=list)
    children: list[Item] = field(default_factory=list)
    parent: Item | None = None
    offset: int = 0
    size: int = 0
    room: int = 0
    slack: int = 0
    storage: Storage | None = None
    target: Item | None = None
    redefined: bool = False
    counter: Item | None = None
    is_counter: bool = False

    @property
    def is_group(self) -> bool:
        """Whether it has items under it."""
        return bool(self.children)

    @property
    def path(self) -> tuple[str, ...]:
        """Names from the record down to this item."""
        above = self.parent.path if self.parent is not None else ()
        return (*above, self.name)

    @property
    def digits(self) -> int:
        """Digit positions of a number; of binary and packed bytes without a numeric picture, what fits."""
        if self.picture is not None and self.picture.is_numeric:
            return self.picture.digits
        return {Storage.PACKED: 2 * self.size - 1, Storage.UNSIGNED_PACKED: 2 * self.size}.get(
            self.storage or Storage.TEXT, len(str(256 ** min(self.size, 16) - 1))
        )

    @property
    def scale(self) -> int:
        """Powers of ten to divide the digits by."""
        return self.picture.scale if self.picture is not None and self.picture.is_numeric else 0

    @property
    def signed(self) -> bool:
        """Whether its values may be negative."""
        return self.sign is not None or (self.picture is not None and self.picture.signed)

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return self.storage not in (None, Storage.TEXT, Storage.NATIONAL, Storage.DBCS)

    def walk(self) -> Iterator[Item]:
        """Give this item and all under it, in source order."""
        yield self
        for child in self.children:
            yield from child.walk()
