"""Text that was decoded twice with the wrong code page: `FranÃ§ois` is `François`.

UTF-8 bytes read as Windows-1252 (or Latin-1) turn each accented letter into two or three odd
characters. The rule undoes it only where the round trip proves it: the whole text encodes to
the code page, those bytes are valid UTF-8, and they decode to another text that gives the
damaged one back. Such a text is repaired, with an entry in the ledger.

Where the damaged characters are all letters (`Ãª`) the text may be real, where only a part of it
is UTF-8 the damage is not whole, and what looks damaged twice may have been so once: all are
ambiguous, with both readings. Text with the
replacement character U+FFFD has lost bytes for good and is unreadable. `?` in place of letters
leaves no trace and cannot be seen.

Parameters:
    codePage: the code page the bytes were taken for: cp1252 (default), latin-1, cp437, cp850.

Example:
    rules: [encodingDamage]

Source: The Unicode Standard 16.0, table 3-7 (well-formed UTF-8); WHATWG Encoding, windows-1252.
"""

from __future__ import annotations

import re
from typing import Literal

import polars as pl
from pydantic import Field

from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import TEXT, Case, Parameters

_NOT_ASCII = "[^\\x00-\\x7f]"
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_LOST = "\ufffd"


class EncodingDamageParameters(Parameters):
    """Parameters of `encodingDamage`."""

    code_page: Literal["cp1252", "latin-1", "cp437", "cp850"] = Field(
        "cp1252", description="the code page the bytes were taken for"
    )


class EncodingDamage:
    """The rule `encodingDamage`."""

    name = "encodingDamage"
    logical_types = TEXT
    parameters = EncodingDamageParameters
    gives_text = True
    cases = (
        Case("François", "François"),
        Case("plain", "plain"),
        Case("FranÃ§ois", "François", Certainty.REPAIRED),
        Case("MÃ¼nchen", "München", Certainty.REPAIRED),
        Case("itâ€™s", "it’s", Certainty.REPAIRED),
        Case("Å\u0081Ã³dÅº", "Łódź", Certainty.REPAIRED),
        Case("FranÃƒÂ§ois", "François", Certainty.AMBIGUOUS, readings=("François", "FranÃƒÂ§ois")),
        Case("20 â‚¬", "20 €", Certainty.REPAIRED),
        Case("fÃªte", "fête", Certainty.AMBIGUOUS, readings=("fête", "fÃªte")),
        Case(
            "FranÃ§ois et Zoë",
            "FranÃ§ois et Zoë",
            Certainty.AMBIGUOUS,
            readings=("FranÃ§ois et Zoë", "François et Zoë"),
        ),
        Case("Ã", "Ã"),
        Case("50 £", "50 £"),
        Case("M\ufffdnchen", None, Certainty.UNREADABLE),
        Case("日本", "日本"),
        Case("", ""),
        Case(None, None),
        Case("M├╝nchen", "München", Certainty.REPAIRED, {"codePage": "cp437"}),
    )

    def read(self, text: pl.Expr, parameters: EncodingDamageParameters) -> Reading:
        """Return the text as it was before it was decoded wrongly."""
        page = parameters.code_page

        def examine(texts: pl.Series) -> pl.Series:
            return _examine(texts, page)

        found = text.map_batches(examine, return_dtype=_FOUND, is_elementwise=True).struct
        proof, other = found.field("proof"), found.field("other")
        value = (
            pl.when(proof == "whole").then(other).when(proof == "letters").then(other).when(proof != "lost").then(text)
        )
        first = pl.when(proof == "letters").then(other).otherwise(text)
        second = pl.when(proof == "letters").then(text).otherwise(other)
        return Reading(
            value,
            (
                Doubt(Certainty.REPAIRED, "LEG-018", proof == "whole", "text that was decoded once", "whole"),
                Doubt(
                    Certainty.AMBIGUOUS,
                    "LEG-017",
                    proof.is_in(["letters", "part"]),
                    "text that was surely decoded once",
                    "unsure",
                    pl.concat_list(first, second),
                ),
                Doubt(Certainty.UNREADABLE, "LEG-019", proof == "lost", "text without U+FFFD", "lost"),
            ),
        )


_FOUND = pl.Struct({"proof": pl.String(), "other": pl.String()})


def _examine(texts: pl.Series, page: str) -> pl.Series:
    """Return what is proved of each text, and its other reading. Only distinct odd texts are looked at."""
    odd = texts.filter(texts.str.contains(_NOT_ASCII)).unique().to_list()
    if not odd:
        return pl.DataFrame(
            {"proof": pl.repeat("none", len(texts), eager=True), "other": texts.clear(len(texts))}
        ).to_struct()
    found = {text: _prove(text, page) for text in odd}
    keys = pl.Series(list(found), dtype=pl.String)
    proof = texts.replace_strict(keys, pl.Series([p for p, _ in found.values()], dtype=pl.String), default="none")
    other = texts.replace_strict(keys, pl.Series([o for _, o in found.values()], dtype=pl.String), default=None)
    return pl.DataFrame({"proof": proof, "other": other}, schema={"proof": pl.String, "other": pl.String}).to_struct(
        "found"
    )


def _prove(text: str, page: str) -> tuple[str, str | None]:
    """Return what can be shown of one text: none, whole, letters, part or lost, and its other reading."""
    if _LOST in text:
        return "lost", None
    encoded = _encoded(text, page)
    if encoded is None or not _SEQUENCE.search(encoded):
        return "none", None
    try:
        other = encoded.decode("utf-8")
    except UnicodeDecodeError:
        parts = _SEQUENCE.sub(lambda m: b"\0" + m.group() + b"\0", encoded).split(b"\0")
        decoded = "".join(_decoded(part, page) for part in parts)
        return ("part", decoded) if decoded != text else ("none", None)
    if all(character.isalpha() for character in text if ord(character) > 127):
        return "letters", other
    # What looks decoded wrongly twice may have been damaged once, from a text that looks so itself.
    again, deeper = _prove(other, page)
    return ("letters", deeper) if again in ("whole", "letters") else ("whole", other)


def _decoded(part: bytes, page: str) -> str:
    try:
        return part.decode("utf-8") if _SEQUENCE.fullmatch(part) else _as_page(part, page)
    except UnicodeDecodeError:
        return _as_page(part, page)


def _as_page(part: bytes, page: str) -> str:
    return "".join(chr(b) if page == "cp1252" and b in _CONTROLS else bytes([b]).decode(page) for b in part)


_CONTROLS = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))


def _encoded(text: str, page: str) -> bytes | None:
    """Return the bytes of `text`; the five bytes that cp1252 leaves free stand for themselves (WHATWG)."""
    out = bytearray()
    for character in text:
        if page == "cp1252" and ord(character) in _CONTROLS:
            out.append(ord(character))
            continue
        try:
            out += character.encode(page)
        except UnicodeEncodeError:
            return None
    return bytes(out)
