"""What copybooks say, as they are found in the wild; and how their faults are told."""

from __future__ import annotations

import pytest

from weighbridge.findings import Severity
from weighbridge.legacy.cobol.draft import draft_contract
from weighbridge.legacy.copybook import (
    Copybook,
    CopybookError,
    PictureError,
    merge_copybooks,
    parse_copybook,
    read_picture,
)
from weighbridge.legacy.copybook.layout import Dialect


def places(layout: Copybook) -> dict[str, tuple[int, int]]:
    return {item.name: (item.offset, item.size) for item in layout.items()}


@pytest.mark.parametrize(
    ("picture", "characters", "digits", "scale", "signed"),
    [
        ("X(10)", 10, 0, 0, False),
        ("A(3)XX9", 6, 0, 0, False),
        ("9", 1, 1, 0, False),
        ("S9(7)V99", 9, 9, 2, True),
        ("SV9(5)", 5, 5, 5, True),
        ("PPP9(5)", 5, 5, 8, False),
        ("9(5)PPP", 5, 5, -3, False),
        ("S9PPPV", 1, 1, -3, True),
        ("ZZ,ZZ9.99-", 10, 7, 2, True),
        ("$$$,$$9.99CR", 12, 7, 2, True),
        ("+++9", 4, 3, 0, True),
        ("99/99/9999", 10, 8, 0, False),
        ("9(3),99", 6, 5, 2, False),
        ("9(3),9(3)", 7, 6, 3, False),
        ("Z(3)9,99", 7, 6, 2, False),
        ("+9(3).9(2)E+99", 11, 5, 2, True),
        ("N(4)", 4, 0, 0, False),
        ("G(4)", 4, 0, 0, False),
    ],
)
def test_pictures(picture: str, characters: int, digits: int, scale: int, signed: bool) -> None:
    read = read_picture(picture)
    assert (read.characters, read.digits, read.scale, read.signed) == (characters, digits, scale, signed)


@pytest.mark.parametrize("picture", ["", "9(0)", "9W", "99S", "9V9V9", "P9P", "V", "9(", "X(99999999)", "()"])
def test_what_is_no_picture(picture: str) -> None:
    with pytest.raises(PictureError):
        read_picture(picture)


def test_storage_sizes() -> None:
    layout = parse_copybook("""
       01  R.
           05  A PIC 9(4) COMP.       05  B PIC S9(9) COMP-5.
           05  C PIC 9(18) BINARY.    05  D PIC 9(19) COMP-4.
           05  E PIC S9(7) COMP-3.    05  F PIC 9(6) PACKED-DECIMAL.
           05  G PIC 9(5) COMP-3U.    05  H PIC 9(6) COMP-6.
           05  I COMP-1.              05  J COMPUTATIONAL-2.
           05  K PIC 9(2) COMP-9.     05  L PIC 9(5) COMP-X.
           05  M PIC N(3).            05  N PIC G(3) DISPLAY-1.
           05  O PIC S9(3) SIGN IS LEADING SEPARATE CHARACTER.
           05  P PIC X(4) COMP-3U.    05  Q USAGE POINTER.
           05  S PIC S9(3) SIGN TRAILING.
    """)
    sizes = {name: size for name, (_, size) in places(layout).items() if name != "R"}
    assert sizes == {
        "A": 2, "B": 4, "C": 8, "D": 9, "E": 4, "F": 4, "G": 3, "H": 3, "I": 4, "J": 8, "K": 1, "L": 3,
        "M": 6, "N": 6, "O": 4, "P": 4, "Q": 4, "S": 3,
    }  # fmt: skip


def test_redefinitions_chain_and_the_longest_makes_room() -> None:
    layout = parse_copybook("""
       01  R.
           05  A PIC X(4).
           05  B REDEFINES A PIC 9(4).
           05  C REDEFINES B.
               10  D PIC X(6).
           05  E PIC X.
    """)
    assert places(layout) == {"R": (0, 7), "A": (0, 4), "B": (0, 4), "C": (0, 6), "D": (0, 6), "E": (6, 1)}
    assert [w.code for w in layout.warnings] == ["LEG-209"]
    assert "laid out with the longer" in layout.warnings[0].fix


def test_usage_and_sign_are_inherited() -> None:
    layout = parse_copybook("""
       01  R.
           05  G COMP-3.
               10  A PIC S9(5).
               10  B PIC X(3).
           05  H SIGN LEADING SEPARATE.
               10  C PIC S9(3).
               10  D PIC 9(3).
    """)
    assert {name: size for name, (_, size) in places(layout).items()} == {
        "R": 13, "G": 6, "A": 3, "B": 3, "H": 7, "C": 4, "D": 3
    }  # fmt: skip


def test_slack_bytes_of_synchronized_items() -> None:
    text = """
       01  R.
           05  A PIC X.
           05  B PIC S9(4) COMP SYNC.
           05  C PIC X.
           05  D PIC S9(9) COMP SYNCHRONIZED RIGHT.
           05  E COMP-2 SYNC.
    """
    assert [offset for offset, _ in places(parse_copybook(text)).values()] == [0, 0, 2, 4, 8, 16]
    plain = parse_copybook(text, dialect=Dialect(align_synchronized=False))
    assert [offset for offset, _ in places(plain).values()] == [0, 0, 1, 3, 4, 8]


def test_tables_conditions_and_renamings() -> None:
    layout = parse_copybook("""
       01  R.
           05  N PIC 9(2).
           05  T OCCURS 1 TO 9 TIMES DEPENDING ON N ASCENDING KEY IS K INDEXED BY I J.
               10  K PIC X(2).
               10  U OCCURS 3 PIC 9.
                   88  YES VALUE 1.
                   88  SOME VALUES ARE 2 THRU 4, 7.
           05  L PIC X VALUE SPACE BLANK WHEN ZERO.
       66  HEAD RENAMES N THRU K.
       77  ALONE PIC 9(3).
    """)
    table = layout.find("T")
    assert table is not None
    assert table.occurs is not None
    assert (table.size, table.room, table.occurs.minimum, table.occurs.maximum) == (5, 45, 1, 9)
    assert table.counter is layout.find("R.N")
    element = layout.find("U")
    assert element is not None
    assert [(c.name, c.values) for c in element.conditions] == [
        ("YES", (("1", None),)),
        ("SOME", (("2", "4"), ("7", None))),
    ]
    assert [(r.name, r.offset, r.size) for r in layout.renamings] == [("HEAD", 0, 4)]
    assert layout.size == 2 + 45 + 1 + 3


def test_source_layouts() -> None:
    fixed = (
        "000100 01  R.".ljust(72) + "IGNORED\n000200*  comment 05 X PIC X.\n000300     05  A PIC X(3) VALUE 'AB\n"
        "000400-    'C'.\n      D    05  DEBUG PIC X.\n" + "           05  B PIC 9.".ljust(72) + "AAAAAAAA\n"
    )
    free = "01 R.\n  05 A PIC X(3). *> a remark\n* a comment\n  05 B PIC 9.\n"
    tabs = "\t01\tR.\n\t\t05\tA\tPIC X(3).\n\t\t05\tB\tPIC 9.\n"
    for text in (fixed, free, tabs, fixed.replace("\n", "\r\n")):
        assert places(parse_copybook(text)) == {"R": (0, 4), "A": (0, 3), "B": (3, 1)}


def test_copy_replacing() -> None:
    members = {
        "ADDR": (
            "           10  :P:-STREET PIC X(20).\n           10  :P:-ZIP PIC 9(LEN).\n"
            "           COPY INNER REPLACING LEADING ==X-== BY ==Y-==.\n"
        ),
        "INNER": "           10  X-CODE PIC X.\n",
    }
    text = (
        "       01  R.\n           05  HOME.\n           COPY ADDR REPLACING ==:P:== BY ==H== ==9(LEN)== BY ==9(5)==.\n"
        "           05  END-MARK PIC X.\n"
    )
    layout = parse_copybook(text, library=members.get)
    assert list(places(layout)) == ["R", "HOME", "H-STREET", "H-ZIP", "Y-CODE", "END-MARK"]
    assert layout.size == 27


def test_several_copybooks_lie_over_each_other() -> None:
    first = parse_copybook("       01  A.\n           05  X PIC X(3).\n")
    second = parse_copybook("       01  B.\n           05  Y PIC X(5).\n")
    merged = merge_copybooks([first, second])
    assert places(merged) == {"A": (0, 3), "X": (0, 3), "B": (0, 5), "Y": (0, 5)}
    assert merged.size == 5


def test_a_missing_period_is_forgiven_and_told() -> None:
    layout = parse_copybook("       01  R.\n           05  A PIC X\n           05  B PIC X.\n")
    assert list(places(layout)) == ["R", "A", "B"]
    assert [(w.code, w.severity) for w in layout.warnings] == [("LEG-208", Severity.WARNING)]


@pytest.mark.parametrize(
    ("lines", "code", "where", "fix"),
    [
        ("05 A PIC X WHATEVER.", "LEG-200", (2, 20), "correct the clause at the caret"),
        ("55 A PIC X.", "LEG-201", (2, 9), "use 01 to 49"),
        ("05 A PIC 9W.", "LEG-202", (2, 19), "correct the PICTURE string"),
        ("05 A PIC ZZ9 COMP-3.", "LEG-203", (2, 9), "keep one of the two clauses"),
        ("05 A REDEFINES B PIC X.", "LEG-204", (2, 9), "name an item of the same level"),
        ("05 A PIC X OCCURS 1 TO 3 DEPENDING ON N.", "LEG-205", (2, 20), "name a numeric item"),
        ("05 A.", "LEG-206", (2, 9), "give the item a PICTURE"),
        ("COPY NOWHERE.", "LEG-207", (2, 14), "put the member beside the copybook"),
        ("05 A PIC X VALUE 'abc.", "LEG-208", (2, 26), "close the quotation mark"),
        ("05 A PIC X(9000000) OCCURS 99999999.", "LEG-211", (1, 8), "look for a mistyped OCCURS"),
    ],
)
def test_faults_have_their_place(lines: str, code: str, where: tuple[int, int], fix: str) -> None:
    with pytest.raises(CopybookError) as caught:
        parse_copybook(f"       01  R.\n        {lines}\n", "book.cpy")
    fault = next(f for f in caught.value.findings if f.code == code)
    assert (fault.place.source, fault.place.line, fault.place.column) == ("book.cpy", *where)
    assert fix in fault.fix
    shown, caret = (fault.seen or "").split("\n")
    assert caret.index("^") - 7 == where[1] - 1 <= len(shown)


def test_a_text_without_items() -> None:
    with pytest.raises(CopybookError, match="LEG-212") as caught:
        parse_copybook("\n\n")
    assert "check that the file is a copybook" in caught.value.findings[0].fix


def test_names_that_stand_twice_are_told() -> None:
    layout = parse_copybook("       01  R.\n           05  A PIC X.\n           05  A PIC 9.\n")
    assert [(w.code, w.fix.split(";")[0]) for w in layout.warnings] == [("LEG-210", "rename one of the two items")]


def test_all_faults_at_once() -> None:
    with pytest.raises(CopybookError) as caught:
        parse_copybook(
            "       01  R.\n           05  A PIC 9W.\n           05  B REDEFINES Z PIC X.\n           05  C.\n"
        )
    assert [f.code for f in caught.value.findings] == ["LEG-202", "LEG-204", "LEG-206"]


def test_a_drafted_contract() -> None:
    layout = parse_copybook("""
       01  CUSTOMER.
           05  CUST-ID PIC 9(8).
           05  STATUS-CODE PIC X.
               88  ACTIVE VALUE 'A'.
           05  RATE OCCURS 2 PIC S9V99 COMP-3.
           05  FILLER PIC X(3).
    """)
    drafted = draft_contract(layout, "customer.cpy")
    properties = {p["name"]: p for p in drafted["schema"][0]["properties"]}
    assert list(properties) == ["cust_id", "status_code", "rate_1", "rate_2"]
    assert properties["cust_id"]["logicalType"] == "integer"
    assert properties["status_code"]["enum"] == [{"value": "A", "label": "ACTIVE"}]
    assert properties["status_code"]["customProperties"][0]["value"] == "warning"
    assert (properties["rate_2"]["physicalName"], properties["rate_2"]["physicalType"]) == ("RATE(2)", "S9V99 COMP-3")


def test_names_of_level_88_become_labels() -> None:
    layout = parse_copybook("""
       01  R.
           05  GRADE PIC 9.
               88  ANY-GRADE VALUES 1 THRU 4.
               88  BEST VALUE 1.
           05  KIND PIC X(2).
               88  NONE-GIVEN VALUE SPACES.
               88  RETAIL VALUES 'R1' 'R2'.
           05  WIDE PIC 9(9).
               88  MANY VALUES 1 THRU 100000.
           05  RAW PIC X.
               88  UNSET VALUE LOW-VALUES.
           05  RATE PIC 9V9.
               88  HALF VALUE 0.5.
    """)
    properties = {p["name"]: p for p in draft_contract(layout, "r.cpy")["schema"][0]["properties"]}
    listed = {name: [(e["value"], e["label"]) for e in p.get("enum", [])] for name, p in properties.items()}
    assert listed == {
        "grade": [(1, "BEST"), (2, "ANY-GRADE"), (3, "ANY-GRADE"), (4, "ANY-GRADE")],
        "kind": [("", "NONE-GIVEN"), ("R1", "RETAIL"), ("R2", "RETAIL")],
        "wide": [],
        "raw": [],
        "rate": [(0.5, "HALF")],
    }


def test_fields_of_one_name_are_told_apart_by_the_groups_above() -> None:
    layout = parse_copybook("""
       01  R.
           05  HOME.
               10  ADDR.
                   15  CITY PIC X(3).
           05  WORK.
               10  ADDR.
                   15  CITY PIC X(3).
           05  BIG PIC S9(17)V99 COMP-3.
    """)
    properties = draft_contract(layout, "r.cpy")["schema"][0]["properties"]
    assert [(p["name"], p["physicalName"]) for p in properties] == [
        ("city", "CITY"),
        ("addr_city", "WORK.ADDR.CITY"),
        ("big", "BIG"),
    ]
    assert properties[2]["physicalType"] == "DECIMAL(19,2)"
    assert properties[2]["description"] == "S9(17)V99 COMP-3"
