"""`weighbridge export`."""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from weighbridge.cli.terminal import print_json
from weighbridge.findings import ArgumentError, Finding, Place

if TYPE_CHECKING:
    from weighbridge.contract.model import NotExecuted, SchemaObject


@dataclass(frozen=True, slots=True)
class Exported:
    """What is written.

    Attributes:
        document: as JSON values, or the text itself.
        text: as a file of the tool has it.
        left_out: what the tool has no word for.
    """

    document: Any
    text: str
    left_out: tuple[NotExecuted, ...] = ()


def export(
    path: Path,
    /,
    *,
    to: Literal["gx", "pandera"] | None = None,
    from_: Annotated[Literal["gx"] | None, Parameter(name="--from")] = None,
    object: str | None = None,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    json: bool = False,
) -> int:
    """Write a contract's checks in the words of another tool, or another tool's as a contract's.

    `--to pandera` writes the source text of a Pandera schema (Python, needing pandera and polars alone).
    `--to gx` writes an object's checks as a suite of Great Expectations (JSON). `--from gx` reads
    such a suite and writes entries of `quality` (YAML) to be put into a contract. What the other
    side has no word for is listed on standard error; nothing is left out in silence.

    Parameters
    ----------
    path
        The contract, with `--to`; the other tool's file, with `--from`.
    to
        The tool whose words are written: `pandera`, or `gx`, Great Expectations.
    from_
        The tool whose words are read: `gx`, Great Expectations.
    object
        Which schema object; needed when the contract has several.
    output
        A file to write to instead of standard output.
    json
        Print what is written and what is left out as JSON.
    """
    if (to is None) == (from_ is None):
        raise ArgumentError(Finding("ARG-001", detail="say either --to or --from, and which tool"))
    made = _READERS[from_](path) if from_ is not None else _WRITERS[str(to)](_object(path, object))
    if output is not None:
        from weighbridge.sinks import atomic_write

        atomic_write(output, made.text.encode())
    if json:
        left = [{"what": part.what, "why": part.why} for part in made.left_out]
        print_json({"document": made.document, "left_out": left})
        return 0
    if output is None:
        print(made.text, end="")
    for part in made.left_out:
        print(f"left out: {part.what} ({part.why})", file=sys.stderr)
    return 0


def _object(path: Path, name: str | None) -> SchemaObject:
    from weighbridge.contract import load

    contract = load(path)
    found = [schema for schema in contract.objects if name in (None, schema.name)]
    if len(found) != 1:
        known = ", ".join(schema.name for schema in contract.objects)
        raise ArgumentError(Finding("ARG-001", Place(source=str(path)), f"say with --object which of {known} is meant"))
    return found[0]


def _suite(schema: SchemaObject) -> Exported:
    from weighbridge.checks.expectation_suite import to_suite

    suite = to_suite(schema)
    text = json_text.dumps(suite.to_json(), indent=2, ensure_ascii=False, default=str)
    return Exported(json_text.loads(text), text + "\n", suite.left_out)


def _pandera(schema: SchemaObject) -> Exported:
    from weighbridge.checks.pandera_source import pandera_source

    source = pandera_source(schema)
    return Exported({"name": source.name, "source": source.text}, source.text, source.left_out)


def _quality(path: Path) -> Exported:
    import yaml

    from weighbridge.checks.expectation_suite import from_suite

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentError(Finding("ARG-001", Place(source=str(path)), str(error))) from None
    entries = {"quality": list(from_suite(text))}
    return Exported(entries, yaml.safe_dump(entries, sort_keys=False, allow_unicode=True, width=120))


_WRITERS: Mapping[str, Callable[[SchemaObject], Exported]] = {"gx": _suite, "pandera": _pandera}
"""By tool, what writes an object's checks in its words."""

_READERS: Mapping[str, Callable[[Path], Exported]] = {"gx": _quality}
"""By tool, what reads its file as entries of `quality`."""
