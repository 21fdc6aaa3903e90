"""The Open Data Contract Standard's own JSON Schema, as it ships in its package.

`open_data_contract_standard/schema.json` is read as a file, so that the package's
pydantic model (which silently drops unknown nested keys) is never imported. Three things are
put right before it is used:

- Version 3.2.0 guards its branches with ``if: {properties: {logicalType: {const: map}}}``.
  A property without `logicalType` satisfies every one of them and would need a `map`, which
  no earlier version asked and no document has. Each such guard now requires its key.
- `unevaluatedProperties` is answered by `allowed_keys`, which looks at one object at a time.
  jsonschema answers it by validating everything below once more at each level: a contract
  of fifteen properties nested eight deep took 90 seconds.
- For documents that declare 3.0, what that version left open is left open: unknown keys of
  servers, quality, team and SLA entries, `rule` in the place of `metric`, and the Boolean
  `exclusiveMaximum`. Reading then tells which of it is not acted on.
"""

from __future__ import annotations

import functools
import importlib.util
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema.protocols import Validator
    from jsonschema_rs import Draft201909Validator as Judge

CURRENT = "v3.2.0"
READ_VERSIONS = ("v3.2.0", "v3.1.0", "v3.0.2", "v3.0.1", "v3.0.0", "v2.2.2", "v2.2.1", "v2.2.0")

_OPEN_IN_3_0 = ("Server", "DataQuality", "TeamMember", "ServiceLevelAgreementProperty")


@functools.cache
def schema(*, open_as_3_0: bool = False) -> dict[str, Any]:
    """Return the packaged schema, put right as the module says."""
    spec = importlib.util.find_spec("open_data_contract_standard")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("the package open-data-contract-standard is not installed")
    text = (Path(spec.submodule_search_locations[0]) / "schema.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    _require_guards(document)
    if open_as_3_0:
        _open(document["$defs"])
    return document


@functools.cache
def validator(*, open_as_3_0: bool = False) -> Validator:
    """Return the compiled validator of `schema`."""
    from jsonschema import Draft201909Validator, ValidationError
    from jsonschema.validators import extend

    root = schema(open_as_3_0=open_as_3_0)

    def closed(_: Any, allowed: Any, instance: Any, node: Mapping[str, Any]) -> Iterator[ValidationError]:
        if allowed is False and isinstance(instance, Mapping):
            unknown = sorted(set(map(str, instance)) - allowed_keys(root, node, instance))
            if unknown:
                yield ValidationError(f"not known here: {', '.join(unknown)}")

    kind = extend(Draft201909Validator, {"unevaluatedProperties": closed})  # type: ignore[no-untyped-call]
    made: Validator = kind(root)
    return made


def is_valid(document: Any, *, open_as_3_0: bool = False) -> bool:
    """Return whether the standard allows `document` as it is.

    It says the same as `validator` and takes a twentieth of its time, but knows nothing of why.
    """
    try:
        return _judge(open_as_3_0).is_valid(document)
    except ValueError:  # deeper than it goes, or a value that JSON does not have
        return False


@functools.cache
def _judge(open_as_3_0: bool) -> Judge:
    from jsonschema_rs import Draft201909Validator as Judge

    return Judge(schema(open_as_3_0=open_as_3_0))


def _require_guards(node: Any) -> None:
    if isinstance(node, dict):
        if isinstance(guard := node.get("if"), dict):
            for condition in [guard, *guard.get("anyOf", [])]:
                if keys := list(condition.get("properties", {})):
                    condition.setdefault("required", keys)
        for member in node.values():
            _require_guards(member)
    elif isinstance(node, list):
        for member in node:
            _require_guards(member)


def _open(definitions: dict[str, Any]) -> None:
    for name in _OPEN_IN_3_0:
        definitions[name].pop("unevaluatedProperties", None)
        definitions[name].pop("additionalProperties", None)
    library = definitions["DataQualityLibrary"]
    definitions["DataQualityLibrary"] = {
        "if": {"required": ["rule"], "not": {"required": ["metric"]}},
        "else": library,
    }
    for branch in definitions["SchemaBaseProperty"]["allOf"]:
        options = branch.get("then", {}).get("properties", {}).get("logicalTypeOptions", {}).get("properties", {})
        for bound in ("exclusiveMaximum", "exclusiveMinimum"):
            if bound in options:
                options[bound] = {"anyOf": [options[bound], {"type": "boolean"}]}


def resolve(root: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the `$ref` of `node` points to; the keys beside it are the caller's to read."""
    target: Any = root
    for step in str(node["$ref"]).removeprefix("#/").split("/"):
        target = target[step]
    return target  # type: ignore[no-any-return]


def allowed_keys(root: Mapping[str, Any], node: Mapping[str, Any], instance: Mapping[str, Any]) -> frozenset[str]:
    """Return the keys that `node` names for `instance`, through references and the branches it takes."""
    return frozenset(_allowed(root, node, instance))


def _allowed(root: Mapping[str, Any], node: Mapping[str, Any], instance: Mapping[str, Any]) -> Iterator[str]:
    yield from node.get("properties", {})
    if "$ref" in node:
        yield from _allowed(root, resolve(root, node), instance)
    for group in ("allOf", "oneOf", "anyOf"):
        for member in node.get(group, ()):
            yield from _allowed(root, member, instance)
    if "if" in node:
        branch = "then" if _holds(node["if"], instance) else "else"
        if branch in node:
            yield from _allowed(root, node[branch], instance)


def _holds(guard: Mapping[str, Any], instance: Mapping[str, Any]) -> bool:
    """Judge a guard of the schema: constants and the presence of keys are all that its guards use."""
    if any(key not in instance for key in guard.get("required", ())):
        return False
    for key, wanted in guard.get("properties", {}).items():
        if key in instance:
            if "const" in wanted and instance[key] != wanted["const"]:
                return False
            if wanted.get("type") == "string" and not isinstance(instance[key], str):
                return False
    if "not" in guard and _holds(guard["not"], instance):
        return False
    return not guard.get("anyOf") or any(_holds(member, instance) for member in guard["anyOf"])
