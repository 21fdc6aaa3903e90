"""The bytes of each item: storage, size, offset; redefinitions laid over what they redefine.

A redefinition starts where its target starts, and the room of both is that of the longer.
Tables take the room of their greatest size; a record whose tables shrink is placed while it is read.

Source: IBM Enterprise COBOL 6.4 Programming Guide, "Data item storage" and Language Reference,
"SYNCHRONIZED clause" (slack bytes).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from weighbridge.findings import Finding, Severity
from weighbridge.legacy.copybook.item import Item, Storage, Usage
from weighbridge.legacy.copybook.picture import Category

MAX_RECORD_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Dialect:
    """What compilers do differently.

    Attributes:
        align_synchronized: SYNCHRONIZED items start at their boundary, slack bytes before them.
        small_binary: a COMP of one or two digits takes one byte, as Micro Focus does.
        pointer_bytes: size of POINTER and INDEX items.
    """

    align_synchronized: bool = True
    small_binary: bool = False
    pointer_bytes: int = 4


def lay_out(roots: list[Item], dialect: Dialect, keep_targets: bool = False) -> list[Finding]:
    """Set storage, sizes and offsets of all items; return what is wrong with them."""
    faults: list[Finding] = []
    for root in roots:
        _inherit(root, None)
    for root in roots:
        _store(root, faults, dialect)
    _redefinitions(roots, faults, keep_targets)
    at = 0
    for root in roots:
        _place(root, root.target.offset if root.target is not None else at, dialect)
        if root.target is None:
            at = root.offset + root.room
        elif root.room > root.target.room:
            root.target.room = root.room
            at = max(at, root.target.offset + root.room)
    if at > MAX_RECORD_BYTES:
        faults.append(roots[0].spot.finding("LEG-211", f"a record of {at:,} bytes"))
    _counters(roots, faults)
    for root in roots:
        for item in root.walk():
            faults += _judge(item)
    return faults


def _inherit(item: Item, above: Item | None) -> None:
    if above is not None and not (
        item.picture is not None and item.picture.category is Category.TEXT and above.usage is not Usage.DISPLAY
    ):
        item.usage = item.usage or above.usage
    if (
        above is not None
        and item.sign is None
        and (item.children or (item.picture is not None and item.picture.text[:1].upper() == "S"))
    ):
        item.sign = above.sign
    for child in item.children:
        _inherit(child, item)


def _store(item: Item, faults: list[Finding], dialect: Dialect) -> None:
    for child in item.children:
        _store(child, faults, dialect)
    if item.children:
        return
    usage, picture = item.usage or Usage.DISPLAY, item.picture
    if picture is None:
        sized = {Usage.FLOAT: (Storage.FLOAT, 4), Usage.DOUBLE: (Storage.DOUBLE, 8)}
        if usage in sized:
            item.storage, item.size = sized[usage]
        elif usage in (Usage.POINTER, Usage.INDEX):
            item.storage, item.size = Storage.OPAQUE, dialect.pointer_bytes
        else:
            item.storage, item.size = Storage.TEXT, 0
            faults.append(item.spot.finding("LEG-206", item.name))
        return
    item.storage, item.size = _elementary(item, usage, faults, dialect)


def _elementary(item: Item, usage: Usage, faults: list[Finding], dialect: Dialect) -> tuple[Storage, int]:
    picture = item.picture
    assert picture is not None
    category, length = picture.category, picture.characters
    if usage in (Usage.FLOAT, Usage.DOUBLE):
        return (Storage.FLOAT, 4) if usage is Usage.FLOAT else (Storage.DOUBLE, 8)
    if usage in (Usage.POINTER, Usage.INDEX):
        return Storage.OPAQUE, dialect.pointer_bytes
    if category is Category.DBCS or (category is Category.NATIONAL and usage is Usage.DBCS):
        return Storage.DBCS, 2 * length
    if category is Category.NATIONAL or (usage is Usage.NATIONAL and category is Category.TEXT):
        return Storage.NATIONAL, 2 * length
    if category is Category.TEXT:
        return _bytes_as(usage, length)
    if category is Category.FLOAT:
        return Storage.EXTERNAL_FLOAT, length * (2 if usage is Usage.NATIONAL else 1)
    binary = usage in (Usage.BINARY, Usage.NATIVE, Usage.LITTLE, Usage.HEX)
    packed = usage in (Usage.PACKED, Usage.UNSIGNED_PACKED, Usage.COMP_6)
    if category is Category.EDITED and (binary or packed):
        faults.append(item.spot.finding("LEG-203", f"PICTURE {picture.text} is edited and cannot be {usage}"))
        return Storage.EDITED, length
    if binary:
        little = usage is Usage.LITTLE
        return (Storage.LITTLE if little else Storage.BINARY), _binary_bytes(item, usage, dialect)
    if packed:
        if usage is Usage.PACKED:
            return Storage.PACKED, picture.digits // 2 + 1
        return Storage.UNSIGNED_PACKED, (picture.digits + 1) // 2
    wide = 2 if usage is Usage.NATIONAL else 1
    if category is Category.EDITED:
        return Storage.EDITED, wide * length
    return Storage.ZONED, wide * (length + (1 if item.sign is not None and item.sign.separate else 0))


def _bytes_as(usage: Usage, length: int) -> tuple[Storage, int]:
    """PIC X with a computational usage: that many bytes, read as the usage says (Micro Focus)."""
    if usage in (Usage.UNSIGNED_PACKED, Usage.COMP_6):
        return Storage.UNSIGNED_PACKED, length
    if usage is Usage.PACKED:
        return Storage.PACKED, length
    if usage in (Usage.BINARY, Usage.NATIVE, Usage.HEX):
        return Storage.BINARY, length
    if usage is Usage.LITTLE:
        return Storage.LITTLE, length
    return Storage.TEXT, length


def _binary_bytes(item: Item, usage: Usage, dialect: Dialect) -> int:
    digits = item.digits
    if usage is Usage.HEX:
        # The fewest bytes whose range holds all digits, a sign takes half of it (Micro Focus, "USAGE COMP-X").
        return next(n for n in range(1, 8192) if 256**n >= 10**digits * (2 if item.signed else 1))
    if digits <= 2 and (usage is Usage.LITTLE or dialect.small_binary):
        return 1
    for most, size in ((4, 2), (9, 4), (18, 8)):
        if digits <= most:
            return size
    return math.ceil((math.log2(10) * digits + 1) / 8)


def _redefinitions(roots: list[Item], faults: list[Finding], keep_targets: bool) -> None:
    def within(brothers: list[Item]) -> None:
        before: dict[str, Item] = {}
        for item in brothers:
            if item.redefines is not None and not (keep_targets and item.target is not None):
                found = before.get(item.redefines)
                if found is None:
                    faults.append(item.spot.finding("LEG-204", f"{item.name} REDEFINES {item.redefines}"))
                else:
                    item.target = found.target or found
            if item.target is not None:
                item.target.redefined = True
            before[item.name] = item
            within(item.children)

    within(roots)


def _place(item: Item, at: int, dialect: Dialect) -> None:
    item.slack = _slack(item, at, dialect)
    item.offset = at + item.slack
    if item.children:
        inside = item.offset
        for child in item.children:
            _place(child, child.target.offset if child.target is not None else inside, dialect)
            if child.target is None:
                inside = child.offset + child.room
            elif child.room > child.target.room:
                child.target.room = child.room
                inside = max(inside, child.target.offset + child.room)
        item.size = inside - item.offset
    item.room = item.size * (item.occurs.maximum if item.occurs is not None else 1)


def _slack(item: Item, at: int, dialect: Dialect) -> int:
    if not (item.synchronized and dialect.align_synchronized) or item.target is not None:
        return 0
    boundary = {Storage.FLOAT: 4, Storage.DOUBLE: 8, Storage.OPAQUE: 4}.get(item.storage or Storage.TEXT, 1)
    if item.storage in (Storage.BINARY, Storage.LITTLE):
        boundary = 2 if item.size <= 2 else 4
    return -at % boundary


def _counters(roots: list[Item], faults: list[Finding]) -> None:
    seen: dict[str, Item] = {}
    for root in roots:
        for item in root.walk():
            if item.occurs is not None and item.occurs.depending is not None:
                item.counter = seen.get(item.occurs.depending.replace("_", "-"))
                if item.counter is None or item.counter.is_group:
                    spot = item.occurs.spot or item.spot
                    faults.append(spot.finding("LEG-205", f"{item.name} DEPENDING ON {item.occurs.depending}"))
                    item.counter = None
                else:
                    item.counter.is_counter = True
            seen[item.name.replace("_", "-")] = item


def _judge(item: Item) -> list[Finding]:
    found: list[Finding] = []
    if (
        item.target is not None
        and item.room > item.target.size * (item.target.occurs.maximum if item.target.occurs else 1)
        and item.level != 1
    ):
        why = f"{item.name} takes {item.room} bytes, {item.target.name} has {item.target.size}"
        found.append(item.spot.finding("LEG-209", why, Severity.WARNING))
    names: set[str] = set()
    for child in item.children:
        if child.name in names and not child.filler:
            found.append(child.spot.finding("LEG-210", child.name, Severity.WARNING))
        names.add(child.name)
    if item.children and item.picture is not None:
        found.append(item.spot.finding("LEG-203", f"{item.name} is a group and has a PICTURE"))
    return found
