"""Legacy rules as a contract writes them, to the plain model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weighbridge.contract.document import Path
from weighbridge.contract.model import RuleSpec
from weighbridge.contract.reading import Reading


def build_rules(reading: Reading, entries: Sequence[Any] | None, path: Path) -> tuple[RuleSpec, ...]:
    """Return the rules listed at `path`; one without a name is reported and left out."""
    specs = []
    for index, entry in enumerate(entries or []):
        where = (*path, index)
        line = reading.document.line(where)
        if isinstance(entry, str):
            specs.append(RuleSpec(entry, {}, line))
        elif isinstance(entry.get("rule"), str):
            parameters = {key: value for key, value in entry.items() if key != "rule"}
            specs.append(RuleSpec(entry["rule"], parameters, line))
        else:
            reading.report("CON-021", where, "a rule needs its name", fix="write `{rule: name, …parameters}`")
    return tuple(specs)
