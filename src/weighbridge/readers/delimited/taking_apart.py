"""What takes records apart: delimiter, quote, escape, padding and, once more, line ends; by the first records."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from weighbridge.readers.delimited.candidates import candidates
from weighbridge.readers.delimited.dialect import Dialect
from weighbridge.readers.delimited.observed import Observed
from weighbridge.readers.delimited.sample import Score, lines_from, rows_of, score
from weighbridge.readers.door import Option
from weighbridge.readers.options import shown

_QUOTES = (b'"', b"'", b"`")
_PADDED = re.compile(rb"""[ \t]["'`]|["'`][ \t]""")
_FEWEST = 3
_BETTER = 0.02  # what is unusual must make records so much better than what is usual


class TakingApart(Observed):
    """The phase of delimiter, quote, escape and padding."""

    def _taken_apart_by(self, d: Dialect, start: int) -> Dialect:
        """Settle delimiter, line end, quote, escape and padding."""
        lines = [
            self.sample[r.start : r.end].decode("utf-8", "replace")
            for r in lines_from(self.sample, start, d, self.sample_final)
        ]
        names = [n for p in self.schema.properties for n in p.source_names]
        tried = candidates([line for line in lines if line.strip()], names)
        best, found, why = self._best_delimiter(d, start, tried)
        d = self._delimiter(d, start, best, found, why)
        d = self._mixed_line_end(d, start)
        weighed = self._score(d, start)
        blanks = [True] if _PADDED.search(self.sample) else []
        d, weighed = self._try(d, start, weighed, "padding", blanks, "blanks stand around its quotes")
        d, weighed = self._try(d, start, weighed, "quote", [q for q in _QUOTES[1:] if q in self.sample])
        if d.quote and not self._is_used(d, start):
            d, weighed = self._try(d, start, weighed, "quote", [b""], "no field is quoted, and quotes are data")
        d, weighed = self._try(d, start, weighed, "escape", [b"\\"] if b"\\" in self.sample else [])
        d, weighed = self._escapes_quotes(d, start, weighed)
        if not d.padding and self.declared.get("padding") is None and self._is_padded(d, start):
            d = replace(d, padding=True)
            self._relabel(Option("padding", "true", "sniffed", "each field after the first begins with a blank"))
        return d

    def _score(self, d: Dialect, start: int) -> Score:
        return score(self.sample, start, d, self.sample_final, self.schema, self.evidence, self.declared.get("header"))

    def _best_delimiter(self, d: Dialect, start: int, tried: Sequence[str]) -> tuple[str, Score, str]:
        """Return the delimiter the first bytes speak for, how well, and why."""
        width = self.evidence.width
        best: tuple[tuple[float, ...], str, Score] | None = None
        for rank, candidate in enumerate(tried):
            if candidate.encode() not in self.sample:
                continue
            found = self._score(replace(d, delimiter=candidate.encode()), start)
            even = found.even if not width or found.width > 1 else 0.0
            sound = found.width > 1 if not width else found.width == width or found.names > 1 or width == 1
            fit = round(found.fit, 3) if sound else 0.0
            key = (float(found.names), fit, round(even, 3), -float(rank))
            if best is None or key > best[0]:
                best = (key, candidate, found)
            if found.names == width > 1 and found.fit == 1.0:
                break  # no other can do better
        if best is None:
            return ",", Score(0, 0.0, 0.0, 0, 0.0), ""
        (names, fit, even, _), candidate, found = best
        for longer in sorted(tried, key=len, reverse=True):
            if len(longer) > len(candidate) and self._is_all_of(candidate, longer):
                candidate, found = longer, self._score(replace(d, delimiter=longer.encode()), start)
                break
        if names > 1 or (names and width == 1):
            return candidate, found, f"it makes {found.names} of the contract's names of one of the first lines"
        if fit and width > 1 and found.width == width:
            return candidate, found, f"it makes {width} fields of {found.fits:.0%} of the first lines"
        if even:
            return candidate, found, "it makes lines of the same number of fields"
        return ",", found, ""

    def _is_all_of(self, part: str, whole: str) -> bool:
        """Whether one delimiter stands nowhere but as part of another."""
        times = whole.count(part)
        return times > 0 and times * self.sample.count(whole.encode()) == self.sample.count(part.encode())

    def _delimiter(self, d: Dialect, start: int, best: str, found: Score, why: str) -> Dialect:
        declared = self.declared.delimiter
        if declared is None:
            self.options.append(Option("delimiter", shown(best), "sniffed" if why else "default", why))
            return replace(d, delimiter=best.encode())
        self.options.append(Option("delimiter", shown(declared), "declared"))
        absent = declared.encode() not in self.text.utf8 and bool(self.sample.strip())
        if absent and best != declared and self.evidence.width > 1:
            words = f"; {shown(best)} would: {why}" if why else ""
            self._contradicts(f"delimiter {shown(declared)} is declared, it does not occur{words}")
        return replace(d, delimiter=declared.encode())

    def _mixed_line_end(self, d: Dialect, start: int) -> Dialect:
        if self.declared.get("lineEnd") is not None or d.line_end != "any" or not self.lone_returns:
            return d
        mixed = replace(d, line_end="mixed")
        before, after = self._score(d, start), self._score(mixed, start)
        if (after.names, after.fit) <= (before.names, before.fit + _BETTER):
            return d
        self._relabel(Option("lineEnd", "mixed", "sniffed", "CR ends some lines too: that makes better records"))
        return mixed

    def _try(
        self, d: Dialect, start: int, weighed: Score, name: str, values: Sequence[object], why: str = ""
    ) -> tuple[Dialect, Score]:
        """Settle one option: as declared, else another value than the usual where that makes better records."""
        declared = self.declared.get(name)
        usual = getattr(d, name)
        words = shown(usual.decode()) if isinstance(usual, bytes) else str(usual).lower()
        if declared is not None:
            self._relabel(Option(name, words, "declared"))
            return d, weighed
        best, score_of_best = d, weighed
        for value in values:
            changed: dict[str, Any] = {name: value}
            other = replace(d, **changed)
            found = self._score(other, start)
            few = name == "quote" and not value and (found.fits - weighed.fits) * found.records < _FEWEST
            if not few and (found.names, found.fit) > (score_of_best.names, score_of_best.fit + _BETTER):
                best, score_of_best = other, found
        if best is d:
            self._relabel(Option(name, words, "default"))
            return d, weighed
        value = getattr(best, name)
        words = shown(value.decode()) if isinstance(value, bytes) else str(value).lower()
        part = f"{score_of_best.fits:.0%} of the first records have the right fields, {weighed.fits:.0%} without it"
        self._relabel(Option(name, words, "sniffed", why or part))
        return best, score_of_best

    def _escapes_quotes(self, d: Dialect, start: int, weighed: Score) -> tuple[Dialect, Score]:
        """Take a backslash for an escape where each quote within a field has one, and no record is worse for it."""
        if self.declared.get("escape") is not None or not d.quote or d.escape:
            return d, weighed
        quote, ends = re.escape(d.quote), rb"\r\n" + re.escape(d.quote + d.delimiter)
        bare = rb"[^\\" + ends + rb"]" + quote + rb"[^" + ends + rb"]"
        if re.search(rb"\\" + quote, self.sample) is None or re.search(bare, self.sample) is not None:
            return d, weighed
        other = replace(d, escape=b"\\")
        found = self._score(other, start)
        if (found.names, found.fit) < (weighed.names, weighed.fit):
            return d, weighed
        self._relabel(Option("escape", "\\", "sniffed", "a backslash stands before each quote within a field"))
        return other, found

    def _is_used(self, d: Dialect, start: int) -> bool:
        """Whether a field of the first lines is quoted as it should be."""
        quote, mark = re.escape(d.quote), re.escape(d.delimiter)
        text = rb"[^\r\n" + quote + rb"]*"
        field = rb"(?:^|[\r\n]|" + mark + rb")" + quote + text + quote + rb"(?:[\r\n]|$|" + mark + rb")"
        return re.search(field, self.sample[start:]) is not None

    def _is_padded(self, d: Dialect, start: int) -> bool:
        if d.delimiter.strip(b" \t") != d.delimiter:
            return False
        rows = [r.fields for r in rows_of(self.sample, start, d, self.sample_final) if r.fields and len(r.fields) > 1]
        texts = [text for fields in rows for text in fields[1:] if text]
        return len(rows) > 1 and len(texts) > 1 and all(text[0] in " \t" for text in texts)
