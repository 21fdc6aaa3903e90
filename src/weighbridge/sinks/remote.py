"""A place in an object store, or in any file system behind a URL: the few things that a mirror needs of it.

An object appears whole or not at all. Credentials come from the environment, as the store's own tools take them
(AWS_ACCESS_KEY_ID …); the endpoint too (AWS_ENDPOINT_URL), unless it is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from weighbridge.findings import Finding, Place, PublishError, WeighbridgeError
from weighbridge.readers.containers.places import file_system, scrubbed, shown_url
from weighbridge.sinks.atomic import writing

_PIECE_BYTES = 8 << 20


class Remote:
    """A folder of a store; paths are relative to it.

    Attributes:
        name: its URL, as it may be shown.
    """

    def __init__(self, url: str, options: Mapping[str, str]) -> None:
        self._url = url
        self.name = shown_url(url)
        with self._errors():
            system, root = file_system(url, options)
            self._system: Any = system
            self._root = str(root).rstrip("/")

    def files(self) -> dict[str, int]:
        """Return every object's path and size in bytes.

        Raises:
            PublishError: OUT-012.
        """
        with self._errors():
            self._system.invalidate_cache()
            try:
                found = self._system.find(self._root, detail=True)
            except FileNotFoundError:
                return {}
        start = len(self._root.lstrip("/")) + 1
        return {str(path).lstrip("/")[start:]: int(info["size"]) for path, info in found.items()}

    def read(self, path: str) -> bytes | None:
        """Return an object's bytes; None when it is not there.

        Raises:
            PublishError: OUT-012.
        """
        with self._errors():
            try:
                return bytes(self._system.cat_file(f"{self._root}/{path}"))
            except FileNotFoundError:
                return None

    def put(self, path: str, file: Path) -> None:
        """Write a local file's bytes to an object.

        Raises:
            PublishError: OUT-012; OUT-001, the file cannot be read.
        """
        with self._errors():
            whole = f"{self._root}/{path}"
            self._system.makedirs(whole.rpartition("/")[0], exist_ok=True)
            with file.open("rb") as local, self._system.open(whole, "wb") as remote:
                while piece := local.read(_PIECE_BYTES):
                    remote.write(piece)

    def get(self, path: str, file: Path) -> None:
        """Write an object's bytes to a local file, whole or not at all.

        Raises:
            PublishError: OUT-012; OUT-001, the file cannot be written.
        """
        aside = file.with_name(f".{file.name}.part")
        with self._errors(), self._system.open(f"{self._root}/{path}", "rb") as remote, writing(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            with aside.open("wb") as local:
                while piece := remote.read(_PIECE_BYTES):
                    local.write(piece)
            aside.replace(file)

    def remove(self, path: str) -> None:
        """Remove an object, if it is there.

        Raises:
            PublishError: OUT-012.
        """
        with self._errors():
            try:
                self._system.rm_file(f"{self._root}/{path}")
            except FileNotFoundError:
                return

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except WeighbridgeError:
            raise
        except Exception as error:  # any library of any store may raise anything of its own
            words = scrubbed(f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')[:300]}", self._url)
            raise PublishError(Finding("OUT-012", Place(source=shown_url(self._url)), words)) from None
