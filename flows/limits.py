"""A concurrency limit per contract: its extracts go one at a time, those of other contracts beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prefect.client.orchestration import get_client
from prefect.concurrency.sync import concurrency

from weighbridge import load_contract


@contextmanager
def one_at_a_time(contract: str, limit: int = 1) -> Iterator[None]:
    """Hold one of the contract's slots; the limit is created when Prefect does not know it yet.

    Raises:
        ContractError: the contract cannot be used, so it has no name to be limited by.
    """
    name = f"weighbridge:{load_contract(Path(contract)).model.id}"
    with get_client(sync_client=True) as client:
        known = {known.name for known in client.read_global_concurrency_limits(limit=200, offset=0)}
        if name not in known:
            client.upsert_global_concurrency_limit_by_name(name, limit)
    with concurrency(name, occupy=1, strict=True):
        yield
