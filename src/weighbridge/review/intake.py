"""Taking what runs kept from publication into the queue: each record with its cause and words to search.

A run itself enters its uncertain records alone, without more; this is done when somebody first
looks, so that no run waits for it. It is safe to repeat and to be killed: a run counts as taken in
when all of its records are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import Connection, insert, select

from weighbridge.findings import PublishError
from weighbridge.ledger import Ledger, Run, RunState
from weighbridge.ledger.engine import READS, ledger_errors
from weighbridge.ledger.ledger import recount
from weighbridge.ledger.rows import run_of
from weighbridge.ledger.schema import (
    REVIEW_CAUSE_PARTS,
    REVIEW_CAUSES,
    REVIEW_INTAKES,
    REVIEW_ITEMS,
    REVIEW_TALLIES,
    RUNS,
)
from weighbridge.sinks import Tables, alone, extract_key, held_key, scan_table

_BATCH_ROWS = 10_000
_MOST_TEXT = 300
_KEEPS_OUT = ("reject", "review")
_PARTS, _WITHIN = "\x1e", "\x1f"
_TAKEN = (RunState.PUBLISHED.value, RunState.HELD.value)

Words = Callable[[str], None]


def take_in(ledger: Ledger, into: Path, at: datetime, *, say: Words | None = None) -> int:
    """Take every run's kept records into the queue that are not in it, and return how many records came.

    Args:
        into: the output folder whose tables hold them.
        at: now, UTC.
        say: told of each run that is taken in.

    Raises:
        LedgerError: the database refuses it.
        PublishError: a table cannot be read.
    """
    done = 0
    for run in _not_taken(ledger):
        if say is not None and (run.rejected or 0) + (run.uncertain or 0):
            say(f"taking in {run.id}")
        try:
            with alone(
                into, ledger, Tables(into, run.contract_id, run.object).lock_of(run.extract_id or ""), nowait=True
            ):
                done += take_in_run(ledger, into, run, at)
        except PublishError as error:
            if error.findings[0].code != "OUT-006":
                raise  # else somebody works on this very extract: it is taken in when that is done
    return done


def take_in_run(ledger: Ledger, into: Path, run: Run, at: datetime) -> int:
    """Take one run's kept records in, and return how many were looked at; 0 where a later run replaced it.

    To be called with the lock of the run's extract in hand.
    """
    taken = 0
    if run.extract_id is not None and ledger.replacement(run) is None:
        causes: dict[str, int] = {}
        for rows in kept_batches(into, run):
            taken += _enter(ledger, run, rows, causes, at)
    with ledger_errors(), ledger.engine.begin() as connection:
        recount(connection, run.id)
        connection.execute(REVIEW_INTAKES.delete().where(REVIEW_INTAKES.c.run_id == run.id))
        connection.execute(insert(REVIEW_INTAKES).values(run_id=run.id, items=taken, at=at))
    return taken


def is_taken_in(ledger: Ledger, run_id: str) -> bool:
    """Return whether all that a run kept is in the queue."""
    query = select(REVIEW_INTAKES.c.run_id).where(REVIEW_INTAKES.c.run_id == run_id)
    with ledger_errors(), ledger.engine.connect().execution_options(**READS) as connection:
        return connection.execute(query).first() is not None


def _not_taken(ledger: Ledger) -> list[Run]:
    query = (
        select(RUNS)
        .where(RUNS.c.state.in_(_TAKEN), RUNS.c.id.not_in(select(REVIEW_INTAKES.c.run_id)))
        .order_by(RUNS.c.id)
    )
    with ledger_errors(), ledger.engine.connect().execution_options(**READS) as connection:
        return [run_of(dict(row)) for row in connection.execute(query).mappings()]


def kept_batches(into: Path, run: Run) -> Iterator[pl.DataFrame]:
    """Yield what a run's quarantine and review tables hold now, a batch at a time, with `cause` and `text`."""
    tables, key = Tables(into, run.contract_id, run.object), extract_key(run.extract_id or "")
    key = held_key(key) if run.state is RunState.HELD else key
    for name in ("quarantine", "review"):
        try:
            rows = scan_table(tables.path(name), extract_key=key)
        except PublishError as error:
            if error.findings[0].code == "OUT-008":
                continue
            raise
        told = rows.filter(pl.col("run") == run.id).select(
            "source", "record", "offset", "length", "verdict", _cause(), _codes(), _text()
        )
        yield from told.collect_batches(chunk_size=_BATCH_ROWS, maintain_order=True)


def _cause() -> pl.Expr:
    finding = pl.element().struct
    part = pl.concat_str(
        [finding.field("code"), finding.field("check"), finding.field("property").fill_null("")], separator=_WITHIN
    )
    keeps = finding.field("effect").is_in(_KEEPS_OUT)
    told = pl.col("findings").list.eval(part.filter(keeps)).list.unique().list.sort()
    return told.list.join(_PARTS).alias("cause")


def _codes() -> pl.Expr:
    return pl.col("findings").list.eval(pl.element().struct.field("code").unique(maintain_order=True)).alias("codes")


def _text() -> pl.Expr:
    """Return the words of a record that may be searched: its source text, without what is classified."""
    values = (
        pl.col("values")
        .str.replace_all(r'"(?:[^"\\]|\\.)*":', " ")
        .str.replace_all(r"•••\(\d+\)|\bnull\b", " ")
        .str.replace_all(r'[{}",\\\x00]+', " ")
        .str.strip_chars()
    )
    raw = pl.when(pl.col("raw_form") == "bytes").then(pl.col("raw"))
    plain = raw.map_batches(_readable, return_dtype=pl.String())
    return pl.when(values.str.len_chars() > 0).then(values).otherwise(plain).str.slice(0, _MOST_TEXT).alias("text")


def _readable(raws: pl.Series) -> pl.Series:
    texts = [None if raw is None else raw[:_MOST_TEXT].decode("utf-8", "replace").replace("\x00", " ") for raw in raws]
    return pl.Series(raws.name, texts, dtype=pl.String)


def _enter(ledger: Ledger, run: Run, rows: pl.DataFrame, causes: dict[str, int], at: datetime) -> int:
    """Enter a batch in one transaction; what the run entered of it before is told its cause."""
    with ledger_errors(), ledger.engine.begin() as connection:
        for cause in rows["cause"].unique(maintain_order=True):
            if cause not in causes:
                causes[cause] = _cause_id(connection, run, cause)
        of_run = {"run_id": run.id, "contract_id": run.contract_id, "object": run.object, "extract_id": run.extract_id}
        fixed = {**of_run, "state": "open", "row_version": 1, "created": at}
        entries = [
            {
                **fixed,
                "source": source,
                "record": record,
                "offset_bytes": offset,
                "length_bytes": length,
                "codes": codes,
                "verdict": verdict,
                "cause_id": causes[cause],
                "text": text,
            }
            for source, record, offset, length, verdict, cause, codes, text in rows.iter_rows()
        ]
        if entries:
            connection.execute(_insert_or_tell(connection), entries)
    return len(entries)


def _insert_or_tell(connection: Connection) -> Any:
    from sqlalchemy.dialects import postgresql, sqlite

    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    entering = dialect.insert(REVIEW_ITEMS)
    told = {name: entering.excluded[name] for name in ("verdict", "cause_id", "text", "codes")}
    return entering.on_conflict_do_update(
        index_elements=["run_id", "source", "record"], set_=told, where=REVIEW_ITEMS.c.cause_id.is_(None)
    )


def _cause_id(connection: Connection, run: Run, cause: str) -> int:
    from sqlalchemy.dialects import postgresql, sqlite

    parts = [tuple(part.split(_WITHIN)) for part in cause.split(_PARTS)] if cause else []
    told = [{"code": code, "check": check, "property": name or None} for code, check, name in parts]
    signature = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    own = {"contract_id": run.contract_id, "object": run.object, "signature": signature}
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(REVIEW_CAUSES).values(**own, parts=told).on_conflict_do_nothing())
    query = select(REVIEW_CAUSES.c.id).where(*(REVIEW_CAUSES.c[k] == v for k, v in own.items()))
    found = int(connection.execute(query).scalar_one())
    rows = [
        {"cause_id": found, "position": i, "code": p["code"], "check_name": p["check"], "property": p["property"]}
        for i, p in enumerate(told)
    ]
    if rows:
        connection.execute(dialect.insert(REVIEW_CAUSE_PARTS).on_conflict_do_nothing(), rows)
    return found


def tally(connection: Connection, changes: dict[tuple[str, int, str], int]) -> None:
    """Add to the counts of items by run, cause and state; in one order, so that no two wait for each other."""
    from sqlalchemy.dialects import postgresql, sqlite

    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    for (run_id, cause_id, state), items in sorted(changes.items()):
        if items:
            adding = dialect.insert(REVIEW_TALLIES).values(run_id=run_id, cause_id=cause_id, state=state, items=items)
            connection.execute(
                adding.on_conflict_do_update(
                    index_elements=["run_id", "cause_id", "state"],
                    set_={"items": REVIEW_TALLIES.c["items"] + adding.excluded["items"]},
                )
            )
