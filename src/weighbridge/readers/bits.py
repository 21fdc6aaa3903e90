"""One bit a byte of a window: which bytes are line ends, delimiters, quotes; counted by rank.

This is how a window is framed without looking at any byte in Python: 64 bytes to a word,
prefix counts of the words, and a population count inside the word where a position falls.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
_ONE = np.uint64(1)


@dataclass(frozen=True, slots=True, eq=False)
class Bits:
    """Bits of `size` positions in 64-bit words, lowest bit first, one zero word at the end."""

    words: Words
    size: int

    @classmethod
    def of(cls, mask: npt.NDArray[np.bool_]) -> Bits:
        """Return the bits of a mask of bytes."""
        packed = np.packbits(mask, bitorder="little")
        words = np.zeros(len(mask) // 64 + 2, np.uint64)
        words.view(np.uint8)[: len(packed)] = packed
        return cls(words, len(mask))

    def rank(self, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return, for each position (0 to `size`), how many bits are set before it."""
        before = np.zeros(len(self.words) + 1, np.int64)
        np.cumsum(np.bitwise_count(self.words), out=before[1:], dtype=np.int64)
        word = positions >> 6
        below = (_ONE << (positions & 63).astype(np.uint64)) - _ONE
        ranks: npt.NDArray[np.int64] = before[word] + np.bitwise_count(self.words[word] & below)
        return ranks

    def counts(self, bounds: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return how many bits are set between each two neighbours of `bounds`."""
        return np.diff(self.rank(bounds))

    def any(self) -> bool:
        """Whether any bit is set."""
        return bool(self.words.any())

    def parity(self) -> Bits:
        """Return, for each position, whether an odd number of bits is set up to and with it."""
        x = self.words.copy()
        for shift in (1, 2, 4, 8, 16, 32):
            x ^= x << np.uint64(shift)
        odd_before = np.zeros(len(x), np.uint64)
        odd_before[1:] = np.cumsum(x >> np.uint64(63), dtype=np.uint64)[:-1] & _ONE
        return Bits(x ^ (np.uint64(0) - odd_before), self.size)

    def after(self, first: bool) -> Bits:
        """Return the bits moved one position up: set where the byte before was; `first` for position 0."""
        moved = self.words << _ONE
        moved[1:] |= self.words[:-1] >> np.uint64(63)
        moved[0] |= np.uint64(first)
        return Bits(moved, self.size)

    def before(self) -> Bits:
        """Return the bits moved one position down: set where the next byte is."""
        moved = self.words >> _ONE
        moved[:-1] |= self.words[1:] << np.uint64(63)
        return Bits(moved, self.size)

    def __and__(self, other: Bits) -> Bits:
        return Bits(self.words & other.words, self.size)

    def __or__(self, other: Bits) -> Bits:
        return Bits(self.words | other.words, self.size)

    def without(self, other: Bits) -> Bits:
        """Return the bits that are not set in `other`."""
        return Bits(self.words & ~other.words, self.size)
