"""What stands before every page: which host is asked for, how much is sent, what browsers are told to refuse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

MOST_BODY_BYTES = 1024 * 1024

_HEADERS = (
    (b"content-security-policy", b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
     b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)  # fmt: skip


class Guard:
    """An ASGI application in front of another."""

    def __init__(self, app: Any, *, hosts: Iterable[str]) -> None:
        """Let requests to these hosts through to `app`; names without a port."""
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if _name(headers.get(b"host", b"")) not in self._hosts:
            await _refuse(send, 421, "REV-037: this host name is not one that the review app answers to")
            return
        if _too_long(headers.get(b"content-length", b"0")):
            await _refuse(send, 413, "REV-037: the form is larger than the review app takes")
            return
        read = 0

        async def counted() -> Any:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > MOST_BODY_BYTES:
                return {"type": "http.disconnect"}
            return message

        async def told(message: Any) -> None:
            if message["type"] == "http.response.start":
                own = [h for h in message["headers"] if h[0].lower() != b"server"]
                own += _HEADERS
                if not scope["path"].startswith("/static/"):
                    own.append((b"cache-control", b"no-store"))
                message = {**message, "headers": own}
            await send(message)

        await self._app(scope, counted, told)


def _name(host: bytes) -> str:
    text = host.decode("latin-1").lower()
    if text.startswith("["):
        return text.partition("]")[0] + "]"
    return text.partition(":")[0]


def _too_long(length: bytes) -> bool:
    return not length.isdigit() or len(length) > 18 or int(length) > MOST_BODY_BYTES


async def _refuse(send: Any, status: int, words: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *_HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})
