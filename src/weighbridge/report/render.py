"""From the model to HTML and to Markdown. Everything in the model is untrusted."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from weighbridge.report import numbers
from weighbridge.report.compiled import compiled_before
from weighbridge.report.numbers import plural
from weighbridge.report.sections import SECTIONS
from weighbridge.report.text import every_text, visible

if TYPE_CHECKING:
    from jinja2 import Environment

_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~$&])")
_TICKS = re.compile("`+")


def render_html(model: dict[str, Any], frame: dict[str, Any] | None = None) -> str:
    """Return the report as one HTML page that loads nothing and runs nothing.

    Args:
        model: what `weighbridge.report.model` gave; of a version with fewer sections too.
        frame: links to the pages of the site around it; None for a page that stands alone.
    """
    return _render("report.html.j2", model, frame)


def render_page(template: str, given: dict[str, Any]) -> str:
    """Return a page of the site; every text in what is given is made visible first."""
    return _environment().get_template(template).render(every_text(given, visible))


def render_markdown(model: dict[str, Any]) -> str:
    """Return the report as Markdown (GitHub's kind, for its tables)."""
    text = _render("report.md.j2", model)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def markdown_text(value: Any) -> str:
    """Return a value as Markdown text in which nothing is markup."""
    return _MARKDOWN.sub(r"\\\1", str(value))


def markdown_code(value: Any) -> str:
    """Return a value as a Markdown code span that it cannot break out of."""
    text = str(value)
    if not text.strip():
        return f"({plural(len(text), 'blank')})" if text else "(empty)"
    fence = "`" * (max((len(run) for run in _TICKS.findall(text)), default=0) + 1)
    space = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{space}{text}{space}{fence}"


def markdown_cell(value: Any) -> str:
    """Return a value as a code span for a table's cell, where a bar must be escaped even in code."""
    return markdown_code(value).replace("|", "\\|")


def _render(template: str, model: dict[str, Any], frame: dict[str, Any] | None = None) -> str:
    shown, around = every_text(model, visible), every_text(frame, visible)
    sections = [s for s in SECTIONS if s.name in shown]
    return _environment().get_template(template).render(model=shown, sections=sections, frame=around)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("weighbridge.report", "templates"),
        autoescape=lambda name: name is None or not name.endswith(".md.j2"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=compiled_before(),
    )
    environment.filters |= {
        "count": numbers.count,
        "figure": numbers.figure,
        "rate": numbers.rate,
        "size": numbers.size,
        "seconds": numbers.seconds,
        "plural": numbers.plural,
        "md": markdown_text,
        "code": markdown_code,
        "cell": markdown_cell,
    }
    return environment
