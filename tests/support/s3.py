"""A real S3-compatible server for tests, with one empty bucket, and the environment that leads to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

BUCKET = "warehouse"


@contextmanager
def running() -> Iterator[dict[str, str]]:
    """Start a server on a free port; give the variables that name it and its (any) credentials."""
    from moto.server import ThreadedMotoServer
    from pyarrow.fs import S3FileSystem

    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        keys = {"access_key": "PLANTEDKEY", "secret_key": "PLANTEDSECRET", "region": "us-east-1"}
        store = S3FileSystem(
            endpoint_override=f"{host}:{port}", scheme="http", allow_bucket_creation=True, allow_bucket_deletion=True,
            **keys,
        )  # fmt: skip
        store.create_dir(BUCKET)
        yield {
            "AWS_ACCESS_KEY_ID": keys["access_key"],
            "AWS_SECRET_ACCESS_KEY": keys["secret_key"],
            "AWS_REGION": keys["region"],
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        }
        store.delete_dir(BUCKET)
    finally:
        server.stop()
