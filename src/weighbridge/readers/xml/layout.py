"""How an XML source is laid out: its encoding, and which element its records are."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass, replace

from weighbridge.contract.model import SchemaObject
from weighbridge.findings import Finding, Place, SourceError
from weighbridge.readers.columns import known_names
from weighbridge.readers.content import Content
from weighbridge.readers.detection import detect
from weighbridge.readers.door import Option
from weighbridge.readers.encoding import Encoding
from weighbridge.readers.options import Declared
from weighbridge.readers.xml.framing import DEFAULT_MAX_RECORD_BYTES, Marks

_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_TAG = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>"
    rb"|<(?P<close>/?)(?P<name>[^\s<>/=!?\"'&]+)(?P<rest>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"([^\s=\"'<>/]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_MOST_TAGS = 20_000
_MOST_NESTED = 200


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of one source.

    Attributes:
        path: names of the elements from the outermost to the record's, without prefixes.
        start_bytes: where the first record begins.
    """

    encoding: Encoding
    mark_bytes: int
    marks: Marks
    path: tuple[str, ...]
    start_bytes: int
    options: tuple[Option, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Element:
    """An element of the beginning; `end` is 0 where no tag of its own closes it."""

    path: tuple[str, ...]
    start: int
    end: int
    parts: tuple[str, ...]


def sniff(content: Content, schema: SchemaObject, declared: Declared) -> Layout:
    """Return the layout of a source.

    Raises:
        SourceError: it declares entities (RDR-211), or has no element at the declared path (RDR-206).
    """
    where = Place(source=content.source.name)
    wide = content.head[:2] in (b"\xff\xfe", b"\xfe\xff") or content.head[:2].count(0) == 1
    inner = _DECLARED.search(content.head[:1024])
    named = declared.encoding or (None if wide else inner[1].decode() if inner else "utf-8")
    found = detect(content, named)
    text = found.encoding.decode(content.head[found.mark_bytes :], found.mark_bytes, True)
    elements = _elements(text.utf8)
    before = elements[0].start if elements else len(text.utf8)
    if b"<!ENTITY" in text.utf8[:before]:
        raise SourceError(Finding("RDR-211", where))
    if not elements and text.utf8.strip():
        raise SourceError(Finding("RDR-206", where, "it has no elements at all"))
    path = declared.get("recordPath")
    if path is not None:
        wanted = tuple(_local(step) for step in str(path).strip().strip("/").split("/") if step)
        chosen = next((e for e in elements if e.path[-len(wanted) :] == wanted), None)
        if chosen is None and content.size_bytes:
            seen = ", ".join(dict.fromkeys("/" + "/".join(e.path) for e in elements[:200]))[:300]
            raise SourceError(Finding("RDR-206", where, f"recordPath is {path!r}; it has {seen or 'no elements'}"))
        option = Option("recordPath", str(path), "declared")
    else:
        chosen = _best(elements, schema)
        shown = "/" + "/".join(chosen.path) if chosen else ""
        option = Option("recordPath", shown, "sniffed", "its parts have the names of the contract")
    limit = int(declared.get("maxRecordBytes", DEFAULT_MAX_RECORD_BYTES))
    record_path = chosen.path if chosen else ("",)
    within = record_path[-2] if len(record_path) > 1 else ""
    element = record_path[-1]
    start = chosen.start if chosen else len(text.utf8)
    line = text.utf8.rfind(b"\n", 0, start)
    lead = text.utf8[line + 1 : start]
    indent = lead if line >= 0 and not lead.strip() else None
    marks = Marks(element, within if within != element else "", indent, _nests(elements, element), limit)
    encoding = Option(
        "encoding", found.encoding.name, "declared" if declared.encoding else "sniffed", _why(inner, found.mark_bytes)
    )
    return Layout(
        found.encoding,
        found.mark_bytes,
        marks,
        record_path,
        text.offset_bytes + text.origin(start),
        (encoding, option),
        found.findings,
    )


def _nests(elements: list[_Element], name: str) -> bool:
    """Whether an element that is closed holds one of its own name; one that is not closed only seems to."""
    mine = [e for e in elements if e.path[-1] == name]
    return any(after.start < e.end for e, after in itertools.pairwise(mine))


def _why(inner: re.Match[bytes] | None, mark_bytes: int) -> str:
    if mark_bytes:
        return "a byte order mark"
    return "its XML declaration says so" if inner else "XML is UTF-8 unless it says otherwise"


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _elements(head: bytes) -> list[_Element]:
    """Return the elements of the beginning, each with the names of its attributes and children."""
    stack: list[tuple[str, int, list[str]]] = []
    found: list[_Element] = []
    for number, tag in enumerate(_TAG.finditer(head)):
        if number > _MOST_TAGS or len(stack) > _MOST_NESTED:
            break
        if tag["name"] is None:
            continue
        name = _local(tag["name"].decode("utf-8", "replace"))
        if tag["close"]:
            if name in (entry[0] for entry in stack):
                while stack:
                    path = tuple(entry[0] for entry in stack)
                    closed, start, parts = stack.pop()
                    found.append(_Element(path, start, tag.end() if closed == name else 0, tuple(parts)))
                    if closed == name:
                        break
            continue
        if stack:
            stack[-1][2].append(name)
        attributes = [_local(a[1].decode("utf-8", "replace")) for a in _ATTRIBUTE.finditer(tag["rest"])]
        stack.append((name, tag.start(), [*attributes, *(f"@{a}" for a in attributes)]))
        if tag["rest"].endswith(b"/"):
            path = tuple(entry[0] for entry in stack)
            _, start, parts = stack.pop()
            found.append(_Element(path, start, tag.end(), tuple(parts)))
    while stack:
        path = tuple(entry[0] for entry in stack)
        _, start, parts = stack.pop()
        found.append(_Element(path, start, 0, tuple(parts)))
    return sorted(found, key=lambda e: e.start)


def _best(elements: list[_Element], schema: SchemaObject) -> _Element | None:
    """Return the first element at the path where elements have most of the contract's names."""
    paths = [_once(e.path) for e in elements]
    times = Counter(paths)
    known: dict[tuple[str, ...], int] = {}
    for path, element in zip(paths, elements, strict=True):
        known[path] = max(known.get(path, 0), known_names(element.parts, schema))
    if not known:
        return None
    best = max(known, key=lambda path: (known[path], len(path) > 1, times[path]))
    first = next(e for path, e in zip(paths, elements, strict=True) if path == best)
    return replace(first, path=best)


def _once(path: tuple[str, ...]) -> tuple[str, ...]:
    """Return a path without what stands in an element of its own name: that one was not closed, or nests."""
    return tuple(name for i, name in enumerate(path) if not i or path[i - 1] != name)
