"""Legacy rules as a contract writes them, to the plain model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import Any

from weighbridge.contract.code_lists import RULE, read_codes
from weighbridge.contract.document import Path
from weighbridge.contract.model import RuleSpec
from weighbridge.contract.reading import Reading
from weighbridge.findings import Severity


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
            if entry["rule"] == RULE and isinstance(entry.get("table"), str):
                parameters = _with_table(reading, parameters, (*where, "table"))
            specs.append(RuleSpec(entry["rule"], parameters, line))
        else:
            reading.report("CON-021", where, "a rule needs its name", fix="write `{rule: name, …parameters}`")
    return tuple(specs)


def _with_table(reading: Reading, parameters: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return the rule's parameters with the codes of its table; one that cannot be read is told, and has none."""
    source = reading.document.source
    folder = FilePath() if source is None or "\n" in source else FilePath(source).parent
    try:
        codes = read_codes(parameters["table"], folder)
    except ValueError as fault:
        reading.report("CON-066", path, str(fault), Severity.WARNING)
        return parameters
    return {**parameters, "codes": [*(parameters.get("codes") or []), *codes]}
