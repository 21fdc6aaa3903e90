"""The JSON Schema of our customProperties, for completion in editors.

It says nothing about the rest of a contract, so an editor can use it beside the standard's
own schema. The published file lies beside this module; a test holds it current.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from weighbridge.contract.extensions import PLACES, PREFIX, VENDOR, Extension
from weighbridge.contract.implementations import IMPLEMENTATIONS

SCHEMA_FILE = Path(__file__).with_name("weighbridge-extensions.schema.json")


def extensions_schema() -> dict[str, Any]:
    """Return the schema: one definition a place, reached through the keys where the place stands."""
    definitions: dict[str, Any] = {"rule": _rule()}
    for place, model in PLACES.items():
        definitions[f"{place}Properties"] = _custom_properties(place, model, definitions)
    for name, check in IMPLEMENTATIONS.items():
        definitions[f"{name}Check"] = _model(check, definitions)
    definitions["quality"] = {
        "type": "array",
        "items": {
            "properties": {"customProperties": {"$ref": "#/$defs/qualityProperties"}},
            "if": {
                "properties": {"type": {"const": "custom"}, "engine": {"const": VENDOR}},
                "required": ["type", "engine"],
            },
            "then": {
                "properties": {
                    "implementation": {
                        "anyOf": [{"type": "string"}, *({"$ref": f"#/$defs/{n}Check"} for n in IMPLEMENTATIONS)]
                    }
                }
            },
        },
    }
    definitions["relationships"] = _list({"customProperties": {"$ref": "#/$defs/relationshipProperties"}})
    definitions["property"] = {
        "type": "object",
        "properties": {
            "customProperties": {"$ref": "#/$defs/propertyProperties"},
            "quality": {"$ref": "#/$defs/quality"},
            "relationships": {"$ref": "#/$defs/relationships"},
            "properties": {"type": "array", "items": {"$ref": "#/$defs/property"}},
            "items": {"$ref": "#/$defs/property"},
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2019-09/schema",
        "title": "Weighbridge's customProperties in an ODCS contract",
        "type": "object",
        "properties": {
            "servers": _list({"customProperties": {"$ref": "#/$defs/serverProperties"}}),
            "slaProperties": _list({"customProperties": {"$ref": "#/$defs/slaProperties"}}),
            "schema": _list(
                {
                    "customProperties": {"$ref": "#/$defs/objectProperties"},
                    "quality": {"$ref": "#/$defs/quality"},
                    "relationships": {"$ref": "#/$defs/relationships"},
                    "properties": {"type": "array", "items": {"$ref": "#/$defs/property"}},
                }
            ),
        },
        "$defs": dict(sorted(definitions.items())),
    }


def _list(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "properties": dict(properties)}}


def _custom_properties(place: str, model: type[Extension], definitions: dict[str, Any]) -> dict[str, Any]:
    fields = _model(model, definitions)["properties"]
    if place == "property":
        fields["rules"] = {
            "type": "array",
            "items": {"$ref": "#/$defs/rule"},
            "description": fields["rules"]["description"],
        }
    names = sorted(fields)
    vendor = {"properties": {"vendor": {"const": VENDOR}}, "required": ["vendor"]}
    branches: list[dict[str, Any]] = [{"if": vendor, "then": {"properties": {"property": {"enum": names}}}}]
    for name in names:
        value = {"properties": {"value": fields[name]}}
        named = {"properties": {"vendor": {"const": VENDOR}, "property": {"const": name}}}
        branches.append({"if": {**named, "required": ["vendor", "property"]}, "then": value})
        prefixed = {"properties": {"property": {"const": PREFIX + name}}, "required": ["property"]}
        branches.append({"if": prefixed, "then": value})
    return {"type": "array", "items": {"type": "object", "allOf": branches}}


def _model(model: type[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = model.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    definitions.update(schema.pop("$defs", {}))
    return schema


def _rule() -> dict[str, Any]:
    from weighbridge.legacy.rules import all_rules

    bare, forms = [], []
    definitions: dict[str, Any] = {}
    for rule in sorted(all_rules(), key=lambda rule: rule.name):
        schema = rule.parameters.model_json_schema(by_alias=True)
        definitions.update(schema.pop("$defs", {}))
        if not schema.get("required"):
            bare.append(rule.name)
        forms.append(
            {
                "type": "object",
                "title": rule.name,
                "properties": {"rule": {"const": rule.name}, **schema.get("properties", {})},
                "required": ["rule", *schema.get("required", [])],
                "additionalProperties": False,
            }
        )
    made: dict[str, Any] = {"anyOf": [{"enum": bare}, *forms]}
    if definitions:
        made["$defs"] = definitions
    return made
