"""Tables of codes that stand beside a contract: read once, with the contract."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

RULE = "codeList"
_KNOWN = ("code", "label", "valid_from", "valid_to", "successor", "reason")
_MOST_BYTES = 256 << 20


def read_codes(table: str, folder: Path) -> list[dict[str, Any] | str]:
    """Return the codes of a table as the rule's `codes` are written.

    Args:
        table: path of a CSV or Parquet file with the columns `code` and, as far as needed, `label`,
            `valid_from`, `valid_to`, `successor` (several are parted by ``|``) and `reason`.
        folder: where a relative path starts.

    Raises:
        ValueError: it cannot be read, or a row of it makes no sense.
    """
    path = folder / table
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError(f"{table} has more than {_MOST_BYTES:,} bytes")
        return [_entry(row, number, table) for number, row in enumerate(_rows(path), 1)]
    except OSError as error:
        raise ValueError(f"{table}: {error.strerror or error}") from error


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    if path.suffix.lower() in (".parquet", ".pq"):
        import polars as pl

        try:
            frame = pl.read_parquet(path)
        except pl.exceptions.PolarsError as error:
            raise ValueError(f"{path.name}: {str(error).splitlines()[0]}") from error
        _columns(frame.columns, path.name)
        yield from frame.select(n for n in _KNOWN if n in frame.columns).iter_rows(named=True)
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            _columns(reader.fieldnames or (), path.name)
            yield from reader
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path.name}: {error}") from error


def _columns(names: Any, table: str) -> None:
    if "code" not in names:
        raise ValueError(f"{table} has no column `code`; it has {', '.join(map(str, names)) or 'none'}")


def _entry(row: Mapping[str, Any], number: int, table: str) -> dict[str, Any] | str:
    code = row.get("code")
    if code is None or str(code) == "":
        raise ValueError(f"{table}: row {number} has no code")
    first, last = (_day(row.get(name), name, number, table) for name in ("valid_from", "valid_to"))
    successors = [s.strip() for s in str(row.get("successor") or "").split("|") if s.strip()]
    if not (first or last or successors):
        return str(code)
    entry: dict[str, Any] = {"code": str(code)}
    entry |= {"from": first} if first else {}
    entry |= {"until": last} if last else {}
    entry |= {"successors": successors} if successors else {}
    return entry


def _day(value: Any, name: str, number: int, table: str) -> str | None:
    if value is None or str(value).strip() == "":
        return None
    if isinstance(value, datetime):
        return value.date().isoformat()
    try:
        return date.fromisoformat(str(value).strip()).isoformat()
    except ValueError:
        raise ValueError(f"{table}: row {number}: {name} is no ISO date") from None
