"""Databases: a real PostgreSQL, SQLite and DuckDB; what they hold, and how they fail."""

from __future__ import annotations

import gzip
import json
import sqlite3
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.readers.extracts import codes, rows
from tests.support.postgres import Server as Postgres
from weighbridge.contract.model import LogicalType, Property, SchemaObject, Server
from weighbridge.findings import CATALOGUE, SourceError
from weighbridge.readers import open_extract
from weighbridge.readers.opening import read_from
from weighbridge.readers.values import as_json, text_of


def schema(*properties: Property, name: str = "things") -> SchemaObject:
    return SchemaObject(name, name, properties)


def prop(name: str, kind: LogicalType = LogicalType.STRING, key: bool = False, **more: Any) -> Property:
    return Property(name, kind, (name,), required=key, primary_key_position=1 if key else None, **more)


ID = prop("id", LogicalType.INTEGER, key=True)
TWO = schema(ID, prop("who"))


def database(url: str, **record_format: Any) -> Server:
    return Server("base", "postgres", record_format={"url": url, **record_format})


@pytest.fixture
def url(postgres_server: Postgres) -> str:
    return postgres_server.url()


def made(server: Postgres, url: str, *statements: str) -> str:
    server.execute(*statements, database=url.rpartition("/")[2])
    return url


def refused(schema: SchemaObject, server: Server | None, *sources: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        open_extract(sources, schema, server)
    return caught.value


def test_a_table_is_read_in_the_order_of_its_key_and_counted_by_the_database(
    postgres_server: Postgres, url: str
) -> None:
    made(
        postgres_server,
        url,
        "CREATE TABLE things (id int PRIMARY KEY, who text, extra int)",
        "INSERT INTO things VALUES (3, 'Zoë', 1), (1, 'ann', 2), (2, NULL, 3)",
    )
    extract = open_extract([], TWO, database(url))
    assert rows(extract) == [("1", "ann"), ("2", None), ("3", "Zoë")]
    assert codes(extract) == ["RDR-021"]
    (account,) = extract.account()
    assert account.records == account.source.content_rows == 3
    assert extract.container == "database"
    raw = [json.loads(r) for r in extract.scan().collect()["__raw"]]
    assert raw[0] == {"key": {"id": 1}, "row": {"id": 1, "who": "ann"}}
    assert "correct" not in str(extract.options) + str(extract.sources)


def test_the_identity_is_the_rows_whatever_their_order(postgres_server: Postgres, url: str) -> None:
    made(postgres_server, url, "CREATE TABLE things (id int, who text)", "INSERT INTO things VALUES (1,'a'),(2,'b')")
    first = open_extract([], TWO, database(url, query="SELECT * FROM things ORDER BY id")).sources[0].sha256
    second = open_extract([], TWO, database(url, query="SELECT * FROM things ORDER BY id DESC")).sources[0].sha256
    made(postgres_server, url, "UPDATE things SET who = 'c' WHERE id = 2")
    third = open_extract([], TWO, database(url, query="SELECT * FROM things ORDER BY id")).sources[0].sha256
    assert first == second != third


VALUES = {
    "numeric": ("12345678901234567890.123456789", "12345678901234567890.123456789"),
    "numeric(10,2)": ("1.50", "1.50"),
    "double precision": ("0.1", "0.1"),
    "bigint": ("9223372036854775807", "9223372036854775807"),
    "boolean": ("true", "true"),
    "date": ("2024-02-29", "2024-02-29"),
    "timestamp": ("2024-01-05 10:00:00.123456", "2024-01-05 10:00:00.123456"),
    "timestamptz": ("2024-01-05 10:00:00+02", "2024-01-05 08:00:00+00"),
    "time": ("24:00:00", "24:00:00"),
    "interval": ("1 day 2 hours", "P1DT2H"),
    "uuid": ("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    "jsonb": ('{"a": [1, 2.50]}', '{"a": [1, 2.50]}'),
    "bytea": ("\\xdeadbeef", "\\xdeadbeef"),
    "text": ('tab\tand "quote" – %s :x', 'tab\tand "quote" – %s :x'),
    "char(5)": ("ab", "ab   "),
    "int[]": ("{1,2,NULL}", "[1,2,null]"),
    "numeric[]": ("{1.50,2}", "[1.50,2]"),
    "inet": ("10.0.0.1/8", "10.0.0.1/8"),
    "int4range": ("[1,5)", "[1,5)"),
    "money": ("12.5", "$12.50"),
}
BEYOND = {
    "numeric": ("NaN", "NaN"),
    "double precision": ("Infinity", "inf"),
    "date": ("infinity", "infinity"),
    "timestamptz": ("-infinity", "-infinity"),
    "timestamp": ("0044-03-15 BC", "0044-03-15 00:00:00 BC"),
}


def test_no_type_loses_anything(postgres_server: Postgres, url: str) -> None:
    for number, (values, prefix) in enumerate([(VALUES, "v"), (BEYOND, "b")]):
        columns = {f"{prefix}{i}": kind for i, kind in enumerate(values)}
        listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        given = ", ".join("'" + v.replace("'", "''") + f"'::{k}" for k, (v, _) in values.items())
        made(postgres_server, url, f"CREATE TABLE t{number} ({listed})", f"INSERT INTO t{number} SELECT {given}")
        of_all = schema(*(prop(name) for name in columns), name=f"t{number}")
        (found,) = rows(open_extract([], of_all, database(url)))
        assert dict(zip(values, found, strict=True)) == {kind: want for kind, (_, want) in values.items()}


def test_days_and_moments_at_midnight_are_each_other(postgres_server: Postgres, url: str) -> None:
    made(
        postgres_server,
        url,
        "CREATE TABLE things (day timestamp, moment date, instant timestamptz, n numeric(6,2))",
        "INSERT INTO things VALUES ('2024-01-05', '2024-01-05', '2024-01-05 00:00+00', 5.00)",
    )
    wanted = schema(
        prop("day", LogicalType.DATE),
        prop("moment", LogicalType.TIMESTAMP),
        prop("instant", LogicalType.DATE),
        prop("n", LogicalType.INTEGER),
    )
    assert rows(open_extract([], wanted, database(url))) == [("2024-01-05", "2024-01-05 00:00:00", "2024-01-05", "5")]


def test_what_cannot_be_read_is_a_finding_with_a_fix_and_no_password(postgres_server: Postgres, url: str) -> None:
    made(postgres_server, url, "CREATE TABLE things (id int, who text)", "INSERT INTO things VALUES (1, 'x')")
    name = url.rpartition("/")[2]
    made(
        postgres_server,
        url,
        f"DROP ROLE IF EXISTS guest_{name}",
        f"CREATE ROLE guest_{name} LOGIN PASSWORD 'sesame open'",
    )
    guest = postgres_server.url(name, user=f"guest_{name}", password="sesame open")
    wrong = url.replace("correct", "hunter2")
    slow = database(url, query="SELECT 1 AS id, pg_sleep(20)::text AS who", timeoutSeconds=1)
    cases = {
        "RDR-350": database("postgresql://me:sesame@127.0.0.1:1/x"),
        "RDR-351": database(wrong),
        "RDR-352": database(url, table="thing"),
        "RDR-353": slow,
        "RDR-356": database("postgresql://me:${NO_SUCH_VARIABLE}@h/x"),
    }
    fixes = {
        "RDR-350": "check host, port and network",
        "RDR-351": "check user and password in the environment",
        "RDR-352": "check the table's name",
        "RDR-353": "raise recordFormat.timeoutSeconds",
        "RDR-356": "declare host and database",
    }
    for code, server in cases.items():
        error = refused(TWO, server)
        (finding,) = error.findings
        assert (finding.code, finding.fix[: len(fixes[code])]) == (code, fixes[code])
        for secret in ("sesame", "hunter2", "horse", "correct"):
            assert secret not in str(error)
    assert refused(TWO, database(guest)).findings[0].code == "RDR-351"
    assert "permission denied" in str(refused(TWO, database(guest)))
    for query in ("SELECT * FROM nowhere", "SELEC 1", "DELETE FROM things RETURNING id, who", "SELECT 1/0 AS id"):
        assert refused(TWO, database(url, query=query)).findings[0].code == "RDR-352"
    assert len(rows(open_extract([], TWO, database(url)))) == 1


def test_a_message_that_may_quote_a_classified_value_is_not_repeated(postgres_server: Postgres, url: str) -> None:
    query = "SELECT 1 AS id, ('ZQXSECRET' || 'x')::int::text AS who"
    plain = refused(TWO, database(url, query=query))
    assert "ZQXSECRET" in str(plain)
    hidden = schema(ID, replace(TWO.properties[1], classification="pii"))
    assert "ZQXSECRET" not in refused(hidden, database(url, query=query)).findings[0].detail


def test_the_contracts_server_and_the_environment_say_where(
    postgres_server: Postgres, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(postgres_server, url, "CREATE SCHEMA s", "CREATE TABLE s.things (id int, who text)")
    made(postgres_server, url, "INSERT INTO s.things VALUES (1, '50%')")
    monkeypatch.setenv("PGUSER", "weighbridge")
    monkeypatch.setenv("PGPASSWORD", "correct horse battery")
    at = {"host": "127.0.0.1", "port": postgres_server.port, "database": url.rpartition("/")[2], "schema": "s"}
    assert rows(open_extract([], TWO, Server("base", "postgres", connection=at))) == [("1", "50%")]
    monkeypatch.setenv("BASE_URL", url)
    assert rows(open_extract([], TWO, database("${BASE_URL}", table="s.things"))) == [("1", "50%")]
    assert rows(open_extract([url], TWO, Server("base", "postgres", connection={"schema": "s"}))) == [("1", "50%")]
    assert refused(TWO, Server("base", "postgres")).findings[0].code == "RDR-356"


def test_rows_that_change_meanwhile_do_not_change_the_snapshot(postgres_server: Postgres, url: str) -> None:
    made(postgres_server, url, "CREATE TABLE things (id int, who text)")
    made(postgres_server, url, "INSERT INTO things SELECT g, 'x' FROM generate_series(1, 20000) g")
    extract = open_extract([], TWO, database(url))
    made(postgres_server, url, "DELETE FROM things")
    assert extract.scan().select(pl.len()).collect().item() == 20000
    assert extract.account()[0].records == extract.account()[0].source.content_rows == 20000


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    path = tmp_path / "things.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, who TEXT, blob BLOB)")
        rows = [(2, None, b"\xff"), (1, "ann", b"ok"), (3, 1.5, None)]
        connection.executemany("INSERT INTO things VALUES (?, ?, ?)", rows)
    return str(path)


def test_a_connection_that_is_lost_while_reading_is_to_be_tried_again(url: str) -> None:
    ending = database(url, query="SELECT 1 AS id, pg_terminate_backend(pg_backend_pid())::text AS who")
    with pytest.raises(SourceError) as caught:
        open_extract((), TWO, ending).scan().collect()
    (finding,) = caught.value.findings
    assert finding.code == "RDR-354"
    assert "make the run again" in finding.fix


def test_sqlite_is_read_by_path_or_url_and_never_written(sqlite: str) -> None:
    of_three = schema(ID, prop("who"), prop("blob"))
    expected = [("1", "ann", "ok"), ("2", None, "\\xff"), ("3", "1.5", None)]
    assert rows(open_extract([sqlite], of_three, None)) == expected
    assert rows(open_extract([f"sqlite:///{sqlite}"], of_three, None)) == expected
    declared = Server("base", "custom", record_format={"kind": "database", "url": f"sqlite:///{sqlite}"})
    assert rows(open_extract([], of_three, declared)) == expected
    deleting = Server("base", "custom", record_format={"kind": "database", "query": "DELETE FROM things"})
    assert refused(of_three, deleting, sqlite).findings[0].code in ("RDR-352", "RDR-354")
    assert len(rows(open_extract([sqlite], of_three, None))) == 3


def test_what_is_no_sqlite_is_a_finding(tmp_path: Path, sqlite: str) -> None:
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"id,who\n1,ann\n" * 100)
    assert "it is no SQLite database" in str(refused(TWO, None, str(broken)))
    cut = tmp_path / "cut.sqlite"
    cut.write_bytes(Path(sqlite).read_bytes()[:4500])
    assert "it was cut short" in str(refused(TWO, None, str(cut)))
    endless = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n)"
    forever = f"{endless} SELECT max(id) AS id, 'x' AS who FROM n"
    slow = Server("base", "custom", record_format={"kind": "database", "query": forever, "timeoutSeconds": 1})
    assert refused(TWO, slow, sqlite).findings[0].code == "RDR-353"


def test_a_database_is_known_by_its_bytes_and_read_packed(tmp_path: Path, sqlite: str) -> None:
    expected = [("1", "ann"), ("2", None), ("3", "1.5")]
    content = Path(sqlite).read_bytes()
    for name in ("things.db", "things", "things.csv"):
        (tmp_path / name).write_bytes(content)
        assert rows(open_extract([str(tmp_path / name)], TWO, None)) == expected
    (tmp_path / "things.sqlite.gz").write_bytes(gzip.compress(content))
    packed = str(tmp_path / "things.sqlite.gz")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("things.sqlite", content)
    for source in (packed, str(tmp_path / "all.zip"), f"{tmp_path / 'all.zip'}::things.sqlite"):
        extract = open_extract([source], TWO, None)
        assert rows(extract) == expected
        name = extract.sources[0].name
        assert name.startswith(source)
        assert rows(open_extract(read_from([name], None), TWO, None)) == expected
    assert read_from([f"{tmp_path / 'things.db'}!things"], None) == [str(tmp_path / "things.db")]


def test_a_packed_database_that_is_cut_or_doubled_is_refused(tmp_path: Path, sqlite: str) -> None:
    content = Path(sqlite).read_bytes()
    (tmp_path / "things.sqlite.gz").write_bytes(gzip.compress(content)[:-20])
    (finding,) = refused(TWO, None, str(tmp_path / "things.sqlite.gz")).findings
    assert (finding.code, "have the file sent again" in finding.fix) == ("RDR-006", True)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("one.sqlite", content)
        archive.writestr("two.sqlite", content)
    (finding,) = refused(TWO, None, str(tmp_path / "all.zip")).findings
    assert finding.code == "RDR-356"
    assert "all.zip::one.sqlite" in finding.detail
    assert "archive::member" in finding.fix


def test_a_table_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path, sqlite: str) -> None:
    (finding,) = refused(schema(ID, name="orders"), None, sqlite).findings
    assert (finding.code, finding.detail) == ("RDR-352", "no such table: orders; there are: things")
    assert "recordFormat.table" in finding.fix
    sqlite3.connect(tmp_path / "none.sqlite").executescript("CREATE TABLE a (b); DROP TABLE a").connection.close()
    assert "it has no table at all" in str(refused(TWO, None, str(tmp_path / "none.sqlite")))
    assert rows(open_extract([sqlite], schema(ID, name="THINGS"), None)) == [("1",), ("2",), ("3",)]


def test_text_of_another_encoding_costs_its_record_alone(tmp_path: Path) -> None:
    path = str(tmp_path / "things.sqlite")
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, who TEXT)")
        connection.execute("INSERT INTO things VALUES (1, 'ann'), (2, CAST(x'636166e9' AS TEXT)), (3, 'eve')")
    extract = open_extract([path], TWO, None)
    frame = extract.scan().collect()
    assert frame["raw:who"].to_list() == ["ann", "\\x636166e9", "eve"]
    assert json.loads(frame["__raw"][1])["row"]["who"] == "\\x636166e9"
    doubts = extract.raw_doubts["who"]
    assert [d.doubt.code for d in doubts] == ["RDR-357"]
    assert "have the value stored again as text" in CATALOGUE["RDR-357"].fix


def test_duckdb_is_read(tmp_path: Path) -> None:
    path = str(tmp_path / "things.duckdb")
    with duckdb.connect(path) as connection:
        connection.execute("CREATE TABLE things (id INT PRIMARY KEY, who VARCHAR, tags INT[], d DECIMAL(30,10))")
        connection.execute("INSERT INTO things VALUES (2, 'b', [1, 2], 1.5), (1, NULL, NULL, 12345678901234567890.5)")
    wanted = schema(ID, prop("who"), prop("tags"), prop("d"))
    assert rows(open_extract([path], wanted, None)) == [
        ("1", None, None, "12345678901234567890.5000000000"),
        ("2", "b", "[1,2]", "1.5000000000"),
    ]
    assert refused(schema(ID, name="none"), None, path).findings[0].code == "RDR-352"


def test_a_driver_that_is_missing_is_named() -> None:
    error = refused(TWO, Server("base", "oracle", connection={"host": "h", "database": "d"}))
    assert error.findings[0].code == "RDR-355"
    assert error.findings[0].fix.startswith("install a driver for oracle")


def test_values_without_a_type_of_their_own_become_json() -> None:
    assert (
        as_json({"a": [1, None, True, float("nan")], "b": {"c": b"\x00"}})
        == '{"a":[1,null,true,"nan"],"b":{"c":"\\\\x00"}}'
    )
    assert text_of(2.0, LogicalType.INTEGER) == "2"
    assert text_of(float("nan"), LogicalType.NUMBER) == "nan"
