"""`--into s3://…` of any verb: the verb is given the working folder of the store, and what it did is shown there."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from weighbridge.findings import ArgumentError, Finding, Place

_INTO, _OPTION = "--into", "--storage-option"
_READS = frozenset({"audit", "check", "diff", "profile", "quarantine", "report", "runs"})
_WRITES = frozenset({"alerts", "erase", "queue", "replay", "run", "site"})
_WRITES_IF_TOLD: dict[str, frozenset[str]] = {
    "baseline": frozenset({"pin", "unpin"}),
    "doctor": frozenset({"--fix", "--rebuild-ledger"}),
    "repairs": frozenset({"undo", "redo"}),
}
_READS_IF_TOLD: dict[str, frozenset[str]] = {"retain": frozenset({"--dry-run"})}


@contextmanager
def at_home(arguments: Sequence[str]) -> Iterator[Sequence[str]]:
    """Give the arguments with the working folder in place of an address after `--into`.

    Raises:
        ArgumentError: OUT-010, the verb takes no address; ARG-001, a `--storage-option` is no NAME=VALUE.
        PublishError, LedgerError: as `weighbridge.pipeline.output.stored.opened`.
    """
    at = _place(arguments)
    if at is None or "://" not in arguments[at]:
        yield arguments
        return
    from weighbridge.pipeline.output.stored import is_stored, opened

    if not is_stored(arguments[at].removeprefix(f"{_INTO}=")):
        yield arguments  # the verb says that it is no folder
        return
    words, options = _without_options(arguments)
    at = words.index(arguments[at])
    address = words[at].removeprefix(f"{_INTO}=")
    is_quiet = bool({"--json", "--quiet"} & set(words))
    writes = _does_write(words[0], words, address)
    with opened(address, writes=writes, options=options, say=_nothing if is_quiet else _say) as home:
        words[at] = str(home) if words[at] == address else f"{_INTO}={home}"
        yield words


def _place(arguments: Sequence[str]) -> int | None:
    """Return where the value of `--into` stands."""
    for at, word in enumerate(arguments):
        if word == "--":
            return None
        if word == _INTO and at + 1 < len(arguments):
            return at + 1
        if word.startswith(f"{_INTO}="):
            return at
    return None


def _without_options(arguments: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    rest: list[str] = []
    options: dict[str, str] = {}
    words = iter(arguments)
    for word in words:
        if word != _OPTION and not word.startswith(f"{_OPTION}="):
            rest.append(word)
            continue
        given = next(words, "") if word == _OPTION else word.removeprefix(f"{_OPTION}=")
        name, sign, value = given.partition("=")
        if not sign or not name or not value:
            raise ArgumentError(Finding("ARG-001", detail=f"{_OPTION} takes NAME=VALUE"))
        options[name] = value
    return rest, options


def _does_write(verb: str, words: Sequence[str], address: str) -> bool:
    if verb in _WRITES:
        return True
    if verb in _READS_IF_TOLD:
        return not _READS_IF_TOLD[verb] & set(words)
    if verb in _WRITES_IF_TOLD:
        return bool(_WRITES_IF_TOLD[verb] & set(words))
    if verb in _READS:
        return False
    raise ArgumentError(Finding("OUT-010", Place(source=address), f"`weighbridge {verb}` works in a folder"))


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _nothing(words: str) -> None:
    pass
