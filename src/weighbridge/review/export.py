"""What is sent back to a source: its own records, byte for byte, and why each was turned back.

    README.txt        what this is, for whoever opens it
    reasons.csv       one line a reason: source, record, byte offset, what was expected, what was seen, what to do
    records/001.bin   the records of one source as they came, each followed by a line feed
    values.jsonl      of records that have no bytes of their own: their values
    manifest.json     which run and contract; of each record where its bytes stand; digests of all files

Names in it are made here: nothing of a source's name is part of a path. Cells of the CSV that a
spreadsheet would take for a formula begin with an apostrophe.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from weighbridge.findings import PublishError
from weighbridge.ledger import Ledger, Run
from weighbridge.review.again import contract_of, kept_rows
from weighbridge.review.decisions import decisions_of
from weighbridge.review.kept import harmless
from weighbridge.review.queue import Item
from weighbridge.review.trail import CLASSIFIED, Sight, note_sight
from weighbridge.sinks import Keyring, atomic_write

_REASONS = ("source", "record", "offset_bytes", "code", "property", "expected", "seen", "fix", "message")
_README = """These records were turned back by Weighbridge.

records/       the records as they were delivered, byte for byte, each followed by a line feed
reasons.csv    why each was turned back, and what to do
values.jsonl   values of records that came without bytes of their own (tables, databases)
manifest.json  where each record stood in the delivery and where its bytes stand here

Correct them at their source and deliver them again.
"""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was exported.

    Attributes:
        records: how many, of which `without_bytes` could not be given byte for byte.
        sha256: of the file; empty for a folder.
    """

    path: str
    records: int
    without_bytes: int
    sha256: str

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return asdict(self)


def export(
    ledger: Ledger,
    into: Path,
    items: Iterable[Item],
    to: Path,
    *,
    may_see_raw: bool,
    by: str,
    at: datetime,
    keys: Keyring | None = None,
) -> Exported:
    """Write records with their reasons to a ZIP file, or to a folder where `to` does not end with ``.zip``.

    Args:
        ledger: whose queue has the items.
        into: the output folder whose tables hold the records.
        items: in any order.
        to: where.
        may_see_raw: whether bytes that may hold classified values are given; who sends records back to
            their own source usually must.
        by, at: who is given them, and when, UTC: it is entered in each record's trail.
        keys: open what is sealed; by default those of the settings.

    Raises:
        PublishError: OUT-001, it cannot be written.
    """
    keys = keys if keys is not None else Keyring.from_settings()
    files, told = gathered(ledger, into, items, may_see_raw=may_see_raw, by=by, at=at, keys=keys)
    without = sum(1 for record in told["records"] if record["file"] is None)
    count = len(told["records"])
    if to.suffix.lower() != ".zip":
        for name, content in files.items():
            atomic_write(to / name, content)
        return Exported(str(to), count, without, "")
    packed = zipped(files)
    atomic_write(to, packed)
    return Exported(str(to), count, without, hashlib.sha256(packed).hexdigest())


def gathered(
    ledger: Ledger, into: Path, items: Iterable[Item], *, may_see_raw: bool, by: str, at: datetime, keys: Keyring
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Return the export's files by name, and its manifest as JSON values; each record's trail says who has it now."""
    records: dict[str, list[bytes]] = {}
    values: list[dict[str, Any]] = []
    reasons: list[tuple[Any, ...]] = []
    told: list[dict[str, Any]] = []
    runs: dict[str, dict[str, Any]] = {}
    names: dict[str, str] = {}
    ordered = sorted(items, key=lambda i: (i.run_id, i.source, i.record))
    for run_id, own in groupby(ordered, key=lambda i: i.run_id):
        run, wanted = ledger.run(run_id), list(own)
        contract, schema = contract_of(into, run)
        runs[run_id] = {"contract": contract.id, "version": contract.version, "object": schema.name}
        classified = any(p.is_masked for p in schema.properties)
        hide = classified and not may_see_raw
        note_sight(ledger, wanted, Sight.EXPORTED, by=by, at=at, what=CLASSIFIED if classified and not hide else "")
        kept = kept_rows(into, run, [(i.source, i.record) for i in wanted])
        rows = {(r["source"], r["record"]): r for r in kept.iter_rows(named=True)}
        for item in wanted:
            row = rows.get((item.source, item.record))
            message = _message(ledger, item)
            place = {"run": run_id, "source": item.source, "record": item.record, "offset_bytes": item.offset_bytes,
                     "length_bytes": item.length_bytes, "message": message}  # fmt: skip
            content = None if row is None or hide else _bytes(row, run, keys)
            if content is None:
                told.append({**place, "file": None})
                if row is not None and row["values"]:
                    values.append({**place, "values": json.loads(row["values"])})
            else:
                name = names.setdefault(item.source, f"records/{len(names) + 1:03d}.bin")
                stood = records.setdefault(name, [])
                start = _end(told, name)
                stood.append(content + b"\n")
                told.append({**place, "file": name, "start": start, "bytes": len(content)})
            where = (item.source, item.record, item.offset_bytes)
            reasons += [
                (*where, f["code"], f["property"], f["expected"], f["seen"], f["fix"], message)
                for f in (row["findings"] if row is not None else ())
            ]
    files = {name: b"".join(parts) for name, parts in records.items()}
    files["reasons.csv"] = _csv(reasons)
    if values:
        files["values.jsonl"] = "".join(json.dumps(v, ensure_ascii=False) + "\n" for v in values).encode()
    files["README.txt"] = _README.encode()
    manifest = {
        "runs": runs,
        "sources": {name: source for source, name in names.items()},
        "records": told,
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    files["manifest.json"] = json.dumps(manifest, indent=1, ensure_ascii=False).encode()
    return files, manifest


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP file; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in sorted(files.items()):
            packed.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _end(told: list[dict[str, Any]], name: str) -> int:
    """Return where the next record of a file begins."""
    last = next((t for t in reversed(told) if t["file"] == name), None)
    return 0 if last is None else int(last["start"]) + int(last["bytes"]) + 1


def _message(ledger: Ledger, item: Item) -> str:
    """Return what the person wrote who decided last."""
    taken = [d for d in decisions_of(ledger, item.id) if d["state"] in ("standing", "awaiting")]
    return str(taken[-1]["why"]) if taken else ""


def _bytes(row: Mapping[str, Any], run: Run, keys: Keyring) -> bytes | None:
    if row["raw"] is None:
        return None
    if not str(row["raw_form"]).startswith("sealed"):
        return bytes(row["raw"])
    try:
        opened = keys.open(row["raw"], run.id, row["source"], row["record"])
    except PublishError:
        return None
    return None if opened.is_values else opened.content


def _csv(reasons: Iterable[tuple[Any, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_REASONS)
    writer.writerows([harmless(cell) for cell in line] for line in reasons)
    return text.getvalue().encode("utf-8-sig")
