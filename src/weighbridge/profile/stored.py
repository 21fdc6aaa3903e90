"""A partial profile as the bytes of one file, and back: so that history needs no raw data.

The file is Parquet: its rows are the tally, so that any tool can look into it; its footer holds
the rest. What was read back merges as what was written would have.

Of a masked column nothing is kept that its values could be told from, hashes of them neither:
few dates and few names can be tried out. Of its different values only their number stays.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl

from weighbridge.profile.distinct import distinct_of
from weighbridge.profile.domain import Domain, domain_of
from weighbridge.profile.figures import Figures
from weighbridge.profile.partial import Partial
from weighbridge.profile.tally import SCHEMA, Kind, by_column

VERSION = 1
_KEY = "weighbridge.profile"
_EXACT = ("sum", "squares")
_EXTREMES = ("min", "max")
_DAMAGED = "it is not the file of a profile, or it is damaged"
_DAMAGES = (pl.exceptions.PolarsError, pl.exceptions.PanicException, KeyError, TypeError, OSError)


def dump(partial: Partial) -> bytes:
    """Return the file of a partial profile; `load` reads it."""
    kept = _without_hidden(partial)
    head = {
        "version": VERSION,
        "polars": pl.__version__,
        "records": kept.records,
        "masked": sorted(kept.masked),
        "figures": {name: _plain(figures) for name, figures in kept.figures.items()},
        "extremes": base64.b64encode(_extremes(kept)).decode(),
    }
    rows = kept.tally.sort("column", "kind", "key", "text")
    out = io.BytesIO()
    rows.write_parquet(out, compression="zstd", statistics=False, metadata={_KEY: json.dumps(head)})
    return out.getvalue()


def load(written: bytes) -> Partial:
    """Return the partial profile that was written so.

    Raises:
        ValueError: it is no such file, it is damaged, or a later version of Weighbridge wrote it.
    """
    try:
        head = json.loads(pl.read_parquet_metadata(io.BytesIO(written))[_KEY])
        tally = pl.read_parquet(io.BytesIO(written)).select(pl.col(n).cast(t) for n, t in SCHEMA.items())
        return _comparable(_partial(head, tally), head["polars"])
    except _DAMAGES as error:
        raise ValueError(_DAMAGED) from error


def load_figures(path: Path) -> Partial:
    """Return the profile of a file without its tally: only the file's footer is read.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no such file, it is damaged, or a later version of Weighbridge wrote it.
    """
    try:
        return _partial(json.loads(pl.read_parquet_metadata(path)[_KEY]), pl.DataFrame(schema=SCHEMA))
    except _DAMAGES as error:
        raise ValueError(_DAMAGED) from error


def _partial(head: Mapping[str, Any], tally: pl.DataFrame) -> Partial:
    if head["version"] != VERSION:
        raise ValueError(f"it is of version {head['version']}, and {VERSION} can be read")
    extremes = pl.read_ipc(io.BytesIO(base64.b64decode(head["extremes"])))
    figures = {name: _figures(given, extremes[name]) for name, given in head["figures"].items()}
    return Partial(dict(extremes.schema), frozenset(head["masked"]), head["records"], figures, tally)


def is_profile(path: Path) -> bool:
    """Whether a file's footer is that of a stored profile."""
    try:
        return _KEY in pl.read_parquet_metadata(path)
    except (pl.exceptions.PolarsError, OSError):
        return False


def _without_hidden(partial: Partial) -> Partial:
    hidden = [i for i, name in enumerate(partial.dtypes) if name in partial.masked]
    return _numbered(partial, hidden, pl.col("column").is_in(hidden))


def _comparable(partial: Partial, written_by: str) -> Partial:
    """Drop hashes that this version of Polars would not make: of all but numbers, where another wrote them."""
    if written_by == pl.__version__:
        return partial
    foreign = [i for i, dtype in enumerate(partial.dtypes.values()) if domain_of(dtype) in (Domain.TEXT, Domain.NONE)]
    told = partial.tally.filter(pl.col("column").is_in(foreign) & (pl.col("kind") == int(Kind.HASH)))
    found = told["column"].unique().to_list()
    return _numbered(partial, found, pl.col("column").is_in(found) & (pl.col("kind") == int(Kind.HASH)))


def _numbered(partial: Partial, positions: list[int], dropped: pl.Expr) -> Partial:
    """Return the profile with the number of the columns' values in place of rows of their tally."""
    if not positions:
        return partial
    names = list(partial.dtypes)
    figures = dict[str, Figures](partial.figures)
    counted = by_column(partial.tally)
    for i in positions:
        found = distinct_of(partial, names[i], counted.get(i, {}))
        figures[names[i]] = {**figures[names[i]], "different": (found.least, found.most, found.exact)}
    return replace(partial, figures=figures, tally=partial.tally.filter(~dropped))


def _plain(figures: Figures) -> dict[str, Any]:
    plain = {name: value for name, value in figures.items() if name not in _EXTREMES}
    for name in _EXACT:
        if isinstance(plain.get(name), Fraction):
            plain[name] = str(plain[name])
    return plain | {"has": [name for name in _EXTREMES if name in figures]}


def _figures(given: Mapping[str, Any], extremes: pl.Series) -> Figures:
    figures = {name: value for name, value in given.items() if name != "has"}
    for name in _EXACT:
        if isinstance(figures.get(name), str):
            figures[name] = Fraction(figures[name])
    for name in ("different", "order"):
        if isinstance(figures.get(name), list):
            figures[name] = tuple(figures[name])
    return figures | {name: extremes[_EXTREMES.index(name)] for name in given["has"]}


def _extremes(partial: Partial) -> bytes:
    """Return a frame of two rows, least and greatest, that has the columns and types of the profile."""
    columns = [
        pl.Series(name, [partial.figures[name].get(e) for e in _EXTREMES], dtype=dtype, strict=False)
        for name, dtype in partial.dtypes.items()
    ]
    out = io.BytesIO()
    pl.DataFrame(columns).write_ipc(out)
    return out.getvalue()
