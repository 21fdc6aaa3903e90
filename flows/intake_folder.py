"""The flow `intake_folder`: every new extract of a drop folder, each once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flows.settings  # noqa: F401 - before prefect reads its settings
from flows.intake import intake
from prefect import flow, get_run_logger
from prefect.states import Completed, Failed, State

from weighbridge.pipeline.folder import waiting


@flow(name="intake-folder", flow_run_name="intake {folder}", persist_result=False)
def intake_folder(
    contract: str,
    folder: str,
    into: str,
    pattern: str = "*",
    settle_seconds: float = 30.0,
    object_name: str | None = None,
) -> State[Any]:
    """Weigh every extract that arrived in a folder and was not weighed yet.

    A file is taken when nobody has written to it for `settle_seconds`; until then it is left
    alone, as are hidden files and names that say they are not finished (``.part``, ``.tmp``,
    ``.filepart``, ``.crdownload``, ``~``). What was judged before under the same contract is not
    judged again, whatever its name. One extract that is held, or cannot be read, does not keep
    the others from their turn.

    Args:
        contract: path of the ODCS YAML file.
        folder: the drop folder.
        into: the output folder.
        pattern: which file names, e.g. ``flights_*.csv``.
        settle_seconds: how long a file must have been left alone.
        object_name: which schema object of the contract, when it has several.
    """
    logger = get_run_logger()
    found = waiting(Path(folder), pattern, contract=Path(contract), into=Path(into), settle_seconds=settle_seconds)
    logger.info("%d new, %d still being written, %d judged before", len(found.new), len(found.unsettled), found.judged)
    ends: dict[str, State[Any]] = {}
    for path in found.new:
        ends[path.name] = intake(contract, str(path), into, object_name, return_state=True)
    held = [name for name, state in ends.items() if state.name == "Held"]
    broken = [name for name, state in ends.items() if state.is_failed() and state.name != "Held"]
    words = f"{len(ends) - len(held) - len(broken)} published, {len(held)} held, {len(broken)} could not be read"
    if broken:
        return Failed(name="Unreadable", message=f"{words}: {', '.join(broken)}")
    if held:
        return Failed(name="Held", message=f"{words}: {', '.join(held)}")
    return Completed(message=words if ends else "nothing new")
