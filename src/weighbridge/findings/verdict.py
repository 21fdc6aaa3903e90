"""The words for what becomes of a record and of an extract."""

from __future__ import annotations

import enum


class Effect(enum.StrEnum):
    """What one failing row probe does to its record. The gravest effect decides the verdict."""

    REJECT = "reject"
    REVIEW = "review"
    REPAIR = "repair"
    WARN = "warn"
    NOTE = "note"


class Verdict(enum.StrEnum):
    """What becomes of a record. Every framed or unframeable record has exactly one."""

    ACCEPTED = "accepted"
    REPAIRED = "repaired"
    UNCERTAIN = "uncertain"
    REJECTED = "rejected"


class Decision(enum.StrEnum):
    """What becomes of an extract."""

    PUBLISH = "publish"
    PUBLISH_WITH_WARNINGS = "publish_with_warnings"
    HOLD = "hold"
