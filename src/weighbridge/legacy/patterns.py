"""Date and time patterns: the letters of Java's DateTimeFormatter, read strictly.

ODCS writes `logicalTypeOptions.format` in these letters, and so do the rules `date`,
`time` and `timestamp`. Every pattern becomes a regular expression that says which texts
have its shape, and a chrono format that reads them. Both must agree: chrono alone takes
single digits, inner spaces, signs and second 60 where the pattern does not.

    yyyy uuuu y u   year, four digits          yy uu    year without its century
    MM M LL L       month                      MMM MMMM month's name, short or full
    dd d            day of the month           DDD D    day of the year
    HH H            hour 0-23                  hh h     hour 1-12, with a
    mm m  ss s      minute, second (0-59)      S…       fraction of a second, that many digits
    a               AM or PM                   E EEEE   weekday, short or full (must agree with the date)
    X XX XXX x xx xxx Z   offset from UTC      'text' '' [optional] and any other sign: themselves
    C               century digit of IBM i dates: 0 is 19xx, 1 is 20xx (not in Java)

Unlike Java's default (SMART) resolver, which turns 30 February into the 28th, a date that
does not exist is not read. Source: java.time.format.DateTimeFormatter, Java SE 21 API.
"""

from __future__ import annotations

import re
from functools import lru_cache

import polars as pl

from weighbridge.quick import dataclass

_MONTHS_SHORT = "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_MONTHS_FULL = "(?i:january|february|march|april|may|june|july|august|september|october|november|december)"
_DAYS_SHORT = "(?i:mon|tue|wed|thu|fri|sat|sun)"
_DAYS_FULL = "(?i:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_OFFSET = r"[+-](?:0[0-9]|1[0-4])"
# Year 0000 is one to chrono, but neither to Python nor to SQL.
_YEAR = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_MONTH2, _DAY2 = "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
_HOUR24, _HOUR12, _SIXTY = "(?:[01][0-9]|2[0-3])", "(?:0[1-9]|1[0-2])", "[0-5][0-9]"

# letter run -> (kind, regular expression, chrono)
_FIELDS: dict[str, tuple[str, str, str]] = {
    **dict.fromkeys(("yyyy", "uuuu", "y", "u"), ("year", _YEAR, "%Y")),
    **dict.fromkeys(("yy", "uu"), ("two-digit year", "[0-9]{2}", "%Y")),
    **dict.fromkeys(("MM", "LL"), ("month", _MONTH2, "%m")),
    **dict.fromkeys(("M", "L"), ("month", "(?:0?[1-9]|1[0-2])", "%m")),
    **dict.fromkeys(("MMM", "LLL"), ("month", _MONTHS_SHORT, "%b")),
    **dict.fromkeys(("MMMM", "LLLL"), ("month", _MONTHS_FULL, "%B")),
    "dd": ("day", _DAY2, "%d"),
    "d": ("day", "(?:0?[1-9]|[12][0-9]|3[01])", "%d"),
    "DDD": ("day of year", "[0-9]{3}", "%j"),
    "D": ("day of year", "[0-9]{1,3}", "%j"),
    "HH": ("hour", _HOUR24, "%H"),
    "H": ("hour", "(?:[01]?[0-9]|2[0-3])", "%H"),
    "hh": ("hour of half day", _HOUR12, "%I"),
    "h": ("hour of half day", "(?:0?[1-9]|1[0-2])", "%I"),
    "mm": ("minute", _SIXTY, "%M"),
    "m": ("minute", "[0-5]?[0-9]", "%M"),
    "ss": ("second", _SIXTY, "%S"),
    "s": ("second", "[0-5]?[0-9]", "%S"),
    "a": ("half day", "(?i:am|pm)", "%p"),
    **dict.fromkeys(("E", "EE", "EEE", "ccc"), ("weekday", _DAYS_SHORT, "%a")),
    **dict.fromkeys(("EEEE", "cccc"), ("weekday", _DAYS_FULL, "%A")),
    **dict.fromkeys(("XXX", "XXXXX"), ("offset", f"(?:Z|{_OFFSET}:{_SIXTY})", "%#z")),
    **dict.fromkeys(("XX", "XXXX"), ("offset", f"(?:Z|{_OFFSET}{_SIXTY})", "%#z")),
    "X": ("offset", f"(?:Z|{_OFFSET}(?:{_SIXTY})?)", "%#z"),
    "xxx": ("offset", f"{_OFFSET}:{_SIXTY}", "%#z"),
    **dict.fromkeys(("xx", "xxxx", "Z", "ZZ", "ZZZ"), ("offset", f"{_OFFSET}{_SIXTY}", "%#z")),
    "x": ("offset", f"{_OFFSET}(?:{_SIXTY})?", "%#z"),
    "C": ("century", "[01]", ""),
}
_FIXED_DIGITS = frozenset((_MONTH2, _DAY2, _HOUR24, _HOUR12, _SIXTY, _YEAR, "[0-9]{3}"))
_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|([^A-Za-z'])", re.DOTALL)
_DATE_KINDS = frozenset(("year", "two-digit year", "month", "day", "day of year", "century", "weekday"))
_TIME_KINDS = frozenset(("hour", "hour of half day", "minute", "second", "fraction", "half day"))
_MOST_OPTIONAL_PARTS = 4
_CHRONO_OFFSET = "%#z"


def _with_offset(text: pl.Expr, chrono: str) -> pl.Expr:
    return text.str.to_datetime(chrono, time_unit="us", time_zone="UTC", strict=False, cache=False)


class PatternError(ValueError):
    """A pattern that cannot be read, with the reason."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern without optional parts, ready to read texts.

    Attributes:
        source: the pattern as it was written.
        kinds: which fields it has, e.g. ``frozenset({"year", "month", "day"})``.
        shape: anchored regular expression; a two-digit year and a century digit are groups
            named ``yy`` and ``c``, what stands before and after them ``head`` and ``tail``.
        chrono: the chrono format; reads the text after the year was completed.
        midnight: the shape with hour 24, minute 00 and second 00, the hour between the groups
            ``before`` and ``after``; empty where the pattern has no two-digit hour 0-23.
        year_at: place of a two-digit year, from 0, where everything before it has a fixed width.
        width: digits of a pattern of nothing but fixed-width digits, e.g. 4 for HHmm; else 0.
    """

    source: str
    kinds: frozenset[str]
    shape: str
    chrono: str
    midnight: str = ""
    width: int = 0
    year_at: int | None = None

    @property
    def has_date(self) -> bool:
        """Whether it names a day."""
        return bool(self.kinds & _DATE_KINDS)

    @property
    def has_time(self) -> bool:
        """Whether it names a time of day."""
        return bool(self.kinds & _TIME_KINDS)

    @property
    def has_offset(self) -> bool:
        """Whether it carries an offset from UTC."""
        return "offset" in self.kinds

    @property
    def lacks_century(self) -> bool:
        """Whether its year has two digits and nothing in it tells the century."""
        return "two-digit year" in self.kinds and "century" not in self.kinds

    @property
    def skeleton(self) -> str:
        """The pattern with its numbers as ``#``: equal for two that read the same texts in another order."""
        return re.sub("[dMLyu]", "#", re.sub("M{3,}|L{3,}", "@", self.source))

    def fits(self, text: pl.Expr) -> pl.Expr:
        """Return Boolean: the text has this pattern's shape."""
        return text.str.contains(self.shape)

    def in_century(self, text: pl.Expr, century: str) -> pl.Expr:
        """Return the text with its two-digit year completed by `century`, e.g. ``"19"``."""
        if self.year_at is not None:
            before = text.str.head(self.year_at - ("century" in self.kinds))
            return pl.concat_str(before, pl.lit(century), text.str.slice(self.year_at))
        return text.str.replace(self.shape, "${head}" + century + "${yy}${tail}")

    def part(self, text: pl.Expr, group: str) -> pl.Expr:
        """Return the group ``yy`` or ``c`` of a text that fits, as Int32; of others null or anything."""
        if self.year_at is not None:
            cut = text.str.slice(self.year_at, 2) if group == "yy" else text.str.slice(self.year_at - 1, 1)
            return cut.cast(pl.Int32, strict=False)
        return text.str.replace(self.shape, "${" + group + "}").cast(pl.Int32, strict=False)

    def date(self, text: pl.Expr) -> pl.Expr:
        """Return Date of a text whose year is complete; null where it names no day."""
        return text.str.to_date(self.chrono, strict=False, cache=False)

    def datetime(self, text: pl.Expr) -> pl.Expr:
        """Return Datetime of a text whose year is complete: local time, or UTC where it has an offset."""
        if not self.has_time:
            return self.date(text).cast(pl.Datetime("us"))
        missing, code = ("", "") if "minute" in self.kinds else ("00", "%M")
        if not self.has_offset:
            whole = text + missing if missing else text
            return whole.str.to_datetime(self.chrono + code, time_unit="us", strict=False, cache=False)
        if missing or not self.chrono.endswith(_CHRONO_OFFSET):
            return _with_offset(text + missing, self.chrono + code)
        return text.map_batches(self._instants, return_dtype=pl.Datetime("us", "UTC"), is_elementwise=True)

    def _instants(self, text: pl.Series) -> pl.Series:
        """Read a batch with offsets at the end: those that all say Z need no offset arithmetic."""
        if not text.str.ends_with("Z").all():
            return text.to_frame("t").select(_with_offset(pl.col("t"), self.chrono)).to_series()
        local = self.chrono.removesuffix(_CHRONO_OFFSET)
        read = text.str.head(-1).str.to_datetime(local, time_unit="us", strict=False, cache=False)
        return read.dt.replace_time_zone("UTC")

    def day_before(self, text: pl.Expr) -> pl.Expr:
        """Return the text of 00:00 where `text` says 24:00 of that day; else null."""
        return text.map_batches(self._day_before, return_dtype=pl.String(), is_elementwise=True)

    def _day_before(self, text: pl.Series) -> pl.Series:
        nothing = text.clear(len(text))
        rows = text.str.contains("24", literal=True).fill_null(False).arg_true()
        if not len(rows):
            return nothing
        ends = pl.DataFrame({"row": rows, "text": text.gather(rows)}).filter(pl.col("text").str.contains(self.midnight))
        return nothing.scatter(ends["row"], ends["text"].str.replace(self.midnight, "${before}00${after}"))

    def time(self, text: pl.Expr) -> pl.Expr:
        """Return Time of a text; null where it names no time of day."""
        missing, code = ("", "") if "minute" in self.kinds else ("00", "%M")
        return (text + missing if missing else text).str.to_time(self.chrono + code, strict=False, cache=False)


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> tuple[Pattern, ...]:
    """Return what `pattern` stands for: itself, or each variant of its optional parts.

    Raises:
        PatternError: a letter is not known, a quote or bracket is not closed, or the fields
            do not make a date, a time or both.
    """
    return tuple(_compile(pattern, variant) for variant in _variants(pattern))


def _variants(pattern: str) -> list[str]:
    """Return the pattern with its optional parts, which may be nested, present and absent; fullest first."""
    bare = re.sub("'[^']*'", lambda quoted: "_" * len(quoted.group()), pattern)
    if "'" in bare:
        raise PatternError(f"a quote is not closed in {pattern!r}")
    if bare.count("[") > _MOST_OPTIONAL_PARTS:
        raise PatternError(f"more than {_MOST_OPTIONAL_PARTS} optional parts in {pattern!r}")
    depth = start = 0
    for i, sign in enumerate(bare):
        if sign == "[":
            depth += 1
            start = i if depth == 1 else start
        elif sign == "]":
            depth -= 1
            if depth < 0:
                raise PatternError(f"']' without '[' at place {i + 1} of {pattern!r}")
            if depth == 0:
                inner, rest = _variants(pattern[start + 1 : i]), _variants(pattern[i + 1 :])
                return [pattern[:start] + part + tail for part in [*inner, ""] for tail in rest]
    if depth:
        raise PatternError(f"'[' is not closed in {pattern!r}")
    return [pattern]


def _compile(source: str, pattern: str) -> Pattern:
    kinds: list[str] = []
    shape = chrono = midnight = ""
    end = width = 0
    only_digits = fixed = True
    year_at = None
    for token in _TOKEN.finditer(pattern):
        end = token.end()
        quoted, letter, sign = token.groups()
        if letter is None:
            literal = sign if quoted is None else (quoted.replace("''", "'") or "'")
            only_digits = False
            width += len(literal)
            shape += re.escape(literal)
            midnight += re.escape(literal)
            chrono += literal.replace("%", "%%")
            continue
        run = token.group()
        kind, part, code = _field(run, chrono, source)
        if code.startswith("\0"):
            chrono, code = chrono[:-1], code[1:]
        if kind in kinds:
            raise PatternError(f"{kind} stands twice in {source!r}")
        kinds.append(kind)
        if kind == "two-digit year":
            part = f")(?P<yy>{part})(?P<tail>"
        elif kind == "century":
            if not re.match("yy(?!y)", pattern[end:]):
                raise PatternError(f"C in {source!r} must stand before yy")
            part = f")(?P<c>{part}"
        if kind == "two-digit year" and fixed:
            year_at = width
        shape += part
        midnight += {"hour": ")24(?P<after>", "minute": "00", "second": "00", "fraction": "0" * len(run)}.get(
            kind, part
        )
        chrono += code
        digits = part in _FIXED_DIGITS or kind in ("century", "fraction", "two-digit year")
        fixed &= digits
        only_digits &= digits
        width += len(run)
    if end != len(pattern) or not kinds:
        raise PatternError(f"{source!r} cannot be read as a date or time pattern")
    if "two-digit year" in kinds:
        shape = "(?P<head>" + shape + ")"
    found = frozenset(kinds)
    _check(found, source)
    has_end = "hour" in kinds and "HH" in pattern and not found & {"two-digit year", "half day"}
    return Pattern(
        source,
        found,
        f"^(?:{shape})$",
        chrono,
        f"^(?P<before>{midnight})$" if has_end else "",
        width if only_digits else 0,
        year_at,
    )


def _field(run: str, chrono: str, source: str) -> tuple[str, str, str]:
    """Return what a run of letters stands for: its kind, regular expression and chrono code."""
    if run == "S" * len(run) and len(run) <= 9:
        return "fraction", f"[0-9]{{{len(run)}}}", _fraction(chrono, len(run), source)
    if run not in _FIELDS:
        raise PatternError(f"{run!r} in {source!r} is not a pattern letter that can be read")
    return _FIELDS[run]


def _fraction(chrono: str, digits: int, source: str) -> str:
    """Return chrono's letters for a fraction; a leading NUL asks to take back the point before it."""
    if chrono.endswith("."):
        return "\0%.f"
    if digits in (3, 6, 9):
        return f"%{digits}f"
    raise PatternError(f"a fraction of {digits} digits in {source!r} must stand after a point")


def _check(kinds: frozenset[str], source: str) -> None:
    has_year = "year" in kinds or "two-digit year" in kinds
    if kinds & _DATE_KINDS:
        day = {"month", "day"} <= kinds or "day of year" in kinds
        if not has_year or not day or ("day of year" in kinds and kinds & {"month", "day"}):
            raise PatternError(f"{source!r} does not name one day: year, month and day, or year and day of year")
        if "year" in kinds and "two-digit year" in kinds:
            raise PatternError(f"year stands twice in {source!r}")
    if kinds & _TIME_KINDS:
        if "hour" not in kinds and not {"hour of half day", "half day"} <= kinds:
            raise PatternError(f"{source!r} has no hour: H, or h with a")
        if "hour" in kinds and kinds & {"hour of half day", "half day"}:
            raise PatternError(f"hour stands twice in {source!r}")
        if ("second" in kinds and "minute" not in kinds) or ("fraction" in kinds and "second" not in kinds):
            raise PatternError(f"{source!r} has seconds without minutes, or a fraction without seconds")
