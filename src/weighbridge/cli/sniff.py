"""`weighbridge sniff`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weighbridge.cli.terminal import print_json

if TYPE_CHECKING:
    from weighbridge.advice import Advice


def sniff(
    file: Path,
    /,
    *,
    contract: Path | None = None,
    object: str | None = None,
    server: str | None = None,
    records: int = 5,
    block: bool = False,
    draft: bool = False,
    json: bool = False,
) -> int:
    """Show how a file would be read, and why: dialect, encoding, header, first records.

    Every option says where it comes from: declared by the contract, sniffed from the bytes, or
    the default. With a contract its names and types are evidence, so that much less is guesswork.
    Without one, each column is tried with the types and rules that could read it, and what reads
    most is advised, with what the texts leave to you. Nothing is written anywhere.

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
    draft
        Print only a draft of a contract: the layout, and each column with its type and rules.
    json
        Print everything as JSON.
    """
    from datetime import UTC, datetime

    from weighbridge.pipeline.first_look import first_look

    schema, declared = _declared(contract, object, server) if contract is not None else (None, None)
    look = first_look(str(file), schema, declared, max(records, 0), datetime.now(UTC))
    found = look.sniffed
    if json:
        print_json(
            {
                "source": found.source,
                "format": found.format,
                "options": [
                    {"name": o.name, "value": o.value, "origin": o.origin, "why": o.why or None} for o in found.options
                ],
                "columns": [_column(c.name, c.type, look.advice.get(c.name)) for c in found.columns],
                "records": list(found.records),
                "findings": [f.to_dict() for f in found.findings],
                "server": dict(found.block),
            }
        )
        return 0
    if block:
        print(_yaml(found.block), end="")
        return 0
    if draft:
        from weighbridge.pipeline.profiles import draft_of

        print(_yaml(draft_of(file, look)), end="")
        return 0
    print(found.source)
    width = max(len(o.name) for o in found.options)
    size = max(len(o.value) for o in found.options)
    for option in found.options:
        print(f"  {option.name:<{width}}  {option.value:<{size}}  {option.origin:<8}  {option.why}".rstrip())
    print(f"\n{len(found.columns)} columns")
    longest = max((len(c.name) for c in found.columns), default=0)
    for column in found.columns:
        advice = look.advice.get(column.name)
        kind = column.type if advice is None else advice.logical_type.value
        why = "the contract says so" if advice is None else _told(advice)
        print(f"  {column.name:<{longest}}  {kind:<9}  {why}".rstrip())
        for line in () if advice is None else _more(advice):
            print(f"  {'':<{longest}}  {'':<9}  {line}")
    print("\nfirst records")
    for record in found.records:
        print(f"  {record['record']} at byte {record['offset']}: {_words(record)}")
    for finding in found.findings:
        print(f"\n{finding}")
    if look.advice:
        print("\na contract for it, drafted: weighbridge sniff --draft")
    print("\nto declare the layout, under the contract's server (see --block):\n")
    print(_yaml(found.block), end="")
    return 0


def _declared(contract: Path, object_name: str | None, server: str | None) -> tuple[Any, Any]:
    from weighbridge.contract import load
    from weighbridge.pipeline.extract import choose_object, choose_server

    loaded = load(contract)
    return choose_object(loaded, object_name), choose_server(loaded, server)


def _told(advice: Advice) -> str:
    if not advice.values:
        return ""
    if advice.logical_type.value == "string" and not advice.rules:
        return f"{advice.values:,} texts"
    return f"{advice.read:,} of {advice.values:,} are read" + (" by rules" if advice.rules else "")


def _more(advice: Advice) -> Iterator[str]:
    if advice.rules:
        yield f"rules: {_flow(advice.rules)}"
    if advice.ambiguous:
        yield f"{advice.ambiguous:,} have several readings: a person decides"
    if advice.unread:
        yield f"not read: {', '.join(map(repr, advice.unread))}"
    yield from advice.notes


def _flow(rules: Any) -> str:
    import yaml

    plain = [r if isinstance(r, str) else dict(r) for r in rules]
    return str(
        yaml.safe_dump(plain, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10_000)
    ).strip()


def _column(name: str, declared: str, advice: Advice | None) -> dict[str, Any]:
    if advice is None:
        return {"name": name, "type": declared}
    return {
        "name": name,
        "type": advice.logical_type.value,
        "rules": list(advice.rules),
        "values": advice.values,
        "read": advice.read,
        "repaired": advice.repaired,
        "ambiguous": advice.ambiguous,
        "unread": list(advice.unread),
        "notes": list(advice.notes),
    }


def _words(record: dict[str, Any]) -> str:
    if "fault" in record:
        return f"{record['fault']} {record['seen']}"
    return ", ".join(f"{name}={value!r}" for name, value in record["values"].items())


def _yaml(block: Any) -> str:
    import yaml

    return str(yaml.safe_dump(block, sort_keys=False, allow_unicode=True, default_flow_style=False))
