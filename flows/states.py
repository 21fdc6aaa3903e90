"""What the state of a flow run says, by its name.

    Published               exit code 0   everything holds
    PublishedWithWarnings   exit code 0   published; something was found
    AlreadyPublished        exit code 0   the same bytes under the same contract, earlier; nothing was written
    NothingNew              exit code 0   a look into a drop folder found nothing to do
    Replayed                exit code 0   every record that was judged again is published
    ReplayedInPart          exit code 0   some records are still kept out
    Reminded                exit code 0   records wait too long, and who is to be told was told
    Held                    exit code 1   the breaker tripped; what was published before stays served
    CannotRun               exit code 2   contract, source or arguments cannot be used; trying again does not help
    GaveUp                  exit code 2   storage or ledger did not answer, however often it was tried

The first seven are completed, the others failed, so that Prefect's own filters and automations
see them. Messages carry codes, counts, places and fixes; never a value of a record.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from weighbridge import ContractError, Decision, Finding, RunResult, WeighbridgeError
from weighbridge.findings import InternalError

PUBLISHED: Final = "Published"
WITH_WARNINGS: Final = "PublishedWithWarnings"
ALREADY_PUBLISHED: Final = "AlreadyPublished"
NOTHING_NEW: Final = "NothingNew"
REPLAYED: Final = "Replayed"
IN_PART: Final = "ReplayedInPart"
REMINDED: Final = "Reminded"
HELD: Final = "Held"
CANNOT_RUN: Final = "CannotRun"
GAVE_UP: Final = "GaveUp"

EXIT_CODES: Final = {
    PUBLISHED: 0,
    WITH_WARNINGS: 0,
    ALREADY_PUBLISHED: 0,
    NOTHING_NEW: 0,
    REPLAYED: 0,
    IN_PART: 0,
    REMINDED: 0,
    HELD: 1,
    CANNOT_RUN: 2,
    GAVE_UP: 2,
}


def state_of(result: RunResult) -> State[Any]:
    """Return the state that says what became of the extract."""
    if result.state == "already_published":
        name = ALREADY_PUBLISHED
    else:
        name = {
            Decision.HOLD: HELD,
            Decision.PUBLISH: PUBLISHED,
            Decision.PUBLISH_WITH_WARNINGS: WITH_WARNINGS,
        }[result.decision]
    return named(name, f"{result.run_id}: " + "; ".join(reasons_of(result)))


def reasons_of(result: RunResult) -> tuple[str, ...]:
    """Return why it was decided so, as it may be logged.

    A finding about the source may quote its bytes (a header that turns out to be the first
    record), so only its code and title are told here; the report has the rest.
    """
    short = {f"{f.code} {f.message}": f"{f.code} {f.title}" for f in result.findings if not f.code.startswith("RUN-")}
    return tuple(short.get(reason, reason) for reason in result.reasons)


def cannot_run(error: WeighbridgeError) -> State[Any]:
    """Return the state of an extract that could not be judged."""
    return named(CANNOT_RUN, told(error))


def gave_up(error: Exception) -> State[Any]:
    """Return the state of an extract that was tried as often as it may be."""
    return named(GAVE_UP, told(error) if isinstance(error, WeighbridgeError) else str(error))


def told(error: WeighbridgeError) -> str:
    """Return an error's findings as they may be logged: what was seen only where it stands in the contract."""
    return "\n".join(_told(finding, error) for finding in error.findings)


def named(name: str, message: str) -> State[Any]:
    """Return a state of one of the names above."""
    return Failed(name=name, message=message) if EXIT_CODES[name] else Completed(name=name, message=message)


def gravest(names: Iterable[str]) -> str:
    """Return the name that says most about several extracts; `NOTHING_NEW` for none."""
    order = (GAVE_UP, CANNOT_RUN, HELD, WITH_WARNINGS, PUBLISHED, ALREADY_PUBLISHED)
    met = set(names)
    return next((name for name in order if name in met), NOTHING_NEW)


def exit_code(state: State[Any]) -> int:
    """Return what a command ends with; 2 also for a state that is none of the names above."""
    return EXIT_CODES.get(state.name or "", 2)


def _told(finding: Finding, error: WeighbridgeError) -> str:
    if isinstance(error, ContractError):
        return str(finding)
    # An internal error's detail is an engine's message, which may quote a value.
    message = finding.title if isinstance(error, InternalError) else finding.message
    where = f" ({finding.place})" if str(finding.place) else ""
    return f"{finding.code} {message}{where}; {finding.fix}"
