"""The suspects, told: quarantine, review queue, repair ledger and warnings, each to its own files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import polars as pl

from weighbridge.contract.model import Contract
from weighbridge.findings import Effect, Verdict
from weighbridge.pipeline.weighing.evidence import FINDING_FIELDS, FINDINGS, VALUES, VERDICT, Evidence
from weighbridge.quick import dataclass
from weighbridge.readers.lineage import LENGTH, OFFSET, RAW, RECORD, SOURCE
from weighbridge.sinks import QUARANTINE_SCHEMA, REPAIRS_SCHEMA, Keyring, lazy_sink, writing
from weighbridge.sinks.seal import BYTES, both
from weighbridge.sinks.seal import VALUES as AS_VALUES

_ROWS_A_GROUP = 16_384
"""People look at kept records one by one: of a group as Polars likes it, one costs six times as much."""

RAW_FORM = "__raw_form"
_PLACE = "__place"


@dataclass(frozen=True, slots=True)
class Origin:
    """What every row written says of where it comes from."""

    run_id: str
    contract: Contract
    source_names: Sequence[str]
    arrived_at: datetime

    def columns(self) -> list[pl.Expr]:
        """Return the columns all record tables begin with."""
        return [
            pl.lit(self.run_id).alias("run"),
            pl.lit(self.contract.id).alias("contract_id"),
            pl.lit(self.contract.version).alias("contract_version"),
            pl.lit(self.contract.fingerprint).alias("contract_fingerprint"),
            source_name(self.source_names).alias("source"),
            pl.col(RECORD).cast(pl.Int64).alias("record"),
            pl.col(OFFSET).cast(pl.Int64).alias("offset"),
            pl.col(LENGTH).cast(pl.Int64).alias("length"),
        ]


def source_name(names: Sequence[str]) -> pl.Expr:
    """Return the source's name of each record."""
    if len(names) == 1:
        return pl.lit(names[0])
    return pl.lit(pl.Series(list(names), dtype=pl.String)).gather(pl.col(SOURCE))


def write_records(
    suspects: Path,
    evidence: Evidence,
    origin: Origin,
    folders: Mapping[str, Path],
    metadata: Mapping[str, str],
    keys: Keyring,
) -> None:
    """Write the suspects to the folders of quarantine, review, repairs and warnings, in one pass.

    Args:
        suspects: the folder the plan wrote them to.
        evidence: how findings are told.
        origin: what every row says of where it comes from.
        folders: where each table's files go; names as in `weighbridge.sinks`.
        metadata: stands in every file written.
        keys: seal the bytes of records with classified properties; without one they are withheld.
    """
    frame = pl.scan_parquet(suspects)
    schema = frame.collect_schema()
    told_schema = pl.Schema(
        {
            **schema,
            FINDINGS: pl.List(pl.Struct(FINDING_FIELDS)),
            VERDICT: pl.String(),
            VALUES: pl.String(),
            RAW_FORM: pl.String(),
        }
    )

    def tell(batch: pl.DataFrame) -> pl.DataFrame:
        return _guarded(evidence.gather(batch), evidence, origin, keys).select(told_schema.names())

    told = frame.map_batches(tell, schema=told_schema, streamable=True).cache()
    verdict = pl.col(VERDICT)
    out = {"quarantine": verdict == Verdict.REJECTED.value, "review": verdict == Verdict.UNCERTAIN.value}
    published = verdict.is_in([Verdict.ACCEPTED.value, Verdict.REPAIRED.value])
    branches = [
        lazy_sink(told.filter(rows).select(_kept(origin)), folders[name], metadata, rows_a_group=_ROWS_A_GROUP)
        for name, rows in out.items()
    ]
    passed = told.filter(published)
    is_repair = pl.element().struct.field("effect") == Effect.REPAIR.value
    repairs = passed.with_columns(pl.col(FINDINGS).list.filter(is_repair)).explode(FINDINGS, empty_as_null=False)
    warned = passed.with_columns(pl.col(FINDINGS).list.filter(~is_repair)).filter(pl.col(FINDINGS).list.len() > 0)
    branches.append(lazy_sink(repairs.select(_repair(origin)), folders["repairs"], metadata))
    branches.append(lazy_sink(warned.select(_kept(origin)), folders["warnings"], metadata))
    with writing(suspects.parent):
        pl.collect_all(branches, engine="streaming")


def kept_rows(told: pl.DataFrame, evidence: Evidence, origin: Origin, keys: Keyring) -> pl.DataFrame:
    """Return the rows of the review table for records that have `FINDINGS`, `VERDICT` and `VALUES`, one a record."""
    return _guarded(told, evidence, origin, keys).select(_kept(origin))


def _guarded(told: pl.DataFrame, evidence: Evidence, origin: Origin, keys: Keyring) -> pl.DataFrame:
    """Return the records with bytes that may be written: plain, sealed where a property is classified, or none."""
    has_bytes = pl.col(OFFSET).is_not_null() & pl.col(RAW).is_not_null()
    if not evidence.is_classified:
        return told.with_columns(pl.when(has_bytes).then(pl.lit("bytes")).otherwise(pl.lit("values")).alias(RAW_FORM))
    if not keys:
        nothing = pl.lit(None, dtype=pl.Binary).alias(RAW)
        return told.with_columns(nothing, pl.lit("withheld").alias(RAW_FORM))
    places = told.select(source_name(origin.source_names).alias(_PLACE), pl.col(RECORD)).iter_rows()
    held = told.select(has_bytes.alias("is_bytes"), pl.col(RAW).alias("raw"), evidence.values().alias("values"))
    contents = [_content(*row) for row in held.iter_rows()]
    form = pl.when(held["is_bytes"]).then(pl.lit("sealed")).otherwise(pl.lit("sealed values")).alias(RAW_FORM)
    sealed = pl.Series(RAW, keys.seal(origin.run_id, places, contents), dtype=pl.Binary)
    return told.with_columns(form, sealed)


def _content(is_bytes: bool, raw: bytes, values: str | None) -> tuple[bytes, bytes]:
    if not is_bytes:
        return AS_VALUES, (values or "").encode()
    return (BYTES, raw) if values is None else both(raw, values.encode())


def _kept(origin: Origin) -> list[pl.Expr]:
    columns = [
        *origin.columns(),
        pl.col(RAW).alias("raw"),
        pl.col(RAW_FORM).alias("raw_form"),
        pl.col(VERDICT).alias("verdict"),
        pl.col(FINDINGS).alias("findings"),
        pl.col(VALUES).alias("values"),
        pl.lit(origin.arrived_at, dtype=pl.Datetime("us", "UTC")).alias("arrived_at"),
    ]
    return _as(QUARANTINE_SCHEMA, columns)


def _repair(origin: Origin) -> list[pl.Expr]:
    finding = pl.col(FINDINGS).struct
    columns = [
        *origin.columns(),
        finding.field("property").alias("property"),
        finding.field("check").alias("rule"),
        finding.field("code").alias("code"),
        finding.field("seen").alias("before"),
        finding.field("after").alias("after"),
        pl.col(RAW).alias("raw"),
        finding.field("expected").alias("why"),
    ]
    return _as(REPAIRS_SCHEMA, columns)


def _as(schema: Mapping[str, pl.DataType], columns: Sequence[pl.Expr]) -> list[pl.Expr]:
    by_name = {c.meta.output_name(): c for c in columns}
    return [by_name[name].cast(dtype) for name, dtype in schema.items()]
