"""What a database refuses, as findings."""

from __future__ import annotations

from weighbridge.findings import Finding, Place, SourceError
from weighbridge.readers.database.place import Where

_REFUSED_STATES = ("28000", "28P01", "42501")
_REFUSED_WORDS = ("password authentication failed", "permission denied", "access denied", "no password supplied")
_TIMEOUT_STATES = ("57014",)
_TIMEOUT_WORDS = ("statement timeout", "interrupted", "query timed out")
_LOST_STATES = ("57P01", "57P02", "57P03", "40001", "40P01", "25P03", "72000")
_LOST_WORDS = ("server closed the connection", "connection is lost", "terminating connection", "database is locked")
_UNREACHABLE_WORDS = ("could not connect", "connection refused", "unable to open database", "timeout expired")


def fault(error: BaseException, where: Where, *, connected: bool, classified: bool) -> SourceError:
    """Return what a driver's error means.

    Args:
        error: as SQLAlchemy or the driver raised it.
        where: what was read; its password is taken out of the message.
        connected: whether the connection had been made.
        classified: whether values must not be shown; a message may quote some.
    """
    original: BaseException = getattr(error, "orig", None) or error
    state = str(getattr(original, "sqlstate", None) or "")
    message = where.without_secrets(next(iter(str(original).splitlines()), type(original).__name__))[:300]
    code = _code(error, original, state, message.lower(), connected)
    if classified and state.startswith("22"):
        message = f"{type(original).__name__}; its message may quote classified values and is not shown"
    fix = ""
    if code == "RDR-355":
        fix = f"install a driver for {where.backend}: pip install 'weighbridge[postgresql]' for PostgreSQL"
    return SourceError(Finding(code, Place(source=where.name), message, fix=fix))


def _code(error: BaseException, original: BaseException, state: str, message: str, connected: bool) -> str:
    if isinstance(error, ImportError) or "can't load plugin" in message:
        return "RDR-355"
    if state in _REFUSED_STATES or any(words in message for words in _REFUSED_WORDS):
        return "RDR-351"
    if state in _TIMEOUT_STATES or any(words in message for words in _TIMEOUT_WORDS):
        return "RDR-353"
    if connected and (state in _LOST_STATES or state.startswith("08") or any(w in message for w in _LOST_WORDS)):
        return "RDR-354"
    if not connected or any(words in message for words in _UNREACHABLE_WORDS):
        return "RDR-350"
    if not state and type(original).__name__ == "OperationalError" and "no such" not in message:
        return "RDR-354" if "syntax" not in message else "RDR-352"
    return "RDR-352"
