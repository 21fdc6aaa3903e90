"""Templates compiled by earlier processes: half of the time a report takes."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import BytecodeCache


def compiled_before() -> BytecodeCache | None:
    """Return the user's own folder of compiled templates; None where there is no safe place for one.

    What stands there is taken only for the very text it was compiled from. A full disk is no reason to fail.
    """
    from jinja2 import FileSystemBytecodeCache
    from jinja2.bccache import Bucket

    class Kept(FileSystemBytecodeCache):
        def dump_bytecode(self, bucket: Bucket) -> None:
            with suppress(OSError):
                super().dump_bytecode(bucket)

    try:
        return Kept()
    except (OSError, RuntimeError):
        return None
