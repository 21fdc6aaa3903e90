"""The queue, its items, and decisions about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response

from weighbridge.findings import ArgumentError, Finding
from weighbridge.review import decisions
from weighbridge.review.accounts import Role
from weighbridge.review.choice import Choice
from weighbridge.review.decisions import Decided, Pick
from weighbridge.review.export import gathered, zipped
from weighbridge.review.queue import Filter, Item, Queue
from weighbridge.review.states import Kind, State
from weighbridge.review.web.desk import DeniedError, Desk, first, form_of, number
from weighbridge.review.web.item_page import ItemPage
from weighbridge.review.web.pages import Pages
from weighbridge.review.web.unsent import Form

_BODY = Depends(form_of)
_PAGE = 50
_MOST_PICKS = 1_000
_MOST_PREVIEWED = 100
_WORDS = {"contract": "contract", "object_name": "object", "run": "run", "code": "code", "check": "check",
          "property": "property", "text": "text", "assignee": "assignee"}  # fmt: skip


def filter_of(query: Mapping[str, str]) -> Filter:
    """Return the filter that an address asks for.

    Raises:
        ArgumentError: REV-001, cause or state are not ones.
    """
    asked = {own: query.get(name, "").strip()[:500] or None for own, name in _WORDS.items()}
    state = query.get("state", State.OPEN.value)
    if state not in ("", "all", *State):
        raise ArgumentError(Finding("REV-001", detail="there is no such state of items"))
    cause = query.get("cause", "")
    return Filter(**asked, state=None if state in ("", "all") else state, cause=number(cause) if cause else None)


def address_of(wanted: Filter, **more: object) -> str:
    """Return the query of an address that asks for a filter."""
    asked = {name: getattr(wanted, own) for own, name in _WORDS.items()}
    asked |= {"cause": wanted.cause, "state": wanted.state or "all", **more}
    return urlencode({name: str(value) for name, value in asked.items() if value is not None})


def picks_in(form: Form) -> list[Pick]:
    """Return the items that a form names, each with the version that was seen.

    Raises:
        ArgumentError: REV-001, none, or not so named.
        DeniedError: REV-037, too many at once.
    """
    given = form.get("pick", [])
    if len(given) > _MOST_PICKS:
        raise DeniedError(413, Finding("REV-037", detail=f"at most {_MOST_PICKS:,} items are decided on at once"))
    if not given:
        raise ArgumentError(Finding("REV-001", detail="no item was chosen"))
    found = [text.partition(":") for text in given]
    return list({number(item): number(version) for item, _, version in found}.items())


def choice_in(form: Form) -> Choice:
    """Return the decision that a form names.

    Raises:
        ArgumentError: REV-004, it names none.
    """
    try:
        kind = Kind(first(form, "kind"))
    except ValueError as error:
        raise ArgumentError(Finding("REV-004", detail="say what is decided")) from error
    reading = first(form, "reading") or None
    prop = first(form, "property") or None
    values: dict[str, str | None] = {}
    for name in form:
        if name.startswith("value."):
            own = name.removeprefix("value.")
            if first(form, f"change.{own}"):
                values[own] = None if first(form, f"empty.{own}") else first(form, name)
    named = first(form, "correct_property")
    if named:
        values[named] = None if first(form, "correct_empty") else first(form, "correct_value")
    if kind is Kind.ACCEPT_READING:
        return Choice(kind, prop, None if reading is None else number(reading))
    return Choice(kind, values=values if kind is Kind.CORRECT else {})


def add_queue(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Add the pages."""
    item_page = ItemPage(desk, pages)
    _add_looking(app, desk, pages, item_page)
    _add_deciding(app, desk, pages, item_page)
    _add_second_person(app, desk, pages)


def _items_of(queue: Queue, picks: list[Pick]) -> list[Item]:
    return [queue.item(item) for item, _ in picks]


def _result(pages: Pages, request: Request, done: Decided, action: str, following: Item | None = None) -> Response:
    stale = [o for o in done.outcomes if o.result == "stale"]
    refused = [o for o in done.outcomes if o.result == "refused"]
    good = [o for o in done.outcomes if o.result == "done"]
    status = 409 if stale else 422 if refused and not good else 200
    return pages.page(
        request, "result", status, done=good, stale=stale, refused=refused, action=action, batch=done.batch,
        following=following,
    )  # fmt: skip


def _add_looking(app: FastAPI, desk: Desk, pages: Pages, item_page: ItemPage) -> None:
    queue = Queue(desk.ledger)

    @app.get("/")
    def causes(request: Request) -> Response:
        desk.who(request)
        wanted = filter_of(request.query_params)
        found = queue.causes(wanted)
        return pages.page(request, "queue", causes=found, wanted=wanted, states=queue.states(wanted),
                          all_states=list(State), address=address_of)  # fmt: skip

    @app.get("/items")
    def items(request: Request) -> Response:
        session = desk.who(request)
        wanted = filter_of(request.query_params)
        after = number(request.query_params.get("after", "0") or "0")
        page = queue.items(wanted, after=after, limit=_PAGE)
        cause = queue.cause(wanted.cause) if wanted.cause is not None else None
        more = address_of(wanted, after=page.after) if page.after is not None else None
        return pages.page(request, "items", page=page, wanted=wanted, cause=cause, more=more, after=after,
                          count=queue.count(wanted), most=_MOST_PICKS, all_states=list(State), kinds=list(Kind),
                          address=address_of, may_decide=session.account.role.includes(Role.REVIEWER))  # fmt: skip

    @app.get("/items/{item_id}")
    def one(request: Request, item_id: str) -> Response:
        session = desk.who(request)
        return item_page.of(request, session, queue.item(number(item_id)))


def _add_deciding(app: FastAPI, desk: Desk, pages: Pages, item_page: ItemPage) -> None:
    queue, into, keys = Queue(desk.ledger), desk.settings.into, desk.settings.keys

    @app.post("/preview")
    def preview(request: Request, form: Form = _BODY) -> Response:
        desk.sent(request, form, Role.REVIEWER)
        choice, why = choice_in(form), first(form, "why")
        if first(form, "scope") == "all":
            wanted = filter_of({name: first(form, f"f.{name}") for name in (*_WORDS.values(), "cause", "state")})
            every = queue.items(replace(wanted, state=State.OPEN.value), limit=_MOST_PICKS).items
        else:
            every = tuple(_items_of(queue, picks_in(form)))
        seen = list(decisions.preview(desk.ledger, into, every, choice, at=desk.now(), keys=keys))
        kept = {name: values for name, values in form.items() if name in
                ("kind", "reading", "property", "correct_property", "correct_value", "correct_empty")
                or name.startswith(("value.", "change.", "empty."))}  # fmt: skip
        return pages.page(request, "preview", seen=seen[:_MOST_PREVIEWED], total=len(seen), choice=choice, why=why,
                          good=sum(not p.findings for p in seen), fields=kept,
                          picks=[f"{i.id}:{i.row_version}" for i in every])  # fmt: skip

    @app.post("/decide")
    def decide(request: Request, form: Form = _BODY) -> Response:
        session, picks = desk.sent(request, form, Role.REVIEWER), picks_in(form)
        done = decisions.decide(desk.ledger, into, picks, choice_in(form), by=session.account.name,
                                why=first(form, "why"), at=desk.now(), keys=keys)  # fmt: skip
        if len(picks) > 1:
            return _result(pages, request, done, "decided")
        item, outcome = queue.item(picks[0][0]), done.outcomes[0]
        if outcome.result == "refused":
            return item_page.of(request, session, item, refused=outcome.findings, said=form)
        return _result(pages, request, done, "decided", queue.neighbour(item, Filter(cause=item.cause_id)))

    @app.post("/withdraw")
    def withdraw(request: Request, form: Form = _BODY) -> Response:
        by = desk.sent(request, form, Role.REVIEWER).account.name
        done = decisions.withdraw(desk.ledger, picks_in(form), by=by, why=first(form, "why"), at=desk.now())
        return _result(pages, request, done, "withdrawn")


def _add_second_person(app: FastAPI, desk: Desk, pages: Pages) -> None:
    queue, into, keys = Queue(desk.ledger), desk.settings.into, desk.settings.keys

    @app.post("/approve")
    def approve(request: Request, form: Form = _BODY) -> Response:
        by = desk.sent(request, form, Role.APPROVER).account.name
        act = decisions.refuse if first(form, "answer") == "refuse" else decisions.approve
        done = act(desk.ledger, picks_in(form), by=by, why=first(form, "why"), at=desk.now())
        return _result(pages, request, done, "refused" if act is decisions.refuse else "approved")

    @app.post("/assign")
    def assign(request: Request, form: Form = _BODY) -> Response:
        by = desk.sent(request, form, Role.REVIEWER).account.name
        to = by if first(form, "take") else None
        return _result(
            pages, request, decisions.assign(desk.ledger, picks_in(form), to, by=by, at=desk.now()), "assigned"
        )

    @app.get("/approvals")
    def approvals(request: Request) -> Response:
        session = desk.who(request)
        after = number(request.query_params.get("after", "0") or "0")
        page = queue.items(Filter(state=State.AWAITING.value), after=after, limit=_PAGE)
        taken = [(item, decisions.decisions_of(desk.ledger, item.id)) for item in page.items]
        return pages.page(request, "approvals", taken=taken, after=page.after,
                          may_approve=session.account.role.includes(Role.APPROVER))  # fmt: skip

    @app.post("/export")
    def export(request: Request, form: Form = _BODY) -> Response:
        session = desk.sent(request, form, Role.REVIEWER)
        files, _ = gathered(
            desk.ledger, into, _items_of(queue, picks_in(form)), may_see_raw=desk.may_see(session), keys=keys,
            by=session.account.name, at=desk.now(),
        )  # fmt: skip
        named = {"content-disposition": 'attachment; filename="weighbridge-send-back.zip"'}
        return Response(zipped(files), media_type="application/zip", headers=named)
