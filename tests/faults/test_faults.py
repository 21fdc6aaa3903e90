"""Every fault of the corpus becomes what its `expected.yaml` says; nothing that is held or refused is served."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.faults.make import CORPUS, expectation, faults, write
from tests.faults.telling import became
from weighbridge.findings import SourceError
from weighbridge.pipeline.run import run

FOLDERS = sorted(path.parent for path in CORPUS.rglob("expected.yaml"))
NOT_SERVED = [f for f in FOLDERS if yaml.safe_load((f / "expected.yaml").read_text())["decision"] in ("hold", "error")]


def _name(folder: Path) -> str:
    return folder.relative_to(CORPUS).as_posix()


@pytest.mark.parametrize("folder", FOLDERS, ids=_name)
def test_it_becomes_what_is_expected(folder: Path, tmp_path: Path) -> None:
    expected = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    extract = expected.pop("extract")
    assert expected.pop("says")
    told, result = became(folder / "contract.yaml", folder / extract, tmp_path)
    assert {key: told[key] for key in expected} == expected
    if result is not None:
        assert result.receipt.balances
        assert sum(result.verdicts.values()) == result.records


@pytest.mark.parametrize("folder", NOT_SERVED, ids=_name)
def test_what_cannot_be_trusted_is_not_served(folder: Path, tmp_path: Path) -> None:
    expected = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    try:
        result = run(folder / "contract.yaml", folder / expected["extract"], into=tmp_path)
    except SourceError:
        assert expected["decision"] == "error"
    else:
        assert (result.state, result.exit_code) == ("held", 1)
    assert not list(tmp_path.glob("published/*/*/_delta_log/*.json"))


def test_the_corpus_is_large_and_spread() -> None:
    assert len(FOLDERS) >= 150
    assert len({folder.parent.name for folder in FOLDERS}) >= 18


def test_the_corpus_is_what_the_table_says(tmp_path: Path) -> None:
    table = {fault.name: fault for fault in faults()}
    assert sorted(table) == sorted(map(_name, FOLDERS))
    for folder in FOLDERS:
        fault = table[_name(folder)]
        assert yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8")) == expectation(fault)
    text = next(fault for fault in faults() if fault.name == "delimited/field_too_many")
    write(text, tmp_path)
    made, kept = tmp_path / text.name, CORPUS / text.name
    assert {p.name: p.read_bytes() for p in made.iterdir()} == {p.name: p.read_bytes() for p in kept.iterdir()}
