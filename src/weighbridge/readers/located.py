"""Names that know where their bytes are kept, and how much a source may unpack to."""

from __future__ import annotations

from pathlib import Path

from weighbridge.quick import dataclass
from weighbridge.readers.scratch import scratch_folder


class Keeper:
    """A folder for unpacked and fetched bytes, gone when nobody holds it any more."""

    def __init__(self) -> None:
        self._folder = scratch_folder()
        self._count = 0

    def new_file(self) -> Path:
        """Return a path that no name from outside has any part in."""
        self._count += 1
        return Path(self._folder.name) / f"{self._count:06d}"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a source may unpack to.

    Attributes:
        unpacked_bytes: of all that one stored file unpacks to.
        ratio: unpacked to stored bytes, looked at once `from_bytes` are unpacked.
        members: of one archive.
        depth: archives within archives.
    """

    unpacked_bytes: int = 1 << 40
    ratio: int = 1000
    from_bytes: int = 1 << 30
    members: int = 100_000
    depth: int = 4

    def excess(self, unpacked_bytes: int, stored_bytes: int) -> str:
        """Return in words how a limit is passed, nothing when none is."""
        if unpacked_bytes > self.unpacked_bytes:
            return f"more than {self.unpacked_bytes:,} bytes"
        if unpacked_bytes > self.from_bytes and unpacked_bytes > self.ratio * max(stored_bytes, 1):
            return f"more than {self.ratio:,} times its {stored_bytes:,} bytes"
        return ""


class Located(str):
    """A source's name whose bytes are kept elsewhere: a member of an archive, a file fetched by URL."""

    path: Path
    keeper: Keeper
    __slots__ = ("keeper", "path")

    def __new__(cls, name: str, path: Path, keeper: Keeper) -> Located:
        """Return the name, holding `keeper` so that `path` stays."""
        self = super().__new__(cls, name)
        self.path, self.keeper = path, keeper
        return self
