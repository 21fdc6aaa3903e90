"""The dialect of a delimited text: what separates, quotes, escapes and ends."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_MAX_RECORD_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a delimited text is taken apart by.

    Attributes:
        delimiter: UTF-8 bytes between two fields.
        quote: one byte around a quoted field; empty: fields are never quoted.
        escape: one byte before a character that is text; empty: only doubling escapes a quote.
        line_end: a mode of `weighbridge.readers.lines`.
        fields: how many fields a record has; 0: any number.
        max_record_bytes: of a record's text as UTF-8, without its line end.
        comment: a line that begins so is no record; empty: there are none.
        null_values: texts that mean no value.
        header_line: the header as it stands, to know it again in mid-file; empty: there is none.
    """

    delimiter: bytes = b","
    quote: bytes = b'"'
    escape: bytes = b""
    line_end: str = "any"
    fields: int = 1
    max_record_bytes: int = DEFAULT_MAX_RECORD_BYTES
    comment: bytes = b""
    null_values: tuple[bytes, ...] = ()
    header_line: bytes = b""

    @property
    def is_plain(self) -> bool:
        """Whether delimiter and quote are single bytes, so that masks and Polars can take it apart."""
        return len(self.delimiter) == 1 and len(self.quote) <= 1 and len(self.escape) <= 1
