"""A run's kept records, put down for a replay: their rows and source texts in scratch files, a part at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from weighbridge.findings import Finding, Place
from weighbridge.readers.lineage import LINEAGE_SCHEMA, SOURCE, raw_name
from weighbridge.review.again import TAKEN_BACK, Terms, Texts, scan_kept, taken_back
from weighbridge.review.settling import Standing
from weighbridge.sinks import Keyring

IDENTITY = ["source", "record"]
"""What names a kept record within its run."""

PART_ROWS = 50_000
_Decided = Mapping[tuple[str, int], Standing]


@dataclass(frozen=True, slots=True)
class Gathered:
    """A run's kept records that can be judged again, and why others cannot.

    Attributes:
        rows: their rows of quarantine and review, by `QUARANTINE_SCHEMA`.
        texts: what their source said: the lineage columns and a raw column for each of `columns`.
        columns: the properties that have a raw column.
        names: of the sources, by index.
        kept: how many records there were to be read.
        count: how many could be.
        out: why others cannot be judged about which something is decided, by source and record number.
        others: why those cannot about which nothing is: how many, by words.
    """

    rows: pl.LazyFrame
    texts: pl.LazyFrame
    columns: tuple[str, ...]
    names: tuple[str, ...]
    kept: int
    count: int
    out: Mapping[tuple[str, int], Finding]
    others: Counter[str]

    def index(self, source: str, record: int) -> tuple[int, int]:
        """Return what names a record in `texts`."""
        return self.names.index(source), record

    def parts(self) -> Iterator[pl.DataFrame]:
        """Yield `rows`, a part at a time."""
        yield from self.rows.collect_batches(chunk_size=PART_ROWS, maintain_order=True)


def places(records: Set[tuple[str, int]] | Mapping[tuple[str, int], object]) -> pl.DataFrame:
    """Return records as a frame of `IDENTITY`."""
    return pl.DataFrame(list(records), schema={"source": pl.String, "record": pl.Int64}, orient="row")


def gather(
    terms: Terms,
    closed: Set[tuple[str, int]],
    decided: _Decided,
    keys: Keyring,
    scratch: Path,
    part_rows: int = PART_ROWS,
) -> Gathered | None:
    """Read what a run kept, and put down what a replay may take up; None where its tables hold nothing of it.

    A record whose repairs were taken back cannot be judged, unless a decision says what stands instead:
    the plan would make them again.

    Args:
        terms: what the records are held against.
        closed: records that no replay takes up.
        decided: what people decided.
        keys: open what is sealed.
        scratch: where the files go.
        part_rows: how many records are held in memory at a time, at the most.
    """
    kept = scan_kept(terms.into, terms.run)
    if kept is None:
        return None
    gathering = _Gathering(terms, decided, keys, scratch)
    open_ones = kept.join(places(closed).lazy(), on=IDENTITY, how="anti", maintain_order="left")
    for part in open_ones.collect_batches(chunk_size=part_rows, maintain_order=True):
        gathering.add(part)
    return gathering.done(kept.collect_schema())


class _Gathering:
    """Parts of kept records as they come."""

    def __init__(self, terms: Terms, decided: _Decided, keys: Keyring, scratch: Path) -> None:
        self._terms, self._decided, self._keys = terms, decided, keys
        self._folders = scratch / "kept", scratch / "texts"
        for folder in self._folders:
            folder.mkdir()
        self._known = [p.name for p in terms.schema.as_read.properties]
        self._unseen, self._decided_places = set(decided), places(decided)
        self._names: list[str] = []
        self._held: set[str] = set()
        self._kept = self._count = self._files = 0
        self._out: dict[tuple[str, int], Finding] = {}
        self._others: Counter[str] = Counter()

    def add(self, part: pl.DataFrame) -> None:
        """Read a part, and put down what could be read of it."""
        self._unseen -= set(part.select(IDENTITY).join(self._decided_places, on=IDENTITY, how="semi").iter_rows())
        part = self._without(part, self._unsaid(part))
        self._kept += part.height
        texts = self._terms.texts(part, self._keys)
        part = self._without(part, texts.unread)
        if not part.height:
            return
        self._files += 1
        for folder, rows in zip(self._folders, (part, self._uniform(texts)), strict=True):
            rows.write_parquet(folder / f"{self._files:06}.parquet")
        self._count += part.height

    def done(self, schema: pl.Schema) -> Gathered:
        """Return what was gathered; `schema` is that of kept rows."""
        for source, record in self._unseen:
            place = Place(source=source, record=record)
            self._out[source, record] = Finding("REV-007", place, "the tables do not hold it any more")
        columns = tuple(name for name in self._known if name in self._held)
        raw = {raw_name(name): pl.String() for name in columns}
        rows, texts = (
            self._scan(folder, pl.Schema(own))
            for folder, own in zip(self._folders, (schema, {**LINEAGE_SCHEMA, **raw}), strict=True)
        )
        return Gathered(
            rows, texts, columns, tuple(self._names), self._kept, self._count, self._out, self._others
        )  # fmt: skip

    def _unsaid(self, part: pl.DataFrame) -> dict[tuple[str, int], Finding]:
        """Return the records whose repairs were taken back without a decision that says what stands instead."""
        codes = pl.col("findings").list.eval(pl.element().struct.field("code"))
        found = {}
        for source, record, findings in part.filter(codes.list.contains(TAKEN_BACK)).select(
            *IDENTITY, "findings"
        ).iter_rows():  # fmt: skip
            waiting = self._decided.get((source, record))
            said = waiting.decision["changes"] if waiting is not None and waiting.decision is not None else {}
            if unsaid := taken_back(findings) - said.keys():
                place = Place(source=source, record=record)
                found[source, record] = Finding("REV-015", place, ", ".join(sorted(unsaid)))
        return found

    def _without(self, part: pl.DataFrame, out: Mapping[tuple[str, int], Finding]) -> pl.DataFrame:
        """Return a part without records that cannot be judged, whose reasons are noted."""
        for place, finding in out.items():
            if place in self._decided:
                self._out[place] = finding
            else:
                self._others[f"{finding.code} {finding.message}"] += 1
        return part.join(places(out), on=IDENTITY, how="anti", maintain_order="left") if out else part

    def _uniform(self, texts: Texts) -> pl.DataFrame:
        """Return a part's texts with the sources' indices of all parts, and every raw column there can be."""
        self._names += [name for name in texts.names if name not in self._names]
        self._held.update(texts.columns)
        moved = {i: self._names.index(name) for i, name in enumerate(texts.names)}
        missing = [raw_name(name) for name in self._known if name not in texts.columns]
        return texts.frame.with_columns(
            pl.col(SOURCE).replace(moved).cast(pl.UInt32), *(pl.lit(None, pl.String).alias(name) for name in missing)
        ).select(*LINEAGE_SCHEMA, *map(raw_name, self._known))

    @staticmethod
    def _scan(folder: Path, schema: pl.Schema) -> pl.LazyFrame:
        files = sorted(folder.glob("*.parquet"))
        if not files:
            return pl.LazyFrame(schema=schema)
        return pl.scan_parquet(files, glob=False, hive_partitioning=False).select(schema.names())
