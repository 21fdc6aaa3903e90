"""Copybooks and options from their files."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from weighbridge.findings import ArgumentError, Finding, Place, SourceError
from weighbridge.legacy.copybook import Copybook, CopybookError, merge_copybooks, parse_copybook
from weighbridge.legacy.copybook.layout import Dialect
from weighbridge.readers.mainframe.options import Options, read_options

_SUFFIXES = ("", ".cpy", ".CPY", ".cob", ".cbl", ".copy", ".COB", ".CBL", ".txt")


def load_options(path: Path | None) -> Options:
    """Return the options of a JSON file; they stand under its key ``options``, or are the whole of it.

    Raises:
        ArgumentError: the file is not there or is no JSON object.
        OptionError: some options are not understood.
    """
    if path is None:
        return Options()
    given: Any
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except OSError as wrong:
        raise ArgumentError(Finding("ARG-001", Place(source=str(path)), wrong.strerror or str(wrong))) from wrong
    except (ValueError, RecursionError) as wrong:
        raise ArgumentError(Finding("ARG-001", Place(source=str(path)), f"it is no JSON: {wrong}")) from wrong
    chosen = given.get("options", given) if isinstance(given, dict) else None
    if not isinstance(chosen, dict):
        raise ArgumentError(Finding("ARG-001", Place(source=str(path)), "it holds no object of options"))
    return read_options(chosen, lambda name: load_table(name, path.parent), str(path), strict=False)


def load_copybooks(paths: Sequence[Path], folders: Sequence[Path] = (), options: Options | None = None) -> Copybook:
    """Return the layout of one or several copybooks; members that COPY names are looked for beside them.

    Raises:
        SourceError: a copybook cannot be read.
        CopybookError: some have faults; all faults of all of them are in it.
    """
    options = options or Options()
    dialect = Dialect(options.align_synchronized, options.small_binary)
    books: list[Copybook] = []
    faults: list[Finding] = []
    for path in paths:
        library = functools.partial(_member, folders=(path.parent, *folders))
        try:
            books.append(parse_copybook(_text(path), str(path), library=library, dialect=dialect))
        except CopybookError as wrong:
            faults += wrong.findings
    if faults:
        raise CopybookError(faults)
    return merge_copybooks(books, dialect)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as wrong:
        raise SourceError(Finding("RDR-001", Place(source=str(path)), wrong.strerror or str(wrong))) from wrong
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _member(name: str, folders: Sequence[Path]) -> str | None:
    if not name or "/" in name or "\\" in name or name in (".", ".."):
        return None
    for folder in folders:
        for spelled in dict.fromkeys((name, name.upper(), name.lower())):
            for suffix in _SUFFIXES:
                file = folder / f"{spelled}{suffix}"
                if file.is_file():
                    return _text(file)
    return None


def load_table(name: str, folder: Path) -> str | None:
    """Return the 256 characters of a user's page: a JSON list or text, in a file called so."""
    wanted = ["custom_code_page.json"] if name in ("custom_table", "custom") else [name, f"{name}.json"]
    for place in (folder, *list(folder.resolve().parents)[:3]):
        for one in wanted:
            file = place / one
            if file.is_file():
                try:
                    table = json.loads(file.read_text(encoding="utf-8"))
                except (OSError, ValueError):
                    return None
                return "".join(map(str, table)) if isinstance(table, list) else str(table)
    return None
