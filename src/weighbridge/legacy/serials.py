"""Counts from an origin, as dates and times: Excel serials, Unix time, Lilian days, SAS, Stata.

Source: ECMA-376 part 1, 18.17.4.1; IBM z/OS Language Environment Programming Guide, "Lilian
format"; SAS 9.4 Language Reference; Stata 18 Data Management Reference, "Datetime".
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from weighbridge.quick import dataclass

_DAY, _SECOND = 86_400_000_000, 1_000_000
# what is counted: day 0, microseconds a unit, whether a fraction may stand
COUNTS: dict[str, tuple[datetime, int, bool]] = {
    "excel1900": (datetime(1899, 12, 30), _DAY, True),
    "excel1904": (datetime(1904, 1, 1), _DAY, True),
    "lilian": (datetime(1582, 10, 14), _DAY, False),
    "modifiedJulian": (datetime(1858, 11, 17), _DAY, False),
    "unixDays": (datetime(1970, 1, 1), _DAY, False),
    "unixSeconds": (datetime(1970, 1, 1, tzinfo=UTC), _SECOND, True),
    "unixMillis": (datetime(1970, 1, 1, tzinfo=UTC), 1000, False),
    "unixMicros": (datetime(1970, 1, 1, tzinfo=UTC), 1, False),
    "sasDate": (datetime(1960, 1, 1), _DAY, False),
    "sasDateTime": (datetime(1960, 1, 1), _SECOND, True),
    "stataDate": (datetime(1960, 1, 1), _DAY, False),
    "stataDateTime": (datetime(1960, 1, 1), 1000, False),
}
_FALSE_LEAP_DAY = 60
_EARLIEST, _LATEST = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)


def counted(text: pl.Expr, of: str) -> pl.Expr:
    """Return Datetime("us") of counts as text, in UTC for Unix times; null for what is no such count."""
    origin, unit, fractions = COUNTS[of]
    start = origin.replace(tzinfo=None)
    fits = text.str.contains(r"^[+-]?[0-9]{1,18}(?:\.[0-9]+)?$" if fractions else "^[+-]?[0-9]{1,18}$")
    count = text.str.extract("^([+-]?[0-9]+)").cast(pl.Int64, strict=False)
    lowest, highest = ((edge - start) // timedelta(microseconds=unit) for edge in (_EARLIEST, _LATEST))
    inside = fits & count.is_between(lowest, highest)
    if of == "excel1900":
        inside &= (count >= 1) & (count != _FALSE_LEAP_DAY) & ~text.str.contains("^-")
        count = pl.when(count < _FALSE_LEAP_DAY).then(count + 1).otherwise(count)
    micros = pl.when(inside).then(count) * unit
    if fractions:
        micros = micros + _fraction(text, unit)
    value = pl.lit(start).cast(pl.Datetime("us")) + micros.cast(pl.Duration("us"))
    return value.dt.replace_time_zone("UTC") if origin.tzinfo else value


def _fraction(text: pl.Expr, unit: int) -> pl.Expr:
    """Return the fraction in microseconds, with the count's sign; of a day, to the millisecond."""
    fraction = text.str.extract(r"(\.[0-9]+)$").fill_null(".0").cast(pl.Float64, strict=False)
    step = 1000 if unit == _DAY else 1
    micros = (fraction * (unit // step)).round().cast(pl.Int64) * step
    return pl.when(text.str.contains("^-")).then(-micros).otherwise(micros)


@dataclass(frozen=True, slots=True)
class Serial:
    """A count that stands among patterns, where a column has dates and serials side by side.

    Only Excel's are taken: of whole days they have a shape of five digits that no pattern of a
    date in use has, so a number of another length is never taken for one.
    """

    source: str
    kinds: frozenset[str] = frozenset(("count",))
    midnight: str = ""
    width: int = 0
    has_date: bool = True
    has_time: bool = False
    has_offset: bool = False
    lacks_century: bool = False

    @property
    def skeleton(self) -> str:
        """No pattern shares it."""
        return self.source

    def fits(self, text: pl.Expr) -> pl.Expr:
        """Return Boolean: five digits, 18 May 1927 or later, with a fraction or without."""
        return text.str.contains(r"^[1-9][0-9]{4}(?:\.[0-9]+)?$")

    def date(self, text: pl.Expr) -> pl.Expr:
        """Return Date of whole days; null where a time of day would be lost."""
        moment = counted(text, self.source)
        return pl.when(moment.dt.time() == pl.time(0, 0)).then(moment.dt.date())

    def datetime(self, text: pl.Expr) -> pl.Expr:
        """Return Datetime, local time."""
        return counted(text, self.source)

    def day_before(self, text: pl.Expr) -> pl.Expr:
        """Return null: a count has no hour 24."""
        return pl.lit(None, pl.String)


SERIAL_FORMATS = ("excel1900", "excel1904")
