"""Where the tables of a contract's object stand in an output folder."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from weighbridge.quick import dataclass

TABLE_NAMES: tuple[str, ...] = ("published", "quarantine", "review", "repairs", "warnings")

UNDONE = "undone"
"""The table of repairs that a person took back; no run writes to it."""

SETTLED = "settled"
"""The table of kept records that a replay published: what stood in quarantine or review, and who decided."""

PARTITION = "_wb_extract"

_PLAIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_LOOKS_HASHED = re.compile(r".*-[0-9a-f]{8}")
_KEY_HEX = 16
_HELD = ".held"


@dataclass(frozen=True, slots=True)
class Tables:
    """The five tables of one schema object of one contract, each a Delta table of its own.

    Attributes:
        into: the output folder.
        contract_id: the contract's id; any text.
        object_name: the schema object's name; any text.
    """

    into: Path
    contract_id: str
    object_name: str

    def path(self, name: str) -> Path:
        """Return the folder of one of `TABLE_NAMES`, `UNDONE` or `SETTLED`: ``<into>/<name>/<contract>/<object>``.

        Raises:
            KeyError: there is no table of that name.
        """
        if name not in (*TABLE_NAMES, UNDONE, SETTLED):
            raise KeyError(name)
        return self.into / name / slug(self.contract_id) / slug(self.object_name)

    @property
    def published(self) -> Path:
        """Accepted and repaired records, typed, with their lineage."""
        return self.path("published")

    @property
    def quarantine(self) -> Path:
        """Rejected records, with their bytes and findings."""
        return self.path("quarantine")

    @property
    def review(self) -> Path:
        """Uncertain records, which wait for a person."""
        return self.path("review")

    @property
    def repairs(self) -> Path:
        """The repair ledger: one row a value that was published other than it came."""
        return self.path("repairs")

    @property
    def warnings(self) -> Path:
        """Published records that have something said about them."""
        return self.path("warnings")

    @property
    def key(self) -> str:
        """A name for this contract and object that is safe in a file name; used for the lock."""
        return f"{slug(self.contract_id)}--{slug(self.object_name)}"

    def lock_of(self, extract_id: str) -> str:
        """Return the name of the lock that whoever works on this extract of the contract holds."""
        return f"{self.key}--{extract_key(extract_id)}"


def slug(text: str) -> str:
    """Return a folder name for any text: no two texts share one, none leaves its folder.

    A text of up to 80 lower-case letters, digits, dots, dashes and underscores stays as it is;
    any other is tidied and gets eight hex digits of its SHA-256.
    """
    if _PLAIN.fullmatch(text) and not _LOOKS_HASHED.fullmatch(text) and not text.endswith("."):
        return text
    tidy = re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-_")[:60] or "x"
    return f"{tidy}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def held_key(extract_key: str) -> str:
    """Return the partition in which a held extract's rejected and uncertain records stand.

    Another than the extract's own: what is served of it under an earlier contract stays whole.
    """
    return extract_key + _HELD


def extract_key(extract_id: str) -> str:
    """Return the partition value of an extract: the first 16 hex digits of its id."""
    return extract_id.removeprefix("sha256:")[:_KEY_HEX]
