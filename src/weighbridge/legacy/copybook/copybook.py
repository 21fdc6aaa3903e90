"""A copybook, parsed and laid out; and several copybooks made one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weighbridge.findings import Finding, Severity, WeighbridgeError
from weighbridge.legacy.copybook.clauses import CLAUSE_WORDS, Entry, level_of
from weighbridge.legacy.copybook.copying import Library, expand
from weighbridge.legacy.copybook.item import Item
from weighbridge.legacy.copybook.layout import Dialect, lay_out
from weighbridge.legacy.copybook.source import Form, Source, Spot
from weighbridge.legacy.copybook.words import Word, split_words

__all__ = ["Copybook", "CopybookError", "Renaming", "merge_copybooks", "parse_copybook"]


class CopybookError(WeighbridgeError):
    """The copybook cannot be used. `findings` holds every fault, each with line, column and caret."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """A level 66: another name for the bytes from one item to another."""

    name: str
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Copybook:
    """A record's layout.

    Attributes:
        roots: the items of the lowest level, in source order. Several roots follow one another
            in the record unless they redefine each other.
        renamings: its level-66 names.
        size: bytes of a record, every table at its greatest size.
        warnings: what is odd but does not forbid its use.
    """

    roots: tuple[Item, ...]
    renamings: tuple[Renaming, ...]
    size: int
    warnings: tuple[Finding, ...] = ()

    def items(self) -> Iterator[Item]:
        """Give every item in source order."""
        for root in self.roots:
            yield from root.walk()

    def find(self, name: str) -> Item | None:
        """Return the first item called `name` (case, ``-`` and ``_`` do not matter), or None.

        A name with dots is a path's end: ``"ACCOUNT.TYPE"`` is the TYPE of an ACCOUNT.
        """
        wanted = [plain_name(part) for part in name.split(".")]
        for item in self.items():
            path = [plain_name(part) for part in item.path]
            if path[-1] == wanted[-1] and _ends_with(path, wanted):
                return item
        return None


def plain_name(name: str) -> str:
    """Return a name as names are compared: upper case, ``_`` for ``-``."""
    return name.upper().replace("-", "_")


def parse_copybook(
    text: str,
    name: str = "copybook",
    *,
    form: Form = "auto",
    library: Library | None = None,
    dialect: Dialect | None = None,
) -> Copybook:
    """Return the layout that a copybook describes.

    Args:
        text: the source.
        name: what its faults call it, usually its path.
        form: fixed or free source layout; auto tells it from the lines.
        library: gives the text of a member that COPY names.
        dialect: what compilers do differently: synchronised slack bytes, sizes.

    Raises:
        CopybookError: it has faults; all of them are in `findings`.
    """
    words, faults = split_words(Source(name, text, form))
    words, more = expand(words, library, form)
    faults += more
    roots, renames = _build(words, faults)
    spot = Spot(name, 1, 1, text.split("\n", 1)[0][:200])
    if not roots and not any(f.severity is Severity.ERROR for f in faults):
        faults.append(spot.finding("LEG-212"))
    return _finish(roots, renames, faults, dialect or Dialect(), spot)


def merge_copybooks(copybooks: Sequence[Copybook], dialect: Dialect | None = None) -> Copybook:
    """Return one layout of several: the records of all of them lie over each other, as REDEFINES do."""
    if len(copybooks) == 1:
        return copybooks[0]
    roots = [root for copybook in copybooks for root in copybook.roots]
    first = roots[0]
    for copybook in copybooks[1:]:
        if copybook.roots[0].redefines is None:
            copybook.roots[0].target = first
            copybook.roots[0].redefines = first.name
    faults = [finding for copybook in copybooks for finding in copybook.warnings]
    faults += lay_out(roots, dialect or Dialect(), keep_targets=True)
    renamings = tuple(renaming for copybook in copybooks for renaming in copybook.renamings)
    return Copybook(tuple(roots), renamings, sum(r.room for r in roots if r.target is None), tuple(faults))


def _finish(
    roots: list[Item], renames: list[tuple[Item, str, str | None]], faults: list[Finding], dialect: Dialect, spot: Spot
) -> Copybook:
    faults += lay_out(roots, dialect)
    renamings: list[Renaming] = []
    everything = [item for root in roots for item in root.walk()]
    for item, first, last in renames:
        start = next((i for i in everything if plain_name(i.name) == plain_name(first)), None)
        end = next((i for i in everything if plain_name(i.name) == plain_name(last)), None) if last else start
        if start is None or end is None or end.offset + end.size <= start.offset:
            faults.append(item.spot.finding("LEG-204", f"RENAMES {first}{' THRU ' + last if last else ''}"))
        else:
            renamings.append(Renaming(item.name, start.offset, end.offset + end.size - start.offset))
    errors = [fault for fault in faults if fault.severity is Severity.ERROR]
    if errors:
        raise CopybookError(
            sorted(faults, key=lambda f: (f.severity is not Severity.ERROR, f.place.line or 0, f.place.column or 0))
        )
    return Copybook(tuple(roots), tuple(renamings), sum(r.room for r in roots if r.target is None), tuple(faults))


def _build(words: Sequence[Word], faults: list[Finding]) -> tuple[list[Item], list[tuple[Item, str, str | None]]]:
    """Return the tree of items, and the renamings with the names they span."""
    roots: list[Item] = []
    renames: list[tuple[Item, str, str | None]] = []
    stack: list[Item] = []
    last: Item | None = None
    decimal_comma = any(w.is_("DECIMAL-POINT") for w in words)
    for level, head, sentence in _entries(words, faults):
        name, filler, rest = _name(sentence)
        item = Item(level, name, head.spot, filler)
        entry = Entry(item, rest, decimal_comma)
        entry.read()
        faults += entry.faults
        if level == 88:
            if last is None:
                faults.append(head.spot.finding("LEG-201", "a level 88 stands under no item"))
            else:
                last.conditions += item.conditions
            continue
        if level == 66:
            if entry.renames is not None:
                renames.append((item, *entry.renames))
            else:
                faults.append(head.spot.finding("LEG-201", "a level 66 has no RENAMES"))
            continue
        last = item
        while stack and (stack[-1].level >= level or level == 77 or stack[-1].level == 77):
            stack.pop()
        if stack:
            _hang(item, stack[-1], head, faults)
        else:
            if roots and level < 50 and roots[-1].level < level and roots[-1].level != 77:
                faults.append(head.spot.finding("LEG-201", f"level {level:02} follows no item that could hold it"))
            roots.append(item)
        stack.append(item)
    return roots, renames


def _hang(item: Item, parent: Item, head: Word, faults: list[Finding]) -> None:
    if parent.picture is not None:
        faults.append(head.spot.finding("LEG-203", f"{parent.name} has a PICTURE and cannot hold {item.name}"))
        return
    if (
        parent.children
        and parent.children[0].level != item.level
        and not any(c.level == item.level for c in parent.children)
    ):
        faults.append(
            head.spot.finding(
                "LEG-201",
                f"level {item.level:02} differs from its brothers' {parent.children[0].level:02}",
                Severity.WARNING,
            )
        )
    item.parent = parent
    parent.children.append(item)


def _entries(words: Sequence[Word], faults: list[Finding]) -> Iterator[tuple[int, Word, list[Word]]]:
    """Give each entry: its level, the word of the level, and the words up to its period."""
    at = 0
    while at < len(words):
        head = words[at]
        if head.kind == "period":
            at += 1
            continue
        level = level_of(head)
        if level is None:
            at = _over(words, at, head, faults)
            continue
        end = at + 1
        while end < len(words) and words[end].kind != "period":
            following = words[end]
            if following.first_on_line and end > at + 1 and level_of(following) and _starts_entry(words, end):
                faults.append(words[end - 1].spot.finding("LEG-208", "no period ends the sentence", Severity.WARNING))
                break
            end += 1
        yield level, head, list(words[at + 1 : end])
        at = end


def _starts_entry(words: Sequence[Word], at: int) -> bool:
    before = words[at - 1]
    return (
        at + 1 < len(words)
        and words[at + 1].kind in ("word", "period")
        and not before.is_("TO", "OCCURS", "VALUE", "VALUES", "IS", "THRU", "THROUGH")
    )


def _over(words: Sequence[Word], at: int, head: Word, faults: list[Finding]) -> int:
    """Pass over a sentence that is no data description; only what is known to stand there is silent."""
    quiet = head.is_(
        *[
            "DATA",
            "FILE",
            "WORKING-STORAGE",
            "LOCAL-STORAGE",
            "LINKAGE",
            "FD",
            "SD",
            "RD",
            "IDENTIFICATION",
            "ID",
            "PROGRAM-ID",
            "ENVIRONMENT",
            "CONFIGURATION",
            "SPECIAL-NAMES",
            "INPUT-OUTPUT",
            "FILE-CONTROL",
            "SELECT",
            "DECIMAL-POINT",
            "REPORT",
            "SCREEN",
            "COMMUNICATION",
            "EXEC",
            "CBL",
            "PROCESS",
            "RECORD",
            "RECORDING",
            "BLOCK",
            "LABEL",
            "AUTHOR",
            "REPLACE",
        ]
    )
    if head.is_("EJECT", "SKIP1", "SKIP2", "SKIP3", "TITLE"):
        return at + (2 if head.text == "TITLE" else 1)
    if not quiet:
        shown = head.raw or head.text
        is_number = shown.isdigit()
        faults.append(head.spot.finding("LEG-201" if is_number else "LEG-200", f"{shown} is no level number"))
    while at < len(words) and words[at].kind != "period":
        at += 1
        if at < len(words) and words[at].first_on_line and level_of(words[at]):
            return at
    return at + 1


def _name(sentence: list[Word]) -> tuple[str, bool, list[Word]]:
    if not sentence:
        return "FILLER", True, []
    first = sentence[0]
    if first.is_("FILLER"):
        return "FILLER", True, sentence[1:]
    if (
        first.kind == "word"
        and first.text in CLAUSE_WORDS
        and not (len(sentence) > 1 and sentence[1].is_("PIC", "PICTURE", "OCCURS", "REDEFINES"))
    ):
        return "FILLER", True, sentence
    if first.kind == "word" and first.text in ("PIC", "PICTURE"):
        return "FILLER", True, sentence
    if first.kind in ("word", "literal"):
        return (first.raw if first.kind == "word" else first.text).upper(), False, sentence[1:]
    return "FILLER", True, sentence


def _ends_with(path: list[str], wanted: list[str]) -> bool:
    at = len(path)
    for part in reversed(wanted):
        while at > 0 and path[at - 1] != part:
            at -= 1
        if at == 0:
            return False
        at -= 1
    return True
