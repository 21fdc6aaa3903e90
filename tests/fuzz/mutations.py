"""How a sound extract is broken: by a few random changes of its bytes."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

_MOST_CHANGES = 5
_WORDS = re.compile(rb'(?<==")[^"<]*(?=")|(?<==\')[^\'<]*(?=\')|(?<=>)[^<]+(?=<)')


def mutated(content: bytes, chance: random.Random, tokens: Sequence[bytes] = ()) -> bytes:
    """Return the content with one to five random changes; the same state of `chance` gives the same bytes."""
    data = bytearray(content)
    for _ in range(chance.randint(1, _MOST_CHANGES)):
        _change(data, chance, tokens)
    return bytes(data)


def reworded(content: bytes, chance: random.Random, words: Sequence[bytes]) -> bytes:
    """Return an XML document with some attributes' values and texts replaced, as well-formed as before."""
    for _ in range(chance.randint(1, _MOST_CHANGES)):
        places = list(_WORDS.finditer(content))
        place = chance.choice(places)
        content = content[: place.start()] + chance.choice(words) + content[place.end() :]
    return content


def _change(data: bytearray, chance: random.Random, tokens: Sequence[bytes]) -> None:
    size = len(data)
    at = chance.randrange(size + 1)
    length = min(size - at, chance.choice((1, 2, 4, 8, chance.randint(1, 64), chance.randint(1, size + 1))))
    kind = chance.randrange(9)
    if kind == 0 and at < size:
        data[at] ^= 1 << chance.randrange(8)
    elif kind == 1 and at < size:
        data[at] = chance.choice((0, 0xFF, 0x7F, 0x80, chance.randrange(256)))
    elif kind == 2:
        del data[at : at + length]
    elif kind == 3:
        data[at:at] = data[at : at + length]
    elif kind == 4:
        data[at:at] = chance.randbytes(chance.randint(1, 16))
    elif kind == 5 and chance.random() < 0.4:
        del data[at:]
    elif kind == 6:
        data[at : at + length] = bytes(length)
    elif kind == 7 and tokens:
        data[at:at] = chance.choice(tokens)
    elif tokens:
        token = chance.choice(tokens)
        data[at : at + len(token)] = token
