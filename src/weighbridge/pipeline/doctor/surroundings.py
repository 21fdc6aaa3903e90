"""The place that Weighbridge works in: packages, folders, disks, encoding, clock, left-over temporary folders.

Each function is given what it judges, where that can be given, and returns findings.
"""

from __future__ import annotations

import locale
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from weighbridge.findings import Finding, Place, Severity
from weighbridge.readers.scratch import Scratch

KNOWN_BAD: tuple[tuple[str, str, str, str, str], ...] = (
    ("prefect", ">=3.8,<3.9", "fastapi", ">=0.151", "pip install 'fastapi<0.151'"),
    ("prefect", ">=3.8,<3.9", "apprise", ">=2", "pip install 'apprise<2'"),
)
"""Package and versions, the other's, and what mends it."""

LITTLE_ROOM_BYTES = 1 << 30
CLOCKS_APART_SECONDS = 120

VersionOf = Callable[[str], str | None]


def installed(name: str) -> str | None:
    """Return the version of an installed package; None when it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def requirements() -> list[str]:
    """Return what Weighbridge itself requires, as its package says; nothing when it runs from a folder of sources."""
    try:
        return metadata.requires("weighbridge") or []
    except metadata.PackageNotFoundError:
        return []


def packages(required: Iterable[str], version_of: VersionOf, python: str) -> Iterator[Finding]:
    """Yield what is missing or out of its range (OPS-001), and pairs known not to work together (OPS-002).

    Args:
        required: as in a package's metadata.
        version_of: the version installed.
        python: the version of Python.
    """
    if Version(python) < Version("3.11"):
        yield Finding("OPS-001", Place(source="python"), f"{python}; 3.11 or newer is needed")
    pairs = [(a, b, fix) for a, of_a, b, of_b, fix in KNOWN_BAD if _within(a, of_a, version_of) and
             _within(b, of_b, version_of)]  # fmt: skip
    for a, b, fix in pairs:
        yield Finding("OPS-002", Place(source=b), f"{a} {version_of(a)} with {b} {version_of(b)}", fix=fix)
    blamed = {b for _, b, _ in pairs}
    for line in required:
        wanted = Requirement(line)
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        found = version_of(wanted.name)
        if found is None:
            yield Finding("OPS-001", Place(source=wanted.name), f"not installed; {wanted.specifier or 'any'} is needed")
        elif wanted.name not in blamed and not wanted.specifier.contains(found, prereleases=True):
            yield Finding("OPS-001", Place(source=wanted.name), f"{found}; {wanted.specifier} is needed")


def _within(name: str, versions: str, version_of: VersionOf) -> bool:
    found = version_of(name)
    return found is not None and SpecifierSet(versions).contains(found, prereleases=True)


def folder(path: Path, now_seconds: float) -> Iterator[Finding]:
    """Yield that nothing can be written in a folder (OPS-003), or that its server's clock is another (OPS-007).

    A file is written there and removed.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=".weighbridge-doctor-", dir=path)
        try:
            os.write(handle, b"?")
            written = os.fstat(handle).st_mtime
        finally:
            os.close(handle)
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        yield Finding("OPS-003", Place(source=str(path)), error.strerror or type(error).__name__)
        return
    apart = written - now_seconds
    if abs(apart) > CLOCKS_APART_SECONDS:
        detail = f"a file written there now is dated {abs(apart):,.0f} s {'later' if apart > 0 else 'earlier'}"
        yield Finding("OPS-007", Place(source=str(path)), detail, Severity.WARNING)


def room(path: Path, free_bytes: int) -> Iterator[Finding]:
    """Yield that a disk has little room left (OPS-004)."""
    if free_bytes < LITTLE_ROOM_BYTES:
        yield Finding("OPS-004", Place(source=str(path)), f"{free_bytes / 1e6:,.0f} MB are free", Severity.WARNING)


def encodings(used: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    """Yield the encodings, each by what uses it, that are not UTF-8 (OPS-006)."""
    for where, name in used:
        if name.lower().replace("-", "").replace("_", "") != "utf8":
            yield Finding("OPS-006", Place(source=where), name, Severity.WARNING)


def clock(now: datetime, newest: datetime | None, place: str) -> Iterator[Finding]:
    """Yield that the newest run began after now (OPS-007)."""
    if newest is not None and (newest - now).total_seconds() > CLOCKS_APART_SECONDS:
        detail = f"the newest run began {newest:%Y-%m-%d %H:%M:%S} UTC; it is {now:%Y-%m-%d %H:%M:%S} UTC here"
        yield Finding("OPS-007", Place(source=place), detail, Severity.WARNING)


def left_over(folders: Iterable[Scratch]) -> Iterator[Finding]:
    """Yield the temporary folders of dead processes (OPS-005); and once those that are nobody's (OPS-017)."""
    nobodys = []
    for scratch in folders:
        if scratch.alive is False:
            detail = f"process {scratch.pid}, {_size_bytes(scratch.path) / 1e6:,.1f} MB"
            yield Finding("OPS-005", Place(source=str(scratch.path)), detail, Severity.WARNING)
        elif scratch.alive is None:
            nobodys.append(scratch.path)
    if nobodys:
        names = ", ".join(path.name for path in nobodys[:3]) + (" …" if len(nobodys) > 3 else "")
        detail = f"{len(nobodys):,} with {sum(map(_size_bytes, nobodys)) / 1e6:,.1f} MB: {names}"
        yield Finding("OPS-017", Place(source=str(nobodys[0].parent)), detail, Severity.INFO)


def _size_bytes(path: Path) -> int:
    total = 0
    for at, _, names in os.walk(path):
        for name in names:
            try:
                total += (Path(at) / name).lstat().st_size
            except OSError:
                continue
    return total


def of_here(into: Path | None, folders: Iterable[Scratch]) -> list[Finding]:
    """Return what is wrong around this process and, when one is given, with the place of an output folder."""
    temporary = Path(tempfile.gettempdir())
    found = [*packages(requirements(), installed, ".".join(map(str, sys.version_info[:3])))]
    found += encodings([("file names", sys.getfilesystemencoding()), ("LANG", locale.getencoding())])
    for path in dict.fromkeys([temporary, *([into] if into is not None else [])]):
        found += folder(path, time.time())
        found += room(path, shutil.disk_usage(path).free)
    return [*found, *left_over(folders)]
