"""What the contract declares about a source's layout, and how each option is reported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weighbridge.contract.model import Server
from weighbridge.readers.door import Option

_SPELLED: dict[str, str] = {"\\t": "\t", "tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
_SHOWN = {"\t": "tab", " ": "space", "": "none"}


class Declared:
    """The record format of a server: its own ODCS words first, then our extension's."""

    def __init__(self, server: Server | None) -> None:
        self._server = server
        self._format = dict(server.record_format) if server else {}

    def get(self, name: str, default: Any = None) -> Any:
        """Return the extension's option, or `default`."""
        value = self._format.get(name)
        return default if value is None else value

    @property
    def encoding(self) -> str | None:
        """Name of the declared encoding."""
        return (self._server.encoding if self._server else None) or self._format.get("encoding")

    @property
    def delimiter(self) -> str | None:
        r"""The declared delimiter; ``\t`` and ``tab`` mean a tab, and so on."""
        value = (self._server.delimiter if self._server else None) or self._format.get("delimiter")
        return None if value is None else _SPELLED.get(value.lower(), value)


def shown(text: str) -> str:
    """Return a delimiter or quote as a person can read it."""
    return _SHOWN.get(text, text if text.isprintable() else repr(text)[1:-1])


def spelled(text: str) -> str:
    """Return the delimiter or quote that `shown` gave so."""
    return next((value for value, words in _SHOWN.items() if words == text), text)


def merged(options: Sequence[tuple[str, Sequence[Option]]]) -> tuple[Option, ...]:
    """Return the options of several sources: once where they agree, else each with its source's name."""
    by_name: dict[str, dict[tuple[str, str], list[tuple[str, Option]]]] = {}
    for source, listed in options:
        for option in listed:
            by_name.setdefault(option.name, {}).setdefault((option.value, option.origin), []).append((source, option))
    result = []
    for groups in by_name.values():
        for members in groups.values():
            source, option = members[0]
            if len(groups) > 1:
                others = f" and {len(members) - 1} more" if len(members) > 1 else ""
                why = f"in {source}{others}" + (f": {option.why}" if option.why else "")
                option = Option(option.name, option.value, option.origin, why)
            result.append(option)
    return tuple(result)
