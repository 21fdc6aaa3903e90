"""Decisions as rules: changes of contracts that people propose, for the contracts' owners to merge."""

from __future__ import annotations

from fastapi import Depends, FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from weighbridge.findings import ArgumentError, Finding
from weighbridge.review.accounts import Role
from weighbridge.review.proposals import keep, proposals, propose
from weighbridge.review.web.desk import Desk, first, form_of, number
from weighbridge.review.web.pages import Pages
from weighbridge.review.web.unsent import Form

_BODY = Depends(form_of)


def add_proposals(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Add the pages."""

    @app.get("/proposals")
    def kept(request: Request) -> Response:
        desk.who(request)
        return pages.page(request, "proposals", proposals=proposals(desk.ledger))

    @app.get("/proposals/{proposal}/diff")
    def diff(request: Request, proposal: str) -> Response:
        desk.who(request)
        found = next((p for p in proposals(desk.ledger) if p["id"] == number(proposal)), None)
        if found is None:
            raise ArgumentError(Finding("REV-001", detail=f"no proposal {proposal}"))
        named = {"content-disposition": f'attachment; filename="weighbridge-proposal-{found["id"]}.diff"'}
        return Response(found["diff"], media_type="text/x-diff; charset=utf-8", headers=named)

    @app.post("/proposals/look")
    def look(request: Request, form: Form = _BODY) -> Response:
        desk.sent(request, form, Role.REVIEWER)
        batch = first(form, "batch")
        return pages.page(request, "proposal", proposal=propose(desk.ledger, desk.settings.into, batch), batch=batch)

    @app.post("/proposals/keep")
    def enter(request: Request, form: Form = _BODY) -> Response:
        by = desk.sent(request, form, Role.REVIEWER).account.name
        batch = first(form, "batch")
        proposal = propose(desk.ledger, desk.settings.into, batch)
        if not proposal.diff:
            raise ArgumentError(Finding("REV-040", detail=proposal.title))
        if not any(p["batch"] == batch for p in proposals(desk.ledger, proposal.contract_id)):
            keep(desk.ledger, proposal, batch=batch, by=by, at=desk.now())
        return RedirectResponse("/proposals", 303)
