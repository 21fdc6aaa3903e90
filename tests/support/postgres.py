"""A real PostgreSQL for tests: started on a free port, in a folder of its own, stopped at the end.

PostgreSQL refuses to run as root; there it runs as the user that its package made, else as nobody.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TEMPORARY = tempfile.gettempdir()  # where the server's own account may go
MISSING = "PostgreSQL's programs are not installed (Debian: apt-get install postgresql)"
_SUPERUSER = "weighbridge"
_PASSWORD = "correct horse battery"


def programs() -> Path | None:
    """The folder that holds `initdb` and `postgres`; None where they are not installed."""
    found = shutil.which("postgres")
    if found and shutil.which("initdb"):
        return Path(found).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    return installed[-1].parent if installed else None


class Server:
    """A running server; `url()` gives new, empty databases."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._made = 0

    def url(self, database: str | None = None, *, user: str = _SUPERUSER, password: str = _PASSWORD) -> str:
        """The SQLAlchemy URL of a database; without a name, of a new and empty one."""
        if database is None:
            self._made += 1
            database = f"test_{os.getpid()}_{self._made}"
            self.execute(f'CREATE DATABASE "{database}"')
        return f"postgresql+psycopg://{user}:{password.replace(' ', '%20')}@127.0.0.1:{self.port}/{database}"

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Run statements in a database, each by itself."""
        import psycopg

        with psycopg.connect(
            host="127.0.0.1", port=self.port, dbname=database, user=_SUPERUSER, password=_PASSWORD, autocommit=True
        ) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[arg-type]


@contextmanager
def running(bin_folder: Path) -> Iterator[Server]:
    """Start a server that listens on 127.0.0.1 only, and stop it in the end."""
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="weighbridge-postgres-", dir=_TEMPORARY))
    try:
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        folder.chmod(0o700)
        data, secret, log = folder / "data", folder / "password", folder / "log"
        secret.write_text(_PASSWORD)
        secret.chmod(0o644)
        _call([bin_folder / "initdb", "-D", data, "-U", _SUPERUSER, "-A", "scram-sha-256", "--pwfile", secret,
               "-E", "UTF8", "--locale=C", "--no-sync"], account)  # fmt: skip
        port = _free_port()
        with log.open("wb") as told:
            process = subprocess.Popen(
                [bin_folder / "postgres", "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1",
                 "-c", f"unix_socket_directories={folder}", "-c", "fsync=off", "-c", "max_connections=60"],
                stdout=told, stderr=told, cwd=folder, **_as(account),
            )  # fmt: skip
        try:
            _wait(port, process, log)
            yield Server(port)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("there is no user to run PostgreSQL as")


def _as(account: pwd.struct_passwd | None) -> dict[str, object]:
    return {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _call(command: list[object], account: pwd.struct_passwd | None) -> None:
    told = subprocess.run(  # type: ignore[call-overload]
        [str(part) for part in command], check=False, capture_output=True, text=True, cwd="/", **_as(account)
    )
    if told.returncode:
        raise RuntimeError(told.stderr)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(log.read_text(errors="replace"))
        try:
            import psycopg

            psycopg.connect(
                host="127.0.0.1", port=port, dbname="postgres", user=_SUPERUSER, password=_PASSWORD, connect_timeout=2
            ).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not answer: {log.read_text(errors='replace')}")
