"""One entry of the catalogue."""

from __future__ import annotations

from weighbridge.quick import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """What can be wrong, once: its code, its title and its fix.

    Attributes:
        code: room prefix and number, e.g. ``"RDR-004"``. Never reused for another meaning.
        title: what is wrong, in one lower-case clause without a full stop.
        fix: what the reader of the message should do about it.
    """

    code: str
    title: str
    fix: str
