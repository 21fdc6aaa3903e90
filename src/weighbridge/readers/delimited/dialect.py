"""The dialect of a delimited text: what separates, quotes, escapes and ends."""

from __future__ import annotations

import re
from collections.abc import Sequence

from weighbridge.quick import dataclass

DEFAULT_MAX_RECORD_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a delimited text is taken apart by.

    Attributes:
        delimiter: UTF-8 bytes between two fields.
        quote: the character around a quoted field; empty: fields are never quoted.
        escape: one byte before a character that is text; empty: only doubling escapes a quote.
        padding: whether blanks around a field, quoted or not, are no part of it.
        trailing: whether a delimiter may stand after the last field.
        line_end: a mode of `weighbridge.readers.lines`.
        fields: how many fields a record has; 0: any number.
        earlier: how many a record of an earlier layout has, for each of them.
        max_record_bytes: of a record's text as UTF-8, without its line end.
        comment: a line that begins so is no record; empty: there are none.
        null_values: texts that mean no value.
        header_line: the header as it stands, to know it again in mid-file; empty: there is none.
        footer: a line it is found in is no record; None: there are none.
    """

    delimiter: bytes = b","
    quote: bytes = b'"'
    escape: bytes = b""
    padding: bool = False
    trailing: bool = False
    line_end: str = "any"
    fields: int = 1
    earlier: tuple[int, ...] = ()
    max_record_bytes: int = DEFAULT_MAX_RECORD_BYTES
    comment: bytes = b""
    null_values: tuple[bytes, ...] = ()
    header_line: bytes = b""
    footer: re.Pattern[bytes] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether delimiter and quote are single bytes, so that masks can take every line apart."""
        return len(self.delimiter) == 1 and len(self.quote) <= 1 and len(self.escape) <= 1

    @property
    def most_fields(self) -> int:
        """How many fields a record may have at most, an empty one after a trailing delimiter included."""
        return max(self.fields + self.trailing, *self.earlier, 0)

    def holds(self, values: Sequence[bytes | None]) -> bool:
        """Whether a record may have these values: as many as there are fields."""
        count = len(values)
        if count == self.fields or count in self.earlier:
            return True
        return self.trailing and count == self.fields + 1 and values[-1] is None
