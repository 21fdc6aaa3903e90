"""An object store that can replace an object only if it still is what it was: what keeps two writers apart.

Credentials, region and endpoint come from the environment as the store's own tools take them (AWS_ACCESS_KEY_ID …), or
are given as `storage_options`, by the names that deltalake and Polars know, too.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from weighbridge.findings import ArgumentError, Finding, Place, PublishError, WeighbridgeError
from weighbridge.readers.containers.places import scrubbed, shown_url
from weighbridge.sinks.atomic import writing

SCHEMES = frozenset({"s3", "s3a", "gs", "az", "abfs", "abfss"})
_AT_ONCE = 8
_RETRIES: Any = {"max_retries": 5, "retry_timeout": timedelta(seconds=120)}
Version = tuple[str, str | None]
"""By which a store tells that an object still is what it was: its tag, and its version where it has such."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stored:
    """One object.

    Attributes:
        size: bytes.
        tag: another one whenever its bytes are others.
    """

    size: int
    tag: str


class Store:
    """A place in an object store; paths are relative to it. An object appears whole or not at all.

    Attributes:
        name: its URL, as it may be shown.
    """

    def __init__(self, url: str, options: Mapping[str, str]) -> None:
        """Open it; nothing is asked of it yet.

        Raises:
            ArgumentError: OUT-010, no such store is known; OUT-012, an option it does not know.
        """
        import obstore.store

        open_at: Any = obstore.store.from_url  # its overloads know each option by name, and we pass on what users name
        self._url = url
        self._secrets = [value for value in options.values() if len(value) > 7 and "://" not in value]
        self.name = shown_url(url).rstrip("/")
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES or not parts.netloc:
            detail = f"{self.name} is none of {', '.join(f'{s}://…' for s in sorted(SCHEMES))}"
            raise ArgumentError(Finding("OUT-010", Place(source=self.name), detail))
        if parts.username is not None and parts.scheme not in {"abfs", "abfss"}:
            detail = "credentials belong into the environment or --storage-option, not into the address"
            raise ArgumentError(Finding("OUT-010", Place(source=self.name), detail))
        with self._errors():
            self._store: Any = open_at(
                url.rstrip("/"),
                config=_configured(parts.scheme, options),
                client_options={"allow_http": _is_plain(options), "timeout": "120s", "connect_timeout": "10s"},
                retry_config=_RETRIES,
            )

    def files(self) -> dict[str, Stored]:
        """Return every object, by its path.

        Raises:
            PublishError: OUT-012.
        """
        import obstore

        with self._errors():
            found = (one for batch in obstore.list(self._store) for one in batch)
            return {str(one["path"]): Stored(int(one["size"]), str(one["e_tag"])) for one in found}

    def read(self, path: str) -> tuple[bytes, Version] | None:
        """Return an object's bytes and version; None when it is not there.

        Raises:
            PublishError: OUT-012.
        """
        import obstore

        with self._errors():
            try:
                got = obstore.get(self._store, path)
            except FileNotFoundError:
                return None
            return bytes(got.bytes()), (str(got.meta["e_tag"]), got.meta["version"])

    def swap(self, path: str, content: bytes, version: Version | None) -> Version | None:
        """Replace an object that still is of this version, or make one that is not there; return its new version.

        Returns:
            None when it is another one by now, and was left as it is.

        Raises:
            PublishError: OUT-012.
        """
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        with self._errors():
            try:
                put = obstore.put(self._store, path, content, mode=_mode(version))
            except (AlreadyExistsError, PreconditionError, FileNotFoundError):
                there = self.read(path)  # a repeated request meets what its first try wrote
                return there[1] if there is not None and there[0] == content else None
            return str(put["e_tag"]), put["version"]

    def put(self, files: Mapping[str, Path]) -> None:
        """Write local files' bytes to objects.

        Raises:
            PublishError: OUT-012.
        """
        import obstore

        with self._errors():
            _all(lambda one: obstore.put(self._store, one[0], one[1]), files.items())

    def get(self, files: Mapping[str, Path]) -> None:
        """Write objects' bytes to local files, each whole or not at all.

        Raises:
            FileNotFoundError: one of them is not there any more.
            PublishError: OUT-012; OUT-001, a file cannot be written.
        """
        _all(lambda one: self._get(*one), files.items())

    def _get(self, path: str, file: Path) -> None:
        import obstore

        aside = file.with_name(f".{file.name}.part")
        with self._errors(missing=True), writing(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            with aside.open("wb") as local:
                for piece in obstore.get(self._store, path).stream():
                    local.write(piece)
            aside.replace(file)

    def copy(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Copy objects within the store, each over what is there under the second name.

        Raises:
            PublishError: OUT-012.
        """
        import obstore

        with self._errors():
            _all(lambda one: obstore.copy(self._store, *one, overwrite=True), pairs)

    def remove(self, paths: Iterable[str]) -> None:
        """Remove objects; one that is not there is no fault.

        Raises:
            PublishError: OUT-012.
        """
        import obstore

        gone = list(paths)
        with self._errors():
            if gone:
                obstore.delete(self._store, gone)

    @contextmanager
    def _errors(self, *, missing: bool = False) -> Iterator[None]:
        try:
            yield
        except WeighbridgeError:
            raise
        except Exception as error:  # the library's and the stores' own
            if missing and isinstance(error, FileNotFoundError):
                raise
            words = scrubbed(f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')[:300]}", self._url)
            for secret in self._secrets:
                words = words.replace(secret, "•••")
            raise PublishError(Finding("OUT-012", Place(source=self.name), words)) from None


def _mode(version: Version | None) -> Any:
    if version is None:
        return "create"
    return {"e_tag": version[0], "version": version[1]} if version[1] is not None else {"e_tag": version[0]}


def _configured(scheme: str, options: Mapping[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {name.lower(): value for name, value in options.items()}
    given.pop("aws_allow_http", None)
    given.pop("allow_http", None)
    if scheme in {"s3", "s3a"}:
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3")
        if endpoint and not any("endpoint" in name for name in given):
            given["aws_endpoint"] = endpoint
        if os.environ.get("AWS_ALLOW_ANONYMOUS", "").lower() in {"1", "true"}:
            given.setdefault("aws_skip_signature", "true")
    return given


def _is_plain(options: Mapping[str, str]) -> bool:
    """Whether it may be spoken to without encryption: where the user named such an endpoint, or said so."""
    folded = {name.lower(): value for name, value in options.items()}
    if (said := folded.get("aws_allow_http", folded.get("allow_http"))) is not None:
        return said.lower() in {"1", "true"}
    named = [value for name, value in folded.items() if "endpoint" in name]
    named = named or [os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""]
    return any(value.startswith("http://") for value in named)


def _all(do: Callable[[T], object], what: Iterable[T]) -> None:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(do, what):
            pass
