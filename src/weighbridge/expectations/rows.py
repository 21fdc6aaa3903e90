"""`row_condition` as a Polars predicate: Great Expectations' condition objects and its three older spellings."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import polars as pl

from weighbridge.expectations.literals import NOT_REPRESENTABLE, comparable, is_among, like_column
from weighbridge.expectations.view import View

PARSERS = ("great_expectations", "great_expectations__experimental__", "pandas", "python", "spark", "sql", "polars")
"""Values of `condition_parser` that are understood."""

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

_OWN_WORDS = re.compile(
    r"""^\s*col\("(?P<column>[^"]+)"\)\s*(?:(?P<null>\.notnull\(\))|(?P<op>==|!=|<=|>=|<|>)\s*(?P<value>.+?))\s*$"""
)


class ConditionError(ValueError):
    """A `row_condition` cannot be understood."""


def predicate(condition: Any, view: View, parser: str | None = None) -> pl.Expr | None:
    """Return the rows a condition selects, as a Boolean that is never null; None when it selects all.

    Args:
        condition: a condition object of Great Expectations, the dictionary of one, or text.
        view: the frame's columns.
        parser: `condition_parser`; decides how text is read.

    Raises:
        ConditionError: it cannot be understood.
        UnknownColumnError: it names a column that is not there.
    """
    if condition is None or condition == "":
        return None
    if parser is not None and parser not in PARSERS:
        raise ConditionError(f"unrecognized condition_parser {parser} for Polars execution engine")
    if isinstance(condition, str):
        return _text(condition, view, parser).fill_null(False)
    tree = condition if isinstance(condition, Mapping) else condition.dict()
    return _of_tree(tree, view, parser).fill_null(False)


def _of_tree(tree: Mapping[str, Any], view: View, parser: str | None) -> pl.Expr:
    kind = tree.get("type")
    if kind in ("and", "or"):
        parts = [
            _of_tree(part if isinstance(part, Mapping) else part.dict(), view, parser) for part in tree["conditions"]
        ]
        if not parts:
            raise ConditionError(f"an {kind} without conditions")
        return reduce(operator.and_ if kind == "and" else operator.or_, parts)
    if kind == "pass_through":
        return _text(tree["pass_through_filter"], view, parser or "pandas")
    column = tree.get("column")
    name = column.get("name") if isinstance(column, Mapping) else getattr(column, "name", column)
    if not isinstance(name, str):
        raise ConditionError(f"Unable to determine Condition type from dict: {dict(tree)}")
    if kind == "nullity":
        return view.missing(name) if tree.get("is_null") else view.present(name)
    if kind == "comparison":
        said = tree.get("operator")
        return compared(view, name, str(getattr(said, "value", said)), tree.get("parameter"))
    raise ConditionError(f"Unable to determine Condition type from dict: {dict(tree)}")


def compared(view: View, name: str, said: str, value: Any) -> pl.Expr:
    """Return where a column compares so with a value; a row without the value is never selected."""
    dtype = view.dtype(name)
    if said in ("IN", "NOT_IN"):
        among = is_among(pl.col(name), list(value), dtype)
        return (among if said == "IN" else ~among) & view.present(name)
    if said not in _COMPARE:
        raise ConditionError(f"unknown operator {said}")
    if said in ("==", "=", "!="):
        fitted = like_column(value, dtype)
        if fitted is NOT_REPRESENTABLE:
            found: pl.Expr = pl.when(pl.col(name).is_not_null()).then(said == "!=")
        else:
            found = _COMPARE[said](pl.col(name), _literal(fitted, dtype))
    else:
        found = _COMPARE[said](pl.col(name), pl.lit(comparable(value, dtype, "and the condition's value")))
    return found & view.present(name)


def _literal(value: Any, dtype: pl.DataType) -> pl.Expr:
    return pl.lit(value) if isinstance(dtype, pl.Categorical | pl.Enum) else pl.lit(value, dtype=dtype)


def _text(text: str, view: View, parser: str | None) -> pl.Expr:
    if parser in ("great_expectations", "great_expectations__experimental__"):
        return _own_words(text, view)
    if _OWN_WORDS.match(text) and parser is None:
        return _own_words(text, view)
    if parser in ("spark", "sql", "polars"):
        return _sql(text, view)
    return _query(text, view)


def _own_words(text: str, view: View) -> pl.Expr:
    found = _OWN_WORDS.match(text)
    if found is None:
        raise ConditionError(f"unable to parse condition: {text}")
    name = found["column"]
    if found["null"]:
        return view.present(name)
    raw = found["value"].strip()
    if dated := re.fullmatch(r"""date\((["'])(.*)\1\)""", raw):
        return compared(view, name, found["op"], dated[2])
    if quoted := re.fullmatch(r"""(["'])(.*)\1""", raw):
        return compared(view, name, found["op"], quoted[2])
    try:
        number = int(raw) if re.fullmatch(r"[+-]?\d+", raw) else float(raw)
    except ValueError:
        raise ConditionError(f"unable to parse condition: {text}") from None
    return compared(view, name, found["op"], number)


def _sql(text: str, view: View) -> pl.Expr:
    try:
        found = pl.sql_expr(text)
        pl.DataFrame(schema=dict(view.schema)).select(found.cast(pl.Boolean))
    except pl.exceptions.PolarsError as error:
        raise ConditionError(f"unable to parse condition: {text}: {str(error).splitlines()[0]}") from None
    return found


def _query(text: str, view: View) -> pl.Expr:
    """Read the syntax of `DataFrame.query`."""
    named: dict[str, str] = {}

    def stand_in(found: re.Match[str]) -> str:
        key = f"_column_{len(named)}_"
        named[key] = found[1]
        return key

    spelt = re.sub(r"`([^`]+)`", stand_in, text.strip())
    masked = (
        re.sub(r"(?<![&])&(?![&])", " and ", re.sub(r"(?<![|])\|(?![|])", " or ", spelt)) if _chained(spelt) else spelt
    )
    try:
        tree = ast.parse(masked, mode="eval").body
    except SyntaxError as error:
        raise ConditionError(f"unable to parse condition: {text}: {error.msg}") from None
    found = _Query(view, named).read(tree)
    if not isinstance(found, pl.Expr):
        raise ConditionError(f"unable to parse condition: {text}: it selects no rows by a column")
    return found


def _chained(text: str) -> bool:
    """Whether & and | stand for `and` and `or`, as they do in `DataFrame.query`, outside of quotes."""
    outside = re.sub(r"\"[^\"]*\"|'[^']*'", "", text)
    quoted = any(c in part for part in re.findall(r"\"[^\"]*\"|'[^']*'", text) for c in "&|")
    return not quoted and any(c in outside for c in "&|")


class _Query:
    """Reads a syntax tree of Python as a condition on columns."""

    def __init__(self, view: View, named: Mapping[str, str]) -> None:
        self.view = view
        self.named = named

    def read(self, node: ast.expr) -> Any:
        """Return a predicate, or the value of a constant."""
        if isinstance(node, ast.BoolOp):
            parts = [self.read(value) for value in node.values]
            return reduce(operator.and_ if isinstance(node.op, ast.And) else operator.or_, parts)
        if isinstance(node, ast.UnaryOp):
            return self._unary(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
            both = (self.read(node.left), self.read(node.right))
            return operator.and_(*both) if isinstance(node.op, ast.BitAnd) else operator.or_(*both)
        if isinstance(node, ast.Compare):
            return self._compare(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return [self.read(item) for item in node.elts]
        if isinstance(node, ast.Name):
            name = self.named.get(node.id, node.id)
            self.view.dtype(name)
            return pl.col(name)
        return self._arithmetic(node)

    def _unary(self, node: ast.UnaryOp) -> Any:
        value = self.read(node.operand)
        if isinstance(node.op, ast.Not | ast.Invert):
            return ~value
        return -value if isinstance(node.op, ast.USub) else value

    def _arithmetic(self, node: ast.expr) -> Any:
        known = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
        if isinstance(node, ast.BinOp) and type(node.op) in known:
            return known[type(node.op)](self.read(node.left), self.read(node.right))
        raise ConditionError(f"unable to parse condition: {ast.unparse(node)}")

    def _column(self, node: ast.expr) -> str | None:
        if not isinstance(node, ast.Name):
            return None
        name = self.named.get(node.id, node.id)
        self.view.dtype(name)
        return name

    def _compare(self, node: ast.Compare) -> pl.Expr:
        sides = [node.left, *node.comparators]
        return reduce(
            operator.and_,
            [self._pair(left, op, right) for left, op, right in zip(sides, node.ops, sides[1:], strict=False)],
        )

    def _pair(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> pl.Expr:
        word = _WORDS.get(type(op))
        if word is None:
            raise ConditionError(f"unable to parse condition: {ast.unparse(left)} … {ast.unparse(right)}")
        name, other = self._column(left), self._column(right)
        if name is not None and other is None and not isinstance(right, ast.BinOp):
            return compared(self.view, name, word, self.read(right))
        if other is not None and name is None and not isinstance(left, ast.BinOp):
            return compared(self.view, other, _TURNED[word], self.read(left))
        found = _COMPARE[word](self.read(left), self.read(right))
        for column in (name, other):
            found = found if column is None else found & self.view.present(column)
        return pl.lit(found) if isinstance(found, bool) else found

    def _call(self, node: ast.Call) -> pl.Expr:
        if isinstance(node.func, ast.Attribute):
            name, method = self._column(node.func.value), node.func.attr
            if name is not None and method in ("notnull", "notna"):
                return self.view.present(name)
            if name is not None and method in ("isnull", "isna"):
                return self.view.missing(name)
            if name is not None and method == "isin" and len(node.args) == 1:
                return compared(self.view, name, "IN", self.read(node.args[0]))
        raise ConditionError(f"unable to parse condition: {ast.unparse(node)}")


_WORDS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "IN",
    ast.NotIn: "NOT_IN",
}
_TURNED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
