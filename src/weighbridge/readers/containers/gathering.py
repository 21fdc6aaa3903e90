"""From what a user names to the sources of an extract: folders and patterns opened, archives unpacked."""

from __future__ import annotations

import fnmatch
import glob
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from weighbridge.contract.model import Server
from weighbridge.findings import ArgumentError, Finding, Place, Severity, SourceError
from weighbridge.quick import dataclass
from weighbridge.readers.containers.archives import Unpacking, archive_kind, is_document, unpack
from weighbridge.readers.containers.places import fetched, is_data, is_url
from weighbridge.readers.content import readable_file
from weighbridge.readers.located import Keeper, Limits, Located
from weighbridge.readers.manifest import is_beside
from weighbridge.readers.options import Declared

MEMBER = "::"


@dataclass(frozen=True, slots=True)
class Gathered:
    """The sources of an extract, in order, each a file by now; and what was met on the way."""

    names: tuple[str, ...]
    findings: tuple[Finding, ...]


def gather(sources: Sequence[str], server: Server | None) -> Gathered:
    """Return the sources that are meant.

    A folder means the files in it and a pattern those that it fits, by name; a URL the object
    there; an archive its members, in stored order, each named ``archive::member``. Such a name
    means that member alone. A file of exactly the name given always goes first.

    Raises:
        SourceError: something is not there or cannot be read (RDR-001), holds nothing to read
            (RDR-403), or unpacks to more than the limits (RDR-402).
        ArgumentError: ARG-004, a source is meant twice.
    """
    declared = Declared(server)
    defaults = Limits()
    limits = replace(
        defaults,
        unpacked_bytes=int(declared.get("maxUnpackedBytes", defaults.unpacked_bytes)),
        ratio=int(declared.get("maxUnpackedRatio", defaults.ratio)),
    )
    pattern = str(declared.get("members", "*"))
    keeper = Keeper()
    names: list[str] = []
    findings: list[Finding] = []
    for file, wanted in _grouped(sources, server, keeper):
        path = readable_file(file)
        kind = archive_kind(path, file) if path.stat().st_size else ""
        if not kind:
            names.append(file)
            continue
        given = set(wanted)

        def meant(member: str, given: set[str] = given) -> bool:
            return member in given if given else fnmatch.fnmatchcase(member.rsplit(MEMBER, 1)[-1], pattern)

        job = Unpacking(file, path.stat().st_size, keeper, limits, meant)
        before = path.stat()
        members = {member: Located(f"{file}{MEMBER}{member}", at, keeper) for member, at in unpack(path, kind, job)}
        now = path.stat()
        if (before.st_size, before.st_mtime_ns, before.st_ino) != (now.st_size, now.st_mtime_ns, now.st_ino):
            raise SourceError(Finding("RDR-004", Place(source=file), "it changed while it was unpacked"))
        absent = [w for w in wanted if w not in members]
        if absent or not members:
            detail = f"no member is called {absent[0]}" if absent else "the archive has no member to read"
            raise SourceError([Finding("RDR-403", Place(source=file), detail), *job.findings])
        if not wanted and declared.get("members") is None:
            members = _without_documents(members, job)
        names += [members[w] for w in wanted] if wanted else members.values()
        findings += job.findings
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ArgumentError(Finding("ARG-004", Place(source=name)))
        seen.add(name)
    return Gathered(tuple(names), tuple(findings))


def _without_documents(members: dict[str, Located], job: Unpacking) -> dict[str, Located]:
    """Leave out what describes the data, by its name, where something else is left; say so of each."""
    documents = [member for member in members if is_document(member)]
    if len(documents) == len(members):
        return members
    for member in documents:
        job.tell("RDR-404", member, "a document beside the data, by its name", Severity.INFO)
    return {member: at for member, at in members.items() if member not in documents}


def _grouped(sources: Sequence[str], server: Server | None, keeper: Keeper) -> Iterator[tuple[str, list[str]]]:
    """Yield files with the members meant; members of one archive that follow each other come together."""
    last: tuple[str, list[str]] | None = None
    for source in sources:
        file, member = _split(source)
        if member and last is not None and last[0] == file:
            last[1].append(member)
            continue
        if last is not None:
            yield from _files(last[0], last[1], server, keeper)
            last = None
        if member:
            last = (file, [member])
        else:
            yield from _files(source, [], server, keeper)
    if last is not None:
        yield from _files(last[0], last[1], server, keeper)


def _split(source: str) -> tuple[str, str]:
    if MEMBER not in source or "\0" in source or (not is_url(source) and Path(source).exists()):
        return source, ""
    file, _, member = source.partition(MEMBER)
    return (file, member) if is_url(file) or Path(file).is_file() else (source, "")


def _files(name: str, wanted: list[str], server: Server | None, keeper: Keeper) -> Iterator[tuple[str, list[str]]]:
    if is_url(name):
        yield from ((file, wanted) for file in fetched(name, server, keeper))
        return
    path = Path(name)
    if "\0" in name or not name.strip() or path.is_file():
        yield name, wanted
    elif path.is_dir():
        found = sorted(f for f in path.iterdir() if is_data(f.name) and not is_beside(server, f.name) and f.is_file())
        yield from ((str(f), wanted) for f in found or [path])
    elif glob.has_magic(name) and not path.exists():
        matches = sorted(f for f in glob.glob(name, recursive=True) if Path(f).is_file())  # noqa: PTH207 — names stay as given
        if not matches:
            raise SourceError(Finding("RDR-403", Place(source=name), "no file fits the pattern"))
        yield from ((f, wanted) for f in matches)
    else:
        yield name, wanted
