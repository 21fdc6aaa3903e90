"""What a section of the report is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from weighbridge.quick import dataclass

if TYPE_CHECKING:
    from weighbridge.outcome.result import RunResult

Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """One section.

    Attributes:
        name: its key in the model, its anchor in the page, and the name of its templates
            (``templates/sections/<name>.html.j2`` and ``<name>.md.j2``).
        title: its heading.
        part: gives its part of the model as JSON values, or None where it has nothing to
            say: the section is left out then.
        first_screen: whether it stands above the fold, before the list of sections.
    """

    name: str
    title: str
    part: Callable[[RunResult], Part | None]
    first_screen: bool = False
