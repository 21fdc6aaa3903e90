"""`weighbridge copybook`: the layout of a COBOL copybook, and a contract drafted from it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weighbridge.cli.terminal import print_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from weighbridge.legacy.cobol.options import Options
    from weighbridge.legacy.copybook import Copybook, Item


def copybook(
    *copybooks: Path,
    contract: Path | None = None,
    options: Path | None = None,
    library: list[Path] | None = None,
    json: bool = False,
) -> int:
    """Print the layout of a COBOL copybook: offset, length, picture and decoded type of every item.

    Faults of the copybook are reported all at once, each with its line, its column and a caret.

    Exit codes: 0 laid out · 2 the copybook cannot be used.

    Parameters
    ----------
    copybooks
        Copybook files; the records of several lie over each other.
    contract
        Write a contract drafted from the layout to this file; it lints clean and can be run at once.
    options
        A JSON file whose `options` say what the copybook does not; the drafted contract has them.
    library
        Folders of the members that COPY names, besides the copybook's own.
    json
        Print the layout as JSON.
    """
    from weighbridge.contract.copybooks import load_copybooks
    from weighbridge.findings import ArgumentError, Finding
    from weighbridge.readers.mainframe.files import given_options, load_options

    if not copybooks:
        raise ArgumentError(Finding("ARG-001", detail="copybook wants at least one file"))
    chosen = load_options(options)
    layout = load_copybooks(copybooks, library or [], chosen)
    if contract is not None:
        _draft(layout, copybooks, contract, given_options(options), chosen)
    rows = [_row(item) for item in layout.items()]
    rows += [
        {"level": 66, "name": r.name, "offset": r.offset, "length": r.size, "type": "renames"} for r in layout.renamings
    ]
    if json:
        print_json({"record_bytes": layout.size, "items": rows, "findings": [w.to_dict() for w in layout.warnings]})
    else:
        _table(rows)
        print(f"\na record has at most {layout.size:,} bytes")
        for warning in layout.warnings:
            print(f"\n{warning}", file=sys.stderr)
        if contract is not None:
            print(f"drafted {contract}")
    return 0


def _draft(layout: Copybook, sources: Sequence[Path], target: Path, given: Mapping[str, Any], options: Options) -> None:
    import os

    import yaml

    from weighbridge.findings import Finding, Place, PublishError
    from weighbridge.legacy.cobol.draft import draft_contract

    paths = [Path(os.path.relpath(source, target.parent)).as_posix() for source in sources]
    drafted = draft_contract(layout, paths, given, options)
    text = yaml.safe_dump(drafted, sort_keys=False, allow_unicode=True, width=120)
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as wrong:
        raise PublishError(Finding("OUT-001", Place(source=str(target)), wrong.strerror or str(wrong))) from wrong


def _row(item: Item) -> dict[str, Any]:
    from weighbridge.legacy.cobol.draft import decoded_type, described

    row: dict[str, Any] = {
        "level": item.level,
        "name": item.name,
        "path": list(item.path),
        "offset": item.offset,
        "length": item.size,
        "picture": described(item) or None,
        "type": decoded_type(item),
    }
    if item.occurs is not None:
        row["occurs"] = {"min": item.occurs.minimum, "max": item.occurs.maximum, "depending_on": item.occurs.depending}
    if item.redefines is not None:
        row["redefines"] = item.redefines
    if item.conditions:
        row["conditions"] = {c.name: [list(v) if v[1] else v[0] for v in c.values] for c in item.conditions}
    return row


def _table(rows: list[dict[str, Any]]) -> None:
    depth: list[int] = []
    shown = []
    for row in rows:
        while depth and depth[-1] >= row["level"]:
            depth.pop()
        remarks = [f"redefines {row['redefines']}"] if "redefines" in row else []
        if "occurs" in row:
            times = row["occurs"]
            span = str(times["max"]) if times["min"] == times["max"] else f"{times['min']} to {times['max']}"
            remarks.append(f"occurs {span}" + (f" by {times['depending_on']}" if times["depending_on"] else ""))
        remarks += [f"{name} = {', '.join(map(str, values))}" for name, values in row.get("conditions", {}).items()]
        name = f"{'  ' * len(depth)}{row['level']:02} {row['name']}"
        depth.append(row["level"])
        shown.append(
            (
                str(row["offset"] + 1),
                str(row["length"]),
                name,
                row.get("picture") or "",
                row["type"],
                "; ".join(remarks),
            )
        )
    head = ("start", "length", "item", "picture", "type", "")
    widths = [max(len(line[column]) for line in [head, *shown]) for column in range(6)]
    for line in [head, *shown]:
        cells = [line[0].rjust(widths[0]), line[1].rjust(widths[1]), *(line[c].ljust(widths[c]) for c in range(2, 6))]
        print("  ".join(cells).rstrip())


if __name__ == "__main__":
    from weighbridge.cli.app import run

    sys.exit(run(["copybook", *sys.argv[1:]]))
