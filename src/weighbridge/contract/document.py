"""A YAML document as plain values, and where each of them stands.

The text goes through PyYAML's event parser, never through a constructor: nothing in a
document can run code, nesting and aliases are bounded before anything recurses, a key that
stands twice is refused instead of silently losing one, and dates stay the text they were
written as (a contract's `2024-01-31` is a word of its schema, not a moment).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from weighbridge.findings import Finding, Place, Severity

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 64
MAX_VALUES = 500_000

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Document:
    """Plain values with their positions.

    Attributes:
        value: dicts with text keys, lists, text, numbers, booleans and None; None when the
            text could not be read (then `findings` says why).
        positions: line and column, counted from 1, of every key and list item by its path.
        spelled: the text of plain scalars that YAML 1.1 turned into another type, by path.
        findings: what is wrong with the YAML itself.
        source: the file, for messages.
    """

    value: Any = None
    positions: dict[Path, tuple[int, int]] = field(default_factory=dict)
    spelled: dict[Path, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    source: str | None = None

    def line(self, path: Path) -> int | None:
        """Return the line of `path`, or of the nearest part around it; None when it has none."""
        for cut in range(len(path), -1, -1):
            if position := self.positions.get(path[:cut]):
                return position[0]
        return None

    def place(self, path: Path) -> Place:
        """Return the place of `path` for a finding; its steps name list items by their names."""
        for cut in range(len(path), -1, -1):
            if position := self.positions.get(path[:cut]):
                return Place(self.source, position[0], position[1], path=self.steps(path))
        return Place(self.source, path=self.steps(path))

    def steps(self, path: Path) -> tuple[str, ...]:
        """Return `path` in words: ``schema``, ``flights``, ``properties``, ``dep_time``."""
        words: list[str] = []
        value = self.value
        for step in path:
            value = _member(value, step)
            words.append(_title(value) or f"[{step}]" if isinstance(step, int) else step)
        return tuple(words)

    def at(self, path: Path) -> Any:
        """Return the value at `path`; None when there is none."""
        value = self.value
        for step in path:
            value = _member(value, step)
        return value


def _member(value: Any, step: str | int) -> Any:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _title(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return None
    for key in ("name", "server", "property", "id", "username", "role", "channel", "rule"):
        if isinstance(word := value.get(key), str) and word:
            return word
    return None


def from_mapping(value: Mapping[str, Any], source: str | None = None) -> Document:
    """Return `value` as a document without positions."""
    document = Document(source=source)
    try:
        document.value = _plain(value, 0)
    except _Refused as refused:
        document.findings.append(refused.finding)
    return document


def _plain(value: Any, depth: int) -> Any:
    import datetime

    if depth > MAX_DEPTH:
        raise _Refused("CON-005", f"deeper than {MAX_DEPTH} levels", Place())
    if isinstance(value, Mapping):
        return {str(key): _plain(member, depth + 1) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(member, depth + 1) for member in value]
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    raise _Refused("CON-006", f"a Python {type(value).__name__}", Place())


def from_text(text: str | bytes, source: str | None = None) -> Document:
    """Return the YAML `text` as a document; whatever is wrong with it is in its `findings`."""
    document = Document(source=source)
    try:
        _Composer(document).compose(_decoded(text, source))
    except _Refused as refused:
        document.value = None
        document.findings.append(refused.finding)
    return document


class _Refused(Exception):  # noqa: N818 (it never leaves this module)
    """The document cannot be read any further."""

    def __init__(self, code: str, detail: str, place: Place, seen: str | None = None, fix: str = "") -> None:
        self.finding = Finding(code, place, detail, seen=seen, fix=fix)
        super().__init__(detail)


def _decoded(text: str | bytes, source: str | None) -> str:
    if len(text) > MAX_BYTES:
        raise _Refused("CON-005", f"more than {MAX_BYTES:,} bytes", Place(source))
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    encoding = "utf-16" if text[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return text.decode(encoding)
    except UnicodeDecodeError as fault:
        line = text.count(b"\n", 0, fault.start) + 1
        detail = f"byte {text[fault.start]:#04x} at offset {fault.start} is not {encoding.removesuffix('-sig').upper()}"
        raise _Refused(
            "CON-001", detail, Place(source, line, offset_bytes=fault.start), fix="save the file as UTF-8"
        ) from None


@dataclass(slots=True)
class _Node:
    """One composed node: `kind` says which of the fields holds it."""

    kind: str
    line: int
    column: int
    text: str = ""
    tag: str | None = None
    plain: bool = True
    items: list[_Node] = field(default_factory=list)
    keys: list[_Node] = field(default_factory=list)


class _Composer:
    """Builds the values from parser events, with every bound checked on the way."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.anchors: dict[str, _Node] = {}
        self.count = 0

    def compose(self, text: str) -> None:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            root = self._root(yaml.parse(text, Loader=loader))
        except yaml.MarkedYAMLError as fault:
            mark = fault.problem_mark or fault.context_mark
            place = Place(self.document.source, mark.line + 1, mark.column + 1) if mark else Place(self.document.source)
            words = " ".join(part for part in (fault.context, fault.problem) if part)
            raise _Refused("CON-001", words, place, seen=_line_of(text, mark), fix=_yaml_fix(text, mark)) from None
        except yaml.reader.ReaderError as fault:
            where = text.find(chr(fault.character)) if isinstance(fault.character, int) else -1
            line = text.count("\n", 0, where) + 1 if where >= 0 else None
            detail = f"the character {fault.character:#06x} may not stand in YAML: {fault.reason}"
            raise _Refused("CON-001", detail, Place(self.document.source, line), fix="remove the character") from None
        except yaml.YAMLError as fault:
            raise _Refused("CON-001", str(fault), Place(self.document.source)) from None
        if root is None:
            raise _Refused(
                "CON-001", "it is empty", Place(self.document.source), fix="write the contract into the file"
            )
        self.document.value = self._value(root, (), 0)
        if not isinstance(self.document.value, dict):
            detail = f"a contract is a mapping of keys, this is {_kind(self.document.value)}"
            raise _Refused("CON-001", detail, self._place(root))

    def _place(self, node: _Node) -> Place:
        return Place(self.document.source, node.line, node.column)

    def _root(self, events: Iterator[Any]) -> _Node | None:
        import yaml

        root: _Node | None = None
        open_nodes: list[_Node] = []
        documents = 0
        for event in events:
            mark = event.start_mark
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    place = Place(self.document.source, mark.line + 1)
                    raise _Refused(
                        "CON-001",
                        "a second document starts here",
                        place,
                        fix="keep one contract in a file: remove `---`",
                    )
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                open_nodes.pop()
            elif isinstance(
                event, (yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent, yaml.AliasEvent)
            ):
                node = self._node(event, mark)
                if open_nodes:
                    _attach(open_nodes[-1], node)
                elif root is None:
                    root = node
                if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                    open_nodes.append(node)
                    if len(open_nodes) > MAX_DEPTH:
                        raise _Refused("CON-005", f"deeper than {MAX_DEPTH} levels", self._place(node))
        return root

    def _node(self, event: Any, mark: Any) -> _Node:
        import yaml

        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                place = Place(self.document.source, mark.line + 1, mark.column + 1)
                raise _Refused("CON-001", f"the alias *{event.anchor} has no anchor before it", place)
            return self.anchors[event.anchor]
        kind = {yaml.ScalarEvent: "scalar", yaml.MappingStartEvent: "mapping"}.get(type(event), "sequence")
        node = _Node(kind, mark.line + 1, mark.column + 1, tag=event.tag)
        if kind == "scalar":
            node.text, node.plain = event.value, event.implicit[0]
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _value(self, node: _Node, path: Path, depth: int) -> Any:
        self.count += 1
        if depth > MAX_DEPTH:
            raise _Refused("CON-005", f"deeper than {MAX_DEPTH} levels, or an alias holds itself", self._place(node))
        if self.count > MAX_VALUES:
            raise _Refused("CON-005", f"more than {MAX_VALUES:,} values once aliases are followed", self._place(node))
        self.document.positions.setdefault(path, (node.line, node.column))
        if node.kind == "scalar":
            return self._scalar(node, path)
        if node.tag not in (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            self._foreign_tag(node)
        if node.kind == "sequence":
            return [self._value(item, (*path, index), depth + 1) for index, item in enumerate(node.items)]
        return self._mapping(node, path, depth)

    def _mapping(self, node: _Node, path: Path, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        merged: list[tuple[_Node, _Node]] = []
        for key_node, member in zip(node.keys, node.items, strict=False):
            if key_node.kind == "scalar" and key_node.plain and key_node.text == "<<":
                merged += _merged(member)
                continue
            key = self._key(key_node)
            if key in values:
                first = self.document.positions.get((*path, key), (0, 0))[0]
                self.document.findings.append(
                    Finding("CON-004", self._place(key_node), f"`{key}` stands in line {first} already")
                )
                continue
            self.document.positions[(*path, key)] = (key_node.line, key_node.column)
            values[key] = self._value(member, (*path, key), depth + 1)
        for key_node, member in merged:
            if (key := self._key(key_node)) not in values:
                values[key] = self._value(member, (*path, key), depth + 1)
        return values

    def _key(self, node: _Node) -> str:
        if node.kind != "scalar":
            raise _Refused(
                "CON-001",
                f"a key is text, this is a {node.kind}",
                self._place(node),
                fix="write the key as a word, or quote it if it begins with [, { or ?",
            )
        return node.text

    def _scalar(self, node: _Node, path: Path) -> Any:
        if not node.plain:
            return self._tagged(node) if node.tag and node.tag != "!" else node.text
        value = plain_value(node.text)
        if value is None or isinstance(value, str):
            return value
        self.document.spelled[path] = node.text
        if trap := _trap(node.text, value):
            self.document.findings.append(
                Finding(
                    "CON-007",
                    Place(self.document.source, node.line, node.column, path=tuple(map(str, path))),
                    f"{node.text} is read as {value!r}, {trap}",
                    Severity.WARNING,
                    seen=node.text,
                    fix=f'write "{node.text}" in quotes if the text is meant, {value} if the number is',
                )
            )
        return value

    def _tagged(self, node: _Node) -> Any:
        kind = (node.tag or "").removeprefix("tag:yaml.org,2002:")
        if kind in ("str", "timestamp"):
            return node.text
        if kind in ("int", "float", "bool", "null"):
            return plain_value(node.text)
        return self._foreign_tag(node)

    def _foreign_tag(self, node: _Node) -> None:
        detail = f"the tag {node.tag}"
        self.document.findings.append(Finding("CON-006", self._place(node), detail, fix="remove the tag"))


def _attach(parent: _Node, node: _Node) -> None:
    if parent.kind == "mapping" and len(parent.keys) == len(parent.items):
        parent.keys.append(node)
    else:
        parent.items.append(node)


def _merged(member: _Node) -> list[tuple[_Node, _Node]]:
    sources = member.items if member.kind == "sequence" else [member]
    return [pair for source in sources for pair in zip(source.keys, source.items, strict=False)]


_BOOLEANS = {"yes": True, "no": False, "true": True, "false": False, "on": True, "off": False}
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_INTEGER = re.compile(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]+|0|[1-9][0-9_]*|[1-9][0-9_]*(?::[0-5]?[0-9])+)$")
_FLOAT = re.compile(
    r"(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?:[eE][-+]?[0-9]+)|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
)


def plain_value(text: str) -> Any:
    """Return what an unquoted scalar means in YAML 1.1 (and ``1e3``, a number in YAML 1.2 and JSON)."""
    if text in _NULLS:
        return None
    if text in (text.lower(), text.capitalize(), text.upper()) and text.lower() in _BOOLEANS:
        return _BOOLEANS[text.lower()]
    if _INTEGER.match(text):
        return _integer(text)
    if _FLOAT.match(text):
        return float(text.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text


def _integer(text: str) -> int | str:
    digits = text.replace("_", "")
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    if len(digits) > 400:
        return text
    if ":" in digits:
        total = 0
        for part in digits.split(":"):
            total = total * 60 + int(part)
        return sign * total
    for prefix, base in (("0b", 2), ("0x", 16), ("0", 8)):
        if digits.startswith(prefix) and digits.removeprefix(prefix):
            return sign * int(digits.removeprefix(prefix), base)
    return sign * int(digits)


def _trap(text: str, value: Any) -> str | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        if ":" in text:
            return "a number to the base of 60 in YAML 1.1"
        if re.match(r"[-+]?0[0-7]", text):
            return "an octal number in YAML 1.1"
    return None


def _line_of(text: str, mark: Any) -> str | None:
    if mark is None:
        return None
    lines = text.splitlines()
    return lines[mark.line].strip()[:120] if mark.line < len(lines) else None


def _yaml_fix(text: str, mark: Any) -> str:
    if mark is None:
        return ""
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())] or line[mark.column : mark.column + 1] == "\t":
        return "indent with spaces: YAML forbids tabs"
    if line.count(": ") > 1:
        return "quote the text after the first colon: it holds a colon itself"
    return ""


def _kind(value: Any) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "a mapping"}
    return "nothing" if value is None else names.get(type(value), type(value).__name__)
