"""The files that a contract's mainframe server names: copybooks with the members they copy, and tables of code pages.

A path starts at the contract's own folder; a name that is not there may stand beside the extract.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from weighbridge.contract.model import Server
from weighbridge.findings import Finding, Place, SourceError
from weighbridge.legacy.cobol.options import Options, option_key, read_options
from weighbridge.legacy.codepages import UnknownPageError, page_named
from weighbridge.legacy.copybook import Copybook, CopybookError, merge_copybooks, parse_copybook
from weighbridge.legacy.copybook.layout import Dialect

_SUFFIXES = ("", ".cpy", ".CPY", ".cob", ".cbl", ".copy", ".COB", ".CBL", ".txt")
MAX_COPYBOOK_BYTES = 32 << 20


def copybook_names(named: Any) -> list[str]:
    """Return the copybooks that `recordFormat.copybook` names: one text, or a list."""
    return [named] if isinstance(named, str) else [str(one) for one in named or ()]


def find_file(name: str, folders: Iterable[Path | None]) -> Path | None:
    """Return the first file of that name in the folders, in order; None when it is in none of them."""
    for folder in folders:
        if folder is not None:
            path = folder / name
            try:
                if path.is_file():
                    return path
            except (OSError, ValueError):
                return None
    return None


def load_copybooks(paths: Sequence[Path], folders: Sequence[Path] = (), options: Options | None = None) -> Copybook:
    """Return the layout of one or several copybooks; members that COPY names are looked for beside them.

    Raises:
        SourceError: a copybook cannot be read (RDR-001).
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


def load_table(name: str, folder: Path) -> str | None:
    """Return the 256 characters of a user's page: a JSON list or text, in a file called so; None when there is none."""
    wanted = ["custom_code_page.json"] if name in ("custom_table", "custom") else [name, f"{name}.json"]
    places = (folder, *list(folder.resolve().parents)[:3])
    file = next((found for one in wanted if (found := find_file(one, places)) is not None), None)
    if file is None:
        return None
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return "".join(map(str, table)) if isinstance(table, list) else str(table)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_COPYBOOK_BYTES + 1)
    except (OSError, ValueError) as wrong:
        why = getattr(wrong, "strerror", None) or str(wrong)
        raise SourceError(Finding("RDR-001", Place(source=str(path)), why)) from wrong
    if len(raw) > MAX_COPYBOOK_BYTES:
        detail = f"a copybook of more than {MAX_COPYBOOK_BYTES:,} bytes"
        raise SourceError(Finding("RDR-001", Place(source=str(path)), detail))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _member(name: str, folders: Sequence[Path]) -> str | None:
    if not name or "/" in name or "\\" in name or name in (".", ".."):
        return None
    spelled = [f"{word}{suffix}" for word in dict.fromkeys((name, name.upper(), name.lower())) for suffix in _SUFFIXES]
    file = next((found for one in spelled if (found := find_file(one, folders)) is not None), None)
    return None if file is None else _text(file)


_GENERAL = frozenset(
    ("kind", "copybook", "options", "encoding", "nullValues", "null_values", "maxRecordBytes", "copybookDigest")
)


def server_options(server: Server | None, folder: Path) -> tuple[Options, dict[str, tuple[str, str]]]:
    """Return how a server's mainframe records are decoded, and each option's value and origin.

    A contract reads text with the blanks on its right taken off, and as cp037, unless it says otherwise.

    Args:
        server: the contract's server.
        folder: where tables of code pages are looked for.

    Raises:
        OptionError: some options are not understood; all of them are named.
    """
    given = dict(server.record_format) if server is not None else {}
    values: dict[str, Any] = {"trim": "right", "code_page": "cp037"}
    origins = dict.fromkeys(values, "default")
    declared = {key: value for key, value in given.items() if key not in _GENERAL}
    encoding = (server.encoding if server is not None else None) or given.get("encoding")
    if encoding and str(encoding).lower() not in ("ebcdic", "binary", "auto"):
        try:
            declared["code_page"] = page_named(str(encoding)).name
        except UnknownPageError:
            declared["encoding"], declared["text_charset"] = "ascii", str(encoding)
    declared.update(given.get("options") or {})
    plain = {option_key(key) for key in declared}
    values = {key: value for key, value in values.items() if key not in plain} | declared
    origins.update(dict.fromkeys(declared, "declared"))
    options = read_options(values, lambda name: load_table(name, folder), "recordFormat.options")
    return options, {key: (str(value), origins[key]) for key, value in values.items()}
