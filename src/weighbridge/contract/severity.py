"""The standard's free text `severity`, read as one of our three."""

from __future__ import annotations

from weighbridge.findings import Effect, Severity

SEVERITY_WORDS: dict[str, Severity] = {
    **dict.fromkeys(("error", "critical", "blocker", "fatal", "high", "major"), Severity.ERROR),
    **dict.fromkeys(("warning", "warn", "medium", "moderate", "minor", "low"), Severity.WARNING),
    **dict.fromkeys(("info", "information", "notice"), Severity.INFO),
}


def severity_of(word: str | None) -> Severity | None:
    """Return the severity `word` means: error when nothing is said, None when the word is unknown."""
    if word is None or not word.strip():
        return Severity.ERROR
    return SEVERITY_WORDS.get(word.strip().lower())


def effect_of(severity: Severity) -> Effect:
    """Return what a failing row check of this severity does to its record."""
    return {Severity.ERROR: Effect.REJECT, Severity.WARNING: Effect.WARN, Severity.INFO: Effect.NOTE}[severity]
