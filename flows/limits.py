"""One extract of a contract at a time; those of other contracts beside it.

With a server this is one of its global concurrency limits, which operators see and may change:
a limit that is there is left as it is. Without one it is a lock of the operating system in the
output folder, because an ephemeral server forgets on its way out who holds what.

Neither is what keeps the tables right: that is the pipeline's own work (`weighbridge.sinks`).
So a server that cannot renew a lease stops nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.concurrency.sync import concurrency
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.settings import PREFECT_API_URL

from weighbridge.sinks import locked
from weighbridge.sinks.tables import slug

LIMIT = 1
LEASE_SECONDS = 120


def limit_name(contract_id: str) -> str:
    """Return the name of a contract's limit in Prefect, which forbids some characters there."""
    return f"weighbridge:{slug(contract_id)}"


@contextmanager
def one_at_a_time(contract_id: str, into: Path, on_wait: Callable[[str], None]) -> Iterator[None]:
    """Hold one of the contract's slots.

    Args:
        contract_id: whose extracts go one at a time.
        into: the output folder, where the lock is when there is no server.
        on_wait: called once with a sentence when others hold every slot.

    Raises:
        PublishError: OUT-001, the lock cannot be made.
    """
    if not PREFECT_API_URL.value():
        with locked(into, f"intake--{slug(contract_id)}", holder="an intake", on_wait=on_wait):
            yield
        return
    name = limit_name(contract_id)
    if _is_full(name):
        on_wait(f"waiting for a slot of the concurrency limit {name}")
    with concurrency(name, lease_duration=LEASE_SECONDS, raise_on_lease_renewal_failure=False):
        yield


def _is_full(name: str) -> bool:
    """Make the limit known to the server, and say whether all its slots are taken."""
    with get_client(sync_client=True) as client:
        try:
            known = client.read_global_concurrency_limit_by_name(name)
        except ObjectNotFound:
            with suppress(ObjectAlreadyExists):  # another intake was faster
                client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name=name, limit=LIMIT))
            return False
        return known.active and known.active_slots >= known.limit
