"""Where the other side of a foreign key is found: a reference file, or a published contract's table."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from weighbridge.contract import load
from weighbridge.contract.model import Contract, ForeignKey, SchemaObject
from weighbridge.findings import ContractError, PublishError
from weighbridge.quick import dataclass
from weighbridge.sinks.reading import scan_published, scan_table
from weighbridge.sinks.tables import slug


@dataclass(frozen=True, slots=True)
class References:
    """Resolves the foreign keys of one contract.

    Attributes:
        contract: paths in it are read from where it lies.
        into: the output folder whose published tables may be referred to; None in a check
            that publishes nowhere.
    """

    contract: Contract
    into: Path | None

    def __call__(self, key: ForeignKey) -> pl.LazyFrame | None:
        """Return a frame that has `key.to_properties`, or None when the reference is not there."""
        if key.reference is not None:
            return _file(self._near(key.reference))
        if self.into is None:
            return None
        try:
            if key.to_contract is None and not self._is_own(key.to_object):
                return self._published_anywhere(key.to_object)
            target = self._target(key)
            return None if target is None else scan_published(self.into, *target)
        except PublishError:
            return None

    def _is_own(self, name: str) -> bool:
        return any(name in (o.name, o.physical_name) for o in self.contract.objects)

    def _published_anywhere(self, name: str) -> pl.LazyFrame | None:
        """Return the one published object of that name, of whichever contract; none when there are several."""
        found = list((self.into or Path()).glob(f"published/*/{slug(name)}"))
        return scan_table(found[0]) if len(found) == 1 else None

    def _near(self, path: str) -> Path:
        base = Path(self.contract.path).parent if self.contract.path else Path()
        return Path(path) if Path(path).is_absolute() else base / path

    def _target(self, key: ForeignKey) -> tuple[str, str] | None:
        if key.to_contract is None:
            return self.contract.id, _object_name(self.contract.objects, key.to_object)
        path = self._near(key.to_contract)
        if not path.is_file():
            return key.to_contract, key.to_object
        try:
            other = load(path)
        except ContractError:
            return None
        return other.id, _object_name(other.objects, key.to_object)


def _object_name(objects: tuple[SchemaObject, ...], name: str) -> str:
    for candidate in objects:
        if name in (candidate.name, candidate.physical_name):
            return candidate.name
    return name


def _file(path: Path) -> pl.LazyFrame | None:
    if not path.is_file():
        return None
    if path.suffix.lower() in {".parquet", ".pq"}:
        return pl.scan_parquet(path)
    return pl.scan_csv(path, infer_schema=False)
