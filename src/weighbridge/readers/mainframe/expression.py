"""Arithmetic for record lengths: whole numbers, field names, ``+ - * /``, ``%``, brackets; nothing else.

A name may hold ``-`` only where the whole expression is that name: in ``A_1 - A_2`` the sign is minus.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*(?:(\d+)|([A-Za-z_][\w.]*)|(.))", re.DOTALL)
_LIMIT = 1 << 40
_DEPTH = 50


class ExpressionError(ValueError):
    """The expression is not understood, or has no value."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression.

    Attributes:
        text: as it was written.
        names: the fields it uses.
    """

    text: str
    names: tuple[str, ...]
    _tokens: tuple[str, ...]

    def value(self, fields: Mapping[str, int]) -> int:
        """Return its value; division rounds towards zero, as COBOL's does.

        Raises:
            ExpressionError: a field has no value, a division by zero, or a number beyond all lengths.
        """
        return _Evaluator(self._tokens, fields).run()


def parse_expression(text: str) -> Expression:
    """Return the expression `text` describes.

    Raises:
        ExpressionError: it is none.
    """
    tokens: list[str] = []
    at = 0
    text = text.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        assert found is not None
        token = found.group().strip()
        if found.group(3) and found.group(3) not in "+-*/%()@":
            raise ExpressionError(f"{found.group(3)!r} is no part of an expression")
        if token and token != "@":
            tokens.append(token)
        at = found.end()
    names = tuple(dict.fromkeys(t for t in tokens if t[0].isalpha() or t[0] == "_"))
    expression = Expression(text, names, tuple(tokens))
    _Evaluator(expression._tokens, dict.fromkeys(names, 1)).run(check=True)
    return expression


class _Evaluator:
    def __init__(self, tokens: tuple[str, ...], fields: Mapping[str, int]) -> None:
        self._tokens = tokens
        self._fields = fields
        self._at = 0
        self._depth = 0

    def run(self, check: bool = False) -> int:
        self._check = check
        value = self._sum()
        if self._at < len(self._tokens):
            raise ExpressionError(f"{self._tokens[self._at]!r} is not expected there")
        return value

    def _sum(self) -> int:
        value = self._product()
        while self._peek() in ("+", "-"):
            sign = 1 if self._next() == "+" else -1
            value = self._bounded(value + sign * self._product())
        return value

    def _product(self) -> int:
        value = self._factor()
        while self._peek() in ("*", "/", "%"):
            operator, right = self._next(), self._factor()
            if operator == "*":
                value = self._bounded(value * right)
            elif right == 0:
                if not self._check:
                    raise ExpressionError("division by zero")
            elif operator == "%":
                value %= right
            else:
                value = int(value / right) if abs(value) < 1 << 50 else value // right
        return value

    def _factor(self) -> int:
        token = self._next()
        negative = False
        while token in ("+", "-"):
            negative ^= token == "-"
            token = self._next()
        value = self._atom(token)
        return -value if negative else value

    def _atom(self, token: str) -> int:
        if token == "(":
            self._depth += 1
            if self._depth > _DEPTH:
                raise ExpressionError("brackets are nested too deeply")
            value = self._sum()
            if self._next() != ")":
                raise ExpressionError("a bracket is not closed")
            self._depth -= 1
            return value
        if token.isdigit():
            return self._bounded(int(token[:20]))
        if token and (token[0].isalpha() or token[0] == "_"):
            if token not in self._fields:
                raise ExpressionError(f"{token} has no value")
            return self._bounded(self._fields[token])
        raise ExpressionError(f"{token or 'the end'!r} is not expected there")

    def _bounded(self, value: int) -> int:
        if abs(value) > _LIMIT:
            raise ExpressionError("the length is beyond all bounds")
        return value

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self._at += 1
        return token
