"""The same polluted CSV files through Weighbridge and DuckDB's `store_rejects`: what each keeps of every record.

python -m benchmarks.store_rejects [--write]    prints the table; --write puts it into docs/against-duckdb.md

Every record of a file is listed with what must become of it. A record is judged

* right, when it must be loaded and its values stand in the table, or must be rejected and is;
* loaded wrong, when it stands in the table with other values, or although it is broken;
* lost, when it stands neither in the table nor among the rejects;

and of rejected ones, whether the very bytes, the offset and a reason are kept.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from weighbridge.pipeline.run import run
from weighbridge.sinks import Tables
from weighbridge.sinks.reading import scan_table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "against-duckdb.md"
_MARK = "<!-- table: python -m benchmarks.store_rejects --write -->"
CONTRACT = """
apiVersion: v3.2.0
kind: DataContract
id: things
version: 1.0.0
status: active
servers:
- {server: here, type: local, path: ., format: csv, encoding: utf-8, customProperties: [
   {vendor: weighbridge, property: recordFormat, value: {kind: delimited, delimiter: ",", header: true}}]}
schema:
- name: things
  properties:
  - {name: id, logicalType: integer, required: true}
  - {name: who, logicalType: string}
"""
HEAD = b"id,who\n"
Sound = tuple[int, str | None]


@dataclass(frozen=True, slots=True)
class File:
    """A polluted file: its records in order, each with its bytes and, when it is sound, its values."""

    name: str
    records: tuple[tuple[bytes, Sound | None], ...]

    @property
    def content(self) -> bytes:
        return HEAD + b"".join(raw + b"\n" for raw, _ in self.records)

    def offsets(self) -> list[int]:
        at, places = len(HEAD), []
        for raw, _ in self.records:
            places.append(at)
            at += len(raw) + 1
        return places


@dataclass(frozen=True, slots=True)
class Reject:
    """A rejected record: its offset, what was kept of it, and the reason."""

    offset: int | None
    raw: bytes | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What came out of a file; `failed` says why nothing did."""

    loaded: tuple[Sound, ...]
    rejects: tuple[Reject, ...]
    failed: str = ""


def files() -> list[File]:
    """The polluted files: sound records with one kind of broken ones between them."""
    broken: dict[str, list[bytes]] = {
        "a field too many": [b"2,bob,x", b"4,d,,"],
        "a field missing": [b"2", b"4"],
        "a word for a number": [b"two,bob", b"4x,dee"],
        "no key": [b",bob", b",dee"],
        "another encoding": [b"2,Zo\xeb", b"\xff4,dee"],
        "text after a quote": [b'2,"bob"x', b'4,"d""e"e'],
        "NUL bytes": [b"2,b\0b", b"\0\0\0\0"],
        "a number beyond 64 bits": [b"99999999999999999999999,bob"],
        "a fraction for an integer": [b"2.5,bob", b"4.4,dee"],
    }
    made = [
        File(name, ((b"1,ann", (1, "ann")), *((raw, None) for raw in raws), (b"9,ida", (9, "ida"))))
        for name, raws in broken.items()
    ]
    last = (b'2,"bob', None)
    made.append(File("a quote that is never closed", ((b"1,ann", (1, "ann")), last)))
    mixed = [(raw, None) for raws in broken.values() for raw in raws]
    made.append(File("all of them", ((b"1,ann", (1, "ann")), *mixed, (b"9,ida", (9, "ida")))))
    several = b'5,"two\nlines"'
    made.append(
        File("sound, over two lines", ((b"1,ann", (1, "ann")), (several, (5, "two\nlines")), (b"9,ida", (9, "ida"))))
    )
    return made


def by_weighbridge(path: Path, folder: Path) -> Kept:
    contract = folder / "things.odcs.yaml"
    contract.write_text(CONTRACT)
    result = run(contract, path, into=folder / "out")
    tables = Tables(folder / "out", "things", "things")
    loaded = scan_table(tables.published).select("id", "who").collect().rows() if result.state == "published" else []
    rejects: list[Reject] = []
    if (tables.path("quarantine") / "_delta_log").exists():
        kept = scan_table(tables.path("quarantine")).select("offset", "raw", "findings").collect()
        rejects = [Reject(offset, raw, str(findings)) for offset, raw, findings in kept.iter_rows()]
    return Kept(tuple(loaded), tuple(rejects), "" if result.state == "published" else "held")


def by_duckdb(path: Path) -> Kept:
    with duckdb.connect() as base:
        try:
            loaded = base.execute(
                "SELECT id, who FROM read_csv(?, header = true, delim = ',', quote = '\"', auto_detect = false, "
                "columns = {'id': 'BIGINT', 'who': 'VARCHAR'}, store_rejects = true)",
                [str(path)],
            ).fetchall()
        except duckdb.Error as error:
            return Kept((), (), str(error).splitlines()[0])
        rows = base.execute("SELECT line_byte_position, csv_line, error_type::VARCHAR FROM reject_errors").fetchall()
    seen: dict[int | None, Reject] = {}
    for offset, line, reason in rows:
        kept = line if isinstance(line, bytes) else None if line is None else line.encode("utf-8", "surrogatepass")
        # positions count from 1
        seen.setdefault(offset, Reject(None if offset is None else offset - 1, kept, reason))
    return Kept(tuple(loaded), tuple(seen.values()))


def score(file: File, kept: Kept) -> Counter[str]:
    """Count what became of a file's records."""
    count: Counter[str] = Counter()
    left = Counter(kept.loaded)
    by_place = {reject.offset: reject for reject in kept.rejects}
    for (raw, sound), offset in zip(file.records, file.offsets(), strict=True):
        count["records"] += 1
        if sound is not None:
            if left[sound]:
                left[sound] -= 1
                count["right"] += 1
            else:
                count["sound, not loaded"] += 1
            continue
        count["broken"] += 1
        reject = by_place.get(offset) or next((r for r in kept.rejects if r.raw == raw), None)
        if reject is None:
            count["no word"] += 1
            continue
        count["right"] += 1
        count["bytes"] += reject.raw is not None and reject.raw.rstrip(b"\r\n") == raw
        count["offset"] += reject.offset == offset
        count["reason"] += bool(reject.reason)
    wrong = sum(left.values())
    count["loaded wrong"] = wrong
    count["lost"] = max(0, count["no word"] - wrong)
    return count


def table() -> str:
    """Return the Markdown table."""
    lines = [
        "| file | records, broken | by | right | loaded wrong | bytes kept | offset | reason | lost without a word |",
        "|---|---:|---|---:|---:|---:|---:|---:|---:|",
    ]
    with tempfile.TemporaryDirectory(prefix="weighbridge-rejects-") as name:
        for number, file in enumerate(files()):
            folder = Path(name) / str(number)
            folder.mkdir()
            path = folder / "things.csv"
            path.write_bytes(file.content)
            for who, kept in (("Weighbridge", by_weighbridge(path, folder)), ("DuckDB", by_duckdb(path))):
                count = score(file, kept)
                broken = count["broken"]
                of = [f"{count[key]} of {broken}" for key in ("bytes", "offset", "reason")]
                note = f" ({kept.failed[:60]})" if kept.failed else ""
                lines.append(
                    f"| {file.name} | {count['records']}, {broken} | {who}{note} | {count['right']} "
                    f"| {count['loaded wrong']} | {' | '.join(of)} | {count['lost']} |"
                )
    lines.append(f"\nDuckDB {duckdb.__version__}, Polars {pl.__version__}.")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    made = table()
    print(made)
    if parser.parse_args().write:
        before, mark, _ = PAGE.read_text(encoding="utf-8").partition(_MARK)
        PAGE.write_text(f"{before}{mark or _MARK}\n\n{made}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
