"""Another object that a check compares with: its published table, or a file beside the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from weighbridge.checks.check import Bench
from weighbridge.checks.key_set import IncomparableError, check_comparable
from weighbridge.checks.options import unusable
from weighbridge.checks.words import names
from weighbridge.contract.model import ForeignKey, Quality
from weighbridge.findings import WeighbridgeError


def other(quality: Quality, bench: Bench, columns: Sequence[str]) -> pl.LazyFrame:
    """Return the object an entry names by `to` (and `reference`), with at least these columns.

    Raises:
        UnusableError: CHK-032, it is not at hand or has no such columns.
    """
    name, file = quality.implementation.get("to"), quality.implementation.get("reference")
    if not isinstance(name, str) and not isinstance(file, str):
        raise unusable("CHK-036", "it needs `to`, another object, or `reference`, a file", quality)
    relation = ForeignKey((), str(name or file), tuple(columns), reference=file, line=quality.line)
    try:
        frame = bench.context.resolve(relation)
        held = None if frame is None else dict(frame.collect_schema())
    except (pl.exceptions.PolarsError, OSError, WeighbridgeError) as error:
        raise unusable("CHK-032", next(iter(str(error).splitlines()), type(error).__name__), quality) from None
    if frame is None or held is None:
        raise unusable("CHK-032", str(file or name), quality)
    if missing := [column for column in columns if column not in held]:
        raise unusable("CHK-032", f"{file or name} has no column {names(missing)}", quality)
    return frame


def alike(
    quality: Quality, frame: pl.LazyFrame, theirs: Sequence[str], ours: Mapping[str, pl.DataType]
) -> pl.LazyFrame:
    """Return the columns `theirs` under the names and in the types of `ours`, in that order; the rest is dropped.

    Texts, as a CSV file has them, are read as the type they stand against; what cannot be so read is null.

    Raises:
        UnusableError: CHK-033, two columns cannot be compared, or they are not as many.
    """
    if len(theirs) != len(ours):
        raise unusable("CHK-033", f"{names(ours)} against {names(theirs)}: not as many", quality)
    held = frame.collect_schema()
    made = []
    for name, (own, dtype) in zip(theirs, ours.items(), strict=True):
        column = pl.col(name)
        if held[name] == pl.String and dtype != pl.String:
            column = _read_as(column, dtype)
        else:
            try:
                check_comparable({name: held[name]}, (dtype,))
            except IncomparableError as error:
                raise unusable("CHK-033", str(error), quality) from None
            column = column.cast(dtype, strict=False)
        made.append(column.alias(own))
    return frame.select(made)


def _read_as(text: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.Date:
        return text.str.to_date("%Y-%m-%d", strict=False)
    if isinstance(dtype, pl.Datetime):
        read = [text.str.to_datetime(f, strict=False, time_zone=dtype.time_zone)
                for f in ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d")]  # fmt: skip
        zoned = text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", strict=False).dt.convert_time_zone(
            dtype.time_zone or "UTC"
        )
        return pl.coalesce(*read, zoned if dtype.time_zone else zoned.dt.replace_time_zone(None)).cast(dtype)
    if dtype == pl.Boolean:
        lowered = text.str.to_lowercase()
        return pl.when(lowered.is_in(["true", "false"])).then(lowered == "true")
    return text.cast(dtype, strict=False)
