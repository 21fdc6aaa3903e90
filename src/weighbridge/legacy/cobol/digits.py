"""Digits out of 64-bit words: eight characters or sixteen nibbles at once.

Each function takes one word a value and returns one integer a value. Adding neighbours in
pairs, then pairs of pairs, turns the digits of a word into its number in three or four steps.
"""

from __future__ import annotations

import numpy as np

from weighbridge.legacy.cobol.cells import Integers, Words

_LOW = np.uint64(0x0F0F0F0F0F0F0F0F)
_HIGH = np.uint64(0xF0F0F0F0F0F0F0F0)
_SIX = np.uint64(0x0606060606060606)
_BYTES = np.uint64(0x00FF00FF00FF00FF)
_PAIRS = np.uint64(0x0000FFFF0000FFFF)
_QUADS = np.uint64(0x00000000FFFFFFFF)
_U = np.uint64


def zoned_faults(words: Words, zone: int) -> Words:
    """Return what is wrong with each word as eight digit characters: 0 where nothing is.

    Args:
        words: eight characters each.
        zone: the high nibble of a digit: F in EBCDIC, 3 in ASCII.
    """
    zones = _U(zone * 0x1010101010101010)
    wrong = words & _HIGH
    wrong ^= zones
    over = words & _LOW
    over += _SIX
    over &= _HIGH
    wrong |= over
    return wrong


def zoned_number(words: Words) -> Integers:
    """Return the number that the low nibbles of each word's eight bytes make, int64."""
    low = words & _LOW
    number = low >> _U(8)
    number &= _BYTES
    number *= _U(10)
    low &= _BYTES
    number += low
    return _by_pairs(number)


def packed_faults(words: Words) -> Words:
    """Return what is wrong with each word as sixteen decimal nibbles: 0 where nothing is."""
    wrong = words & _LOW
    wrong += _SIX
    high = words >> _U(4)
    high &= _LOW
    high += _SIX
    wrong |= high
    wrong &= _HIGH
    return wrong


def packed_number(words: Words) -> Integers:
    """Return the number that each word's sixteen nibbles make, int64."""
    number = words >> _U(4)
    number &= _LOW
    number *= _U(10)
    number += words & _LOW
    low = number & _BYTES
    number >>= _U(8)
    number &= _BYTES
    number *= _U(100)
    number += low
    low = number & _PAIRS
    number >>= _U(16)
    number &= _PAIRS
    number *= _U(10_000)
    number += low
    low = number & _QUADS
    number >>= _U(32)
    number *= _U(100_000_000)
    number += low
    return number.view(np.int64)


def _by_pairs(number: Words) -> Integers:
    low = number & _PAIRS
    number >>= _U(16)
    number &= _PAIRS
    number *= _U(100)
    number += low
    low = number & _QUADS
    number >>= _U(32)
    number *= _U(10_000)
    number += low
    return number.view(np.int64)
