"""The page of one record of the queue."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request
from fastapi.responses import Response

from weighbridge.findings import Finding
from weighbridge.review import decisions
from weighbridge.review.accounts import Role, Session
from weighbridge.review.item import Expected, detail
from weighbridge.review.queue import Filter, Item, Queue
from weighbridge.review.states import REVERSIBLE
from weighbridge.review.trail import CLASSIFIED, Sight, note_sight, trail
from weighbridge.review.web.desk import Desk
from weighbridge.review.web.dump import dump
from weighbridge.review.web.pages import Pages
from weighbridge.review.web.unsent import Form


class ItemPage:
    """Makes it."""

    def __init__(self, desk: Desk, pages: Pages) -> None:
        """Make it for who stands at this desk."""
        self._desk, self._pages = desk, pages
        self._queue, self._expected = Queue(desk.ledger), Expected()

    def of(
        self,
        request: Request,
        session: Session,
        item: Item,
        *,
        refused: Sequence[Finding] = (),
        said: Form | None = None,
    ) -> Response:
        """Return it.

        Args:
            request: what was asked.
            session: who asks.
            item: the record.
            refused: why what was decided about it was not done.
            said: the form that was sent then: it need not be typed again.
        """
        desk, role, wanted = self._desk, session.account.role, Filter(cause=item.cause_id)
        told = detail(
            desk.ledger, desk.settings.into, item, may_see_raw=desk.may_see(session), at=desk.now(),
            keys=desk.settings.keys, expected=self._expected,
        )  # fmt: skip
        if told.classified:
            note_sight(desk.ledger, [item], Sight.SEEN, by=session.account.name, at=desk.now(), what=CLASSIFIED)
        return self._pages.page(
            request, "item", 422 if refused else 200, item=item, told=told, refused=refused, said=said or {},
            trail=trail(desk.ledger, item), taken=decisions.decisions_of(desk.ledger, item.id),
            lines=dump(told.raw.content or b"", told.raw.marks),
            before=self._queue.neighbour(item, wanted, forward=False), following=self._queue.neighbour(item, wanted),
            may_decide=role.includes(Role.REVIEWER), may_approve=role.includes(Role.APPROVER),
            reversible=item.state in REVERSIBLE,
        )  # fmt: skip
