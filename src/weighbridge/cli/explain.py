"""`weighbridge explain`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from weighbridge.cli.terminal import print_json


def explain(
    contract: Path,
    /,
    *extracts: str,
    into: Path | None = None,
    object_name: Annotated[str | None, Parameter(name="--object")] = None,
    server: str | None = None,
    json: bool = False,
) -> int:
    """Show how every check of a contract will be run: over which scan, by what means, and why.

    Checks of every engine, the contract's own, rules of legacy formats, Pandera schemas, expectations, are told
    alike, for they run alike: as expressions of one plan. What needs the source gone through once more, or cannot be
    executed, says so. Nothing is judged; an extract's types are looked at when one is named.

    Exit codes: 0 explained · 2 the contract or the extract cannot be used.

    Parameters
    ----------
    contract
        The contract, an ODCS YAML file.
    extracts
        An extract's files; without one the types that the contract declares are taken.
    into
        An output folder whose published tables foreign keys may refer to; it is only read.
    object_name
        Which schema object of the contract; every one when no extract is named.
    server
        Which server of the contract describes the bytes; the first local one by default.
    json
        Print the explanation as JSON.
    """
    from weighbridge.contract import load
    from weighbridge.pipeline.explain_checks import explain as explained
    from weighbridge.pipeline.explain_checks import told

    loaded = load(contract)
    names = [object_name] if extracts or object_name is not None else [schema.name for schema in loaded.objects]
    found = [explained(loaded, extracts, into=into, object_name=name, server_name=server) for name in names]
    if json:
        print_json([e.to_dict() for e in found])
    else:
        print("\n\n".join("\n\n".join((told(e), *map(str, e.findings))) for e in found))
    return 0
