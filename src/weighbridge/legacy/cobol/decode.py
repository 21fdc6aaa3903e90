"""The one door of the field decoders: cells of a field in, a column out."""

from __future__ import annotations

from dataclasses import replace

from weighbridge.legacy.cobol import binary, edited, packed, text, zoned
from weighbridge.legacy.cobol.cells import Cells
from weighbridge.legacy.cobol.column import Column, Doubt, with_cut
from weighbridge.legacy.cobol.conventions import Conventions
from weighbridge.legacy.copybook.copybook import plain_name
from weighbridge.legacy.copybook.item import Item, Storage

_TEXTS = (Storage.TEXT, Storage.NATIONAL, Storage.DBCS)
_PRINTED = (Storage.ZONED, Storage.EDITED, Storage.EXTERNAL_FLOAT)


def is_text_field(item: Item, how: Conventions) -> bool:
    """Whether a field's values are given as text."""
    return item.storage in _TEXTS or (how.display_as_text and item.storage in _PRINTED)


def decode_field(cells: Cells, item: Item, how: Conventions) -> Column:
    """Return the values of an elementary item in each cell.

    Text whose record ends early is what is left of it; any other value is none, with a doubt.

    Args:
        cells: where the item starts in each record.
        item: an elementary item, laid out.
        how: what the copybook leaves open.
    """
    page = how.field_pages.get(plain_name(item.name), how.page) if how.field_pages else how.page
    if is_text_field(item, how):
        shown = item if item.storage in _TEXTS else replace(item, storage=Storage.TEXT)
        return text.decode_text(cells, shown, how, page)
    cut = cells.short(item.size)
    match item.storage:
        case Storage.ZONED:
            column = zoned.decode_zoned(cells, item, how)
        case Storage.PACKED | Storage.UNSIGNED_PACKED:
            column = packed.decode_packed(cells, item, how)
        case Storage.FLOAT | Storage.DOUBLE:
            column = binary.decode_float(cells, item, how)
        case Storage.EDITED | Storage.EXTERNAL_FLOAT:
            column = edited.decode_edited(cells, item, how)
        case _:
            column = binary.decode_binary(cells, item, how)
    return with_cut(column, cut)


def readings_of(raw: bytes, item: Item, how: Conventions, doubt: Doubt) -> tuple[str, ...]:
    """Return the competing readings of one doubtful value, as texts; none where there are none."""
    if doubt in (Doubt.NONE, Doubt.CUT_OFF, Doubt.NO_CHARACTER, Doubt.COUNT, Doubt.NOT_A_NUMBER):
        return ()
    match item.storage:
        case Storage.ZONED:
            odd = zoned.odd_reader(item, how)(raw)
        case Storage.PACKED | Storage.UNSIGNED_PACKED:
            odd = packed.odd_reader(item, how)(raw)
        case Storage.EDITED | Storage.EXTERNAL_FLOAT:
            odd = edited.odd_reader(item, how)(raw)
        case Storage.BINARY | Storage.LITTLE:
            odd = binary.read_odd_binary(raw, item)
        case _:
            return ()
    return tuple(scaled_text(number, item.scale) for number in odd.readings)


def scaled_text(number: int, scale: int) -> str:
    """Return ``number / 10**scale`` as exact decimal text."""
    if scale <= 0:
        return str(number * 10**-scale)
    digits = str(abs(number)).rjust(scale + 1, "0")
    return f"{'-' if number < 0 else ''}{digits[:-scale]}.{digits[-scale:]}"
