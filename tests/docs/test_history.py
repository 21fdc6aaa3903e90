"""The worked examples of docs/history.md come out as the page says."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import yaml
from deltalake import DeltaTable

from tests.docs.walk import ROOT
from weighbridge.findings import Verdict
from weighbridge.pipeline.run import run

PAGE = (ROOT / "docs" / "history.md").read_text("utf-8")


def blocks(heading: str) -> list[tuple[str, str]]:
    """Return language and text of each fenced block under a heading of the second level."""
    part = next(p for p in re.split(r"^## ", PAGE, flags=re.MULTILINE) if p.startswith(heading))
    return re.findall(r"^```(\w+)\n(.*?)^```$", part, flags=re.MULTILINE | re.DOTALL)


def test_the_accounts_of_two_layouts(tmp_path: Path) -> None:
    (_, contract), (_, extract), (_, published), (_, repairs), _ = blocks("Epochs")
    (tmp_path / "c.yaml").write_text(contract)
    (tmp_path / "a.csv").write_text(extract)
    result = run(tmp_path / "c.yaml", tmp_path / "a.csv", into=tmp_path / "out")
    tables = {t.name: pl.read_delta(DeltaTable(str(tmp_path / "out" / t.path))) for t in result.outputs}
    names = ["id", "opened", "balance", "status", "currency", "phone", "email"]
    rows = tables["published"].sort("id").select(names).rows()
    assert "".join(" ".join(map(str, row)) + "\n" for row in rows) == published
    told = [f"{r['record']} {r['rule']}: {r['before']} -> {r['after']} ({r['why']})\n"
            for r in tables["repairs"].sort("record", maintain_order=True).rows(named=True)]  # fmt: skip
    assert "".join(told) == repairs
    assert result.verdicts[Verdict.UNCERTAIN] == 1
    assert {c.name for c in result.checks if not c.holds and c.code == "LEG-082"} == {"epochs|unknown"}
    assert result.epochs == {"branch books": 1, "today's": 1, "cannot be told": 1}


def test_the_countries_of_their_day(tmp_path: Path) -> None:
    (_, contract), (_, table), (_, extract), (_, wanted) = blocks("Code lists")
    (tmp_path / "c.yaml").write_text(contract)
    (tmp_path / "countries.csv").write_text(table)
    told = ""
    for number, record in enumerate(extract.splitlines()[1:]):
        path = tmp_path / f"{number}.csv"
        path.write_text(f"day,country\n{record}\n")
        result = run(tmp_path / "c.yaml", path, into=tmp_path / f"out{number}")
        published = [t for t in result.outputs if t.name == "published" and t.rows]
        value = pl.read_delta(str(tmp_path / f"out{number}" / published[0].path))["country"][0] if published else None
        (verdict,) = [v.value for v, count in result.verdicts.items() if count]
        codes = [c.code for c in result.checks if c.failed_records]
        told += " ".join([*record.split(","), *()]) + f": {' '.join([str(value), verdict, *codes])}\n"
    assert told == wanted


def test_records_told_by_their_number_of_fields(tmp_path: Path) -> None:
    (_, contract), _, _, _, (_, epochs) = blocks("Epochs")
    document = yaml.safe_load(contract)
    document["schema"][0]["customProperties"][0]["value"] = yaml.safe_load(epochs)["value"]
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(document))
    header = "id,opened,balance,status,currency,phone,email\n"
    rows = "1,030,5551,981231\n2,2004-05-06,1.50,closed,CZK,030-1\n3,2013-05-06,2,active,CZK,030-2,a@b.example\n4,1\n"
    (tmp_path / "a.csv").write_text(header + rows)
    result = run(tmp_path / "c.yaml", tmp_path / "a.csv", into=tmp_path / "out")
    table = next(t for t in result.outputs if t.name == "published")
    told = pl.read_delta(DeltaTable(str(tmp_path / "out" / table.path))).sort("id").select("id", "opened", "phone")
    assert [" ".join(map(str, row)) for row in told.rows()] == [
        "1 1998-12-31 030-5551", "2 2004-05-06 030-1", "3 2013-05-06 030-2"
    ]  # fmt: skip
    assert result.epochs == {"branch books": 1, "before there was an address": 1, "today's": 1}
    assert result.verdicts[Verdict.REJECTED] == 1
