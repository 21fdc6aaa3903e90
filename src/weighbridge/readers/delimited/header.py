"""Which lines name the columns, and which column is which property's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from weighbridge.contract.model import SchemaObject
from weighbridge.quick import dataclass
from weighbridge.readers.columns import known_names, plain
from weighbridge.readers.delimited.evidence import Evidence
from weighbridge.readers.delimited.sample import Row

_DESCRIBES = re.compile(
    r"\[.*\]|\(.*\)|<.*>|\{.*\}|[%€$£¥#]|"
    r"(int|integer|bigint|smallint|long|number|numeric|decimal|float|double|real|money|str|string|text|char|varchar|"
    r"date|time|datetime|timestamp|bool|boolean|uuid|object|"
    r"usd|eur|gbp|chf|jpy|mm|cm|m|km|g|kg|t|ms|s|sec|seconds|min|minutes|h|hours|days|pct|percent|unit|units|pcs)"
    r"(\(.*\))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header was found.

    Attributes:
        first: its first line, among the lines that were looked at.
        rows: how many lines it has.
        names: of each column.
        known: how many of the contract's they are.
    """

    first: int
    rows: int
    names: list[str]
    known: int


def named_columns(lines: Sequence[Row], schema: SchemaObject) -> list[str]:
    """Return the names of columns whose header has several lines: the contract's where one is among them.

    A cell of an upper line stands for the empty ones right of it, too.
    """
    if len(lines) == 1:
        return [n.strip() for n in lines[0].fields or []]
    width = max(len(row.fields or []) for row in lines)
    ours = {plain(n) for p in schema.properties for n in p.source_names}
    columns: list[list[str]] = []
    for i in range(width):
        cells = [(row.fields or [])[i].strip() if i < len(row.fields or []) else "" for row in lines]
        spread = [cell or _left_of(row, i) for row, cell in zip(lines[:-1], cells[:-1], strict=True)] + cells[-1:]
        columns.append([spread, cells][0] if any(spread) else cells)
    return [_name(cells, ours) for cells in columns]


def _left_of(row: Row, i: int) -> str:
    fields = row.fields or []
    return next((c.strip() for c in reversed(fields[:i]) if c.strip()), "")


def _name(cells: Sequence[str], ours: set[str]) -> str:
    said = [c for c in cells if c]
    joined = " ".join(said)
    choices = [joined, *reversed(said)]
    return next((c for c in choices if plain(c) in ours), joined)


def locate(lines: Sequence[Row], schema: SchemaObject, several: int | None) -> Header | None:
    """Return the lines that hold most of the contract's names, None when none holds any.

    Args:
        lines: the first lines of the source.
        schema: with the names.
        several: how many lines the header is declared to have; None tries one, then two or three
            whose cells make the names together.
    """
    best: Header | None = None
    for rows in (several,) if several else (1, 2, 3):
        for i in range(len(lines) - rows + 1):
            group = lines[i : i + rows]
            if rows > 1 and not all(any(c.strip() for c in row.fields or []) for row in group):
                continue
            names = named_columns(group, schema)
            known = known_names(names, schema)
            if known and (best is None or known > best.known):
                best = Header(i, rows, names, known)
        if best is not None and best.known >= len(schema.properties):
            break  # no header of more lines holds more names
    return best


def goes_on(row: Sequence[str], after: Sequence[Sequence[str]], fields: Mapping[str, int], evidence: Evidence) -> bool:
    """Whether a line under the header is of the header too: of units or types, not of values.

    It says so: each of its texts is in brackets, or the word of a type or unit. None is a value of
    its typed property though there are some, it has no digits, and the lines after it do hold values.
    An odd text is a record that something is wrong with, wherever it stands.
    """
    if not all(_DESCRIBES.fullmatch(text.strip()) for text in row if text.strip()):
        return False
    if any(c.isdigit() for text in row for c in text) or any(evidence.is_nothing(t) and t.strip() for t in row):
        return False
    good, bad = evidence.weigh(row, fields)
    weighed = [evidence.weigh(other, fields) for other in after[:5]]
    return bad > 0 and not good and sum(g for g, _ in weighed) > sum(b for _, b in weighed)


def chosen_twins(
    names: Sequence[str], rows: Sequence[Sequence[str]], schema: SchemaObject, evidence: Evidence
) -> dict[str, tuple[int, str]]:
    """Return, for names that stand more than once, which column is read and why that is certain.

    A column is chosen when its values alone are of the property's type, or when all columns of the
    name hold the same. Names that nothing tells apart are not in the result.
    """
    chosen: dict[str, tuple[int, str]] = {}
    for p in schema.properties:
        for wanted in p.source_names:
            places = [i for i, n in enumerate(names) if n.strip() == wanted]
            if len(places) < 2 or not rows:
                continue
            values = {i: [row[i] if i < len(row) else "" for row in rows] for i in places}
            if all(values[i] == values[places[0]] for i in places):
                chosen[wanted] = (places[0], "their first values are the same")
                continue
            told = {i: [evidence.holds(p.name, v) for v in values[i]] for i in places}
            fitting = [i for i in places if True in told[i] and False not in told[i]]
            if len(fitting) == 1 and all(False in told[i] for i in places if i != fitting[0]):
                why = f"only column {fitting[0] + 1} holds {p.logical_type.value} values"
                chosen[wanted] = (fitting[0], why)
    return chosen
