"""From the bit mask of a suspect to its findings: names, evidence, competing readings.

Only records that fail something come here, a batch at a time, so what it costs is
proportional to what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from weighbridge.contract.model import SchemaObject
from weighbridge.decode.values import as_shown
from weighbridge.findings import Effect, Severity, Verdict, code
from weighbridge.pipeline.weighing.plan import failed_in_mask
from weighbridge.probe import RowProbe
from weighbridge.quick import dataclass
from weighbridge.readers.lineage import raw_name

VERDICT = "__verdict"
FINDINGS = "__findings"
VALUES = "__values"

FINDING_FIELDS: dict[str, pl.DataType | type[pl.DataType]] = {
    "code": pl.String,
    "check": pl.String,
    "property": pl.String,
    "severity": pl.String,
    "effect": pl.String,
    "seen": pl.String,
    "expected": pl.String,
    "fix": pl.String,
    "readings": pl.List(pl.String),
    "after": pl.String,
}

_SEVERITY_OF = {
    Effect.REJECT: Severity.ERROR,
    Effect.REVIEW: Severity.ERROR,
    Effect.REPAIR: Severity.WARNING,
    Effect.WARN: Severity.WARNING,
    Effect.NOTE: Severity.INFO,
}
_MOST_SEEN_CHARACTERS = 200


def severity_of(effect: Effect) -> Severity:
    """Return the severity a finding of this effect has."""
    return _SEVERITY_OF[effect]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Turns batches of suspects into records with findings.

    Attributes:
        schema: the contract's object; its classified properties are masked in all evidence.
        columns: properties that have a raw column.
        probes: the row probes in the bit order of the mask.
        dtypes: of the suspects' columns.
    """

    schema: SchemaObject
    columns: tuple[str, ...]
    probes: tuple[RowProbe, ...]
    dtypes: Mapping[str, pl.DataType]

    def gather(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Return the batch with `VERDICT`, `FINDINGS` (list of structs) and `VALUES` (JSON).

        One row a suspect, in the batch's order. Evidence of probes that did not fail is never
        evaluated.
        """
        numbered = batch.with_row_index("__row")
        told = (self._failures(numbered, i, probe) for i, probe in enumerate(self.probes))
        parts = [part for part in told if part is not None]
        verdict = self._verdict().alias(VERDICT)
        if not parts:
            empty = pl.lit([], dtype=pl.List(pl.Struct(FINDING_FIELDS))).alias(FINDINGS)
            return batch.with_columns(verdict, empty, self._values().alias(VALUES))
        grouped = (
            pl.concat(parts).group_by("__row", maintain_order=True).agg(pl.struct(list(FINDING_FIELDS)).alias(FINDINGS))
        )
        return (
            numbered.join(grouped, on="__row", how="left", maintain_order="left")
            .with_columns(verdict, self._values().alias(VALUES))
            .drop("__row")
        )

    def _failures(self, numbered: pl.DataFrame, position: int, probe: RowProbe) -> pl.DataFrame | None:
        failing = numbered.filter(failed_in_mask(position))
        if failing.is_empty():
            return None
        texts = {
            "code": probe.code,
            "check": probe.name,
            "property": ", ".join(probe.properties) or None,
            "severity": severity_of(probe.effect).value,
            "effect": probe.effect.value,
        }
        last = {"expected": probe.expected, "fix": probe.fix or code(probe.code).fix}
        return failing.select(
            pl.col("__row"),
            *(pl.lit(v, dtype=pl.String).alias(k) for k, v in texts.items()),
            self.seen(probe).alias("seen"),
            *(pl.lit(v, dtype=pl.String).alias(k) for k, v in last.items()),
            self.readings(probe).alias("readings"),
            self.after(probe).alias("after"),
        )

    def seen(self, probe: RowProbe) -> pl.Expr:
        """Return what to show for a failure: the offending source text, masked where classified."""
        if probe.properties and self._masked(probe):
            return masked(self._shown(probe.properties[0]))
        if probe.seen is not None:
            shown = probe.seen.cast(pl.String)
        elif len(probe.properties) == 1:
            shown = self._shown(probe.properties[0])
        elif probe.properties:
            parts = [
                pl.concat_str([pl.lit(f"{name}="), self._shown(name).fill_null("null")]) for name in probe.properties
            ]
            shown = pl.concat_str(parts, separator=", ")
        else:
            shown = pl.lit(None, dtype=pl.String)
        cut = pl.concat_str([shown.str.slice(0, _MOST_SEEN_CHARACTERS), pl.lit("…")])
        return pl.when(shown.str.len_chars() > _MOST_SEEN_CHARACTERS).then(cut).otherwise(shown)

    def readings(self, probe: RowProbe) -> pl.Expr:
        """Return the competing readings, masked where classified."""
        if probe.readings is None:
            return pl.lit(None, dtype=pl.List(pl.String))
        readings = probe.readings.cast(pl.List(pl.String))
        return readings.list.eval(masked(pl.element())) if self._masked(probe) else readings

    def after(self, probe: RowProbe) -> pl.Expr:
        """Return the value after a repair, masked where classified; null where nothing was repaired."""
        if probe.repaired_to is None:
            return pl.lit(None, dtype=pl.String)
        repaired = probe.repaired_to.cast(pl.String)
        return masked(repaired) if self._masked(probe) else repaired

    def _masked(self, probe: RowProbe) -> bool:
        return any(p.is_masked for p in self.schema.properties if p.name in probe.properties)

    def _shown(self, name: str) -> pl.Expr:
        column = raw_name(name) if name in self.columns else name
        return as_shown(pl.col(column), self.dtypes[column])

    def _verdict(self) -> pl.Expr:
        def any_of(effect: Effect) -> pl.Expr:
            bits = [failed_in_mask(i) for i, p in enumerate(self.probes) if p.effect is effect]
            return pl.any_horizontal(bits) if bits else pl.lit(False)

        return (
            pl.when(any_of(Effect.REJECT))
            .then(pl.lit(Verdict.REJECTED.value))
            .when(any_of(Effect.REVIEW))
            .then(pl.lit(Verdict.UNCERTAIN.value))
            .when(any_of(Effect.REPAIR))
            .then(pl.lit(Verdict.REPAIRED.value))
            .otherwise(pl.lit(Verdict.ACCEPTED.value))
        )

    @property
    def is_classified(self) -> bool:
        """Whether a property is classified, and so the bytes of every record must not be shown."""
        return any(p.is_masked for p in self.schema.properties)

    def values(self) -> pl.Expr:
        """Return the source texts of a record as JSON, classified ones as well: to be sealed, never to be shown."""
        return self._values(clear=True)

    def _values(self, *, clear: bool = False) -> pl.Expr:
        fields = []
        for p in self.schema.properties:
            if p.name in self.columns:
                text = self._shown(p.name)
                fields.append((masked(text) if p.is_masked and not clear else text).alias(p.name))
        return pl.struct(fields).struct.json_encode() if fields else pl.lit(None, dtype=pl.String)


def masked(text: pl.Expr) -> pl.Expr:
    """Return what stands in place of a classified text: dots and the number of characters."""
    return pl.concat_str([pl.lit("•••("), text.str.len_chars().cast(pl.String), pl.lit(")")])
