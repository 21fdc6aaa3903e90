"""What may separate fields: the usual characters, and what stands between words that are known."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence

USUAL = (",", "\t", ";", "|", "\x1f", "\x01", "~", "^", ":", " ")
_SEVERAL = re.compile(r"[^\w\s\"'`.+\-()]{2,5}")
_QUOTES = "\"'`“”«»"
_LONGEST, _MOST = 6, 8


def candidates(lines: Sequence[str], names: Iterable[str]) -> tuple[str, ...]:
    """Return texts that may be the delimiter of these first lines, usual ones first.

    Args:
        lines: without their line ends.
        names: what the contract calls its columns: what stands between two of them in a line is a
            candidate, however long it is.
    """
    between: Counter[str] = Counter()
    known = sorted({n.strip().casefold() for n in names if n.strip()}, key=len, reverse=True)
    if len(known) > 1:
        word = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, known)) + r")(?!\w)")
        for line in lines:
            between.update(_gaps(line.casefold(), word))
    several = Counter(run for line in lines for run in set(_SEVERAL.findall(line)))
    found = [text for text, _ in between.most_common(_MOST)]
    found += [text for text, times in several.most_common(_MOST) if times * 2 >= len(lines)]
    return tuple(dict.fromkeys((*USUAL, *found)))


def _gaps(line: str, word: re.Pattern[str]) -> list[str]:
    places = [m.span() for m in word.finditer(line)]
    gaps = [line[a:b].strip(_QUOTES) for (_, a), (b, _) in itertools.pairwise(places)]
    bare = [gap.strip(" \t") or gap for gap in gaps]
    return [gap for gap in bare if 0 < len(gap) <= _LONGEST and not any(c.isalnum() or c in "_\r\n" for c in gap)]
