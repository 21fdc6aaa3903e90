"""The options of a mainframe file in neutral words, checked all at once.

The same words serve ``weighbridge decode --options`` (snake_case, under the key ``options``) and a
contract's ``recordFormat.options`` (camelCase).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from weighbridge.findings import Finding, Place, Severity, WeighbridgeError
from weighbridge.legacy.cobol.conventions import Conventions
from weighbridge.legacy.codepages import CodePage, UnknownPageError, page_from_table, page_named
from weighbridge.legacy.copybook.copybook import plain_name

FORMATS = ("fixed", "rdw", "bdw_rdw", "bdw_fixed", "lines", "length_field", "custom_header")
FLOATS = ("ibm", "ibm_little_endian", "ieee754", "ieee754_little_endian")
TRIMS = ("both", "left", "right", "none", "keep_all")
MAX_RECORD_BYTES = 256 << 20

TableLoader = Callable[[str], str | None]


class OptionError(WeighbridgeError):
    """Options that cannot be used; all of them are in `findings`."""


@dataclass(frozen=True, slots=True)
class Header:
    """A record header of the file's own making.

    Attributes:
        size: its bytes.
        valid_position, valid_value: the byte that says whether a record follows that is meant to be read.
        low, high: positions of the length's bytes; `high` counts 256.
    """

    size: int
    valid_position: int | None = None
    valid_value: int | None = None
    low: int = 0
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that a copybook does not say. Names are those of docs/mainframe.md."""

    record_format: str = "fixed"
    record_length: int | None = None
    min_record_length: int = 0
    max_record_length: int = MAX_RECORD_BYTES
    rdw_big_endian: bool = False
    rdw_includes_header: bool = False
    rdw_adjust: int = 0
    bdw_big_endian: bool = False
    bdw_includes_header: bool = False
    bdw_adjust: int = 0
    length_field: str | None = None
    length_map: Mapping[str, int] = field(default_factory=dict)
    header: Header | None = None
    file_skip_head: int = 0
    file_skip_tail: int = 0
    record_skip_head: int = 0
    record_skip_tail: int = 0
    spanned: bool = False
    odo_variable_size: bool = False
    odo_padded: bool = False
    count_map: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    allow_partial_records: bool = False
    encoding: str = "ebcdic"
    code_page: str = "invariant"
    text_charset: str = "utf-8"
    field_code_pages: Mapping[str, str] = field(default_factory=dict)
    national_be: bool = True
    float_format: str = "ibm"
    trim: str = "both"
    blank_is_null: bool = True
    relaxed_overpunch: bool = False
    display_as_text: bool = False
    full_unsigned: bool = False
    sign_nibbles: str = "preferred"
    segment_field: str | None = None
    segment_map: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    segment_children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    segment_filter: tuple[str, ...] = ()
    segment_levels: tuple[tuple[str, ...], ...] = ()
    drop_group_fillers: bool = False
    drop_value_fillers: bool = True
    filler_names: str = "numbers"
    number_fillers: bool = True
    collapse_root: bool = True
    groups_also_as_text: tuple[str, ...] | bool = ()
    raw_hex: bool = False
    raw_base64: bool = False
    align_synchronized: bool = True
    small_binary: bool = False
    conventions: Conventions = field(default_factory=Conventions)
    warnings: tuple[Finding, ...] = ()


_RENAMED = {
    "rdw_adjustment": "rdw_adjust",
    "bdw_adjustment": "bdw_adjust",
    "format": "record_format",
    "charset": "text_charset",
    "occurs_map": "count_map",
    "full_unsigned_binary": "full_unsigned",
    "national_big_endian": "national_be",
    "copybook": "",
    "kind": "",
    "custom_code_page": "code_page_table",
}
_BOOLEANS = frozenset(name for name, kind in Options.__annotations__.items() if kind == "bool")
_INTEGERS = frozenset(name for name, kind in Options.__annotations__.items() if kind in ("int", "int | None"))
_CHOICES: dict[str, tuple[str, ...]] = {
    "record_format": FORMATS,
    "encoding": ("ebcdic", "ascii"),
    "float_format": FLOATS,
    "trim": TRIMS,
    "sign_nibbles": ("preferred", "all"),
    "filler_names": ("numbers", "sequence_numbers", "sequence", "number", "previous_field", "previous_field_name"),
}
_WITH_RDW = ("rdw", "bdw_rdw")
_WITH_BDW = ("bdw_rdw", "bdw_fixed")
_ONLY_WITH: dict[str, tuple[str, ...]] = {
    "rdw_big_endian": _WITH_RDW,
    "rdw_includes_header": (*_WITH_RDW, "custom_header"),
    "rdw_adjust": (*_WITH_RDW, "custom_header", "length_field"),
    "spanned": _WITH_RDW,
    "bdw_big_endian": _WITH_BDW,
    "bdw_includes_header": _WITH_BDW,
    "bdw_adjust": _WITH_BDW,
    "record_length": ("fixed", "bdw_fixed"),
    "length_field": ("length_field",),
    "length_map": ("length_field",),
    "header": ("custom_header",),
    "allow_partial_records": ("lines",),
}
"""The record formats in which an option means anything."""

_SIGNED = ("rdw_adjust", "bdw_adjust")


def read_options(
    given: Mapping[str, Any],
    load_table: TableLoader | None = None,
    source: str = "options",
    strict: bool = True,
) -> Options:
    """Return the options that a mapping describes.

    Args:
        given: option names (snake_case or camelCase) and their values.
        load_table: gives the 256 characters of a page that is a file's name, or None.
        source: what messages call the mapping.
        strict: an unknown option is a fault; else it is left out, and `warnings` says so.

    Raises:
        OptionError: some are unknown or have values they cannot have; all of them are named.
    """
    reader = _OptionReader(source, strict)
    for name, value in given.items():
        reader.take(name, value)
    options = reader.finish(load_table)
    if reader.faults:
        raise OptionError(reader.faults)
    return options


def option_key(name: str) -> str:
    """Return an option's name as `Options` has it; empty for what is said elsewhere."""
    key = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower().replace("-", "_")
    return _RENAMED.get(key, key)


class _OptionReader:
    def __init__(self, source: str, strict: bool) -> None:
        self.faults: list[Finding] = []
        self._warnings: list[Finding] = []
        self._strict = strict
        self._source = source
        self._values: dict[str, Any] = {}
        self._table: Any = None

    def take(self, name: str, value: Any) -> None:
        key = option_key(name)
        if not key or value is None:
            return
        if key == "code_page_table":
            self._table = value
            return
        if key not in Options.__annotations__ or key in ("conventions", "warnings"):
            near = difflib.get_close_matches(key, Options.__annotations__, n=1)
            why = "no such option" + (f"; the nearest is {near[0]}" if near else "")
            if self._strict:
                self._fault(name, why)
            else:
                place = Place(source=self._source, path=(name,))
                self._warnings.append(Finding("LEG-220", place, why + "; it is left out", Severity.WARNING))
            return
        self._values[key] = self._checked(name, key, value)

    def finish(self, load_table: TableLoader | None) -> Options:
        values = {key: value for key, value in self._values.items() if value is not None}
        options = Options(**values)
        if options.record_format == "length_field" and not options.length_field:
            self._fault("length_field", "record_format length_field wants it")
        if options.record_format == "custom_header" and options.header is None:
            self._fault("header", "record_format custom_header wants it")
        self._together(options)
        page = self._page(options.code_page, self._table, load_table)
        pages = {plain_name(name): named for name, named in options.field_code_pages.items()}
        charsets = {
            name: _charset(named) for name, named in pages.items() if not _is_page(named) and _is_charset(named)
        }
        if options.text_charset and not _is_charset(options.text_charset):
            self._fault("text_charset", f"Python knows no charset {options.text_charset!r}")
        conventions = Conventions(
            ascii=options.encoding == "ascii",
            page=page,
            charset=_charset(options.text_charset),
            field_pages={n: self._page(p, None, load_table) for n, p in pages.items() if n not in charsets},
            field_charsets=charsets,
            national_big_endian=options.national_be,
            floats=options.float_format,
            trim=options.trim,
            relaxed_overpunch=options.relaxed_overpunch,
            display_as_text=options.display_as_text,
            full_unsigned=options.full_unsigned,
            blank_is_zero=not options.blank_is_null,
            sign_nibbles=("CF", "D") if options.sign_nibbles == "preferred" else ("ACEF", "BD"),
        )
        return Options(**{**values, "conventions": conventions, "warnings": tuple(self._warnings)})

    def _together(self, options: Options) -> None:
        """Options that contradict each other, and such as change nothing beside the others."""
        if options.min_record_length > options.max_record_length:
            self._fault("min_record_length", "it is above max_record_length")
        for name in ("segment_map", "segment_children", "segment_filter", "segment_levels"):
            if getattr(options, name) and options.segment_field is None:
                self._idle(name, "it wants segment_field")
        for name, formats in _ONLY_WITH.items():
            if name in self._values and options.record_format not in formats:
                self._idle(name, f"it changes nothing in record_format {options.record_format}")

    def _idle(self, name: str, why: str) -> None:
        if self._strict:
            self._warnings.append(Finding("LEG-220", Place(self._source, path=(name,)), why, Severity.WARNING))

    def _page(self, name: str, table: Any, load_table: TableLoader | None) -> CodePage:
        characters = (
            "".join(map(str, table))
            if isinstance(table, list)
            else table
            if isinstance(table, str) and len(table) == 256
            else None
        )
        if characters is None:
            try:
                return page_named(name)
            except UnknownPageError as unknown:
                characters = load_table(table if isinstance(table, str) else name) if load_table is not None else None
                if characters is None:
                    self._fault("code_page", str(unknown), "LEG-221")
                    return page_named("invariant")
        try:
            return page_from_table(name, characters)
        except ValueError as wrong:
            self._fault("code_page", str(wrong), "LEG-221")
            return page_named("invariant")

    def _checked(self, name: str, key: str, value: Any) -> Any:
        if key in _BOOLEANS:
            return self._boolean(name, value)
        if key in _INTEGERS:
            return self._integer(name, key, value)
        if key in _CHOICES:
            word = str(value).lower().replace("-", "_")
            if word not in _CHOICES[key]:
                self._fault(name, f"{value!r} is none of {', '.join(_CHOICES[key])}")
                return None
            return word
        check = {
            "length_map": self._numbers,
            "count_map": self._count_map,
            "header": self._header,
            "segment_map": self._lists,
            "segment_children": self._lists,
            "field_code_pages": self._texts,
        }.get(key)
        if check is not None:
            return check(name, value)
        if key == "segment_filter":
            return tuple(_words(value))
        if key == "segment_levels":
            return tuple(tuple(_words(level)) for level in (value if isinstance(value, list | tuple) else [value]))
        if key == "groups_also_as_text":
            return value if isinstance(value, bool) else tuple(_words(value))
        return str(value)

    def _boolean(self, name: str, value: Any) -> bool | None:
        if isinstance(value, bool):
            return value
        if str(value).lower() in ("true", "false"):
            return str(value).lower() == "true"
        self._fault(name, f"{value!r} is neither true nor false")
        return None

    def _integer(self, name: str, key: str, value: Any) -> int | None:
        text = str(value)
        if (
            isinstance(value, bool)
            or not re.fullmatch(r"[+-]?\d{1,10}", text)
            or (int(text) < 0 and key not in _SIGNED)
        ):
            self._fault(name, f"{value!r} is no number of bytes")
            return None
        if key == "record_length" and int(text) == 0:
            self._fault(name, "a record has at least one byte")
            return None
        return int(text)

    def _mapping(self, name: str, value: Any) -> Mapping[Any, Any]:
        if isinstance(value, Mapping):
            return value
        self._fault(name, "it wants a mapping")
        return {}

    def _numbers(self, name: str, value: Any) -> dict[str, int]:
        out: dict[str, int] = {}
        for key, number in self._mapping(name, value).items():
            checked = self._integer(f"{name}.{key}", "", number)
            if checked is not None:
                out[str(key)] = checked
        return out

    def _count_map(self, name: str, value: Any) -> dict[str, dict[str, int]]:
        given = self._mapping(name, value)
        if given and not any(isinstance(inner, Mapping) for inner in given.values()):
            return {"*": self._numbers(name, given)}
        return {plain_name(str(key)): self._numbers(f"{name}.{key}", inner) for key, inner in given.items()}

    def _lists(self, name: str, value: Any) -> dict[str, tuple[str, ...]]:
        return {str(key): tuple(_words(ids)) for key, ids in self._mapping(name, value).items()}

    def _texts(self, name: str, value: Any) -> dict[str, str]:
        out: dict[str, str] = {}
        for key, text in self._mapping(name, value).items():
            # A page may be named for several fields: {"cp037": ["A", "B"]} or {"cp037": "A, B"}.
            if isinstance(text, list | tuple) or (_is_encoding(str(key)) and not _is_encoding(str(text))):
                out.update({one: str(key) for one in _words(text)})
            else:
                out[str(key)] = str(text)
        return out

    def _header(self, name: str, value: Any) -> Header | None:
        given = self._mapping(name, value)
        known = {"size", "valid_pos", "valid_value", "len_lo", "len_hi"}
        for key in set(given) - known:
            self._fault(f"{name}.{key}", f"a header has {', '.join(sorted(known))}")
        numbers = {
            key: self._integer(f"{name}.{key}", "", given[key]) for key in known & set(given) if given[key] is not None
        }
        size, low = numbers.get("size"), numbers.get("len_lo")
        places = [numbers.get(key) for key in ("valid_pos", "len_lo", "len_hi")]
        if not size or low is None or size > 4096 or any(p is not None and p >= size for p in places):
            self._fault(name, "it wants size (1 to 4096) and len_lo, and positions inside of it")
            return None
        return Header(size, numbers.get("valid_pos"), numbers.get("valid_value"), low, numbers.get("len_hi"))

    def _fault(self, name: str, why: str, code: str = "LEG-220") -> None:
        self.faults.append(Finding(code, Place(source=self._source, path=(name,)), why))


def _is_page(name: str) -> bool:
    try:
        page_named(name)
    except UnknownPageError:
        return False
    return True


def _is_charset(name: str) -> bool:
    try:
        "".encode(_charset(name))
    except LookupError:
        return False
    return True


def _is_encoding(name: str) -> bool:
    return _is_page(name) or _is_charset(name)


def _charset(name: str) -> str:
    return {"us_ascii": "ascii", "us-ascii": "ascii", "utf8": "utf-8"}.get(name.lower(), name.lower())


def _words(value: Any) -> list[str]:
    if isinstance(value, str):
        return [word.strip() for word in value.split(",") if word.strip()] if "," in value else [value]
    if isinstance(value, list | tuple):
        return [str(word) for word in value]
    return [str(value)]
