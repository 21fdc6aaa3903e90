"""The application: pages, forms, and what is said when something is wrong."""

from __future__ import annotations

import secrets
import sys
import traceback
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from weighbridge.findings import ArgumentError, Finding, LedgerError, WeighbridgeError
from weighbridge.ledger import Ledger
from weighbridge.review.accounts import Role
from weighbridge.review.web.account_pages import add_accounts
from weighbridge.review.web.desk import BEFORE, COOKIE, DeniedError, Desk, Settings, TurnedError, first, form_of
from weighbridge.review.web.guard import Guard
from weighbridge.review.web.pages import Pages
from weighbridge.review.web.proposal_pages import add_proposals
from weighbridge.review.web.queue_pages import add_queue
from weighbridge.review.web.unsent import Form, Unsent

_STATIC = Path(__file__).parent / "static"
_FILES = {"review.css": "text/css; charset=utf-8", "review.js": "text/javascript; charset=utf-8"}
_BODY = Depends(form_of)


def create_app(settings: Settings, ledger: Ledger) -> Guard:
    """Return the ASGI application of the review queue of an output folder."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    desk = Desk(settings, ledger)
    pages = Pages(desk)
    _tell_faults(app, pages)
    _let_in(app, desk, pages)
    add_queue(app, desk, pages)
    add_proposals(app, desk, pages)
    add_accounts(app, desk, pages)
    return Guard(app, hosts=settings.hosts)


def _tell_faults(app: FastAPI, pages: Pages) -> None:
    @app.exception_handler(DeniedError)
    async def denied(request: Request, error: DeniedError) -> Response:
        return pages.wrong(request, error.status, error.finding)

    @app.exception_handler(WeighbridgeError)
    async def fault(request: Request, error: WeighbridgeError) -> Response:
        gone = error.findings[0].code == "REV-001"
        status = 503 if isinstance(error, LedgerError) else 404 if gone else 400
        return pages.wrong(request, status, *error.findings)

    @app.exception_handler(HTTPException)
    async def no_page(request: Request, error: HTTPException) -> Response:
        return pages.wrong(request, error.status_code, Finding("REV-038"))

    @app.middleware("http")
    async def own_fault(request: Request, call_next: Any) -> Response:
        try:
            response: Response = await call_next(request)
        except Exception as error:
            # The message may quote values that must not be shown: where it happened says enough.
            way = " > ".join(
                f"{Path(f.filename).name}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)[-4:]
            )
            print(f"REV-039 {type(error).__name__} at {way}", file=sys.stderr)
            return pages.wrong(request, 500, Finding("REV-039"))
        return response


def _let_in(app: FastAPI, desk: Desk, pages: Pages) -> None:
    @app.get("/static/{name}")
    def static(name: str) -> Response:
        if name not in _FILES:
            raise HTTPException(404)
        return FileResponse(_STATIC / name, media_type=_FILES[name], headers={"cache-control": "max-age=3600"})

    @app.get("/healthz")
    def health() -> Response:
        return Response("ok", media_type="text/plain")

    def login_page(
        request: Request, status: int = 200, finding: Finding | None = None, unsent: Unsent | None = None
    ) -> Response:
        token = secrets.token_urlsafe(24)
        response = pages.page(request, "login", status, finding=finding, before=token, unsent=unsent,
                              proxied=desk.settings.proxy_header is not None)  # fmt: skip
        response.set_cookie(BEFORE, token, max_age=3600, httponly=True, samesite="strict",
                            secure=desk.settings.secure, path="/login")  # fmt: skip
        return response

    @app.exception_handler(TurnedError)
    async def turned(request: Request, error: TurnedError) -> Response:
        unsent = getattr(request.state, "unsent", None)
        return RedirectResponse(error.to, 303) if unsent is None else login_page(request, 401, unsent=unsent)

    @app.get("/login")
    def login(request: Request) -> Response:
        return login_page(request)

    @app.post("/login")
    def log_in(request: Request, form: Form = _BODY) -> Response:
        desk.same_origin(request)
        before = request.cookies.get(BEFORE, "")
        if not before or not secrets.compare_digest(before.encode(), first(form, "before").encode()):
            raise DeniedError(403, Finding("REV-034"))
        if desk.settings.proxy_header is not None:
            raise DeniedError(403, Finding("REV-034", detail="people are let in by the proxy here"))
        address, unsent = request.client.host if request.client else "", Unsent.carried(form)
        try:
            token = desk.accounts.log_in(first(form, "name"), first(form, "password"), address, desk.now())
        except ArgumentError as error:
            limited = error.findings[0].code == "REV-031"
            return login_page(request, 429 if limited else 401, error.findings[0], unsent)
        if old := request.cookies.get(COOKIE):
            desk.accounts.log_out(old)
        if unsent is not None:
            request.state.token, request.state.session = token, desk.accounts.session(token, desk.now())
            return pages.page(request, "unsent", unsent=unsent)
        response = RedirectResponse("/", 303)
        pages.remember(response, token)
        return response

    @app.post("/logout")
    def log_out(request: Request, form: Form = _BODY) -> Response:
        desk.sent(request, form, Role.VIEWER)
        desk.accounts.log_out(request.cookies.get(COOKIE, ""))
        response = RedirectResponse("/login", 303)
        response.delete_cookie(COOKIE, path="/")
        return response
