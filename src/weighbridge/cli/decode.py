"""`weighbridge decode`: mainframe records as JSON lines."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from weighbridge.findings import ArgumentError, Finding, Place


def decode(
    data: Annotated[list[Path] | None, Parameter(help="The files to decode, in order.")] = None,
    /,
    *,
    copybook: Annotated[
        list[Path], Parameter(consume_multiple=True, help="COBOL copybooks; several are laid over each other.")
    ],
    options: Annotated[
        Path | None, Parameter(help="A JSON file whose `options` say what the copybook does not.")
    ] = None,
    findings: Annotated[
        Path | None, Parameter(help="Where every finding goes, as JSON lines; else a summary goes to the error stream.")
    ] = None,
    library: Annotated[list[Path] | None, Parameter(help="Folders of the members that COPY names.")] = None,
    json_: Annotated[
        bool, Parameter(name="--json", help="Accepted for uniformity: the output is JSON lines anyway.")
    ] = False,
) -> int:
    """Decode mainframe records to JSON lines on the standard output.

    Every malformed value is null and a finding with its bytes; a value with two readings is a
    finding with both. Ends with 0 when the files could be read, whatever was found in them.
    """
    del json_
    from weighbridge.contract.copybooks import load_copybooks
    from weighbridge.readers.mainframe.doubts import Tally
    from weighbridge.readers.mainframe.files import load_options
    from weighbridge.readers.mainframe.rows import Decoder

    books, files = _sorted_out(copybook, data or [])
    if not files:
        raise ArgumentError(Finding("ARG-001", detail="decode wants at least one data file"))
    chosen = load_options(options)
    layout = load_copybooks(books, library or [], chosen)
    sink = findings.open("w", encoding="utf-8") if findings is not None else None
    try:
        every = (lambda f: print(json.dumps(f.to_dict(), ensure_ascii=False), file=sink)) if sink is not None else None
        tally = Tally(every)
        for warning in (*chosen.warnings, *layout.warnings):
            tally.add(warning)
        decoder = Decoder(layout, chosen, tally)
        write = sys.stdout.write
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
        try:
            for file in files:
                for row in decoder.rows(str(file)):
                    write(row + "\n")
        finally:
            sys.stdout.flush()
            if sink is None:
                _tell(tally)
    finally:
        if sink is not None:
            sink.close()
    return 0


def _sorted_out(copybooks: list[Path], data: list[Path]) -> tuple[list[Path], list[Path]]:
    """Tell data files from copybooks where `--copybook` swallowed both."""
    if data or len(copybooks) < 2:
        return copybooks, data
    known = {".cpy", ".cob", ".cbl", ".copy", ".cobol", ".cpb", ".txt", ""}
    books = [path for path in copybooks if path.suffix.lower() in known] or copybooks[:1]
    return books, [path for path in copybooks if path not in books]


def _tell(tally: Any) -> None:
    for finding in tally.kept:
        print(finding, file=sys.stderr)
    for (code, path), count in tally.counts.items():
        if count > 3:
            print(f"{code} at {Place(path=path)}: {count} in all", file=sys.stderr)


if __name__ == "__main__":
    from weighbridge.cli.app import run

    sys.exit(run(["decode", *sys.argv[1:]]))
