"""What one scan over the bytes at hand finds: records, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field

UNFRAMED = "unframed"
FAULT_BYTES = 1 << 16
"""The most bytes a record that cannot be framed carries; what follows it is an unframed span."""


@dataclass(slots=True)
class Found:
    """What a scan of the bytes at hand gave: places are relative to the first byte at hand.

    Attributes:
        joined: by row, the pieces (start, bytes) of a payload that does not stand in one piece.
        whole: so many records of the fixed length were found, and none is listed.
    """

    starts: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    spans: list[int] = field(default_factory=list)
    faults: dict[int, tuple[str, str]] = field(default_factory=dict)
    consumed: int = 0
    done: bool = False
    whole: int = 0
    joined: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    def add(self, offset: int, header: int, payload: int, trailer: int = 0) -> None:
        """Take a record: where it begins, and the bytes of its header, payload and trailer."""
        self.starts.append(offset + header)
        self.lengths.append(payload)
        self.offsets.append(offset)
        self.spans.append(header + payload + trailer)
        self.consumed = offset + header + payload + trailer

    def join(self, offset: int, pieces: list[tuple[int, int]], end: int) -> None:
        """Take a record in pieces that begins at `offset` and ends at `end`."""
        if len(pieces) > 1:
            self.joined[len(self.starts)] = pieces
        self.starts.append(pieces[0][0])
        self.lengths.append(sum(size for _, size in pieces))
        self.offsets.append(offset)
        self.spans.append(end - offset)
        self.consumed = end

    def fault(self, code: str, why: str) -> None:
        """Say what is wrong with the last record taken."""
        self.faults[len(self.starts) - 1] = (code, why)
