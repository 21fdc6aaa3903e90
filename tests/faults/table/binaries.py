"""Formats with a structure of bytes: whole files that are not what they say, and single records."""
# ruff: noqa: E501 - a fault is a row of a table

from __future__ import annotations

import bz2
import gzip
import io
import zipfile

import zstandard

from tests.faults.fault import ID, WHO, Expected, Fault, held, published, refused, warned
from tests.fuzz.samples import COPYBOOK, samples
from tests.support import dbase

_OF_ANOTHER = {
    "parquet": "RDR-008", "arrow": "RDR-220", "xlsx": "RDR-300", "xls": "RDR-300", "dbf": "RDR-330",
    "spss": "RDR-340", "stata": "RDR-340", "sas": "RDR-340", "sqlite": "RDR-352",
}  # fmt: skip
_HTML = b"<html><body><h1>404 Not Found</h1></body></html>\n" * 40


def whole_files() -> list[Fault]:
    """Every binary format: empty, an error page, noise, cut at several places."""
    made = []
    for sample in samples():
        code = _OF_ANOTHER.get(sample.name)
        if code is None or sample.server is None:
            continue
        server = {"format": sample.server.format} if sample.server.format else {"format": "sqlite"}
        if sample.name == "sqlite":
            server = {"format": "database", "recordFormat": {"kind": "database"}}  # type: ignore[dict-item]
        contents = {
            "empty": ("no bytes at all", b"", "RDR-003"),
            "html_instead": ("the sender's error page", _HTML, code),
            "noise": ("noise", bytes(i * 7919 % 251 for i in range(5000)), code),
            "nuls": ("a sparse copy: nothing but NULs", bytes(5000), code),
            "head_only": ("cut after eight bytes", sample.content[:8], code),
            "half": ("cut in the middle", sample.content[: len(sample.content) // 2], code),
        }
        if sample.name in ("xls", "xlsx"):  # what begins as a workbook is a damaged one
            contents |= {name: (*contents[name][:2], "RDR-301") for name in ("head_only", "half")}
        if sample.name == "sqlite":  # SQLite takes no bytes for a database without tables
            contents["empty"] = (*contents["empty"][:2], code)
        if sample.name == "dbf":  # a table that begins well is read as far as it goes: dbf/cut_inside_a_record
            del contents["half"]
        for name, (says, content, expected) in contents.items():
            made.append(
                Fault(f"{sample.name}/{name}", says, {f"things{sample.suffix}": content}, refused(expected), server)
            )
    return made


def _rdw(*bodies: bytes) -> bytes:
    return b"".join((len(b) + 4).to_bytes(2, "big") + b"\0\0" + b for b in bodies)


def mainframe() -> list[Fault]:
    """Faults of variable-length EBCDIC records."""
    layout = {
        "kind": "mainframe",
        "copybook": "book.cpy",
        "options": {"recordFormat": "rdw", "rdwBigEndian": True, "rdwIncludesHeader": True},
    }
    ann, bob = ("0001ann       ".encode("cp037"), "0002bob       ".encode("cp037"))
    one = _rdw(ann)
    wrong = "00x2bob       ".encode("cp037")
    cases: list[tuple[str, str, bytes, Expected]] = [
        ("sound", "nothing is wrong", _rdw(ann, bob), published(2)),
        ("length_zero", "a descriptor word that says no length", one + bytes(4) + bob, warned(1, {2: bytes(4) + bob}, "RDR-100")),
        ("length_beyond_the_end", "a descriptor word that points beyond the end", one + b"\x7f\xff\0\0" + bob,
         warned(1, {2: bob}, "RDR-102")),
        ("cut_inside_a_record", "cut inside a record", _rdw(ann, bob)[:-3], warned(1, {2: bob[:-3]}, "RDR-102")),
        ("cut_inside_a_length", "cut inside a descriptor word", one + b"\0\x12", held(1, {}, "RDR-100", "RDR-102")),
        ("no_digit", "a zoned field with a letter", _rdw(ann, wrong), warned(1, {2: wrong}, "LEG-300")),
    ]  # fmt: skip
    return [
        Fault(f"mainframe/{name}", says, {"things.ebc": content, "book.cpy": COPYBOOK.encode()}, expected,
              {"format": "mainframe", "encoding": "cp037", "recordFormat": layout})
        for name, says, content, expected in cases
    ]  # fmt: skip


def dbf() -> list[Fault]:
    """Faults of dBase tables."""
    fields = [("id", "C", 3), ("who", "C", 4)]
    ann, bob = (b"1", b"ann"), (b"2", b"bob")

    def fault(name: str, says: str, content: bytes, expected: Expected) -> Fault:
        return Fault(f"dbf/{name}", says, {"things.dbf": content}, expected, {"format": "dbf"})

    return [
        fault("deleted", "a record marked as deleted is no record", dbase.table(fields, [ann, bob], marks=b" *"),
              published(1, "RDR-332")),
        fault("more_told", "the header tells of more records", dbase.table(fields, [ann, bob], told=5), held(2, {}, "RDR-331")),
        fault("fewer_told", "the header tells of fewer records", dbase.table(fields, [ann, bob], told=1), held(1, {}, "RDR-331")),
        fault("mark_unknown", "a deletion mark that is none", dbase.table(fields, [ann, bob], marks=b" ?"),
              warned(1, {2: b"?2  bob "}, "RDR-334")),
        fault("cut_inside_a_record", "cut inside a record", dbase.table(fields, [ann, bob], end=b"")[:-3],
              held(1, {2: b" 2  b"}, "RDR-014", "RDR-331")),
        fault("word_for_number", "a word where a number is declared", dbase.table(fields, [ann, (b"two", b"bob")]),
              warned(1, {2: b" twobob "}, "LEG-001")),
        fault("key_twice", "a key twice", dbase.table(fields, [ann, ann, bob]), warned(1, {1: b" 1  ann ", 2: b" 1  ann "}, "CHK-009")),
        fault("key_blank", "blanks for the key", dbase.table(fields, [ann, (b"", b"bob")]), warned(1, {2: b"    bob "}, "CHK-001")),
    ]  # fmt: skip


_CSV = {"format": "csv", "recordFormat": {"delimiter": ",", "header": True}}


def packed() -> list[Fault]:
    """Damaged archives and streams."""
    made = []
    for sample in samples():
        if sample.name not in ("gzip", "bzip2", "zstd", "zip", "tar"):
            continue
        name = f"things{sample.suffix}"
        made.append(
            Fault(f"{sample.name}/empty", "no bytes at all", {name: b""}, held(0, {}, "RDR-002", "RDR-003"), _CSV)
        )
    once = b"id,who\n1,ann\n2,bob\n"
    streams = {"gzip": (".gz", gzip.compress(once, mtime=0)), "bzip2": (".bz2", bz2.compress(once))}
    streams["zstd"] = (".zst", zstandard.compress(once))
    for kind, (suffix, content) in streams.items():
        name, given = f"things.csv{suffix}", 2
        made.append(
            Fault(f"{kind}/noise_behind", "noise behind the end: what was unpacked is kept, and held",
                  {name: content + b"noise"}, held(given, {}, "RDR-006"), _CSV)
        )  # fmt: skip
    cut = {"things.csv.gz": gzip.compress(once, mtime=0)[:-6]}
    made.append(Fault("gzip/end_missing", "the checksum at the end is missing", cut, held(2, {}, "RDR-006"), _CSV))
    return made


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name.replace("_", "."))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()


def zips() -> list[Fault]:
    """Faults in zip archives."""
    good, other = b"id,who\n1,ann\n", b"id,who\n2,bob\n"
    both = _zip(a_csv=good, b_csv=other)
    crc = bytearray(both)
    at = both.index(b"PK\x01\x02") + 16
    crc[at] ^= 0xFF
    locked = bytearray(both)
    for begin, step in ((both.index(b"PK\x03\x04"), 6), (both.index(b"PK\x01\x02"), 8)):
        locked[begin + step] |= 1

    def fault(name: str, says: str, content: bytes, expected: Expected) -> Fault:
        return Fault(f"zip/{name}", says, {"things.zip": content}, expected, _CSV)

    return [
        fault("sound", "nothing is wrong", both, published(2)),
        fault("wrong_checksum", "a member whose checksum differs", bytes(crc), held(2, {}, "RDR-400")),
        fault("encrypted_member", "a member that is encrypted", bytes(locked), held(1, {}, "RDR-401")),
        fault("directory_cut", "cut before its directory: what can be unpacked is read", both[: both.index(b"PK\x01\x02")],
              held(2, {}, "RDR-400")),
        fault("no_members", "an archive of nothing", _zip(), refused("RDR-403")),
        fault("key_in_both", "a key in two members", _zip(a_csv=good, b_csv=good + b"3,cy\n"),
              Expected("publish_with_warnings", ("CHK-009",), 1, {1: b"1,ann"})),
    ]  # fmt: skip


def values() -> list[Fault]:
    """Parquet files whose values or columns are not what the contract says."""
    import polars as pl

    def parquet(frame: pl.DataFrame) -> bytes:
        out = io.BytesIO()
        frame.write_parquet(out)
        return out.getvalue()

    def fault(name: str, says: str, frame: pl.DataFrame, expected: Expected) -> Fault:
        return Fault(
            f"parquet/{name}", says, {"things.parquet": parquet(frame)}, expected, {"format": "parquet"}, (ID, WHO)
        )

    return [
        fault("key_twice", "a key twice", pl.DataFrame({"id": [1, 1, 2], "who": ["a", "b", "c"]}),
              warned(1, {1: None, 2: None}, "CHK-009")),
        fault("key_null", "null for the key", pl.DataFrame({"id": [1, None], "who": ["a", "b"]}), warned(1, {2: None}, "CHK-001")),
        fault("column_missing", "the key's column is missing", pl.DataFrame({"who": ["a"]}), held(0, {1: None}, "RDR-020", "CHK-001", "RUN-005")),
        fault("no_rows", "no rows", pl.DataFrame({"id": [], "who": []}, schema={"id": pl.Int64, "who": pl.String}), held(0, {}, "RDR-002")),
        fault("word_for_number", "words where numbers are declared", pl.DataFrame({"id": ["1", "two"], "who": ["a", "b"]}),
              warned(1, {2: None}, "LEG-001")),
        fault("column_extra", "a column too many", pl.DataFrame({"id": [1], "who": ["a"], "age": [3]}), published(1, "RDR-021")),
    ]  # fmt: skip
