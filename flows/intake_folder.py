"""The flow `intake_folder`: every new extract of a drop folder, each once.

python -m flows.intake_folder CONTRACT FOLDER --into DIR
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from pydantic import Field

from flows.attempts import attempting, ended
from flows.intake import intake
from flows.refused import Refused
from flows.states import CANNOT_RUN, GAVE_UP, exit_code, gravest, named
from weighbridge import load_contract
from weighbridge.pipeline.folder import Waiting, waiting


def look_once(
    contract: str, folder: str, into: str, pattern: str, settle_seconds: float, object_name: str | None
) -> tuple[Waiting, str]:
    """Look into the drop folder; return what was found, and the contract's fingerprint."""
    found = waiting(
        Path(folder),
        pattern,
        contract=Path(contract),
        into=Path(into),
        settle_seconds=settle_seconds,
        object_name=object_name,
    )
    return found, load_contract(contract).fingerprint


look = attempting(look_once, name="look")


@flow(name="intake-folder", flow_run_name="intake of {folder}", persist_result=False)
def intake_folder(
    contract: str,
    folder: str,
    into: str,
    pattern: str = "*",
    settle_seconds: Annotated[float, Field(ge=0)] = 30.0,
    object_name: str | None = None,
    refused_again: bool = False,
) -> State[Any]:
    """Weigh every extract that arrived in a folder and was not weighed yet, oldest first.

    A file is taken when nobody has touched it for `settle_seconds`; until then it is left
    alone, as are hidden files and names that say they are not finished (``.part``, ``.tmp``,
    ``.filepart``, ``.crdownload``, ``~``). What was judged before under the same contract is not
    judged again, whatever its name. One extract that is held, or cannot be read, does not keep
    the others from their turn, and is not tried again until it or the contract changes.

    Ends as the gravest of its extracts' states, or `NothingNew`.

    Args:
        contract: path of the ODCS YAML file.
        folder: the drop folder.
        into: the output folder.
        pattern: which file names, e.g. ``flights_*.csv``.
        settle_seconds: how long a file must have been left alone.
        object_name: which schema object of the contract, when it has several.
        refused_again: try those again that could not be read before.
    """
    logger = get_run_logger()
    seen = ended(look(contract, folder, into, pattern, settle_seconds, object_name, return_state=True))
    if isinstance(seen, State):
        logger.error("%s: %s", seen.name, seen.message)
        return seen
    found, fingerprint = seen
    refused = Refused(Path(into), fingerprint)
    known = [file for file in found.new if not refused_again and refused.knows(refused.look(file))]
    logger.info(
        "%d new, %d still being written, %d judged before, %d refused before",
        len(found.new) - len(known),
        len(found.unsettled),
        found.judged,
        len(known),
    )
    ends: dict[str, str] = {}
    for file in found.new:
        if file in known:
            continue
        entry = refused.look(file)
        state = intake(contract, str(file), into, object_name, return_state=True)
        name = state.name or ""
        if exit_code(state) == 2 and not file.exists():
            logger.info("%s was taken away before its turn", file.name)
            continue
        ends[file.name] = name
        if name == GAVE_UP:
            logger.error("the others wait for the next look: what failed for %s would fail for them", file.name)
            break
        if exit_code(state) == 2 and not state.is_crashed():
            ends[file.name] = CANNOT_RUN
            refused.remember(entry, state.message or name)
    return named(gravest(ends.values()), _words(ends, len(known)))


def _words(ends: dict[str, str], refused: int) -> str:
    counts = Counter(ends.values())
    words = [f"{count} {name}" for name, count in counts.items()] or ["nothing new"]
    if refused:
        words.append(f"{refused} refused before and not tried again")
    failed = [f"{file}: {name}" for file, name in ends.items() if named(name, "").is_failed()]
    return "; ".join([", ".join(words), *failed])


def main(
    contract: str,
    folder: str,
    /,
    *,
    into: str,
    pattern: str = "*",
    settle_seconds: float = 30.0,
    object_name: str | None = None,
    refused_again: bool = False,
) -> int:
    """Look into a drop folder once, as the flow does, and return the exit code: 0, 1 held, 2 it could not run.

    Parameters
    ----------
    contract
        The contract, an ODCS YAML file.
    folder
        The drop folder.
    into
        The output folder.
    pattern
        Which file names.
    settle_seconds
        How long a file must have been left alone.
    object_name
        Which schema object of the contract, when it has several.
    refused_again
        Try those again that could not be read before.
    """
    state = intake_folder(
        contract, folder, into, pattern, settle_seconds, object_name, refused_again, return_state=True
    )
    return exit_code(state)


if __name__ == "__main__":
    import cyclopts

    sys.exit(cyclopts.run(main, result_action="return_value"))
