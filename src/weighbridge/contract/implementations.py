"""What `implementation` of a custom check may say: a closed model for each check, by its name.

Kept beside `extensions`, which has the places that ODCS gives us in a contract.
"""

from __future__ import annotations

from typing import Literal

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


IMPLEMENTATIONS: dict[str, type[Extension]] = {
    "expression": ExpressionCheck,
    "conditional": ConditionalCheck,
    "sequence": SequenceCheck,
    "dependency": DependencyCheck,
    "uniqueTogether": UniqueTogetherCheck,
    "inclusion": InclusionCheck,
    "everyKeyOccurs": EveryKeyOccursCheck,
}
