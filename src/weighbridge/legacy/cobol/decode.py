"""The one door of the field decoders: cells of a field in, a column out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from weighbridge.legacy.cobol import binary, edited, packed, text, zoned
from weighbridge.legacy.cobol.cells import SLACK, Cells, with_slack
from weighbridge.legacy.cobol.column import Column, Doubt, with_cut
from weighbridge.legacy.cobol.conventions import Conventions
from weighbridge.legacy.copybook.copybook import plain_name
from weighbridge.legacy.copybook.item import Item, Storage, Usage

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
    how = how.of(plain_name(item.name))
    if is_text_field(item, how):
        printed = Storage.NATIONAL if item.usage is Usage.NATIONAL else Storage.TEXT
        shown = item if item.storage in _TEXTS else replace(item, storage=printed)
        return text.decode_text(cells, shown, how, how.page)
    cut = cells.short(item.size)
    if item.usage is Usage.NATIONAL:
        cells, item, how = _as_ascii(cells, item, how)
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
    how = how.of(plain_name(item.name))
    if item.usage is Usage.NATIONAL:
        narrow, item, how = _as_ascii(Cells(with_slack(raw), 1, SLACK, 0), item, how)
        raw = narrow.raw(0, item.size)
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


def _as_ascii(cells: Cells, item: Item, how: Conventions) -> tuple[Cells, Item, Conventions]:
    """Return a number in national characters as the same number in ASCII; what is no ASCII becomes no digit."""
    pairs = np.ascontiguousarray(cells.matrix(item.size)).reshape(cells.count, item.size // 2, 2)
    high, low = (0, 1) if how.national_big_endian else (1, 0)
    shown = np.where(pairs[:, :, high] == 0, pairs[:, :, low], np.uint8(0x7F))
    narrow = Cells(with_slack(shown.tobytes()), cells.count, SLACK, item.size // 2)
    return narrow, replace(item, size=item.size // 2, usage=Usage.DISPLAY), replace(how, ascii=True)


def scaled_text(number: int, scale: int) -> str:
    """Return ``number / 10**scale`` as exact decimal text."""
    if scale <= 0:
        return str(number * 10**-scale)
    digits = str(abs(number)).rjust(scale + 1, "0")
    return f"{'-' if number < 0 else ''}{digits[:-scale]}.{digits[-scale:]}"
