"""One thing determines another: a functional dependency.

    quality:
      - name: a carrier has one name
        type: custom
        engine: weighbridge
        implementation:
          check: dependency
          of: [carrier]
          determines: [carrier_name]
          blame: minority       # or all

Records that agree in `of` must agree in `determines`. Where they do not, `blame: minority` fails
the records whose value is not the most frequent one; where no value is more frequent than every
other, nobody can say who is right, and all of them fail. `blame: all` always fails all of them.
With `blame: minority` a `tolerance` with a `rate` bounds the share of records that would have to
change for the dependency to hold. Numbers and texts are compared exactly.

Null: passes; a record with a null on either side is not compared.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.custom import choice, columns, cross_probe, entry, is_ours, said, valued
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.options import UnusableError, options_of, unusable
from weighbridge.checks.words import names
from weighbridge.contract.model import Quality
from weighbridge.probe import ROW, SEEN

_RECORDS, _MOST, _LEADERS, _ALL, _LEADING = "__records", "__most", "__leaders", "__all", "__leading"


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    try:
        of, determines = columns(quality, bench, "of", own=True), columns(quality, bench, "determines")
        if not determines or set(of) & set(determines):
            raise unusable("CHK-036", "`determines` names one or more properties that are not in `of`", quality)
        blame = choice(quality, "blame", ("minority", "all"))
        options = options_of(quality, bench)
    except UnusableError as error:
        yield from not_made(quality, error)
        return
    given, held = list(of), list(determines)

    def find(frame: pl.LazyFrame) -> pl.LazyFrame:
        rows = frame.drop_nulls([*given, *held])
        pairs = rows.group_by([*given, *held]).agg(pl.len().cast(pl.Int64).alias(_RECORDS))
        pairs = pairs.with_columns(valued(held).alias("__text"))
        most = pairs.group_by(given).agg(
            pl.col(_RECORDS).max().alias(_MOST),
            pl.col(_RECORDS).sum().alias(_ALL),
            (pl.col(_RECORDS) == pl.col(_RECORDS).max()).sum().alias(_LEADERS),
            pl.len().alias("__kinds"),
            pl.col("__text").filter(pl.col(_RECORDS) == pl.col(_RECORDS).max()).min().alias(_LEADING),
        )
        split = pairs.join(most.filter(pl.col("__kinds") > 1), on=given)
        guilty = pl.lit(True) if blame == "all" else (pl.col(_RECORDS) < pl.col(_MOST)) | (pl.col(_LEADERS) > 1)
        against = (
            pl.when(pl.col(_LEADERS) == 1)
            .then(said(pl.col(_LEADING), " in ", pl.col(_MOST), " of ", pl.col(_ALL), " records"))
            .otherwise(said(pl.col("__kinds"), " values, none more frequent than the others"))
        )
        seen = said(valued(given), " has ", pl.col("__text"), "; it has ", against)
        culprits = split.filter(guilty).with_columns(seen.alias(SEEN)).select(*given, *held, SEEN)
        return rows.join(culprits, on=[*given, *held]).select(ROW, SEEN)

    expected = f"one {names(determines)} for each {names(of)}"
    yield from cross_probe(
        quality, bench, options, find, code="CHK-053", expected=expected, reads=(*of, *determines), group=of
    )


_ROWS = pl.DataFrame({"a": ["x", "x", "x", "y", "y", "z", None], "b": ["1", "1", "2", "1", "2", None, "9"]})
_PROPERTIES = (prop("a"), prop("b"))

CHECK = Check(
    name="dependency",
    part=Quality,
    claims=lambda quality: is_ours(quality, "dependency"),
    make=_make,
    cases=lambda: (
        Case(
            "the minority fails; without a majority all do",
            table(*_PROPERTIES, quality=(entry("q", "dependency", of=["a"], determines=["b"]),)),
            _ROWS,
            fails={"q": (2, 3, 4)},
            expected={"q": "one b for each a"},
        ),
        Case(
            "all of them are blamed where that is wanted, of the records the filter selects",
            table(
                *_PROPERTIES,
                quality=(entry("q", "dependency", of="a", determines="b", blame="all", options={"filter": "a = 'x'"}),),
            ),
            _ROWS,
            fails={"q": (0, 1, 2)},
        ),
        Case(
            "a tolerance bears what would have to change",
            table(
                *_PROPERTIES,
                quality=(entry("q", "dependency", of=["a"], determines=["b"], options={"tolerance": {"rate": 0.5}}),),
            ),
            _ROWS,
            fails={"q": (2, 3, 4)},
            answers={"q|tolerance": (True, "observed 42.86 % (3 of 7)")},
        ),
        Case(
            "nothing determines itself, or what is not there",
            table(
                *_PROPERTIES,
                quality=(
                    entry("q", "dependency", of=["a"], determines=["a"]),
                    entry("r", "dependency", of=["a"], determines=["z"]),
                    entry("s", "dependency", of=["a"], determines=["b"], blame="me"),
                ),
            ),
            _ROWS,
            amiss=("CHK-036", "CHK-037", "CHK-036"),
        ),
    ),
)
