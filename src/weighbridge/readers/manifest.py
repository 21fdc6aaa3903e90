"""Markers and manifests that a sender puts beside its files: that they are whole, and what they hold."""

from __future__ import annotations

import csv
import fnmatch
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from weighbridge.contract.model import Server
from weighbridge.findings import Finding, Place
from weighbridge.readers.door import RawExtract
from weighbridge.readers.wrapped import WrappedExtract

_SUM = re.compile(r"(?P<digest>[0-9a-fA-F]{64})\s+\*?(?P<name>.+)")
_WORDS = {
    "name": ("name", "file", "filename", "path"),
    "size": ("size", "bytes", "sizebytes", "filesize"),
    "records": ("records", "rows", "count", "recordcount", "rowcount"),
    "digest": ("sha256", "digest", "checksum", "hash"),
}
_MOST_BYTES = 1 << 24


def beside(server: Server | None, option: str, file: Path) -> Path | None:
    """Return the marker (`doneMarker`) or manifest (`manifest`) that belongs to a file; None when none is declared."""
    text = server.record_format.get(option) if server is not None else None
    return None if text is None else file.with_name(str(text).replace("{name}", file.name).replace("{stem}", file.stem))


def is_beside(server: Server | None, name: str) -> bool:
    """Whether a file is a marker or a manifest by its name, and so no data."""
    patterns = [server.record_format.get(option) for option in ("doneMarker", "manifest")] if server is not None else []
    return any(fnmatch.fnmatchcase(name, re.sub(r"\{\w+\}", "*", str(p))) for p in patterns if p is not None)


class ListedExtract(WrappedExtract):
    """An extract held against the markers and manifests beside its files."""

    def __init__(self, inner: RawExtract, server: Server) -> None:
        super().__init__(inner)
        self._records: dict[str, int] = {}
        findings: list[Finding] = []
        for stored in dict.fromkeys(s.name.partition("::")[0] for s in self.sources):
            marker = beside(server, "doneMarker", Path(stored))
            if marker is not None and not marker.is_file():
                findings.append(Finding("RDR-434", Place(source=stored), f"there is no {marker.name}"))
            manifest = beside(server, "manifest", Path(stored))
            if manifest is not None:
                findings += self._held_against(manifest, stored)
        self.findings = (*findings, *self.findings)

    def late_findings(self) -> tuple[Finding, ...]:
        """Return the counts that are others, beside what the inner extract tells."""
        findings = list(self.inner.late_findings())
        read: dict[str, int] = {}
        for account in self.account():
            stored = account.source.name.partition("::")[0]
            read[stored] = read.get(stored, 0) + account.records
        for stored, records in self._records.items():
            if read.get(stored) != records:
                detail = f"{records:,} records are listed, {read.get(stored, 0):,} were read"
                findings.append(Finding("RDR-431", Place(source=stored), detail))
        return tuple(findings)

    def _held_against(self, manifest: Path, stored: str) -> list[Finding]:
        try:
            with manifest.open("rb") as file:
                entries = _entries(file.read(_MOST_BYTES).decode("utf-8-sig"))
        except OSError as error:
            return [Finding("RDR-430", Place(source=stored), f"{manifest.name}: {error.strerror or error}")]
        except (ValueError, RecursionError, csv.Error) as error:
            return [Finding("RDR-433", Place(source=str(manifest)), str(error)[:200])]
        listed = [
            e for e in entries if str(e.get("name", "")).replace("\\", "/").rsplit("/", 1)[-1] == Path(stored).name
        ]
        if not listed:
            return [Finding("RDR-432", Place(source=stored), f"{manifest.name} lists {len(entries):,} others")]
        entry, wrong = listed[0], []
        source = next((s for s in self.sources if s.name == stored), None)
        size = Path(stored).stat().st_size
        if entry.get("size") not in (None, "") and _whole(entry["size"]) != size:
            wrong.append(f"{entry['size']} bytes are listed, {size:,} came")
        digest = str(entry.get("digest") or "").lower().removeprefix("sha256:")
        if digest and source is not None and digest != source.sha256:
            wrong.append(f"sha256 {digest[:16]}… is listed, {source.sha256[:16]}… came")
        if entry.get("records") not in (None, ""):
            self._records[stored] = _whole(entry["records"])
        return [Finding("RDR-431", Place(source=stored), words) for words in wrong]


def _whole(value: Any) -> int:
    try:
        return int(str(value).replace(",", "").strip())
    except ValueError:
        return -1


def _entries(text: str) -> list[dict[str, Any]]:
    """Return what a manifest lists: JSON, the lines of a checksum program, or CSV with a header.

    Raises:
        ValueError: it is none of these.
    """
    if text.lstrip()[:1] in ("{", "["):
        given = json.loads(text)
        if isinstance(given, dict):
            given = next((v for v in given.values() if isinstance(v, list)), [given])
        return [_known(e) for e in given if isinstance(e, Mapping)]
    sums = [m for m in map(_SUM.fullmatch, text.split("\n")) if m is not None]
    if sums:
        return [m.groupdict() for m in sums]
    listed = [_known(row) for row in csv.DictReader(io.StringIO(text))]
    if not any("name" in e for e in listed):
        raise ValueError("it lists no names of files")
    return listed


def _known(entry: Mapping[Any, Any]) -> dict[str, Any]:
    plain = {re.sub(r"[^a-z0-9]", "", str(k).lower()): v for k, v in entry.items()}
    return {ours: plain[word] for ours, words in _WORDS.items() for word in reversed(words) if word in plain}
