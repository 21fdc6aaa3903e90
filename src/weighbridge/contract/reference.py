"""The contract reference, made from the code that reads contracts.

    python -m weighbridge.contract.reference

writes docs/contract-reference.md and the JSON Schema of our customProperties; tests hold both current.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from weighbridge.contract.extensions import PLACES, Extension
from weighbridge.contract.extensions_schema import SCHEMA_FILE, extensions_schema
from weighbridge.contract.implementations import IMPLEMENTATIONS
from weighbridge.contract.lint import LINTS
from weighbridge.contract.severity import SEVERITY_WORDS
from weighbridge.contract.standard import CURRENT, READ_VERSIONS
from weighbridge.contract.vocabulary import CHECKED_FORMATS, COMPARISONS, FRESHNESS, METRICS, PERCENT_UNITS
from weighbridge.findings.codes.contract import CODES

REFERENCE_FILE = Path(__file__).parents[3] / "docs" / "contract-reference.md"

_INTRODUCTION = f"""# Contract reference

<!-- Made by `python -m weighbridge.contract.reference`; edit the code, not this file. -->

A contract is a document of the Open Data Contract Standard (ODCS) {CURRENT}. Also read:
{", ".join(READ_VERSIONS[1:])}. What a document holds decides, not what it declares; a warning
says where the two differ, and 2.2 is translated. `weighbridge lint CONTRACT` tells every fault at
once, with its line and what to do, and lists what Weighbridge does not execute.

The smallest useful contract:

```yaml
apiVersion: v3.2.0
kind: DataContract
id: flights
version: 1.0.0
status: active
schema:
  - name: flights
    properties:
      - {{name: carrier, logicalType: string, required: true, logicalTypeOptions: {{maxLength: 2}}}}
      - {{name: dep_time, logicalType: integer, logicalTypeOptions: {{minimum: 0, maximum: 2359}}}}
```
"""

_STANDARD = f"""## What of the standard is acted on

| where | keys | what they do |
|---|---|---|
| server | `format`, `delimiter`, `encoding` | choose the reader and its options |
| object | `name`, `physicalName` | the table's name; either is known in SQL |
| property | `name`, `physicalName`, `synonyms` | the published name, and the names a source's header may have |
| property | `logicalType` | the type of the published value; without it `physicalType` decides, else text |
| property | `required`, `unique`, `primaryKey`, `primaryKeyPosition` | every record of a repeated key fails |
| property | `enum`, `logicalTypeOptions` | checked on each record; a date's `format` says how to read it |
| property | `classification` | anything but `public` is masked wherever people look |
| both | `relationships` | a foreign key into a published contract or a reference file |
| both | `quality` | metrics, SQL and our own checks, below |
| contract | `slaProperties` {", ".join(FRESHNESS)} | the newest value of `element` must be young enough |

Formats of text that are checked: {", ".join(CHECKED_FORMATS)}. Null passes every check of a record
but `required` and the primary key.

## Metrics

`type: library` takes {", ".join(f"`{m}`" for m in METRICS)} and one of
{", ".join(f"`{c}`" for c in COMPARISONS)}. Both bounds of `mustBeBetween` belong to it.
`duplicateValues` counts the records in excess: rows minus distinct values, null left out. The units
{", ".join(PERCENT_UNITS)} divide by all framed records; any other unit is a count. A metric looks at
every framed record of the extract, unless `scope: published` says otherwise.

`type: sql` is one query of Polars' SQL over this object alone. `type: custom, engine: weighbridge` is
a check of each record:

```yaml
quality:
  - type: custom
    engine: weighbridge
    name: arrives after it departs
    implementation: "arr_delay IS NULL OR dep_delay IS NOT NULL"
  - type: custom
    engine: weighbridge
    implementation: {{check: conditional, when: "cancelled", then: "dep_time IS NULL"}}
    customProperties:
      - {{vendor: weighbridge, property: onFailure, value: review}}
```

`engine: greatExpectations` is an expectation of Great Expectations, asked in the same scan; with
`onFailure` one about single records is a check of each record (docs/great-expectations.md):

```yaml
quality:
  - type: custom
    engine: greatExpectations
    implementation:
      type: expect_column_values_to_be_between
      kwargs: {{column: dep_delay, max_value: 600, mostly: 0.99}}
```
"""

_EDITOR = """## Completion in editors

`weighbridge-extensions.schema.json`, beside the package's `contract` module, is a JSON Schema of the
custom properties above. An editor can use it together with the standard's own schema. For the YAML
extension of VS Code, in `settings.json`:

```json
{
  "yaml.schemas": {
    "path/to/odcs-json-schema.json": "*.odcs.yaml",
    "path/to/weighbridge-extensions.schema.json": "*.odcs.yaml"
  }
}
```

`python -c "import weighbridge.contract.extensions_schema as s; print(s.SCHEMA_FILE)"` prints where it lies.
"""


def reference() -> str:
    """Return the whole page as Markdown."""
    parts = [
        _INTRODUCTION,
        _STANDARD,
        "\n".join(_severities()),
        "\n".join(_extensions()),
        "\n".join(_rules()),
        "\n".join(_findings()),
        _EDITOR,
    ]
    return "\n".join(part.strip() + "\n" for part in parts)


def schema_text() -> str:
    """Return the published JSON Schema as it stands in its file."""
    return json.dumps(extensions_schema(), indent=2, ensure_ascii=False) + "\n"


def _severities() -> Iterator[str]:
    yield "## Severity\n"
    yield "| word | is read as | a failing check of a record | a failing check of the extract |\n|---|---|---|---|"
    effects = {"error": ("rejects it", "holds it"), "warning": ("warns", "warns"), "info": ("notes it", "notes it")}
    for severity, (record, extract) in effects.items():
        words = ", ".join(word for word, read in SEVERITY_WORDS.items() if read == severity)
        yield f"| {words} | {severity} | {record} | {extract} |"
    yield "\nNo word means error; an unknown word means error, and lint says so."


def _extensions() -> Iterator[str]:
    yield "## Custom properties of Weighbridge\n"
    yield (
        "Written in `customProperties` of the place they describe, as `{vendor: weighbridge, property: NAME, "
        "value: …}`, or `{property: weighbridge.NAME, value: …}` in ODCS 3.0 and 3.1, which have no vendor. "
        "An unknown name or key is an error, with the nearest known one. Custom properties of others are kept."
    )
    headings = {"object": "On an object", "quality": "On a quality entry", "sla": "On an entry of slaProperties"}
    for place, model in PLACES.items():
        yield f"\n### {headings.get(place, f'On a {place}')}\n"
        yield from _table(model)
    for name, check in IMPLEMENTATIONS.items():
        yield f"\n### `implementation` with `check: {name}`\n"
        yield _first(check) + "\n"
        yield from _table(check)


def _table(model: type[Extension]) -> Iterator[str]:
    yield "| key | value | meaning |\n|---|---|---|"
    schema = model.model_json_schema(by_alias=True)
    yield from _rows(schema, schema.get("$defs", {}), "")


def _rows(schema: dict[str, Any], definitions: dict[str, Any], prefix: str) -> Iterator[str]:
    required = schema.get("required", [])
    for key, field in schema["properties"].items():
        name, inner = _kind(field, definitions)
        needed = " (required)" if key in required else ""
        meaning = str(field.get("description", "")).replace("|", "\\|")
        yield f"| `{prefix}{key}`{needed} | {name} | {meaning} |"
        if inner is not None and "properties" in inner:
            yield from _rows(inner, definitions, f"{prefix}{key}.{'NAME.' if name.startswith('by') else ''}")


def _kind(field: dict[str, Any], definitions: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
    if "$ref" in field:
        return "mapping", definitions[field["$ref"].rsplit("/", 1)[-1]]
    if "anyOf" in field:
        kinds = [_kind(member, definitions) for member in field["anyOf"] if member.get("type") != "null"]
        return " or ".join(dict.fromkeys(name for name, _ in kinds)), kinds[0][1] if len(kinds) == 1 else None
    if "const" in field:
        return f"`{field['const']}`", None
    if "enum" in field:
        return ", ".join(f"`{word}`" for word in field["enum"]), None
    if field.get("type") == "array":
        return f"list of {_kind(field.get('items', {}), definitions)[0]}", None
    if isinstance(extra := field.get("additionalProperties"), dict) and "$ref" in extra:
        return "by name: mapping", definitions[extra["$ref"].rsplit("/", 1)[-1]]
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    return words.get(str(field.get("type")), "mapping" if field.get("type") == "object" else "any"), None


def _rules() -> Iterator[str]:
    from weighbridge.legacy.rules import all_rules

    yield "## Rules\n"
    yield "A rule is written by its name, or as `{rule: NAME, …parameters}`; rules apply in order.\n"
    yield "| rule | reads | parameters | what it does |\n|---|---|---|---|"
    for rule in sorted(all_rules(), key=lambda rule: rule.name):
        schema = rule.parameters.model_json_schema(by_alias=True)
        required = schema.get("required", [])
        parameters = ", ".join(f"`{key}`" + ("" if key in required else "?") for key in schema.get("properties", {}))
        module = sys.modules[type(rule).__module__]
        says = (module.__doc__ or "").strip().splitlines()[0].replace("|", "\\|")
        yield f"| `{rule.name}` | {', '.join(sorted(rule.logical_types))} | {parameters or '–'} | {says} |"
    yield "\nA parameter with ? may be left out. Each rule's page is the docstring of its file in `legacy/rules/`."


def _findings() -> Iterator[str]:
    yield "## What lint looks for\n"
    yield from (f"- {_first(judge)}" for judge in LINTS)
    yield "\n## Findings\n"
    yield "| code | what is wrong | what to do |\n|---|---|---|"
    yield from (f"| {entry.code} | {entry.title} | {entry.fix} |" for entry in CODES)


def _first(thing: Any) -> str:
    return str(thing.__doc__ or "").strip().splitlines()[0]


def write(files: Iterable[tuple[Path, str]] | None = None) -> None:
    """Write the page and the schema to where they are published."""
    for path, text in files or ((REFERENCE_FILE, reference()), (SCHEMA_FILE, schema_text())):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    write()
