"""Publishing: one commit shows an extract, replaces what it showed, and is safe to repeat."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest
from deltalake import DeltaTable

from weighbridge.findings import PublishError
from weighbridge.sinks import (
    Commit,
    StagedFile,
    arrow_dataset,
    check_fits,
    commit,
    file_metadata,
    lazy_sink,
    scan_published,
    scan_table,
    stage_folder,
    staged_files,
)
from weighbridge.sinks.shown import files_shown


def staged(
    table: Path,
    frame: pl.DataFrame,
    *,
    extract: str = "e1",
    run: str = "r1",
    publication: str | None = None,
    attempts: int = 60,
) -> Callable[[], Commit]:
    """Stage a frame and return what commits it, under a publication named after the run unless said otherwise."""
    folder = stage_folder(table, extract, run)
    lazy_sink(frame.lazy(), folder, {}).collect()
    files, key = staged_files(folder), publication or f"of {run}"
    return lambda: commit(table, frame.schema, extract, files, run, key, {"as": "test"}, attempts=attempts)


def publish(
    table: Path, frame: pl.DataFrame, *, extract: str = "e1", run: str = "r1", publication: str | None = None
) -> Commit:
    """Stage a frame and commit it."""
    return staged(table, frame, extract=extract, run=run, publication=publication)()


def numbers(*values: int) -> pl.DataFrame:
    return pl.DataFrame({"x": values}, schema={"x": pl.Int64})


def shown(table: Path, extract: str | None = None) -> list[int]:
    return sorted(scan_table(table, extract_key=extract).collect()["x"].to_list())


def test_the_first_publication_makes_the_table(tmp_path: Path) -> None:
    done = publish(tmp_path / "t", numbers(1, 2))
    assert done == Commit(version=1, state="committed", run_id="r1")
    assert shown(tmp_path / "t") == [1, 2]


def test_a_repeat_finds_it_there_and_names_the_run_that_published(tmp_path: Path) -> None:
    publish(tmp_path / "t", numbers(1, 2), publication="p")
    publish(tmp_path / "t", numbers(9), extract="e2", run="other")
    assert publish(tmp_path / "t", numbers(1, 2), run="r2", publication="p") == Commit(1, "already", "r1")
    assert shown(tmp_path / "t") == [1, 2, 9]


def test_a_new_publication_replaces_its_extract_and_no_other(tmp_path: Path) -> None:
    publish(tmp_path / "t", numbers(1, 2))
    publish(tmp_path / "t", numbers(7), extract="e2", run="r2")
    assert publish(tmp_path / "t", numbers(3), run="r3").version == 3
    assert shown(tmp_path / "t") == [3, 7]
    assert shown(tmp_path / "t", "e1") == [3]
    assert sorted(scan_table(tmp_path / "t", version=2).collect()["x"]) == [1, 2, 7]


def test_going_back_to_an_earlier_publication_publishes_it_again(tmp_path: Path) -> None:
    publish(tmp_path / "t", numbers(1), run="r1", publication="old rules")
    publish(tmp_path / "t", numbers(2), run="r2", publication="new rules")
    again = publish(tmp_path / "t", numbers(1), run="r3", publication="old rules")
    assert (again.state, again.run_id) == ("committed", "r3")
    assert shown(tmp_path / "t") == [1]


def test_no_rows_replace_by_nothing(tmp_path: Path) -> None:
    publish(tmp_path / "t", numbers(1), extract="e1")
    assert publish(tmp_path / "t", numbers(), run="r2", publication="p").state == "committed"
    assert shown(tmp_path / "t") == []
    assert publish(tmp_path / "t", numbers(), run="r3", publication="p") == Commit(2, "nothing", None)


def test_no_rows_where_none_were_is_nothing_to_do(tmp_path: Path) -> None:
    assert publish(tmp_path / "t", numbers()) == Commit(None, "nothing", None)
    assert not (tmp_path / "t" / "_delta_log").exists()
    publish(tmp_path / "t", numbers(1))
    assert publish(tmp_path / "t", numbers(), extract="e2", run="r2") == Commit(1, "nothing", None)


def test_polars_and_duckdb_read_it_after_a_replacement(tmp_path: Path) -> None:
    publish(tmp_path / "t", numbers(1, 2))
    publish(tmp_path / "t", numbers(3, 4, 5), run="r2")
    assert sorted(pl.scan_delta(str(tmp_path / "t")).collect()["x"]) == [3, 4, 5]
    dataset = arrow_dataset(tmp_path / "t")
    assert duckdb.from_arrow(dataset).aggregate("sum(x), count(*), min(_wb_extract)").fetchall() == [(12, 3, "e1")]


@pytest.mark.parametrize("name", ["with space", "Größe", "day=2026-11-22", "a[b]*", "100%"])
def test_tables_are_read_whatever_their_folder_is_called(tmp_path: Path, name: str) -> None:
    publish(tmp_path / name / "t", numbers(1))
    publish(tmp_path / name / "t", numbers(2), extract="e2", run="r2")
    rows = scan_table(tmp_path / name / "t").sort("x").collect()
    assert rows.rows() == [(1, "e1"), (2, "e2")]
    in_duckdb = duckdb.from_arrow(arrow_dataset(tmp_path / name / "t")).order("x").fetchall()
    assert in_duckdb == [(1, "e1"), (2, "e2")]


@pytest.mark.parametrize("name", ["a%20b", "a#b", "a?b", "a\\b"])
def test_folders_that_delta_would_mistake_are_refused_before_anything_is_made(tmp_path: Path, name: str) -> None:
    with pytest.raises(PublishError, match="OUT-001") as refused:
        check_fits(tmp_path / name / "t", numbers().schema)
    assert "choose an output folder" in refused.value.findings[0].fix
    with pytest.raises(PublishError, match="OUT-001"):
        publish(tmp_path / name / "t", numbers(1))


def test_the_files_shown_are_those_of_the_newest_version(tmp_path: Path) -> None:
    assert files_shown(tmp_path / "t") == frozenset()
    publish(tmp_path / "t", numbers(1), run="r1")
    publish(tmp_path / "t", numbers(2), run="r2")
    assert {f.parent.name for f in files_shown(tmp_path / "t")} == {"run-r2"}
    assert all(f.is_absolute() and f.is_file() for f in files_shown(tmp_path / "t"))


def test_a_commit_carries_who_and_what(tmp_path: Path) -> None:
    publish(tmp_path / "t", numbers(1), run="r1", publication="p")
    entry = DeltaTable(str(tmp_path / "t")).history(1)[0]
    assert (entry["weighbridge.run"], entry["weighbridge.publication"], entry["as"]) == ("r1", "p", "test")


def test_files_carry_the_fingerprints(tmp_path: Path) -> None:
    told = file_metadata(contract_fingerprint="c", rules_fingerprint="r", run_id="r1", weighbridge_version="0.1")
    lazy_sink(numbers(1).lazy(), tmp_path, told).collect()
    found = pl.read_parquet_metadata(staged_files(tmp_path)[0].path)
    assert {k: found[k] for k in told} == {
        "weighbridge.version": "0.1",
        "weighbridge.run": "r1",
        "weighbridge.contract_fingerprint": "c",
        "weighbridge.rules_fingerprint": "r",
    }


def test_what_is_published_is_still_known_when_the_log_was_cleaned(tmp_path: Path) -> None:
    publish(tmp_path / "t", numbers(1), publication="p1")
    publish(tmp_path / "t", numbers(2), extract="e2", run="r2")
    DeltaTable(str(tmp_path / "t")).create_checkpoint()
    for version in (0, 1):
        (tmp_path / "t" / "_delta_log" / f"{version:020}.json").unlink()
    assert publish(tmp_path / "t", numbers(1), run="r3", publication="p1") == Commit(2, "already", "r1")
    assert shown(tmp_path / "t") == [1, 2]


# The contract's next version ----------------------------------------------------------------


def test_a_new_column_joins_and_is_null_in_what_was_there(tmp_path: Path) -> None:
    publish(tmp_path / "t", numbers(1))
    publish(tmp_path / "t", numbers(2).with_columns(note=pl.lit("new")), extract="e2", run="r2")
    rows = scan_table(tmp_path / "t").sort("x").select("x", "note")
    assert rows.collect().rows() == [(1, None), (2, "new")]
    assert pl.scan_delta(str(tmp_path / "t")).sort("x").select("x", "note").collect().rows() == [(1, None), (2, "new")]


def test_the_first_timestamp_without_a_zone_leaves_a_table_that_opens(tmp_path: Path) -> None:
    publish(tmp_path / "t", numbers(1))
    at = pl.lit("2026-11-22").str.to_datetime(time_unit="us")
    assert publish(tmp_path / "t", numbers(2).with_columns(at=at), extract="e2", run="r2").state == "committed"
    assert scan_table(tmp_path / "t").sort("x").collect()["at"].null_count() == 1
    assert pl.scan_delta(str(tmp_path / "t")).collect().height == 2


def test_a_column_that_went_is_null_in_what_comes(tmp_path: Path) -> None:
    publish(tmp_path / "t", numbers(1).with_columns(note=pl.lit("old")))
    publish(tmp_path / "t", numbers(2), extract="e2", run="r2")
    assert scan_table(tmp_path / "t").sort("x").select("x", "note").collect().rows() == [(1, "old"), (2, None)]


@pytest.mark.parametrize("order", [(9, 18), (18, 9)])
def test_decimals_may_have_more_digits_or_fewer(tmp_path: Path, order: tuple[int, int]) -> None:
    for i, digits in enumerate(order):
        frame = pl.DataFrame({"d": ["1234567.89"]}).cast({"d": pl.Decimal(digits, 2)})
        publish(tmp_path / "t", frame, extract=f"e{i}", run=f"r{i}")
    rows = scan_table(tmp_path / "t").collect()
    assert rows.schema["d"] == pl.Decimal(18, 2)
    assert [str(d) for d in rows["d"]] == ["1234567.89"] * 2
    assert pl.scan_delta(str(tmp_path / "t")).collect()["d"].to_list() == rows["d"].to_list()
    dataset = arrow_dataset(tmp_path / "t")
    assert [str(d) for (d,) in duckdb.from_arrow(dataset).project("d").fetchall()] == ["1234567.89"] * 2


def test_columns_that_do_not_fit_are_refused_together_and_the_old_version_is_served(tmp_path: Path) -> None:
    publish(tmp_path / "t", numbers(1).with_columns(note=pl.lit("old"), d=pl.lit("1.0").cast(pl.Decimal(9, 1))))
    new = pl.DataFrame({"x": ["one"], "Note": ["new"], "d": ["1.00"]}).cast({"d": pl.Decimal(12, 2)})
    for refused_by in (lambda: check_fits(tmp_path / "t", new.schema), lambda: publish(tmp_path / "t", new, run="r2")):
        with pytest.raises(PublishError) as refused:
            refused_by()
        findings = refused.value.findings
        assert [(f.code, f.detail) for f in findings] == [
            ("OUT-003", "x is long there and string in this contract"),
            ("OUT-003", "Note is there already as note"),
            ("OUT-003", "d is decimal(9,1) there and decimal(12,2) in this contract"),
        ]
        assert findings[0].fix.startswith("keep the old type, give the property a new name")
    assert shown(tmp_path / "t") == [1]


def test_types_that_no_table_holds_are_refused_before_a_table_is_made(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="OUT-005"):
        check_fits(tmp_path / "t", pl.Schema({"at": pl.Time()}))
    assert not (tmp_path / "t").exists()


# What cannot be -----------------------------------------------------------------------------


def test_nothing_published_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="OUT-008") as refused:
        scan_published(tmp_path, "flights", "flights")
    assert "run an extract of this contract into the folder first" in refused.value.findings[0].fix


def test_a_staged_file_that_went_is_not_published(tmp_path: Path) -> None:
    folder = stage_folder(tmp_path / "t", "e1", "r1")
    lazy_sink(numbers(1).lazy(), folder, {}).collect()
    files = staged_files(folder)
    files[0].path.unlink()
    with pytest.raises(PublishError, match="OUT-007"):
        commit(tmp_path / "t", numbers().schema, "e1", files, "r1", "p", {})
    assert shown(tmp_path / "t") == []


def test_a_damaged_log_is_a_finding(tmp_path: Path) -> None:
    publish(tmp_path / "t", numbers(1))
    for entry in (tmp_path / "t" / "_delta_log").glob("*.json"):
        entry.write_text("{ not json")
    for reading in (lambda: scan_table(tmp_path / "t"), lambda: publish(tmp_path / "t", numbers(1), run="r2")):
        with pytest.raises(PublishError, match="OUT-002") as refused:
            reading()
        assert "restore the folder, or publish into another one" in refused.value.findings[0].fix


def test_a_file_in_the_place_of_the_folder_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "t").write_text("in the way")
    with pytest.raises(PublishError, match="OUT-001"):
        commit(tmp_path / "t" / "x", numbers().schema, "e1", [_file(tmp_path)], "r1", "p", {})


def _file(folder: Path) -> StagedFile:
    lazy_sink(numbers(1).lazy(), folder / "staged", {}).collect()
    return staged_files(folder / "staged")[0]


# Races ---------------------------------------------------------------------------------------


def together(*doings: Callable[[], object]) -> list[object]:
    """Do them at once, each in a thread of its own; return what each gave."""
    gate = threading.Barrier(len(doings))
    results: list[object] = [None] * len(doings)

    def run(i: int) -> None:
        gate.wait()
        try:
            results[i] = doings[i]()
        except BaseException as error:
            results[i] = error

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(doings))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return results


@pytest.mark.parametrize("shown_before", ["e1", "e2"] * 5)
def test_two_rule_sets_racing_for_one_extract_leave_one_whole_publication(tmp_path: Path, shown_before: str) -> None:
    publish(tmp_path / "t", numbers(0), run="r0", extract=shown_before)
    done = together(
        staged(tmp_path / "t", numbers(1, 1), run="r1", publication="p1"),
        staged(tmp_path / "t", numbers(2, 2, 2), run="r2", publication="p2"),
    )
    assert [d.state for d in done if isinstance(d, Commit)] == ["committed", "committed"]
    assert shown(tmp_path / "t", "e1") in ([1, 1], [2, 2, 2])


@pytest.mark.parametrize("trial", range(6))
def test_one_publication_raced_by_many_lands_once(tmp_path: Path, trial: int) -> None:
    done = together(*(staged(tmp_path / "t", numbers(1, 2), run=f"r{i}", publication="p") for i in range(4)))
    assert sorted(d.state for d in done if isinstance(d, Commit)) == ["already"] * 3 + ["committed"]
    assert len({d.run_id for d in done if isinstance(d, Commit)}) == 1
    assert shown(tmp_path / "t") == [1, 2]


@pytest.mark.parametrize("trial", range(6))
def test_makers_of_one_table_with_different_columns_all_land(tmp_path: Path, trial: int) -> None:
    at = pl.lit("2026-11-22").str.to_datetime(time_unit="us")
    done = together(
        staged(tmp_path / "t", numbers(1).with_columns(a=pl.lit("a")), extract="e1", run="r1"),
        staged(tmp_path / "t", numbers(2).with_columns(b=at), extract="e2", run="r2"),
        staged(tmp_path / "t", numbers(3), extract="e3", run="r3"),
    )
    assert [d.state for d in done if isinstance(d, Commit)] == ["committed"] * 3
    rows = scan_table(tmp_path / "t").sort("x").collect()
    assert set(rows.columns) == {"x", "a", "b", "_wb_extract"}
    assert rows["x"].to_list() == [1, 2, 3]
    assert (rows["a"][0], rows["b"].null_count()) == ("a", 2)


def test_who_may_try_only_once_is_told_that_others_were_faster(tmp_path: Path) -> None:
    publish(tmp_path / "t", numbers(0), run="r0")
    for trial in range(50):
        tries = (staged(tmp_path / "t", numbers(i), run=f"r{trial}-{i}", attempts=1) for i in range(4))
        refused = [error for error in together(*tries) if not isinstance(error, Commit)]
        if refused:
            break
    assert {type(error) for error in refused} == {PublishError}
    assert str(refused[0]).startswith("OUT-009 the table was changed by others at every attempt to commit: 1 attempts")
    assert "what was published before is still served" in str(refused[0])
    assert len(shown(tmp_path / "t")) == 1
