"""What a run notes of how it read its extract, so that single records can be read again without it.

runs/<run>/reading.json   the server, how the sources were laid out, what whole columns settled
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, field
from pathlib import Path

from weighbridge.contract.model import SchemaObject
from weighbridge.decode.asking import Settled
from weighbridge.legacy.evidence import Settlement
from weighbridge.quick import dataclass
from weighbridge.readers.again import Laid
from weighbridge.sinks import atomic_write

FILE = "reading.json"


@dataclass(frozen=True, slots=True)
class Noted:
    """How a run read its extract.

    Attributes:
        server: the name of the contract's server; None when it names none.
        laid: how the sources were laid out.
        settled: what whole columns settled, by property and the place of the rule that asked.
        contract: where the contract lay, from where it names other files; None where it lay nowhere.
    """

    server: str | None
    laid: Laid
    settled: Settled = field(default_factory=dict)
    contract: str | None = None

    def write(self, folder: Path) -> None:
        """Put it into the run's folder."""
        settled = {
            name: {str(place): asdict(found) for place, found in by_rule.items()}
            for name, by_rule in self.settled.items()
        }
        told = {"server": self.server, "laid": self.laid.to_dict(), "settled": settled, "contract": self.contract}
        atomic_write(folder / FILE, json.dumps(told, indent=1).encode())

    @classmethod
    def read(cls, folder: Path) -> Noted | None:
        """Return what a run noted; None of a run by a Weighbridge that noted nothing yet."""
        try:
            told = json.loads((folder / FILE).read_bytes())
        except OSError:
            return None
        settled = {
            name: {int(place): _settlement(found) for place, found in by_rule.items()}
            for name, by_rule in told["settled"].items()
        }
        return cls(told["server"], Laid.from_dict(told["laid"]), settled, told.get("contract"))

    def settled_for(self, then: SchemaObject, now: SchemaObject) -> Settled:
        """Return what was settled for the properties whose rules are today what they were."""
        rules = {p.name: [(r.name, dict(r.parameters)) for r in p.rules] for p in then.properties}
        same = {p.name for p in now.properties if rules.get(p.name) == [(r.name, dict(r.parameters)) for r in p.rules]}
        return {name: by_rule for name, by_rule in self.settled.items() if name in same}


def _settlement(told: Mapping[str, list[list[int]] | list[str]]) -> Settlement:
    return Settlement(tuple((int(pair[0]), int(pair[1])) for pair in told["beats"]), tuple(map(str, told["why"])))
