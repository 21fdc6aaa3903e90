"""Folder names: safe, and one for each text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.sinks import TABLE_NAMES, Tables, extract_key, slug

TEXT = st.text(min_size=0, max_size=120)


@given(TEXT)
def test_a_slug_is_one_safe_folder_name(text: str) -> None:
    name = slug(text)
    assert name not in ("", ".", "..")
    assert len(name) <= 80
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-")
    assert not name.startswith((".", "_", "-"))
    assert not name.endswith(".")


@given(TEXT, TEXT)
def test_two_texts_never_share_a_slug(one: str, other: str) -> None:
    assert (slug(one) == slug(other)) == (one == other)


@given(TEXT)
def test_no_text_can_be_the_slug_of_another(text: str) -> None:
    assert slug(slug(text)) == slug(text) if slug(text) == text else slug(slug(text)) != slug(text)


@pytest.mark.parametrize("text", ["../../etc/passwd", "/etc", "a/b", "a\\b", "C:", "", "..", "\0", "\ud800", "Ümlaut"])
def test_no_text_leaves_the_output_folder(tmp_path: Path, text: str) -> None:
    for name in TABLE_NAMES:
        path = Tables(tmp_path, text, text).path(name)
        assert os.path.normpath(path) == str(path)
        assert path.parent.parent == tmp_path / name


def test_plain_names_stay_readable(tmp_path: Path) -> None:
    assert Tables(tmp_path, "nyc-flights", "flights").published == tmp_path / "published" / "nyc-flights" / "flights"
    assert slug("Flights") != slug("flights") != slug("FLIGHTS")
    assert slug("Flights 2013").startswith("flights-2013-")
    assert Tables(tmp_path, "nyc-flights", "flights").key == "nyc-flights--flights"


def test_there_are_five_tables_and_no_other(tmp_path: Path) -> None:
    tables = Tables(tmp_path, "c", "o")
    of_them = [tables.published, tables.quarantine, tables.review, tables.repairs, tables.warnings]
    assert of_them == [tables.path(name) for name in TABLE_NAMES]
    with pytest.raises(KeyError):
        tables.path("nonesuch")


def test_the_partition_is_named_by_the_extract() -> None:
    assert extract_key("sha256:" + "0123456789abcdef" * 4) == "0123456789abcdef"
