"""The readers of JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from weighbridge.contract.model import SchemaObject, Server
from weighbridge.readers.content import Content, open_content
from weighbridge.readers.documents import document_extract
from weighbridge.readers.door import RawExtract
from weighbridge.readers.json_lines.layout import sniff
from weighbridge.readers.json_lines.part import JsonPart
from weighbridge.readers.options import Declared
from weighbridge.readers.windows import BLOCK_BYTES


@dataclass(frozen=True, slots=True)
class JsonReader:
    """Reads an array of objects, at the top or at a path, and objects one after the other, on lines or not.

    Attributes:
        lines_only: whether a record is a line whatever the text looks like.
        block_bytes: how much is framed at once; it changes no result.
    """

    lines_only: bool = False
    block_bytes: int = BLOCK_BYTES

    def open(
        self,
        sources: Sequence[str],
        schema: SchemaObject,
        server: Server | None,
        on_progress: Callable[[int], None] | None = None,
    ) -> RawExtract:
        """Open an extract of JSON files; each may be laid out in its own way.

        Raises:
            SourceError: a source cannot be opened, its declared encoding is not known, or there is
                no list at the declared path.
        """
        declared = Declared(server)
        contents: list[Content] = [open_content(name, i) for i, name in enumerate(sources)]
        layouts = [sniff(content, schema, declared, self.lines_only) for content in contents]

        def make(index: int, columns: tuple[str, ...]) -> JsonPart:
            return JsonPart(contents[index], layouts[index], schema, columns, self.block_bytes)

        return document_extract(contents, layouts, schema, make, on_progress)


@dataclass(frozen=True, slots=True)
class JsonLinesReader(JsonReader):
    """Reads one object a line."""

    lines_only: bool = True
