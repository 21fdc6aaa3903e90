"""A decision as a rule: a change of the contract, as a diff for a person to merge.

What can be proposed, and what cannot:

    accepted readings of one date or time property   where all that were accepted follow one of the rule's
                                                     formats: that format goes first, the others go
    corrected values of one property without rules   where one text was always corrected to one value: the
                                                     rule `mapping` reads that text so
    confirmed rejections, records sent back          nothing: the contract turns such records back already
    anything else                                    nothing: no rule would say the same of other records

Nothing is written: the contract is its owners'. The YAML is changed where the property stands, by
lines; comments and order stay. What cannot be placed surely is not proposed.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from weighbridge.contract import load
from weighbridge.contract.model import Property
from weighbridge.findings import ArgumentError, ContractError, Finding
from weighbridge.ledger import Ledger
from weighbridge.ledger.engine import READS, ledger_errors
from weighbridge.ledger.schema import REVIEW_DECISIONS, REVIEW_ITEMS, REVIEW_PROPOSALS
from weighbridge.review.again import contract_of, kept_rows
from weighbridge.review.choice import before_of, readings_of, row_of
from weighbridge.review.queue import Item, item_of
from weighbridge.review.states import Kind

_FEWEST = 2
_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed change of a contract.

    Attributes:
        title: what it does, in words.
        records: how many decisions speak for it.
        diff: unified, against the YAML of the contract that the records were judged by; empty where nothing
            can be proposed, as `title` then says.
    """

    contract_id: str
    contract_version: str
    property: str | None
    title: str
    records: int
    diff: str


def propose(ledger: Ledger, into: Path, batch: str) -> Proposal:
    """Return the change of the contract that a decision amounts to.

    Args:
        ledger: whose queue has the decision.
        into: the output folder.
        batch: what `Decided.batch` named the decision.

    Raises:
        ArgumentError: REV-001, there is no such decision.
    """
    taken = _decisions(ledger, batch)
    if not taken:
        raise ArgumentError(Finding("REV-001", detail=f"no decision {batch!r}"))
    run_id = Counter(item.run_id for item, _ in taken).most_common(1)[0][0]
    own = [(item, decision) for item, decision in taken if item.run_id == run_id]
    contract, schema = contract_of(into, ledger.run(run_id))
    path = into / "runs" / run_id / "contract.yaml"
    text = path.read_text("utf-8")
    kinds = {decision["kind"] for _, decision in own}

    def nothing(why: str) -> Proposal:
        return Proposal(contract.id, contract.version, None, f"no change can be proposed: {why}", len(own), "")

    if kinds not in ({Kind.ACCEPT_READING.value}, {Kind.CORRECT.value}):
        return nothing("the contract turns such records back already")
    names = {name for _, decision in own for name in decision["changes"]}
    if len(names) != 1:
        return nothing("more than one property was decided on")
    prop = schema.property_named(names.pop())
    if prop.is_masked:
        return nothing(f"{prop.name} is classified")
    if len(own) < _FEWEST:
        return nothing("one record is no rule")
    kept = row_of(kept_rows(into, ledger.run(run_id), [(i.source, i.record) for i, _ in own]))
    if Kind.ACCEPT_READING.value in kinds:
        changed, title = _format_first(text, prop, own, kept)
    else:
        changed, title = _mapped(text, prop, own, kept)
    if changed is None or not _loads(changed, path):
        return nothing(title if changed is None else "the changed contract could not be used")
    diff = "".join(
        difflib.unified_diff(
            text.splitlines(keepends=True),
            changed.splitlines(keepends=True),
            f"a/{contract.id} {contract.version}",
            f"b/{contract.id}",
        )
    )
    return Proposal(contract.id, contract.version, prop.name, title, len(own), diff)


def keep(ledger: Ledger, proposal: Proposal, *, batch: str, by: str, at: datetime) -> None:
    """Enter a proposal, for its contract's owners to find."""
    values = {
        "contract_id": proposal.contract_id,
        "contract_version": proposal.contract_version,
        "batch": batch,
        "title": proposal.title,
        "diff": proposal.diff,
        "state": "open",
        "proposed_by": by,
        "proposed": at,
    }
    with ledger_errors(), ledger.engine.begin() as connection:
        connection.execute(insert(REVIEW_PROPOSALS).values(values))


def proposals(ledger: Ledger, contract_id: str | None = None) -> list[dict[str, Any]]:
    """Return the proposals that were kept, of one contract or of all, the newest first."""
    query = select(REVIEW_PROPOSALS).order_by(REVIEW_PROPOSALS.c.id.desc()).limit(200)
    query = query.where(REVIEW_PROPOSALS.c.contract_id == contract_id) if contract_id is not None else query
    with ledger_errors(), ledger.engine.connect().execution_options(**READS) as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def _decisions(ledger: Ledger, batch: str) -> list[tuple[Item, Mapping[str, Any]]]:
    query = select(REVIEW_DECISIONS).where(REVIEW_DECISIONS.c.batch == batch).order_by(REVIEW_DECISIONS.c.id)
    with ledger_errors(), ledger.engine.connect().execution_options(**READS) as connection:
        taken = [dict(row) for row in connection.execute(query.limit(_MOST)).mappings()]
        ids = [decision["item_id"] for decision in taken]
        rows = connection.execute(select(REVIEW_ITEMS).where(REVIEW_ITEMS.c.id.in_(ids))).mappings()
        items = {row["id"]: item_of(dict(row)) for row in rows}
    return [(items[decision["item_id"]], decision) for decision in taken]


def _format_first(
    text: str,
    prop: Property,
    own: Sequence[tuple[Item, Mapping[str, Any]]],
    kept: Mapping[tuple[str, int], Mapping[str, Any]],
) -> tuple[str | None, str]:
    """Return the YAML with one format left of the property's rule, where every accepted reading is that format's."""
    specs = [s for s in prop.rules if isinstance(s.parameters.get("formats"), list | tuple)]
    if len(specs) != 1:
        return None, f"{prop.name} has no rule with formats"
    formats = [str(f) for f in specs[0].parameters["formats"]]
    chosen: set[int] = set()
    for item, decision in own:
        row = kept.get((item.source, item.record))
        readings = readings_of(row["findings"]).get(prop.name, []) if row is not None else []
        value = decision["changes"][prop.name].get("value")
        if len(readings) != len(formats) or value not in readings:
            return None, "its readings cannot be told apart by format"
        chosen.add(readings.index(value))
    if len(chosen) != 1:
        return None, "readings by different formats were accepted"
    kept_format = formats[chosen.pop()]
    lines = text.splitlines(keepends=True)
    start = (prop.line or 1) - 1
    for i in range(start, min(start + 60, len(lines))):
        places = [lines[i].find(f) for f in formats]
        if "formats" in lines[i] and all(p >= 0 for p in places) and "[" in lines[i]:
            head, _, rest = lines[i].partition("formats:")
            before, opened, after = rest.partition("[")
            _, closed, tail = after.partition("]")
            if not (opened and closed):
                break
            lines[i] = f'{head}formats:{before}["{kept_format}"]{tail}'
            return "".join(lines), f"read {prop.name} as {kept_format} alone, as {len(own):,} decisions did"
    return None, "the rule's formats do not stand on one line of the YAML"


def _mapped(
    text: str,
    prop: Property,
    own: Sequence[tuple[Item, Mapping[str, Any]]],
    kept: Mapping[tuple[str, int], Mapping[str, Any]],
) -> tuple[str | None, str]:
    """Return the YAML with a rule `mapping` before the property's others, where one text always became one value."""
    became: dict[str, set[str | None]] = {}
    for item, decision in own:
        row = kept.get((item.source, item.record))
        before = before_of(row, prop.name) if row is not None else None
        if before is None or not before.strip():
            return None, "what was missing cannot be mapped"
        became.setdefault(before, set()).add(decision["changes"][prop.name].get("value"))
    if any(len(values) != 1 or None in values for values in became.values()):
        return None, "one text was corrected to different values, or to none"
    if len(became) > len(own) // _FEWEST:
        return None, "no text was corrected more than once: that is no rule"
    if prop.rules or prop.line is None:
        return None, f"{prop.name} has rules already: where the mapping belongs among them is for its owner to say"
    pairs = ", ".join(f"{_quoted(a)}: {_quoted(str(next(iter(b))))}" for a, b in sorted(became.items()))
    value = f"[{{rule: mapping, values: {{{pairs}}}}}]"
    custom = f"{{property: rules, vendor: weighbridge, value: {value}}}"
    lines = text.splitlines(keepends=True)
    line = lines[prop.line - 1]
    if "customProperties" in line:
        return None, "its customProperties stand on one line of the YAML"
    if line.lstrip().startswith("- {") and line.rstrip().endswith("}"):
        body = line.rstrip()
        lines[prop.line - 1] = f"{body[:-1]}, customProperties: [{custom}]}}\n"
    else:
        dash = line.find("- ")
        following = lines[prop.line : prop.line + 30]
        if dash < 0 or any("customProperties" in f for f in _of_entry(following, dash)):
            return None, "it has customProperties of its own"
        lines.insert(prop.line, f"{' ' * (dash + 2)}customProperties: [{custom}]\n")
    said = ", ".join(f"{a} as {next(iter(b))}" for a, b in sorted(became.items()))
    return "".join(lines), f"read {prop.name} {said}, as {len(own):,} decisions did"


def _of_entry(lines: Sequence[str], dash: int) -> list[str]:
    """Return the lines that still belong to the entry whose dash stands there."""
    own = []
    for line in lines:
        if line.strip() and len(line) - len(line.lstrip()) <= dash:
            break
        own.append(line)
    return own


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _loads(text: str, path: Path) -> bool:
    try:
        load(path, text=text)
    except ContractError:
        return False
    return True
