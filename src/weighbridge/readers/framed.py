"""What batches of records that were framed in a window of text share, whatever the format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from weighbridge.quick import dataclass
from weighbridge.readers.encoding import Text
from weighbridge.readers.faults import TOO_LONG
from weighbridge.readers.records import Records

_Positions = npt.NDArray[np.int64]


class FramedText(Protocol):
    """Records found in a window: where each begins, ends and gives way to the next, as positions in its UTF-8."""

    @property
    def text(self) -> Text: ...  # noqa: D102
    @property
    def starts(self) -> _Positions: ...  # noqa: D102
    @property
    def ends(self) -> _Positions: ...  # noqa: D102
    @property
    def nexts(self) -> _Positions: ...  # noqa: D102
    @property
    def faults(self) -> npt.NDArray[np.uint8]: ...  # noqa: D102
    @property
    def seen(self) -> Mapping[int, str]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class FramedBatch:
    """Records framed of one window, and what stood between them.

    Attributes:
        lineage: where each record stands.
        controls: kind, offset in the content and length of each span that is no record, in order.
    """

    lineage: Records
    controls: Sequence[tuple[str, int, int]]

    @property
    def records(self) -> int:
        """How many records."""
        return len(self.lineage)

    @property
    def record_bytes(self) -> int:
        """Their bytes, line ends included."""
        return int((self.lineage.nexts - self.lineage.starts).sum())


def placed(framed: FramedText, limit: int) -> Records:
    """Return where records stand in the source; of one that is too long no more than `limit` bytes are kept."""
    text = framed.text
    starts, ends, nexts = (text.origins(p) for p in (framed.starts, framed.ends, framed.nexts))
    if TOO_LONG in framed.faults:
        ends = np.where(framed.faults == TOO_LONG, np.minimum(ends, starts + limit), ends)
    return Records(text.raw, text.offset_bytes, starts, ends, nexts, framed.faults, framed.seen)


def spans(text: Text, controls: Iterable[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Return kind, offset in the content and length of spans given by kind, begin and end in the text."""
    return [(kind, text.offset_bytes + text.origin(a), text.origin(b) - text.origin(a)) for kind, a, b in controls]
