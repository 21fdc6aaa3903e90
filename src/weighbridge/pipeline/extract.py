"""Which extract of which object this is, before a byte is judged."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Sequence

from weighbridge.contract.model import Contract, SchemaObject, Server
from weighbridge.findings import ArgumentError, ContractError, Finding
from weighbridge.readers.door import Source


def extract_id(sources: Sequence[Source]) -> str:
    """Return ``sha256:`` over the sources' digests; neither their names nor their order matter."""
    digest = hashlib.sha256()
    for one in sorted(s.sha256 for s in sources):
        digest.update(one.encode())
    return f"sha256:{digest.hexdigest()}"


def choose_object(contract: Contract, name: str | None) -> SchemaObject:
    """Return the schema object the extract is an extract of.

    Raises:
        ArgumentError: there are several and `name` is None, or none is called `name`.
        ContractError: CON-055, the contract describes none.
    """
    if not contract.objects:
        raise ContractError(Finding("CON-055", detail="there is no object at all"))
    known = [o.name for o in contract.objects]
    if name is None:
        if len(contract.objects) == 1:
            return contract.objects[0]
        detail = f"the contract describes {len(known)} objects ({', '.join(known)}); say which with --object"
        raise ArgumentError(Finding("ARG-002", detail=detail))
    for candidate in contract.objects:
        if name in (candidate.name, candidate.physical_name):
            return candidate
    raise ArgumentError(Finding("ARG-002", detail=_unknown("object", name, known)))


def choose_server(contract: Contract, name: str | None) -> Server | None:
    """Return the server that says how the extract's bytes are laid out.

    Without a name: the first one of type local, else the first, else none.

    Raises:
        ArgumentError: no server is called `name`.
    """
    if name is not None:
        for server in contract.servers:
            if server.name == name:
                return server
        raise ArgumentError(Finding("ARG-003", detail=_unknown("server", name, [s.name for s in contract.servers])))
    local = (s for s in contract.servers if s.type == "local")
    return next(local, next(iter(contract.servers), None))


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"no {what} is called {name!r}; there are: {', '.join(known) or 'none'}{hint}"
