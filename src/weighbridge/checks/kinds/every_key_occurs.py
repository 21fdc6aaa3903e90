"""Every key of another object occurs in this extract: the other direction of a relationship.

    quality:
      - name: every plane flies
        type: custom
        engine: weighbridge
        implementation:
          check: everyKeyOccurs
          of: [tailnum]             # here
          to: planes                # the other object, from its published table,
          reference: planes.csv     # or a file beside the contract
          toProperties: [tailnum]   # there; as `of` without it

Each distinct key there must stand in at least one record here (that the `filter` selects). It
is asked of the extract: no record here is to blame for one that is not here. A `tolerance`
bears so many keys, or that share of the keys there. Where the other object is not at hand, a
finding says so (CHK-032).

Null: a key there with a null part is no key; a record here with a null part has none.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from weighbridge.checks.case import prop, table
from weighbridge.checks.check import Bench, Case, Check, Product
from weighbridge.checks.custom import BAD, WHAT, columns, entry, is_ours, probe_of_groups, valued
from weighbridge.checks.kinds.expression import not_made
from weighbridge.checks.options import UnusableError, options_of
from weighbridge.checks.other_object import alike, other
from weighbridge.checks.words import names
from weighbridge.contract.model import Quality


def _make(quality: Quality, bench: Bench) -> Iterable[Product]:
    try:
        of = columns(quality, bench, "of", own=True)
        said = quality.implementation.get("toProperties", of)
        theirs = [said] if isinstance(said, str) else list(said)
        ours = {name: bench.dtypes[name] for name in of}
        keys = alike(quality, other(quality, bench, theirs), theirs, ours).drop_nulls().unique()
        options = options_of(quality, bench)
    except UnusableError as error:
        yield from not_made(quality, error)
        return

    def told(frame: pl.LazyFrame) -> pl.LazyFrame:
        here = frame.select(list(of)).drop_nulls().unique().with_columns(pl.lit(False).alias(BAD))
        return keys.join(here, on=list(of), how="left").select(valued(of).alias(WHAT), pl.col(BAD).fill_null(True))

    to = quality.implementation.get("to") or quality.implementation.get("reference")
    yield probe_of_groups(
        quality,
        bench,
        options,
        told,
        code="CHK-062",
        expected=f"a record here for every {names(theirs)} of {to}",
        reads=of,
        noun="key",
    )


_PLANES = {"planes": pl.DataFrame({"tailnum": ["N1", "N2", "N3", None], "seats": ["2", "x", "9", "4"]})}

CHECK = Check(
    name="everyKeyOccurs",
    part=Quality,
    claims=lambda quality: is_ours(quality, "everyKeyOccurs"),
    make=_make,
    cases=lambda: (
        Case(
            "a key there that no record here has",
            table(prop("a"), quality=(entry("q", "everyKeyOccurs", of="a", to="planes", toProperties="tailnum"),)),
            pl.DataFrame({"a": ["N1", "N1", None]}),
            answers={"q": (False, "observed 2 of 3 keys: N2, N3")},
            references=_PLANES,
            expected={"q": "a record here for every tailnum of planes"},
        ),
        Case(
            "some are borne, texts there are read as what they stand against",
            table(
                prop("seats", "integer"),
                quality=(entry("q", "everyKeyOccurs", of="seats", to="planes", options={"tolerance": {"count": 1}}),),
            ),
            pl.DataFrame({"seats": [9, 4]}),
            answers={"q": (True, "observed 1 of 3 keys: 2")},
            references=_PLANES,
        ),
        Case(
            "what is not at hand is never a pass in silence",
            table(
                prop("a"),
                quality=(
                    entry("q", "everyKeyOccurs", of="a", to="ships"),
                    entry("r", "everyKeyOccurs", of="a", to="planes"),
                    entry("s", "everyKeyOccurs", of="a"),
                ),
            ),
            pl.DataFrame({"a": ["N1"]}),
            references=_PLANES,
            amiss=("CHK-032", "CHK-032", "CHK-036"),
        ),
    ),
)
