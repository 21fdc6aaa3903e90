"""Options from their file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from weighbridge.contract.copybooks import load_table
from weighbridge.findings import ArgumentError, Finding, Place
from weighbridge.legacy.cobol.options import Options, read_options


def load_options(path: Path | None) -> Options:
    """Return the options of a JSON file; they stand under its key ``options``, or are the whole of it.

    Raises:
        ArgumentError: the file is not there or is no JSON object.
        OptionError: some options are not understood.
    """
    if path is None:
        return Options()
    return read_options(given_options(path), lambda name: load_table(name, path.parent), str(path), strict=False)


def given_options(path: Path | None) -> dict[str, Any]:
    """Return the options of a JSON file as they are written.

    Raises:
        ArgumentError: the file is not there or is no JSON object.
    """
    if path is None:
        return {}
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
    return chosen
