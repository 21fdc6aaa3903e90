"""How a JSON source is laid out: declared, or told by how it begins, in named steps."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weighbridge.contract.model import SchemaObject
from weighbridge.findings import Finding, Place, SourceError
from weighbridge.readers.columns import known_names
from weighbridge.readers.content import Content
from weighbridge.readers.detection import detect
from weighbridge.readers.door import Option
from weighbridge.readers.encoding import Encoding, Text
from weighbridge.readers.json_lines.framing import DEFAULT_MAX_RECORD_BYTES, Shape
from weighbridge.readers.options import Declared

MOST_BEFORE_BYTES = 16 << 20
"""How far into a document the list of records is looked for."""

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
_STEP = re.compile(r"\.?([^.\[\]]+)(\[\*\])?|(\[\*\])")
_MOST_LISTS = 64


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of one source.

    Attributes:
        start_bytes: where the first record may begin in the content.
        header: kind of the control span before it.
    """

    encoding: Encoding
    shape: Shape
    start_bytes: int
    mark_bytes: int
    options: tuple[Option, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _List:
    """An array found in the beginning of a document: its path, where its items begin, and their names."""

    path: tuple[str, ...]
    start: int
    names: tuple[str, ...]


def sniff(content: Content, schema: SchemaObject, declared: Declared, lines_only: bool) -> Layout:
    """Return the layout of a source.

    Raises:
        SourceError: the declared encoding is not known, or there is no list at the declared path (RDR-206).
    """
    found = detect(content, declared.encoding or (None if _is_wide(content.head) else "utf-8"))
    limit = int(declared.get("maxRecordBytes", DEFAULT_MAX_RECORD_BYTES))
    text = found.encoding.decode(
        content.head[found.mark_bytes :], found.mark_bytes, len(content.head) == content.size_bytes
    )
    path = declared.get("recordPath")
    shape, start, options = _shape(content, found.encoding, text, schema, path, lines_only, limit)
    size = Option("maxRecordBytes", str(limit), "default" if declared.get("maxRecordBytes") is None else "declared")
    origin = (
        found.option
        if declared.encoding
        else Option("encoding", found.encoding.name, "sniffed", _why(found.mark_bytes))
    )
    return Layout(
        found.encoding,
        shape,
        text.offset_bytes + start,
        found.mark_bytes,
        (origin, *options, size),
        found.findings,
    )


def _why(mark_bytes: int) -> str:
    return "a byte order mark" if mark_bytes else "JSON is UTF-8 unless it says otherwise"


def _is_wide(head: bytes) -> bool:
    """Whether a text without mark is UTF-16: one of its first two bytes is NUL, as its first character is ASCII."""
    return head[:2].count(0) == 1 or head[:2] in (b"\xff\xfe", b"\xfe\xff")


def _shape(
    content: Content,
    encoding: Encoding,
    text: Text,
    schema: SchemaObject,
    path: str | None,
    lines_only: bool,
    limit: int,
) -> tuple[Shape, int, tuple[Option, ...]]:
    lines = Shape(max_record_bytes=limit)
    if path is not None and path.strip() not in ("$", ""):
        return _declared_list(content, encoding, text, path, limit)
    if lines_only:
        return lines, 0, (Option("records", "one a line", "declared"),)
    head = text.utf8
    first = head.lstrip()[:1]
    if first == b"[":
        start = head.index(b"[") + 1
        option = Option("records", "items of the array", "sniffed", "it begins with [")
        return _list_shape(head, start, limit, alone=True), text.origin(start), (option,)
    line = head.lstrip().split(b"\n", 1)[0].strip()
    whole = _object(line.removesuffix(b",").strip())
    if first == b"{" and not (whole is not None and b"\n" in head.strip()):
        lists = [c for c in _lists(head) if c.names]
        own = tuple(whole) if whole is not None else _own_names(head)
        best = max(lists, key=lambda c: known_names(c.names, schema), default=None)
        if best is not None and known_names(best.names, schema) > known_names(own, schema):
            option = Option("recordPath", _written(best.path), "sniffed", "its items have the names of the contract")
            return _list_shape(head, best.start, limit, alone=False), text.origin(best.start), (option,)
    if first == b"{" and whole is None and _object_spans_lines(head):
        option = Option("records", "objects one after the other", "sniffed", "its first line is no whole object")
        return _document_shape(head, limit), 0, (option,)
    return lines, 0, (Option("records", "one a line", "sniffed", "its first line is an object by itself"),)


def _object(line: bytes) -> dict[str, object] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _object_spans_lines(head: bytes) -> bool:
    """Whether the first object goes on over lines that by themselves are none."""
    line, _, rest = head.lstrip().partition(b"\n")
    second = rest.lstrip()[:1]
    return line.strip() == b"{" or (bool(rest.strip()) and second != b"{") or b"}{" in line.replace(b" ", b"")


def _declared_list(
    content: Content, encoding: Encoding, text: Text, path: str, limit: int
) -> tuple[Shape, int, tuple[Option, ...]]:
    wanted = tuple(name for name, _, _ in (m.groups() for m in _STEP.finditer(path.strip().removeprefix("$"))) if name)
    option = Option("recordPath", path, "declared")
    if len(text.raw) < min(content.size_bytes, MOST_BEFORE_BYTES) - len(content.head) // 2:
        pieces, held = [], 0
        for piece in content.pieces(1 << 20):
            if held < MOST_BEFORE_BYTES:
                pieces.append(piece)
                held += len(piece)
        raw = b"".join(pieces)[text.offset_bytes : MOST_BEFORE_BYTES]
        text = encoding.decode(raw, text.offset_bytes, False)
    seen = []
    for found in _lists(text.utf8):
        if found.path == wanted:
            shape = _list_shape(text.utf8, found.start, limit, alone=not wanted)
            return shape, text.origin(found.start), (option,)
        seen.append(_written(found.path))
    detail = f"recordPath is {path!r}" + (f"; it has lists at {', '.join(seen[:8])}" if seen else "; it has no lists")
    raise SourceError(Finding("RDR-206", Place(source=content.source.name), detail))


def _list_shape(head: bytes, start: int, limit: int, alone: bool) -> Shape:
    rest = head[start:]
    begin = re.match(rb"\s*", rest)
    assert begin is not None
    lead = begin[0]
    first_key = re.match(rb'\s*\{\s*("(?:[^"\\]|\\.)*")\s*:', rest)
    again = rb"(?<=[}\],])\s*(?P<at>\{\s*" + (re.escape(first_key[1]) if first_key else rb'"') + rb")"
    if b"\n" in lead:
        indent = lead[lead.rindex(b"\n") + 1 :]
        line = re.compile(rb"\n(?P<at>" + re.escape(indent) + rb"(?:,[ \t]*)?\{)")
        return Shape("anchors", line, None, True, alone, limit)
    anchored = re.match(rb"\{[^\n]*\}[ \t]*,?[ \t]*\r?\n(?P<indent>[ \t]*),?\{", rest)
    if anchored:
        line = re.compile(rb"\n(?P<at>" + re.escape(anchored["indent"]) + rb"(?:,[ \t]*)?\{)")
        return Shape("anchors", line, None, True, alone, limit)
    return Shape("brackets", None, re.compile(again), True, alone, limit)


def _document_shape(head: bytes, limit: int) -> Shape:
    begin = head.lstrip()
    if re.match(rb"\{[ \t]*\r?\n", begin) and head[: len(head) - len(begin)].endswith((b"\n", b"")):
        return Shape("anchors", re.compile(rb"\n(?P<at>\{)"), None, False, False, limit)
    first_key = re.match(rb'\{\s*("(?:[^"\\]|\\.)*")\s*:', begin)
    again = rb"(?<=[}\]])\s*(?P<at>\{\s*" + (re.escape(first_key[1]) if first_key else rb'"') + rb")"
    return Shape("brackets", None, re.compile(again), False, False, limit)


def _own_names(head: bytes) -> tuple[str, ...]:
    return tuple(name for depth, name in _keys(head) if depth == 1)


def _keys(head: bytes) -> Iterator[tuple[int, str]]:
    """Yield the names in the beginning of a document, with their depth, while it can be followed."""
    depth, before = 0, b""
    for found in _TOKEN.finditer(head):
        token = found[0]
        depth += (token in (b"{", b"[")) - (token in (b"}", b"]"))
        if token == b":" and before[:1] == b'"':
            yield depth, _text(before)
        before = token
        if depth < 0:
            return


def _lists(head: bytes) -> list[_List]:
    """Return the arrays of a document's beginning that stand in no other array, the outermost first."""
    lists: list[_List] = []
    stack: list[tuple[bytes, str]] = []
    name, before = "", b""
    for found in _TOKEN.finditer(head):
        token = found[0]
        if token == b":":
            name = _text(before) if before[:1] == b'"' else ""
        elif token in (b"{", b"["):
            stack.append((token, name))
            if token == b"[" and all(kind == b"{" for kind, _ in stack[:-1]):
                path = tuple(step for _, step in stack if step)
                lists.append(_List(path, found.end(), _first_names(head, found.end())))
                if len(lists) >= _MOST_LISTS:
                    break
            name = ""
        elif token in (b"}", b"]"):
            if not stack:
                break
            stack.pop()
            name = ""
        elif token == b",":
            name = ""
        before = token
    return lists


def _first_names(head: bytes, start: int) -> tuple[str, ...]:
    part = head[start : start + 65536]
    if part.lstrip()[:1] != b"{":
        return ()
    return tuple(name for depth, name in _keys(part) if depth == 1)


def _text(quoted: bytes) -> str:
    try:
        return str(json.loads(quoted))
    except ValueError:
        return quoted[1:-1].decode("utf-8", "replace")


def _written(path: Sequence[str]) -> str:
    return "$" + "".join(f".{step}" for step in path) + "[*]"
