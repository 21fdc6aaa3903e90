"""2,000 mutated copybooks and data files: findings, never a traceback, an endless loop or unbounded memory.

The seed is fixed, and printed; WEIGHBRIDGE_FUZZ_SEED gives another.
"""

from __future__ import annotations

import os
import random
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from weighbridge.contract.model import LogicalType, Property, SchemaObject, Server
from weighbridge.findings import WeighbridgeError
from weighbridge.legacy.cobol.draft import draft_contract
from weighbridge.legacy.copybook import Copybook, parse_copybook
from weighbridge.pipeline.check import check
from weighbridge.readers import open_extract

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "data" / "samples" / "faulty" / "flights_faulty.ebc"
CONTRACT = ROOT / "contracts" / "flights_ebcdic.odcs.yaml"
SEED = int(os.environ.get("WEIGHBRIDGE_FUZZ_SEED", "20131"))
COPYBOOKS = [
    (ROOT / "contracts" / "nycflt.cpy").read_text(),
    """\
       01  R.
           05  KIND        PIC X.
               88  A-KIND  VALUE 'A' THRU 'F' 'Z'.
           05  N           PIC 9(2).
           05  T OCCURS 0 TO 9 TIMES DEPENDING ON N INDEXED BY I.
               10  M       PIC 9.
               10  U       PIC S9(3)V9 COMP-3 OCCURS 0 TO 3 DEPENDING ON M.
           05  H.
               10  B       PIC 9(8) COMP SYNC.
               10  E       PIC -ZZ,ZZ9.99.
               10  F       COMP-1.
               10  L       PIC N(2) USAGE NATIONAL.
           05  G REDEFINES H.
               10  D       PIC PPP9(3) SIGN LEADING SEPARATE.
               10  FILLER  PIC X(6).
       66  HG RENAMES B THRU E.
       77  W               PIC S9(18) COMP-5.
""",
]
WORDS = """OCCURS 99999999|PIC X(99999999)|PIC 9(40)|REDEFINES R|DEPENDING ON W|01|88|66|COPY X|PIC|COMP-3|VALUE|.|'|"
(|)|==|THRU|SIGN|-|*|é|\t|\0|       """.replace("\n", "|").split("|")
LONGEST_SECONDS = 10.0
MOST_BYTES = 700 << 20


def mutated(text: str, chance: random.Random) -> str:
    out = text
    for _ in range(chance.randint(1, 4)):
        at, end = sorted((chance.randrange(len(out) + 1), chance.randrange(len(out) + 1)))
        end = min(end, at + 30)
        kind = chance.randrange(5)
        if kind == 0:
            out = out[:at] + out[end:]
        elif kind == 1:
            out = out[:at] + chance.choice(WORDS) + out[at:]
        elif kind == 2:
            out = out[:at] + out[at:end] * 3 + out[end:]
        elif kind == 3 and at < len(out):
            out = out[:at] + chr(chance.randrange(1, 256)) + out[at + 1 :]
        else:
            lines = out.split("\n")
            chance.shuffle(lines[: chance.randint(1, len(lines))])
            out = "\n".join(lines[chance.randrange(3) :])
    return out


def damaged(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(out) + 1)
        out[at : at + chance.choice([0, 1, 1, 2, 9])] = chance.randbytes(chance.choice([0, 1, 1, 2, 4]))
    return bytes(out[: chance.choice([len(out), len(out), chance.randrange(len(out) + 1)])])


def bounded(number: int, work: Callable[[], None]) -> None:
    """Do one piece of work, in bounded time."""
    began = time.process_time()
    work()
    took = time.process_time() - began
    assert took < LONGEST_SECONDS, f"number {number} of seed {SEED} took {took:.1f} s"


@pytest.fixture(autouse=True)
def _in_bounded_memory() -> Any:
    print(f"seed {SEED}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10
    assert more < MOST_BYTES, f"seed {SEED}: {more:,} bytes more than before"


def read_all(book: str, layout: Copybook, data: Path, form: dict[str, Any]) -> None:
    """Read a file by a copybook, all its fields: every byte is accounted for."""
    fields = draft_contract(layout, "book.cpy")["schema"][0]["properties"][:40]
    properties = tuple(Property(p["name"], LogicalType(p["logicalType"]), (p["physicalName"],)) for p in fields)
    (data.parent / "book.cpy").write_text(book, encoding="utf-8")
    record_format = {"kind": "mainframe", "copybook": "book.cpy", "options": form}
    server = Server("s", "local", record_format=record_format, folder=str(data.parent))
    extract = open_extract([str(data)], SchemaObject("r", "R", properties), server)
    extract.scan().collect()
    (account,) = extract.account()
    assert account.record_bytes is not None
    assert account.record_bytes + account.control_bytes == data.stat().st_size
    for finding in (*extract.findings, *extract.late_findings()):
        assert str(finding)


FORMS: list[dict[str, Any]] = [
    {"recordFormat": "fixed"},
    {"recordFormat": "fixed", "odoVariableSize": True},
    {"recordFormat": "rdw", "rdwBigEndian": True, "rdwIncludesHeader": True},
    {"recordFormat": "lines", "encoding": "ascii"},
    {"recordFormat": "bdw_rdw", "bdwBigEndian": True, "rdwBigEndian": True, "bdwIncludesHeader": True},
]


def test_a_thousand_mutated_copybooks(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    data = tmp_path / "data.bin"
    data.write_bytes(SAMPLE.read_bytes()[:3000])
    usable = 0
    for number in range(1000):
        book = mutated(chance.choice(COPYBOOKS), chance)
        form = chance.choice(FORMS)

        def work(book: str = book, form: dict[str, Any] = form, number: int = number) -> None:
            nonlocal usable
            try:
                layout = parse_copybook(book)
                usable += 1
                if number % 4 == 0:
                    read_all(book, layout, data, form)
            except WeighbridgeError as wrong:
                assert wrong.findings
                assert all(f.code and f.fix for f in wrong.findings)

        bounded(number, work)
    assert 100 < usable < 1000


def test_nine_hundred_and_fifty_damaged_files(tmp_path: Path) -> None:
    chance = random.Random(SEED + 1)
    good = SAMPLE.read_bytes()[:2500]
    data = tmp_path / "data.bin"
    layouts = [(book, parse_copybook(book)) for book in COPYBOOKS]
    forms = [*FORMS, FORMS[4] | {"rdwIncludesHeader": True}, FORMS[4] | {"spanned": True, "rdwIncludesHeader": True}]
    for number in range(950):
        data.write_bytes(damaged(good, chance))
        book, layout = layouts[number % 2]
        form = chance.choice(forms)

        def work(book: str = book, layout: Copybook = layout, form: dict[str, Any] = form) -> None:
            read_all(book, layout, data, form)

        bounded(number, work)


def test_fifty_damaged_files_from_end_to_end(tmp_path: Path) -> None:
    chance = random.Random(SEED + 2)
    good = SAMPLE.read_bytes()[:27_000]
    data = tmp_path / "data.bin"
    for number in range(50):
        data.write_bytes(damaged(good, chance))

        def work(name: str = chance.choice(["hours", "flights"])) -> None:
            result = check(CONTRACT, data, object_name=name)
            assert result.receipt is not None
            assert result.receipt.balances

        bounded(number, work)
