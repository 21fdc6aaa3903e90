"""The words of copybook source: names, numbers, literals, pictures, periods, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from weighbridge.findings import Finding
from weighbridge.legacy.copybook.source import Source, Spot

Kind = Literal["word", "literal", "picture", "period", "pseudo", "paren"]

MAX_WORDS = 400_000

_LITERAL = re.compile(r"(?:[XNGZUxngzu]|[NnBbHh][Xx])?(\"(?:[^\"\n]|\"\")*\"|'(?:[^'\n]|'')*')")
_PSEUDO = re.compile(r"==((?:(?!==).)*)==", re.DOTALL)
_PERIOD = re.compile(r"\.(?=\s|$)")
_IS = re.compile(r"IS\b", re.IGNORECASE)
_BETWEEN = frozenset(" \t\n\r\f\v\xa0,;")
_NUMBER = re.compile(r"[+-]?\d*\.\d+(?![\w-])")
_WORD = re.compile(r"[^\s.,;()'\"=]+|=")
_PICTURE = re.compile(r"(?:[^\s('\"]|\([^()\n]{0,40}\))+(?:[ \t]+\(\s*\d+\s*\)[^\s]*)*")


@dataclass(frozen=True, slots=True)
class Word:
    """One word. `text` is upper case but for literals, whose text is what stands between the marks."""

    kind: Kind
    text: str
    spot: Spot
    first_on_line: bool = False
    raw: str = ""

    def is_(self, *texts: str) -> bool:
        """Whether it is one of these words."""
        return self.kind == "word" and self.text in texts


def split_words(source: Source) -> tuple[list[Word], list[Finding]]:
    """Return the words of `source` in order, and what could not be read as a word."""
    text, at, words, faults = source.text, 0, list[Word](), list[Finding]()
    picture_next = False
    while at < len(text) and len(words) < MAX_WORDS:
        if text[at] in _BETWEEN:
            at += 1
            continue
        word, end = (_picture(source, at) if picture_next else None) or _word(source, at)
        if word is None:
            faults.append(source.spot(at).finding("LEG-208", "the literal has no closing quotation mark on its line"))
        else:
            words.append(word)
            picture_next = word.is_("PIC", "PICTURE") or (picture_next and word.is_("IS"))
        at = end
    if len(words) >= MAX_WORDS:
        faults.append(words[-1].spot.finding("LEG-211", f"it has more than {MAX_WORDS:,} words"))
    return words, faults


def _picture(source: Source, at: int) -> tuple[Word, int] | None:
    """Return the picture string at `at` and where it ends; None where there is none."""
    text = source.text
    if _IS.match(text, at) or _PERIOD.match(text, at):
        return None
    found = _PICTURE.match(text, at)
    picture = found.group().rstrip(".,;") if found else ""
    if not picture:
        return None
    return Word("picture", picture, source.spot(at), _starts_line(text, at), picture), at + len(picture)


def _word(source: Source, at: int) -> tuple[Word | None, int]:
    """Return the word at `at` and where it ends; None for a literal that is not closed."""
    text, spot, first = source.text, source.spot(at), _starts_line(source.text, at)
    if literal := _LITERAL.match(text, at):
        mark, prefix = literal.group(1)[0], literal.group()[: literal.start(1) - at].upper()
        inner = literal.group(1)[1:-1].replace(mark * 2, mark)
        return Word("literal", inner, spot, first, prefix), literal.end()
    if pseudo := _PSEUDO.match(text, at):
        return Word("pseudo", pseudo.group(1), spot, first, pseudo.group(1)), pseudo.end()
    if text[at] in "\"'":
        end = text.find("\n", at)
        return None, len(text) if end < 0 else end
    if text[at] in "()":
        return Word("paren", text[at], spot, first, text[at]), at + 1
    found = None if _PERIOD.match(text, at) else _NUMBER.match(text, at) or _WORD.match(text, at)
    if found is None:
        return Word("period", ".", spot, first, "."), at + 1
    return Word("word", found.group().upper(), spot, first, found.group()), found.end()


def _starts_line(text: str, at: int) -> bool:
    return not text[text.rfind("\n", 0, at) + 1 : at].strip()
