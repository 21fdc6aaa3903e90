"""How likely something is by chance: the hypergeometric tail, and Holm's correction for many comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma

_MOST_TERMS = 20_000
_NEGLIGIBLE = 1e-12


def tail(found: int, drawn: int, marked: int, of: int) -> float:
    """Return how likely at least `found` of `drawn` records are marked, when `marked` of all `of` are.

    Exact but for rounding (the hypergeometric distribution); drawn without putting back.
    """
    least, most = max(0, drawn + marked - of), min(drawn, marked)
    if found <= least:
        return 1.0
    if found > most:
        return 0.0
    mean = drawn * marked / of
    if found <= mean:
        return 1.0  # no more than expected: nobody asks how likely exactly
    term = exp(_log_choose(marked, found) + _log_choose(of - marked, drawn - found) - _log_choose(of, drawn))
    total = term
    for k in range(found, min(most, found + _MOST_TERMS)):
        term *= (marked - k) * (drawn - k) / ((k + 1) * (of - marked - drawn + k + 1))
        total += term
        if term < total * _NEGLIGIBLE:
            break
    return min(total, 1.0)


def corrected(p_values: Sequence[float], comparisons: int | None = None) -> list[float]:
    """Return the values corrected for having been looked at together (Holm): each at least as great as it was.

    Args:
        p_values: in any order.
        comparisons: how many were made, where more were made than are given: those left out were greater.
    """
    made = max(comparisons or 0, len(p_values))
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    told, least = [0.0] * len(p_values), 0.0
    for rank, i in enumerate(order):
        least = max(least, min((made - rank) * p_values[i], 1.0))
        told[i] = least
    return told


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
