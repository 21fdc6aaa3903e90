"""Expectations about texts that only Python can judge; each distinct value of a batch is asked once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl

from weighbridge.expectations.patterns import each_text
from weighbridge.expectations.view import View


def match_strftime_format(view: View, name: str, arguments: Mapping[str, Any]) -> pl.Expr:
    """Return where the text can be read by a format of `datetime.strptime`."""
    wanted = arguments["strftime_format"]
    _require_text(
        view,
        name,
        "Values passed to expect_column_values_to_match_strftime_format must be of type string.\n"
        "If you want to validate a column of dates or timestamps, please call the expectation before converting from "
        "string format.",
    )

    def fits(text: str) -> bool:
        try:
            datetime.strptime(text, wanted)
        except ValueError:
            return False
        return True

    return each_text(pl.col(name), fits)


def dateutil_parseable(view: View, name: str, arguments: Mapping[str, Any]) -> pl.Expr:
    """Return where `dateutil` can read the text as a date."""
    _require_text(
        view,
        name,
        "Values passed to expect_column_values_to_be_dateutil_parseable must be of type string.\n"
        "If you want to validate a column of dates or timestamps, please call the expectation before converting from "
        "string format.",
    )

    def parseable(text: str) -> bool:
        from dateutil.parser import parse  # type: ignore[import-untyped]

        try:
            parse(text)
        except (ValueError, OverflowError):
            return False
        return True

    return each_text(pl.col(name), parseable)


def moments(text: pl.Expr) -> pl.Expr:
    """Return text as moments without a zone, as `dateutil` reads them; null where it cannot."""

    def parsed(value: str) -> datetime | None:
        from dateutil.parser import parse

        try:
            found: datetime = parse(value)
        except (ValueError, OverflowError):
            return None
        return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found

    def answers(values: pl.Series) -> pl.Series:
        distinct = values.drop_nulls().unique()
        read = pl.Series([parsed(value) for value in distinct], dtype=pl.Datetime("us"))
        return values.replace_strict(distinct, read, default=None, return_dtype=pl.Datetime("us"))

    return text.map_batches(answers, return_dtype=pl.Datetime("us"), is_elementwise=True)


def json_parseable(view: View, name: str, arguments: Mapping[str, Any]) -> pl.Expr:
    """Return where the text is JSON; what is no text is not."""
    if view.dtype(name) != pl.String:
        return pl.lit(False)

    def is_json(text: str) -> bool:
        try:
            json.loads(text)
        except ValueError:
            return False
        return True

    return each_text(pl.col(name), is_json)


def match_json_schema(view: View, name: str, arguments: Mapping[str, Any]) -> pl.Expr:
    """Return where the text is JSON that a JSON Schema allows.

    Text that is no JSON is unexpected; on pandas Great Expectations gives it up with an exception there.

    Raises:
        ValueError: the schema is none.
    """
    import jsonschema

    _require_text(view, name, "the JSON object must be str, bytes or bytearray")
    schema = arguments["json_schema"]
    kind = jsonschema.validators.validator_for(schema)
    try:
        kind.check_schema(schema)
    except jsonschema.SchemaError as error:
        raise ValueError(error.message) from None
    validator = kind(schema)

    def valid(text: str) -> bool:
        try:
            return bool(validator.is_valid(json.loads(text)))
        except ValueError:
            return False

    return each_text(pl.col(name), valid)


def _require_text(view: View, name: str, otherwise: str) -> None:
    if not isinstance(view.dtype(name), pl.String | pl.Null):
        raise TypeError(otherwise)
