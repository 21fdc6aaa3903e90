"""Properties that a file's name carries: ``flights_{business_date:%Y%m%d}.csv``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import polars as pl

from weighbridge.contract.model import SchemaObject, Server
from weighbridge.findings import Finding, Place, SourceError
from weighbridge.quick import dataclass
from weighbridge.readers.door import Option, RawExtract
from weighbridge.readers.lineage import SOURCE, raw_name
from weighbridge.readers.wrapped import WrappedExtract

_FIELD = re.compile(r"\{(\w+)(?::([^{}]+))?\}")
_DIRECTIVES = {"Y": r"\d{4}", "j": r"\d{3}", "f": r"\d{1,6}", "b": "[A-Za-z]{3}", "B": "[A-Za-z]+", "%": "%"}
_COMPRESSED = re.compile(r"\.(gz|bz2|zst|zstd)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NamePattern:
    """How files are named, compiled.

    Attributes:
        text: as the contract writes it.
        regex: matches whole names, a group a property.
        formats: property → strptime format, for those that have one.
    """

    text: str
    regex: re.Pattern[str]
    formats: Mapping[str, str]

    @classmethod
    def parse(cls, text: str) -> NamePattern:
        """Return the pattern; ``*`` and ``?`` in it fit as shells have it.

        Raises:
            SourceError: RDR-410, it is no pattern.
        """
        written, formats, last = "", {}, 0
        for match in _FIELD.finditer(text):
            name, form = match.groups()
            written += _literal(text[last : match.start()])
            last = match.end()
            inner = r"[^/]+?"
            if form and "%" in form:
                formats[name] = form
                inner = re.sub(r"%(.)|([^%]+)", _part, form)
            elif form:
                inner = r"\d+"
            written += f"(?P<{name}>{inner})"
        try:
            return cls(text, re.compile(written + _literal(text[last:])), formats)
        except re.error as error:
            raise SourceError(Finding("RDR-410", detail=f"recordFormat.fileName is {text!r}: {error}")) from error

    @property
    def names(self) -> tuple[str, ...]:
        """The properties it carries."""
        return tuple(self.regex.groupindex)

    def values(self, source: str) -> dict[str, str] | None:
        """Return the texts a source's name carries: dates in the form ISO 8601 has; None when it does not fit.

        The member's own name is looked at first, then the archive's, each also without the
        ending that says how it is compressed.
        """
        for part in reversed(source.split("::")):
            base = part.replace("\\", "/").rsplit("/", 1)[-1]
            for name in (base, _COMPRESSED.sub("", base)):
                match = self.regex.fullmatch(name)
                if match is not None:
                    return match.groupdict()
        return None

    def iso(self, name: str, text: str) -> str | None:
        """Return the text of a property that has a format in ISO 8601, None when it is no date."""
        form = self.formats.get(name)
        if form is None:
            return text
        try:
            moment = datetime.strptime(text, form)
        except ValueError:
            return None
        return moment.isoformat() if re.search("%[HIMSf]", form) else moment.date().isoformat()


class NamedExtract(WrappedExtract):
    """An extract whose records have properties from their source's name as well."""

    def __init__(self, inner: RawExtract, schema: SchemaObject, pattern: NamePattern) -> None:
        super().__init__(inner)
        ruled = {p.name for p in schema.properties if p.rules}
        self._values: dict[str, list[str | None]] = {name: [] for name in pattern.names}
        findings = []
        for source in self.sources:
            texts = pattern.values(source.name)
            for name, values in self._values.items():
                text = None if texts is None else texts[name]
                value = text if text is None or name in ruled else pattern.iso(name, text)
                values.append(value)
                if text is not None and value is None:
                    detail = f"{text!r} is no date of the form {pattern.formats[name]}"
                    findings.append(Finding("RDR-410", Place(source=source.name, path=(name,)), detail))
            if texts is None:
                findings.append(Finding("RDR-410", Place(source=source.name), f"the pattern is {pattern.text}"))
        self.findings = (*self.findings, *findings)
        self.columns = (*self.columns, *pattern.names)
        self.options = (*self.options, Option("fileName", pattern.text, "declared", "recordFormat.fileName"))

    def scan(self) -> pl.LazyFrame:
        """Return the plan with a raw column more for each property that names carry."""
        columns = []
        for name, values in self._values.items():
            if len(set(values)) == 1:
                column = pl.lit(values[0], pl.String)
            else:
                column = pl.col(SOURCE).replace_strict(list(range(len(values))), values, return_dtype=pl.String)
            columns.append(column.alias(raw_name(name)))
        return self.inner.scan().with_columns(columns)


def named_properties(server: Server | None) -> frozenset[str]:
    """Return the properties that the names of a server's files carry."""
    text = str(server.record_format.get("fileName", "")) if server is not None else ""
    return frozenset(match.group(1) for match in _FIELD.finditer(text))


def without_named(schema: SchemaObject, pattern: NamePattern) -> SchemaObject:
    """Return the schema that the files' own bytes are read by.

    Raises:
        SourceError: RDR-410, the pattern names no property of the schema; RDR-411, it names one
            that is classified.
    """
    by_name = {p.name: p for p in schema.properties}
    for name in pattern.names:
        if name not in by_name:
            raise SourceError(Finding("RDR-410", detail=f"recordFormat.fileName names {name}, which is no property"))
        if by_name[name].is_masked:
            raise SourceError(Finding("RDR-411", Place(path=(schema.name, name))))
    return replace(schema, properties=tuple(p for p in schema.properties if p.name not in pattern.names))


def _literal(text: str) -> str:
    return re.escape(text).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")


def _part(match: re.Match[str]) -> str:
    directive, plain = match.groups()
    return re.escape(plain) if plain else _DIRECTIVES.get(directive, r"\d{2}")
