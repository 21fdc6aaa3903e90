"""What `implementation` of a custom check may say: a closed model for each check, by its name.

Kept beside `extensions`, which has the places that ODCS gives us in a contract.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from weighbridge.contract.extensions import Extension, Text


class ExpressionCheck(Extension):
    """`implementation` of a custom check: an expression that must hold for each record. Null passes."""

    check: Literal["expression"]
    expression: Text = Field(description="Polars SQL over the object's properties, true or false for each record")


class ConditionalCheck(Extension):
    """`implementation` of a custom check: where `when` is true, `then` must hold. Null passes."""

    check: Literal["conditional"]
    when: Text = Field(description="Polars SQL: which records are looked at")
    then: Text = Field(description="Polars SQL: what must hold for them")


class SequenceCheck(Extension):
    """Numbers that run through: none missing, none repeated. Null passes."""

    check: Literal["sequence"]
    of: Text | None = Field(None, description="the property with the numbers; the one the check stands on without it")
    by: list[Text] | None = Field(None, description="a sequence for each of these properties' values")
    step: int = Field(1, ge=1, description="from one number to the next")
    start: int | None = Field(None, description="the first number")
    repeats: Literal["fail", "allow"] = Field("fail", description="whether a number may stand more than once")
    gaps: Literal["extract", "record", "allow"] = Field(
        "extract", description="what a missing number blames: the extract, the record after the gap, or nothing"
    )
    order: Literal["any", "file"] = Field("any", description="`file`: numbers never go down from record to record")


Names = Text | list[Text]


class DependencyCheck(Extension):
    """Records that agree in some properties agree in others. Null passes."""

    check: Literal["dependency"]
    of: Names | None = Field(None, description="what determines; the property the check stands on without it")
    determines: Names = Field(description="what is determined")
    blame: Literal["minority", "all"] = Field(
        "minority", description="who fails where they disagree; without a majority, all"
    )


class UniqueTogetherCheck(Extension):
    """A combination of values stands only once. Null passes."""

    check: Literal["uniqueTogether"]
    of: Names | None = Field(None, description="the properties; the one the check stands on without it")
    ignore_case: bool = Field(False, description="whether letters are compared without case")
    ignore_blanks: bool = Field(False, description="whether blanks at both ends do not count")


class InclusionCheck(Extension):
    """Every value of some properties stands in others of the same extract. Null passes."""

    check: Literal["inclusion"]
    of: Names | None = Field(None, description="whose values are asked; the property the check stands on without it")
    within: Names = Field(description="where they must stand")


class EveryKeyOccursCheck(Extension):
    """Every key of another object stands in a record of this extract. Null is no key."""

    check: Literal["everyKeyOccurs"]
    of: Names | None = Field(None, description="the key here; the property the check stands on without it")
    to: Text | None = Field(None, description="the other object")
    reference: Text | None = Field(None, description="a Parquet or CSV file with its keys, relative to the contract")
    to_properties: Names | None = Field(None, description="the key there; as `of` without it")


class ValidAtCheck(Extension):
    """A key stands in another object in a row that is valid at the record's date. Null passes."""

    check: Literal["validAt"]
    of: Names | None = Field(None, description="the key here; the property the check stands on without it")
    at: Text = Field(description="the date or timestamp here")
    to: Text | None = Field(None, description="the other object")
    reference: Text | None = Field(None, description="a Parquet or CSV file with it, relative to the contract")
    to_properties: Names | None = Field(None, description="the key there; as `of` without it")
    from_: Text = Field(alias="from", description="its column with the first moment a row is valid; null: since ever")
    until: Text = Field(description="its column with the last; null: for good")
    includes_until: bool = Field(True, description="whether the last day (or moment) still counts")


class ReconciliationCheck(Extension):
    """Counts and sums by group agree with those of another object."""

    check: Literal["reconciliation"]
    by: Names | None = Field(None, description="groups here; the whole extract without")
    count: bool | None = Field(None, description="whether records are counted; by default where nothing is summed")
    sum: Names | None = Field(None, description="properties whose sums are compared")
    to: Text | None = Field(None, description="the other object")
    reference: Text | None = Field(None, description="a Parquet or CSV file with it, relative to the contract")
    to_by: Names | None = Field(None, description="groups there; as `by` without it")
    to_count: Text | None = Field(None, description="its column with the count; its records are counted without")
    to_sum: Names | None = Field(None, description="its columns that are summed; as `sum` without it")
    within: float | str = Field(0, description="how far a figure may be off")
    within_rate: float | str = Field(0, description="what share of the other side's figure it may be off")


class PerGroupCheck(Extension):
    """A figure of each group is as agreed."""

    check: Literal["perGroup"]
    by: Names = Field(description="whose values make a group")
    metric: Literal["rowCount", "nullValues", "distinctValues", "duplicateValues", "sum", "min", "max", "mean"] = Field(
        "rowCount", description="what is measured"
    )
    of: Text | None = Field(None, description="the property measured; the one the check stands on without it")
    unit: Literal["records", "percent"] = Field("records", description="percent: of the group's records")
    must_be: Any = Field(None, description="the standard's comparisons; one of them")
    must_not_be: Any = None
    must_be_greater_than: Any = None
    must_be_greater_or_equal_to: Any = None
    must_be_less_than: Any = None
    must_be_less_or_equal_to: Any = None
    must_be_between: list[Any] | None = None
    must_not_be_between: list[Any] | None = None


class TimelineCheck(Extension):
    """Times go forward, and never too far or too little at once. Null passes."""

    check: Literal["timeline"]
    of: Text | None = Field(None, description="a date or timestamp; the property the check stands on without it")
    by: Names | None = Field(None, description="a timeline for each of these properties' values")
    order_by: Names | None = Field(
        None, description="times never go back from one of these to the next; `file`: from record to record"
    )
    repeats: Literal["allow", "fail"] = Field("allow", description="whether a time may stand more than once")
    max_gap: Text | None = Field(None, description="to the time before, such as 15m or PT15M")
    min_gap: Text | None = Field(None, description="to the time before, where that is another")


class RollForwardCheck(Extension):
    """Balances roll forward from record to record. A missing balance passes, a missing movement is 0."""

    check: Literal["rollForward"]
    balance: Text | None = Field(None, description="after the record's movements; the property the check stands on")
    opening: Text | None = Field(None, description="the balance before the record's movements")
    add: Names | None = Field(None, description="movements that raise the balance")
    subtract: Names | None = Field(None, description="movements that lower the balance")
    by: Names | None = Field(None, description="a balance for each of these properties' values")
    order_by: Names | None = Field(None, description="the order of records; `file`: as they stand in the file")
    start: float | str | None = Field(None, description="the balance before the first record")
    within: float | str = Field(0, description="how far a balance may be off")


class ShapeCheck(Extension):
    """Texts have one of some shapes. Null passes."""

    check: Literal["shape"]
    of: Text | None = Field(None, description="the property with the texts; the one the check stands on without it")
    shapes: Names = Field(description="`A` a capital letter, `a` a small one, `9` a digit, `+` one or more of it")


class ScriptCheck(Extension):
    """Letters belong to some scripts. Null passes."""

    check: Literal["script"]
    of: Text | None = Field(None, description="the property with the texts; the one the check stands on without it")
    scripts: Names = Field(description="Unicode's names of scripts, such as Latin")


class LanguageCheck(Extension):
    """Texts are in some languages. Null passes."""

    check: Literal["language"]
    of: Text | None = Field(None, description="the property with the texts; the one the check stands on without it")
    languages: Names = Field(description="ISO 639-1 codes such as `en`")
    min_letters: int = Field(20, ge=1, description="shorter texts are not asked")
    sure: float = Field(0.99, ge=0.5, lt=1, description="how sure it must be that a text is in none of them")


class DriftCheck(Extension):
    """A column is distributed as it was before, by the profiles of both."""

    check: Literal["drift"]
    of: Text | None = Field(None, description="the property compared; the one the check stands on without it")
    measure: Literal["psi", "jensenShannon", "chiSquare", "kolmogorovSmirnov", "wasserstein"] = Field(
        "psi", description="of the distance"
    )
    at_most: float | None = Field(None, ge=0, description="the greatest distance that holds; see docs/drift.md")
    against: Literal["previous", "baseline"] | int = Field(
        "previous", description="the run published before, the pinned one, or how many published before together"
    )
    reference: Text | None = Field(
        None, description="in place of `against`: the `profile.parquet` of a run, relative to the contract"
    )
    min_values: int = Field(1, ge=1, description="with fewer values on either side nothing is said: not executed")


Metric = Literal[
    "records", "acceptedRate", "repairedRate", "uncertainRate", "rejectedRate",
    "nullRate", "mean", "stdDev", "sum", "min", "max", "ageHours",
]  # fmt: skip


class HistoryCheck(Extension):
    """A figure is what it was in the runs published before, of the same season: the records' number, a rate, a mean."""

    check: Literal["history"]
    metric: Metric = Field("records", description="the figure; from `nullRate` on it is one of a property")
    of: Text | None = Field(None, description="the property it is of; the one the check stands on without it")
    season: Literal["none", "hour", "weekday", "weekdayAndHour", "dayOfMonth", "month"] = Field(
        "none", description="which runs are compared with"
    )
    trend: bool = Field(False, description="whether what is usual grows or falls with time, on a straight line")
    within: float = Field(3, ge=0, description="how many deviations from the median are allowed")
    at_least: float = Field(0.1, ge=0, description="the share of the median that is allowed however alike they were")
    last: int = Field(100, ge=1, description="how many runs of the season are looked at")
    runs: int = Field(4, ge=1, description="how many are needed")


IMPLEMENTATIONS: dict[str, type[Extension]] = {
    "expression": ExpressionCheck,
    "conditional": ConditionalCheck,
    "sequence": SequenceCheck,
    "dependency": DependencyCheck,
    "uniqueTogether": UniqueTogetherCheck,
    "inclusion": InclusionCheck,
    "everyKeyOccurs": EveryKeyOccursCheck,
    "validAt": ValidAtCheck,
    "reconciliation": ReconciliationCheck,
    "perGroup": PerGroupCheck,
    "timeline": TimelineCheck,
    "rollForward": RollForwardCheck,
    "shape": ShapeCheck,
    "script": ScriptCheck,
    "language": LanguageCheck,
    "drift": DriftCheck,
    "history": HistoryCheck,
}
