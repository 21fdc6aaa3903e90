"""The clauses of one data description entry.

Every method reads one clause at the cursor and leaves the cursor behind it. What does not
belong there becomes a fault, and the entry is read on from the next word that starts a clause.

Source: IBM Enterprise COBOL 6.4 Language Reference, "DATA DIVISION: data description entry";
USAGE COMP-6, COMP-9 and COMP-X as Micro Focus and ACUCOBOL write them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from weighbridge.findings import Finding, Severity
from weighbridge.legacy.copybook.item import Condition, Item, Occurs, Sign, Usage
from weighbridge.legacy.copybook.picture import PictureError, read_picture
from weighbridge.legacy.copybook.words import Word

USAGES: dict[str, Usage] = {
    "DISPLAY": Usage.DISPLAY,
    "DISPLAY-1": Usage.DBCS,
    "NATIONAL": Usage.NATIONAL,
    "BINARY": Usage.BINARY,
    "BINARY-CHAR": Usage.NATIVE,
    "BINARY-SHORT": Usage.NATIVE,
    "BINARY-LONG": Usage.NATIVE,
    "BINARY-DOUBLE": Usage.NATIVE,
    "PACKED-DECIMAL": Usage.PACKED,
    "FLOAT-SHORT": Usage.FLOAT,
    "FLOAT-LONG": Usage.DOUBLE,
    "POINTER": Usage.POINTER,
    "POINTER-32": Usage.POINTER,
    "PROCEDURE-POINTER": Usage.POINTER,
    "FUNCTION-POINTER": Usage.POINTER,
    "INDEX": Usage.INDEX,
    **{
        prefix + suffix: usage
        for prefix in ("COMP", "COMPUTATIONAL")
        for suffix, usage in {
            "": Usage.BINARY,
            "-0": Usage.BINARY,
            "-1": Usage.FLOAT,
            "-2": Usage.DOUBLE,
            "-3": Usage.PACKED,
            "-3U": Usage.UNSIGNED_PACKED,
            "-4": Usage.BINARY,
            "-5": Usage.NATIVE,
            "-6": Usage.COMP_6,
            "-9": Usage.LITTLE,
            "-X": Usage.HEX,
        }.items()
    },
}

CLAUSE_WORDS = frozenset(
    [
        "REDEFINES",
        "PIC",
        "PICTURE",
        "USAGE",
        "SIGN",
        "LEADING",
        "TRAILING",
        "OCCURS",
        "SYNC",
        "SYNCHRONIZED",
        "JUST",
        "JUSTIFIED",
        "BLANK",
        "VALUE",
        "VALUES",
        "EXTERNAL",
        "GLOBAL",
        "RENAMES",
        "GROUP-USAGE",
        "VOLATILE",
        "DATE",
    ]
) | set(USAGES)
_ZEROS = frozenset(("ZERO", "ZEROS", "ZEROES"))
_FIGURATIVE = _ZEROS | {
    "SPACE",
    "SPACES",
    "LOW-VALUE",
    "LOW-VALUES",
    "HIGH-VALUE",
    "HIGH-VALUES",
    "QUOTE",
    "QUOTES",
    "NULL",
    "NULLS",
    "ALL",
}
LEVELS = frozenset([*range(1, 50), 66, 77, 88])

MAX_OCCURS = 100_000_000


def level_of(word: Word) -> int | None:
    """Return the level number `word` is, or None."""
    if word.kind == "word" and re.fullmatch(r"\d{1,2}", word.text) and int(word.text) in LEVELS:
        return int(word.text)
    return None


class Entry:
    """The words of one entry behind its level number and name, and the item they describe."""

    def __init__(self, item: Item, words: Sequence[Word], decimal_comma: bool) -> None:
        self.item = item
        self.words = words
        self.at = 0
        self.faults: list[Finding] = []
        self.renames: tuple[str, str | None] | None = None
        self._decimal_comma = decimal_comma

    def read(self) -> None:
        """Read all clauses."""
        while self.at < len(self.words):
            word = self.words[self.at]
            before = self.at
            self._clause(word)
            if self.at == before:
                self.at += 1

    def _clause(self, word: Word) -> None:
        text = word.text if word.kind == "word" else ""
        clause = _CLAUSES.get("USAGE" if text in USAGES else text)
        if clause is not None:
            clause(self)
        else:
            self._fault(word, "LEG-200", f"{word.raw or word.text!r} starts no clause")
            self._to_next_clause()

    # -- clauses ---------------------------------------------------------------------------

    def _redefines(self) -> None:
        self.at += 1
        word = self._take()
        if word is None or word.kind not in ("word", "literal"):
            self._fault(word or self.words[self.at - 1], "LEG-200", "REDEFINES wants a name")
        else:
            self.item.redefines = word.text.upper()

    def _picture(self) -> None:
        start = self.words[self.at]
        self.at += 1
        self._skip("IS")
        word = self._take()
        if word is None:
            self._fault(start, "LEG-202", "PICTURE wants a string")
            return
        if self.item.picture is not None:
            self._fault(start, "LEG-203", "PICTURE stands twice")
        try:
            self.item.picture = read_picture(word.text, self._decimal_comma)
        except PictureError as wrong:
            spot = word.spot
            spot = type(spot)(spot.source, spot.line, spot.column + wrong.at, spot.text)
            self.faults.append(spot.finding("LEG-202", f"{word.text}: {wrong}"))
            self.item.picture = read_picture("X")

    def _usage(self) -> None:
        if self._peek() == "USAGE":
            self.at += 1
            self._skip("IS")
        word = self._take()
        usage = USAGES.get(word.text) if word is not None and word.kind == "word" else None
        if word is None or usage is None:
            if word is not None and word.is_("OBJECT"):
                self._to_next_clause()
                usage = Usage.POINTER
            else:
                self._fault(word or self.words[-1], "LEG-200", f"{word.raw if word else 'nothing'} is no USAGE")
                return
        if self.item.usage not in (None, usage):
            self._fault(word, "LEG-203", f"USAGE {self.item.usage} and USAGE {usage}")
        self.item.usage = usage
        size = {"BINARY-CHAR": 2, "BINARY-SHORT": 4, "BINARY-LONG": 9, "BINARY-DOUBLE": 18}.get(word.text)
        if size and self.item.picture is None:
            signed = "" if self._peek() == "UNSIGNED" else "S"
            self.item.picture = read_picture(f"{signed}9({size})")

    def _sign(self) -> None:
        if self._peek() == "SIGN":
            self.at += 1
            self._skip("IS")
        word = self._take()
        if word is None or not word.is_("LEADING", "TRAILING"):
            self._fault(word or self.words[-1], "LEG-200", "SIGN is LEADING or TRAILING")
            return
        separate = self._peek() == "SEPARATE"
        if separate:
            self.at += 1
            self._skip("CHARACTER")
        self.item.sign = Sign(leading=word.text == "LEADING", separate=separate)

    def _occurs(self) -> None:
        start = self.words[self.at]
        self.at += 1
        numbers: list[int] = []
        while len(numbers) < 2:
            word = self._take()
            if word is None or not re.fullmatch(r"\d{1,9}", word.text):
                self._fault(word or start, "LEG-200", "OCCURS wants a number")
                numbers = numbers or [1]
                break
            numbers.append(int(word.text))
            if self._peek() != "TO":
                break
            self.at += 1
        self._skip("TIMES")
        depending: str | None = None
        while self._peek() in ("DEPENDING", "ASCENDING", "DESCENDING", "INDEXED", "TIMES"):
            kind = self._take()
            if kind is not None and kind.text == "DEPENDING":
                self._skip("ON")
                name = self._take()
                depending = name.text.upper() if name is not None else None
                self._qualifiers()
            elif kind is not None and kind.text != "TIMES":
                self._skip("KEY")
                self._skip("IS")
                self._skip("BY")
                self._names()
        low, high = (numbers[0], numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
        if len(numbers) == 1 and depending is not None:
            low = 0
        if high < max(low, 1) or high > MAX_OCCURS:
            self._fault(start, "LEG-200", f"a table cannot have {low} to {high} elements")
            low, high = 1, 1
        self.item.occurs = Occurs(low, high, depending, start.spot)

    def _value(self) -> None:
        self.at += 1
        self._skip("IS")
        self._skip("ARE")
        values: list[tuple[str, str | None]] = []
        while self.at < len(self.words):
            word = self.words[self.at]
            if word.kind == "word" and (word.text in CLAUSE_WORDS or word.text == "IS"):
                break
            if word.is_("THRU", "THROUGH") and values:
                self.at += 1
                high = self._take()
                if high is not None:
                    values[-1] = (values[-1][0], high.text)
                continue
            if word.is_("WHEN", "IN", "ALL", "FALSE") or word.kind == "paren":
                self.at += 1
                continue
            known = (
                word.kind in ("literal", "picture")
                or word.text in _FIGURATIVE
                or re.fullmatch(r"[+-]?[\d.]+(?:E[+-]?\d+)?|'?[\w'-]+", word.text)
            )
            if not known:
                self._fault(word, "LEG-200", f"{word.raw!r} is no value")
            values.append((word.text if word.kind == "literal" else word.text.upper(), None))
            self.at += 1
        if not values:
            self._fault(self.words[self.at - 1], "LEG-200", "VALUE wants a literal")
        elif self.item.level == 88:
            self.item.conditions.append(Condition(self.item.name, tuple(values)))
        else:
            self.item.value = values[0][0]

    def _renames(self) -> None:
        self.at += 1
        first = self._take()
        self._qualifiers()
        last = None
        if self._peek() in ("THRU", "THROUGH"):
            self.at += 1
            last = self._take()
            self._qualifiers()
        if first is None:
            self._fault(self.words[-1], "LEG-200", "RENAMES wants a name")
        else:
            self.renames = (first.text.upper(), last.text.upper() if last is not None else None)

    def _blank(self) -> None:
        self.at += 1
        self._skip("WHEN")
        self._skip(*_ZEROS)
        self.item.blank_when_zero = True

    def _synchronized(self) -> None:
        self.at += 1
        self._skip("LEFT", "RIGHT")
        self.item.synchronized = True

    def _justified(self) -> None:
        self.at += 1
        self._skip("RIGHT")
        self.item.justified = True

    def _group_usage(self) -> None:
        self.at += 1
        self._skip("IS")
        self.item.usage = USAGES.get(self._peek(), Usage.NATIONAL)
        self.at += 1

    def _date(self) -> None:
        self.at += 1
        self._skip("FORMAT")
        self._skip("IS")
        self.at += 1

    def _signed(self) -> None:
        self.item.sign = self.item.sign or Sign(leading=False, separate=False)
        self.at += 1

    def _nothing(self) -> None:
        self.at += 1

    # -- the cursor ------------------------------------------------------------------------

    def _peek(self) -> str:
        word = self.words[self.at] if self.at < len(self.words) else None
        return word.text if word is not None and word.kind == "word" else ""

    def _take(self) -> Word | None:
        if self.at >= len(self.words):
            return None
        self.at += 1
        return self.words[self.at - 1]

    def _skip(self, *texts: str) -> None:
        if self._peek() in texts and self._peek():
            self.at += 1

    def _qualifiers(self) -> None:
        while self._peek() in ("OF", "IN"):
            self.at += 2

    def _names(self) -> None:
        while self._peek() and self._peek() not in CLAUSE_WORDS | {"ASCENDING", "DESCENDING", "INDEXED", "DEPENDING"}:
            self.at += 1

    def _to_next_clause(self) -> None:
        self.at += 1
        while self.at < len(self.words) and not (
            self.words[self.at].kind == "word" and self.words[self.at].text in CLAUSE_WORDS
        ):
            self.at += 1

    def _fault(self, word: Word, code: str, detail: str, severity: Severity = Severity.ERROR) -> None:
        self.faults.append(word.spot.finding(code, detail, severity))


_CLAUSES: dict[str, Callable[[Entry], None]] = {
    "REDEFINES": Entry._redefines,
    "PIC": Entry._picture,
    "PICTURE": Entry._picture,
    "USAGE": Entry._usage,
    "SIGN": Entry._sign,
    "LEADING": Entry._sign,
    "TRAILING": Entry._sign,
    "OCCURS": Entry._occurs,
    "VALUE": Entry._value,
    "VALUES": Entry._value,
    "RENAMES": Entry._renames,
    "BLANK": Entry._blank,
    "SYNC": Entry._synchronized,
    "SYNCHRONIZED": Entry._synchronized,
    "JUST": Entry._justified,
    "JUSTIFIED": Entry._justified,
    "GROUP-USAGE": Entry._group_usage,
    "DATE": Entry._date,
    "SIGNED": Entry._signed,
    **dict.fromkeys(("EXTERNAL", "GLOBAL", "VOLATILE", "IS", "UNSIGNED"), Entry._nothing),
}
