"""COPY … REPLACING and REPLACE: the words of other members put in, with words exchanged.

Where a member's text comes from is the caller's business: `Library` is a function from a
member's name to its text, or None.

Source: IBM Enterprise COBOL 6.4 Language Reference, "COPY statement".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from weighbridge.findings import Finding
from weighbridge.legacy.copybook.source import Form, Source
from weighbridge.legacy.copybook.words import MAX_WORDS, Word, split_words

Library = Callable[[str], str | None]

_DEPTH = 16


@dataclass(frozen=True, slots=True)
class _Exchange:
    old: tuple[Word, ...]
    new: tuple[Word, ...]
    partial: str = ""  # "", "LEADING", "TRAILING" or "INNER"
    text: str = ""  # as written, for whole picture strings
    by: str = ""


def expand(
    words: Sequence[Word], library: Library | None, form: Form, inside: tuple[str, ...] = ()
) -> tuple[list[Word], list[Finding]]:
    """Return the words with every COPY and REPLACE carried out; `inside` names the members being put in."""
    out: list[Word] = []
    faults: list[Finding] = []
    standing: list[_Exchange] = []
    at = 0
    while at < len(words):
        word = words[at]
        if word.is_("COPY") and at + 1 < len(words) and words[at + 1].kind in ("word", "literal"):
            end = _sentence_end(words, at)
            copied, wrong = _copy(words[at:end], library, form, inside)
            out.extend(_exchange(copied, standing))
            faults.extend(wrong)
            at = end + 1
        elif (
            word.is_("REPLACE") and at + 1 < len(words) and (words[at + 1].kind == "pseudo" or words[at + 1].is_("OFF"))
        ):
            end = _sentence_end(words, at)
            standing = _pairs(words[at + 1 : end])
            at = end + 1
        else:
            out.extend(_exchange([word], standing) if standing else [word])
            at += 1
        if len(out) > MAX_WORDS:
            faults.append(word.spot.finding("LEG-211", f"COPY makes it longer than {MAX_WORDS:,} words"))
            break
    return (_exchange(out, standing) if standing else out), faults


def _sentence_end(words: Sequence[Word], at: int) -> int:
    while at < len(words) and words[at].kind != "period":
        at += 1
    return at


def _copy(
    words: Sequence[Word], library: Library | None, form: Form, inside: tuple[str, ...]
) -> tuple[list[Word], list[Finding]]:
    name = words[1]
    text = library(name.text) if library else None
    circle = name.text.upper() in inside or len(inside) >= _DEPTH
    if text is None or circle:
        why = "COPY goes round in a circle" if circle else f"no member {name.text}"
        return [], [name.spot.finding("LEG-207", why)]
    copied, faults = split_words(Source(name.text, text, form))
    copied, more = expand(copied, library, form, (*inside, name.text.upper()))
    replacing = next((i for i, w in enumerate(words) if w.is_("REPLACING")), None)
    pairs = _pairs(words[replacing + 1 :]) if replacing is not None else []
    return _exchange(copied, pairs), [*faults, *more]


def _pairs(words: Sequence[Word]) -> list[_Exchange]:
    pairs: list[_Exchange] = []
    at = 0
    while at + 2 < len(words):
        partial = ""
        if words[at].is_("LEADING", "TRAILING"):
            partial = words[at].text
            at += 1
        by = next((i for i in range(at + 1, min(at + 8, len(words))) if words[i].is_("BY")), None)
        if by is None or by + 1 >= len(words):
            break
        old, new = _as_words(words[at:by]), _as_words(words[by + 1 : by + 2])
        inner = len(old) == 1 and old[0].text[:1] == ":" and old[0].text[-1:] == ":"
        if old:
            as_written = [" ".join(w.raw for w in part).strip() for part in (words[at:by], words[by + 1 : by + 2])]
            pairs.append(_Exchange(old, new, partial or ("INNER" if inner else ""), *as_written))
        at = by + 2
    return pairs


def _as_words(words: Sequence[Word]) -> tuple[Word, ...]:
    if len(words) == 1 and words[0].kind == "pseudo":
        inner, _ = split_words(Source(words[0].spot.source, words[0].text, "free"))
        return tuple(replace(word, spot=words[0].spot) for word in inner)
    return tuple(words)


def _exchange(words: list[Word], pairs: Sequence[_Exchange]) -> list[Word]:
    if not pairs:
        return words
    out: list[Word] = []
    at = 0
    while at < len(words):
        for pair in pairs:
            span = len(pair.old)
            if not pair.partial and _same(words[at : at + span], pair.old):
                spot = words[at].spot
                out.extend(
                    replace(new, spot=spot, first_on_line=words[at].first_on_line and not i)
                    for i, new in enumerate(pair.new)
                )
                at += span
                break
            changed = _within(words[at], pair) if pair.partial else _whole_picture(words[at], pair)
            if changed is not None:
                out.append(changed)
                at += 1
                break
        else:
            out.append(words[at])
            at += 1
    return out


def _same(words: Sequence[Word], old: Sequence[Word]) -> bool:
    return len(words) == len(old) and all(
        a.text.upper() == b.text.upper() and (a.kind == b.kind or {a.kind, b.kind} == {"word", "picture"})
        for a, b in zip(words, old, strict=True)
    )


def _whole_picture(word: Word, pair: _Exchange) -> Word | None:
    if word.kind != "picture" or word.text.upper() != pair.text.upper():
        return None
    return replace(word, text=pair.by, raw=pair.by)


def _within(word: Word, pair: _Exchange) -> Word | None:
    if word.kind not in ("word", "picture"):
        return None
    old, new = pair.old[0].text, pair.new[0].text if pair.new else ""
    text = word.text
    if pair.partial == "LEADING":
        changed = new + text[len(old) :] if text.startswith(old) else None
    elif pair.partial == "TRAILING":
        changed = text[: -len(old)] + new if text.endswith(old) else None
    else:
        changed = text.replace(old, new) if old in text else None
    return None if changed is None else replace(word, text=changed, raw=changed)
