"""Automations of a Prefect server that call people, from the events that the flows emit.

    weighbridge: held                 an extract was held
    weighbridge: many turned back     one lost more than a tenth of its records
    weighbridge: waiting too long     records wait longer than their contract lets them

python -m flows.automations custom-webhook/oncall [--contract ID] [--reports-url URL]

Called again it brings them up to date; it never makes a second of one name. A notification holds
the resource's name, counts, codes, the run and a link: what the events hold, so no value of any record.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import httpx
from prefect.automations import AutomationCore, EventTrigger, Posture, SendNotification
from prefect.client.orchestration import get_client
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.settings import get_current_settings

from flows.events import BANDS
from weighbridge.findings import ArgumentError, Finding, WeighbridgeError

GRAVE_BAND = BANDS[-1][1]
"""The band of the quarantine rate that somebody is called for."""

_RUN = "Run {{ event.payload.run_id }}, {{ event.payload.records }} records."


def automations(block: UUID, contract: str | None = None, reports_url: str | None = None) -> tuple[AutomationCore, ...]:
    """Return the automations, not yet on any server.

    Args:
        block: id of the notification block that tells people.
        contract: only for the contract with this id; its automations have names of their own.
        reports_url: the address that serves the output folder's ``runs/``, for links.
    """
    link = f"\n{reports_url.rstrip('/')}/{{{{ event.payload.run_id }}}}/report.html" if reports_url else ""
    codes = "\nCodes: {{ event.payload.codes | join(', ') }}"
    return (
        _automation("held", "weighbridge.extract.held", "Held: {{ event.resource.name }}", _RUN + codes + link,
                    block, contract),
        _automation("many turned back", "weighbridge.extract.quarantine-rate",
                    "Many records turned back: {{ event.resource.name }}",
                    _RUN + " Turned back: {{ event.payload.rejected }}." + link, block, contract,
                    {"weighbridge.quarantine.band": GRAVE_BAND}),
        _automation("waiting too long", "weighbridge.queue.overdue",
                    "Records wait too long: {{ event.resource.id }}",
                    "{{ event.payload.records }} records wait longer than the contract lets them.", block, contract),
    )  # fmt: skip


def bring_up(wanted: Sequence[AutomationCore]) -> dict[str, str]:
    """Make each automation on the server, or make the one of that name as it should be.

    Returns:
        What was done about each, by its name: ``created`` or ``updated``.
    """
    done = {}
    with get_client(sync_client=True) as client:
        for automation in wanted:
            known = client.read_automations_by_name(name=automation.name)
            if known:
                client.update_automation(known[0].id, automation)
            else:
                client.create_automation(automation)
            done[automation.name] = "updated" if known else "created"
    return done


def block_id(named: str) -> UUID:
    """Return the id of a notification block on the server.

    Args:
        named: its type and name, such as ``custom-webhook/oncall``.

    Raises:
        ArgumentError: ARG-001, the server has none of this name.
    """
    kind, _, name = named.partition("/")
    try:
        with get_client(sync_client=True) as client:
            return client.read_block_document_by_name(name, kind).id
    except (ObjectNotFound, PrefectHTTPStatusError):
        detail = f"the server has no block {named!r}; `prefect block ls` lists them as type/name"
        raise ArgumentError(Finding("ARG-001", detail=detail)) from None


def main(block: str, /, *, contract: str | None = None, reports_url: str | None = None) -> int:
    """Make the automations that call people, or bring them up to date; exit code 0 done, 2 it could not be done.

    Parameters
    ----------
    block
        The notification block that tells people, as type/name; `prefect block ls` lists them.
    contract
        Only for the contract with this id.
    reports_url
        The address that serves the output folder's `runs/`, for links.
    """
    try:
        if not get_current_settings().api.url:
            raise ArgumentError(Finding("ARG-001", detail="PREFECT_API_URL names no server; automations need one"))
        done = bring_up(automations(block_id(block), contract, reports_url))
    except WeighbridgeError as error:
        print(error, file=sys.stderr)
        return 2
    except httpx.HTTPError as error:
        status = f" {error.response.status_code}" if isinstance(error, httpx.HTTPStatusError) else ""
        print(f"the server cannot be used: {type(error).__name__}{status}", file=sys.stderr)
        return 2
    for name, what in done.items():
        print(f"{what}  {name}")
    return 0


def _automation(
    name: str, event: str, subject: str, body: str, block: UUID, contract: str | None,
    labels: dict[str, str] | None = None,
) -> AutomationCore:  # fmt: skip
    match: dict[str, str | list[str]] = {**(labels or {})}
    if contract:
        match["weighbridge.contract.id"] = contract
    return AutomationCore(
        name=f"weighbridge: {name}" + (f" ({contract})" if contract else ""),
        description="Made by `python -m flows.automations`, which changes it back when it is called again.",
        trigger=EventTrigger(
            expect={event},
            match=ResourceSpecification(match),
            posture=Posture.Reactive,
            threshold=1,
            within=timedelta(0),
        ),
        actions=[SendNotification(block_document_id=block, subject=subject, body=body)],
    )


if __name__ == "__main__":
    import cyclopts

    sys.exit(cyclopts.run(main, result_action="return_value"))
