"""Who may work in the review app: accounts, passwords, sessions.

Passwords are kept as argon2 hashes, sessions as the SHA-256 of their token: who reads the ledger
can log in with neither. An attempt to log in is entered before the password is looked at, so
guesses side by side are counted like guesses one after the other; an unknown name costs as much
time as a known one.
"""

from __future__ import annotations

import enum
import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from weighbridge.findings import ArgumentError, Finding, LedgerError
from weighbridge.ledger import Ledger
from weighbridge.ledger.engine import READS, ledger_errors
from weighbridge.ledger.schema import LOGIN_ATTEMPTS, SESSIONS, USERS

if TYPE_CHECKING:
    from argon2 import PasswordHasher

IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)
_WINDOW = timedelta(minutes=15)
_MOST_BY_PAIR, _MOST_BY_ADDRESS, _MOST_BY_NAME = 5, 30, 50
_SEEN_EVERY = timedelta(minutes=1)
_LEAST_PASSWORD, _MOST_PASSWORD = 12, 1_000


class Role(enum.StrEnum):
    """What somebody may do; each may do all that the one before may."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """Return whether this role may do what the other may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(other)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may log in. Without a password only a trusted proxy can say that it is them."""

    id: int
    name: str
    role: Role
    disabled: bool
    created: datetime
    has_password: bool


@dataclass(frozen=True, slots=True)
class Session:
    """An account that is logged in, and the token that its forms carry."""

    account: Account
    csrf: str


class Accounts:
    """The accounts of a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        """Use the accounts of this ledger."""
        self._engine = ledger.engine

    def all(self) -> tuple[Account, ...]:
        """Return every account, by name."""
        with ledger_errors(), self._engine.connect().execution_options(**READS) as connection:
            rows = connection.execute(select(USERS).order_by(USERS.c.name)).mappings()
            return tuple(_account(dict(row)) for row in rows)

    def named(self, name: str) -> Account | None:
        """Return the account of this name, if there is one."""
        with ledger_errors(), self._engine.connect().execution_options(**READS) as connection:
            row = connection.execute(select(USERS).where(USERS.c.name == name)).mappings().first()
        return _account(dict(row)) if row is not None else None

    def add(self, name: str, role: str, password: str | None, at: datetime) -> Account:
        """Make an account; None for a password leaves it to a trusted proxy.

        Raises:
            ArgumentError: REV-032, the name is taken or not one, the password too short, the role unknown.
        """
        if not (0 < len(name) <= 200 and name.isprintable() and name == name.strip()):
            raise _wrong(f"{name[:60]!r} is no name for an account")
        values = {
            "name": name,
            "password_hash": _hashed(password) if password is not None else None,
            "role": _role(role).value,
            "disabled": False,
            "created": at,
            "failed_logins": 0,
        }
        with ledger_errors():
            try:
                with self._engine.begin() as connection:
                    connection.execute(insert(USERS).values(values))
            except IntegrityError as error:
                raise _wrong(f"there is an account {name!r} already") from error
        made = self.named(name)
        assert made is not None  # it was just made
        return made

    def change(
        self, name: str, *, role: str | None = None, password: str | None = None, disabled: bool | None = None
    ) -> Account:
        """Change an account and end its sessions.

        Raises:
            ArgumentError: REV-032, there is none of this name, or no administrator would be left.
        """
        values: dict[str, Any] = {}
        if role is not None:
            values["role"] = _role(role).value
        if password is not None:
            values["password_hash"] = _hashed(password)
        if disabled is not None:
            values["disabled"] = disabled
        with ledger_errors(), self._engine.begin() as connection:
            row = connection.execute(select(USERS).where(USERS.c.name == name)).mappings().first()
            if row is None:
                raise _wrong(f"there is no account {name[:60]!r}")
            if values:
                connection.execute(update(USERS).where(USERS.c.id == row["id"]).values(values))
            connection.execute(delete(SESSIONS).where(SESSIONS.c.user_id == row["id"]))
            admins = select(func.count()).where(USERS.c.role == Role.ADMIN.value, USERS.c.disabled.is_(False))
            was_admin = row["role"] == Role.ADMIN.value and not row["disabled"]
            if was_admin and not connection.execute(admins).scalar_one():
                raise _wrong(f"{name!r} is the last administrator")
            changed = connection.execute(select(USERS).where(USERS.c.id == row["id"])).mappings().one()
            return _account(dict(changed))

    def log_in(self, name: str, password: str, address: str, at: datetime) -> str:
        """Return the token of a new session.

        Raises:
            ArgumentError: REV-030, name and password do not go together; REV-031, too many attempts.
        """
        name, address = name[:200], address[:80]
        tries, since = LOGIN_ATTEMPTS.c, at - _WINDOW
        with ledger_errors(), self._engine.begin() as connection:
            connection.execute(delete(LOGIN_ATTEMPTS).where(tries.at < at - timedelta(days=30)))
            entered = connection.execute(insert(LOGIN_ATTEMPTS).values(name=name, address=address, at=at,
                                                                       succeeded=False))  # fmt: skip
            attempt = entered.inserted_primary_key
            bad = select(func.count()).where(tries.at > since, tries.succeeded.is_(False))
            by_name = connection.execute(bad.where(tries.name == name)).scalar_one()
            by_address = connection.execute(bad.where(tries.address == address)).scalar_one()
            by_pair = connection.execute(bad.where(tries.name == name, tries.address == address)).scalar_one()
            row = connection.execute(select(USERS).where(USERS.c.name == name)).mappings().first()
        if by_pair > _MOST_BY_PAIR or by_address > _MOST_BY_ADDRESS or by_name > _MOST_BY_NAME:
            raise ArgumentError(Finding("REV-031"))
        kept = row["password_hash"] if row is not None else None
        right = _verified(kept or _nobodys_hash(), password[:_MOST_PASSWORD]) and kept is not None
        if not right or row is None or kept is None or row["disabled"]:
            raise ArgumentError(Finding("REV-030"))
        with ledger_errors(), self._engine.begin() as connection:
            done = update(LOGIN_ATTEMPTS).where(tries.id == (attempt[0] if attempt else 0)).values(succeeded=True)
            connection.execute(done)
            if _hasher().check_needs_rehash(kept):
                fresh = _hasher().hash(password)
                connection.execute(update(USERS).where(USERS.c.id == row["id"]).values(password_hash=fresh))
        return self.begin(_account(dict(row)), at)

    def begin(self, account: Account, at: datetime) -> str:
        """Return the token of a new session of an account; ended sessions are removed."""
        token = secrets.token_urlsafe(32)
        with ledger_errors(), self._engine.begin() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.expires < at))
            connection.execute(
                insert(SESSIONS).values(
                    token_sha256=_digest(token),
                    user_id=account.id,
                    created=at,
                    last_seen=at,
                    expires=at + LONGEST,
                    csrf=secrets.token_urlsafe(32),
                )
            )
        return token

    def session(self, token: str, at: datetime) -> Session | None:
        """Return who a token belongs to; None when it is unknown, has ended, or the account is disabled."""
        key = _digest(token)
        query = (
            select(USERS, SESSIONS.c.csrf, SESSIONS.c.last_seen, SESSIONS.c.expires)
            .join(SESSIONS, SESSIONS.c.user_id == USERS.c.id)
            .where(SESSIONS.c.token_sha256 == key)
        )
        with ledger_errors(), self._engine.connect().execution_options(**READS) as connection:
            row = connection.execute(query).mappings().first()
        if row is None or row["disabled"] or row["expires"] <= at or row["last_seen"] + IDLE <= at:
            return None
        if row["last_seen"] + _SEEN_EVERY <= at:
            with suppress(LedgerError), ledger_errors(), self._engine.begin() as connection:  # looking goes on
                connection.execute(update(SESSIONS).where(SESSIONS.c.token_sha256 == key).values(last_seen=at))
        return Session(_account(dict(row)), str(row["csrf"]))

    def log_out(self, token: str) -> None:
        """End a session; one that has ended already stays so."""
        with ledger_errors(), self._engine.begin() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.token_sha256 == _digest(token)))


def _account(row: dict[str, Any]) -> Account:
    return Account(row["id"], row["name"], Role(row["role"]), bool(row["disabled"]), row["created"],
                   row["password_hash"] is not None)  # fmt: skip


def _wrong(why: str) -> ArgumentError:
    return ArgumentError(Finding("REV-032", detail=why))


def _role(role: str) -> Role:
    try:
        return Role(role)
    except ValueError as error:
        raise _wrong(f"there is no role {role[:60]!r}") from error


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@cache
def _hasher() -> PasswordHasher:
    try:
        from argon2 import PasswordHasher
    except ImportError as error:
        raise ArgumentError(Finding("REV-036", detail="argon2-cffi is not there")) from error
    return PasswordHasher()


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


def _hashed(password: str) -> str:
    if not _LEAST_PASSWORD <= len(password) <= _MOST_PASSWORD:
        raise _wrong(f"a password has {_LEAST_PASSWORD} to {_MOST_PASSWORD:,} characters")
    return _hasher().hash(password)


def _verified(kept: str, password: str) -> bool:
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        return _hasher().verify(kept, password)
    except (Argon2Error, InvalidHashError):
        return False
