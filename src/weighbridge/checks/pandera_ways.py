"""How one check of a Pandera schema is asked: in the plan where it is an expression, else beside it by Pandera itself.

    selects one expression over single records      ▶ an expression of the plan
    … that is one figure of all records             ▶ an aggregate of the plan
    … that looks at other records, or may break off ▶ Pandera asks it, of the columns it names
    collects, joins, works element by element       ▶ Pandera asks it, of the columns it may look at

What Pandera asks, it asks of a frame of its own: a narrow copy of the records in the order of the
file, read before the weighing. Whatever a user's function raises there ends in one check that does
not hold and names the function and the exception; its message might quote values and is not told.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from weighbridge.checks.check import Bench, Product
from weighbridge.checks.kinds.expression import not_made, tolerated
from weighbridge.checks.options import Options, unusable
from weighbridge.checks.sql import columns_of, looks_at_one_record
from weighbridge.checks.words import records
from weighbridge.contract.model import Quality
from weighbridge.decode.values import as_shown
from weighbridge.findings import Effect, Severity
from weighbridge.probe import ROW, SEEN, Answer, CrossProbe, FrameProbe, RowProbe, ScalarProbe
from weighbridge.quick import dataclass

ORIGIN = "pandera"
_CALLS = re.compile(r"(?:\.|\b)((?:str|dt|list|bin|struct)\.[a-z_]+|[a-z_]+)\(")
_OF_ONE = re.compile(
    r"col|lit|when|then|otherwise|not|is_(not_)?(null|nan)|is_(in)?finite|is_in|is_between|eq_missing|abs|negate|sign"
    r"|fill_null|fill_nan|coalesce|(all|any|min|max|sum)_horizontal|concat_str|as_struct|struct\.field|cast|alias|floor"
    r"|ceil|round|clip|list\.len|bin\.size|dt\.(year|month|day|weekday|ordinal_day|quarter|week|hour|minute|second|date)"
    r"|str\.(contains|starts_with|ends_with|len_chars|len_bytes|to_lowercase|to_uppercase|slice|head|tail|find)"
    r"|str\.strip_chars(_start|_end)?"
)
_OF_ALL = re.compile(
    rf"{_OF_ONE.pattern}|len|count|null_count|n_unique|sum|mean|median|min|max|std|var|any|all|product"
)
_MOST_SEEN = 6
RAISED = (Exception, SystemExit, pl.exceptions.PanicException)
"""Whatever a user's code may do to whoever calls it."""
_WAY_BESIDE = "a user's function: Pandera asks it, of a narrow copy of the columns it may look at, before the weighing"
_WAY_ORDERED = "looks at other records: Pandera asks it, of a narrow copy of its columns, before the weighing"


class _Tape:
    """Stands in for the frame a check is given, and remembers the expressions it selects."""

    def __init__(self) -> None:
        self.selected: tuple[pl.Expr, ...] = ()

    def select(self, *expressions: pl.Expr) -> _Tape:
        self.selected = expressions
        return self


@dataclass(slots=True)
class _Told:
    """What a check beside the plan said of all records; known once it has been asked."""

    whole: bool | None = None
    amiss: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """A check, and the frame that Pandera would give it.

    Attributes:
        check: of Pandera.
        column: the column it stands on; None for a check of the whole frame.
        frame: the columns of that frame in their order, each as it is after coercion and defaults.
        changed: those of them that coercion or a default may change.
    """

    quality: Quality
    bench: Bench
    options: Options
    check: Any
    column: str | None
    frame: Mapping[str, pl.Expr]
    changed: frozenset[str]

    @property
    def label(self) -> str:
        """The check's own name."""
        return str(self.check.name or "check")

    @property
    def name(self) -> str:
        """Name of its probe."""
        return f"{self.column}|{self.quality.name}:{self.label}" if self.column else f"{self.quality.name}:{self.label}"

    @property
    def effect(self) -> Effect:
        """What a failure does to a record."""
        return Effect.WARN if self.check.raise_warning else self.options.effect

    @property
    def severity(self) -> Severity:
        """What a failure of all records together does."""
        return Severity.WARNING if self.check.raise_warning else self.quality.severity

    @property
    def expected(self) -> str:
        """What is expected, in the check's own words."""
        return str(self.check.error or self.label)

    @property
    def null_policy(self) -> str:
        """What a null answer means."""
        return "passes" if self.check.ignore_na else "fails"

    def properties(self, reads: tuple[str, ...]) -> tuple[str, ...]:
        """Return what a probe names, the blamed column first."""
        blamed = (self.column,) if self.column else ()
        return tuple(dict.fromkeys((*blamed, *reads, *self.options.where_properties)))


def products(asking: Asking) -> Iterator[Product]:
    """Yield the probes of one check."""
    if asking.column and _is_of_values(asking, asking.column):
        yield _of_values(asking, asking.column)
        return
    selected = _selected(asking)
    if selected is None:
        yield from _beside(asking, _may_see(asking), _WAY_BESIDE)
        return
    expression = selected[0] if len(selected) == 1 else pl.all_horizontal(selected)
    if "python_udf(" in str(expression):
        yield from _beside(asking, columns_of(expression), _WAY_BESIDE)
        return
    dtypes = {name: asking.bench.dtypes[name] for name in asking.frame}
    reads = columns_of(expression)
    try:
        nulls = pl.DataFrame({name: [None] * 3 for name in dtypes}, schema=dtypes)
        tried = nulls.select(column.alias(name) for name, column in asking.frame.items()).select(expression.alias("x"))
    except RAISED as error:  # a check that cannot be asked of these types
        said = f"{asking.label} of {asking.column or 'the frame'}: {_first_line(error)}"
        yield from not_made(asking.quality, unusable("CHK-038", said, asking.quality))
        return
    if tried.schema["x"] != pl.Boolean:
        said = f"{asking.label} of {asking.column or 'the frame'}: it gives {tried.schema['x']}, not true or false"
        yield from not_made(asking.quality, unusable("CHK-038", said, asking.quality))
    elif asking.changed & set(reads):
        yield from _beside(asking, reads, _WAY_BESIDE)
    elif tried.height == nulls.height and _calls_only(expression, _OF_ONE) and looks_at_one_record(expression):
        failed = ~expression if asking.check.ignore_na else ~expression.fill_null(False)
        yield from of_records(asking, failed, asking.properties(reads))
    elif tried.height == 1 and _calls_only(expression, _OF_ALL):
        yield _figure(asking, expression, reads)
    else:
        yield from _beside(asking, reads, _WAY_ORDERED)


def of_records(asking: Asking, failed: pl.Expr, properties: tuple[str, ...]) -> Iterator[Product]:
    """Yield the probe that no record fails, and that of the entry's tolerance."""
    settled = asking.bench.settled(properties)
    failing = asking.options.among(failed) if settled is None else asking.options.among(failed) & settled
    yield RowProbe(
        name=asking.name,
        failed=failing,
        code="CHK-014",
        effect=asking.effect,
        properties=properties,
        expected=asking.expected + asking.options.when,
        null_policy=asking.null_policy,
        line=asking.quality.line,
        origin=ORIGIN,
    )
    if (also := tolerance_of(asking.quality, asking.options, properties, asking.expected, asking.name)) is not None:
        yield from also(failing)


def tolerance_of(
    quality: Quality, options: Options, properties: tuple[str, ...], expected: str, name: str
) -> Callable[[pl.Expr], tuple[ScalarProbe, ...]] | None:
    """Return what makes, of "this record failed", the probe of the entry's tolerance for one check of the schema."""
    also = tolerated(quality, options, properties, expected)
    if also is None:
        return None
    return lambda failed: tuple(replace(p, name=f"{name}|tolerance", origin=ORIGIN) for p in also(failed))


def _selected(asking: Asking) -> tuple[pl.Expr, ...] | None:
    """Return the expressions a check selects of its frame and of nothing else; None when it does more than that."""
    import pandera.backends.polars.builtin_checks  # noqa: F401  gives Pandera's own checks their Polars form
    from pandera.api.polars.types import PolarsData

    check = asking.check
    if check.element_wise:
        return None
    name = _builtin(check)
    ask = check.get_builtin_check_fn(name) if name else check._check_fn
    tape = _Tape()
    try:
        given = ask(PolarsData(tape, asking.column or "*"), **check._check_kwargs)  # type: ignore[arg-type]
    except RAISED:  # a check that needs a real frame fails in its own way
        return None
    if given is not tape or not tape.selected or not all(isinstance(e, pl.Expr) for e in tape.selected):
        return None
    try:
        if any(e.meta.has_multiple_outputs() for e in tape.selected):
            return None
        looks_at_one_record(pl.all_horizontal(tape.selected))
        columns_of(pl.all_horizontal(tape.selected))
    except pl.exceptions.PolarsError:
        return None
    selected: tuple[pl.Expr, ...] = tape.selected
    return selected


def _builtin(check: Any) -> str:
    """Return the name of a check of Pandera's own; empty for a user's."""
    name = getattr(check._check_fn, "__name__", "")
    return name if check.is_builtin_check(name) else ""


def _calls_only(expression: pl.Expr, known: re.Pattern[str]) -> bool:
    """Whether an expression calls known functions only; others may break off in the middle of a plan."""
    return all(known.fullmatch(call) for call in _CALLS.findall(str(expression)))


def _may_see(asking: Asking) -> tuple[str, ...]:
    """Return the columns that a function may look at: its own where Pandera gives it no more, else all."""
    if asking.column and (asking.check.element_wise or _builtin(asking.check)):
        return (asking.column,)
    return tuple(asking.frame)


def _figure(asking: Asking, expression: pl.Expr, reads: tuple[str, ...]) -> Product:
    ignored, where = asking.check.ignore_na, asking.options.where

    def read(value: bool | None) -> Answer:
        holds = ignored if value is None else bool(value)
        return Answer(holds, value, f"observed {'nothing to ask' if value is None else str(bool(value)).lower()}")

    def build(frame: pl.LazyFrame) -> pl.LazyFrame:
        assert where is not None
        return frame.filter(where.fill_null(False)).select(expression.alias("x"))

    parts: dict[str, Any] = {
        "name": asking.name,
        "read": read,
        "code": "CHK-028",
        "severity": asking.severity,
        "properties": asking.properties(reads),
        "expected": asking.expected + asking.options.when,
        "scope": asking.options.scope,
        "line": asking.quality.line,
        "origin": ORIGIN,
    }
    return ScalarProbe(value=expression, **parts) if where is None else FrameProbe(build=build, **parts)


def _is_of_values(asking: Asking, column: str) -> bool:
    plain = column not in asking.changed and not asking.bench.dtypes[column].is_nested()
    return plain and _builtin(asking.check) == "unique_values_eq"


def _of_values(asking: Asking, column: str) -> Product:
    """Return the probe that a column has these values and no others."""
    wanted = set(asking.check._check_kwargs["values"])
    where = asking.options.where
    value = pl.col(column) if where is None else pl.col(column).filter(where.fill_null(False))

    def read(values: Iterable[Any]) -> Answer:
        found = set(values)
        words = "observed others" if found - wanted else f"observed {len(found):,} of {len(wanted):,}"
        return Answer(found == wanted, None, words)

    return ScalarProbe(
        name=asking.name,
        value=value.drop_nulls().unique().head(len(wanted) + 1).implode(),
        read=read,
        code="CHK-028",
        severity=asking.severity,
        properties=asking.properties((column,)),
        expected=asking.expected + asking.options.when,
        scope=asking.options.scope,
        line=asking.quality.line,
        origin=ORIGIN,
    )


def _beside(asking: Asking, reads: tuple[str, ...], way: str) -> Iterator[Product]:
    """Yield the probe of a check that Pandera itself asks, before the weighing."""
    options, told = asking.options, _Told()
    properties = asking.properties(() if asking.column and way is _WAY_BESIDE else reads)
    settled = asking.bench.settled(properties)
    where = options.where if settled is None else settled if options.where is None else options.where & settled
    borne = tolerance_of(asking.quality, options, properties, asking.expected, asking.name)
    reads = tuple(dict.fromkeys((*reads, *properties)))
    frame = [column.alias(name) for name, column in asking.frame.items() if name in reads]

    def find(rows: pl.LazyFrame) -> pl.LazyFrame:
        held = rows.sort(ROW).collect(engine="streaming")  # a `shift` means the order of the file
        told.whole, told.amiss, failed = None, "", None
        try:
            told.whole, failed = _asked(asking, held.lazy().select(frame), held.height)
        except _NoAnswerError as error:
            told.amiss = str(error)
        except RAISED as error:
            told.amiss = f"raised {type(error).__name__}"
        found = held.clear() if failed is None else held.filter(failed)
        return found.lazy().select(ROW, _seen(asking.bench, properties).alias(SEEN))

    def also(failing: pl.Expr) -> tuple[ScalarProbe, ...]:
        return (*_of_all(asking, told, properties), *(() if borne is None else borne(failing)))

    yield CrossProbe(
        name=asking.name,
        find=find,
        properties=properties,
        code="CHK-014",
        effect=asking.effect,
        expected=asking.expected + options.when,
        reads=reads,
        where=where,
        null_policy=asking.null_policy,
        line=asking.quality.line,
        origin=ORIGIN,
        also=also,
        way=way,
    )


def _seen(bench: Bench, names: tuple[str, ...]) -> pl.Expr:
    """Return what to show of a record that fails: the values of the first columns the check is about."""
    shown = [as_shown(pl.col(name), bench.dtypes[name]).fill_null("null") for name in names[:_MOST_SEEN]]
    if len(names) == 1:
        return shown[0]
    parts = [pl.concat_str(pl.lit(f"{name}="), text) for name, text in zip(names, shown, strict=False)]
    return pl.concat_str(parts, separator=", ")


class _NoAnswerError(Exception):
    """A check answers neither for each record nor once for all."""


def _asked(asking: Asking, frame: pl.LazyFrame, height: int) -> tuple[bool | None, pl.Series | None]:
    """Return whether all records together hold, or which of them fail, as Pandera has it.

    Raises:
        _NoAnswerError: it does not answer for each record, nor once for all.
        Exception: whatever the check's function raises.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = asking.check(frame, asking.column)
        answers = result.check_output.collect().to_series()
    if result.failure_cases is None or (answers.len() == 1 and height != 1):
        return bool(answers.all()), None
    if answers.len() != height:
        raise _NoAnswerError(f"answers {answers.len():,} times for {records(height)}")
    return None, ~answers


def _of_all(asking: Asking, told: _Told, properties: tuple[str, ...]) -> Iterator[ScalarProbe]:
    """Yield what a check beside the plan said of all records together, and whether it broke off."""
    if not told.amiss and told.whole is None:
        return
    broken, holds = bool(told.amiss), not told.amiss and told.whole is True
    words = f"{asking.label} {told.amiss}" if broken else f"observed {str(holds).lower()}"
    yield ScalarProbe(
        name=f"{asking.name}|{'answer' if broken else 'of all'}",
        value=pl.len(),
        read=lambda _: Answer(holds, None, words),
        code="CHK-039" if broken else "CHK-028",
        severity=asking.quality.severity if broken else asking.severity,
        properties=properties,
        expected=f"an answer of {asking.label}, for each record or once for all"
        if broken
        else asking.expected + asking.options.when,
        line=asking.quality.line,
        origin=ORIGIN,
    )


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
