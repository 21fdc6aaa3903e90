"""Telling people, by whatever Apprise can reach: mail, chat, pagers, web hooks.

Settings, from the environment:

    WEIGHBRIDGE_ALERTS            Apprise URLs, parted by blanks
    WEIGHBRIDGE_ALERTS_FILE       a file with one URL a line, for those that hold secrets; # begins a comment
    WEIGHBRIDGE_ALERTS_AGAIN      how long a trouble that stays is not told again, ISO 8601; a day by default
    WEIGHBRIDGE_REPORTS_URL       the address that serves the output folder's `runs/`, for links
    WEIGHBRIDGE_REVIEW_URL        the address of the review app, for links
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from weighbridge.alert.book import Entry
from weighbridge.alert.trouble import SOON, WAITING
from weighbridge.contract.age import span_of
from weighbridge.contract.extensions import AGE
from weighbridge.findings import ArgumentError, Finding, Severity
from weighbridge.quick import dataclass

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where alerts go.

    Attributes:
        urls: Apprise URLs; they may hold secrets, and are never shown.
        again_after: how long a trouble that stays is not told again.
        reports_url, review_url: for links; None: there are none.
    """

    urls: tuple[str, ...] = ()
    again_after: timedelta = _DAY
    reports_url: str | None = None
    review_url: str | None = None

    def __repr__(self) -> str:
        """Return it without the addresses."""
        return f"Settings({len(self.urls)} addresses)"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Return the settings of this process.

        Raises:
            ArgumentError: ALT-002, the file of addresses cannot be read; ALT-004, the time is none.
        """
        urls = environment.get("WEIGHBRIDGE_ALERTS", "").split()
        named = environment.get("WEIGHBRIDGE_ALERTS_FILE")
        if named:
            try:
                lines = Path(named).read_text(encoding="utf-8").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                raise ArgumentError(Finding("ALT-002", detail=type(error).__name__)) from None
            urls += [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
        again = environment.get("WEIGHBRIDGE_ALERTS_AGAIN")
        if again and not re.match(AGE, again):
            raise ArgumentError(Finding("ALT-004", detail=f"{again!r} is no time such as P1D or PT12H"))
        return cls(
            tuple(dict.fromkeys(urls)),
            span_of(again) if again else _DAY,
            environment.get("WEIGHBRIDGE_REPORTS_URL") or None,
            environment.get("WEIGHBRIDGE_REVIEW_URL") or None,
        )


class Sender:
    """Sends by Apprise to every address of the settings."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def send(self, title: str, body: str, *, over: bool = False) -> tuple[Finding, ...]:
        """Tell all addresses, and return a warning for each that could not be told.

        No warning names more of an address than its scheme: the rest may be secret.
        """
        import apprise

        failed = []
        kind = apprise.NotifyType.SUCCESS if over else apprise.NotifyType.WARNING
        for url in self.settings.urls:
            scheme = url.partition("://")[0][:20] if "://" in url else "?"
            receiver = apprise.Apprise.instantiate(url, suppress_exceptions=True)
            if receiver is None:
                failed.append(
                    Finding("ALT-003", detail=f"the address begins with {scheme}://", severity=Severity.WARNING)
                )
            elif not _notify(receiver, title, body, kind):
                failed.append(
                    Finding("ALT-001", detail=f"the address begins with {scheme}://", severity=Severity.WARNING)
                )
        return tuple(failed)

    def tell(self, entry: Entry) -> tuple[Finding, ...]:
        """Tell of one entry of the book; see `send`."""
        if entry.over is not None:
            since = f"It was so since {entry.since:%Y-%m-%d %H:%M} UTC."
            return self.send(f"Over: {entry.title}", since + self._link(entry), over=True)
        often = f"\nSeen {entry.times:,} times since {entry.since:%Y-%m-%d %H:%M} UTC." if entry.times > 1 else ""
        return self.send(entry.title, entry.body + often + self._link(entry))

    def _link(self, entry: Entry) -> str:
        if entry.kind in (WAITING, SOON):
            return f"\n{self.settings.review_url}" if self.settings.review_url else ""
        if self.settings.reports_url and entry.run_id:
            return f"\n{self.settings.reports_url.rstrip('/')}/{entry.run_id}/report.html"
        return ""


def _notify(receiver: object, title: str, body: str, kind: object) -> bool:
    try:
        return bool(receiver.notify(title=title, body=body, notify_type=kind))  # type: ignore[attr-defined]
    except Exception:  # a receiver's own fault must not become the run's
        return False
