"""`weighbridge sniff`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from weighbridge.cli.terminal import print_json


def sniff(
    file: Path,
    /,
    *,
    contract: Path | None = None,
    object: str | None = None,
    server: str | None = None,
    records: int = 5,
    block: bool = False,
    json: bool = False,
) -> int:
    """Show how a file would be read, and why: dialect, encoding, header, first records.

    Every option says where it comes from: declared by the contract, sniffed from the bytes, or
    the default. With a contract its names and types are evidence, so that much less is guesswork.
    Nothing is written anywhere.

    Exit codes: 0 shown · 2 it cannot be read.

    Parameters
    ----------
    file
        The file to look at.
    contract
        ODCS YAML that says what the file should be.
    object
        The contract's object, where it describes several.
    server
        The contract's server whose layout is declared.
    records
        How many of the first records to show.
    block
        Print only the block to paste into a contract's server.
    json
        Print everything as JSON.
    """
    from weighbridge.readers.sniffed import sniff_file

    schema, declared = _declared(contract, object, server) if contract is not None else (None, None)
    found = sniff_file(str(file), schema, declared, max(records, 0))
    if json:
        print_json(
            {
                "source": found.source,
                "format": found.format,
                "options": [
                    {"name": o.name, "value": o.value, "origin": o.origin, "why": o.why or None} for o in found.options
                ],
                "columns": [{"name": c.name, "type": c.type, "why": c.why} for c in found.columns],
                "records": list(found.records),
                "findings": [f.to_dict() for f in found.findings],
                "server": dict(found.block),
            }
        )
        return 0
    if block:
        print(_yaml(found.block), end="")
        return 0
    print(found.source)
    width = max(len(o.name) for o in found.options)
    size = max(len(o.value) for o in found.options)
    for option in found.options:
        print(f"  {option.name:<{width}}  {option.value:<{size}}  {option.origin:<8}  {option.why}".rstrip())
    print(f"\n{len(found.columns)} columns")
    longest = max((len(c.name) for c in found.columns), default=0)
    for column in found.columns:
        print(f"  {column.name:<{longest}}  {column.type:<9}  {column.why}".rstrip())
    print("\nfirst records")
    for record in found.records:
        print(f"  {record['record']} at byte {record['offset']}: {_words(record)}")
    for finding in found.findings:
        print(f"\n{finding}")
    print("\nto declare it, under the contract's server (see --block):\n")
    print(_yaml(found.block), end="")
    return 0


def _declared(contract: Path, object_name: str | None, server: str | None) -> tuple[Any, Any]:
    from weighbridge.contract import load
    from weighbridge.pipeline.extract import choose_object, choose_server

    loaded = load(contract)
    return choose_object(loaded, object_name), choose_server(loaded, server)


def _words(record: dict[str, Any]) -> str:
    if "fault" in record:
        return f"{record['fault']} {record['seen']}"
    return ", ".join(f"{name}={value!r}" for name, value in record["values"].items())


def _yaml(block: Any) -> str:
    import yaml

    return str(yaml.safe_dump(block, sort_keys=False, allow_unicode=True, default_flow_style=False))
