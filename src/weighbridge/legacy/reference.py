"""The page of all rules, made from the rules themselves."""

from __future__ import annotations

import json
import sys

from weighbridge.legacy.rule import Case, Rule
from weighbridge.legacy.rules import all_rules

_TOP = """# The rules

What old systems write, and how each rule reads it. A property names its rules in order; each
reads what the one before it gave, and the last step reads the property's type:

```yaml
customProperties:
  - property: rules
    vendor: weighbridge
    value: [trim, {rule: nullValues, values: [NA]}, {rule: date, formats: [yyyyMMdd]}]
```

Every reading is *exact*, *normalised* (another spelling of the same value), *repaired* (an
assumption was made: it stands in the repair ledger), *ambiguous* (it has several readings and
goes to a person with all of them) or *unreadable*. The property's `readingPolicy` says what the
last three mean for its record.

This page is made from the code by `python -m weighbridge.legacy.reference`; a test holds it current.
"""


def page() -> str:
    """Return the whole page as Markdown."""
    toc = "\n".join(f"- [`{rule.name}`](#{rule.name.lower()}): {_title(rule)}" for rule in all_rules())
    return _TOP + "\n" + toc + "\n" + "".join(_section(rule) for rule in all_rules())


def _title(rule: Rule) -> str:
    return _docstring(rule).splitlines()[0].rstrip(".")


def _docstring(rule: Rule) -> str:
    return (sys.modules[type(rule).__module__].__doc__ or "").strip()


def _section(rule: Rule) -> str:
    body, _, rest = _docstring(rule).partition("\nParameters:\n")
    after = rest.partition("\nExample:\n")[0].partition("\n\n")[2]
    example, _, source = rest.partition("\nExample:\n")[2].partition("\nSource:")
    lines = [f"\n## {rule.name}\n", body.strip()]
    if after.strip():
        lines += ["", after.strip()]
    lines += ["", f"For properties of type {', '.join(sorted(rule.logical_types))}.", "", *_parameters(rule)]
    lines += ["", "```yaml", *(line.strip() for line in example.strip().splitlines()), "```", ""]
    lines += ["| text | parameters | value | reading |", "|---|---|---|---|", *map(_row, rule.cases)]
    lines += ["", "Source: " + " ".join(source.split()), ""]
    return "\n".join(lines)


def _parameters(rule: Rule) -> list[str]:
    rows = ["| parameter | default | what it is |", "|---|---|---|"]
    for name, field in rule.parameters.model_fields.items():
        given = None if field.is_required() else field.get_default(call_default_factory=True)
        default = "required" if field.is_required() else _code(json.dumps(given, default=str))
        rows.append(f"| `{field.alias or name}` | {default} | {field.description} |")
    return rows if len(rows) > 2 else ["It has no parameters."]


def _row(case: Case) -> str:
    text = "*missing*" if case.text is None else _code(json.dumps(case.text))
    value = "*no value*" if case.value is None else _code(str(case.value)) if case.value != "" else "*empty*"
    reading = case.certainty.value
    if case.readings:
        reading += ": " + " or ".join(_code(r) for r in case.readings)
    parameters = _code(json.dumps(dict(case.parameters), ensure_ascii=False)) if case.parameters else ""
    if case.beside:
        parameters += "; " + ", ".join(
            f"{name} is {_code(str(v)) if v else 'missing'}" for name, v in case.beside.items()
        )
    return f"| {text} | {parameters} | {value} | {reading} |"


def _code(text: str) -> str:
    return f"`{text.replace('|', chr(92) + '|')}`"


if __name__ == "__main__":
    sys.stdout.write(page())
