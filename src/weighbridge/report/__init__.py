"""The report of a run: sections, one model, three renderings.

A section is a function from a result to JSON values, and a template for each rendering.
`model` gathers the sections; HTML and Markdown are made from the model alone, so that what
one of them says the others say too. Jinja2 is imported when something is rendered, not before.
"""

from weighbridge.report.junit import render_junit
from weighbridge.report.model import model
from weighbridge.report.oors import oors
from weighbridge.report.render import render_html, render_markdown
from weighbridge.report.summary import summary
from weighbridge.report.write import write

__all__ = ["model", "oors", "render_html", "render_junit", "render_markdown", "summary", "write"]
