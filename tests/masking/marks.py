"""What is planted in classified fields, and the search for it in whatever is written."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

TEXT = "ZQXSECRET"
"""Stands in every classified text, where it is wrong and where it is right."""

NUMBER = 7319948
"""Stands in every classified number, also behind a point or a sign."""

DAYS = (date(1917, 3, 4), date(1917, 4, 3))
SPELLINGS = tuple(
    day.strftime(form) for day in DAYS for form in ("%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y")
)
MARKS = (TEXT, str(NUMBER), f"{NUMBER:,}", *SPELLINGS)


def leaks_of_output(into: Path, file: Path) -> Iterator[str]:
    """Yield where a marker stands in an output file, tables by column."""
    where = file.relative_to(into)
    if where.parts[0] == "published":
        return
    if file.suffix != ".parquet":
        yield from leaks_in(str(where), file.read_bytes())
        return
    for name, column in pl.read_parquet(file).to_dict(as_series=True).items():
        if column.dtype == pl.Binary:
            for content in column.drop_nulls():
                yield from leaks_in(f"{where} [{name}]", content)
            continue
        text = json.dumps(column.to_list(), default=str, ensure_ascii=False)
        yield from leaks_in(f"{where} [{name}]", text.encode())


def leaks_in(where: str, content: bytes) -> Iterator[str]:
    """Yield where a marker stands in bytes, as UTF-8, UTF-16, EBCDIC, hexadecimal or base64."""
    for mark in MARKS:
        plain = mark.encode()
        for form in (plain, mark.encode("utf-16-le"), mark.encode("cp037"), plain.hex().encode(), *in_base64(plain)):
            at = content.find(form)
            if at >= 0:
                yield f"{where}: {mark} near {content[max(0, at - 90) : at + 40]!r}"
                break


def in_base64(plain: bytes) -> Iterator[bytes]:
    """Yield the part of the base64 text that is the same wherever `plain` stands in the bytes."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + plain)
        yield re.sub(rb"=", b"", encoded)[2 + before : -2]
