"""What the texts of a column would read as: how many of them look like numbers, dates, times, booleans.

It is told by their shapes, which are counted anyway; a shape does not know that there is no 31 February.
"""

from __future__ import annotations

import polars as pl

_BOOLEANS = ("true", "false", "yes", "no", "y", "n", "t", "f")
_SIGN = r"^[ ]*[+-]?"
_LOOKS: dict[str, str] = {
    "integer": rf"{_SIGN}9+[ ]*$",
    "decimal": rf"{_SIGN}(9+([.,]9*)?|[.,]9+|9{{1,3}}([,.' ]999)+([.,]9+)?)([Aa][+-]?9+)?[ ]*$",
    "date": r"^(9999([-/.])99?[-/.]99?|99?[-/.]99?[-/.]99(99)?|99?[- ](A|a)aa[- ]99(99)?|99?-AAA-99(99)?)$",
    "timestamp": r"^(9999[-/.]99[-/.]99|99?[/.]99?[/.]9999)[TAa ]99?:99.*$",
    "time": r"^99?:99(:99([.,]9+)?)?( ?[Aa][Aa])?$",
}


def reads_as(shapes: pl.DataFrame, values: pl.DataFrame) -> dict[str, int]:
    """Return how many texts look like each type; what none looks like is left out. Integers are decimals too.

    Args:
        shapes: `text` and `count`, of all texts whose shape is known.
        values: `text` and `count`, of those texts that are known themselves.
    """
    looks = pl.col("text").str.contains
    asked = [pl.col("count").filter(looks(pattern)).sum().alias(name) for name, pattern in _LOOKS.items()]
    counted = {name: int(n) for name, n in shapes.select(asked).row(0, named=True).items()}
    said = values.filter(pl.col("text").str.to_lowercase().is_in(_BOOLEANS))["count"].sum()
    return {name: n for name, n in {**counted, "boolean": int(said)}.items() if n}
