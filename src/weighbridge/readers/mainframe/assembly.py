"""Records put under each other: from one root to the next is one row, children in lists inside their parents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weighbridge.legacy.cobol.options import Options
from weighbridge.legacy.cobol.segments import Segments


class Assembly:
    """Puts records under each other: fed fragments in file order, it gives whole rows.

    Attributes:
        orphans: records that stood before any root.
    """

    def __init__(self, segments: Segments) -> None:
        self._segments = segments
        self._open: list[tuple[str, str]] = []
        self.orphans = 0

    def add(self, group: str | None, fragment: str) -> Iterator[str]:
        """Take a record: its group, and the JSON of its row (roots) or of its group (children)."""
        is_root = group is not None and group not in self._segments.parents
        if is_root:
            yield from self.finish()
        elif not self._open:
            self.orphans += 1
            return
        if group is not None:
            self._open.append((group, fragment))

    def finish(self) -> Iterator[str]:
        """Give the row that is still open, if any."""
        if self._open:
            row, _ = self._build(0)
            yield row
            self._open = []

    def _build(self, at: int) -> tuple[str, int]:
        """Return the JSON of record `at` with all below it, and the index behind the last of them."""
        group, fragment = self._open[at]
        kinds = self._segments.children.get(group, ())
        found: dict[str, list[str]] = {kind: [] for kind in kinds}
        end = at + 1
        while end < len(self._open):
            below = self._open[end][0]
            if below in found:
                built, end = self._build(end)
                found[below].append(built)
            elif self._is_above(below, group):
                break
            else:
                end += 1
        lists = "".join(f',"{self._name(kind)}":[{",".join(rows)}]' for kind, rows in found.items())
        mark = f"\0{group}\0"
        if mark + "}" in fragment and "{" + mark in fragment:
            lists = lists.lstrip(",")
        return fragment.replace(mark, lists), end

    def _is_above(self, other: str, group: str) -> bool:
        """Whether a record of `other` ends what is under `group`: the group itself, or a kind above it."""
        above: set[str] = {group}
        at: str | None = group
        while at is not None:
            parent = self._segments.parents.get(at)
            above.update(self._segments.children.get(parent, ()) if parent is not None else ())
            above.add(at)
            at = parent
        return other in above

    def _name(self, kind: str) -> str:
        return kind


def level_ids(options: Options, ids: Sequence[str], state: dict[str, int], record: int) -> list[list[str]]:
    """Return the generated segment ids of each record: the root's, then one a level below it."""
    out: list[list[str]] = []
    for at, one in enumerate(ids):
        level = next(
            (n for n, level in enumerate(options.segment_levels) if one in level or "*" in level or "_" in level), None
        )
        if level == 0:
            state.clear()
            state["root"] = record + at
        elif level is not None:
            state[f"L{level}"] = state.get(f"L{level}", 0) + 1
            for below in range(level + 1, len(options.segment_levels)):
                state.pop(f"L{below}", None)
        names = [f"A_{state.get('root', 0)}"]
        names += [
            f"{names[0]}_L{n}_{state[f'L{n}']}"
            for n in range(1, len(options.segment_levels))
            if f"L{n}" in state and (level or 0) >= n
        ]
        out.append(names)
    return out
