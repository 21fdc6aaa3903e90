"""Archives, folders, patterns, URLs: every way a source may be packed or named, whole and broken."""

from __future__ import annotations

import bz2
import gc
import gzip
import io
import tarfile
import tempfile
import zipfile
from pathlib import Path

import fsspec
import polars as pl
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.readers.extracts import assert_conserves, codes, put, rows, schema_of, server_of
from weighbridge.findings import ArgumentError, SourceError
from weighbridge.readers import open_extract, read_record
from weighbridge.readers.containers import gather

TWO = schema_of("id", "who")
A, B = b"id,who\n1,ann\n2,bob\n", b"id,who\n3,cid\n"
MANY = b"id,who\n" + b"".join(b"%d,person %d\n" % (i, i * i) for i in range(3000))


def _zip(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> str:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return str(path)


def _tar(path: Path, members: dict[str, bytes], mode: str = "w") -> str:
    with tarfile.open(path, mode) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return str(path)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, zstandard.compress], ids=["gzip", "bzip2", "zstd"])
def test_compressed_members_one_after_the_other_read_as_their_content(pack, tmp_path: Path) -> None:
    path = put(tmp_path, pack(A) + pack(b"3,cid\n"), "things.csv.packed")
    extract = open_extract([path], TWO, server_of("csv"))
    frame = assert_conserves(extract, [A + b"3,cid\n"])
    assert not extract.findings
    last = frame.row(2, named=True)
    assert read_record(path, last["__offset"], last["__length"]) == b"3,cid\n"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, zstandard.compress], ids=["gzip", "bzip2", "zstd"])
@pytest.mark.parametrize("harm", ["cut", "garbage behind"])
def test_what_a_damaged_stream_gives_is_kept_and_the_damage_told(pack, harm: str, tmp_path: Path) -> None:
    whole = pack(A) + pack(MANY[7:])
    path = put(tmp_path, whole[:-9] if harm == "cut" else whole + b"!garbage!", "things.csv")
    extract = open_extract([path], TWO, server_of("csv"))
    assert "RDR-006" in codes(extract)
    assert rows(extract)[:2] == [("1", "ann"), ("2", "bob")]
    if harm != "cut":
        assert len(rows(extract)) == 3002


def test_members_are_sources_and_their_names_open_them_again(tmp_path: Path) -> None:
    inner = _zip(tmp_path / "inner.zip", {"c.csv": A})
    packed = {"a.csv": A, "b.csv.bz2": bz2.compress(B), "in/inner.zip": Path(inner).read_bytes()}
    for path in (
        _zip(tmp_path / "x.zip", packed),
        _tar(tmp_path / "x.tar", packed),
        _tar(tmp_path / "x.tgz", packed, "w:gz"),
    ):
        extract = open_extract([path], TWO, None)
        assert [s.name for s in extract.sources] == [
            f"{path}::{m}" for m in ("a.csv", "b.csv.bz2", "in/inner.zip::c.csv")
        ]
        assert_conserves(extract, [A, B, A])
        again = open_extract([s.name for s in extract.sources], TWO, None)
        assert again.sources == extract.sources
        assert read_record(extract.sources[1].name, 7, 6) == b"3,cid\n"
        with pytest.raises(SourceError, match=r"RDR-403.*no member is called z") as caught:
            open_extract([f"{path}::z"], TWO, None)
        assert "recordFormat.members" in caught.value.findings[0].fix


def test_hostile_member_names_touch_nothing(tmp_path: Path) -> None:
    names = {"../../up.csv": A, "/root.csv": B, "C:\\win\\w.csv": B, "new\nline.csv": B, "\ud8ff.csv": B}
    path = _tar(
        tmp_path / "x.tar",
        {n.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape"): c for n, c in names.items()},
    )
    extract = open_extract([path], TWO, None)
    assert len(rows(extract)) == 6
    assert all(s.name.isprintable() and s.name.encode() for s in extract.sources)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.tar"]
    assert not (tmp_path.parent.parent / "up.csv").exists()


def test_the_same_name_twice_is_two_members(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a.csv", A)
        archive.writestr("a.csv", B)
    extract = open_extract([str(tmp_path / "x.zip")], TWO, None)
    assert [s.name.rpartition("::")[2] for s in extract.sources] == ["a.csv", "a (2).csv"]
    assert len(rows(extract)) == 3


def test_a_cut_archive_gives_what_is_left_of_it(tmp_path: Path) -> None:
    for path in (
        _zip(tmp_path / "x.zip", {"a.csv": A, "__MACOSX/._a": b"z", "m.csv": MANY}),
        _tar(tmp_path / "x.tgz", {"a.csv": A, "m.csv": MANY}, "w:gz"),
    ):
        whole = Path(path).read_bytes()
        Path(path).write_bytes(whole[: len(whole) * 2 // 3])
        extract = open_extract([path], TWO, None)
        assert "RDR-400" in codes(extract)
        assert next(f for f in extract.findings if f.code == "RDR-400").fix.startswith("have the archive sent again")
        assert rows(extract)[:2] == [("1", "ann"), ("2", "bob")]


def test_a_member_with_bytes_that_were_changed_is_told(tmp_path: Path) -> None:
    path = Path(_zip(tmp_path / "x.zip", {"a.csv": A, "b.csv": B}, zipfile.ZIP_STORED))
    path.write_bytes(path.read_bytes().replace(b"bob", b"bub", 1))
    extract = open_extract([str(path)], TWO, None)
    assert [(f.code, f.place.source) for f in extract.findings] == [("RDR-400", f"{path}::a.csv")]
    assert rows(extract) == [("1", "ann"), ("2", "bub"), ("3", "cid")]


def test_an_encrypted_member_is_told_and_the_others_read(tmp_path: Path) -> None:
    path = Path(_zip(tmp_path / "x.zip", {"a.csv": A, "b.csv": B}))
    whole = bytearray(path.read_bytes())
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(whole)
    extract = open_extract([str(path)], TWO, None)
    assert codes(extract) == ["RDR-401"]
    assert "without a password" in extract.findings[0].fix
    assert rows(extract) == [("3", "cid")]


def test_links_are_not_followed_and_bytes_behind_the_end_are_told(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        link = tarfile.TarInfo("passwd.csv")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        info = tarfile.TarInfo("a.csv")
        info.size = len(A)
        archive.addfile(info, io.BytesIO(A))
    path = tmp_path / "x.tar"
    path.write_bytes(path.read_bytes() + Path(_tar(tmp_path / "y.tar", {"b.csv": B})).read_bytes() + b"junk" * 200)
    extract = open_extract([str(path)], TWO, None)
    assert codes(extract) == ["RDR-404", "RDR-405"]
    assert [f.fix.split(";")[0] for f in extract.findings] == [
        "nothing, if it is no data",
        "ask the sender what they are",
    ]
    assert len(rows(extract)) == 3


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "x.zip", {"a.csv": MANY})
    with pytest.raises(SourceError, match="RDR-402") as caught:
        open_extract([path], TWO, server_of("csv", maxUnpackedBytes=1000))
    assert "maxUnpackedBytes" in caught.value.findings[0].fix
    nest = A
    for i in range(6):
        nest = Path(_zip(tmp_path / f"n{i}.zip", {f"n{i}.zip": nest})).read_bytes()
    with pytest.raises(SourceError, match="archives in archives"):
        open_extract([put(tmp_path, nest, "nest.zip")], TWO, None)


def test_members_can_be_chosen_and_an_empty_archive_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "x.zip", {"a.csv": A, "README.txt": b"hello"})
    assert rows(open_extract([path], TWO, server_of("csv", members="*.csv"))) == [("1", "ann"), ("2", "bob")]
    with pytest.raises(SourceError, match="RDR-403"):
        open_extract([_zip(tmp_path / "none.zip", {})], TWO, None)


def test_folders_and_patterns_mean_their_files_by_name(tmp_path: Path) -> None:
    for name, content in (("b_2.csv", A), ("b_1.csv", B), ("_SUCCESS", b""), (".hidden", b"x"), ("b_3.csv.part", b"x")):
        put(tmp_path, content, name)
    for given_name in (str(tmp_path), str(tmp_path / "b_*.csv")):
        extract = open_extract([given_name], TWO, None)
        assert [Path(s.name).name for s in extract.sources] == ["b_1.csv", "b_2.csv"]
    with pytest.raises(SourceError, match="no file fits the pattern"):
        open_extract([str(tmp_path / "c_*.csv")], TWO, None)
    with pytest.raises(ArgumentError, match="ARG-004"):
        open_extract([str(tmp_path / "b_1.csv"), str(tmp_path)], TWO, None)


def test_names_carry_properties_to_all_their_records(tmp_path: Path) -> None:
    three = schema_of("id", "who", "day")
    put(tmp_path, A, "fl_20130102.csv")
    put(tmp_path, gzip.compress(B), "fl_20130101.csv.gz")
    server = server_of("csv", fileName="fl_{day:%Y%m%d}.csv")
    extract = open_extract([str(tmp_path)], three, server)
    assert rows(extract) == [("3", "cid", "2013-01-01"), ("1", "ann", "2013-01-02"), ("2", "bob", "2013-01-02")]
    assert not extract.findings
    put(tmp_path, B, "fl_20131399.csv")
    put(tmp_path, B, "other.csv")
    extract = open_extract([str(tmp_path)], three, server)
    assert codes(extract) == ["RDR-410", "RDR-410"]
    assert "recordFormat.fileName" in extract.findings[0].fix
    assert rows(extract)[-1] == ("3", "cid", None)
    with pytest.raises(SourceError, match="nope, which is no property"):
        open_extract([str(tmp_path)], three, server_of("csv", fileName="{nope}.csv"))


def test_urls_are_fetched_and_secrets_stay_out_of_names(tmp_path: Path) -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe("/box/a.csv", A)
    memory.pipe("/box/b.zip", Path(_zip(tmp_path / "b.zip", {"b.csv": B})).read_bytes())
    extract = open_extract(["memory://box/a.csv", "memory://box/b.zip"], TWO, None)
    assert [s.name for s in extract.sources] == ["memory://box/a.csv", "memory://box/b.zip::b.csv"]
    assert_conserves(extract, [A, B])
    assert rows(open_extract([Path(put(tmp_path, B)).as_uri()], TWO, None)) == [("3", "cid")]
    for url in ("memory://box/none.csv", "nosuch://KEYKEY:SECRET@h/x?sig=SECRET"):
        with pytest.raises(SourceError, match="RDR-001") as caught:
            open_extract([url], TWO, None)
        assert "SECRET" not in str(caught.value)
        assert "KEYKEY" not in str(caught.value)


def test_s3_is_read_from_a_real_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.server import ThreadedMotoServer
    from pyarrow.fs import S3FileSystem

    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        for name, value in (
            ("AWS_ACCESS_KEY_ID", "PLANTEDKEY"),
            ("AWS_SECRET_ACCESS_KEY", "PLANTEDSECRET"),
            ("AWS_REGION", "us-east-1"),
        ):
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        store = S3FileSystem(endpoint_override=f"{host}:{port}", scheme="http", allow_bucket_creation=True)
        store.create_dir("drop")
        for name, content in (("day/b.csv", B), ("day/a.csv.gz", gzip.compress(A))):
            with store.open_output_stream(f"drop/{name}", compression=None) as out:
                out.write(content)
        for given_name in ("s3://drop/day/*", "s3://drop/day"):
            extract = open_extract([given_name], TWO, None)
            assert [s.name for s in extract.sources] == ["s3://drop/day/a.csv.gz", "s3://drop/day/b.csv"]
            assert_conserves(extract, [A, B])
        assert read_record("s3://drop/day/a.csv.gz", 7, 6) == b"1,ann\n"
        with pytest.raises(SourceError, match="RDR-001") as caught:
            open_extract(["s3://drop/none.csv"], TWO, None)
        assert "PLANTED" not in str(caught.value)
    finally:
        server.stop()


def test_unpacked_bytes_are_gone_when_nobody_holds_their_name(tmp_path: Path) -> None:
    gathered = gather([_zip(tmp_path / "x.zip", {"a.csv": A})], None)
    kept = gathered.names[0].path
    assert kept.read_bytes() == A
    del gathered
    gc.collect()
    assert not kept.parent.exists()


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(["zip", "tar", "tgz"]),
    at=st.floats(0, 1),
    harm=st.binary(min_size=0, max_size=6),
    cut=st.booleans(),
)
def test_no_mutated_archive_raises_anything_but_findings(kind: str, at: float, harm: bytes, cut: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x.{kind}"
        members = {"a.csv": A, "m.csv": MANY[:4000]}
        _zip(path, members) if kind == "zip" else _tar(path, members, "w:gz" if kind == "tgz" else "w")
        whole = path.read_bytes()
        place = int(at * len(whole))
        path.write_bytes(whole[:place] + harm + (b"" if cut else whole[place + len(harm) :]))
        try:
            extract = open_extract([str(path)], TWO, server_of("csv"))
            height = extract.scan().collect().height
            assert sum(a.records for a in extract.account()) == height
            assert all(f.fix for f in extract.findings)
        except SourceError as error:
            assert error.findings


def test_documents_beside_the_data_are_left_out_and_told(tmp_path: Path) -> None:
    beside = {"README.md": b"# hello", "licence": b"free", "sums.sha256": b"00  a.csv"}
    path = _zip(tmp_path / "x.zip", {"a.csv": A, **beside})
    outer = _zip(tmp_path / "y.zip", {"x.zip": Path(path).read_bytes(), "b/.DS_Store": b"\0\0\0\1Bud1"})
    for packed in (path, outer):
        extract = open_extract([packed], TWO, None)
        assert rows(extract) == [("1", "ann"), ("2", "bob")]
        assert codes(extract) == ["RDR-404"] * (3 if packed == path else 4)
    assert len(open_extract([path], TWO, server_of("csv", members="*")).sources) == 4
    assert len(open_extract([_zip(tmp_path / "z.zip", {"readme.txt": A})], TWO, None).sources) == 1


def test_sources_of_several_formats_are_refused_by_name(tmp_path: Path) -> None:
    path = _zip(tmp_path / "x.zip", {"a.csv": A, "b.jsonl": b'{"id": 3, "who": "cid"}\n'})
    with pytest.raises(SourceError) as caught:
        open_extract([path], TWO, None)
    (finding,) = caught.value.findings
    assert finding.code == "RDR-406"
    assert "a.csv is delimited" in finding.detail
    assert "b.jsonl is jsonLines" in finding.detail
    assert "give those of one format to each run" in finding.fix
    assert rows(open_extract([f"{path}::b.jsonl"], TWO, None)) == [("3", "cid")]


def test_a_file_is_what_its_first_bytes_say_before_its_name(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": ["1"], "who": ["ann"]})
    frame.write_parquet(tmp_path / "things.csv")
    assert rows(open_extract([str(tmp_path / "things.csv")], TWO, None)) == [("1", "ann")]
