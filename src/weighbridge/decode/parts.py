"""Objects and arrays whose parts the contract describes: each part is read as a property of its own.

A part has its own rules, type and doubts, named by its path (``address.city``, ``lines[].amount``). Parts
are taken out of their column, read by the same chain as any column, and put together again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl
from polars.datatypes import DataTypeClass

from weighbridge.contract.model import LogicalType, NotExecuted, Property, ReadingPolicy
from weighbridge.decode.chain import Chain, Step, chain, doubt_column
from weighbridge.decode.values import as_shown, decoded_type
from weighbridge.quick import dataclass
from weighbridge.readers.lineage import raw_name

_VALUE = "value"
_MOST_SHOWN = 3

Rows = npt.NDArray[np.int64]


def has_parts(prop: Property, source: pl.DataType) -> bool:
    """Return whether a column of type `source` has the parts that the contract describes."""
    if prop.logical_type is LogicalType.OBJECT:
        return isinstance(source, pl.Struct) and bool(prop.children)
    return prop.logical_type is LogicalType.ARRAY and isinstance(source, pl.List | pl.Array) and len(prop.children) == 1


def parts_type(prop: Property, source: pl.DataType) -> pl.DataType:
    """Return the decoded type: the contract's members in its order, an array as a List."""
    if not has_parts(prop, source):
        return decoded_type(prop, source)
    if isinstance(source, pl.Struct):
        return pl.Struct({m.name: parts_type(m, dtype) for m, _, dtype in _members(prop, source)})
    return pl.List(parts_type(prop.children[0], _inner(source)))


def chain_of_parts(prop: Property, source: pl.DataType, null_values: Sequence[str]) -> Chain:
    """Return the chain of a property whose raw column has parts; see `has_parts`."""
    part = _part(prop, source, prop.name, null_values)
    steps = list(part.steps())
    both = f"__parts:{prop.name}"
    fields = [pl.Field(_VALUE, part.dtype), *(pl.Field(f"d{i}", pl.Boolean()) for i in range(len(steps)))]

    def read(raw: pl.Series) -> pl.Series:
        value, doubts = part.read(raw)
        columns = [value.alias(_VALUE), *(pl.Series(f"d{i}", d) for i, d in enumerate(doubts))]
        return pl.DataFrame(columns).to_struct(raw.name)

    column = pl.col(raw_name(prop.name))
    struct = pl.col(both).struct
    unpacked = [struct.field(f"d{i}").alias(doubt_column(s.name)) for i, (_, s) in enumerate(steps)]
    stages = (
        (column.map_batches(read, return_dtype=pl.Struct(fields), is_elementwise=True).alias(both),),
        (*unpacked, struct.field(_VALUE).alias(prop.name)),
    )
    told = [_told(part, i, leaf, step, column) for i, (leaf, step) in enumerate(steps)]
    return Chain(stages, (both,), tuple(told))


def members_left(prop: Property, source: pl.DataType, path: str = "") -> Iterator[NotExecuted]:
    """Yield what a source's objects hold that the contract does not name."""
    path = path or prop.name
    if not has_parts(prop, source):
        return
    if isinstance(source, pl.Struct):
        used = {name for _, name, _ in _members(prop, source)}
        left = [f.name for f in source.fields if f.name not in used]
        if left:
            why = "members that the contract does not name are not published"
            yield NotExecuted(f"{path}: {', '.join(left)}", why, prop.line, asserts=False)
        for member, name, dtype in _members(prop, source):
            if name is not None:
                yield from members_left(member, dtype, f"{path}.{member.name}")
    else:
        yield from members_left(prop.children[0], _inner(source), f"{path}[]")


@dataclass(frozen=True, slots=True)
class _Part:
    """A place in a column: a leaf with its chain, an object with members, or an array with items."""

    prop: Property
    dtype: pl.DataType
    chain: Chain | None = None
    members: tuple[tuple[str, str | None, _Part], ...] = ()
    items: _Part | None = None

    def steps(self) -> Iterator[tuple[_Part, Step]]:
        if self.chain is not None:
            yield from ((self, step) for step in self.chain.steps)
        for _, _, member in self.members:
            yield from member.steps()
        if self.items is not None:
            yield from self.items.steps()

    def read(self, raw: pl.Series) -> tuple[pl.Series, list[npt.NDArray[np.bool_]]]:
        """Return the values and, for each of `steps`, in which rows its doubt applies."""
        if self.items is not None:
            inner, rows = _items(raw)
            values, doubts = self.items.read(inner)
            return _listed(raw, values, self.dtype), [_rows_with(d, rows, len(raw)) for d in doubts]
        if self.chain is None:
            parts, doubts = [], []
            for name, source, member in self.members:
                value, found = member.read(_member(raw, source))
                parts.append(value.alias(name))
                doubts += found
            held = pl.when(pl.Series("\0held", raw.is_not_null())).then(pl.struct(parts)).alias(raw.name)
            return pl.select(held).to_series().cast(self.dtype), doubts
        frame = self._frame(raw)
        value = frame[self.prop.name]
        return value, [frame[doubt_column(s.name)].fill_null(False).to_numpy() for s in self.chain.steps]

    def _frame(self, raw: pl.Series) -> pl.DataFrame:
        assert self.chain is not None
        frame = raw.to_frame(raw_name(self.prop.name))
        for stage in self.chain.stages:
            frame = frame.with_columns(stage)
        return frame

    def leaves(self, raw: pl.Series, wanted: _Part) -> tuple[pl.Series, Rows] | None:
        """Return the source values of one leaf and the row each belongs to."""
        if self is wanted:
            return raw, np.arange(len(raw))
        if self.items is not None:
            inner, rows = _items(raw)
            found = self.items.leaves(inner, wanted)
            return None if found is None else (found[0], rows[found[1]])
        for _, source, member in self.members:
            found = member.leaves(_member(raw, source), wanted)
            if found is not None:
                return found
        return None


def _told(part: _Part, number: int, leaf: _Part, step: Step, column: pl.Expr) -> Step:
    """Return the step with evidence and readings of the very parts in doubt, over the raw column."""

    def doubtful(raw: pl.Series) -> tuple[pl.DataFrame, Rows]:
        found = part.leaves(raw, leaf)
        assert found is not None
        frame = leaf._frame(found[0])
        at = np.flatnonzero(frame[doubt_column(step.name)].fill_null(False).to_numpy())
        return frame.select(raw_name(leaf.prop.name))[at], found[1][at]

    def seen(raw: pl.Series) -> pl.Series:
        frame, rows = doubtful(raw)
        values = frame.to_series()
        texts = frame.select(as_shown(pl.col(values.name), values.dtype)).to_series().to_list()
        shown: list[list[str]] = [[] for _ in range(len(raw))]
        for row, text in zip(rows.tolist(), texts, strict=True):
            shown[row].append(str(text))
        joined = [_some(texts) for texts in shown]
        return pl.Series(raw.name, joined, dtype=pl.String)

    def readings(raw: pl.Series) -> pl.Series:
        frame, rows = doubtful(raw)
        assert step.readings is not None
        listed = frame.select(step.readings.alias("r")).to_series().to_list()
        held: list[list[str] | None] = [None] * len(raw)
        for row, texts in zip(rows.tolist(), listed, strict=True):
            held[row] = [*(held[row] or []), *(texts or [])]
        return pl.Series(raw.name, held, dtype=pl.List(pl.String))

    return replace(
        step,
        readings=None
        if step.readings is None
        else column.map_batches(readings, return_dtype=pl.List(pl.String()), is_elementwise=True),
        seen=column.map_batches(seen, return_dtype=pl.String(), is_elementwise=True),
    )


def _some(texts: Sequence[str]) -> str | None:
    if not texts:
        return None
    more = f" and {len(texts) - _MOST_SHOWN} more" if len(texts) > _MOST_SHOWN else ""
    return ", ".join(texts[:_MOST_SHOWN]) + more


def _part(prop: Property, source: pl.DataType, path: str, null_values: Sequence[str]) -> _Part:
    dtype = parts_type(prop, source)
    if not has_parts(prop, source):
        return _Part(replace(prop, name=path), dtype, chain(replace(prop, name=path), source, null_values))
    if isinstance(source, pl.Struct):
        members = [
            (m.name, name, _part(_heir(m, prop), kind, f"{path}.{m.name}", null_values))
            for m, name, kind in _members(prop, source)
        ]
        return _Part(prop, dtype, None, tuple(members))
    item = _heir(prop.children[0], prop)
    return _Part(prop, dtype, None, (), _part(item, _inner(source), f"{path}[]", null_values))


def _heir(child: Property, parent: Property) -> Property:
    """Return a part with the reading policy of what it stands in, unless it has one of its own."""
    return replace(child, policy=parent.policy) if child.policy == ReadingPolicy() else child


def _members(prop: Property, source: pl.Struct) -> list[tuple[Property, str | None, pl.DataType]]:
    """Return each member, the name it has in the source (None: it is not there), and its type there."""
    types = {f.name: _instance(f.dtype) for f in source.fields}
    by_name = {child.name for child in prop.children} == set(types)
    found = []
    for child in prop.children:
        names = (child.name,) if by_name else child.source_names
        name = next((n for n in names if n in types), None)
        found.append((child, name, types[name] if name is not None else pl.Null()))
    return found


def _member(raw: pl.Series, name: str | None) -> pl.Series:
    return pl.Series("", [None] * len(raw), dtype=pl.Null) if name is None else raw.struct.field(name)


def _items(raw: pl.Series) -> tuple[pl.Series, Rows]:
    """Return the items of all lists, one after the other, and the row each stands in."""
    lists = raw.arr.to_list() if isinstance(raw.dtype, pl.Array) else raw
    lengths = lists.list.len().fill_null(0)
    rows = np.repeat(np.arange(len(raw)), lengths.to_numpy())
    filled = lists.filter(lengths > 0)
    return (filled.explode() if len(filled) else pl.Series(raw.name, [], dtype=_inner(raw.dtype))), rows


def _listed(raw: pl.Series, values: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Put items together again as they stood in `raw`."""
    import pyarrow as pa  # at the top it would cost every run, and few have lists

    lists = raw.arr.to_list() if isinstance(raw.dtype, pl.Array) else raw
    lengths = lists.list.len().fill_null(0).to_numpy()
    offsets = np.zeros(len(raw) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    mask = pa.array(raw.is_null().to_numpy())
    made = pl.from_arrow(pa.LargeListArray.from_arrays(pa.array(offsets), values.to_arrow(), mask=mask))
    assert isinstance(made, pl.Series)
    return made.cast(dtype).alias(raw.name)


def _rows_with(doubt: npt.NDArray[np.bool_], rows: Rows, count: int) -> npt.NDArray[np.bool_]:
    found = np.zeros(count, np.bool_)
    found[rows[doubt]] = True
    return found


def _inner(source: pl.DataType) -> pl.DataType:
    assert isinstance(source, pl.List | pl.Array)
    return _instance(source.inner)


def _instance(dtype: DataTypeClass | pl.DataType) -> pl.DataType:
    return dtype() if isinstance(dtype, type) else dtype
