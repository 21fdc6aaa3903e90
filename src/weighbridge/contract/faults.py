"""Faults of the standard's JSON Schema, told in words, at their lines.

A schema's own words ("is not valid under any of the given schemas") say nothing to the
writer of a contract. Of alternatives the one that the document comes nearest to is told; a
key that is "unevaluated" only because something beside it is wrong is not told at all.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from weighbridge.contract.document import Document, Path
from weighbridge.contract.standard import allowed_keys, is_valid, resolve, schema, validator
from weighbridge.contract.vocabulary import COMPARISONS
from weighbridge.findings import Finding

_TYPE_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping of keys",
    "null": "nothing",
}


def standard_faults(document: Document, *, open_as_3_0: bool = False) -> tuple[Finding, ...]:
    """Return everything in `document` that the standard does not allow, in the order of its lines."""
    if is_valid(document.value, open_as_3_0=open_as_3_0):
        return ()
    told: dict[tuple[Path, str, str], Finding] = {}
    for error in validator(open_as_3_0=open_as_3_0).iter_errors(document.value):
        for finding, path in _told(error, document, schema(open_as_3_0=open_as_3_0)):
            told.setdefault((path, finding.code, finding.detail), finding)
    return tuple(sorted(told.values(), key=lambda f: (f.place.line or 0, f.place.column or 0)))


def _told(error: Any, document: Document, root: Mapping[str, Any], prefix: Path = ()) -> Iterator[tuple[Finding, Path]]:
    path: Path = (*prefix, *error.relative_path)
    match error.validator:
        case "unevaluatedProperties" | "additionalProperties":
            yield from _unknown_keys(error, path, document, root)
        case "required":
            missing = [key for key in error.validator_value if key not in error.instance]
            for key in missing:
                if repr(key) in error.message:
                    yield _missing(key, path, document), path
        case "oneOf" | "anyOf":
            yield from _alternatives(error, path, document, root, prefix)
        case _:
            yield _plain(error, path, document), path


def _unknown_keys(
    error: Any, path: Path, document: Document, root: Mapping[str, Any]
) -> Iterator[tuple[Finding, Path]]:
    if not isinstance(error.instance, Mapping):
        return
    known = allowed_keys(root, error.schema, error.instance)
    for key in error.instance:
        if key in known:
            continue
        where = (*path, key)
        near = difflib.get_close_matches(key, sorted(known), n=1)
        fix = f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(sorted(known))}"
        if key in COMPARISONS and error.instance.get("type") in (None, "library"):
            fix = "add the `metric:` it compares, or `type: sql` with a `query:`"
        yield Finding("CON-009", document.place(where), _of_what(key, error.instance, path), fix=fix), where


def _of_what(key: str, owner: Mapping[str, Any], path: Path) -> str:
    kind = owner.get("type")
    if len(path) >= 2 and path[-2] == "servers" and isinstance(kind, str):
        return f"`{key}` on a server of type {kind}"
    if len(path) >= 2 and path[-2] == "quality":
        kind = kind if isinstance(kind, str) else ("library" if "metric" in owner else "library (the default)")
        if key in COMPARISONS:
            return f"`{key}` beside quality of type {kind}, which takes no comparison"
        return f"`{key}` in quality of type {kind}"
    if path and path[-1] == "logicalTypeOptions":
        return f"`{key}` is no option of this logicalType"
    return f"`{key}`"


def _missing(key: str, path: Path, document: Document) -> Finding:
    owner = document.at(path)
    detail = f"`{key}`"
    if len(path) >= 2 and path[-2] == "servers" and isinstance(owner, Mapping):
        detail += f" of a server of type {owner.get('type')}"
    near = difflib.get_close_matches(key, list(owner) if isinstance(owner, Mapping) else [], n=1)
    fix = f"add `{key}:`" + (f", or correct `{near[0]}`" if near else "")
    return Finding("CON-010", document.place(path), detail, fix=fix)


def _alternatives(
    error: Any, path: Path, document: Document, root: Mapping[str, Any], prefix: Path
) -> Iterator[tuple[Finding, Path]]:
    if {"mustBe"} in [set(member.get("required", ())) for member in error.validator_value]:
        yield from _comparison(error, path, document, root, prefix)
        return
    branches: dict[int, list[Any]] = {}
    for cause in error.context or ():
        branches.setdefault(int(cause.relative_schema_path[0]), []).append(cause)
    if not branches:
        if {"from", "to"} <= set(error.instance if isinstance(error.instance, Mapping) else ()):
            yield _relationship_fault(path, document), path
        else:
            yield Finding("CON-002", document.place(path), "it fits two of the permitted forms at once"), path
        return
    if isinstance(error.instance, Mapping) and {"from", "to"} <= set(error.instance):
        yield _relationship_fault(path, document), path
        return
    nearest = min(branches.values(), key=_distance)
    if all(cause.validator in ("type", "pattern") and not cause.relative_path for cause in nearest):
        yield _plain(error, path, document), path
        return
    for cause in nearest:
        yield from _told(cause, document, root, path)


def _relationship_fault(path: Path, document: Document) -> Finding:
    return Finding(
        "CON-002",
        document.place(path),
        "`from` and `to` of a relationship are both one name, or both a list of names",
        fix="write both as `object.property`, or both as a list of them",
    )


def _distance(causes: Iterable[Any]) -> tuple[int, int]:
    causes = list(causes)
    wrong_kind = sum(cause.validator == "type" and not cause.relative_path for cause in causes)
    return (wrong_kind, len(causes))


def _comparison(
    error: Any, path: Path, document: Document, root: Mapping[str, Any], prefix: Path
) -> Iterator[tuple[Finding, Path]]:
    if not isinstance(error.instance, Mapping):
        return
    present = [key for key in COMPARISONS if key in error.instance]
    if len(present) == 1:
        for cause in error.context or ():
            if present[0] in cause.relative_path:
                yield from _told(cause, document, root, path)
        return
    if present:
        detail = f"{' and '.join(f'`{key}`' for key in present)} stand together; a check compares once"
        yield Finding("CON-002", document.place((*path, present[1])), detail, fix="make two checks of it"), path
        return
    misspelt = [key for key in error.instance if key.lower().startswith("must")]
    near = difflib.get_close_matches(misspelt[0], COMPARISONS, n=1) if misspelt else []
    fix = f"did you mean `{near[0]}`?" if near else f"add one of {', '.join(COMPARISONS)}"
    yield Finding("CON-010", document.place(path), "what the metric must be", fix=fix), path


def _plain(error: Any, path: Path, document: Document) -> Finding:
    detail, fix = _words(error, path, document)
    return Finding("CON-002", document.place(path), detail, seen=_shown(error.instance, path, document), fix=fix)


def _words(error: Any, path: Path, document: Document) -> tuple[str, str]:  # noqa: PLR0912
    key, wanted, value = _name(path), error.validator_value, error.instance
    match error.validator:
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else list(wanted)
            detail = f"{key} must be {' or '.join(_TYPE_WORDS.get(k, k) for k in kinds)}, this is {kind_of(value)}"
            if "string" in kinds and path in document.spelled:
                return detail, f'write "{document.spelled[path]}" in quotes'
            if value is None:
                return detail, "give it a value, or remove the key"
            return detail, ""
        case "enum":
            near = difflib.get_close_matches(str(value), [str(w) for w in wanted], n=1)
            known = ", ".join(str(word) for word in wanted)
            hint = f"did you mean `{near[0]}`? " if near else ""
            if path == ("apiVersion",):
                return f"apiVersion {value!r} is not a version of the standard", f"{hint}known: {known}"
            return f"{key} may not be {value!r}", f"{hint}known: {known}"
        case "const":
            return f"{key} must be {wanted!r}", ""
        case "pattern":
            return f"{key} may hold letters, digits, - and _ only" if key == "`id`" else f"{key} is not in its form", ""
        case "minItems" | "maxItems":
            if "Between" in key:
                return f"{key} takes two numbers, a lower and an upper bound", "write [lower, upper]"
            least = error.validator == "minItems"
            return f"{key} needs at {'least' if least else 'most'} {wanted}", ""
        case "uniqueItems":
            return f"{key} holds the same value twice", "remove one of them"
        case "minimum":
            return f"{key} must be {wanted} or more", ""
        case "exclusiveMinimum":
            return f"{key} must be more than {wanted}", ""
        case "oneOf" | "anyOf":
            return f"{key} is {_forms(error)}, this is {kind_of(value)}", _form_fix(path)
        case "not":
            return f"{key} of a property starts at that property: `from` may not stand here", "remove `from`"
        case _:
            return f"{key}: {error.message[:200]}", ""


def _forms(error: Any) -> str:
    if any("ShorthandReference" in str(member) for member in error.validator_value):
        return "a name like `object.property`, or the path of one"
    root = schema()
    kinds = []
    for member in error.validator_value:
        target = resolve(root, member) if "$ref" in member else member
        kinds.append(_TYPE_WORDS.get(str(target.get("type")), "of another form"))
    return " or ".join(dict.fromkeys(kinds))


def _form_fix(path: Path) -> str:
    if (path and path[-1] in ("to", "from")) or (len(path) > 1 and path[-2] in ("to", "from")):
        return "write `object.property`, or `other.odcs.yaml#/schema/object/properties/property`"
    return ""


def _name(path: Path) -> str:
    if not path:
        return "the document"
    if isinstance(path[-1], int):
        return f"item {path[-1] + 1} of {_name(path[:-1])}"
    return f"`{path[-1]}`"


def kind_of(value: Any) -> str:
    """Return what kind of value this is, in words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list) else "a mapping of keys"


def _shown(value: Any, path: Path, document: Document) -> str | None:
    if path in document.spelled:
        return document.spelled[path]
    return None if isinstance(value, (dict, list)) or value is None else str(value)[:120]
