"""`weighbridge mirror`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from weighbridge.cli.terminal import print_json, watching
from weighbridge.findings import ArgumentError, Finding

_OPTIONS = ("endpointUrl", "location")


def mirror(
    url: str,
    /,
    *,
    into: Path,
    restore: bool = False,
    storage_option: tuple[str, ...] = (),
    json: bool = False,
) -> int:
    """Keep a copy of an output folder in an object store, or bring one back.

    Tables, results, reports and the ledger are copied to URL (s3://bucket/folder, gs://…, file:///…), as much of
    them as changed. Readers may read the tables there at any time: data goes first, logs after it. What retention
    or erasure removed here is removed there. Call it after each run, or from a timer; killed, it goes on.

    Exit codes: 0 the copy is as the folder · 2 it could not be made.

    Parameters
    ----------
    url
        A place of this folder's own.
    into
        The output folder; with --restore a new one.
    restore
        Bring the copy back.
    storage_option
        `endpointUrl=…` or `location=REGION`; credentials come from the environment (AWS_ACCESS_KEY_ID …).
    json
        Print it as JSON.
    """
    from weighbridge.pipeline.output import mirror as of

    with watching(not json) as watcher:
        done = (of.restore if restore else of.mirror)(into, url, options=options_of(storage_option), watcher=watcher)
    if json:
        print_json(asdict(done))
        return 0
    verb = "brought back" if restore else "copied"
    print(
        f"{done.copied:,} of {done.whole:,} files {verb}, {done.copied_bytes / 1e6:,.1f} MB; {done.removed:,} removed"
    )
    return 0


def options_of(words: tuple[str, ...]) -> dict[str, str]:
    """Return the options named as ``NAME=VALUE``.

    Raises:
        ArgumentError: ARG-001, there is no such option.
    """
    pairs = [word.partition("=") for word in words]
    for name, sign, value in pairs:
        if name not in _OPTIONS or not sign or not value:
            detail = f"--storage-option takes {' or '.join(f'{n}=…' for n in _OPTIONS)}"
            raise ArgumentError(Finding("ARG-001", detail=detail))
    return {name: value for name, _, value in pairs}
