"""A copybook that was damaged gives a layout or faults with their place; never anything else, and soon."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.legacy.copybook import Copybook, CopybookError, parse_copybook

GOOD = """\
000100 01  ORDER-RECORD.                                                00000100
000200*    a comment
000300     05  ORDER-NO            PIC 9(8) COMP-3.                     00000300
           05  CUSTOMER.
               10  NAME            PIC X(20) VALUE 'UNKNOWN'.
               10  STATUS-CODE     PIC X.
                   88  ACTIVE      VALUE 'A' 'B' THRU 'D'.
           05  LINES-COUNT         PIC 9(3).
           05  LINE-ITEM OCCURS 1 TO 50 TIMES DEPENDING ON LINES-COUNT
                         INDEXED BY IX.
               10  SKU             PIC X(10).
               10  PRICE           PIC S9(5)V99 SIGN TRAILING SEPARATE.
               10  PRICE-X REDEFINES PRICE PIC X(8).
           66  ALL-OF RENAMES NAME THRU STATUS-CODE.
       77  STANDALONE              PIC -ZZ,ZZ9.99.
"""
PIECES = [
    "PIC",
    "OCCURS",
    "REDEFINES",
    "99",
    "01",
    ".",
    "(",
    ")",
    "'",
    '"',
    "X(99999999)",
    "DEPENDING ON",
    "COMP-3",
    "==",
    "COPY A.",
    "REPLACING",
    "VALUE",
    "THRU",
    "\n",
    "      -",
    "*>",
    "88",
    "66",
    "S9(18)V9(18)",
    "S",
    "\0",
    "É",
    "\t",
    "OCCURS 99999999",
]


def lay_out(text: str) -> Copybook | None:
    """Parse; a member that copies itself is what COPY finds."""
    try:
        return parse_copybook(text, library=lambda name: text if name == "A" else None)
    except CopybookError as wrong:
        assert wrong.findings
        assert all(f.place.line is not None and f.fix for f in wrong.findings)
        str(wrong)
        return None


@pytest.mark.parametrize("seed", range(20))
def test_damage_gives_faults_or_a_layout(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        text = list(GOOD)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(text))
            kind = chance.randrange(4)
            if kind == 0:
                del text[at : at + chance.randint(1, 30)]
            elif kind == 1:
                text[at:at] = chance.choice(PIECES) + " "
            elif kind == 2:
                text[at] = chr(chance.randrange(32, 127))
            else:
                cut = chance.randrange(len(text))
                text[at:at] = text[cut : cut + 40]
        layout = lay_out("".join(text))
        if layout is not None:
            sound(layout)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, "05 A", "10 B", "PIC X", "9(3)", "05 A PIC X."]), max_size=30).map(" ".join))
def test_words_in_any_order(text: str) -> None:
    layout = lay_out("       01 R.\n       " + text)
    if layout is not None:
        sound(layout)


def sound(layout: Copybook) -> None:
    """Every item lies inside of its parent, and the record has room for all."""
    for item in layout.items():
        assert item.size >= 0
        assert 0 <= item.offset <= layout.size
        if item.parent is not None:
            assert item.parent.offset <= item.offset
            assert item.offset + item.size <= item.parent.offset + max(item.parent.size, item.parent.room)
