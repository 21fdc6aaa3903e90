"""Day counts of spreadsheets as dates and times.

1 is 1 January 1900; 60 is 29 February 1900, a day that never was, so every count before it is one
day nearer to its date than those after it. In workbooks that begin in 1904, 0 is 1 January 1904.
Source: ECMA-376 part 1, 18.17.4.1.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

LAST = 2_958_466
_MILLISECONDS = 86_400_000


def moment_of(days: float, epoch_1904: bool) -> datetime | time | None:
    """Return what a day count shows: a time of day below 1, else a moment, to the millisecond.

    None for what no calendar has: a negative count, the 29 February 1900, a year beyond 9999.
    """
    if not 0 <= days < LAST:
        return None
    whole, milliseconds = divmod(round(days * _MILLISECONDS), _MILLISECONDS)
    clock = timedelta(milliseconds=milliseconds)
    if epoch_1904:
        if days < 1:
            return (datetime.min + clock).time()
        whole += 1462
    if whole < 1:
        return (datetime.min + clock).time()
    if whole == 60 and not epoch_1904:
        return None
    base = datetime(1899, 12, 31) if whole < 60 else datetime(1899, 12, 30)
    try:
        return base + timedelta(days=whole) + clock
    except OverflowError:
        return None


def iso(moment: datetime | time) -> str:
    """Return a moment as ISO 8601: a date alone at midnight, no fraction where it is zero."""
    if isinstance(moment, time):
        return moment.isoformat(timespec="auto" if moment.microsecond else "seconds")
    if moment.time() == time():
        return moment.date().isoformat()
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")


def parsed(text: str) -> datetime | time | None:
    """Return the moment that ISO text of a workbook says; None when it says none."""
    for read in (datetime.fromisoformat, time.fromisoformat):
        try:
            value: datetime | time = read(text)
        except ValueError:
            continue
        if isinstance(value, datetime) and value.tzinfo is not None:
            return None
        return value
    return None


_LETTERS = {
    "yyyy": "%Y", "uuuu": "%Y", "yy": "%y", "MM": "%m", "MMM": "%b", "dd": "%d",
    "HH": "%H", "mm": "%M", "ss": "%S", "a": "%p", "hh": "%I", "MMMM": "%B",
}  # fmt: skip
_SHORT = {"M": "month", "d": "day", "H": "hour"}


def written(moment: datetime | time, pattern: str) -> str | None:
    """Return a moment in a date pattern, as its author would have typed it; None when it has other letters."""
    whole = datetime.combine(date(1900, 1, 1), moment) if isinstance(moment, time) else moment
    out, at = [], 0
    while at < len(pattern):
        letter, end = pattern[at], at + 1
        if letter == "'":
            return None
        if not letter.isalpha():
            out.append(letter)
            at = end
            continue
        while end < len(pattern) and pattern[end] == letter:
            end += 1
        run = pattern[at:end]
        if run in _SHORT:
            out.append(str(getattr(whole, _SHORT[run])))
        elif run in _LETTERS:
            out.append(f"{whole.year:04d}" if _LETTERS[run] == "%Y" else whole.strftime(_LETTERS[run]))
        else:
            return None
        at = end
    return "".join(out)
