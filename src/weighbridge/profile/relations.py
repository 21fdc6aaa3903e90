"""What columns have to do with each other, told from a sample of rows: copies, keys, correlations, dependencies.

Every figure says how many records it was told from and how sure it is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations, permutations
from typing import Any

import numpy as np
import polars as pl

from weighbridge.profile.domain import Domain, domain_of, keys
from weighbridge.profile.sample import COUNT, Sample
from weighbridge.quick import dataclass

_MOST_LISTED = 12
_MOST_COMPARED = 24
_CORRELATED = 0.7
_DEPENDS = 0.98
_FEWEST = 50
_FIRST_LOOK = 512
_OFTEN = 0.9
_SURE = 3.0  # none of n: at 95 % confidence fewer than 3/n
_KEY_DOUBT = 0.1


@dataclass(frozen=True, slots=True)
class Coded:
    """A sample with its columns as numbers.

    Attributes:
        sample: of the rows.
        rows: of the sample, by their hashes.
        codes: by column, a number from 1 for each different value; 0 for null.
    """

    sample: Sample
    rows: pl.DataFrame
    codes: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, sample: Sample) -> Coded:
        """Return the first columns of a sample as numbers."""
        rows = sample.in_order()
        return cls(sample, rows, {name: _codes(rows[name]) for name in rows.columns[:-2][:_MOST_COMPARED]})


def relations(coded: Coded, records: int) -> dict[str, Any]:
    """Return `sample`, `duplicates`, `correlations` and `dependencies`, as JSON values.

    Args:
        coded: a sample of the rows.
        records: how many there are in all.
    """
    rows, sample = coded.rows, coded.sample
    count = rows[COUNT].to_numpy().astype(np.int64)
    if not rows.height or rows.width <= 2:
        return {}
    n = int(count.sum())
    codes = {name: code for name, code in coded.codes.items() if code.max(initial=0) > 0}
    return {
        "sample": {"records": n, "of": records, "is_whole": sample.is_whole},
        "duplicates": _duplicates(count, sample, records),
        "correlations": _correlations(rows, count)[:_MOST_LISTED],
        "dependencies": _dependencies(codes, count)[:_MOST_LISTED],
    }


def composite_keys(coded: Coded, records: int) -> list[dict[str, Any]]:
    """Return pairs of columns that no two records of the sample share, where the sample is large enough to tell."""
    rows, sample, n = coded.rows, coded.sample, coded.sample.records
    if n < _FEWEST or rows.width <= 2 or n > rows.height:
        return []
    share = 0.0 if sample.is_whole else 2 * _SURE * records / n**2
    if share > _KEY_DOUBT:
        return []
    codes = {name: code for name, code in coded.codes.items() if not rows[name].null_count()}
    several = [name for name, code in codes.items() if code.max(initial=0) + 1 < rows.height]
    why = f"no two of all {n:,} records share it" if sample.is_whole else (
        f"no two of {n:,} sampled records share it: at 95 % confidence fewer than {share:.1%} of all do")  # fmt: skip
    found = []
    for a, b in combinations(several, 2):
        if (int(codes[a].max()) + 1) * (int(codes[b].max()) + 1) < n:
            continue
        if len(np.unique(codes[a] * np.int64(rows.height) + codes[b])) == rows.height:
            found.append({"columns": [a, b], "is": "proved" if sample.is_whole else "likely", "why": why})
    return found[:_MOST_LISTED]


def _codes(values: pl.Series) -> np.ndarray:
    """Return a number from 1 for each different value, 0 for null."""
    key = keys(values)
    if key.dtype == pl.String:
        ranks: np.ndarray = key.rank("dense").fill_null(0).to_numpy().astype(np.int64)
        return ranks
    codes = np.zeros(len(key), dtype=np.int64)
    known = key.is_not_null().to_numpy()
    codes[known] = np.unique(key.drop_nulls().to_numpy(), return_inverse=True)[1] + 1
    return codes


def _duplicates(count: np.ndarray, sample: Sample, records: int) -> dict[str, Any]:
    n = int(count.sum())
    share = float((n - len(count)) / n)
    if sample.is_whole:
        return {"records": n - len(count), "is": "exact", "error": 0.0}
    error = math.sqrt(max(float(np.var(count - 1 - share * count)), 0.0) * len(count)) / n
    told = {"records": round(share * records), "is": "estimate", "error": round(error * records)}
    return told if share else told | {"fewer_than": math.ceil(_SURE / len(count) * records)}


def _correlations(rows: pl.DataFrame, count: np.ndarray) -> list[dict[str, Any]]:
    names = [c for c, t in rows.schema.items() if domain_of(t) in (Domain.WHOLE, Domain.FLOAT) and t != pl.Boolean]
    names = [c for c in names[:-2] if rows[c].n_unique() > 2][:_MOST_COMPARED]
    at = {c: rows[c].to_physical().cast(pl.Float64).fill_null(math.nan).to_numpy() for c in names}
    found = []
    for a, b in combinations(names, 2):
        known = np.isfinite(at[a]) & np.isfinite(at[b])
        n = int(count[known].sum())
        if n < _FEWEST:
            continue
        r = _pearson(at[a][known], at[b][known], count[known])
        if r is None or abs(r) < _CORRELATED:
            continue
        z, wide = math.atanh(max(min(r, 1 - 1e-12), 1e-12 - 1)), 1.96 / math.sqrt(max(n - 3, 1))
        low, high = math.tanh(z - wide), math.tanh(z + wide)
        found.append({"columns": [a, b], "r": round(r, 4), "low": round(low, 4), "high": round(high, 4), "records": n})
    return sorted(found, key=lambda f: (-abs(f["r"]), f["columns"]))


def _pearson(a: np.ndarray, b: np.ndarray, weight: np.ndarray) -> float | None:
    with np.errstate(all="ignore"):
        x, y = a - np.average(a, weights=weight), b - np.average(b, weights=weight)
        spread = float((weight * x * x).sum()) * float((weight * y * y).sum())
        r = float((weight * x * y).sum()) / math.sqrt(spread) if 0 < spread < math.inf else math.nan
    return r if math.isfinite(r) else None


def _dependencies(codes: Mapping[str, np.ndarray], count: np.ndarray) -> list[dict[str, Any]]:
    """Return pairs where records that agree in one column nearly always agree in the other."""
    n = int(count.sum())
    modes = {name: int(np.bincount(code, weights=count).max()) / n for name, code in codes.items()}
    groups = {name: int(code.max()) + 1 for name, code in codes.items()}
    found = []
    for a, b in permutations(codes, 2):
        if n - groups[a] < _FEWEST or modes[b] > _OFTEN or groups[b] > groups[a]:
            continue
        if _hopeless(codes[a], codes[b]):
            continue
        agree = _agreeing(codes[a], codes[b], count)
        asked = n - groups[a]
        share = (agree - groups[a]) / asked
        if share >= _DEPENDS:
            part = {"from": a, "to": b, "share": round(share, 4), "records": asked}
            found.append(part if share < 1 else part | {"exceptions_fewer_than": round(min(_SURE / asked, 1.0), 6)})
    return sorted(found, key=lambda f: (-f["share"], -f["records"], f["from"], f["to"]))


def _hopeless(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether a first look shows that agreeing in `a` says little of `b`; it spares most pairs the whole look."""
    if len(a) <= 2 * _FIRST_LOOK:
        return False
    some, ones = np.arange(_FIRST_LOOK), np.ones(_FIRST_LOOK, dtype=np.int64)
    groups = len(np.unique(a[some]))
    return _FIRST_LOOK - groups >= _FEWEST and _agreeing(a[some], b[some], ones) < groups + 0.9 * (_FIRST_LOOK - groups)


def _agreeing(a: np.ndarray, b: np.ndarray, count: np.ndarray) -> int:
    """Return how many records have the value of `b` that most records with their value of `a` have."""
    pairs, at = np.unique(a * (np.int64(b.max()) + 1) + b, return_inverse=True)
    weight = np.bincount(at, weights=count)
    begins = np.flatnonzero(np.diff(pairs // (np.int64(b.max()) + 1), prepend=-1))
    return int(np.maximum.reduceat(weight, begins).sum())
