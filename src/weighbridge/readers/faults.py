"""Framing faults by their position in `FRAMING_FAULTS`, and the evidence that several readers give."""

from __future__ import annotations

from weighbridge.readers.lineage import FRAMING_FAULTS

RAGGED, MISQUOTED, INVALID, TOO_LONG, WRONG_LENGTH, HOLDS_NUL = (FRAMING_FAULTS.index(f"RDR-01{n}") for n in range(6))
NOT_JSON, NO_OBJECT, NOT_XML = (FRAMING_FAULTS.index(c) for c in ("RDR-200", "RDR-201", "RDR-210"))


def too_long(length_bytes: int, limit_bytes: int) -> str:
    """Return the evidence of a record that is too long; of its bytes, so many as the limit are kept."""
    return f"{length_bytes:,} bytes, the limit is {limit_bytes:,}; the first {limit_bytes:,} are kept"
