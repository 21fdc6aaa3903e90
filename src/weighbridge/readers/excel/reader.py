"""Workbooks behind the readers' door: each sheet that is read is a source of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from weighbridge.contract.model import SchemaObject, Server
from weighbridge.findings import Finding
from weighbridge.readers.content import Content, open_content
from weighbridge.readers.door import Option, RawExtract, Source
from weighbridge.readers.excel.choosing import choose_sheets, open_workbook
from weighbridge.readers.excel.sheet import Layout, SheetPass
from weighbridge.readers.excel.texts import DOUBTS
from weighbridge.readers.options import Declared, merged
from weighbridge.readers.spool import Spool, Spooled, SpooledExtract, texts_of


@dataclass(frozen=True, slots=True)
class ExcelReader:
    """Reads workbooks; see `weighbridge.readers.door.Reader`."""

    def open(
        self,
        sources: Sequence[str],
        schema: SchemaObject,
        server: Server | None,
        on_progress: Callable[[int], None] | None = None,
    ) -> RawExtract:
        """Open an extract of workbooks.

        Raises:
            SourceError: a file cannot be opened (RDR-001), is no workbook or a damaged or
                protected one (RDR-300 to RDR-303), or has no such sheet (RDR-304).
        """
        declared = Declared(server)
        layout = Layout.of(schema, declared)
        contents: list[Content] = []
        passes: list[tuple[Content, SheetPass, Source]] = []
        findings: list[Finding] = []
        options: list[tuple[str, Sequence[Option]]] = []
        for name in sources:
            content = open_content(name, len(contents))
            contents.append(content)
            book, kind = open_workbook(content)
            sheets, chosen, found = choose_sheets(book, declared.get("sheet"), schema, name)
            findings += found
            for sheet in sheets:
                known_as = name if len(sheets) == 1 else f"{name}!{sheet.name}"
                one = SheetPass(book, sheet, layout, known_as)
                stored = replace(content.source, index=len(passes), name=known_as, content_bytes=None)
                passes.append((content, one, stored))
                findings += one.findings
                options.append((known_as, (Option("workbook", kind, "sniffed", "its content"), chosen, one.option)))
        spool = Spool(texts_of(schema, {name for _, one, _ in passes for name in one.fields}), DOUBTS)
        parts = []
        for _, one, stored in passes:
            parts.append(_kept(spool, one, stored))
            findings += one.remarks()
            if on_progress is not None:
                on_progress(0)
        return SpooledExtract(
            spool, parts, container="excel", contents=contents, findings=findings, options=merged(options)
        )


def _kept(spool: Spool, one: SheetPass, stored: Source) -> Spooled:
    return spool.write(
        lambda: replace(stored, content_rows=one.rows),
        one.records(list(spool.columns)),
        lambda: one.controls(stored.index),
    )
