"""Code pages by name.

Single-byte pages are those of Python's codecs and of the `ebcdic` package. Mixed pages (Japanese
930, 939, 1390, 1399; Korean 933, 1364; Chinese 935, 937, 1371, 1388) have a single-byte table, and a
double-byte one between shift-out (0E) and shift-in (0F); their tables were taken from glibc 2.36's
converters (2026-11-22), which follow IBM's CDRA. 300, 834, 835 and 837 are the double-byte halves alone.
Single-byte pages that neither Python nor `ebcdic` has (38, 256, 274, 275, 281, 423, 803, 880, 905, 918, 1130, 1132,
1153 to 1158, 1160, 1164) were taken from there too (2026-11-23), `single_byte.json`.

Two pages are no national page: `invariant` holds the characters that all pages share, any other
byte reads as a blank; `invariant_with_controls` keeps the control characters too.

Source: IBM Character Data Representation Architecture, appendix "Code pages".
"""

from __future__ import annotations

import codecs
import difflib
import functools
import json
import lzma
import re
from dataclasses import dataclass
from importlib import resources

import numpy as np
import numpy.typing as npt

UNDEFINED = "\ufffd"
SHIFT_OUT = 0x0E
SHIFT_IN = 0x0F

Bytes = npt.NDArray[np.uint8]

_SINGLE = [
    "cp037",
    "cp273",
    "cp277",
    "cp278",
    "cp280",
    "cp284",
    "cp285",
    "cp290",
    "cp297",
    "cp420",
    "cp424",
    "cp500",
    "cp833",
    "cp838",
    "cp870",
    "cp871",
    "cp875",
    "cp1025",
    "cp1026",
    "cp1047",
    "cp1097",
    "cp1112",
    "cp1122",
    "cp1123",
    "cp1140",
    "cp1141",
    "cp1142",
    "cp1143",
    "cp1144",
    "cp1145",
    "cp1146",
    "cp1147",
    "cp1148",
    "cp1148ms",
    "cp1149",
    "cp500ms",
]
_FURTHER = (38, 256, 274, 275, 281, 423, 803, 880, 905, 918, 1130, 1132, *range(1153, 1159), 1160, 1164)
_MIXED = (930, 933, 935, 937, 939, 1364, 1371, 1388, 1390, 1399)
_DOUBLE_ONLY = {300: 930, 834: 933, 835: 937, 837: 935}
_COUNTRIES = {
    "be": 500, "ca": 37, "ch": 500, "dk": 277, "es": 284, "fi": 278, "fr": 297, "gb": 285, "gr": 423, "he": 424,
    "is": 871, "it": 280, "nl": 37, "no": 277, "roece": 870, "se": 278, "us": 37, "wt": 37, "yu": 870, "ar1": 420,
}  # fmt: skip
_ALIASES = {
    "common": "invariant",
    "common_extended": "invariant_with_controls",
    # The names of IANA's registry (RFC 1345).
    **{f"ebcdic_cp_{country}": f"cp{number:03}" for country, number in _COUNTRIES.items()},
}


class UnknownPageError(KeyError):
    """There is no such code page; the message names the nearest one."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, eq=False)
class CodePage:
    """A code page.

    Attributes:
        name: e.g. ``"cp037"``.
        table: 256 characters; `UNDEFINED` where a byte has none.
        double: character numbers by double-byte value (65,536 of them, 0 where there is none); None
            for single-byte pages.
        always_double: the page has no single-byte half: every two bytes are a character.
    """

    name: str
    table: str
    double: npt.NDArray[np.uint32] | None = None
    always_double: bool = False

    @functools.cached_property
    def numbers(self) -> npt.NDArray[np.uint32]:
        """Character numbers of the single bytes, uint32[256]."""
        return np.frombuffer(self.table.encode("utf-32-le"), dtype="<u4").astype(np.uint32)

    @functools.cached_property
    def ascii_bytes(self) -> bytes | None:
        """The table as 256 ASCII bytes where all its defined characters are ASCII; else None."""
        return self.table.encode("ascii") if self.table.isascii() else None

    @functools.cached_property
    def ascii_or_high(self) -> Bytes:
        """ASCII values by byte, uint8[256]; 0xFF where the character is not ASCII or undefined."""
        return np.where(self.numbers < 128, self.numbers, 0xFF).astype(np.uint8)

    @functools.cached_property
    def _back(self) -> dict[str, int]:
        back = {character: byte for byte, character in reversed(list(enumerate(self.table)))}
        back.pop(UNDEFINED, None)
        back[" "] = self.table.index(" ", 0x40) if " " in self.table[0x40:] else back.get(" ", 0x40)
        return back

    @functools.cached_property
    def _double_back(self) -> dict[str, int]:
        if self.double is None:
            return {}
        return {chr(int(self.double[at])): int(at) for at in np.flatnonzero(self.double)[::-1]}

    def decode(self, raw: bytes) -> str:
        """Return the characters of `raw`; `UNDEFINED` for bytes without one and for unpaired shifts."""
        if self.double is None:
            return "".join([self.table[byte] for byte in raw])
        if self.always_double:
            return self._pairs(raw)
        out: list[str] = []
        at = 0
        while at < len(raw):
            byte = raw[at]
            if byte == SHIFT_OUT:
                end = raw.find(SHIFT_IN, at + 1)
                inner = raw[at + 1 : end if end >= 0 else len(raw)]
                out.append(self._pairs(inner))
                if end < 0:
                    out.append(UNDEFINED)
                    break
                at = end + 1
            else:
                out.append(UNDEFINED if byte == SHIFT_IN else self.table[byte])
                at += 1
        return "".join(out)

    def encode(self, text: str) -> bytes:
        """Return the bytes of `text`, double-byte characters between shifts.

        Raises:
            UnicodeEncodeError: the page has no such character.
        """
        out = bytearray()
        shifted = self.always_double
        for at, character in enumerate(text):
            single = None if self.always_double else self._back.get(character)
            double = self._double_back.get(character) if single is None else None
            if single is None and double is None:
                raise UnicodeEncodeError(self.name, text, at, at + 1, "the page has no such character")
            if not self.always_double and (double is not None) != shifted:
                out.append(SHIFT_IN if shifted else SHIFT_OUT)
                shifted = not shifted
            out += bytes([single]) if single is not None else (double or 0).to_bytes(2, "big")
        if shifted and not self.always_double:
            out.append(SHIFT_IN)
        return bytes(out)

    def _pairs(self, raw: bytes) -> str:
        assert self.double is not None
        values = np.frombuffer(raw[: len(raw) // 2 * 2], dtype=">u2")
        numbers = np.where(values == 0x4040, 0x3000, self.double[values]).astype("<u4")
        text = np.where(numbers == 0, ord(UNDEFINED), numbers).astype("<u4").tobytes().decode("utf-32-le", "replace")
        return text + UNDEFINED * (len(raw) % 2)


def page_names() -> tuple[str, ...]:
    """Return the names of all pages."""
    numbered = (f"cp{n:03}" for n in (*_FURTHER, *_MIXED, *_DOUBLE_ONLY))
    return ("invariant", "invariant_with_controls", *_SINGLE, *numbered)


@functools.cache
def page_named(name: str) -> CodePage:
    """Return the page called `name`: ``"cp037"``, ``"IBM037"``, ``"37"``, ``"CCSID 37"``, ``"ebcdic-cp-us"`` are one.

    Raises:
        UnknownPageError: there is no such page.
    """
    wanted = name.strip().lower().replace("-", "_")
    wanted = _ALIASES.get(wanted, wanted)
    if wanted in ("invariant", "invariant_with_controls"):
        return CodePage(wanted, _invariant(wanted == "invariant_with_controls"))
    digits = re.fullmatch(r"(?:x_)?(?:cp|ibm|ccsid|ebcdic)?[_ ]*0*(\d{2,5})(ms)?(?:_ext(?:ended)?)?", wanted)
    if digits:
        number, suffix = int(digits.group(1)), digits.group(2) or ""
        wanted = f"cp{number:03}{suffix}"
        if number in _MIXED or number in _DOUBLE_ONLY:
            single, double = _double_tables()[_DOUBLE_ONLY.get(number, number)]
            return CodePage(wanted, single, double, number in _DOUBLE_ONLY)
        if number in _FURTHER and not suffix:
            return CodePage(wanted, _further()[wanted])
    if wanted in _SINGLE:
        return CodePage(wanted, _single(wanted))
    near = difflib.get_close_matches(wanted, page_names(), n=1)
    raise UnknownPageError(f"no code page {name!r}" + (f"; the nearest is {near[0]}" if near else ""))


def page_from_table(name: str, characters: str) -> CodePage:
    """Return a user's own page.

    Args:
        name: what messages call it.
        characters: its 256 characters.

    Raises:
        ValueError: they are not 256.
    """
    if len(characters) != 256:
        raise ValueError(f"a code page has 256 characters, {name} has {len(characters)}")
    return CodePage(name, characters)


def _single(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError:
        import ebcdic  # noqa: F401  importing registers its codecs
    return bytes(range(256)).decode(name, "replace")


def _invariant(with_controls: bool) -> str:
    """The characters that are the same in all pages, as cp037 has them; what differs reads as a blank."""
    out: list[str] = []
    for byte, character in enumerate(_single("cp037")):
        if byte < 0x40:
            out.append(character if with_controls else " ")
        elif byte in (0x6A, 0xCA):
            out.append({0x6A: "|", 0xCA: "-"}[byte])
        else:
            out.append(character if character.isascii() and character.isprintable() else " ")
    return "".join(out)


@functools.cache
def _further() -> dict[str, str]:
    tables: dict[str, str] = json.loads(resources.files(__package__).joinpath("single_byte.json").read_text("utf-8"))
    return tables


@functools.cache
def _double_tables() -> dict[int, tuple[str, npt.NDArray[np.uint32]]]:
    packed = resources.files(__package__).joinpath("double_byte.xz").read_bytes()
    planes = np.frombuffer(lzma.decompress(packed), dtype=np.uint8).reshape(4, -1)
    values = np.ascontiguousarray(planes.T).view("<u4").reshape(-1, 1 + 256 + 65536)
    return {
        int(row[0]): (row[1:257].astype("<u4").tobytes().decode("utf-32-le"), row[257:].astype(np.uint32))
        for row in values
    }
