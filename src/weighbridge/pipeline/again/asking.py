"""All that a replay asks of records: their checks, whether keys repeat, and what only a person can answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from weighbridge.checks import Lowered
from weighbridge.decode import Decoded
from weighbridge.pipeline.again.gathering import Gathered
from weighbridge.probe import KeyProbe, RowProbe
from weighbridge.readers.lineage import RECORD, SOURCE
from weighbridge.review.again import Terms, row_probes
from weighbridge.review.settling import Standing
from weighbridge.review.unasked import Unasked
from weighbridge.sinks import extract_key, published_columns, scan_published

_KEY, _UNASKED = "__repeats:", "__unasked:"
_PLACE = {SOURCE: pl.UInt32, RECORD: pl.UInt64}


def asked(
    terms: Terms,
    gathered: Gathered,
    decoded: Decoded,
    lowered: Lowered,
    decided: Mapping[tuple[str, int], Standing],
) -> tuple[pl.LazyFrame, list[RowProbe]]:
    """Return the decoded frame and all that is asked of its records, keys and what cannot be asked again too."""
    frame, keys = _keys(terms, gathered, decoded, lowered)
    probes = [*row_probes(decoded, lowered), *keys]
    names = {p.name for p in probes}
    said = {place: set(w.decision["changes"]) for place, w in decided.items() if w.decision is not None}
    first: dict[str, Unasked] = {}
    failed: dict[str, list[pl.DataFrame]] = {}
    for part in gathered.parts():
        of_part: dict[str, list[tuple[int, int]]] = {}
        for one in terms.unasked(part, lowered, names, said):
            first.setdefault(one.check, one)
            of_part.setdefault(one.check, []).append(gathered.index(one.source, one.record))
        for name, found in of_part.items():
            failed.setdefault(name, []).append(pl.DataFrame(found, schema=_PLACE, orient="row"))
    known = {p.name for p in terms.schema.properties}
    for name, parts in failed.items():
        frame = _flagged(frame, _UNASKED + name, pl.concat(parts).unique())
        one = first[name]
        about = (one.about,) if one.about in known else ()
        words = "what a record alone cannot be asked again: a person is to say it"
        probes.append(RowProbe(name, pl.col(_UNASKED + name), one.code, one.effect, about, words))
    return frame, probes


def _keys(terms: Terms, gathered: Gathered, decoded: Decoded, lowered: Lowered) -> tuple[pl.LazyFrame, list[RowProbe]]:
    """Return the frame with a column for each key, true where the key is another record's too, and its probes."""
    frame, probes = decoded.frame, []
    for probe in lowered.probes:
        if not isinstance(probe, KeyProbe):
            continue
        names = list(probe.properties)
        every = published_columns(terms.schema, decoded.dtypes, gathered.names or [""], "")
        own = {p.name: every[i] for i, p in enumerate(terms.schema.properties)}
        keyed = decoded.frame.select(SOURCE, RECORD, *(own[n] for n in names)).drop_nulls(names)
        held = keyed.collect(engine="streaming")
        twice = held.filter(pl.struct(names).is_duplicated()).select(SOURCE, RECORD)
        there = held.join(_published(terms, names, held.schema), on=names, how="semi").select(SOURCE, RECORD)
        column = _KEY + probe.name
        frame = _flagged(frame, column, pl.concat([twice, there]).unique())
        words = f"{probe.expected}: in no other kept record, and in no published row of the extract"
        probes.append(
            RowProbe(
                probe.name,
                pl.col(column),
                probe.code,
                probe.effect,
                probe.properties,
                words,
                "passes",
                fix=probe.fix,
                line=probe.line,
                origin=probe.origin,
            )
        )
    return frame, probes


def _published(terms: Terms, names: Sequence[str], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Return the keys of the extract's published rows, in the types of those that are looked for."""
    run = terms.run
    rows = scan_published(terms.into, run.contract_id, run.object, extract_key=extract_key(run.extract_id or ""))
    known = rows.collect_schema()
    if not set(names) <= set(known.names()):
        return pl.DataFrame(schema={n: schema[n] for n in names})
    keyed = rows.select(pl.col(n).cast(schema[n], strict=False) for n in names)
    return keyed.drop_nulls().unique().collect(engine="streaming")


def _flagged(frame: pl.LazyFrame, column: str, rows: pl.DataFrame) -> pl.LazyFrame:
    """Return the frame with a Boolean column that is true of these records, by source index and number."""
    flagged = rows.with_columns(pl.lit(True).alias(column)).lazy()
    joined = frame.join(flagged, on=[SOURCE, RECORD], how="left", maintain_order="left")
    return joined.with_columns(pl.col(column).fill_null(False))
