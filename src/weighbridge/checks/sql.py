"""SQL as a contract writes it: Boolean expressions of a record, and queries of one value.

Polars is the expression language: an expression is what `pl.sql_expr` makes of the text, a
query what `pl.SQLContext` runs. Both are tried on an empty frame of the object's columns
first, so that a mistake is a finding before anything is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

import polars as pl

_PLACEHOLDER = re.compile(r"(?P<before>[\"'`]?)\$?\{\s*(?P<word>[A-Za-z_.]+)\s*\}")
_OBJECT_WORDS = frozenset({"object", "table", "model", "schema", "dataset"})
_PROPERTY_WORDS = frozenset({"property", "column", "field"})
_READS_FILES = re.compile(r"\b(read|scan)_(csv|parquet|ipc|json|ndjson|delta|iceberg)\s*\(", re.IGNORECASE)
_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_TEXTS = re.compile(r"'(?:[^']|'')*'")
_TABLES = re.compile(r"\b(?:from|join)\s+(?:\"([^\"]+)\"|([A-Za-z_][\w-]*))", re.IGNORECASE)
_LONGEST_REASON = 240
_ERRORS = (pl.exceptions.PolarsError, TypeError, ValueError, pl.exceptions.PanicException)


class UnusableSqlError(ValueError):
    """The SQL cannot be used on this object; the message says why."""


def filled_in(text: str, object_name: str, property_name: str | None) -> str:
    """Return the SQL with ``${table}``, ``{property}`` and the like replaced by quoted names.

    Raises:
        UnusableSqlError: a placeholder is unknown, or names a property where there is none.
    """

    def replace(match: re.Match[str]) -> str:
        word = match["word"].lower()
        if word in _OBJECT_WORDS:
            name = object_name
        elif word in _PROPERTY_WORDS:
            if property_name is None:
                raise UnusableSqlError(f"{match[0]} stands in a check of the whole object, which has no property")
            name = property_name
        else:
            raise UnusableSqlError(f"the placeholder {match[0].lstrip(chr(34))} is not known")
        return match["before"] + name if match["before"] else '"' + name.replace('"', '""') + '"'

    return _PLACEHOLDER.sub(replace, text)


def row_expression(
    text: str, dtypes: Mapping[str, pl.DataType], object_name: str, property_name: str | None
) -> pl.Expr:
    """Return the Boolean expression of a record that `text` says.

    Raises:
        UnusableSqlError: it is no SQL, names unknown columns, is not Boolean, or looks at
            more than one record.
    """
    text = filled_in(str(text), object_name, property_name)
    try:
        expression = pl.sql_expr(text)
    except _ERRORS as error:
        raise UnusableSqlError(f"{text!r}: {_reason(error)}") from None
    roots = columns_of(expression)
    for name in roots:
        if name not in dtypes:
            near = get_close_matches(name, list(dtypes), n=1)
            hint = f"; the nearest is {near[0]!r}" if near else ""
            raise UnusableSqlError(f"{text!r}: there is no property {name!r}{hint}")
    if not roots:
        raise UnusableSqlError(f"{text!r}: it names no property")
    if not looks_at_one_record(expression):
        raise UnusableSqlError(f"{text!r}: it looks at more than the one record")
    try:
        result = pl.DataFrame(schema=dict(dtypes)).lazy().select(expression.alias("x")).collect().schema["x"]
    except _ERRORS as error:
        raise UnusableSqlError(f"{text!r}: {_reason(error)}") from None
    if result != pl.Boolean:
        raise UnusableSqlError(f"{text!r}: it gives {result}, not true or false")
    return expression


def columns_of(expression: pl.Expr) -> tuple[str, ...]:
    """Return the columns an expression names, in the order of their first mention."""
    return tuple(dict.fromkeys(expression.meta.root_names()))


def single_value(
    text: str,
    object_name: str,
    aliases: tuple[str, ...],
    dtypes: Mapping[str, pl.DataType],
    others: Mapping[str, pl.LazyFrame] | None = None,
) -> str:
    """Return the query, checked: one SELECT that gives one value of this object, and of `others` by their names.

    Raises:
        UnusableSqlError: it is no such query, or not in Polars' SQL.
    """
    bare = _COMMENTS.sub(" ", text).strip().rstrip(";").strip()
    if not re.match(r"(select|with)\b", bare, re.IGNORECASE):
        raise UnusableSqlError(f"only SELECT can be run, not {bare.split(' ', 1)[0]!r}")
    if _READS_FILES.search(bare):
        raise UnusableSqlError("a query may look at objects only, not read files")
    try:
        empty = {name: pl.LazyFrame(schema=frame.collect_schema()) for name, frame in (others or {}).items()}
        result = run(bare, object_name, aliases, pl.LazyFrame(schema=dict(dtypes)), empty).collect()
    except _ERRORS as error:
        raise UnusableSqlError(_reason(error)) from None
    if result.shape != (1, 1):
        raise UnusableSqlError(
            f"on an empty {object_name} it gives {result.height} rows of {result.width} columns, not one value"
        )
    return bare


def tables_of(text: str) -> tuple[str, ...]:
    """Return the names that stand behind FROM and JOIN."""
    bare = _COMMENTS.sub(" ", _TEXTS.sub("''", text))
    found = (match[1] or match[2] for match in _TABLES.finditer(bare))
    return tuple(dict.fromkeys(found))


def run(
    query: str,
    object_name: str,
    aliases: tuple[str, ...],
    frame: pl.LazyFrame,
    others: Mapping[str, pl.LazyFrame] | None = None,
) -> pl.LazyFrame:
    """Return the lazy result of `query` over `frame`, known by its name and its aliases, and over `others`."""
    tables = {**(others or {}), **dict.fromkeys((object_name, *aliases), frame)}
    return pl.SQLContext(tables).execute(query)


def looks_at_one_record(expression: pl.Expr) -> bool:
    """Whether no part of an expression looks beyond the record it answers for."""
    return all(node.meta.is_column() or node.meta.is_literal() or _is_separable(node) for node in _nodes(expression))


def _is_separable(node: pl.Expr) -> bool:
    """Return whether a node looks at one record only; what stands inside of it is asked apart.

    Polars 2 lowers SQL's `%`, `/`, `//` and `IN` to functions that it cannot judge without a
    schema, which `meta` does not take; each of them looks at one record.
    """
    try:
        return node.meta.is_row_separable()
    except pl.exceptions.ColumnNotFoundError:
        return True


def _nodes(expression: pl.Expr) -> Iterator[pl.Expr]:
    yield expression
    for inner in expression.meta.pop():
        yield from _nodes(inner)


def _reason(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)[:_LONGEST_REASON]
