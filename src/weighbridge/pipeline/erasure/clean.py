"""What a run says in words and figures, without a subject: examples, top values, extremes, slices, sentences.

A figure of many records stays (a mean, a count, a shape). What may be one record's own value goes: the example of
its record, a most frequent value that was its alone, a least or greatest value that nobody else is known to have.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from weighbridge.outcome.codec import from_json
from weighbridge.pipeline.erasure.subject import Subject, same
from weighbridge.pipeline.output.history import PROFILE_FILE, RESULT_FILE
from weighbridge.report import write as write_report
from weighbridge.sinks import atomic_write, writing

DOTS = "•••"
_SPOKEN = frozenset({"observed", "measured", "detail", "seen", "readings", "value", "values", "reasons"})
_EXTREMES = ("min", "max", "quantiles", "histogram")
_OVERLAY = "overlay"
_GONE = object()
_INSIDE_FROM = 4


@dataclass(frozen=True, slots=True)
class Cleaner:
    """Takes a subject out of JSON values of one run.

    Attributes:
        subject: who is meant.
        records: the subject's records in the run: source and number.
        values: what those records say, by property, with how often.
        kept: how many of them were kept from publication: what was made of their texts is not known any more.
        found: whether any run of the contract has records of the subject: what was counted before a run may be theirs.
    """

    subject: Subject
    records: frozenset[tuple[str, int]]
    values: Mapping[str, Counter[str]]
    kept: int = 0
    found: bool = False

    def __call__(self, value: Any) -> Any:
        """Return the value without the subject; an equal value when there is nothing of it."""
        return self._clean(value, spoken=False)

    def _clean(self, value: Any, *, spoken: bool) -> Any:
        if isinstance(value, str):
            return self._words(value, spoken)
        if isinstance(value, list):
            cleaned = [self._clean(v, spoken=spoken) for v in value]
            return [v for v in cleaned if v is not _GONE]
        if not isinstance(value, dict):
            return value
        if self._is_example(value) or self._is_slice(value):
            return _GONE
        made: dict[str, Any] = {}
        for name, part in value.items():
            if name == _OVERLAY and self.found:
                made[name] = []
            elif name == "columns" and isinstance(part, dict):
                made[name] = {n: self._figures(n, f) if isinstance(f, dict) else f for n, f in part.items()}
            else:
                cleaned = self._clean(part, spoken=spoken or name in _SPOKEN)
                made[name] = None if cleaned is _GONE else cleaned
        return made

    def _words(self, words: str, spoken: bool) -> str:
        values = set(self.subject.telling)
        if spoken:
            values |= {text for texts in self.values.values() for text in texts if len(text) >= _INSIDE_FROM}
        for value in sorted((v for v in values if v in words), key=len, reverse=True):
            words = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", DOTS, words)
        return words

    def _is_example(self, part: Mapping[str, Any]) -> bool:
        if not {"source", "record", "raw", "seen"} <= part.keys():
            return False
        if (part["source"], part["record"]) in self.records:
            return True
        try:
            return bool(part["raw"]) and self.subject.stands_in(base64.b64decode(part["raw"], validate=True))
        except (binascii.Error, ValueError, TypeError):
            return False

    def _is_slice(self, part: Mapping[str, Any]) -> bool:
        if not {"by", "name", "values", "p_value"} <= part.keys() or part["by"] != "column":
            return False
        return any(self._own(str(part["name"]), v, int(part["records"])) for v in part["values"] if v is not None)

    def _own(self, name: str, value: object, count: int) -> bool:
        """Whether a value that stands `count` times in a property is the subject's alone."""
        if (asked := self.subject.values.get(name)) is not None and same(str(value), asked):
            return True
        return count <= self.values.get(name, Counter())[str(value)]

    def _figures(self, name: str, figures: Mapping[str, Any]) -> dict[str, Any]:
        made = dict(self._clean(dict(figures), spoken=True))
        mine = self.values.get(name, Counter())
        top = [t for t in figures.get("top") or [] if isinstance(t, dict)]
        unsure = 0 if figures.get("type") == "String" else self.kept
        shared = {
            str(t.get("value"))
            for t in top
            if int(t.get("count", 0)) > unsure and not self._own(name, t.get("value"), int(t.get("count", 0)))
        }
        if "top" in figures:
            made["top"] = [
                {**t, "count": t["count"] - mine[str(t["value"])]} for t in top if str(t.get("value")) in shared
            ]
        ends = [str(figures[end]) for end in ("min", "max") if figures.get(end) is not None]
        known = {*mine, *([self.subject.values[name]] if name in self.subject.values else [])}
        if any(unsure or same(end, value) for end in ends if end not in shared for value in known or {""}):
            for key in _EXTREMES:
                made.pop(key, None)
        return made


CleanerOf = Callable[[str], Cleaner]


def clean_folder(folder: Path, clean: Cleaner, *, dry: bool = False) -> int:
    """Clean the files of a run's folder; return how many there were something to clean in.

    The report is written anew from the result, where there was one.
    """
    changed = 0
    path = folder / RESULT_FILE
    said = _read(path)
    if said is not None:
        cleaned = clean(said)
        if cleaned != said:
            changed += 1
            if not dry:
                _rewrite(folder, cleaned)
    if tells(folder / PROFILE_FILE, clean):
        changed += 1
        if not dry:
            with writing(folder / PROFILE_FILE):
                (folder / PROFILE_FILE).unlink()
    for other in (folder / "reading.json", *sorted(folder.glob("replays/*/replay.json"))):
        said = _read(other)
        if said is not None and (cleaned := clean(said)) != said:
            changed += 1
            if not dry:
                atomic_write(other, json.dumps(cleaned, indent=1).encode())
    return changed


def without_bytes(folder: Path) -> bool:
    """Take the records' bytes out of the examples of a run's result and report; True when there were any."""
    said = _read(folder / RESULT_FILE)
    examples = [e for c in (said or {}).get("checks", ()) for e in c["examples"] if e["raw"] is not None]
    for example in examples:
        example["raw"] = None
    if examples:
        _rewrite(folder, said)
    return bool(examples)


def _rewrite(folder: Path, said: Any) -> None:
    text = json.dumps(said, ensure_ascii=False, indent=1).encode()
    if (folder / "report.json").is_file():  # first: a kill in between leaves the result to tell of it
        write_report(replace(from_json(text), folder=str(folder)), folder)
    atomic_write(folder / RESULT_FILE, text)


def tells(path: Path, clean: Cleaner) -> bool:
    """Return whether a stored profile counts values of the subject's: it lists every value that it counted."""
    if not path.is_file():
        return False
    try:
        return bool(clean.records) or bool(pl.read_parquet(path)["text"].is_in(list(clean.subject.telling)).any())
    except (pl.exceptions.PolarsError, OSError):
        return bool(clean.records)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
