"""Which legacy encoding of East Asian text some bytes are in, told by how such text is written.

All of these encodings give nearly every pair of high bytes some character, so validity alone tells
little. What tells is use: the characters of everyday text stand together (the first level of the
national standards), and Japanese is never long without kana.
"""

from __future__ import annotations

import re

_PAIRS: dict[str, tuple[re.Pattern[bytes], re.Pattern[bytes]]] = {
    # what each two bytes of everyday text are, and what some of them must be
    "cp932": (re.compile(rb"[\x81-\x84\x88-\x98][\x40-\x7e\x80-\xfc]"), re.compile(rb"[\x82\x83][\x40-\xf1]")),
    "euc_jp": (re.compile(rb"[\xa1-\xa5\xb0-\xcf][\xa1-\xfe]"), re.compile(rb"[\xa4\xa5][\xa1-\xf6]")),
    "cp949": (re.compile(rb"[\xa1\xb0-\xc8][\xa1-\xfe]"), re.compile(rb"[\xb0-\xc8][\xa1-\xfe]")),
    "gb18030": (re.compile(rb"[\xa1\xa3\xb0-\xd7][\xa1-\xfe]"), re.compile(rb"[\xb0-\xd7][\xa1-\xfe]")),
    "big5": (re.compile(rb"[\xa1\xa4-\xc6][\x40-\x7e\xa1-\xfe]"), re.compile(rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]")),
}
_HIGH = bytes(range(0x80, 0x100))
_FEWEST, _SAMPLE_BYTES = 8, 1 << 16
_MUST_RATIO = {"cp932": 0.15, "euc_jp": 0.15}


def legacy_encoding(piece: bytes) -> str:
    """Return the name of the encoding that the non-ASCII bytes speak for, or nothing.

    At least eight characters, all valid and nearly all of everyday text, are asked for. The first of
    those that hold is taken in the order Japanese, Korean, Chinese: each of them is written with
    fewer characters than the next.
    """
    sample = piece[:_SAMPLE_BYTES]
    for name, (everyday, telling) in _PAIRS.items():
        words = _text_of(sample, name)
        pairs = everyday.findall(words)
        if len(pairs) < _FEWEST or _lone(words, everyday) > 0.05 * len(pairs):
            continue
        if len([pair for pair in pairs if telling.fullmatch(pair)]) >= _MUST_RATIO.get(name, 0.5) * len(pairs):
            return name
    return ""


def _text_of(sample: bytes, name: str) -> bytes:
    """Return the sample up to its last whole character, nothing when it is not valid."""
    for cut in range(4):
        whole = sample[: len(sample) - cut]
        try:
            whole.decode(name)
        except UnicodeDecodeError:
            continue
        return whole
    return b""


def _lone(words: bytes, everyday: re.Pattern[bytes]) -> int:
    """Return how many high bytes are in no pair of everyday text."""
    left = everyday.sub(b"", words)
    return len(left) - len(left.translate(None, _HIGH))
