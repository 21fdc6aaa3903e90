"""A folder's whole life with classified values: decided, corrected, replayed, undone, compared, shown, rebuilt."""

from __future__ import annotations

import json
import shutil
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import polars as pl
import pytest
import yaml

import weighbridge
from tests.alert.receiver import listening
from tests.masking.formats import FORMATS, Made, delimited, frame_of, mainframe
from tests.masking.marks import NUMBER, TEXT, leaks_in, leaks_of_output
from tests.masking.planted import contract
from tests.review.test_web import person, serving
from weighbridge.cli.app import run
from weighbridge.sinks import new_key

CORRECTED = "1917-04-03"
BY = ["--by", "Ada", "--why", "as the sender says"]


def newer(path: Path) -> Path:
    """Return a next version of the contract, under which more passes and less."""
    document = yaml.safe_load(path.read_text())
    document["version"] = "1.1.0"
    for p in document["schema"][0]["properties"]:
        if p["name"] == "kind":
            p["enum"] = [{"value": "A"}, {"value": "B"}]
        if p["name"] == "pay":
            p["logicalTypeOptions"] = {"maximum": 10}
        p.pop("quality", None)
    new = path.with_name("newer.odcs.yaml")
    new.write_text(yaml.safe_dump(document, sort_keys=False))
    return new


def alerting(path: Path) -> None:
    document = yaml.safe_load(path.read_text())
    document["schema"][0]["customProperties"].append(
        {"property": "alerts", "vendor": "weighbridge", "value": {"rejected": {"rate": 0.01}, "warnings": True}}
    )
    path.write_text(yaml.safe_dump(document, sort_keys=False))


def leaks_of_folder(into: Path) -> list[str]:
    return [leak for file in sorted(into.rglob("*")) if file.is_file() for leak in leaks_of_output(into, file)]


def steps(path: Path, sources: list[Path], into: Path, extra: Path) -> Iterator[list[str]]:
    """Yield what is done with a folder from its first run on."""
    there = ["--into", str(into)]
    yield ["run", str(path), *map(str, sources), *there, "--object", "people"]
    yield ["baseline", "pin", "latest", *there, *BY]
    yield ["queue", *there]
    yield ["queue", "show", "1", *there]
    yield ["queue", "correct", "1", "--set", f"born={CORRECTED}", *BY, *there]
    yield ["queue", "show", "1", *there, "--json"]
    yield ["queue", "--state", "all", *there, "--json"]
    yield ["replay", *there, "--dry-run"]
    yield ["replay", *there, "--by", "Ada", "--json"]
    yield ["queue", "show", "1", *there]
    yield ["replay", *there, "--contract", str(newer(path)), "--dry-run", "--json"]
    yield ["replay", *there, "--contract", str(newer(path)), "--by", "Ada"]
    yield ["replay", "--list", *there]
    yield ["repairs", "undo", "latest", "--property", "zeros", *BY, *there]
    yield ["repairs", "latest", *there, "--json"]
    yield ["diff", str(path), str(newer(path)), *there]
    yield ["diff", str(path), str(newer(path)), *there, "--json"]
    yield ["alerts", "send", *there]
    yield ["site", *there]
    yield ["report", *there, "--format", "junit"]
    yield ["report", *there, "--to", str(extra / "report")]
    yield ["audit", "latest", *there]
    yield ["doctor", *there, "--json"]
    yield ["profile", "--run", "latest", *there, "--json"]
    yield ["sniff", str(sources[0]), "--contract", str(path), "--object", "people"]
    yield ["profile", str(sources[0]), "--contract", str(path), "--object", "people", "--json"]
    yield ["explain", str(path), *map(str, sources), "--object", "people"]


@pytest.mark.parametrize("make", [delimited, mainframe], ids=lambda made: made.__name__)
def test_no_step_of_a_folders_life_shows_a_classified_value(
    make: Callable[[Path], Made],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WEIGHBRIDGE_SEAL_KEY", new_key())
    path, sources = make(tmp_path)
    alerting(path)
    into, extra = tmp_path / "out", tmp_path / "extra"
    there = ["--into", str(into)]
    with listening() as receiver:
        monkeypatch.setenv("WEIGHBRIDGE_ALERTS", receiver.url)
        for words in steps(path, sources, into, extra):
            ended = run(words)
            said = capfd.readouterr()
            leaks = [*leaks_in("stdout", said.out.encode()), *leaks_in("stderr", said.err.encode())]
            assert leaks == [], words
            assert ended in (0, 1), (words, said.err)
            assert leaks_of_folder(into) == [], words
        assert list(leaks_in("alerts", json.dumps(receiver.received).encode())) == []
        assert receiver.received
    with serving(into) as served, person(served, "viewer") as client:
        for page in pages_of(client):
            assert list(leaks_in(page, client.get(page).content)) == []
    shutil.rmtree(into / "published")
    for file in into.glob("ledger.db*"):
        file.unlink()
    assert run(["doctor", *there, "--rebuild-ledger"]) == 1
    assert leaks_of_folder(into) == []
    said = capfd.readouterr()
    assert [*leaks_in("stdout", said.out.encode()), *leaks_in("stderr", said.err.encode())] == []


def pages_of(client: httpx.Client) -> list[str]:
    """Return every page that is linked from the first, or from a page that is."""
    import re

    found, left = ["/"], ["/"]
    while left and len(found) < 60:
        answer = client.get(left.pop(), follow_redirects=True)
        for link in re.findall(r'href="(/[^"#]*)"', answer.text):
            if link not in found and "logout" not in link:
                found.append(link)
                left.append(link)
    assert any("item" in page or "cause" in page for page in found), found
    return found


def chained(error: BaseException) -> str:
    """Return all that a tool which collects errors could read of one, and of those that led to it."""
    said, left, seen = "", [error], set()
    while left:
        one = left.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        said += "".join(traceback.format_exception_only(one)) + repr(one) + repr(one.args) + repr(vars(one))
        if isinstance(one, weighbridge.WeighbridgeError):
            said += json.dumps([f.to_dict() for f in one.findings], default=str)
        left += [e for e in (one.__cause__, None if one.__suppress_context__ else one.__context__) if e is not None]
    return said


FRAMES: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "values": lambda frame: frame,
    "text for numbers": lambda frame: frame.with_columns(pay=pl.lit(TEXT)),
    "text for days": lambda frame: frame.with_columns(born=pl.lit(TEXT)),
    "a column less": lambda frame: frame.drop("id"),
    "objects": lambda frame: frame.with_columns(pay=pl.struct(pl.lit(TEXT).alias("pay"))),
}


@pytest.mark.parametrize("name", FRAMES)
def test_an_exception_of_python_and_all_that_led_to_it_quote_no_value(name: str, tmp_path: Path) -> None:
    people = weighbridge.load_contract(contract(tmp_path, True, {"format": "parquet"}, limit=0.0))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with pytest.raises(weighbridge.WeighbridgeError) as error:
            people.validate(FRAMES[name](frame_of()), object="people")
    assert list(leaks_in("exception", chained(error.value).encode())) == []
    assert list(leaks_in("warnings", "".join(str(w.message) for w in told).encode())) == []


TEXTS = tuple(make for make in FORMATS if make.__name__ in ("delimited", "fixed_width", "json_lines", "xml"))


def cut(content: bytes) -> bytes:
    return content[: len(content) * 3 // 5]


def headed(content: bytes) -> bytes:
    return f"{TEXT} {{{NUMBER}\n".encode() + content


def swapped(content: bytes) -> bytes:
    return content.replace(b"\n", b"\0") + TEXT.encode()


def joined(content: bytes) -> bytes:
    return content.replace(b"\n", b"", 1)  # a header runs into a record


@pytest.mark.parametrize(
    ("make", "harm"),
    [*((make, cut) for make in FORMATS), *((make, harm) for make in TEXTS for harm in (headed, swapped, joined))],
    ids=lambda part: part.__name__,
)
def test_an_error_about_a_broken_source_and_all_that_led_to_it_quote_no_value(
    make: Callable[[Path], Made], harm: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path, sources = make(tmp_path)
    element = TEXT.encode()  # a name of the document's own, not a value
    named_apart = (
        sources[0].read_bytes().replace(b"<" + element + b">", b"<x>").replace(b"</" + element + b">", b"</x>")
    )
    sources[0].write_bytes(harm(named_apart))
    try:
        said = repr(weighbridge.load_contract(path).check(sources, object="people"))
    except weighbridge.WeighbridgeError as error:
        said = chained(error)
    assert list(leaks_in("outcome", said.encode())) == []
