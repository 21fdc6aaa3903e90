"""A column is distributed as it was before.

    quality:
      - name: delays look like last month's
        type: custom
        engine: weighbridge
        severity: warning
        implementation:
          check: drift
          of: dep_delay
          measure: psi
          atMost: 0.2
          against: previous

Compared are profiles, not data: that of this extract, which its scan makes anyway, with those that
runs before left. `against: previous` is the run of this object published last, `against: 5` the last
five together, `against: baseline` the one that was pinned (`weighbridge baseline pin RUN --into DIR`).
`reference: profiles/january.parquet`, in its place, is a profile beside the contract: the `profile.parquet` that a
run left in its folder. Where there is none yet, or either side has fewer values than
`minValues`, the check is listed as not executed; it does not pass.

| measure | what it is | atMost without a word |
|---|---|---|
| `psi` | population stability index over tenths, or labels | 0.2 |
| `jensenShannon` | distance from 0 to 1, over the same bins | 0.1 |
| `chiSquare` | Cramér's V from 0 to 1, over the same bins | 0.1 |
| `kolmogorovSmirnov` | greatest distance of the distribution functions, from 0 to 1 | 0.1 |
| `wasserstein` | how far values moved, in standard deviations of what was | 0.1 |

The last two are of numbers, dates and timestamps alone. All records that could be framed count, so a
`filter`, a `scope` and a `tolerance` do not apply. Classified properties have no profile of values, and
cannot be compared.

Null: a bin of its own for the first three measures; left out by the last two.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.custom import column, entry, is_ours
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.metric import probe_name
from weighbridge.checks.options import UnusableError, unusable
from weighbridge.checks.words import number
from weighbridge.contract.model import NotExecuted, Quality
from weighbridge.probe import ProfileProbe

_AT_MOST = {"psi": 0.2, "jensenShannon": 0.1, "chiSquare": 0.1, "kolmogorovSmirnov": 0.1, "wasserstein": 0.1}
_ORDERED = ("kolmogorovSmirnov", "wasserstein")
_NOT_APPLIED = ("filter", "scope", "tolerance", "onFailure")


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    given = quality.implementation
    try:
        of = column(quality, bench, "of", own=True)
        measure = given.get("measure", "psi")
        if measure not in _AT_MOST:
            raise unusable("CHK-036", f"measure: {measure!r} is none of {', '.join(_AT_MOST)}", quality)
        at_most = given.get("atMost", _AT_MOST[measure])
        if isinstance(at_most, bool) or not isinstance(at_most, int | float) or not at_most >= 0:
            raise unusable("CHK-036", f"atMost: {at_most!r} is no number from 0", quality)
        against = given.get("against", "previous")
        counted = isinstance(against, int) and not isinstance(against, bool) and against >= 1
        if against not in ("previous", "baseline") and not counted:
            raise unusable(
                "CHK-036", f"against: {against!r} is neither previous, baseline nor a number of runs", quality
            )
        reference, least = given.get("reference"), given.get("minValues", 1)
        if reference is not None and ("against" in given or not isinstance(reference, str) or not reference):
            raise unusable("CHK-036", f"reference: {reference!r} is no path, or stands beside `against`", quality)
        if isinstance(least, bool) or not isinstance(least, int) or least < 1:
            raise unusable("CHK-036", f"minValues: {least!r} is no number from 1", quality)
        dtype = bench.dtypes[of]
        ordered = dtype.is_numeric() or dtype.is_temporal()
        if dtype.is_nested() or dtype == pl.Binary or (measure in _ORDERED and not ordered):
            raise unusable("CHK-036", f"{measure} cannot compare {of}, which holds {dtype}", quality)
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    if of in bench.classified:
        yield NotExecuted(
            f"{probe_name(quality)}: drift", f"{of} is classified: no profile has its values", quality.line
        )
        return
    yield ProfileProbe(
        name=probe_name(quality),
        column=of,
        measure=measure,
        at_most=float(at_most),
        against=against,
        code="CHK-070",
        severity=quality.severity,
        properties=(of,),
        expected=f"{of} at most {number(at_most)} ({measure}) from {reference or _before(against)}",
        line=quality.line,
        reference=reference,
        least=least,
    )
    for option in _NOT_APPLIED:
        if option in quality.options:
            yield NotExecuted(f"{probe_name(quality)}: {option}", "profiles are of all framed records", quality.line)


def _before(against: str | int) -> str:
    if isinstance(against, int):
        return f"the {against} runs published before" if against > 1 else "the run published before"
    return "the pinned baseline" if against == "baseline" else "the run published before"


CHECK = Check(
    name="drift",
    part=Quality,
    claims=lambda quality: is_ours(quality, "drift"),
    make=_make,
    cases=lambda: (
        Case(
            "profiles of any column but nested ones can be compared, some measures need an order",
            table(
                prop("a"),
                prop("n", "integer"),
                quality=(
                    entry("p", "drift", of="a"),
                    entry("q", "drift", of="n", measure="wasserstein", atMost=0.5, against=3),
                    entry("r", "drift", of="a", measure="wasserstein"),
                    entry("s", "drift", of="n", measure="distance"),
                    entry("t", "drift", of="n", atMost=-1),
                    entry("u", "drift", of="n", against="yesterday"),
                    entry("v", "drift", of="n", against=True),
                    entry("w", "drift", of="n", against=2, reference="a.parquet"),
                    entry("x", "drift", of="n", minValues=0),
                    entry("y", "drift", of="n", reference="a.parquet", minValues=50),
                ),
            ),
            pl.DataFrame({"a": ["x"], "n": [1]}),
            amiss=("CHK-036",) * 7,
            expected={
                "p": "a at most 0.2 (psi) from the run published before",
                "q": "n at most 0.5 (wasserstein) from the 3 runs published before",
                "y": "n at most 0.2 (psi) from a.parquet",
            },
        ),
    ),
)
