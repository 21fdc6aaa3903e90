"""The contracts find the dirt that is known to be in the samples, and every planted fault, and nothing else."""

import csv
import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from weighbridge.contract import lint, load
from weighbridge.findings import Decision, Verdict
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.run import run
from weighbridge.sinks import Tables, scan_published, scan_table

ROOT = Path(__file__).parents[2]
CONTRACTS, SAMPLES = ROOT / "contracts", ROOT / "data" / "samples"
AS_OF = datetime(2014, 1, 1, 12, tzinfo=UTC)

FAULTY = {
    "flights_faulty.csv": "flights",
    "airports_faulty.csv": "airports",
    "flights_faulty.dat": "flights_fixed_width",
}
REAL = {
    "airlines": "airlines.csv",
    "airports": "airports.csv",
    "planes": "planes.csv",
    "weather": "weather.csv",
    "flights": "flights.csv.gz",
    "flights_fixed_width": "flights_201301.dat",
}


@dataclass(frozen=True)
class Ran:
    """What running a sample gave, and the folder it was published into."""

    result: RunResult
    into: Path

    def failures(self) -> dict[str, int]:
        """Return how many records failed each check that did not hold."""
        return {c.name: c.failed_records for c in self.result.checks if not c.holds and c.failed_records is not None}

    def observed(self) -> dict[str, str | None]:
        """Return what each failing check of the whole extract observed."""
        return {c.name: c.observed for c in self.result.checks if not c.holds and c.failed_records is None}

    def table(self, name: str) -> pl.DataFrame:
        """Return the rows this run left in a table, in source order."""
        ref = self.result.contract
        rows = scan_table(Tables(self.into, ref.id, ref.object).path(name))
        return rows.filter(pl.col("run") == self.result.run_id).sort("record").collect()


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Ran]:
    """Run a real sample once in a session, weather before flights, all into one folder."""
    into = tmp_path_factory.mktemp("real")
    done: dict[str, Ran] = {}

    def give(name: str) -> Ran:
        if name == "flights":
            give("weather")
        if name not in done:
            contract = load(CONTRACTS / f"{name}.odcs.yaml")
            done[name] = Ran(run(contract, SAMPLES / REAL[name], into=into, as_of=AS_OF), into)
        return done[name]

    return give


@pytest.mark.parametrize("path", sorted(CONTRACTS.glob("*.yaml")), ids=lambda path: path.name)
def test_lint_has_nothing_to_say_of_the_contracts(path: Path) -> None:
    report = lint(path)
    assert report.findings == ()
    assert report.contract is not None


@pytest.mark.parametrize("name", list(REAL))
def test_every_real_sample_is_published(ran: Callable[[str], Ran], name: str) -> None:
    result = ran(name).result
    expected = Decision.PUBLISH if name == "airlines" else Decision.PUBLISH_WITH_WARNINGS
    assert (result.state, result.decision) == ("published", expected)
    assert result.receipt.balances


def test_flights_dirt_is_found(ran: Callable[[str], Ran]) -> None:
    flights = ran("flights")
    assert flights.failures() == {
        "tailnum|pattern": 4,
        "tailnum|foreignKey:planes": 50_094,
        "dest|foreignKey:airports": 7_602,
        "origin+time_hour|foreignKey:weather": 1_556,
        "dep_time|dep_time_midnight": 29,
        "arr_time|arr_time_midnight": 150,
        "plausible_speed": 1,
    }
    assert flights.observed() == {}
    assert flights.result.verdicts[Verdict.REJECTED] == 4
    assert "D942DN" in flights.table("quarantine")["raw"][0].decode()


def test_weather_dirt_is_found(ran: Callable[[str], Ran]) -> None:
    weather = ran("weather")
    assert weather.failures() == {"wind_speed|maximum": 1, "wind_speed|strong_wind": 1}
    assert weather.observed() == {"hours_repeat_at_the_clock_change": "observed 3 of 26,115 records"}
    kept = weather.table("quarantine")
    assert kept.height == 1
    assert kept["raw"][0].startswith(b"EWR,2013,2,12,3,")
    assert {f["seen"] for f in kept["findings"][0]} == {"1048.36058"}


def test_weather_goes_stale(tmp_path: Path) -> None:
    contract = load(CONTRACTS / "weather.odcs.yaml")
    late = datetime(2014, 1, 3, tzinfo=UTC)
    result = run(contract, SAMPLES / "weather.csv", into=tmp_path, as_of=late)
    assert not next(c for c in result.checks if c.name == "time_hour|freshness").holds
    assert result.decision is Decision.PUBLISH_WITH_WARNINGS


def test_planes_and_airports_dirt_is_found(ran: Callable[[str], Ran]) -> None:
    planes, airports = ran("planes"), ran("airports")
    assert planes.failures() == {"year|built_in_the_jet_age": 3, "seats|an_airliner_has_seats": 34}
    assert planes.observed() == {"speed|speed_is_hardly_ever_known": "observed 99.31 % (3,299 of 3,322)"}
    assert airports.failures() == {"tz|maximum": 2, "tzone|pattern": 2, "lon|west_of_greenwich": 3}


def test_airbus_industrie_becomes_airbus(ran: Callable[[str], Ran]) -> None:
    makers = scan_published(ran("planes").into, "nyc-planes", "planes").group_by("manufacturer").len().collect()
    counted = dict(makers.iter_rows())
    assert counted["AIRBUS"] == 336 + 400
    assert "AIRBUS INDUSTRIE" not in counted
    assert counted["MCDONNELL DOUGLAS"] == 120 + 103 + 14


def test_the_hosts_extract_publishes_the_values_of_the_csv(ran: Callable[[str], Ran]) -> None:
    column = pl.col
    published = scan_published(ran("flights_fixed_width").into, "nyc-flights-host", "flights").sort("_wb_record")
    content = gzip.decompress((SAMPLES / "flights.csv.gz").read_bytes())
    original = pl.read_csv(content, null_values=["NA"]).filter(column("month") == 1)
    assert original["hour"].to_list() == (original["sched_dep_time"] // 100).to_list()
    expected = original.select(
        pl.lit("F").alias("record_type"),
        pl.date("year", "month", "day").alias("flight_date"),
        pl.date("year", "month", "day").alias("sched_julian"),
        "carrier",
        "flight",
        "tailnum",
        "origin",
        "dest",
        *("sched_dep_time", "dep_time", "dep_delay", "sched_arr_time", "arr_time", "arr_delay", "air_time"),
        column("distance").cast(pl.Float64),
        column("time_hour").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC"),
    )
    frame = published.select(expected.columns).collect()
    assert frame.height == 27_004
    assert frame.equals(expected)


def truth_of(name: str) -> dict[int, dict[str, str]]:
    with (SAMPLES / "faulty" / f"{name}.truth.csv").open(encoding="utf-8", newline="") as source:
        return {int(row["record"]): row for row in csv.DictReader(source)}


@pytest.fixture(scope="session")
def ran_faulty(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Ran]:
    done: dict[str, Ran] = {}

    def give(name: str) -> Ran:
        if name not in done:
            into = tmp_path_factory.mktemp("faulty")
            contract = load(CONTRACTS / f"{FAULTY[name]}.odcs.yaml")
            done[name] = Ran(run(contract, SAMPLES / "faulty" / name, into=into, as_of=AS_OF), into)
        return done[name]

    return give


@pytest.mark.parametrize("name", list(FAULTY))
def test_every_planted_fault_is_found_and_no_clean_record_rejected(ran_faulty: Callable[[str], Ran], name: str) -> None:
    truth = truth_of(name)
    rejected = {number for number, row in truth.items() if row["verdict"] == "rejected"}
    found = ran_faulty(name)
    assert set(found.table("quarantine")["record"].to_list()) == rejected
    assert found.result.verdicts[Verdict.REJECTED] == len(rejected)
    assert found.result.verdicts[Verdict.UNCERTAIN] == found.result.verdicts[Verdict.REPAIRED] == 0


@pytest.mark.parametrize("name", list(FAULTY))
def test_the_property_at_fault_is_blamed(ran_faulty: Callable[[str], Ran], name: str) -> None:
    truth = truth_of(name)
    for row in ran_faulty(name).table("quarantine").to_dicts():
        planted = truth[row["record"]]
        blamed = {p for f in row["findings"] if f["effect"] == "reject" for p in (f["property"] or "").split(", ")}
        if planted["property"]:
            assert planted["property"] in blamed, planted
        assert all(f["fix"] for f in row["findings"])


def test_faults_within_the_limit_are_published_without(ran_faulty: Callable[[str], Ran]) -> None:
    flights = ran_faulty("flights_faulty.csv")
    published = scan_published(flights.into, "nyc-flights", "flights").select("_wb_record").collect()
    assert flights.result.state == "published"
    assert published.height == flights.result.records - flights.table("quarantine").height


def test_faults_above_the_limit_hold_the_extract(ran_faulty: Callable[[str], Ran]) -> None:
    held = ran_faulty("flights_faulty.dat").result
    assert (held.state, held.exit_code) == ("held", 1)
    assert [f.code for f in held.findings if f.code == "RUN-002"] == ["RUN-002"]
