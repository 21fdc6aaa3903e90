"""The reader of XML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from weighbridge.contract.model import SchemaObject, Server
from weighbridge.readers.content import Content, open_content
from weighbridge.readers.documents import document_extract
from weighbridge.readers.door import RawExtract
from weighbridge.readers.options import Declared
from weighbridge.readers.windows import BLOCK_BYTES
from weighbridge.readers.xml.layout import sniff
from weighbridge.readers.xml.part import XmlPart


@dataclass(frozen=True, slots=True)
class XmlReader:
    """Reads the repeated elements of XML documents; see `weighbridge.readers.door.Reader`.

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
        """Open an extract of XML files.

        Raises:
            SourceError: a source cannot be opened, declares entities (RDR-211), or has no element at
                the declared path (RDR-206).
        """
        declared = Declared(server)
        contents: list[Content] = [open_content(name, i) for i, name in enumerate(sources)]
        layouts = [sniff(content, schema, declared) for content in contents]

        def make(index: int, columns: tuple[str, ...]) -> XmlPart:
            return XmlPart(contents[index], layouts[index], schema, columns, self.block_bytes)

        return document_extract(contents, layouts, schema, make, on_progress)
