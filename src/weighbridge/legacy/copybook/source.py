"""Copybook source: which columns hold code, and where in the file each character stands.

Fixed layout: columns 1–6 a sequence number, 7 an indicator (``*`` and ``/`` comment, ``-``
continuation, ``D`` debugging line), 8–72 code, the rest ignored. Free layout: all columns are
code, ``*>`` starts a comment. Which of the two a text is in is told from its lines.

Source: IBM Enterprise COBOL 6.4 Language Reference, "Reference format"; ISO/IEC 1989:2014, 6.2 and 6.3.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from typing import Literal

from weighbridge.findings import Finding, Place, Severity

Form = Literal["auto", "fixed", "free"]

_RIGHT_MARGIN = 72
_LEVEL_IN_MARGIN = re.compile(r"\s{0,4}(?:0?[1-9]|[1-4]\d|66|77|88)\s+[A-Za-z0-9:'\"(]")
_DIRECTIVE = re.compile(r"\s*>>\s*SOURCE\s+(?:FORMAT\s+)?(?:IS\s+)?(FREE|FIXED)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spot:
    """A character's place: file, line and column from 1, and the line's text for the caret."""

    source: str
    line: int
    column: int
    text: str

    def finding(self, code: str, detail: str = "", severity: Severity = Severity.ERROR) -> Finding:
        """Return a finding here; `seen` is the source line with a caret under the character."""
        shown = self.text.replace("\t", " ").rstrip()
        caret = " " * (self.column - 1) + "^"
        place = Place(source=self.source, line=self.line, column=self.column)
        return Finding(code, place, detail, severity, f"{shown}\n       {caret}")


class Source:
    """The code of a copybook as one text, with the place of every character.

    Attributes:
        text: code without margins and comment lines; lines are parted by a newline, continued ones are not.
    """

    def __init__(self, name: str, copybook: str, form: Form = "auto") -> None:
        self.name = name
        self.lines = copybook.replace("\r\n", "\n").replace("\r", "\n").replace("\x1a", "").split("\n")
        self.form = _form_of(self.lines) if form == "auto" else form
        self._offsets: list[int] = []
        self._spots: list[tuple[int, int]] = []
        self.text = self._join()

    def spot(self, offset: int) -> Spot:
        """Return the place of the character at `offset` of `text`."""
        if not self._offsets:
            return Spot(self.name, 1, 1, "")
        index = max(bisect.bisect_right(self._offsets, offset) - 1, 0)
        line, column = self._spots[index]
        return Spot(self.name, line + 1, column + offset - self._offsets[index] + 1, self.lines[line])

    def _join(self) -> str:
        parts: list[str] = []
        length = 0
        free = self.form == "free"
        for number, line in enumerate(self.lines):
            directive = _DIRECTIVE.match(line)
            if directive:
                free = directive.group(1).upper() == "FREE"
                continue
            column, code, indicator = _code_of(line, free)
            if not code.strip():
                continue
            if indicator == "-" and parts:
                joined = "".join(parts)
                column, code = _continued(joined, column, code)
                kept = joined if _open_quote(joined) else joined.rstrip()
                parts, length = [kept], len(kept)
            elif parts:
                parts.append("\n")
                length += 1
            self._offsets.append(length)
            self._spots.append((number, column))
            parts.append(code)
            length += len(code)
        return "".join(parts)


def _form_of(lines: list[str]) -> Form:
    free = any(_LEVEL_IN_MARGIN.match(line) and len(line[:6].strip()) < 6 for line in lines if "\t" not in line[:7])
    return "free" if free else "fixed"


def _code_of(line: str, free: bool) -> tuple[int, str, str]:
    """Return the column (from 0) at which code starts, the code, and the indicator."""
    if line.lstrip()[:1] == "*" and not (not free and line[:6].strip() and line[6:7] != "*"):
        return 0, "", "*"
    if free:
        return 0, line.split("*>", 1)[0], " "
    tab = line[:7].find("\t")
    if tab >= 0:
        return tab + 1, line[tab + 1 :].split("*>", 1)[0], " "
    indicator = line[6:7]
    if indicator in ("*", "/", "$") or (indicator in ("D", "d") and line[7:8] == " "):
        return 0, "", "*"
    code = line[:_RIGHT_MARGIN].split("*>", 1)[0]
    if indicator == "-":
        return 7, code[7:], "-"
    return 6, code[6:], " "


def _open_quote(text: str) -> str:
    """Return the quotation mark that the last line of `text` leaves open, or nothing."""
    mark = ""
    for character in text[text.rfind("\n") + 1 :]:
        if not mark and character in "\"'":
            mark = character
        elif character == mark:
            mark = ""
    return mark


def _continued(before: str, column: int, code: str) -> tuple[int, str]:
    """Return column and text of a continuation line without its lead: blanks, and the repeated quotation mark."""
    lead = len(code) - len(code.lstrip())
    column, code = column + lead, code[lead:]
    mark = _open_quote(before)
    if mark and code[:1] == mark:
        return column + 1, code[1:]
    return column, code
