"""Accounts, and contract changes that decisions propose."""

from __future__ import annotations

from fastapi import Depends, FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from weighbridge.findings import Finding
from weighbridge.ledger.engine import READS, ledger_errors
from weighbridge.ledger.schema import REVIEW_PROPOSALS
from weighbridge.review.accounts import Role
from weighbridge.review.web.app import Pages
from weighbridge.review.web.desk import DeniedError, Desk, Form, first, form_of

_BODY = Depends(form_of)
_MOST_PROPOSALS = 200


def add_admin(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Add the pages."""

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

    @app.get("/proposals")
    def proposals(request: Request) -> Response:
        desk.who(request)
        query = select(REVIEW_PROPOSALS).order_by(REVIEW_PROPOSALS.c.id.desc()).limit(_MOST_PROPOSALS)
        with ledger_errors(), desk.ledger.engine.connect().execution_options(**READS) as connection:
            found = [dict(row) for row in connection.execute(query).mappings()]
        return pages.page(request, "proposals", proposals=found)
