"""Text fields: bytes through a code page or charset into a Polars series, without a Python string on the plain way."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from weighbridge.legacy.cobol.cells import Bytes, Cells, Integers
from weighbridge.legacy.cobol.column import Column, Doubt
from weighbridge.legacy.cobol.conventions import Conventions
from weighbridge.legacy.cobol.views import blanks_at_end, blanks_at_start, text_views
from weighbridge.legacy.codepages import UNDEFINED, CodePage
from weighbridge.legacy.copybook.item import Item, Storage

CONTROLS = "".join(map(chr, range(0x21)))
"""What trimming takes off: blanks and control characters."""


def decode_text(cells: Cells, item: Item, how: Conventions, page: CodePage) -> Column:
    """Return the text of a field, trimmed; see `decode_zoned` for the arguments.

    Args:
        page: the field's own code page.
    """
    width = item.size
    lengths = None if cells.short(width) is None else cells.lengths(width)
    if item.storage is Storage.NATIONAL:
        order = "utf-16-be" if how.national_big_endian else "utf-16-le"
        return _by_value(cells, lengths, width, functools.partial(_national, order=order), how, CONTROLS + "\u3000")
    if item.storage is Storage.DBCS and not how.ascii:
        return _by_value(cells, lengths, width, functools.partial(_double, page=page), how, CONTROLS + "\u3000")
    if how.ascii:
        return _ascii(cells, lengths, width, how)
    if page.double is not None:
        return _by_value(cells, lengths, width, page.decode, how)
    return _by_table(cells, lengths, width, page, how)


def _by_table(cells: Cells, lengths: Integers | None, width: int, page: CodePage, how: Conventions) -> Column:
    if width and _marks(page) is None:
        quick = _quick(cells, lengths, width, page, how.trim)
        if quick is not None:
            return Column(quick)
    matrix = cells.matrix(width)
    doubts = None
    marks = _marks(page)
    if marks is not None:
        marked = marks[matrix]
        if lengths is not None:
            marked[np.arange(width) >= lengths[:, None]] = 0
        worst = marked.max(axis=1, initial=0)
        doubts = worst if bool(worst.any()) else None
    return Column(_trimmed(_translate(matrix, lengths, page), how.trim), doubts=doubts)


def _quick(cells: Cells, lengths: Integers | None, width: int, page: CodePage, trim: str) -> pl.Series | None:
    """Return the text as views into the translated buffer; None where some of it is not ASCII."""
    if lengths is not None or cells.count * width >= 1 << 31:
        return None
    shown = cells.translated(width, page.ascii_or_high.tobytes())
    if shown is None:
        return None
    words = shown.words(width)
    starts: Integers | None = None
    if trim in ("both", "right"):
        sizes = width - blanks_at_end(words, width).astype(np.int64)
    else:
        sizes = np.full(cells.count, width, dtype=np.int64)
    before = blanks_at_start(words, width) if trim in ("both", "left") else None
    if before is not None:
        moved = np.minimum(before, sizes)
        starts, sizes = shown.positions + moved, sizes - moved
    return text_views(shown, starts, sizes, width)


def _ascii(cells: Cells, lengths: Integers | None, width: int, how: Conventions) -> Column:
    keep = how.trim == "keep_all"
    if how.charset == "ascii":
        return _by_table(cells, lengths, width, _ASCII_KEEP if keep else _ASCII_BLANK, how)
    matrix = cells.matrix(width)
    if lengths is None and bool(((matrix >= 0x20) & (matrix < 0x7F)).all()) and _is_ascii_based(how.charset):
        return Column(_trimmed(_translate(matrix, None, _ASCII_BLANK), how.trim))
    read = functools.partial(_charset, charset=how.charset, keep=keep)
    kept = None if keep else functools.partial(_charset, charset=how.charset, keep=True)
    return _by_value(cells, lengths, width, read, how, whole=kept)


@functools.cache
def _is_ascii_based(charset: str) -> bool:
    return bytes(range(0x20, 0x7F)).decode(charset, "replace") == "".join(map(chr, range(0x20, 0x7F)))


def _page(name: str, characters: str) -> CodePage:
    return CodePage(name, characters)


_ASCII_BLANK = _page("ascii, controls as blanks", "".join(chr(b) if 32 <= b < 128 else " " for b in range(256)))
_ASCII_KEEP = _page("ascii", "".join(chr(b) if b < 128 else " " for b in range(256)))


@functools.cache
def _marks(page: CodePage) -> npt.NDArray[np.uint8] | None:
    """Return the doubt that each byte of a page raises, uint8[256]; None where none does.

    A byte that reads as a blank without being one is not printable text; NUL is padding.
    """
    marks = np.where(page.numbers == ord(UNDEFINED), np.uint8(Doubt.NO_CHARACTER), np.uint8(0)).astype(np.uint8)
    blanks = page.numbers == 0x20
    if int(blanks.sum()) > 8:
        marks[blanks] = Doubt.CONTROL
        marks[[0x00, 0x20] if page in (_ASCII_BLANK, _ASCII_KEEP) else [0x00, 0x40, 0x41]] = 0
    return marks if bool(marks.any()) else None


@functools.cache
def _utf8(page: CodePage) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return each byte's UTF-8 bytes, uint8[256, 4], and how many they are."""
    encoded = [character.encode() for character in page.table]
    table = np.zeros((256, 4), dtype=np.uint8)
    for byte, code in enumerate(encoded):
        table[byte, : len(code)] = list(code)
    return table, np.array([len(code) for code in encoded], dtype=np.uint8)


def _translate(matrix: Bytes, lengths: Integers | None, page: CodePage) -> pl.Series:
    count, width = matrix.shape
    flat = np.ascontiguousarray(matrix).tobytes()
    high = page.ascii_or_high.tobytes()
    translated = flat.translate(high)
    if b"\xff" in translated:
        table, sizes = _utf8(page)
        data = np.frombuffer(flat, dtype=np.uint8)
        if lengths is not None:
            data = data[(np.arange(width) < lengths[:, None]).ravel()]
        per_byte = sizes[data]
        ends = np.concatenate([[0], np.cumsum(per_byte, dtype=np.int64)])
        rows = np.concatenate([[0], np.cumsum(lengths)]) if lengths is not None else np.arange(count + 1) * width
        offsets = ends[rows]
        translated = table[data][np.arange(4) < per_byte[:, None]].tobytes()
    elif lengths is not None:
        kept = np.frombuffer(translated, dtype=np.uint8)[(np.arange(width) < lengths[:, None]).ravel()]
        offsets, translated = np.concatenate([[0], np.cumsum(lengths)]), kept.tobytes()
    else:
        offsets = np.arange(count + 1, dtype=np.int64) * width
    array = pa.Array.from_buffers(
        pa.large_string(),
        count,
        [None, pa.py_buffer(np.ascontiguousarray(offsets, dtype=np.int64)), pa.py_buffer(translated)],
    )
    series = pl.from_arrow(array)
    assert isinstance(series, pl.Series)
    return series


def _trimmed(series: pl.Series, trim: str, blanks: str = CONTROLS) -> pl.Series:
    if trim == "both":
        return series.str.strip_chars(blanks)
    if trim == "left":
        return series.str.strip_chars_start(blanks)
    if trim == "right":
        return series.str.strip_chars_end(blanks)
    return series


def _by_value(
    cells: Cells,
    lengths: Integers | None,
    width: int,
    decode: Callable[[bytes], str],
    how: Conventions,
    blanks: str = CONTROLS,
    whole: Callable[[bytes], str] | None = None,
) -> Column:
    """Decode each distinct value once; for charsets whose characters differ in length.

    Args:
        whole: decodes with the control characters that `decode` leaves out; None where it leaves none out.
    """
    matrix = np.ascontiguousarray(cells.matrix(width))
    if lengths is None:
        flat = matrix.view(f"V{width}").reshape(-1) if width else np.zeros(cells.count, dtype="V1")
        distinct, inverse = np.unique(flat, return_inverse=True)
        texts = [decode(value.tobytes()[:width]) for value in distinct]
        raws = [value.tobytes()[:width] for value in distinct]
        doubtful = _doubtful(raws, texts, whole)[inverse]
        series = pl.Series(texts, dtype=pl.String)[inverse] if texts else pl.Series([], dtype=pl.String)
    else:
        raws = [row.tobytes()[:length] for row, length in zip(matrix, lengths.tolist(), strict=True)]
        texts = [decode(raw) for raw in raws]
        doubtful = _doubtful(raws, texts, whole)
        series = pl.Series(texts, dtype=pl.String)
    return Column(_trimmed(series, how.trim, blanks), doubts=doubtful if bool(doubtful.any()) else None)


def _doubtful(raws: list[bytes], texts: list[str], whole: Callable[[bytes], str] | None) -> npt.NDArray[np.uint8]:
    """Return the doubt of each text: characters it could not read, or control characters that were left out."""
    doubts = np.zeros(len(texts), dtype=np.uint8)
    for at, (raw, text) in enumerate(zip(raws, texts, strict=True)):
        if UNDEFINED in text:
            doubts[at] = Doubt.NO_CHARACTER
        elif whole is not None and any(character < " " for character in whole(raw).strip("\0 ")):
            doubts[at] = Doubt.CONTROL
    return doubts


def _national(raw: bytes, order: str) -> str:
    return raw.decode(order, "replace")


def _double(raw: bytes, page: CodePage) -> str:
    if page.double is None:
        return raw.decode("utf-16-be", "replace")
    # A DBCS item holds pairs alone; some files carry the shifts with it.
    if raw[:1] == b"\x0e" or page.always_double:
        return page.decode(raw)
    return page.decode(b"\x0e" + raw + b"\x0f")


def _charset(raw: bytes, charset: str, keep: bool) -> str:
    text = raw.decode(charset, "replace")
    return text if keep else "".join([character for character in text if character >= " "])
