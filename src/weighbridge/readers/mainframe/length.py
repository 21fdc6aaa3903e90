"""Record lengths out of the record itself: a field, a field through a map, or an expression of fields."""

from __future__ import annotations

from weighbridge.findings import Finding, Place
from weighbridge.legacy.cobol import Cells, decode_field, with_slack
from weighbridge.legacy.cobol.cells import SLACK
from weighbridge.legacy.cobol.options import MAX_RECORD_BYTES, OptionError, Options
from weighbridge.legacy.copybook import Copybook, Item
from weighbridge.legacy.copybook.copybook import plain_name
from weighbridge.readers.mainframe.expression import Expression, ExpressionError, parse_expression

_REMEMBERED = 100_000


class LengthRule:
    """Tells a record's length from its first bytes.

    Attributes:
        needs: how many bytes it looks at.
    """

    def __init__(self, copybook: Copybook, options: Options) -> None:
        self._options = options
        self._field: Item | None = None
        self._expression: Expression | None = None
        self._fields: dict[str, Item] = {}
        self._known: dict[bytes, tuple[int | None, str]] = {}
        text = options.length_field or ""
        self._field = copybook.find(text) if not any(c in text for c in " +*/()") else None
        if self._field is None:
            try:
                self._expression = parse_expression(text)
            except ExpressionError as wrong:
                raise OptionError(Finding("LEG-220", Place(path=("length_field",)), f"{text!r}: {wrong}")) from wrong
            for name in self._expression.names:
                item = copybook.find(name)
                if item is not None:
                    self._fields[name] = item
        missing = [n for n in (self._expression.names if self._expression else ()) if n not in self._fields]
        used = [*self._fields.values(), *([self._field] if self._field else [])]
        groups = [item.name for item in used if item.is_group]
        if missing or groups:
            why = f"{', '.join([*missing, *groups])} is no field of the copybook"
            raise OptionError(Finding("LEG-222", Place(path=("length_field",)), why))
        self.needs = options.record_skip_head + max((i.offset + i.size for i in used), default=0)

    def length(self, head: bytes) -> tuple[int | None, str]:
        """Return the record's whole length, or None and why it cannot be told.

        Args:
            head: the first `needs` bytes of the record.
        """
        known = self._known.get(head)
        if known is None:
            known = self._tell(head)
            if len(self._known) < _REMEMBERED:
                self._known[head] = known
        return known

    def _tell(self, head: bytes) -> tuple[int | None, str]:
        options = self._options
        if self._field is not None:
            value = self._value(self._field, head)
            if options.length_map:
                mapped = options.length_map.get(str(value), options.length_map.get("_", options.length_map.get("*")))
                if mapped is None:
                    return None, f"{value!r} is not in length_map"
                value = mapped
            if not isinstance(value, int):
                return None, f"{plain_name(self._field.name)} is {value!r}"
        else:
            assert self._expression is not None
            numbers = {name: self._value(item, head) for name, item in self._fields.items()}
            for name, number in numbers.items():
                if not isinstance(number, int):
                    return None, f"{name} is {number!r}"
            try:
                value = self._expression.value({k: v for k, v in numbers.items() if isinstance(v, int)})
            except ExpressionError as wrong:
                return None, str(wrong)
        length = value + options.rdw_adjust + options.record_skip_head + options.record_skip_tail
        if length < max(self.needs, 1) or length > MAX_RECORD_BYTES:
            if 0 < length < self.needs:
                return self.needs, ""
            return None, f"{length} bytes"
        return length, ""

    def _value(self, item: Item, head: bytes) -> int | str | None:
        buffer = with_slack(head)
        start = SLACK + self._options.record_skip_head + item.offset
        column = decode_field(Cells(buffer, 1, start, 0), item, self._options.conventions)
        if column.is_text:
            text = str(column.values[0]).strip()
            mapped = bool(self._options.length_map)
            return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 and not mapped else text
        if column.null is not None and bool(column.null[0]):
            return None
        number = int(column.values[0])
        return number // int(10**column.scale) if column.scale > 0 else number * int(10**-column.scale)
