"""From a document's customProperties to validated extensions, with every fault at its line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from weighbridge.contract.document import Document, Path
from weighbridge.contract.faults import kind_of
from weighbridge.findings import Finding, Severity

_PREFIX = "weighbridge."


@dataclass(slots=True)
class Reading:
    """What one pass over a document gathers beside the model: findings, and paths of extensions."""

    document: Document
    findings: list[Finding] = field(default_factory=list)

    def report(
        self, code: str, path: Path, detail: str = "", severity: Severity = Severity.ERROR, **words: str | None
    ) -> None:
        """Add a finding at `path`."""
        fix = words.get("fix") or ""
        finding = Finding(code, self.document.place(path), detail, severity, seen=words.get("seen"), fix=fix)
        self.findings.append(finding)

    def extensions(self, owner: Mapping[str, Any], path: Path, place: str) -> dict[str, tuple[Any, Path]]:
        """Return our extensions of `owner` by name: value as written and its path; faulty ones are left out.

        `place` is a key of `weighbridge.contract.extensions.PLACES`, or another word for a
        place that takes none.
        """
        found: dict[str, tuple[Any, Path]] = {}
        for name, value, where in ours(owner, path):
            if name in found:
                self.report("CON-022", where, f"`{name}`")
                continue
            if not self._valid(name, value, where, place):
                continue
            if value is None:
                self.report("CON-021", where, f"`{name}` has no value", fix="give it one, or remove it")
            else:
                found[name] = (value, where)
        return found

    def _valid(self, name: str, value: Any, path: Path, place: str) -> bool:
        from weighbridge.contract.extensions import PLACES

        model = PLACES.get(place)
        known = [] if model is None else [str(f.alias) for f in model.model_fields.values()]
        if model is None or name not in known:
            elsewhere = [
                other
                for other, members in PLACES.items()
                if name in [f.alias for f in members.model_fields.values()] and other != place
            ]
            near = difflib.get_close_matches(name, known, n=1)
            if near:
                fix = f"did you mean `{near[0]}`?"
            elif elsewhere:
                fix = f"it belongs on {'an' if elsewhere[0] == 'object' else 'a'} {elsewhere[0]}"
            else:
                fix = f"known here: {', '.join(sorted(known))}" if known else "Weighbridge reads none here: remove it"
            self.report("CON-020", path, f"`{name}` on a {place}", fix=fix)
            return False
        return self.validated(model, {name: value}, path, lead=1) is not None

    def validated(self, model: type, value: Any, path: Path, *, lead: int = 0, code: str = "CON-021") -> Any:
        """Return `value` as `model`, or None after reporting every fault under `path`.

        `lead` is how many outer steps of pydantic's own location are not part of the document.
        """
        from pydantic import ValidationError

        try:
            return model.model_validate(value)  # type: ignore[attr-defined]
        except ValidationError as faults:
            told: set[tuple[Path, str]] = set()
            for fault in faults.errors(include_url=False):
                steps = _existing(value, fault["loc"])
                where = (*path, *steps[lead:])
                detail, fix = _words(fault, steps, model)
                if (where, detail) not in told:
                    told.add((where, detail))
                    seen = fault["input"]
                    shown = str(seen)[:120] if isinstance(seen, (str, int, float)) else None
                    self.report(code, where, detail, seen=shown, fix=fix)
            return None


def ours(owner: Mapping[str, Any], path: Path) -> Iterator[tuple[str, Any, Path]]:
    """Give name, value and the value's path of each custom property of ours on `owner`."""
    entries = owner.get("customProperties")
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if (name := our_name(entry)) is not None:
            yield name, entry.get("value"), (*path, "customProperties", index, "value")


def our_name(entry: Any) -> str | None:
    """Return the name of a custom property when it is ours, by `vendor` or by prefix; else None."""
    if not isinstance(entry, Mapping) or not isinstance(entry.get("property"), str):
        return None
    name: str = entry["property"]
    if name.startswith(_PREFIX):
        return name.removeprefix(_PREFIX)
    vendor = entry.get("vendor")
    return name if isinstance(vendor, str) and vendor.strip().lower() == "weighbridge" else None


_READ_ON = frozenset(
    ("servers", "schema", "properties", "items", "key", "value", "quality", "relationships", "slaProperties")
)


def stray_extensions(reading: Reading) -> None:
    """Report our custom properties that stand where Weighbridge reads none."""
    stack: list[tuple[Any, Path]] = [(reading.document.value, ())]
    while stack:
        value, path = stack.pop()
        if isinstance(value, Mapping):
            place = next((step for step in reversed(path) if isinstance(step, str)), "")
            if place not in _READ_ON:
                reading.extensions(value, path, _PLACE_WORDS.get(place, place or "contract"))
            stack += [(member, (*path, key)) for key, member in value.items() if key != "customProperties"]
        elif isinstance(value, list):
            stack += [(member, (*path, index)) for index, member in enumerate(value)]


_PLACE_WORDS = {"synonyms": "synonym", "roles": "role", "members": "team member", "support": "support item"}


def _existing(value: Any, location: tuple[Any, ...]) -> Path:
    """Return the steps of `location` that exist in `value`; pydantic's own (union members) are left out."""
    steps: list[str | int] = []
    for position, step in enumerate(location):
        if isinstance(value, Mapping) and step in value:
            steps.append(str(step))
            value = value[step]
        elif isinstance(value, (list, tuple)) and isinstance(step, int) and step < len(value):
            steps.append(step)
            value = value[step]
        elif position == len(location) - 1 and isinstance(value, Mapping) and isinstance(step, str):
            steps.append(step)
    return tuple(steps)


def _words(fault: Any, steps: Path, model: type) -> tuple[str, str]:
    name = f"`{steps[-1]}`" if steps else "the value"
    if steps and isinstance(steps[-1], int):
        name = f"item {steps[-1] + 1} of `{next((s for s in reversed(steps) if isinstance(s, str)), 'the list')}`"
    context = fault.get("ctx", {})
    match fault["type"]:
        case "extra_forbidden":
            known = sorted(_fields(model, steps[:-1]))
            near = difflib.get_close_matches(str(steps[-1]), known, n=1)
            fix = f"did you mean `{near[0]}`? known here: " if near else "known here: "
            return f"{name} is not known here", fix + ", ".join(known)
        case "missing":
            return f"{name} is missing", f"add {name}"
        case "literal_error":
            near = difflib.get_close_matches(
                str(fault["input"]), str(context["expected"]).replace("'", "").split(), n=1
            )
            hint = f"did you mean {near[0].rstrip(',')}? " if near else ""
            return f"{name} may not be {fault['input']!r}", f"{hint}known: {context['expected']}"
        case "greater_than_equal" | "less_than_equal":
            bound = context.get("ge", context.get("le"))
            return f"{name} must be {bound:g} or {'more' if 'ge' in context else 'less'}", _rate_fix(fault, steps)
        case "string_too_short" | "string_too_long":
            return f"{name} is too {'short' if fault['type'].endswith('short') else 'long'}", ""
        case kind if kind.endswith(("_type", "_parsing")):
            wanted = {
                "int": "a whole number",
                "float": "a number",
                "bool": "true or false",
                "string": "text",
                "list": "a list",
                "dict": "a mapping of keys",
                "model": "a mapping of keys",
                "mapping": "a mapping of keys",
            }.get(kind.rsplit("_", 1)[0], kind)
            fix = (
                "put it in quotes"
                if wanted == "text" and isinstance(fault["input"], (bool, int, float, type(None)))
                else ""
            )
            return f"{name} must be {wanted}, this is {kind_of(fault['input'])}", fix
        case _:
            return f"{name}: {fault['msg']}", ""


def _rate_fix(fault: Any, steps: Path) -> str:
    if steps and steps[-1] == "rate" and isinstance(fault["input"], (int, float)) and 1 < fault["input"] <= 100:
        return f"a rate is a part of 1: write {fault['input'] / 100:g} for {fault['input']:g} percent"
    return ""


def _fields(model: type, steps: Path) -> set[str]:
    """Return the aliases of the fields of the model found at `steps` inside `model`."""
    from pydantic import BaseModel

    here: Any = model
    for step in steps:
        if isinstance(step, int) or not (isinstance(here, type) and issubclass(here, BaseModel)):
            here = _inner(here)
            continue
        match = [f.annotation for f in here.model_fields.values() if f.alias == step]
        here = _inner(match[0]) if match else None
    if isinstance(here, type) and issubclass(here, BaseModel):
        return {str(f.alias) for f in here.model_fields.values()}
    return set()


def _inner(annotation: Any) -> Any:
    """Return the model inside an optional, a list or a mapping; mappings keep their own step."""
    from typing import get_args, get_origin

    from pydantic import BaseModel

    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for member in get_args(annotation):
        if member is type(None):
            continue
        if get_origin(member) is dict or member is dict:
            return member
        if (found := _inner(member)) is not None:
            return found
    return None
