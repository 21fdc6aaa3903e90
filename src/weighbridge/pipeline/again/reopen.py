"""A run's sources, opened again: by an audit, or to take a repair back."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace

from weighbridge.contract.model import SchemaObject, Server
from weighbridge.findings import ArgumentError, Finding, Place, SourceError
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.watcher import Watcher
from weighbridge.readers import open_extract
from weighbridge.readers.door import RawExtract
from weighbridge.readers.opening import read_from


def reopen(
    said: RunResult, schema: SchemaObject, server: Server | None, moved: Mapping[str, str], watcher: Watcher
) -> RawExtract:
    """Open the sources of a run again, as it read them.

    Args:
        said: the run's result.
        schema, server: what it was read by.
        moved: where a source is now, by the name it had in the run.
        watcher: told how far it has come.

    Raises:
        ArgumentError: a name in `moved` is none of the run's.
        SourceError: a source is not there at all.
    """
    names = [s.name for s in said.receipt.sources]
    places = _places(names, moved)
    try:
        return open_extract(read_from(places, server), schema.as_read, server, on_progress=watcher.advance)
    except SourceError as error:
        raise SourceError([_named_anew(f, names, places) for f in error.findings]) from error


def changed_since(said: RunResult, raw: RawExtract) -> list[Finding]:
    """Return the sources whose bytes are not those that the run read."""
    return [
        Finding("RUN-009", Place(source=now.name), f"sha256 {now.sha256[:16]}… now, {then.sha256[:16]}… then")
        for then, now in zip(said.receipt.sources, raw.sources, strict=True)
        if then.sha256 != now.sha256
    ]


def _places(names: Sequence[str], moved: Mapping[str, str]) -> list[str]:
    for name in moved:
        if name not in names:
            raise ArgumentError(Finding("ARG-001", detail=f"the run read no source {name!r}, but {', '.join(names)}"))
    return [moved.get(name, name) for name in names]


def _named_anew(finding: Finding, names: Sequence[str], places: Sequence[str]) -> Finding:
    """Return the finding with a fix that fits an audit: the source may have gone elsewhere since."""
    if finding.place.source not in places:
        return finding
    name = names[places.index(finding.place.source)]
    return replace(finding, fix=f"say where it is now: --source {shlex.quote(name)}=PATH")
