"""`weighbridge review`."""

from __future__ import annotations

import ipaddress
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from weighbridge.cli.terminal import print_json
from weighbridge.findings import ArgumentError, Finding, WeighbridgeError

if TYPE_CHECKING:
    from weighbridge.ledger import Ledger
    from weighbridge.review.accounts import Account
    from weighbridge.review.queue import Queue
    from weighbridge.review.web.desk import Settings

_TAKE_IN_SECONDS = 20.0
_PACKAGES = ("fastapi", "uvicorn", "argon2")
_ACTIONS = ("add", "list", "password", "role", "disable", "enable")


def review(
    *words: str,
    into: Path,
    host: str = "127.0.0.1",
    port: int = 8010,
    name: tuple[str, ...] = (),
    https: bool = False,
    proxy_header: str | None = None,
    proxy_address: tuple[str, ...] = (),
    classified_to: str | None = None,
    role: str | None = None,
    no_password: bool = False,
    json: bool = False,
) -> int:
    """Serve the review queue to people in a browser, and keep their accounts.

    `weighbridge review serve` opens the queue at http://127.0.0.1:8010. `weighbridge review user add NAME
    --role admin` makes an account; the password is asked for, or read from standard input. Further:
    `user list`, `user password NAME`, `user role NAME --role R`, `user disable NAME`, `user enable NAME`.
    Roles: viewer, reviewer (decides), approver (is the second person), admin (keeps accounts).

    Exit codes: 0 done · 2 it could not be done.

    Parameters
    ----------
    words
        `serve`, or `user` with an action and a name.
    into
        The output folder whose queue is served.
    host
        The address to listen at. Beyond this machine --name and --https are needed.
    port
        The port; 0 takes any that is free.
    name
        A host name that browsers reach it by; repeat for several.
    https
        Browsers reach it by HTTPS, through a proxy: cookies then go by HTTPS alone.
    proxy_header
        A header in which a proxy names the user, who needs an account here; nobody else is let in then.
    proxy_address
        An address or network from which that header is believed; repeat for several.
    classified_to
        The lowest role that sees classified values and bytes; by default nobody does.
    role
        The role of an account.
    no_password
        Make an account that only a proxy can let in.
    json
        Print the answer as JSON.
    """
    from weighbridge.pipeline.output.ledgers import ledger_of

    if words == ("serve",):
        settings = _settings(into, host, name, https, proxy_header, proxy_address, classified_to)
        with ledger_of(into) as ledger:
            return _serve(settings, ledger, host, port)
    if (
        len(words) in (2, 3)
        and words[0] == "user"
        and words[1] in _ACTIONS
        and (len(words) == 3) == (words[1] != "list")
    ):
        with ledger_of(into) as ledger:
            found = _user(ledger, words[1], words[-1], role, no_password)
        if json:
            print_json([{"name": a.name, "role": a.role.value, "disabled": a.disabled} for a in found])
        else:
            print("\n".join(f"{a.name}  {a.role.value}{'  disabled' if a.disabled else ''}" for a in found)
                  or "no accounts yet")  # fmt: skip
        return 0
    detail = f"`review {' '.join(words)}` is not there; there are `serve` and `user {'|'.join(_ACTIONS)} NAME`"
    raise ArgumentError(Finding("ARG-001", detail=detail))


def _settings(
    into: Path,
    host: str,
    names: tuple[str, ...],
    https: bool,
    header: str | None,
    addresses: tuple[str, ...],
    classified_to: str | None,
) -> Settings:
    require(_PACKAGES)
    from weighbridge.review.accounts import Role
    from weighbridge.review.web.desk import Settings
    from weighbridge.sinks import Keyring

    if not _is_loopback(host) and not (names and https):
        raise _unsafe(f"{host} is reached from elsewhere: name the host with --name, and say --https")
    if (header is None) != (not addresses):
        raise _unsafe("--proxy-header and --proxy-address go together")
    try:
        for address in addresses:
            ipaddress.ip_network(address, strict=False)
        lowest = Role(classified_to) if classified_to is not None else None
    except ValueError as error:
        raise ArgumentError(Finding("ARG-001", detail=str(error))) from error
    local = ("127.0.0.1", "localhost", "[::1]") if _is_loopback(host) else ()
    return Settings(
        into, hosts=(*local, *names), secure=https, proxy_header=header, proxy_addresses=addresses,
        shown_to=lowest, keys=Keyring.from_settings(),
    )  # fmt: skip


def _serve(settings: Settings, ledger: Ledger, host: str, port: int) -> int:
    import socket

    import uvicorn

    from weighbridge.review.accounts import Accounts
    from weighbridge.review.queue import Queue
    from weighbridge.review.web.app import create_app

    if not any(not a.disabled for a in Accounts(ledger).all()):
        raise _unsafe("there is no account yet, so nobody could log in")
    queue = Queue(ledger)
    queue.take_in(settings.into, datetime.now(UTC))
    _first_look(queue, settings.into)
    app = create_app(settings, ledger)
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise ArgumentError(Finding("ARG-001", detail=f"cannot listen at {host}:{port}: {error.strerror}")) from error
    shown = f"[{host}]" if ":" in host else host
    print(f"http://{shown}:{listening.getsockname()[1]}", flush=True)
    stopped = threading.Event()
    threading.Thread(target=_keep_up, args=(queue, settings.into, stopped), daemon=True).start()
    config = uvicorn.Config(app, log_level="warning", access_log=False, proxy_headers=False, server_header=False)
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        stopped.set()
        listening.close()
    return 0


def _first_look(queue: Queue, into: Path) -> None:
    """Read a record as its page will: what is loaded and opened only once is there then for the first who comes."""
    from weighbridge.review.item import detail

    with suppress(WeighbridgeError):  # its page will tell, in full
        for item in queue.items(limit=1).items:
            detail(queue.ledger, into, item, may_see_raw=False, at=datetime.now(UTC))


def _keep_up(queue: Queue, into: Path, stopped: threading.Event) -> None:
    """Take in what runs keep while the app is served."""
    while not stopped.wait(_TAKE_IN_SECONDS):
        try:
            queue.take_in(into, datetime.now(UTC))
        except WeighbridgeError as error:  # the next look may find it better
            print("\n".join(map(str, error.findings)), file=sys.stderr)


def _user(ledger: Ledger, action: str, name: str, role: str | None, no_password: bool) -> tuple[Account, ...]:
    from weighbridge.review.accounts import Accounts

    accounts = Accounts(ledger)
    if action == "list":
        return accounts.all()
    if action == "add":
        password = None if no_password else _password()
        return (accounts.add(name, role or "viewer", password, datetime.now(UTC)),)
    if action == "password":
        return (accounts.change(name, password=_password()),)
    if action == "role":
        if role is None:
            raise ArgumentError(Finding("REV-032", detail="say which role: --role"))
        return (accounts.change(name, role=role),)
    return (accounts.change(name, disabled=action == "disable"),)


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    from getpass import getpass

    given = getpass("Password: ")
    if getpass("Once more: ") != given:
        raise ArgumentError(Finding("REV-032", detail="the two passwords differ"))
    return given


def require(packages: Sequence[str]) -> None:
    """Refuse to go on without these packages.

    Raises:
        ArgumentError: REV-036.
    """
    from importlib.util import find_spec

    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise ArgumentError(Finding("REV-036", detail=", ".join(missing)))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unsafe(why: str) -> ArgumentError:
    return ArgumentError(Finding("REV-035", detail=why))
