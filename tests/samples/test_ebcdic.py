"""The mainframe's extract publishes the values of the CSVs; every planted fault is found, nothing silently wrong."""

import csv
import gzip
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from weighbridge.findings import Verdict
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.run import run
from weighbridge.sinks import Tables, scan_published, scan_table

ROOT = Path(__file__).parents[2]
CONTRACT, SAMPLES = ROOT / "contracts" / "flights_ebcdic.odcs.yaml", ROOT / "data" / "samples"
AS_OF = datetime(2014, 1, 1, 12, tzinfo=UTC)
ID = "nyc-flights-mainframe"
KEY = ["flight_date", "carrier", "flight", "origin"]


def ran(source: str, name: str, into: Path) -> tuple[RunResult, pl.DataFrame]:
    result = run(CONTRACT, SAMPLES / source, into=into, object_name=name, as_of=AS_OF)
    return result, scan_published(into, ID, name).collect().sort("_wb_record")


@pytest.fixture(scope="module")
def flights() -> pl.DataFrame:
    """The flights of January as the CSV has them, in the mainframe's columns."""
    column = pl.col
    content = gzip.decompress((SAMPLES / "flights.csv.gz").read_bytes())
    rows = pl.read_csv(content, null_values=["NA"]).filter(column("month") == 1)
    times = ("sched_dep_time", "dep_time", "dep_delay", "sched_arr_time", "arr_time", "arr_delay", "air_time")
    return rows.select(
        pl.date("year", "month", "day").alias("flight_date"),
        "carrier",
        "flight",
        "tailnum",
        "origin",
        column("time_hour").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC"),
        "dest",
        *times,
        column("distance").cast(pl.Float64),
    )


def test_flights_are_those_of_the_csv_value_for_value(flights: pl.DataFrame, tmp_path: Path) -> None:
    result, published = ran("flights_201301.ebc", "flights", tmp_path)
    assert result.receipt.balances
    assert result.verdicts[Verdict.ACCEPTED] == result.records == 27_004
    assert published.select(flights.columns).sort(KEY).equals(flights.sort(KEY))


def test_hours_are_those_of_the_weather_value_for_value(flights: pl.DataFrame, tmp_path: Path) -> None:
    result, published = ran("flights_201301.ebc", "hours", tmp_path)
    assert result.receipt.balances
    weather = pl.read_csv(SAMPLES / "weather.csv", null_values=["NA"], infer_schema_length=None).with_columns(
        pl.col("time_hour").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC")
    )
    hours = flights.select("origin", "time_hour").unique()
    columns = ["origin", "time_hour", "temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust"]
    columns += ["precip", "pressure", "visib"]
    expected = hours.join(weather, on=["origin", "time_hour"], how="left").select(columns).sort("origin", "time_hour")
    found = published.select(columns).sort("origin", "time_hour")
    assert expected["temp"].null_count() < 20 < expected["wind_gust"].null_count()
    numbers = [c for c in columns if expected.schema[c].is_numeric()]
    assert found.with_columns(pl.col(numbers).cast(pl.Float64)).equals(
        expected.with_columns(pl.col(numbers).cast(pl.Float64))
    )


def test_every_record_is_a_record_of_one_kind_and_a_span_of_the_other(tmp_path: Path) -> None:
    receipts = [ran("flights_201301.ebc", name, tmp_path)[0].receipt for name in ("hours", "flights")]
    (hours,), (flights,) = (receipt.sources for receipt in receipts)
    assert hours.records + flights.records == 1_642 + 27_004
    assert hours.record_bytes == flights.control_bytes["another segment"]
    assert flights.record_bytes == hours.control_bytes["another segment"]


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunResult, pl.DataFrame, dict[str, pl.DataFrame]]:
    into = tmp_path_factory.mktemp("faulty")
    result, published = ran("faulty/flights_faulty.ebc", "flights", into)
    kept = {name: scan_table(Tables(into, ID, "flights").path(name)).collect() for name in ("quarantine", "review")}
    return result, published, kept


def truth() -> dict[int, dict[str, str]]:
    with (SAMPLES / "faulty" / "flights_faulty.ebc.truth.csv").open(encoding="utf-8", newline="") as source:
        return {int(row["record"]): row for row in csv.DictReader(source)}


def test_every_planted_fault_is_found_and_no_clean_record_is_kept_back(
    faulty: tuple[RunResult, pl.DataFrame, dict[str, pl.DataFrame]],
) -> None:
    result, _, kept = faulty
    for table, verdict in (("quarantine", "rejected"), ("review", "uncertain")):
        expected = {number for number, row in truth().items() if row["verdict"] == verdict}
        assert set(kept[table]["record"].to_list()) == expected
    assert result.receipt.balances


def test_the_property_at_fault_is_blamed(
    faulty: tuple[RunResult, pl.DataFrame, dict[str, pl.DataFrame]],
) -> None:
    planted = truth()
    for table, effect in (("quarantine", "reject"), ("review", "review")):
        for row in faulty[2][table].to_dicts():
            blamed = {p for f in row["findings"] if f["effect"] == effect for p in (f["property"] or "").split(", ")}
            assert planted[row["record"]]["property"] in blamed | {""}, planted[row["record"]]
            assert all(f["fix"] for f in row["findings"])


def test_no_published_value_is_silently_wrong(
    flights: pl.DataFrame, faulty: tuple[RunResult, pl.DataFrame, dict[str, pl.DataFrame]]
) -> None:
    published = faulty[1].select(flights.columns)
    right = published.join(flights, on=flights.columns, how="semi", nulls_equal=True)
    wrong = published.height - right.height
    print(f"silently wrong records: {wrong} of {published.height}")
    assert wrong == 0
    assert published.height == 2_703 - 76 - 13
