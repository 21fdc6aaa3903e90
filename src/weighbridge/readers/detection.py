"""Which encoding a source is in: declared, else told by its bytes."""

from __future__ import annotations

import re

from weighbridge.findings import Finding, Place, Severity, SourceError
from weighbridge.quick import dataclass
from weighbridge.readers.content import Content
from weighbridge.readers.door import Option
from weighbridge.readers.encoding import BYTE_ORDER_MARKS, Encoding, SingleByte, encoding_named, is_valid_utf8
from weighbridge.readers.legacy_text import legacy_encoding

_FALLBACK = "cp1252"
_FEWEST_SEQUENCES = 3  # so many by chance are not found in real text of a code page
_WELL_FORMED = re.compile(rb"[\xC2-\xDF][\x80-\xBF]|[\xE0-\xEF][\x80-\xBF]{2}|[\xF0-\xF4][\x80-\xBF]{3}")


@dataclass(frozen=True, slots=True)
class Detected:
    """The encoding of a source.

    Attributes:
        mark_bytes: length of the byte order mark at the beginning of the content.
    """

    encoding: Encoding
    mark_bytes: int
    option: Option
    findings: tuple[Finding, ...] = ()


def detect(content: Content, declared: str | None) -> Detected:
    """Return the encoding of a source.

    A byte order mark decides against a declared encoding only when the two cannot both be
    true. Without declaration and mark: UTF-16 where every other byte is NUL, UTF-32 where three of
    four are; UTF-8 where the non-ASCII bytes mostly are; else what East Asian text is written in
    where they are used so, or cp1252, with a finding.

    Raises:
        SourceError: the declared encoding is not known (RDR-007).
    """
    mark, marked = next(((mark, name) for mark, name in BYTE_ORDER_MARKS if content.head.startswith(mark)), (b"", ""))
    if declared is not None:
        return _declared(content, declared, mark, marked)
    if marked:
        return Detected(_named(marked), len(mark), Option("encoding", marked, "sniffed", "a byte order mark"))
    head, foreign = content.head, content.foreign
    wide = _without_mark(head)
    if wide:
        why = "three of four bytes are NUL" if "32" in wide else "every other byte is NUL"
        return Detected(_named(wide), 0, Option("encoding", wide, "sniffed", why))
    if not foreign:
        return Detected(Encoding(), 0, Option("encoding", "utf-8", "sniffed", "all bytes are ASCII"))
    good, bad = _weigh(foreign)
    if good > bad:
        why = "its non-ASCII bytes are UTF-8" if not bad else "most of its non-ASCII bytes are UTF-8"
        return Detected(Encoding(), 0, Option("encoding", "utf-8", "sniffed", why))
    guess = legacy_encoding(foreign)
    why = "its non-ASCII bytes are those of its everyday text" if guess else "it has non-ASCII bytes that are not UTF-8"
    name = guess or _FALLBACK
    guessed = Finding("RDR-031", Place(source=content.source.name), f"read as {name}", Severity.WARNING)
    return Detected(_named(name), 0, Option("encoding", name, "sniffed", why), (guessed,))


def _declared(content: Content, declared: str, mark: bytes, marked: str) -> Detected:
    encoding = encoding_named(declared)
    where = Place(source=content.source.name)
    if encoding is None:
        raise SourceError(Finding("RDR-007", where, f"{declared!r} is declared"))
    open_order = declared.strip().lower().replace("_", "").replace("-", "") in {"utf16", "utf32"}
    if not marked:
        wide = _without_mark(content.head)
        if wide and open_order and wide[:6] == encoding.name[:6]:
            encoding = _named(wide)
        found = _contradicted(content, encoding, wide, where)
        return Detected(encoding, 0, Option("encoding", encoding.name, "declared"), found)
    if marked == encoding.name or (open_order and marked[:6] == encoding.name[:6]):
        return Detected(_named(marked), len(mark), Option("encoding", marked, "declared", "and a byte order mark"))
    contradiction = Finding(
        "RDR-030", where, f"encoding {encoding.name} is declared, its byte order mark says {marked}"
    )
    return Detected(
        _named(marked), len(mark), Option("encoding", marked, "sniffed", "a byte order mark"), (contradiction,)
    )


def _contradicted(content: Content, encoding: Encoding, wide: str, where: Place) -> tuple[Finding, ...]:
    """Return what the first bytes say against a declared encoding, in which they still are read."""
    detail = ""
    if wide and encoding.name[:6] != wide[:6]:
        detail = f"encoding {encoding.name} is declared, the first bytes look like {wide}"
    elif isinstance(encoding, SingleByte) and encoding.decode(b"a,\n", 0, True).utf8 == b"a,\n":
        good, bad = _weigh(content.foreign) if content.foreign else (0, 0)
        sequences = len(_WELL_FORMED.findall(content.foreign))
        if good and not bad and sequences >= _FEWEST_SEQUENCES:
            detail = f"encoding {encoding.name} is declared, all of the first non-ASCII bytes are UTF-8"
    return (Finding("RDR-030", where, detail),) if detail else ()


def _named(name: str) -> Encoding:
    encoding = encoding_named(name)
    assert encoding is not None
    return encoding


def _without_mark(head: bytes) -> str:
    """Return the UTF-16 or UTF-32 whose high bytes are mostly NUL in a sample, or nothing."""
    sample = head[:4096]
    fours = len(sample) // 4
    nuls = [sample[k : 4 * fours : 4].count(0) for k in range(4)]
    if fours > 1 and min(nuls[1:]) > 0.7 * fours and nuls[0] < 0.1 * fours:
        return "utf-32-le"
    if fours > 1 and min(nuls[:3]) > 0.7 * fours and nuls[3] < 0.1 * fours:
        return "utf-32-be"
    pairs = len(sample) // 2
    if pairs < 2:
        return ""
    even, odd = sample[0 : 2 * pairs : 2].count(0), sample[1 : 2 * pairs : 2].count(0)
    if odd > 0.7 * pairs and even < 0.1 * pairs:
        return "utf-16-le"
    if even > 0.7 * pairs and odd < 0.1 * pairs:
        return "utf-16-be"
    return ""


def _weigh(piece: bytes) -> tuple[int, int]:
    """Return how many non-ASCII characters are well-formed UTF-8, and how many bytes are none."""
    if is_valid_utf8(piece):
        return 1, 0
    good = sum(1 for _ in _WELL_FORMED.finditer(piece))
    left = _WELL_FORMED.sub(b"", piece)
    return good, len(left) - len(left.translate(None, bytes(range(128, 256))))
