"""Who asks, with which form: sessions, tokens of forms, roles."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request
from starlette.requests import ClientDisconnect

from weighbridge.findings import ArgumentError, Finding
from weighbridge.ledger import Ledger
from weighbridge.review.accounts import Accounts, Role, Session
from weighbridge.review.web.unsent import Form, Unsent
from weighbridge.sinks import Keyring

COOKIE = "weighbridge_session"
BEFORE = "weighbridge_login"
"""The cookie whose value the form to log in must repeat."""

_MOST_FIELDS = 6_000
_MOST_TEXT = 20_000


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Settings:
    """How the app is served.

    Attributes:
        into: the output folder.
        hosts: names it answers to, without a port.
        secure: whether browsers reach it by HTTPS; cookies then go by HTTPS alone.
        proxy_header: the header in which a trusted proxy names the user; None trusts nobody.
        proxy_addresses: addresses or networks that such a proxy speaks from.
        shown_to: the lowest role that sees classified values; None shows them to nobody.
        keys: open what is sealed.
        clock: tells what time it is, UTC.
    """

    into: Path
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    secure: bool = False
    proxy_header: str | None = None
    proxy_addresses: tuple[str, ...] = ()
    shown_to: Role | None = None
    keys: Keyring = field(default_factory=Keyring)
    clock: Callable[[], datetime] = _now


class TurnedError(Exception):
    """The browser is sent elsewhere."""

    def __init__(self, to: str) -> None:
        """Send it to this path."""
        super().__init__(to)
        self.to = to


class DeniedError(Exception):
    """The request is refused, with a finding and a status."""

    def __init__(self, status: int, finding: Finding) -> None:
        """Refuse with these."""
        super().__init__(finding.code)
        self.status, self.finding = status, finding


async def form_of(request: Request) -> Form:
    """Return the fields of a form.

    Raises:
        DeniedError: REV-037, it is not a form, or has too many or too long fields.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise DeniedError(415, Finding("REV-037", detail="it is not a form of these pages"))
    try:
        body = await request.body()
    except ClientDisconnect as error:  # the guard takes no more than a form may have
        raise DeniedError(413, Finding("REV-037", detail="it is larger than the review app takes")) from error
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True,
                          max_num_fields=_MOST_FIELDS, errors="strict")  # fmt: skip
    except (ValueError, UnicodeError) as error:
        raise DeniedError(400, Finding("REV-037", detail="it cannot be read")) from error
    form: Form = {}
    for name, value in pairs:
        if len(value) > _MOST_TEXT or len(name) > 500 or "\0" in value:
            raise DeniedError(413, Finding("REV-037", detail="one of the fields is too long, or holds a zero byte"))
        form.setdefault(name, []).append(value)
    return form


def first(form: Form, name: str) -> str:
    """Return a field's value; empty where there is none."""
    return form.get(name, [""])[0]


class Desk:
    """Looks at who asks before a page is made."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        """Serve by these settings with this ledger's accounts."""
        self.settings, self.ledger = settings, ledger
        self.accounts = Accounts(ledger)
        self._networks = [ipaddress.ip_network(a, strict=False) for a in settings.proxy_addresses]

    def now(self) -> datetime:
        """Return the time."""
        return self.settings.clock()

    def who(self, request: Request, role: Role = Role.VIEWER) -> Session:
        """Return who asks.

        Raises:
            TurnedError: nobody is logged in.
            DeniedError: REV-033, the role does not suffice.
        """
        session = self._session(request)
        if session is None:
            raise TurnedError("/login")
        if not session.account.role.includes(role):
            raise DeniedError(403, Finding("REV-033", detail=f"it takes the role {role.value}, "
                                                        f"you have {session.account.role.value}"))  # fmt: skip
        request.state.session = session
        return session

    def _session(self, request: Request) -> Session | None:
        token = request.cookies.get(COOKIE)
        session = self.accounts.session(token, self.now()) if token else None
        name = self.proxied(request)
        if name is None:
            return session if self.settings.proxy_header is None else None
        if session is not None and session.account.name == name:
            return session
        account = self.accounts.named(name)
        if account is None or account.disabled:
            raise DeniedError(403, Finding("REV-033", detail="the proxy names somebody who has no account here"))
        request.state.token = self.accounts.begin(account, self.now())
        return self.accounts.session(request.state.token, self.now())

    def proxied(self, request: Request) -> str | None:
        """Return whom a trusted proxy names."""
        if self.settings.proxy_header is None or request.client is None:
            return None
        address = ipaddress.ip_address(request.client.host)
        if not any(address in network for network in self._networks):
            return None
        values = request.headers.getlist(self.settings.proxy_header)
        return values[0] if len(values) == 1 and values[0] else None

    def sent(self, request: Request, form: Form, role: Role) -> Session:
        """Return who sent a form, when it is one of our own.

        Raises:
            TurnedError, DeniedError: as `who`; REV-034, it came from elsewhere.
        """
        self.same_origin(request)
        request.state.unsent = Unsent.of(request.url.path, form)  # so that nothing typed is lost, whatever comes now
        session = self.who(request, role)
        if not hmac.compare_digest(first(form, "csrf").encode(), session.csrf.encode()):
            raise DeniedError(403, Finding("REV-034"))
        return session

    def same_origin(self, request: Request) -> None:
        """Refuse a form that another site sent.

        Raises:
            DeniedError: REV-034.
        """
        said = request.headers.get("origin") or request.headers.get("referer") or ""
        if not said or urlsplit(said).netloc.lower() != request.headers.get("host", "").lower():
            raise DeniedError(403, Finding("REV-034", detail="it was sent from another page"))

    def may_see(self, session: Session) -> bool:
        """Return whether somebody sees classified values."""
        lowest = self.settings.shown_to
        return lowest is not None and session.account.role.includes(lowest)


def number(text: str) -> int:
    """Return a number: of an item, a cause, a reading.

    Raises:
        ArgumentError: REV-001, it is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise ArgumentError(Finding("REV-001", detail="items, causes and readings are named by numbers"))
    return int(text)
