"""The renderings: nothing from the data is markup, nothing is loaded, nothing is run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report import made
from weighbridge.findings import Finding, Place, PublishError
from weighbridge.outcome.result import RunResult
from weighbridge.report import model, render_html, render_markdown, summary, write
from weighbridge.report.numbers import plural
from weighbridge.report.render import markdown_cell, markdown_code
from weighbridge.report.text import visible

VOID = {"meta", "link", "br", "hr", "img", "input"}
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'` onload=x"
OVERRIDE = "\u202egnp.exe\u2066\x1b[31m\x00\u200b\ud800\x85\n"


class Document(HTMLParser):
    """Reads a page: its tags, attributes and text; whether tags are closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def poisoned(value: Any, poison: str) -> Any:
    """Return the value with the poison added to every text in it, however deep; closed words stay."""
    if isinstance(value, Enum | datetime) or value is None:
        return value
    if isinstance(value, str):
        return value + poison
    if isinstance(value, bytes):
        return value + poison.encode("utf-8", "surrogatepass")
    if isinstance(value, Finding):
        return replace(value, detail=value.detail + poison, seen=poison, fix=poison, place=Place(source=poison))
    if is_dataclass(value) and not isinstance(value, type):
        kept = {"state", "grain", "code"}
        changed = {f.name: poisoned(getattr(value, f.name), poison) for f in fields(value) if f.name not in kept}
        return replace(value, **changed)
    if isinstance(value, dict):
        return {k: poisoned(v, poison) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(poisoned(v, poison) for v in value)
    return value


def keys_poisoned(result: RunResult, poison: str) -> RunResult:
    """Return the result with the poison in the keys of its mappings too."""
    source = result.receipt.sources[0]
    receipt = replace(result.receipt, sources=(replace(source, control_bytes={poison: 10}),))
    schema = ({"name": poison, "logical_type": poison, "options": {poison: poison}, "enum": [poison]},)
    figures = {**made.profile()["columns"]["id"], "shapes": [{"shape": poison, "count": 1}] * 2}
    return replace(
        result,
        receipt=receipt,
        schema=schema,
        profile={"records": 1, "columns": {poison: figures}},
        engine={poison: poison},
        stage_seconds={poison: 1.0},
    )


def renderings(result: RunResult) -> dict[str, str]:
    given_model = model(result)
    return {
        "html": render_html(given_model),
        "markdown": render_markdown(given_model),
        "summary": summary(result),
    }


@pytest.mark.parametrize("name", made.ALL)
def test_the_page_is_well_formed_and_loads_and_runs_nothing(name: str) -> None:
    page = Document(render_html(model(made.ALL[name]())))
    assert page.open == []
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "iframe", "object", "embed", "img", "form", "base", "audio", "video"}
    for tag, attributes in page.tags:
        assert not any(a.startswith("on") for a in attributes)
        assert not set(attributes) & {"src", "srcset", "action", "ping", "background"}
        if tag in ("a", "link"):
            assert str(attributes["href"]).startswith(("#", "data:,"))
    html = render_html(model(made.ALL[name]()))
    assert not re.search(r"https?:|@import|url\(", html)


@pytest.mark.parametrize("name", made.ALL)
def test_the_page_can_be_read_by_ear_and_keyboard(name: str) -> None:
    page = Document(render_html(model(made.ALL[name]())))
    tags = [tag for tag, _ in page.tags]
    assert {"header", "main", "nav", "footer"} <= set(tags)
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert tags.count("caption") == tags.count("table")
    for tag, attributes in page.tags:
        assert tag != "th" or attributes.get("scope") in ("row", "col")
        assert tag != "svg" or attributes.get("aria-hidden") or attributes.get("role") == "img"
        assert attributes.get("class") != "scroll" or attributes.get("tabindex") == "0"
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    named = " ".join(str(a["aria-labelledby"]) for _, a in page.tags if "aria-labelledby" in a).split()
    assert set(named) <= set(ids)
    links = {str(a["href"])[1:] for tag, a in page.tags if tag == "a"}
    assert links <= set(ids)


@pytest.mark.parametrize("name", made.ALL)
def test_a_script_stored_in_any_field_stays_text(name: str) -> None:
    for spoil in (poisoned, keys_poisoned):
        if spoil is keys_poisoned and name == "empty":
            continue
        shown = renderings(spoil(made.ALL[name](), SCRIPT))
        page = Document(shown["html"])
        assert page.open == []
        assert {tag for tag, _ in page.tags} & {"script", "img"} == set()
        assert not any(a.startswith("on") for _, attributes in page.tags for a in attributes)
        assert "<script>alert(1)</script>" in page.text
        outside_code = re.sub(r"\\.|(`+)(?!`).+?(?<!`)\1(?!`)", "", shown["markdown"])
        assert "<" not in outside_code


@pytest.mark.parametrize("name", made.ALL)
def test_no_character_steers_what_is_shown(name: str) -> None:
    for text in renderings(poisoned(made.ALL[name](), OVERRIDE)).values():
        text.encode()
        assert all(c == "\n" or visible(c) == c for c in text)
        assert "⟨U+202E⟩gnp.exe" in text
        assert "␛[31m␀" in text


@given(st.text())
def test_visible_text_is_one_line_and_stays_as_it_is(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    assert visible(shown) == shown
    if text.isprintable() and text.isascii():
        assert shown == text


@given(st.text(alphabet="`| a\\<", min_size=1))
def test_a_code_span_cannot_be_broken_out_of(text: str) -> None:
    span = markdown_code(text)
    if not text.strip():
        assert span == f"({plural(len(text), 'blank')})"
        return
    fence = re.match("`+", span)
    assert fence is not None
    inside = span[len(fence[0]) : -len(fence[0])]
    assert fence[0] not in re.findall("`+", inside)
    assert not re.search(r"(?<!\\)\|", markdown_cell(text))


def test_the_first_screen_says_what_why_and_what_next() -> None:
    text = Document(render_html(model(made.published()))).text
    first = text[: text.index("Findings in records")]
    for part in ("Published with warnings", "20 records are rejected", "9,900", "99.0 %", "0.60 %", "Receipt balances",
                 "Correct the value at the source".lower(), "Decide the records".lower()):  # fmt: skip
        assert part in first, part


def test_evidence_stands_beside_its_bytes() -> None:
    html = render_html(model(made.published()))
    assert "37 2c 58 39 2c 32 30 32 34 2d 30 31 2d 33 32" in html
    assert "7,X9,<mark>2024-01-32</mark>" in html
    assert "2024-03-04" in html
    assert "record 1,234" in html
    assert "byte 56,789" in html


def test_blank_values_can_be_seen() -> None:
    result = made.published(checks=(made.check(examples=(made.example(seen="  "), made.example(seen=""))),))
    shown = renderings(result)
    assert "<em>2 blanks</em>" in shown["html"]
    assert "<em>empty</em>" in shown["html"]
    assert "saw (2 blanks)" in shown["markdown"]
    assert 'saw: "  "' in shown["summary"]


def test_markdown_tables_are_tables() -> None:
    for name, make in made.ALL.items():
        columns = 0
        for line in [*render_markdown(model(make())).splitlines(), ""]:
            bars = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
            assert columns in (0, bars) or not bars, (name, line)
            assert bars or not columns or line == "", f"{name}: no blank line after a table, but {line!r}"
            columns = bars


def test_the_summary_tells_the_essentials() -> None:
    text = summary(made.published())
    for part in (
        "PUBLISHED WITH WARNINGS",
        "20 records are rejected",
        "9,900",
        "0.60 %",
        "20 rejected (0.20 %): born|type",
        "cust.csv record 1,234, saw: 2024-01-32",
        "9,960 rows  out/published/crm/people (version 4)",
        "out/runs/20240506T070809000Z-0123456789/report.html",
    ):
        assert part in text, text
    assert "DOES NOT BALANCE" in summary(made.held())
    assert "report  " not in summary(made.empty())


def test_files_are_written_whole_and_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "er"
    for _ in range(2):
        paths = write(made.published(), folder)
    assert sorted(paths) == ["report.html", "report.json", "report.md"]
    assert sorted(p.name for p in folder.iterdir()) == sorted(paths)
    assert json.loads(paths["report.json"].read_text()) == model(made.published())
    assert paths["report.html"].read_text() == render_html(model(made.published()))
    assert paths["report.md"].read_text().startswith("# Published with warnings: people · customers\n")


def test_a_folder_that_cannot_be_written_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PublishError) as caught:
        write(made.published(), tmp_path / "file")
    assert caught.value.findings[0].code == "OUT-001"


@pytest.mark.parametrize("name", ["many_checks", "published"])
def test_the_size_is_bounded_whatever_the_data(name: str) -> None:
    spoil: Callable[[RunResult], RunResult] = lambda r: poisoned(r, "x" * 5_000)  # noqa: E731
    assert len(render_html(model(spoil(made.ALL[name]())))) < 12_000_000
