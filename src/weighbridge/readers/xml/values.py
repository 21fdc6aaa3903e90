"""A record's element as values of properties: child elements, attributes and text, each as it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from weighbridge.contract.model import LogicalType, Property
from weighbridge.readers.columns import plain

_MOST_NESTED = 200
_NIL = "nil"


class NotWellFormedError(Exception):
    """The element is no well-formed XML; the message says what and where."""


@dataclass(slots=True)
class Element:
    """An element: attributes and children by their names without prefix, its own text."""

    name: str
    attributes: dict[str, str]
    children: dict[str, list[Element]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str | None:
        """Its own text, white space around it apart; None where it has none, or says that it is nil."""
        if self.attributes.get(_NIL) in ("true", "1"):
            return None
        joined = "".join(self.texts)
        stripped = joined.strip()
        return stripped if stripped or self.children else joined.strip() or None


def parse(record: bytes) -> Element:
    """Return the element of a record's bytes, which are UTF-8.

    Raises:
        NotWellFormedError: it is none.
    """
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    stack: list[Element] = []
    roots: list[Element] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) >= _MOST_NESTED:
            raise NotWellFormedError(f"it is nested deeper than {_MOST_NESTED} levels")
        element = Element(_local(name), {_local(k): v for k, v in attributes.items() if not k.startswith("xmlns")})
        if stack:
            stack[-1].children.setdefault(element.name, []).append(element)
        else:
            roots.append(element)
        stack.append(element)

    def end(name: str) -> None:
        stack.pop()

    def text(data: str) -> None:
        stack[-1].texts.append(data)

    def entities(*_: object) -> None:
        raise NotWellFormedError("it declares a document type")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = entities
    try:
        parser.Parse(record, True)
    except expat.ExpatError as error:
        words = expat.errors.messages[error.code]
        raise NotWellFormedError(f"{words} at byte {parser.ErrorByteIndex} of the record") from error
    return roots[0]


def _local(name: str) -> str:
    return name.rpartition(":")[2]


@dataclass(slots=True)
class Reading:
    """Values of one record, with what does not fit; as `Values` of JSON has it."""

    misfits: dict[str, str] = field(default_factory=dict)
    twice: dict[str, list[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    root: str = ""

    def value(self, owner: Element, prop: Property, path: str) -> Any:
        """Return the value of a property among the parts of an element, shaped as `raw_type` says."""
        if prop.logical_type is LogicalType.ARRAY and len(prop.children) == 1:
            return self._items(owner, prop, path)
        found = self._parts(owner, prop)
        if not found:
            return None
        if prop.logical_type is LogicalType.OBJECT and prop.children:
            elements = [f for f in found if isinstance(f, Element)]
            if len(elements) > 1:
                self._again(path, [str(e.text) for e in elements])
            return self._object(elements[0], prop, path) if elements else None
        texts = [f if isinstance(f, str) else self._text(f, path) for f in found]
        if len(texts) > 1 and len(set(texts)) > 1:
            self._again(path, [str(t) for t in texts])
        return texts[-1]

    def _object(self, element: Element, prop: Property, path: str) -> dict[str, Any] | None:
        if element.attributes.get(_NIL) in ("true", "1"):
            return None
        if element.text is not None and not element.children and not element.attributes:
            self.misfits.setdefault(self.root, f"{path} is a text, not an element with parts")
            return None
        return {child.name: self.value(element, child, f"{path}.{child.name}") for child in prop.children}

    def _items(self, owner: Element, prop: Property, path: str) -> list[Any] | None:
        """Return the items: the repeated elements, or those within the one element of the property's name."""
        (child,) = prop.children
        found = [f for f in self._parts(owner, prop) if isinstance(f, Element)]
        if not found:
            return None
        if len(found) == 1 and not self._is_item(found[0], child):
            names = [n for n in child.source_names if n in found[0].children]
            only = list(found[0].children)
            if names or len(only) == 1:
                found = found[0].children[names[0] if names else only[0]]
            elif not found[0].children and found[0].text is None:
                return []
        inner = f"{path}[]"
        if child.logical_type is LogicalType.OBJECT and child.children:
            return [self._object(e, child, inner) for e in found]
        if child.logical_type is LogicalType.ARRAY:
            return [self._items(e, child, inner) for e in found]
        return [self._text(e, inner) for e in found]

    def _is_item(self, element: Element, child: Property) -> bool:
        """Whether an element is itself an item and not what holds them."""
        if child.logical_type is LogicalType.OBJECT and child.children:
            return any(self._parts(element, part) for part in child.children)
        return not element.children

    def _text(self, element: Element, path: str) -> str | None:
        if element.children:
            self.misfits.setdefault(self.root, f"{path} is an element with parts, not a plain value")
            return None
        return element.text

    def _parts(self, owner: Element, prop: Property) -> Sequence[Element | str]:
        for name in prop.source_names:
            found = _at(owner, name)
            if found:
                self.used.add(name)
                return found
        near = {plain(name) for name in prop.source_names}
        for name, elements in owner.children.items():
            if plain(name) in near:
                return elements
        return [v for k, v in owner.attributes.items() if plain(k) in near]

    def _again(self, path: str, texts: list[str]) -> None:
        shown = texts if path == self.root else [f"{path}: {t}" for t in texts]
        self.twice.setdefault(self.root, []).extend(shown)


def _at(owner: Element, name: str) -> Sequence[Element | str]:
    """Return what stands at a name or path: ``child``, ``a/b``, ``@attribute``, ``a/@b``, ``.`` for the text."""
    *steps, last = name.strip("/").split("/") if "/" in name else [name]
    owners = [owner]
    for step in steps:
        owners = [child for o in owners for child in o.children.get(_local(step), [])]
    if last in (".", "text()", "#text"):
        return [t for o in owners if (t := o.text) is not None]
    if last.startswith("@"):
        key = _local(last[1:])
        return [o.attributes[key] for o in owners if key in o.attributes]
    key = _local(last)
    children = [child for o in owners for child in o.children.get(key, [])]
    return children or [o.attributes[key] for o in owners if key in o.attributes]
