"""The one plan: from the decoded frame to the published rows, the suspects and every figure.

Every row is asked one question twice over: does anything keep it from being published
(`OUT`), and is there anything to say about it (`SUSPECT`)? Only suspects get the bit mask
of their failures; names, evidence and competing readings come later, from the mask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from weighbridge.contract.model import SchemaObject
from weighbridge.decode import EPOCH
from weighbridge.findings import Effect, code
from weighbridge.probe import FrameProbe, Probe, RowProbe, ScalarProbe
from weighbridge.quick import dataclass
from weighbridge.readers.lineage import FRAMING, FRAMING_FAULTS, FRAMING_SEEN, LINEAGE_SCHEMA, raw_name

OUT = "__out"
SUSPECT = "__suspect"
WORD_BITS = 63
_KEEPS_OUT = frozenset({Effect.REJECT, Effect.REVIEW})


@dataclass(frozen=True, slots=True)
class Plan:
    """The row plan and the probes that ride on it.

    Attributes:
        frame: lineage, raw and typed columns, `OUT` and `SUSPECT`.
        row_probes: in bit order of the mask.
        scalar_probes, frame_probes: checks of the whole extract.
    """

    frame: pl.LazyFrame
    row_probes: tuple[RowProbe, ...]
    scalar_probes: tuple[ScalarProbe, ...]
    frame_probes: tuple[FrameProbe, ...]

    @property
    def published(self) -> pl.LazyFrame:
        """Rows that will be published: accepted, warned and repaired ones."""
        return self.frame.filter(~pl.col(OUT))

    @property
    def framed(self) -> pl.LazyFrame:
        """Rows that could be framed, whatever their verdict: what checks of the extract look at."""
        return self.frame.filter(pl.col(FRAMING) == 0)

    @property
    def of_records(self) -> Plan:
        """The plan without the checks of the whole extract."""
        return replace(self, scalar_probes=(), frame_probes=())

    @property
    def suspects(self) -> pl.LazyFrame:
        """Rows with anything to say about them, each with the mask words of what failed."""
        return self.frame.filter(pl.col(SUSPECT)).with_columns(mask_words(self.row_probes))


def framing_probes() -> tuple[RowProbe, ...]:
    """Return a probe for each way in which a record could not be framed."""
    return tuple(
        RowProbe(
            name=f"framing|{fault}",
            failed=pl.col(FRAMING) == position,
            code=fault,
            effect=Effect.REJECT,
            properties=(),
            expected="a record that can be taken apart as the contract lays it out: not so when " + code(fault).title,
            null_policy="not applicable",
            seen=pl.col(FRAMING_SEEN),
            origin="framing",
        )
        for position, fault in enumerate(FRAMING_FAULTS)
        if fault
    )


def build(decoded: pl.LazyFrame, probes: Sequence[Probe]) -> Plan:
    """Return the plan of these probes over the decoded frame.

    A record that could not be framed is blamed for its framing alone: its columns are null
    because nothing was read, not because nothing was sent.
    """
    rows = (*framing_probes(), *(p for p in probes if isinstance(p, RowProbe)))
    out = [p.failed for p in rows if p.effect in _KEEPS_OUT and p.origin != "framing"]
    remarks = [p.failed for p in rows if p.effect not in _KEEPS_OUT]
    unframed = pl.col(FRAMING) != 0
    frame = decoded.with_columns(pl.any_horizontal([unframed, *out]).fill_null(False).alias(OUT)).with_columns(
        pl.any_horizontal([pl.col(OUT), *remarks]).fill_null(False).alias(SUSPECT)
    )
    return Plan(
        frame,
        rows,
        tuple(p for p in probes if isinstance(p, ScalarProbe)),
        tuple(p for p in probes if isinstance(p, FrameProbe)),
    )


def mask_words(rows: Sequence[RowProbe]) -> list[pl.Expr]:
    """Return the failures of each row as Int64 words, bit `i % 63` of word `i // 63` for probe `i`."""
    framed = pl.col(FRAMING) == 0
    words = []
    for start in range(0, len(rows), WORD_BITS):
        bits = [
            (probe.failed if probe.origin == "framing" else probe.failed & framed).cast(pl.Int64) * (1 << bit)
            for bit, probe in enumerate(rows[start : start + WORD_BITS])
        ]
        words.append(pl.sum_horizontal(bits).cast(pl.Int64).alias(f"__mask{start // WORD_BITS}"))
    return words


def failed_in_mask(position: int) -> pl.Expr:
    """Return, from the mask words, whether probe `position` failed."""
    word, bit = divmod(position, WORD_BITS)
    return (pl.col(f"__mask{word}") & (1 << bit)) != 0


def mask_columns(rows: Sequence[RowProbe]) -> list[str]:
    """Return the names of the mask words of so many probes."""
    return [f"__mask{word}" for word in range(-(-len(rows) // WORD_BITS))]


def suspect_columns(schema: SchemaObject, columns: Sequence[str], rows: Sequence[RowProbe]) -> list[str]:
    """Return the columns a suspect carries: lineage, raw text, typed values, layout, what evidence reads, masks."""
    raw = [raw_name(name) for name in columns]
    layout = [EPOCH] if schema.epochs else []
    held = [*LINEAGE_SCHEMA, *raw, *(p.name for p in schema.properties), *layout]
    told = [e for p in rows for e in (p.seen, p.readings) if e is not None]
    shown = {name: None for e in told for name in e.meta.root_names() if name not in held}
    return [*held, *shown, *mask_columns(rows)]
