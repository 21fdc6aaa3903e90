"""How the fields of a file are to be read: what a copybook leaves open."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from weighbridge.legacy.codepages import CodePage, page_named


@dataclass(frozen=True, slots=True)
class Conventions:
    """What a copybook leaves open about its fields' bytes.

    Attributes:
        ascii: the file's text is ASCII, not EBCDIC.
        page: the EBCDIC code page.
        charset: Python's name of the charset of ASCII files' text. "ascii" reads bytes outside of 20–7F as
            blanks; any other leaves control characters out.
        field_pages: fields that are EBCDIC text of another page, by plain field name.
        field_charsets: fields that are text of another charset than EBCDIC, by plain field name.
        national_big_endian: UTF-16 in national fields has its high byte first.
        floats: ``"ibm"``, ``"ibm_little_endian"``, ``"ieee754"`` or ``"ieee754_little_endian"``.
        trim: ``"both"``, ``"left"``, ``"right"``, ``"none"``, or ``"keep_all"``: control
            characters of ASCII text stay too.
        relaxed_overpunch: a sign zone counts as its digit wherever it stands, in unsigned fields too.
        display_as_text: zoned and edited fields are given as text.
        full_unsigned: unsigned binary fields use all their bits.
        blank_is_zero: a blank number with decimals is 0, not no value; a doubt says so.
        sign_nibbles: plus and minus nibbles of packed fields.
    """

    ascii: bool = False
    page: CodePage = field(default_factory=lambda: page_named("cp037"))
    charset: str = "utf-8"
    field_pages: dict[str, CodePage] = field(default_factory=dict)
    field_charsets: dict[str, str] = field(default_factory=dict)
    national_big_endian: bool = True
    floats: str = "ibm"
    trim: str = "both"
    relaxed_overpunch: bool = False
    display_as_text: bool = False
    full_unsigned: bool = False
    blank_is_zero: bool = False
    sign_nibbles: tuple[str, str] = ("CF", "D")

    def of(self, name: str) -> Conventions:
        """Return how the field of this plain name is read: its own page or charset, where it has one."""
        if name in self.field_charsets:
            return replace(self, ascii=True, charset=self.field_charsets[name])
        if name in self.field_pages:
            return replace(self, ascii=False, page=self.field_pages[name])
        return self

    def with_page(self, page: CodePage) -> Conventions:
        """Return the same reading with another code page."""
        return replace(self, page=page)
