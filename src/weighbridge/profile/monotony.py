"""Whether a column's values rise or fall from record to record, nulls left out.

A stretch of records is told by its first and last value and by what happens between them, so
stretches join to longer ones. What both rises and falls is settled, whatever joins it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from weighbridge.profile.domain import Domain, domain_of, keys

Stretch = tuple[bool, bool, bool, Any, Any]
"""Rises somewhere, falls somewhere, stays somewhere, first value, last value; none of what rises and falls."""

NEITHER: Stretch = (True, True, False, None, None)
_FIRST_LOOK = 128


def has_order(dtype: pl.DataType, hidden: bool) -> bool:
    """Whether the order of a column's values is looked at: their ends must be known to join, so of masked ones not."""
    return not hidden and domain_of(dtype) is not Domain.NONE and dtype != pl.Boolean and not _by_place(dtype)


def stretch_of(values: pl.Series) -> Stretch | None:
    """Return the stretch of consecutive records; None where there is no value."""
    if (
        len(values) > 2 * _FIRST_LOOK
        and (first := stretch_of(values.head(_FIRST_LOOK))) is not None
        and _settled(first)
    ):
        return NEITHER
    known = values.drop_nulls()
    if values.dtype.is_float():
        known = known.filter(known.is_finite())
    if not len(known):
        return None
    if domain_of(values.dtype) is Domain.TEXT:
        known = known.cast(pl.String)
        rises, falls = (bool(a.any()) for a in (known.slice(1) > known.head(-1), known.slice(1) < known.head(-1)))
        stays = bool((known.slice(1) == known.head(-1)).any())
        ends = (known[0], known[-1])
    else:
        key = keys(known).to_numpy()
        at = key.view(np.float64) if domain_of(values.dtype) is Domain.FLOAT else key
        rises, falls = bool((at[1:] > at[:-1]).any()), bool((at[1:] < at[:-1]).any())
        stays = bool((at[1:] == at[:-1]).any())
        ends = (at[0].item(), at[-1].item())
    return NEITHER if rises and falls else (rises, falls, stays, *ends)


def joined(a: Stretch | None, b: Stretch | None) -> Stretch | None:
    """Return the stretch of both, `b` after `a`."""
    if a is None or b is None:
        return b if a is None else a
    if _settled(a) or _settled(b):
        return NEITHER
    rises, falls = a[0] or b[0] or b[3] > a[4], a[1] or b[1] or b[3] < a[4]
    return NEITHER if rises and falls else (rises, falls, a[2] or b[2] or a[4] == b[3], a[3], b[4])


def order_in_words(stretch: Stretch | None) -> str | None:
    """Return ``"rising"``, ``"strictly rising"``, ``"falling"``, ``"strictly falling"``, or None."""
    if stretch is None or stretch[0] == stretch[1]:
        return None
    return f"{'' if stretch[2] else 'strictly '}{'rising' if stretch[0] else 'falling'}"


def _settled(stretch: Stretch) -> bool:
    return stretch[0] and stretch[1]


def _by_place(dtype: pl.DataType) -> bool:
    """Whether a type's order is that of its list of values, not of its texts."""
    return isinstance(dtype, pl.Enum | pl.Categorical)
