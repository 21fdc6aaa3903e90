"""Names of types: what the words of the other engines mean for a column of Polars."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

_Fits = Callable[[pl.DataType], bool]


def _one_of(*kinds: type[pl.DataType]) -> _Fits:
    return lambda dtype: isinstance(dtype, kinds)


_WHOLE: _Fits = lambda dtype: dtype.is_integer()  # noqa: E731
_REAL: _Fits = lambda dtype: dtype.is_float()  # noqa: E731
_TEXT = _one_of(pl.String, pl.Categorical, pl.Enum)
_MOMENT = _one_of(pl.Datetime)
_NAIVE: _Fits = lambda dtype: isinstance(dtype, pl.Datetime) and dtype.time_zone is None  # noqa: E731
_ZONED: _Fits = lambda dtype: isinstance(dtype, pl.Datetime) and dtype.time_zone is not None  # noqa: E731

WORDS: Mapping[str, _Fits] = {
    # Python and pandas
    "str": _TEXT,
    "object": _one_of(pl.String, pl.Object, pl.Binary, pl.Decimal, pl.Date, pl.Time, pl.List, pl.Struct, pl.Null),
    "object_": _one_of(pl.String, pl.Object, pl.Binary, pl.Decimal, pl.Date, pl.Time, pl.List, pl.Struct, pl.Null),
    "o": _one_of(pl.String, pl.Object),
    "int": _WHOLE,
    "float": _REAL,
    "bool": _one_of(pl.Boolean),
    "bool_": _one_of(pl.Boolean),
    "datetime64": _NAIVE,
    "datetime64[ns]": _NAIVE,
    "datetime64[us]": _NAIVE,
    "datetimetzdtype": _ZONED,
    "datetime": _MOMENT,
    "timestamp": _MOMENT,
    "timedelta64": _one_of(pl.Duration),
    "timedelta": _one_of(pl.Duration),
    "category": _one_of(pl.Categorical, pl.Enum),
    "bytes": _one_of(pl.Binary),
    "list": _one_of(pl.List, pl.Array),
    "dict": _one_of(pl.Struct),
    # Spark
    "stringtype": _TEXT,
    "integertype": _WHOLE,
    "longtype": _WHOLE,
    "shorttype": _WHOLE,
    "bytetype": _WHOLE,
    "floattype": _REAL,
    "doubletype": _REAL,
    "decimaltype": _one_of(pl.Decimal),
    "booleantype": _one_of(pl.Boolean),
    "datetype": _one_of(pl.Date),
    "timestamptype": _MOMENT,
    "binarytype": _one_of(pl.Binary),
    "arraytype": _one_of(pl.List, pl.Array),
    "structtype": _one_of(pl.Struct),
    # SQL
    "text": _TEXT,
    "varchar": _TEXT,
    "char": _TEXT,
    "string": _TEXT,
    "integer": _WHOLE,
    "bigint": _WHOLE,
    "smallint": _WHOLE,
    "tinyint": lambda dtype: dtype.is_integer() or dtype == pl.Boolean,  # MySQL keeps booleans as it
    "bit": _one_of(pl.Boolean),
    "double": _REAL,
    "double_precision": _REAL,
    "real": _REAL,
    "numeric": lambda dtype: dtype.is_decimal(),
    "decimal": lambda dtype: dtype.is_decimal(),
    "boolean": _one_of(pl.Boolean),
    "date": _one_of(pl.Date),
    "time": _one_of(pl.Time),
    "blob": _one_of(pl.Binary),
}
"""Lower-case words beside Polars' own names, each with whether a type is meant by it."""


def is_type(dtype: pl.DataType, word: str) -> bool:
    """Whether `word` names the type of a column.

    Polars' own names come first and mean exactly that type (``Int64``, ``Datetime``,
    ``Datetime(time_unit='us', time_zone='UTC')``, ``Utf8``); the words of pandas, Spark and SQL mean
    every type of Polars that those would have held there.

    Raises:
        ValueError: nobody knows the word.
    """
    spelt = word.removeprefix("pl.").removeprefix("polars.")
    if spelt in (str(dtype), type(dtype).__name__) or (spelt == "Utf8" and dtype == pl.String):
        return True
    own = getattr(pl, spelt, None)
    if isinstance(own, type) and issubclass(own, pl.DataType):
        return False
    if str(dtype).replace(" ", "").replace('"', "'").lower() == spelt.replace(" ", "").replace('"', "'").lower():
        return True
    lower = spelt.lower()
    for name in ("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float32", "Float64"):
        if lower == name.lower():
            return type(dtype).__name__ == name
    fits = WORDS.get(lower.partition("(")[0] if "(" in lower else lower)
    if fits is None:
        if "(" in spelt and getattr(pl, spelt.partition("(")[0], None) is not None:
            return False
        raise ValueError(f"Unrecognized polars type: {word}")
    return fits(dtype)


def is_one_of(dtype: pl.DataType, words: list[str]) -> bool:
    """Whether one of `words` names the type; words nobody knows are passed over, unless there are no others.

    Raises:
        ValueError: nobody knows any of them.
    """
    known = []
    for word in words:
        try:
            known.append(is_type(dtype, word))
        except ValueError:
            continue
    if words and not known:
        raise ValueError(f"No recognized polars type in list: {words}")
    return any(known)
