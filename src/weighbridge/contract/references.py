"""The two ways ODCS writes a reference.

Short: ``planes.tailnum``. Long: ``planes.odcs.yaml#/schema/planes/properties/tailnum``.
"""

from __future__ import annotations

import re

from weighbridge.quick import dataclass

_CONTAINERS = ("schema", "properties", "items")


@dataclass(frozen=True, slots=True)
class Reference:
    """A property that a relationship or an SLA points to.

    Attributes:
        contract: the file before ``#``; None when there is none.
        object: the object's name or id; None when only a property was named.
        property: the property's name or id, nested ones joined by dots; empty when only an
            object was named.
    """

    contract: str | None
    object: str | None
    property: str


def parse_reference(text: str) -> Reference:
    """Return what `text` points to. Any text gives a reference; whether it exists is for lint to say."""
    contract, mark, inside = text.partition("#")
    if not mark:
        contract, inside = "", text
    inside = inside.strip().removeprefix("/")
    if "/" in inside:
        steps = [step for step in inside.split("/") if step]
        names = steps[1::2] if steps[0] in _CONTAINERS else steps
    else:
        names = inside.split(".")
    names = [name for name in names if name]
    if len(names) == 1 and not mark:
        return Reference(None, None, names[0])
    return Reference(contract or None, names[0] if names else None, ".".join(names[1:]))


_ELEMENT = re.compile(r"\s*,\s*")


def elements(text: str) -> tuple[str, ...]:
    """Return the references of an SLA's `element`, which may list several with commas."""
    return tuple(part for part in _ELEMENT.split(text.strip()) if part)
