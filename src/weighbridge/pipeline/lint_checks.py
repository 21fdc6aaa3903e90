"""What is wrong inside a contract's expectations, told before there is an extract: words and columns that do not exist.

`weighbridge.contract.lint` knows the words of a contract and its expressions; what an expectation of
Great Expectations takes is known where checks are made. So expectations are made here as for a run,
of the types the contract declares. A team's own Pandera modules are not imported to lint.
"""

from __future__ import annotations

from dataclasses import replace

from weighbridge.contract.door import LintReport, Source
from weighbridge.contract.door import lint as lint_words
from weighbridge.contract.model import Contract, NotExecuted, Property, Quality, SchemaObject
from weighbridge.contract.vocabulary import engine_of
from weighbridge.findings import Finding, WeighbridgeError


def lint(source: Source) -> LintReport:
    """Return everything there is to say about the contract in `source`, the inside of its expectations included."""
    report = lint_words(source)
    if report.contract is None:
        return report
    findings, not_executed = list(report.findings), list(report.not_executed)
    for schema in report.contract.objects:
        if _entries(schema):
            found, left = _inside(report.contract, schema)
            findings += [finding for finding in found if finding not in findings]
            not_executed += [part for part in left if part not in not_executed]
    in_order = sorted(findings, key=lambda f: (f.place.line or 0, f.place.column or 0, f.code))
    return replace(report, findings=tuple(in_order), not_executed=tuple(not_executed))


def _inside(contract: Contract, schema: SchemaObject) -> tuple[list[Finding], list[NotExecuted]]:
    from weighbridge.pipeline.explain_checks import explain  # only contracts with expectations need Polars

    alone = replace(_with_these_only(schema), foreign_keys=())
    try:
        explained = explain(replace(contract, objects=(alone,), sla=()), object_name=schema.name)
    except WeighbridgeError:  # no server of the contract says how the bytes are read; that is no fault of a check
        return [], []
    lines = {finding.place.line for finding in explained.findings}
    return list(explained.findings), [part for part in explained.not_executed if part.asserts and part.line in lines]


def _entries(schema: SchemaObject) -> list[Quality]:
    return [entry for entry in _all(schema) if _is_expectation(entry)]


def _all(part: SchemaObject | Property) -> list[Quality]:
    below = part.properties if isinstance(part, SchemaObject) else part.children
    return [*part.quality, *(entry for child in below for entry in _all(child))]


def _is_expectation(entry: Quality) -> bool:
    return entry.kind == "custom" and engine_of(entry.engine) == "greatExpectations"


def _with_these_only(schema: SchemaObject) -> SchemaObject:
    def of(declared: Property) -> Property:
        return replace(
            declared,
            quality=tuple(filter(_is_expectation, declared.quality)),
            children=tuple(map(of, declared.children)),
        )

    return replace(
        schema, properties=tuple(map(of, schema.properties)), quality=tuple(filter(_is_expectation, schema.quality))
    )
