"""Sources named by URL: fetched once to a file of ours, their names without what is secret in them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from weighbridge.contract.model import Server
from weighbridge.findings import Finding, Place, SourceError
from weighbridge.readers.located import Keeper, Located

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_PIECE_BYTES = 1 << 20


def is_url(name: str) -> bool:
    """Whether a source is named by URL."""
    return _URL.match(name) is not None


def shown_url(url: str) -> str:
    """Return the URL without user, password and query, where keys and signatures stand."""
    parts = urlsplit(url)
    shown = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    return shown if "://" in shown else f"{parts.scheme}://{parts.path.lstrip('/')}"


def fetched(url: str, server: Server | None, keeper: Keeper) -> Iterator[Located]:
    """Fetch what a URL or a pattern of them names, in order of names.

    Options come from the environment as the file system's own library reads them, and from the
    contract's server (`endpointUrl`, `location`): never from our outputs.

    Raises:
        SourceError: RDR-001, it cannot be read; RDR-403, nothing fits the pattern.
    """
    name = shown_url(url)
    try:
        system, path = file_system(url, dict(server.connection) if server is not None else {})
        if any(c in path for c in "*[") or ("?" in path and not url.startswith("http")):
            paths = sorted(str(p) for p in system.glob(path))
        elif not url.startswith("http") and system.isdir(path):
            found = sorted(str(p) for p in system.ls(path, detail=False))
            paths = [p for p in found if is_data(p.rsplit("/", 1)[-1]) and not system.isdir(p)]
        else:
            paths = [path]
        if not paths:
            raise SourceError(Finding("RDR-403", Place(source=name), "no file is there under this name"))
        scheme = urlsplit(url).scheme
        for one in paths:
            known = name if one == path else f"{scheme}://{one.removeprefix(f'{scheme}://').lstrip('/')}"
            before = system.info(one).get("size")
            kept = keeper.new_file()
            with system.open(one, "rb") as remote, kept.open("wb") as local:
                while piece := remote.read(_PIECE_BYTES):
                    local.write(piece)
            size = kept.stat().st_size
            if before is not None and before != size:
                detail = f"{before:,} bytes were announced, {size:,} came"
                raise SourceError(Finding("RDR-004", Place(source=known), detail))
            yield Located(known, kept, keeper)
    except SourceError:
        raise
    except Exception as error:  # any library of any file system may raise anything of its own
        words = scrubbed(f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')[:300]}", url)
        raise SourceError(Finding("RDR-001", Place(source=name), words)) from None


def is_data(base: str) -> bool:
    """Whether a file in a folder is data by its name: no marker, nothing hidden or unfinished."""
    unfinished = (".part", ".tmp", ".temp", ".filepart", ".crdownload", ".partial", ".swp", "~", ".done", ".crc")
    return not base.startswith((".", "_")) and not base.lower().endswith(unfinished)


def file_system(url: str, options: Mapping[str, Any]) -> tuple[Any, str]:
    """Return an fsspec file system for a URL, and the path in it.

    Args:
        url: with credentials in it or, better, in the environment.
        options: `endpointUrl` and `location` (the region), as a contract's server names them.

    Raises:
        Exception: whatever the file system's library raises.
    """
    import fsspec

    parts = urlsplit(url)
    if parts.scheme == "file":
        return fsspec.filesystem("file"), unquote(parts.path)
    if parts.scheme in {"s3", "s3a"}:
        from fsspec.implementations.arrow import ArrowFSWrapper
        from pyarrow.fs import S3FileSystem

        endpoint = options.get("endpointUrl") or os.environ.get(
            "AWS_ENDPOINT_URL_S3", os.environ.get("AWS_ENDPOINT_URL")
        )
        given: dict[str, Any] = {"request_timeout": 60, "connect_timeout": 10}
        if endpoint:
            scheme, _, host = str(endpoint).rpartition("://")
            given |= {"endpoint_override": host.rstrip("/"), "scheme": scheme or "https"}
        region = options.get("location") or os.environ.get("AWS_REGION", os.environ.get("AWS_DEFAULT_REGION"))
        if region and "/" not in str(region):
            given["region"] = str(region)
        if parts.username:
            given |= {"access_key": unquote(parts.username), "secret_key": unquote(parts.password or "")}
        elif os.environ.get("AWS_ALLOW_ANONYMOUS", "").lower() in {"1", "true"}:
            given["anonymous"] = True
        return ArrowFSWrapper(S3FileSystem(**given)), parts.netloc.rpartition("@")[2] + parts.path
    if parts.scheme == "gs":
        from fsspec.implementations.arrow import ArrowFSWrapper
        from pyarrow.fs import GcsFileSystem

        return ArrowFSWrapper(GcsFileSystem()), parts.netloc + parts.path
    system, path = fsspec.core.url_to_fs(url)
    return system, str(path)


def scrubbed(words: str, url: str) -> str:
    """Return an error's words without what a URL holds in secret."""
    parts = urlsplit(url)
    for secret in (parts.query, unquote(parts.password or ""), parts.password or "", parts.username or ""):
        words = words.replace(secret, "•••") if len(secret) > 2 else words
    return words
