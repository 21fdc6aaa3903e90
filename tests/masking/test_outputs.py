"""A classified value is shown nowhere: planted in every format, provoked by every check, sought in every output."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import yaml

import weighbridge
from tests.masking.formats import FORMATS, PACKED, Made, delimited, frame_of
from tests.masking.marks import MARKS, NUMBER, TEXT, leaks_in, leaks_of_output
from tests.masking.planted import contract
from weighbridge.cli.app import run
from weighbridge.sinks import new_key


@pytest.mark.parametrize("make", FORMATS, ids=lambda made: made.__name__)
@pytest.mark.parametrize("limit", [1.0, 0.0], ids=["published", "held"])
def test_a_classified_value_is_in_no_output(
    make: Callable[[Path], Made],
    limit: float,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    if limit == 1.0:  # with a key bytes are sealed, without one they are withheld
        monkeypatch.setenv("WEIGHBRIDGE_SEAL_KEY", new_key())
    here = tmp_path / "in"
    here.mkdir()
    path, sources = make(here)
    document = yaml.safe_load(path.read_text())
    document["schema"][0]["customProperties"][0]["value"]["maxRejected"]["rate"] = limit
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    into, extra = tmp_path / "out", tmp_path / "extra"
    named = ["--object", "people"]
    job = [str(path), *map(str, sources), "--into", str(into), *named]
    wanted = 1 if limit == 0.0 else 0
    assert run(["check", *job, "--report", str(extra / "check")]) == wanted
    assert run(["check", *job, "--json"]) == wanted
    assert run(["run", *job, "--log-format", "json"]) == wanted
    assert run(["run", *job, "--json", "--log-format", "text"]) == wanted
    assert run(["runs", "--into", str(into), "--json"]) == 0
    for more in ([], ["--json"], ["--csv", str(extra / "kept.csv")], ["--uncertain"], ["--uncertain", "--json"]):
        assert run(["quarantine", "--into", str(into), *more]) == 0
    for more in (["--format", "markdown"], ["--format", "html"], [], ["--json"], ["--to", str(extra / "report")]):
        assert run(["report", "--into", str(into), *more]) == 0
    assert run(["audit", "--into", str(into), "--json"]) == 0
    monkeypatch.setenv("WEIGHBRIDGE_LOG", "json")
    assert run(["run", *job, "--again"]) == wanted
    assert run(["doctor", "--into", str(into)]) in (0, 1)
    for more in ([], ["--json"]):
        assert run(["repairs", "--into", str(into), *more]) == 0
        assert run(["diff", str(path), str(path), "--into", str(into), *more]) == 0
        assert run(["retain", "--into", str(into), *more]) == 0
    said = capfd.readouterr()
    leaks = [*leaks_in("stdout", said.out.encode()), *leaks_in("stderr", said.err.encode())]
    leaks += [
        leak for file in sorted(extra.rglob("*")) if file.is_file() for leak in leaks_in(file.name, file.read_bytes())
    ]
    leaks += [leak for file in sorted(into.rglob("*")) if file.is_file() for leak in leaks_of_output(into, file)]
    assert leaks == []
    assert "•••(" in said.out
    left = [p for p in sorted(temporary.rglob("*")) if p.is_file()]
    assert [leak for file in left for leak in leaks_in(file.name, file.read_bytes())] == []
    assert [p for p in left if "jinja2-cache" not in str(p)] == []  # templates as they were compiled
    kept = pl.concat([pl.read_parquet(file) for file in into.glob("quarantine/**/*.parquet")])
    assert kept.height
    assert kept["raw_form"].str.starts_with("sealed" if limit == 1.0 else "withheld").all()


def test_the_marker_would_be_found(tmp_path: Path) -> None:
    path, _ = delimited(tmp_path)
    path.write_text(path.read_text().replace("classification: pii", "classification: public"))
    result = weighbridge.load_contract(path).check(tmp_path / "people.csv", object="people")
    assert {TEXT, str(NUMBER), "04/03/1917"} <= {
        mark for mark in MARKS if any(mark in str(e.seen) for c in result.checks for e in c.examples)
    }


def test_a_frame_of_classified_values_is_not_shown(tmp_path: Path) -> None:
    path = contract(tmp_path, True, {"format": "parquet"})
    result = weighbridge.load_contract(path).run(frame_of(), into=tmp_path / "out", object="people")
    assert list(leaks_in("result", repr(result).encode())) == []
    into = tmp_path / "out"
    assert [leak for file in sorted(into.rglob("*")) if file.is_file() for leak in leaks_of_output(into, file)] == []


def test_what_is_classified_inside_of_an_object_hides_the_object(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "nested.odcs.yaml"
    street = {"name": "street", "logicalType": "string", "classification": "pii"}
    street["logicalTypeOptions"] = {"maxLength": 3}  # type: ignore[assignment]
    tag = {"logicalType": "string", "classification": "pii", "enum": [{"value": "a"}]}
    document = yaml.safe_load(contract(tmp_path, True, {"format": "parquet"}).read_text())
    document["schema"] = [
        {
            "name": "people",
            "properties": [
                {"name": "id", "logicalType": "integer", "logicalTypeOptions": {"maximum": 1}},
                {"name": "address", "logicalType": "object", "properties": [street]},
                {"name": "tags", "logicalType": "array", "items": tag},
            ],
        }
    ]
    del document["slaProperties"]
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    source = tmp_path / "people.parquet"
    rows = [{"id": i, "address": {"street": TEXT if i else "abc"}, "tags": [TEXT] if i else ["a"]} for i in range(3)]
    pl.DataFrame(rows).write_parquet(source)
    into = tmp_path / "out"
    assert run(["run", str(path), str(source), "--into", str(into)]) == 0
    assert run(["quarantine", "--into", str(into), "--json"]) == 0
    said = capfd.readouterr()
    assert list(leaks_in("streams", (said.out + said.err).encode())) == []
    assert [leak for file in sorted(into.rglob("*")) if file.is_file() for leak in leaks_of_output(into, file)] == []


@pytest.mark.parametrize("make", PACKED, ids=lambda made: made.__name__)
def test_what_is_packed_is_masked_when_it_is_unpacked(
    make: Callable[[Path], Made], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path, sources = make(tmp_path)
    into = tmp_path / "out"
    assert run(["run", str(path), *map(str, sources), "--into", str(into), "--object", "people", "--json"]) == 0
    assert run(["quarantine", "--into", str(into), "--json"]) == 0
    said = capfd.readouterr()
    assert list(leaks_in("streams", (said.out + said.err).encode())) == []
    assert [leak for file in sorted(into.rglob("*")) if file.is_file() for leak in leaks_of_output(into, file)] == []
    assert pl.read_parquet(next(into.glob("quarantine/**/*.parquet"))).height
