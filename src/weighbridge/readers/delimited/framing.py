"""Framing: where records begin and end in a window, and which of them are not plain.

Every line is first judged by itself, all lines at once, on bit masks: its fields are counted
and its quotes checked. A line that is well-formed by itself is a record. The others, in
order, are taken apart one by one: such a line may open a record of several lines, hold
quotes that are only data, or be faulty. As what a line is depends only on the bytes from its
start, this gives what reading record by record would give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from weighbridge.readers.bits import Bits
from weighbridge.readers.delimited.dialect import Dialect
from weighbridge.readers.delimited.fields import Misquoted, NeedMore, Parsed, Values, take_apart
from weighbridge.readers.encoding import Encoding, Text, is_valid_utf8
from weighbridge.readers.faults import HOLDS_NUL, INVALID, MISQUOTED, RAGGED, TOO_LONG, too_long
from weighbridge.readers.lines import Lines, Positions, lines_of

_RECORD, _CONTROL, _SWALLOWED = 0, 1, 2
_BOM = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Framed:
    """What was framed of one window.

    Attributes:
        text: the window.
        taken: how much of ``text.utf8`` was framed.
        starts, ends, nexts: of the records in it, in order; ``ends`` excludes the line end.
        faults: for each record 0, or a position in `FRAMING_FAULTS`.
        line_taken: whether every line that ends in the window was framed.
        by_hand: values of records that only the careful way could take apart, by record index.
        seen: evidence of the faults, by record index.
        controls: kind, start and end of what is no record, in order.
        recoded: the encodings of records that were read in another one than the window, by index.
        counts: how many fields each record has; None where all have as many as today's.
    """

    text: Text
    taken: int
    starts: Positions
    ends: Positions
    nexts: Positions
    faults: npt.NDArray[np.uint8]
    line_taken: bool
    by_hand: dict[int, Values] = field(default_factory=dict)
    seen: dict[int, str] = field(default_factory=dict)
    controls: list[tuple[str, int, int]] = field(default_factory=list)
    recoded: dict[int, str] = field(default_factory=dict)
    counts: Positions | None = None

    def __len__(self) -> int:
        return len(self.starts)

    def only(self, rows: Positions) -> Framed:
        """Return some of the records, in the order of `rows`."""
        by_hand = {new: self.by_hand[old] for new, old in enumerate(rows.tolist()) if old in self.by_hand}
        starts, ends, nexts = self.starts[rows], self.ends[rows], self.nexts[rows]
        return Framed(self.text, self.taken, starts, ends, nexts, self.faults[rows], self.line_taken, by_hand)


def frame(text: Text, dialect: Dialect, final: bool, fallbacks: Sequence[Encoding] = ()) -> Framed:
    """Frame as much of a window as can be framed without knowing what follows.

    Args:
        text: the window.
        dialect: what takes it apart.
        final: whether nothing follows.
        fallbacks: encodings that a record may be in that is not valid in the window's.
    """
    view = np.frombuffer(text.utf8, np.uint8)
    lines = lines_of(text.utf8, dialect.line_end, final)
    return _Window(text, view, lines, dialect, final, fallbacks).framed()


class _Window:
    """One window while it is framed; everything here is by line until `framed`."""

    def __init__(
        self,
        text: Text,
        view: npt.NDArray[np.uint8],
        lines: Lines,
        dialect: Dialect,
        final: bool,
        fallbacks: Sequence[Encoding],
    ) -> None:
        self.fallbacks, self.recoded = fallbacks, dict[int, str]()
        self.text, self.utf8, self.view, self.lines = text, text.utf8, view, lines
        self.dialect, self.final = dialect, final
        self.bounds = np.append(lines.starts, lines.nexts[-1:]) if len(lines) else np.zeros(1, np.int64)
        self.faults = np.zeros(len(lines), np.uint8)
        self.roles = np.zeros(len(lines), np.uint8)
        self.ends, self.nexts = lines.ends, lines.nexts
        self.values: dict[int, Values] = {}
        self.seen: dict[int, str] = {}
        self.control_kinds: dict[int, str] = {}
        self.marks = self._find_marks()
        self.line_origins: Positions | None = None
        self.counts: Positions | None = None

    def framed(self) -> Framed:
        count = self._judge() if len(self.lines) else 0
        keep = np.flatnonzero(self.roles[:count] == _RECORD)
        whole = len(keep) == len(self.lines)
        starts = self.lines.starts
        if self.marks:
            starts = starts.copy()
            starts[[i for i in self.marks if i < count]] += len(_BOM)
        taken = int(self.nexts[count - 1]) if count else 0
        index = {} if not (self.values or self.seen) else dict(zip(keep.tolist(), range(len(keep)), strict=True))
        return Framed(
            self.text,
            taken,
            starts if whole else starts[keep],
            self.ends if whole else self.ends[keep],
            self.nexts if whole else self.nexts[keep],
            self.faults if whole else self.faults[keep],
            count == len(self.lines),
            {index[i]: v for i, v in self.values.items() if i in index},
            {index[i]: s for i, s in self.seen.items() if i in index},
            self._controls(count),
            {index[i]: name for i, name in self.recoded.items() if i in index},
            None if self.counts is None else self._counted(keep),
        )

    def _counted(self, keep: Positions) -> Positions:
        """Return how many fields each record has, the empty one after a trailing delimiter left out."""
        assert self.counts is not None
        counts = self.counts.copy()
        for i, values in self.values.items():
            counts[i] = len(values)
        counts[(counts == self.dialect.fields + 1) & ~np.isin(counts, self.dialect.earlier)] = self.dialect.fields
        return counts[keep]

    def _controls(self, count: int) -> list[tuple[str, int, int]]:
        spans = []
        for i in sorted({*self.control_kinds, *self.marks}):
            start = int(self.lines.starts[i])
            if i < count and i in self.marks and self.roles[i] != _SWALLOWED:
                spans.append(("byte order mark", start, start + len(_BOM)))
                start += len(_BOM)
            if i < count and self.roles[i] == _CONTROL:
                spans.append((self.control_kinds[i], start, int(self.lines.nexts[i])))
        return [span for span in spans if span[1] < span[2]]

    def _judge(self) -> int:
        """Judge all lines; return how many of them are framed."""
        d, lines = self.dialect, self.lines
        lengths = lines.ends - lines.starts
        for i in self.marks:
            lengths[i] -= len(_BOM)
        self._find_controls(lengths)
        careful, fields = self._count_fields() if d.is_plain else self._count_wide()
        long = lengths > d.max_record_bytes
        ragged = (fields != d.fields) & ~careful & ~long
        if d.earlier:
            self.counts = fields
            ragged &= ~np.isin(fields, d.earlier)
        if d.trailing:
            width = len(d.delimiter)
            ends_so = lengths >= width
            for k in range(width):
                at = np.minimum(np.maximum(lines.ends - width + k, 0), len(self.view) - 1)
                ends_so &= self.view[at] == d.delimiter[k]
            ragged &= ~((fields == d.fields + 1) & ends_so)
        framed = self._by_hand(careful | long | (self._suspicious() & ~ragged), lengths)
        self._mark_ragged(np.flatnonzero(ragged[:framed] & (self.roles[:framed] == _RECORD)), fields)
        return framed

    def _mark_ragged(self, lines: Positions, fields: Positions) -> None:
        self.faults[lines] = RAGGED
        words = {n: self._ragged(n) for n in set(fields[lines].tolist())}
        self.seen.update(zip(lines.tolist(), map(words.__getitem__, fields[lines].tolist()), strict=True))

    def _count_fields(self) -> tuple[npt.NDArray[np.bool_], Positions]:
        """Return which lines must be taken apart with care, and how many fields the others have."""
        d, view, bounds = self.dialect, self.view, self.bounds
        delimiters = Bits.of(view == d.delimiter[0])
        careful = np.zeros(len(self.lines), np.bool_)
        if d.escape and d.escape in self.utf8:
            careful |= Bits.of(view == d.escape[0]).counts(bounds) > 0
        if not d.quote or d.quote not in self.utf8:
            return careful, delimiters.counts(bounds) + 1
        quotes = Bits.of(view == d.quote[0])
        rank = quotes.rank(bounds)
        careful |= (np.diff(rank) > 0) if d.padding else (np.diff(rank) & 1).astype(np.bool_)
        line_begins_odd = (rank[:-1] & 1).astype(np.bool_)
        inside = quotes.parity()
        openers, closers = quotes & inside, quotes.without(inside)
        starts, ends = np.zeros(len(view) + 1, np.bool_), np.zeros(len(view) + 1, np.bool_)
        starts[self.lines.starts], ends[self.lines.ends] = True, True
        may_open_after = delimiters | quotes
        may_open = may_open_after.after(False) | Bits.of(starts[:-1])
        may_close = (delimiters | quotes | Bits.of(ends[:-1])).before()
        if ends[len(view)]:
            last = len(view) - 1
            may_close.words[last >> 6] |= np.uint64(1 << (last & 63))
        even = openers.without(may_open) | closers.without(may_close)
        outside = delimiters.without(inside)
        if not line_begins_odd.any():
            careful |= even.counts(bounds) > 0
            return careful, outside.counts(bounds) + 1
        odd = closers.without(may_open) | openers.without(may_close)
        careful |= np.where(line_begins_odd, odd.counts(bounds), even.counts(bounds)) > 0
        within = delimiters & inside
        return careful, np.where(line_begins_odd, within.counts(bounds), outside.counts(bounds)) + 1

    def _count_wide(self) -> tuple[npt.NDArray[np.bool_], Positions]:
        """Count fields between delimiters of several bytes; lines with quotes or escapes need care."""
        d, view, bounds = self.dialect, self.view, self.bounds
        found = self._occurrences(d.delimiter)
        careful = np.zeros(len(self.lines), np.bool_)
        for special in (d.quote, d.escape):
            if special and special in self.utf8:
                careful |= Bits.of(self._occurrences(special)).counts(bounds) > 0
        places = np.flatnonzero(found)
        close = places[:-1][np.diff(places) < len(d.delimiter)]
        careful[np.searchsorted(self.lines.starts, close, side="right") - 1] = True
        before_end = np.flatnonzero(found & (view == d.delimiter[0]))
        owner = np.searchsorted(self.lines.starts, before_end, side="right") - 1
        over = before_end + len(d.delimiter) > self.lines.ends[np.minimum(owner, len(self.lines) - 1)]
        careful[owner[over]] = True
        return careful, Bits.of(found).counts(bounds) + 1

    def _occurrences(self, word: bytes) -> npt.NDArray[np.bool_]:
        """Return where `word` begins; occurrences may overlap."""
        found: npt.NDArray[np.bool_] = self.view == word[0]
        for k, byte in enumerate(word[1:], 1):
            found[:-k] &= self.view[k:] == byte
            found[-k:] = False
        return found

    def _find_marks(self) -> tuple[int, ...]:
        """Return the lines that begin with a byte order mark: files were joined there."""
        if _BOM not in self.utf8 or not len(self.lines):
            return ()
        begins = np.flatnonzero(self._first_bytes() == _BOM[0])
        return tuple(i for i in begins.tolist() if self._line(i).startswith(_BOM))

    def _find_controls(self, lengths: Positions) -> None:
        """Mark lines that are no records: blank ones, comments, the header again."""
        d, lines = self.dialect, self.lines
        if d.fields > 1:
            self._control(np.flatnonzero(lengths == 0), "blank line")
        if d.comment:
            begins = np.flatnonzero(self._first_bytes() == d.comment[0])
            self._control(
                [i for i in begins.tolist() if self.utf8.startswith(d.comment, int(lines.starts[i]))], "comment"
            )
        last = len(lines) - 1
        if self.final and lines.ends[last] == lines.nexts[last] and not self._line(last).strip(b"\x1a\0"):
            self._control([last], "padding" if b"\0" in self._line(last) else "end-of-file mark")
        if d.footer is not None:
            self._control([i for i in range(len(lines)) if d.footer.search(self._line(i))], "footer")
        if d.header_line:
            self._find_headers(np.flatnonzero(lengths == len(d.header_line)))

    def _find_headers(self, alike: Positions) -> None:
        """Mark the header where it stands again among lines of its length, its columns in another order too."""
        d, begins = self.dialect, self.lines.starts
        if self.marks:
            begins = begins.copy()
            begins[list(self.marks)] += len(_BOM)
        first = np.zeros(256, np.bool_)
        names = sorted(d.header_line.split(d.delimiter))
        first[[name[0] for name in names if name]] = True
        first[d.header_line[0]] = True
        for i in alike[first[self.view[begins[alike]]]].tolist():
            line = self.utf8[begins[i] : self.lines.ends[i]]
            if line == d.header_line:
                self._control([i], "repeated header")
            elif sorted(line.split(d.delimiter)) == names:
                self._control([i], "header in another order")

    def _control(self, lines: npt.NDArray[np.int64] | list[int], kind: str) -> None:
        for line in map(int, lines):
            self.roles[line] = _CONTROL
            self.control_kinds.setdefault(line, kind)

    def _first_bytes(self) -> npt.NDArray[np.uint8]:
        return self.view[np.minimum(self.lines.starts, len(self.view) - 1)]

    def _suspicious(self) -> npt.NDArray[np.bool_]:
        """Return the lines that Polars could take apart otherwise than we do, or not at all."""
        found = np.zeros(len(self.lines), np.bool_)
        if b"\0" in self.utf8:
            found |= Bits.of(self.view == 0).counts(self.bounds) > 0
        if not self.utf8.isascii():
            if not is_valid_utf8(self.utf8):
                found |= Bits.of(self.view >= 0x80).counts(self.bounds) > 0
            found |= self._first_bytes() == _BOM[0]
        if self.dialect.line_end == "mixed":
            return found
        # Polars drops a return that is data, and splits at a feed that is: only line ends may be either.
        d, own = self.dialect, self.lines.nexts - self.lines.ends
        if d.line_end != "cr" and b"\r" in self.utf8:
            found |= Bits.of(self.view == 13).counts(self.bounds) > (own == 2)
        if d.line_end in {"crlf", "cr"} and b"\n" in self.utf8:
            found |= Bits.of(self.view == 10).counts(self.bounds) > (own == 2)
        return found

    def _line(self, i: int) -> bytes:
        return self.utf8[self.lines.starts[i] : self.lines.ends[i]]

    def _begin(self, i: int) -> int:
        return int(self.lines.starts[i]) + (len(_BOM) if i in self.marks else 0)

    def _by_hand(self, odd: npt.NDArray[np.bool_], lengths: Positions) -> int:
        """Settle odd lines in order; return how many lines are framed when done or more must be seen."""
        reached = 0
        for i in np.flatnonzero(odd).tolist():
            start = self._begin(i)
            if start < reached or self.roles[i] == _CONTROL:
                continue
            if lengths[i] > self.dialect.max_record_bytes:
                self._fault(i, TOO_LONG, too_long(int(lengths[i]), self.dialect.max_record_bytes))
                continue
            parsed = take_apart(self.utf8, start, self.dialect, self.final)
            if isinstance(parsed, NeedMore):
                return i
            reached = self._settle(i, parsed)
        return len(self.lines)

    def _settle(self, i: int, parsed: Parsed | Misquoted) -> int:
        """Enter what line `i` turned out to be; return where its record's next one begins."""
        if isinstance(parsed, Misquoted):
            self._fault(i, MISQUOTED, parsed.seen)
            return int(self.lines.nexts[i])
        if parsed.next != self.lines.nexts[i]:
            self._swallow(i, parsed)
        if not self.dialect.holds(parsed.values):
            self._fault(i, RAGGED, self._ragged(len(parsed.values)))
            return parsed.next
        record = self.utf8[self._begin(i) : parsed.end]
        nul = record.find(b"\0")
        if nul >= 0:
            self._fault(i, HOLDS_NUL, f"NUL at byte {nul} of the record")
            return parsed.next
        try:
            record.decode("utf-8")
        except UnicodeDecodeError as error:
            values = self._in_fallback(i, parsed)
            if values is not None:
                self.values[i] = values
                return parsed.next
            self._fault(i, INVALID, self._invalid(self._begin(i), error.start))
            return parsed.next
        self.values[i] = parsed.values
        return parsed.next

    def _in_fallback(self, i: int, parsed: Parsed) -> Values | None:
        """Return the values of a record in the first other encoding that it is valid in, if there is one."""
        if not self.fallbacks:
            return None
        begin = self._begin(i)
        origin = self._origin(begin)
        raw = self.text.raw[origin : self.text.origin_after(parsed.end, begin, origin)]
        for encoding in self.fallbacks:
            utf8 = encoding.decode(raw, 0, True).utf8
            if not is_valid_utf8(utf8):
                continue
            read = take_apart(utf8, 0, self.dialect, True)
            if isinstance(read, Parsed) and read.next == len(utf8) and self.dialect.holds(read.values):
                self.recoded[i] = encoding.name
                return read.values
        return None

    def _swallow(self, i: int, parsed: Parsed) -> None:
        if self.ends is self.lines.ends:
            self.ends, self.nexts = self.lines.ends.copy(), self.lines.nexts.copy()
        self.ends[i], self.nexts[i] = parsed.end, parsed.next
        last = int(np.searchsorted(self.lines.starts, parsed.next))
        self.roles[i + 1 : last] = _SWALLOWED

    def _fault(self, i: int, fault: int, seen: str) -> None:
        self.faults[i] = fault
        self.seen[i] = seen

    def _ragged(self, fields: int) -> str:
        expected = " or ".join(map(str, (self.dialect.fields, *self.dialect.earlier)))
        return f"{fields} field{'s' * (fields != 1)}, expected {expected}"

    def _origin(self, start: int) -> int:
        """Return where a record begins in the source's bytes; all lines are looked up at once."""
        if self.line_origins is None:
            self.line_origins = self.text.origins(self.lines.starts)
        line = int(np.searchsorted(self.lines.starts, start, side="right")) - 1
        return self.text.origin_after(start, int(self.lines.starts[line]), int(self.line_origins[line]))

    def _invalid(self, start: int, position: int) -> str:
        begin = self._origin(start)
        origin = self.text.origin_after(start + position, start, begin)
        return f"byte 0x{self.text.raw[origin]:02X} at byte {origin - begin} of the record"
