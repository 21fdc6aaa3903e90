"""The reader of fixed-width text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from weighbridge.contract.model import SchemaObject, Server
from weighbridge.readers.content import open_content
from weighbridge.readers.door import RawExtract
from weighbridge.readers.fixed_width.layout import lay_out
from weighbridge.readers.fixed_width.part import FixedWidthPart
from weighbridge.readers.options import Declared, merged
from weighbridge.readers.scanning import TextExtract, source_findings
from weighbridge.readers.windows import BLOCK_BYTES


@dataclass(frozen=True, slots=True)
class FixedWidthReader:
    """Reads records whose properties stand at byte positions; see `weighbridge.readers.door.Reader`.

    Records end with a line end, or follow each other by `recordLength`. Texts keep their
    blanks; a property whose bytes are all NUL has no value. Bytes that no property covers
    stay in `__raw`.

    Attributes:
        block_bytes: how much is framed at once; it changes no result.
    """

    block_bytes: int = BLOCK_BYTES

    def open(
        self,
        sources: Sequence[str],
        schema: SchemaObject,
        server: Server | None,
        on_progress: Callable[[int], None] | None = None,
    ) -> RawExtract:
        """Open an extract of fixed-width files.

        Raises:
            SourceError: a source cannot be opened, no property has a position, or the encoding
                cannot be read.
        """
        declared = Declared(server)
        contents = [open_content(name, i) for i, name in enumerate(sources)]
        layouts = [lay_out(content, schema, declared) for content in contents]
        pairs = list(zip(contents, layouts, strict=True))
        parts = [FixedWidthPart(content, layout, self.block_bytes) for content, layout in pairs]
        findings = [f for content, layout in pairs for f in (*source_findings(content), *layout.findings)]
        options = merged([(content.source.name, layout.options) for content, layout in pairs])
        return TextExtract(parts, tuple(layouts[0].positions), options, findings, on_progress)
