"""Framing: where each record's element begins and ends, told by tags alone.

Only tags, comments, CDATA sections and processing instructions are looked at, so a record that is
not well-formed costs itself. A record that is not closed ends where the next one begins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from weighbridge.readers.encoding import Text

DEFAULT_MAX_RECORD_BYTES = 8 << 20
_NAME = rb"(?:[^\s<>/=!?\"'&]+:)?"
_REST = rb"(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*"


@dataclass(frozen=True, slots=True)
class Marks:
    """What the records of a document are told by.

    Attributes:
        element: the records' element, without prefix.
        within: the element they stand in, without prefix; empty when it is not known.
        indent: white space before a record on its line; None where records share lines.
        nests: whether records hold elements of their own name.
    """

    element: str
    within: str = ""
    indent: bytes | None = None
    nests: bool = False
    max_record_bytes: int = DEFAULT_MAX_RECORD_BYTES

    def tags(self) -> re.Pattern[bytes]:
        """Return what finds the tags of records, and what hides tags."""
        names = re.escape(self.element.encode())
        outer = (
            rb"|(?P<outer></?" + _NAME + re.escape(self.within.encode()) + rb"(?=[\s/>])" + _REST + rb">)"
            if self.within
            else b""
        )
        return re.compile(
            rb"(?P<hidden><!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>)"
            rb"|(?P<open><!--|<!\[CDATA\[|<\?)"
            rb"|(?P<tag><(?P<close>/?)" + _NAME + names + rb"(?=[\s/>])" + _REST + rb">)" + outer,
            re.DOTALL,
        )


@dataclass(slots=True)
class Framed:
    """Records of a window: ``starts[i]:ends[i]``, each up to where it is closed.

    Attributes:
        controls: kind, start and end of what stands between records.
        faults: why a record is no whole element, by its position.
        taken: how much of the window is gone through.
        closed: whether the element that holds the records was last seen closed; None: not seen.
        too_long: the record that begins at `taken` is longer than the limit.
    """

    text: Text
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    controls: list[tuple[str, int, int]] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)
    taken: int = 0
    closed: bool | None = None
    too_long: bool = False

    def between(self, position: int) -> None:
        """Take what stands before `position` as no record."""
        if position > self.taken:
            self.controls.append(("between", self.taken, position))
            self.taken = position

    def take(self, start: int, end: int, fault: str = "") -> None:
        """Take a record."""
        if fault:
            self.faults[len(self.starts)] = fault
        self.starts.append(start)
        self.ends.append(end)
        self.taken = end


_NOT_CLOSED = "its element is not closed"


def frame(text: Text, marks: Marks, tags: re.Pattern[bytes], final: bool) -> Framed:  # noqa: PLR0912 - one scanner
    """Return what of a window is records."""
    utf8, framed = text.utf8, Framed(text)
    start, depth, inner, position = -1, 0, 0, 0
    held = len(utf8)
    while (found := tags.search(utf8, position)) is not None:
        if found["open"] and not final:
            held = found.start()
            break
        position = found.end()
        if found["hidden"] or found["open"]:
            continue
        whole, at = found[0], found.start()
        if found["tag"] is None:  # the element that holds the records, or one of its name within a record
            step = 0 if whole.endswith(b"/>") else -1 if whole.startswith(b"</") else 1
            inner += step if start >= 0 else 0
            if start >= 0 and inner < 0:
                framed.take(start, at, _NOT_CLOSED)
                start = -1
            if start < 0:
                framed.closed = step < 0
            continue
        if found["close"]:
            if start < 0:
                framed.between(at)
                framed.take(at, found.end(), "it closes an element that is not open")
                continue
            depth -= 1
        else:
            if start >= 0 and _is_next(utf8, at, marks):
                framed.take(start, at, _NOT_CLOSED)
                start = -1
            if start < 0:
                framed.between(at)
                start, depth, inner = at, 0, 0
            depth += not whole.endswith(b"/>")
        if depth == 0:
            framed.take(start, found.end())
            framed.closed, start = False, -1
    if start >= 0:
        if final:
            framed.take(start, len(utf8), _NOT_CLOSED)
        framed.too_long = not final and len(utf8) - start > marks.max_record_bytes
    else:
        framed.between(len(utf8) if final else min(held, max(position, _safe(utf8))))
    return framed


def _is_next(utf8: bytes, at: int, marks: Marks) -> bool:
    """Whether an element that opens within one of its own name is the next record: then it stands as records do."""
    if not marks.nests:
        return True
    return marks.indent is not None and utf8.endswith(b"\n" + marks.indent, 0, at)


def _safe(utf8: bytes) -> int:
    """Return up to where no tag can have begun that is not whole."""
    opened = utf8.rfind(b"<")
    return len(utf8) if opened < 0 else opened
