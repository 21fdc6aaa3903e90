"""Encodings: a window of source bytes as UTF-8, and the way back from each position.

Framing and parsing look at UTF-8 only. A byte that is no character of the source's encoding
becomes an invalid sequence there (a lone surrogate), so it is found where invalid UTF-8 is
found, and nothing is replaced or dropped. Every character keeps the number of source bytes
it came from, so positions lead back to the source.
"""

from __future__ import annotations

import codecs

import numpy as np
import numpy.typing as npt

from weighbridge.quick import dataclass
from weighbridge.readers.bits import Bits

BYTE_ORDER_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SMALL_BYTES = 1 << 22
_UNDEFINED = 0xDC00
_LAST_CHARACTER = 0x10FFFF
_EACH_BYTE = "weighbridge-each-byte"
_SUPERSET = {"shift_jis": "cp932", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949"}
"""What is called by a standard's name is written by systems that know its superset (WHATWG Encoding)."""
_MULTI_BYTE = frozenset(
    (
        *("shift_jis", "shift_jis_2004", "shift_jisx0213", "cp932", "euc_jp", "euc_jis_2004", "euc_jisx0213"),
        *("gb2312", "gbk", "gb18030", "big5", "big5hkscs", "cp950", "euc_kr", "cp949", "johab"),
    )
)
_NO_CODE_PAGES = frozenset({"utf-7", "punycode", "idna", "unicode_escape", "raw_unicode_escape"})


@dataclass(frozen=True, slots=True)
class Text:
    """A window of a source as UTF-8.

    Attributes:
        utf8: the text; may hold sequences that are no UTF-8, where the source is invalid.
        raw: the source bytes it came from.
        offset_bytes: where `raw` begins in the source's content.
        unit_bytes: source bytes of a character; 0 where `utf8` is `raw`.
        begins: where each character begins in `raw`, and where the last one ends, for encodings
            whose characters differ in length; None for the others.
    """

    utf8: bytes
    raw: bytes
    offset_bytes: int
    unit_bytes: int = 0
    begins: npt.NDArray[np.int64] | None = None

    def origins(self, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the positions in `raw` of positions in `utf8`."""
        if not self.unit_bytes:
            return positions
        view = np.frombuffer(self.utf8, np.uint8)
        units = Bits.of((view & 0xC0) != 0x80).rank(positions)
        if self.begins is not None:
            return self.begins[np.minimum(units, len(self.begins) - 1)]
        if self.unit_bytes == 2:  # beyond the basic plane UTF-16 takes two units
            units = units + Bits.of(view >= 0xF0).rank(positions)
        return np.minimum(units * self.unit_bytes, len(self.raw))

    def origin_after(self, position: int, known: int, origin: int) -> int:
        """Return the position in `raw` of one in `utf8`, counted on from one a little before that is known."""
        if not self.unit_bytes:
            return origin + position - known
        piece = np.frombuffer(self.utf8, np.uint8)[known:position]
        units = int(np.count_nonzero((piece & 0xC0) != 0x80))
        if self.begins is not None:
            return int(self.begins[int(np.searchsorted(self.begins, origin)) + units])
        if self.unit_bytes == 2:
            units += int(np.count_nonzero(piece >= 0xF0))
        return min(origin + units * self.unit_bytes, len(self.raw))

    def origin(self, position: int) -> int:
        """Return the position in `raw` of one position in `utf8`."""
        return int(self.origins(np.array([position], np.int64))[0])


class Encoding:
    """One encoding of the source; `name` is Python's canonical one."""

    name = "utf-8"

    def decode(self, raw: bytes, offset_bytes: int, final: bool) -> Text:
        """Return the text of as much of `raw` as ends with a whole character.

        `final` says that nothing follows, so everything is taken.
        """
        return Text(raw, raw, offset_bytes)

    def encode(self, text: str) -> bytes | None:
        """Return `text` in this encoding, or None where it has no such characters."""
        try:
            return text.encode(self.name)
        except UnicodeEncodeError:
            return None


class SingleByte(Encoding):
    """A code page of 256 characters.

    Attributes:
        undefined: for each byte, whether it is no character; it is invalid wherever it stands.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        characters = []
        for byte in range(256):
            try:
                characters.append(bytes([byte]).decode(name))
            except UnicodeDecodeError:
                characters.append(chr(_UNDEFINED + byte))
        self._table = "".join(characters)
        self.undefined = np.array([ord(c) == _UNDEFINED + b for b, c in enumerate(characters)])
        self._is_ascii_below_128 = self._table[:128] == bytes(range(128)).decode("ascii")

    def decode(self, raw: bytes, offset_bytes: int, final: bool) -> Text:
        """Return the text; every byte is a character."""
        if self._is_ascii_below_128 and raw.isascii():
            return Text(raw, raw, offset_bytes)
        characters = codecs.charmap_decode(raw, "strict", self._table)[0]
        return Text(characters.encode("utf-8", "surrogatepass"), raw, offset_bytes, 1)


class Utf16(Encoding):
    """UTF-16 of one byte order; lone surrogates and a last odd byte are invalid."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._high = 1 if name.endswith("le") else 0

    def decode(self, raw: bytes, offset_bytes: int, final: bool) -> Text:
        """Return the text of whole characters."""
        whole = len(raw) & ~1
        if not final and whole and 0xD8 <= raw[whole - 2 + self._high] <= 0xDB:
            whole -= 2
        characters = raw[:whole].decode(self.name, "surrogatepass")
        utf8 = characters.encode("utf-8", "surrogatepass")
        if final and len(raw) & 1:
            return Text(utf8 + b"\xff", raw, offset_bytes, 2)
        return Text(utf8, raw[:whole], offset_bytes, 2)


class Utf32(Encoding):
    """UTF-32 of one byte order; a number that is no character is invalid, and so are last odd bytes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._dtype = "<u4" if name.endswith("le") else ">u4"

    def decode(self, raw: bytes, offset_bytes: int, final: bool) -> Text:
        """Return the text of whole characters."""
        whole = len(raw) & ~3
        numbers = np.frombuffer(raw[:whole], self._dtype).astype("<u4")
        characters = np.where(numbers > _LAST_CHARACTER, _UNDEFINED, numbers).astype("<u4").tobytes()
        utf8 = characters.decode("utf-32-le", "surrogatepass").encode("utf-8", "surrogatepass")
        if final and whole < len(raw):
            return Text(utf8 + b"\xff", raw, offset_bytes, 4)
        return Text(utf8, raw[:whole], offset_bytes, 4)


class MultiByte(Encoding):
    """A legacy encoding whose characters are one byte or more: Shift-JIS, GBK, Big5, EUC-KR and their kin."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lengths: dict[str, int] = {}

    def decode(self, raw: bytes, offset_bytes: int, final: bool) -> Text:
        """Return the text of whole characters; a byte that begins none is invalid by itself."""
        if raw.isascii():
            return Text(raw, raw, offset_bytes)
        decoder = codecs.getincrementaldecoder(self.name)(_EACH_BYTE)
        characters = decoder.decode(raw, final)
        left = b"" if final else decoder.getstate()[0]
        taken = raw[: len(raw) - len(left)]
        lengths = self._lengths_of(characters)
        if int(lengths.sum()) != len(taken):
            characters, lengths = self._one_by_one(taken)
        begins = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=begins[1:])
        return Text(characters.encode("utf-8", "surrogatepass"), taken, offset_bytes, 1, begins)

    def _lengths_of(self, characters: str) -> npt.NDArray[np.int64]:
        numbers = np.frombuffer(characters.encode("utf-32-le", "surrogatepass"), "<u4")
        kinds, which = np.unique(numbers, return_inverse=True)
        return np.array([self._length(chr(n)) for n in kinds.tolist()], np.int64)[which]

    def _length(self, character: str) -> int:
        if character not in self._lengths:
            try:
                self._lengths[character] = len(character.encode(self.name))
            except UnicodeEncodeError:
                self._lengths[character] = 1  # a byte that is no character
        return self._lengths[character]

    def _one_by_one(self, raw: bytes) -> tuple[str, npt.NDArray[np.int64]]:
        """Decode byte by byte, for texts with characters that two sequences of bytes may mean."""
        decoder = codecs.getincrementaldecoder(self.name)(_EACH_BYTE)
        characters: list[str] = []
        lengths: list[int] = []
        begin = 0
        for i in range(len(raw)):
            found = decoder.decode(raw[i : i + 1], i == len(raw) - 1)
            pending = len(decoder.getstate()[0])
            if not found:
                continue
            spent = i + 1 - pending - begin
            characters.append(found)
            lengths += [spent - (len(found) - 1), *[1] * (len(found) - 1)] if len(found) <= spent else [spent, 0]
            begin += spent
        return "".join(characters), np.array(lengths, np.int64)


def _each_byte(error: UnicodeError) -> tuple[str, int]:
    """Return a lone surrogate for each byte that is no character: invalid, and as long as it was."""
    assert isinstance(error, UnicodeDecodeError)
    return "".join(chr(_UNDEFINED + b) for b in error.object[error.start : error.end]), error.end


codecs.register_error(_EACH_BYTE, _each_byte)


def encoding_named(name: str) -> Encoding | None:
    """Return the encoding called `name`, or None where it cannot be read.

    UTF-16 without a byte order is read as little endian, unless a byte order mark says otherwise.
    """
    try:
        canonical = codecs.lookup(name.strip()).name
    except (LookupError, ValueError):
        return None
    if canonical in {"utf-8", "utf-8-sig"}:
        return Encoding()
    if canonical in {"utf-16", "utf-16-le", "utf-16-be"}:
        return Utf16("utf-16-be" if canonical.endswith("be") else "utf-16-le")
    if canonical in {"utf-32", "utf-32-le", "utf-32-be"}:
        return Utf32("utf-32-be" if canonical.endswith("be") else "utf-32-le")
    if canonical in _MULTI_BYTE:
        return MultiByte(_SUPERSET.get(canonical, canonical))
    if canonical in _NO_CODE_PAGES or not _is_single_byte(canonical):
        return None
    return SingleByte(canonical)


def _is_single_byte(name: str) -> bool:
    defined = 0
    for byte in range(256):
        try:
            if len(bytes([byte]).decode(name)) != 1:
                return False
        except UnicodeDecodeError:
            continue
        except (LookupError, UnicodeError, ValueError):
            return False
        defined += 1
    return defined >= 128 and _keeps_no_state(name)


def _keeps_no_state(name: str) -> bool:
    """Whether two bytes are always two characters, so that no byte is the lead of another."""
    try:
        return all(len(bytes([b, 0x40]).decode(name, "replace")) == 2 for b in range(256))
    except (LookupError, UnicodeError, ValueError):
        return False


def _decodes(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def is_valid_utf8(text: bytes) -> bool:
    """Return whether all of `text` is UTF-8, without decoding it."""
    if text.isascii():
        return True
    if len(text) < _SMALL_BYTES:
        return _decodes(text)
    import pyarrow as pa  # slow to load, quick with what is large

    offsets = pa.py_buffer(np.array([0, len(text)], np.int64))
    array = pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, pa.py_buffer(text)])
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True
