"""The Parquet reader: the source's own values, drift between files, files that are none."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.readers.extracts import codes, schema_of
from weighbridge.findings import SourceError
from weighbridge.readers.parquet import ParquetReader

TWO = schema_of("id", "who")


def wrote(folder: Path, name: str, frame: pl.DataFrame) -> str:
    frame.write_parquet(folder / name)
    return str(folder / name)


def test_raw_columns_hold_the_sources_values_nested_ones_too(tmp_path: Path) -> None:
    path = wrote(tmp_path, "a.parquet", pl.DataFrame({"who": [[1, 2], None], "id": [1.5, 2.5], "more": ["x", "y"]}))
    extract = ParquetReader().open([path], TWO, None)
    assert extract.scan().select("raw:id", "raw:who").collect().rows() == [(1.5, [1, 2]), (2.5, None)]
    assert codes(extract) == ["RDR-021"]


def test_types_that_differ_between_files_are_found_and_read_in_one_that_holds_both(tmp_path: Path) -> None:
    first = wrote(tmp_path, "a.parquet", pl.DataFrame({"id": [1], "who": ["a"]}))
    second = wrote(tmp_path, "b.parquet", pl.DataFrame({"id": [2.5]}))
    extract = ParquetReader().open([first, second], TWO, None)
    assert extract.scan().select("__source", "raw:id", "raw:who").collect().rows() == [(0, 1.0, "a"), (1, 2.5, None)]
    assert codes(extract) == ["RDR-020", "RDR-026"]
    assert "have the files written with one schema" in extract.findings[1].fix


def test_what_is_no_parquet_is_refused(tmp_path: Path) -> None:
    whole = Path(wrote(tmp_path, "a.parquet", pl.DataFrame({"id": [1]}))).read_bytes()
    for content in (whole[:-20], b"id,who\n1,a\n", b"PAR1"):
        path = tmp_path / "broken.parquet"
        path.write_bytes(content)
        with pytest.raises(SourceError, match="RDR-008") as caught:
            ParquetReader().open([str(path)], TWO, None)
        assert "cut short" in caught.value.findings[0].fix
    path.write_bytes(b"")
    with pytest.raises(SourceError, match="RDR-003"):
        ParquetReader().open([str(path)], TWO, None)


def test_the_scan_stays_polars_own(tmp_path: Path) -> None:
    path = wrote(tmp_path, "a.parquet", pl.DataFrame({"id": range(10), "who": ["x"] * 10}))
    plan = ParquetReader().open([path], TWO, None).scan().select("raw:id").explain()
    assert "Parquet SCAN" in plan
    assert "PROJECT 1/" in plan
