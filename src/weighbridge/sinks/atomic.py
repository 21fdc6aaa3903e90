"""Small files written whole or not at all, and the disk's refusals as findings."""

from __future__ import annotations

import errno
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from weighbridge.findings import Finding, Place, PublishError, WeighbridgeError

_OS_ERROR = re.compile(r"\(os error (\d+)\)")
_OF_WRITING = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS})
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def atomic_write(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, whatever happens meanwhile.

    The folder is made if need be. When it returns, content and name are on the disk.

    Raises:
        PublishError: OUT-001, it cannot be written; nothing is left behind then.
    """
    with _aside(path, content) as aside:
        aside.replace(path)


def atomic_create(path: Path, content: bytes) -> bool:
    """Write a file that is not there yet, as `atomic_write` does; False when it is there: of two that try, one wins.

    Raises:
        PublishError: OUT-001, it cannot be written; nothing is left behind then.
    """
    with _aside(path, content) as aside:
        try:
            path.hardlink_to(aside)
        except FileExistsError:
            return False
        finally:
            aside.unlink()
    return True


@contextmanager
def _aside(path: Path, content: bytes) -> Iterator[Path]:
    """Give the content under another name, on the disk, to be given its own inside the block."""
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with aside.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            yield aside
        except BaseException:
            with suppress(OSError):
                aside.unlink()
            raise
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring a folder's list of names to the disk, where the file system can do that.

    Raises:
        OSError: the folder cannot be opened.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems cannot sync a folder and need not
            os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the disk refuses inside the block into PublishError OUT-001, placed at `path`.

    That is every OSError, and an error of another library (Polars writing Parquet) that comes
    of a disk that is full, read-only or over its quota.
    """
    try:
        yield
    except WeighbridgeError:
        raise
    except OSError as error:
        raise PublishError(Finding("OUT-001", Place(source=str(path)), error.strerror or plain(error))) from error
    except Exception as error:
        number = _OS_ERROR.search(str(error))
        if number is None or int(number[1]) not in _OF_WRITING:
            raise
        raise PublishError(Finding("OUT-001", Place(source=str(path)), os.strerror(int(number[1])))) from error


def plain(error: BaseException) -> str:
    """Return an error's message as one line without colours."""
    lines = _COLOUR.sub("", str(error)).replace("↳", "").splitlines()
    return ": ".join(line.strip() for line in lines if line.strip())[:500]
