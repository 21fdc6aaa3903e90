"""Run: what is published, held, replaced, and done once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.pipeline.people import CONTRACT, contract, people
from weighbridge import ContractError, Decision, PublishError, SourceError, Verdict, load_contract
from weighbridge.contract import load
from weighbridge.findings import ArgumentError, code
from weighbridge.ledger import Ledger, RunState
from weighbridge.pipeline.check import check
from weighbridge.pipeline.run import run
from weighbridge.sinks import Tables, scan_published, scan_table


def published(into: Path) -> pl.DataFrame:
    return scan_published(into, "people", "people").sort("id").collect()


def write_csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(("id,name,age", *lines, "")))
    return path


def test_what_holds_is_published_and_the_rest_is_kept_with_its_bytes(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "a.csv", "1,Ada,36", "2,,41", "3,Grace,x", "4,Linus,21,extra", "5,Barbara,125")
    into = tmp_path / "out"
    result = run(contract(tmp_path), source, into=into)
    assert result.state == "held", "three of five is more than half"
    path = tmp_path / "people.odcs.yaml"
    path.write_text(CONTRACT.replace("rate: 0.5", "rate: 0.7"))
    result = run(path, source, into=into)

    assert result.state == "published"
    assert result.decision is Decision.PUBLISH_WITH_WARNINGS
    assert result.verdicts == {
        Verdict.ACCEPTED: 2,
        Verdict.REPAIRED: 0,
        Verdict.UNCERTAIN: 0,
        Verdict.REJECTED: 3,
    }
    assert published(into).select("id", "name", "age").rows() == [(1, "Ada", 36), (5, "Barbara", 125)]
    assert published(into)["_wb_record"].to_list() == [1, 5]
    kept = scan_table(Tables(into, "people", "people").quarantine).sort("record").collect()
    assert kept["raw"].to_list() == [b"2,,41", b"3,Grace,x", b"4,Linus,21,extra"]
    assert kept["record"].to_list() == [2, 3, 4]
    content = source.read_bytes()
    for raw, offset, length in kept.select("raw", "offset", "length").iter_rows():
        assert content[offset : offset + length] == raw + b"\n"
    codes = [{f["code"] for f in findings} for findings in kept["findings"].to_list()]
    assert codes == [{"CHK-001"}, {"LEG-001"}, {"RDR-010"}]
    warned = scan_table(Tables(into, "people", "people").warnings).collect()
    assert warned["record"].to_list() == [5]
    assert result.receipt.balances
    (totals,) = result.receipt.sources
    assert (totals.record_bytes or 0) + sum(totals.control_bytes.values()) == len(content)


def test_the_same_extract_under_the_same_contract_publishes_once(tmp_path: Path) -> None:
    path, into = contract(tmp_path), tmp_path / "out"
    first = run(path, people(1, 50), into=into)
    version = first.outputs[-1].version
    again = run(path, people(1, 50), into=into)
    assert again.state == "already_published"
    assert again.earlier_run == first.run_id
    assert again.exit_code == 0
    assert published(into).height == 50
    table = [t for t in again.outputs if t.name == "published"]
    assert table[0].version == version


def test_the_same_bytes_under_another_name_are_found_out(tmp_path: Path) -> None:
    path, into = contract(tmp_path), tmp_path / "out"
    run(path, write_csv(tmp_path / "a.csv", "1,Ada,36"), into=into)
    again = run(path, write_csv(tmp_path / "b.csv", "1,Ada,36"), into=into)
    assert again.state == "already_published"
    told = [f for f in again.findings if f.code == "RUN-012"]
    assert told[0].place.source == str(tmp_path / "b.csv")
    assert told[0].fix == code("RUN-012").fix
    assert published(into).height == 1


def test_the_layout_that_was_read_is_part_of_what_was_published(tmp_path: Path) -> None:
    path, into = contract(tmp_path), tmp_path / "out"
    layout = "property: recordFormat, vendor: weighbridge, value"
    server = (
        "- {{server: {0}, type: local, path: x, format: csv, customProperties: [{{"
        + layout
        + ": {{nullValues: [{1}]}}}}]}}"
    )
    servers = "\n".join(["servers:", server.format("plain", "none"), server.format("with_nulls", "Ada"), ""])
    path.write_text(path.read_text().replace("schema:\n", servers + "schema:\n", 1))
    source = write_csv(tmp_path / "a.csv", "1,Ada,36", "2,Eve,3")
    states = [
        run(path, source, into=into, server_name=name).state for name in ("plain", "with_nulls", "plain", "plain")
    ]
    assert states == ["published", "published", "published", "already_published"]
    assert pl.scan_delta(into / "published/people/people").select(pl.len()).collect().item() == 2


def test_asking_again_judges_and_replaces(tmp_path: Path) -> None:
    path, into = contract(tmp_path), tmp_path / "out"
    first = run(path, people(1, 50), into=into)
    second = run(path, people(1, 50), into=into, again=True)
    assert second.state == "published"
    assert published(into)["_wb_run"].unique().to_list() == [second.run_id] != [first.run_id]
    assert published(into).height == 50


def test_a_new_contract_version_replaces_the_extracts_rows(tmp_path: Path) -> None:
    path, into = contract(tmp_path), tmp_path / "out"
    run(path, people(1, 15), into=into)
    run(path, people(100, 10), into=into)
    stricter = CONTRACT.replace("maximum: 120}", "maximum: 120}\n    required: true").replace("1.0.0", "1.1.0")
    path.write_text(stricter.replace("maxLength: 10", "maxLength: 2"))
    result = run(path, people(1, 15), into=into)
    assert result.state == "published"
    assert published(into)["id"].to_list() == [*range(1, 10), *range(100, 110)]
    assert result.verdicts[Verdict.REJECTED] == 6


def test_a_held_extract_leaves_what_is_served_alone(tmp_path: Path) -> None:
    path, into = contract(tmp_path), tmp_path / "out"
    run(path, people(1, 50), into=into)
    held = run(path, people(100, 10, faulty=8), into=into)
    assert held.state == "held"
    assert held.exit_code == 1
    assert "RUN-002" in {f.code for f in held.findings}
    assert published(into)["id"].to_list() == [*range(1, 51)]
    kept = scan_table(Tables(into, "people", "people").quarantine).collect()
    assert kept.height == 8
    assert kept["_wb_extract"].str.ends_with(".held").all()
    again = run(path, people(100, 10, faulty=8), into=into)
    assert again.state == "held"
    assert scan_table(Tables(into, "people", "people").quarantine).collect().height == 8, "held twice, kept once"

    path.write_text(CONTRACT.replace("rate: 0.5", "rate: 0.9"))
    mended = run(path, people(100, 10, faulty=8), into=into)
    assert mended.state == "published"
    kept = scan_table(Tables(into, "people", "people").quarantine).collect()
    assert kept.height == 8, "what the held run kept is replaced by what the published one kept"
    assert set(kept["run"]) == {mended.run_id}


def test_published_columns_that_no_longer_fit_the_table_stop_the_run_before_any_commit(tmp_path: Path) -> None:
    path, into = contract(tmp_path), tmp_path / "out"
    run(path, people(1, 5), into=into)
    path.write_text(CONTRACT.replace("- name: age\n    logicalType: integer", "- name: age\n    logicalType: number"))
    with pytest.raises(PublishError) as raised:
        run(path, people(10, 5), into=into)
    assert raised.value.findings[0].code == "OUT-003"
    assert published(into).height == 5
    with Ledger.open(into / "ledger.db") as ledger:
        assert ledger.runs()[0].state is RunState.FAILED
        assert ledger.unfinished() == []


def test_what_cannot_run_raises_and_publishes_nothing(tmp_path: Path) -> None:
    path, into = contract(tmp_path), tmp_path / "out"
    with pytest.raises(SourceError) as unreadable:
        run(path, tmp_path / "none.csv", into=into)
    assert unreadable.value.findings[0].code == "RDR-001"
    with pytest.raises(ContractError):
        run(tmp_path / "none.yaml", people(1, 5), into=into)
    source = write_csv(tmp_path / "a.csv", "1,Ada,36")
    with pytest.raises(ArgumentError) as twice:
        run(path, [source, source], into=into)
    assert twice.value.findings[0].code == "ARG-004"
    assert code("ARG-004").fix in str(twice.value)
    with pytest.raises(ArgumentError) as unknown:
        run(path, source, into=into, object_name="peple")
    assert unknown.value.findings[0].code == "ARG-002"
    assert "did you mean people?" in str(unknown.value)
    assert code("ARG-002").fix in str(unknown.value)
    with pytest.raises(ArgumentError) as server:
        run(path, source, into=into, server_name="host")
    assert server.value.findings[0].code == "ARG-003"
    assert code("ARG-003").fix in str(server.value)
    assert not (into / "published").exists()


def test_an_output_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    with pytest.raises(PublishError) as raised:
        run(contract(tmp_path), people(1, 5), into=blocked / "out")
    assert raised.value.findings[0].code == "OUT-001"


def test_a_frame_and_a_file_of_the_same_rows_get_the_same_verdicts(tmp_path: Path) -> None:
    frame = people(1, 200, faulty=7)
    frame.write_csv(tmp_path / "a.csv", quote_style="never")
    frame.write_parquet(tmp_path / "a.parquet")
    path = contract(tmp_path)
    results = [check(path, extract) for extract in (frame, tmp_path / "a.csv", tmp_path / "a.parquet")]
    assert results[0].verdicts == results[1].verdicts == results[2].verdicts
    failing = [{c.name: c.failed_records for c in r.checks if not c.holds} for r in results]
    assert failing[0] == failing[1] == failing[2] != {}


def test_freshness_is_judged_by_the_moment_given(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(
        CONTRACT
        + "  - {name: old enough, type: library, metric: rowCount, mustBeGreaterThan: 0}\n"
        + "slaProperties:\n- {property: freshness, value: 2, unit: d, element: people.seen}\n"
    )
    path.write_text(path.read_text().replace("  quality:\n", "  - {name: seen, logicalType: date}\n  quality:\n", 1))
    frame = people(1, 5).with_columns(seen=pl.date(2026, 3, 1))
    fresh = check(path, frame, as_of=datetime(2026, 3, 2, tzinfo=UTC))
    stale = check(path, frame, as_of=datetime(2026, 3, 9, tzinfo=UTC))
    assert fresh.decision is not Decision.HOLD
    assert stale.decision is Decision.HOLD


def test_the_contract_in_python_callers_hands(tmp_path: Path) -> None:
    handle = load_contract(contract(tmp_path))
    result = handle.run(people(1, 20, faulty=2), into=tmp_path / "out")
    assert result.contract.fingerprint == handle.fingerprint == load(tmp_path / "people.odcs.yaml").fingerprint
    served = handle.published(into=tmp_path / "out").select("id", "name", "age").collect()
    assert served.height == 18
    model = handle.to_pandera()
    assert model.validate(served).height == 18
    assert repr(handle) == "<Contract people 1.0.0: people>"


def test_a_run_is_known_by_everything_it_wrote(tmp_path: Path) -> None:
    into = tmp_path / "out"
    result = run(contract(tmp_path), people(1, 20, faulty=2), into=into)
    folder = into / "runs" / result.run_id
    assert {p.name for p in folder.iterdir()} >= {
        "contract.yaml",
        "manifest.json",
        "receipt.json",
        "result.json",
        "report.html",
        "report.json",
        "report.md",
    }
    assert load(folder / "contract.yaml").fingerprint == result.contract.fingerprint
    with Ledger.open(into / "ledger.db") as ledger:
        entry = ledger.run(result.run_id)
        assert entry.state is RunState.PUBLISHED
        assert (entry.records, entry.accepted, entry.rejected) == (20, 18, 2)
        assert len(ledger.checks(result.run_id)) == len(result.checks)
    footer = pl.read_parquet_metadata(next((into / "published").rglob("*.parquet")))
    assert footer["weighbridge.contract.fingerprint"] == result.contract.fingerprint
    assert footer["weighbridge.run"] == result.run_id


def test_a_report_that_cannot_be_written_does_not_undo_the_run(tmp_path: Path) -> None:
    class InTheWay:
        """Puts a folder where the report is to go, just before it is written."""

        def stage(self, name: str, total_bytes: int | None = None) -> None:
            if name == "writing the report":
                for folder in (tmp_path / "out" / "runs").iterdir():
                    (folder / "report.html" / "full").mkdir(parents=True)

        def advance(self, count_bytes: int) -> None:
            pass

    result = run(contract(tmp_path), people(1, 5), into=tmp_path / "out", watcher=InTheWay())
    assert result.state == "published"
    told = result.findings[-1]
    assert told.code == "OUT-020"
    assert told.fix == code("OUT-020").fix
    with Ledger.open(tmp_path / "out" / "ledger.db") as ledger:
        assert ledger.unfinished() == []


def test_a_property_named_like_a_working_column_is_refused(tmp_path: Path) -> None:
    path = contract(tmp_path)
    path.write_text(path.read_text().replace("name: age", "name: __record").replace("age >", "__record >"))
    with pytest.raises(ContractError) as refused:
        run(path, people(1, 3), into=tmp_path / "out")
    (finding,) = refused.value.findings
    assert (finding.code, finding.place.source) == ("OUT-004", str(path))
    assert "must not begin with __" in finding.fix
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (pl.Series([b"\xff\x00", b"Ada"]), "X'FF00'"),
        (pl.Series([{"b": b"\xff"}, None], dtype=pl.Struct({"b": pl.Binary})), '{"b":"b\'\\\\xff\'"}'),
    ],
    ids=["bytes", "bytes inside"],
)
def test_typed_values_that_are_no_text_are_rejected_and_shown(tmp_path: Path, values: pl.Series, shown: str) -> None:
    frame = pl.DataFrame({"id": [1, 2], "name": values, "age": [1, 2]})
    path = contract(tmp_path)
    path.write_text(path.read_text().replace("    required: true\n    logicalTypeOptions", "    logicalTypeOptions"))
    result = run(path, frame, into=tmp_path / "out")
    (failed,) = (c for c in result.checks if not c.holds)
    assert (failed.name, failed.examples[0].record, failed.examples[0].seen) == ("name|type", 1, shown)


def test_lengths_of_time_are_read_and_shown_as_iso_text(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": [1], "name": [timedelta(1, 3)], "age": [timedelta(1)]})
    result = run(contract(tmp_path), frame, into=tmp_path / "out")
    assert {c.name: c.examples[0].seen for c in result.checks if not c.holds} == {"age|type": "P1D"}
