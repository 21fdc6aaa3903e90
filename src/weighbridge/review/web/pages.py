"""Pages made of templates."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from weighbridge.findings import Finding
from weighbridge.review.accounts import LONGEST, Role
from weighbridge.review.web.desk import COOKIE, Desk


class Pages:
    """Makes pages of templates."""

    def __init__(self, desk: Desk) -> None:
        """Make them for who stands at this desk."""
        self.desk = desk
        self._environment = Environment(
            loader=PackageLoader("weighbridge.review.web"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        self._environment.filters["number"] = lambda n: f"{n:,}"
        self._environment.filters["moment"] = lambda t: f"{t:%Y-%m-%d %H:%M} UTC"
        self._environment.filters["words"] = lambda s: str(s).replace("_", " ")

    def page(self, request: Request, name: str, status: int = 200, **told: Any) -> HTMLResponse:
        """Return a page."""
        session = getattr(request.state, "session", None)
        text = self._environment.get_template(f"{name}.html.j2").render(
            session=session, path=request.url.path, Role=Role, **told
        )
        response = HTMLResponse(text, status)
        if token := getattr(request.state, "token", None):
            self.remember(response, token)
        return response

    def remember(self, response: Response, token: str) -> None:
        """Give the browser the token of its session."""
        response.set_cookie(COOKIE, token, max_age=int(LONGEST.total_seconds()), httponly=True, samesite="strict",
                            secure=self.desk.settings.secure, path="/")  # fmt: skip

    def wrong(self, request: Request, status: int, *findings: Finding) -> HTMLResponse:
        """Return the page that says what is wrong and what to do; a form that may go through later is handed back."""
        later = status == 503 or any(f.code == "REV-034" for f in findings)
        unsent = getattr(request.state, "unsent", None) if later else None
        return self.page(request, "wrong", status, findings=findings, unsent=unsent)
