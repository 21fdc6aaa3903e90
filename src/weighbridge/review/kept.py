"""The records a run kept from publication, read back for people."""

from __future__ import annotations

import base64
import csv
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from weighbridge.contract.model import SchemaObject
from weighbridge.findings import Finding, Place, PublishError
from weighbridge.sinks import Keyring, scan_table

_MOST_SHOWN_BYTES = 200
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """One rejected or uncertain record.

    Attributes:
        raw: its bytes; None where it has none or a classified property hides them.
        raw_form: how its bytes stand in the table, as `weighbridge.sinks.rows` tells.
        values: its source texts as JSON; classified ones masked, unless it was opened.
        findings: each with code, check, property, severity, effect, seen, expected, fix, readings.
    """

    source: str
    record: int
    offset_bytes: int | None
    length_bytes: int | None
    raw: bytes | None
    values: str | None
    findings: tuple[dict[str, Any], ...]
    raw_form: str = "bytes"

    def __str__(self) -> str:
        place = f"{self.source} > record {self.record:,}"
        if self.offset_bytes is not None:
            place += f" > bytes {self.offset_bytes:,}–{self.offset_bytes + (self.length_bytes or 0):,}"
        lines = [place]
        for f in self.findings:
            seen = "" if f["seen"] is None else f", saw {f['seen']!r}"
            lines.append(f"  {f['code']} {f['check']}: expected {f['expected']}{seen}")
            if f["readings"]:
                lines.append(f"      could be: {' or '.join(f['readings'])}")
        if self.raw is not None:
            cut = "…" if len(self.raw) > _MOST_SHOWN_BYTES else ""
            lines.append(f"  bytes: {self.raw[:_MOST_SHOWN_BYTES].decode('ascii', 'backslashreplace')!r}{cut}")
        elif self.values is not None:
            lines.append(f"  values: {self.values[: 2 * _MOST_SHOWN_BYTES]}")
        if self.raw_form == "withheld":
            lines.append("  bytes: withheld, as there was no key to seal them with; the source has them")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class KeptRecords:
    """The records of a run that were kept from publication.

    Attributes:
        total: how many there are; `records` may hold fewer.
        replaced_by: the later run that judged the extract again; its records are shown, these are not.
    """

    run_id: str
    total: int
    records: tuple[KeptRecord, ...]
    replaced_by: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values; bytes become base64."""
        return {
            "run_id": self.run_id,
            "total": self.total,
            "replaced_by": self.replaced_by,
            "records": [
                {
                    "source": r.source,
                    "record": r.record,
                    "offset_bytes": r.offset_bytes,
                    "length_bytes": r.length_bytes,
                    "raw_base64": None if r.raw is None else base64.b64encode(r.raw).decode(),
                    "raw_form": r.raw_form,
                    "values": r.values,
                    "findings": list(r.findings),
                }
                for r in self.records
            ],
        }

    def write_csv(self, path: Path) -> None:
        """Write one line a record for spreadsheets; cells that would be formulas are quoted with an apostrophe.

        Raises:
            PublishError: OUT-001, the file cannot be written.
        """
        try:
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(["source", "record", "offset_bytes", "codes", "checks", "seen", "text"])
                writer.writerows(map(_line, self.records))
        except OSError as error:
            raise PublishError(Finding("OUT-001", Place(source=str(path)), error.strerror or str(error))) from error


def _line(r: KeptRecord) -> list[Any]:
    text = r.raw.decode("utf-8", "backslashreplace") if r.raw is not None else r.values or ""
    told = (" ".join(f[key] or "" for f in r.findings) for key in ("code", "check", "seen"))
    return [harmless(cell) for cell in (r.source, r.record, r.offset_bytes, *told, text)]


def read_kept(
    table: Path,
    run_id: str,
    schema: SchemaObject,
    *,
    check: str | None = None,
    code: str | None = None,
    limit: int | None = None,
    keys: Keyring | None = None,
) -> KeptRecords:
    """Return the records of a run that stand in its quarantine or review table, in source order.

    Args:
        table: the table's folder; one that was never made holds nothing.
        run_id: the run.
        schema: what the records were held against; classified properties hide raw bytes.
        check, code: only records with such a finding.
        limit: at most so many; None gives all.
        keys: open what is sealed; None leaves classified bytes hidden.

    Raises:
        PublishError: OUT-031, a sealed record is opened by none of `keys`; OUT-033, it was changed.
    """
    try:
        rows = scan_table(table).filter(pl.col("run") == run_id)
    except PublishError:
        return KeptRecords(run_id, 0, ())
    for key, wanted in (("check", check), ("code", code)):
        if wanted is not None:
            rows = rows.filter(pl.col("findings").list.eval(pl.element().struct.field(key) == wanted).list.any())
    total = rows.select(pl.len()).collect().item()
    chosen = rows.sort("source", "record")
    chosen = chosen if limit is None else chosen.head(limit)
    hide = keys is None and any(p.is_masked for p in schema.properties)
    columns = ("source", "record", "offset", "length", "raw", "raw_form", "values", "findings")
    return KeptRecords(
        run_id,
        total,
        tuple(
            _opened(
                KeptRecord(source, record, offset, length, None if hide else raw, values, tuple(findings), form),
                run_id,
                keys,
            )
            for source, record, offset, length, raw, form, values, findings in chosen.select(columns)
            .collect()
            .iter_rows()
        ),
    )


def _opened(kept: KeptRecord, run_id: str, keys: Keyring | None) -> KeptRecord:
    if keys is None or kept.raw is None or not kept.raw_form.startswith("sealed"):
        return kept
    opened = keys.open(kept.raw, run_id, kept.source, kept.record)
    if opened.is_values:
        return replace(kept, raw=None, values=opened.content.decode())
    return replace(kept, raw=opened.content)


def harmless(cell: Any) -> Any:
    """Return a cell so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" \n\ufeff").startswith(_FORMULA_STARTS) else cell
