"""A form that could not be taken when it was sent: what was typed is handed back, to be sent again by a person."""

from __future__ import annotations

from dataclasses import dataclass

from weighbridge.findings import ArgumentError, Finding
from weighbridge.review.states import Kind

Form = dict[str, list[str]]
"""The fields of a form, as `desk.form_of` reads them."""

_TO = frozenset(
    ("/decide", "/preview", "/withdraw", "/approve", "/assign", "/export", "/proposals/look", "/proposals/keep")
)
"""Where such forms go. None of them holds a password."""
_CARRIED = "unsent"


@dataclass(frozen=True, slots=True)
class Unsent:
    """What somebody filled in, and where it was to go.

    Attributes:
        to: the address.
        fields: without the token of the session that it was filled in under.
        csrf: that token; it may still be good where the ledger was away for a while.
    """

    to: str
    fields: Form
    csrf: str = ""

    @classmethod
    def of(cls, to: str, form: Form) -> Unsent | None:
        """Return what was sent to an address; None where that is not kept: a form with a password."""
        if to not in _TO:
            return None
        return cls(to, {n: v for n, v in form.items() if n != "csrf"}, form.get("csrf", [""])[0])

    @classmethod
    def carried(cls, form: Form) -> Unsent | None:
        """Return what the form to log in carries, if anything.

        Raises:
            ArgumentError: REV-001, it is to go where no form goes.
        """
        to = form.get(_CARRIED, [""])[0]
        if not to:
            return None
        if to not in _TO:
            raise ArgumentError(Finding("REV-001", detail="there is no page that takes such a form"))
        kept = f"{_CARRIED}."
        return cls(to, {n.removeprefix(kept): v for n, v in form.items() if n.startswith(kept) and n != f"{kept}csrf"})

    @property
    def carry(self) -> list[tuple[str, str]]:
        """Return the fields by which the form to log in carries this."""
        return [(_CARRIED, self.to), *((f"{_CARRIED}.{name}", value) for name, value in self.flat)]

    @property
    def flat(self) -> list[tuple[str, str]]:
        """Return the fields one by one."""
        return [(name, value) for name, values in self.fields.items() for value in values]

    @property
    def told(self) -> list[tuple[str, str]]:
        """Return in words what will be sent: people look before they send it under a name."""
        picks, found = self.fields.get("pick", []), []
        if picks:
            found.append(("Records", f"{len(picks):,}" if len(picks) > 1 else picks[0].partition(":")[0]))
        kind = self.fields.get("kind", [""])[0]
        if kind in {k.value for k in Kind}:
            found.append(("Decision", kind.replace("_", " ")))
        for name in self.fields:
            own = name.removeprefix("change.")
            if own != name:
                empty = f"empty.{own}" in self.fields
                found.append((own, "no value" if empty else self.fields.get(f"value.{own}", [""])[0]))
        if why := self.fields.get("why", [""])[0]:
            found.append(("Why", why))
        return found

    @property
    def item(self) -> str | None:
        """Return the one record that it is about, if it is about one."""
        picks = self.fields.get("pick", [])
        number = picks[0].partition(":")[0] if len(picks) == 1 else ""
        return number if number.isascii() and number.isdigit() else None
