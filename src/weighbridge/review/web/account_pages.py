"""Accounts: an administrator's page of all of them, everybody's page of the own one."""

from __future__ import annotations

from fastapi import Depends, FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from weighbridge.findings import ArgumentError, Finding
from weighbridge.review.accounts import Role
from weighbridge.review.web.desk import DeniedError, Desk, first, form_of
from weighbridge.review.web.pages import Pages
from weighbridge.review.web.unsent import Form

_BODY = Depends(form_of)


def add_accounts(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Add the pages."""
    _add_all(app, desk, pages)
    _add_own(app, desk, pages)


def _add_all(app: FastAPI, desk: Desk, pages: Pages) -> None:
    @app.get("/accounts")
    def accounts(request: Request) -> Response:
        desk.who(request, Role.ADMIN)
        return pages.page(request, "accounts", accounts=desk.accounts.all(), roles=list(Role))

    @app.post("/accounts/add")
    def add(request: Request, form: Form = _BODY) -> Response:
        desk.sent(request, form, Role.ADMIN)
        desk.accounts.add(first(form, "name"), first(form, "role"), first(form, "password") or None, desk.now())
        return RedirectResponse("/accounts", 303)

    @app.post("/accounts/change")
    def change(request: Request, form: Form = _BODY) -> Response:
        session = desk.sent(request, form, Role.ADMIN)
        name, disabled = first(form, "name"), first(form, "disabled")
        if name == session.account.name:
            raise DeniedError(400, Finding("REV-032", detail="another administrator changes your own account"))
        desk.accounts.change(
            name,
            role=first(form, "role") or None,
            password=first(form, "password") or None,
            disabled=None if not disabled else disabled == "yes",
        )
        return RedirectResponse("/accounts", 303)


def _add_own(app: FastAPI, desk: Desk, pages: Pages) -> None:
    @app.get("/account")
    def own(request: Request) -> Response:
        desk.who(request)
        return pages.page(request, "account", finding=None, changed=False)

    @app.post("/account")
    def new_password(request: Request, form: Form = _BODY) -> Response:
        session = desk.sent(request, form, Role.VIEWER)
        name, address = session.account.name, request.client.host if request.client else ""
        try:  # the old password is asked for as at a login, and as seldom
            desk.accounts.log_out(desk.accounts.log_in(name, first(form, "old"), address, desk.now()))
            desk.accounts.change(name, password=first(form, "password"))
        except ArgumentError as error:
            limited = error.findings[0].code == "REV-031"
            return pages.page(request, "account", 429 if limited else 400, finding=error.findings[0], changed=False)
        request.state.token = desk.accounts.begin(session.account, desk.now())
        request.state.session = desk.accounts.session(request.state.token, desk.now())
        return pages.page(request, "account", finding=None, changed=True)
