"""What the disk and Delta refuse, as findings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from weighbridge.findings import Finding, Place, PublishError
from weighbridge.sinks.atomic import plain


@contextmanager
def delta_errors(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into OUT-001 and what Delta refuses into OUT-002, placed at `path`."""
    from deltalake.exceptions import CommitFailedError, DeltaError

    try:
        yield
    except CommitFailedError:
        raise
    except OSError as error:
        raise PublishError(Finding("OUT-001", Place(source=str(path)), error.strerror or plain(error))) from error
    except DeltaError as error:
        raise PublishError(Finding("OUT-002", Place(source=str(path)), plain(error))) from error
