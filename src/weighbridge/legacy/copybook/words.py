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
        if text[at] in " \t\n\r\f\v\xa0,;":
            at += 1
            continue
        first = not text[text.rfind("\n", 0, at) + 1 : at].strip()
        spot = source.spot(at)
        if picture_next and not re.compile(r"IS\b", re.IGNORECASE).match(text, at):
            picture_next = False
            found = _PICTURE.match(text, at)
            if found and not _PERIOD.match(text, at):
                picture = found.group()
                while picture[-1:] in ".,;" and picture:
                    picture = picture[:-1]
                if picture:
                    words.append(Word("picture", picture, spot, first, picture))
                    at += len(picture)
                    continue
        literal, pseudo = _LITERAL.match(text, at), _PSEUDO.match(text, at)
        if literal:
            mark, prefix = literal.group(1)[0], literal.group()[: literal.start(1) - at].upper()
            inner = literal.group(1)[1:-1].replace(mark * 2, mark)
            words.append(Word("literal", inner, spot, first, prefix))
            at = literal.end()
        elif pseudo:
            words.append(Word("pseudo", pseudo.group(1), spot, first, pseudo.group(1)))
            at = pseudo.end()
        elif text[at] in "\"'":
            faults.append(spot.finding("LEG-208", "the literal has no closing quotation mark on its line"))
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        elif _PERIOD.match(text, at) or text[at] == ".":
            number = _NUMBER.match(text, at)
            if number and not _PERIOD.match(text, at):
                words.append(Word("word", number.group(), spot, first, number.group()))
                at = number.end()
            else:
                words.append(Word("period", ".", spot, first, "."))
                at += 1
        elif text[at] in "()":
            words.append(Word("paren", text[at], spot, first, text[at]))
            at += 1
        else:
            found = _NUMBER.match(text, at) or _WORD.match(text, at)
            raw = found.group() if found else text[at]
            words.append(Word("word", raw.upper(), spot, first, raw))
            at += len(raw)
            picture_next = raw.upper() in ("PIC", "PICTURE")
            continue
        picture_next = False
    if len(words) >= MAX_WORDS:
        faults.append(words[-1].spot.finding("LEG-211", f"it has more than {MAX_WORDS:,} words"))
    return words, faults
