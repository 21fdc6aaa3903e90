"""Codes of a list as it was at the record's date, with retired and merged ones brought to what took their place.

A code that is in force stays as it is; one that differs in upper and lower case or in leading
zeros only is normalised, where the rule says that these do not count. A code that was retired
in favour of one other, directly or over several steps, is repaired: the repair ledger keeps
the code that came. A code that was split goes to a person with everything it may be now. One that
is not in force and has no successor, or is not listed, is unreadable.

With `asOf` the record's own date decides, day by day: a code is in force from `from` to `until`, both
days included; an old code in an old record stays, and only after its last day its successor takes
its place. Without `asOf`, and for a record without that date, the list is taken as it stands: a code
that has an `until` is retired, whenever that is, and a `from` does not matter.

A list that stands in a file is named by `table`: CSV or Parquet with the columns `code` and, as far as
needed, `label`, `valid_from`, `valid_to` (ISO dates), `successor` (several are parted by `|`) and `reason`.
Its path starts at the contract's folder; what it holds is part of the rules' fingerprint.

Parameters:
    codes: the codes in force, each a text or `{code, from, until, successors}`.
    table: a file with more of them.
    asOf: the date or timestamp of the same record that decides what is in force.
    retired: retired code to the list of its successors, which may be retired themselves; an empty list: none.
    ignoreCase: whether upper and lower case are the same; default no.
    ignoreLeadingZeros: whether 7 and 007 are the same; default no.

Example:
    rules: [{rule: codeList, codes: [DE, CZ, SK], retired: {DD: [DE], CS: [CZ, SK]}}]
    rules: [{rule: codeList, table: countries.csv, asOf: flight_date}]

Source: ISO 3166-3:2020, formerly used codes and what took their place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

import polars as pl
from pydantic import Field, model_validator

from weighbridge.legacy.reading import Certainty, Doubt, Reading
from weighbridge.legacy.rule import ANY_TYPE, Case, Parameters

_BETWEEN = "\x1f"
_ALWAYS, _NEVER_ENDS = 0, date.max.toordinal()
_IN_FORCE, _REPAIRED, _SPLIT, _OUT_OF_FORCE = range(4)
_ANSWER = pl.Struct({"kind": pl.UInt8(), "codes": pl.String()})


class CodePeriod(Parameters):
    """A code, and the days it is in force."""

    code: str
    from_: date | None = Field(None, alias="from")
    until: date | None = None
    successors: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> CodePeriod:
        if self.from_ and self.until and self.from_ > self.until:
            raise ValueError(f"{self.code!r}: `from` lies after `until`")
        if self.successors and self.until is None:
            raise ValueError(f"{self.code!r} has successors and no `until`: name its last day, or list it as retired")
        return self

    @property
    def first(self) -> int:
        """The first day, as an ordinal."""
        return self.from_.toordinal() if self.from_ else _ALWAYS

    @property
    def last(self) -> int:
        """The last day, as an ordinal."""
        return self.until.toordinal() if self.until else _NEVER_ENDS


class CodeListParameters(Parameters):
    """Parameters of `codeList`."""

    codes: tuple[str | CodePeriod, ...] = Field((), description="the codes in force, or with the days they are")
    table: str | None = Field(None, description="a CSV or Parquet file with more of them")
    as_of: str | None = Field(None, description="the date of the same record that decides what is in force")
    retired: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="retired code to its successors; an empty list: it has none"
    )
    ignore_case: bool = Field(False, description="whether upper and lower case are the same")
    ignore_leading_zeros: bool = Field(False, description="whether 7 and 007 are the same")

    @property
    def neighbours(self) -> tuple[str, ...]:
        """The date that decides."""
        return () if self.as_of is None else (self.as_of,)

    @model_validator(mode="after")
    def _leads_to_codes_in_force(self) -> CodeListParameters:
        periods = self.periods()
        if not periods and self.table is None:
            raise ValueError("no code is listed: give `codes` or a `table`")
        if any(_BETWEEN in code or not code for code in periods):
            raise ValueError("a code is empty or holds the control character U+001F")
        if len({self.form(code) for code in periods}) != len(periods):
            raise ValueError("a code is listed twice, or two differ in nothing that counts")
        for code, listed in periods.items():
            if any(a.last >= b.first for a, b in pairwise(listed)):
                raise ValueError(f"a code is listed twice: {code!r} for the same days")
        following = {code: {s for p in listed for s in p.successors} for code, listed in periods.items()}
        for code in {s for successors in following.values() for s in successors}:
            if code not in periods:
                raise ValueError(f"{code!r} is named a successor and is not listed")
        try:
            TopologicalSorter({c: s for c, s in following.items() if s}).prepare()
        except CycleError as error:
            raise ValueError(f"successors lead in a circle: {', '.join(error.args[1])}") from error
        return self

    def form(self, code: str) -> str:
        """Return what of a code counts."""
        folded = code.lower() if self.ignore_case else code
        return (folded.lstrip("0") or "0") if self.ignore_leading_zeros else folded

    def periods(self) -> dict[str, list[CodePeriod]]:
        """Return the days of each code, in order; one that is retired without a date ended before all days."""
        found: dict[str, list[CodePeriod]] = {}
        for entry in self.codes:
            period = CodePeriod.model_construct(code=entry) if isinstance(entry, str) else entry
            found.setdefault(period.code, []).append(period)
        for code, successors in self.retired.items():
            found.setdefault(code, []).append(
                CodePeriod.model_construct(code=code, from_=None, until=date.min, successors=successors)
            )
        for listed in found.values():
            listed.sort(key=lambda p: p.first)
        return found


_STATES = {"codes": ["DE", "CZ", "SK"], "retired": {"DD": ["DE"], "GDR": ["DD"], "CS": ["CZ", "SK"], "XX": []}}
_DATED = {
    "codes": [
        {"code": "DD", "from": "1974-01-01", "until": "1990-10-02", "successors": ["DE"]},
        {"code": "CS", "until": "1992-12-31", "successors": ["CZ", "SK"]},
        {"code": "YU", "until": "2003-07-22"},
        {"code": "CZ", "from": "1993-01-01"},
        {"code": "SK", "from": "1993-01-01"},
        "DE",
    ],
    "asOf": "day",
}
_OLD, _NEW = {"day": date(1985, 5, 1)}, {"day": date(2013, 5, 1)}
_LOOSE = {"codes": ["007", "A1"], "ignoreCase": True, "ignoreLeadingZeros": True}


class CodeList:
    """The rule `codeList`."""

    name = "codeList"
    logical_types = ANY_TYPE
    parameters = CodeListParameters
    gives_text = True
    cases = (
        Case("DE", "DE", parameters=_STATES),
        Case("DD", "DE", Certainty.REPAIRED, _STATES),
        Case("GDR", "DE", Certainty.REPAIRED, _STATES),
        Case("CS", "CZ", Certainty.AMBIGUOUS, _STATES, readings=("CZ", "SK")),
        Case("XX", None, Certainty.UNREADABLE, _STATES),
        Case("de", None, Certainty.UNREADABLE, _STATES),
        Case("", "", parameters=_STATES),
        Case(None, None, parameters=_STATES),
        Case("7", "007", Certainty.NORMALISED, _LOOSE),
        Case("a1", "A1", Certainty.NORMALISED, _LOOSE),
        Case("DD", "DD", parameters=_DATED, beside=_OLD),
        Case("DD", "DE", Certainty.REPAIRED, _DATED, beside=_NEW),
        Case("DD", "DE", Certainty.REPAIRED, _DATED, beside={"day": None}),
        Case("DD", None, Certainty.UNREADABLE, _DATED, beside={"day": date(1973, 12, 31)}),
        Case("CS", "CZ", Certainty.AMBIGUOUS, _DATED, ("CZ", "SK"), beside=_NEW),
        Case("CZ", None, Certainty.UNREADABLE, _DATED, beside=_OLD),
        Case("YU", "YU", parameters=_DATED, beside=_OLD),
        Case("YU", None, Certainty.UNREADABLE, _DATED, beside=_NEW),
        Case("FR", None, Certainty.UNREADABLE, _DATED, beside=_NEW),
    )

    def read(self, text: pl.Expr, parameters: CodeListParameters) -> Reading:
        """Return the code in force."""
        key = text.str.to_lowercase() if parameters.ignore_case else text
        if parameters.ignore_leading_zeros:
            bare = key.str.strip_chars_start("0")
            key = pl.when((bare == "") & (key != "")).then(pl.lit("0")).otherwise(bare)
        spans = _spans(parameters)
        if parameters.as_of is None:
            found = key.map_batches(lambda k: _answers(k, None, spans), return_dtype=_ANSWER, is_elementwise=True)
        else:
            both = pl.struct(key.alias("key"), pl.col(parameters.as_of).cast(pl.Date).alias("day"))

            def ask(batch: pl.Series) -> pl.Series:
                return _answers(batch.struct.field("key"), batch.struct.field("day"), spans)

            found = both.map_batches(ask, return_dtype=_ANSWER, is_elementwise=True)
        kind = found.struct.field("kind")
        readings = found.struct.field("codes").str.split(_BETWEEN)
        told = text != ""
        at = "" if parameters.as_of is None else f" at the day of {parameters.as_of}"
        return Reading(
            pl.when(text == "").then(text).otherwise(readings.list.first()),
            (
                Doubt(Certainty.UNREADABLE, "LEG-062", told & kind.is_null(), "a code of the list", "code"),
                Doubt(
                    Certainty.UNREADABLE, "LEG-063", told & (kind == _OUT_OF_FORCE), f"a code in force{at}", "in force"
                ),
                Doubt(Certainty.REPAIRED, "LEG-060", told & (kind == _REPAIRED), f"a code in force{at}", "retired"),
                Doubt(
                    Certainty.AMBIGUOUS,
                    "LEG-061",
                    told & (kind == _SPLIT),
                    "a code that was not split",
                    "split",
                    readings,
                ),
            ),
        )


def _answers(keys: pl.Series, days: pl.Series | None, spans: pl.DataFrame) -> pl.Series:
    """Return what each key is on its day: kind, and the codes it stands for; null kind for what is not listed."""
    on = pl.lit(_NEVER_ENDS, pl.Int32())
    if days is not None:
        on = (pl.lit(days).cast(pl.Int32) + date(1970, 1, 1).toordinal()).fill_null(_NEVER_ENDS)
    asked = pl.DataFrame({"key": keys}).with_columns(on.alias("on")).with_row_index("row").sort("on")
    told = asked.join_asof(spans, on="on", by="key", strategy="backward", check_sortedness=False).sort("row")
    return told.select(pl.struct("kind", "codes")).to_series()


def _spans(parameters: CodeListParameters) -> pl.DataFrame:
    """Return what each code is from which day on."""
    periods = parameters.periods()
    rows: list[tuple[str, int, int, str | None]] = []
    for code, listed in periods.items():
        key = parameters.form(code)
        if len(listed) == 1 and listed[0].first == _ALWAYS and listed[0].last == _NEVER_ENDS:
            rows.append((key, _ALWAYS, _IN_FORCE, code))
            continue
        days = sorted({_ALWAYS, *_turns(code, periods)})
        rows += [(key, day, *_state(code, day, periods)) for day in days]
    schema = {"key": pl.String(), "on": pl.Int32(), "kind": pl.UInt8(), "codes": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("on")


def _turns(code: str, periods: dict[str, list[CodePeriod]]) -> Iterator[int]:
    """Yield the days on which anything changes for a code or for what follows it."""
    seen, stack = set[str](), [code]
    while stack:
        current = stack.pop()
        if current in seen:
            continue
        seen.add(current)
        for period in periods[current]:
            yield period.first
            if period.last < _NEVER_ENDS:
                yield period.last + 1
                yield _NEVER_ENDS
            stack += period.successors


def _state(code: str, day: int, periods: dict[str, list[CodePeriod]]) -> tuple[int, str | None]:
    if _in_force(code, day, periods):
        return _IN_FORCE, code
    heirs = list(dict.fromkeys(_heirs(code, day, periods, set())))
    if not heirs:
        return _OUT_OF_FORCE, None
    return (_SPLIT if len(heirs) > 1 else _REPAIRED), _BETWEEN.join(heirs)


def _in_force(code: str, day: int, periods: dict[str, list[CodePeriod]]) -> bool:
    return any(p.first <= day <= p.last for p in periods[code])


def _heirs(code: str, day: int, periods: dict[str, list[CodePeriod]], seen: set[str]) -> Iterable[str]:
    """Yield the codes in force on `day` that took the place of one that ended before."""
    ended = [p for p in periods[code] if p.last < day]
    for successor in ended[-1].successors if ended else ():
        if successor in seen:
            continue
        seen.add(successor)
        if _in_force(successor, day, periods):
            yield successor
        else:
            yield from _heirs(successor, day, periods, seen)
