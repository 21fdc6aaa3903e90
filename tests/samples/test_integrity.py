"""The samples are what their README and their manifest say."""

import csv
import gzip
import importlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
MANIFEST = json.loads((SAMPLES / "manifest.json").read_text())
TRUTHS = [name for name in MANIFEST if name.endswith(".truth.csv")]


@pytest.fixture(scope="module")
def scripts() -> Iterator[dict[str, ModuleType]]:
    names = ("make_fixed_width", "make_ebcdic", "make_faulty", "make_manifest")
    sys.path.insert(0, str(SAMPLES))
    try:
        yield {name: importlib.import_module(name) for name in names}
    finally:
        sys.path.remove(str(SAMPLES))


def table(name: str) -> pl.DataFrame:
    return pl.read_csv(SAMPLES / name, null_values=["NA"], infer_schema_length=None)


@pytest.fixture(scope="module")
def flights() -> pl.DataFrame:
    return pl.read_csv(gzip.decompress((SAMPLES / "flights.csv.gz").read_bytes()), null_values=["NA"])


@pytest.mark.parametrize("name", list(MANIFEST))
def test_each_file_is_what_the_manifest_says(name: str, scripts: dict[str, ModuleType]) -> None:
    assert scripts["make_manifest"].described(name) == MANIFEST[name]


def test_the_manifest_names_every_file() -> None:
    data = {
        p.relative_to(SAMPLES).as_posix() for p in SAMPLES.rglob("*") if p.suffix in {".csv", ".dat", ".ebc", ".gz"}
    }
    assert data == set(MANIFEST)


def test_the_readme_names_every_digest() -> None:
    readme = (SAMPLES / "README.md").read_text()
    for name, facts in MANIFEST.items():
        if not name.startswith("faulty/"):
            assert facts.get("content_sha256", facts["sha256"])[:16] in readme, name
            assert f"{facts.get('content_bytes', facts['bytes']):,}" in readme, name
            assert f"{facts['records']:,}" in readme, name


@pytest.mark.parametrize("name", TRUTHS)
def test_the_readme_counts_the_truth_lists(name: str) -> None:
    readme = (SAMPLES / "README.md").read_text()
    with (SAMPLES / name).open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    kinds = len({row["kind"] for row in rows})
    assert f"`{Path(name).name}`: {len(rows)} records, {kinds} kinds" in readme


def test_the_readme_shows_the_layout(scripts: dict[str, ModuleType]) -> None:
    readme = (SAMPLES / "README.md").read_text()
    for field in scripts["make_fixed_width"].LAYOUT:
        assert f"| {field.start} | {field.length} | `{field.name}` | `{field.picture}` | {field.note} |" in readme


def test_the_scripts_give_the_same_bytes_again(scripts: dict[str, ModuleType], tmp_path: Path) -> None:
    scripts["make_fixed_width"].main(tmp_path)
    scripts["make_ebcdic"].main(tmp_path)
    scripts["make_faulty"].main(tmp_path / "faulty")
    made = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file())
    assert made == sorted(name for name in MANIFEST if name.startswith("faulty/") or name.endswith((".dat", ".ebc")))
    for name in made:
        assert (tmp_path / name).read_bytes() == (SAMPLES / name).read_bytes(), name


@pytest.mark.parametrize("name", TRUTHS)
def test_truth_lists_are_in_order_and_plain(name: str) -> None:
    with (SAMPLES / name).open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    numbers = [int(row["record"]) for row in rows]
    assert numbers == sorted(set(numbers))
    assert {row["verdict"] for row in rows} <= {"accepted", "rejected", "uncertain"}
    assert all(row["kind"] and row["why"] for row in rows)


def test_the_dirt_of_flights_is_in(flights: pl.DataFrame) -> None:
    column = pl.col
    tails = table("planes.csv")["tailnum"].implode()
    airports = table("airports.csv")["faa"].implode()
    counted = flights.select(
        no_tail=column("tailnum").is_null().sum(),
        no_plane=(column("tailnum").is_not_null() & ~column("tailnum").is_in(tails)).sum(),
        no_airport=(~column("dest").is_in(airports)).sum(),
        not_n=(~column("tailnum").str.starts_with("N")).sum(),
        departs_2400=(column("dep_time") == 2400).sum(),
        arrives_2400=(column("arr_time") == 2400).sum(),
    ).row(0)
    assert counted == (2_512, 50_094, 7_602, 4, 29, 150)


def test_the_dirt_of_weather_is_in() -> None:
    weather = table("weather.csv")
    assert weather.filter(pl.col("wind_speed") > 254)["wind_speed"].to_list() == [1048.36058]
    local = weather.filter(pl.struct("origin", "year", "month", "day", "hour").is_duplicated())
    assert local.height == 6
    assert weather.select(pl.struct("origin", "time_hour").is_unique().all()).item()


def test_the_dirt_of_planes_and_airports_is_in() -> None:
    makers = Counter(table("planes.csv")["manufacturer"].to_list())
    assert (makers["AIRBUS"], makers["AIRBUS INDUSTRIE"]) == (336, 400)
    spelt_twice = ("AIRBUS INDUSTRIE", "CANADAIR LTD", "MCDONNELL DOUGLAS AIRCRAFT CO", "MCDONNELL DOUGLAS CORPORATION")
    assert sum(makers[name] for name in spelt_twice) == 518
    east = table("airports.csv").filter(pl.col("lon").is_between(0, 170))["faa"].to_list()
    assert sorted(east) == ["DVT", "EEN", "MYF"]
