"""Sealed bytes: opened by their key, at their place, and by nothing else."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.findings import ArgumentError, PublishError, code
from weighbridge.sinks.seal import BYTES, KEY_FILE_VARIABLE, KEY_VARIABLE, VALUES, Keyring, is_sealed, new_key
from weighbridge.sinks.seal import write_new_key as write

KEY = Keyring((bytes(range(32)),))
OTHER = Keyring((bytes(32),))


def sealed_by(ring: Keyring, content: bytes, kind: bytes = BYTES) -> bytes:
    (sealed,) = ring.seal("run", [("a.csv", 7)], [(kind, content)])
    assert sealed is not None
    return sealed


@given(st.binary(), st.text(st.characters(exclude_categories=())), st.integers(0, 2**63), st.booleans())
def test_opening_is_the_inverse_of_sealing(content: bytes, source: str, record: int, values: bool) -> None:
    (sealed,) = KEY.seal("run", [(source, record)], [(VALUES if values else BYTES, content)])
    assert sealed is not None
    opened = KEY.open(sealed, "run", source, record)
    assert (opened.content, opened.is_values) == (content, values)
    assert is_sealed(sealed)
    assert len(content) < 4 or content not in sealed


def test_the_same_bytes_never_seal_alike_and_nothing_stays_nothing() -> None:
    same = (BYTES, b"same")
    one, none, two = KEY.seal("run", [("a", 1)] * 3, [same, None, same])
    assert none is None
    assert one != two


@given(st.integers(0, 60), st.integers(1, 255))
def test_one_changed_byte_is_found(at: int, flip: int) -> None:
    sealed = bytearray(sealed_by(KEY, b"a record of bytes, long enough"))
    sealed[at] ^= flip
    with pytest.raises(PublishError) as raised:
        KEY.open(bytes(sealed), "run", "a.csv", 7)
    assert raised.value.findings[0].code in ("OUT-033", "OUT-031")


@pytest.mark.parametrize("place", [("other", "a.csv", 7), ("run", "b.csv", 7), ("run", "a.csv", 8)])
def test_what_was_sealed_for_another_place_does_not_open(place: tuple[str, str, int]) -> None:
    with pytest.raises(PublishError) as raised:
        KEY.open(sealed_by(KEY, b"x"), *place)
    assert raised.value.findings[0].code == "OUT-033"
    assert raised.value.findings[0].fix == code("OUT-033").fix


@pytest.mark.parametrize("content", [b"", b"WBSEAL1", b"2,,41"])
def test_what_was_never_sealed_does_not_open(content: bytes) -> None:
    with pytest.raises(PublishError, match="does not begin"):
        KEY.open(content, "run", "a.csv", 7)


def test_another_key_does_not_open_and_is_told_from_damage() -> None:
    for ring in (OTHER, Keyring()):
        with pytest.raises(PublishError) as raised:
            ring.open(sealed_by(KEY, b"x"), "run", "a.csv", 7)
        assert raised.value.findings[0].code == "OUT-031"
        assert raised.value.findings[0].fix == code("OUT-031").fix


def test_after_a_rotation_the_new_key_seals_and_both_open() -> None:
    rotated = Keyring((*OTHER.keys, *KEY.keys))
    assert rotated.open(sealed_by(KEY, b"x"), "run", "a.csv", 7).content == b"x"
    assert OTHER.open(sealed_by(rotated, b"y"), "run", "a.csv", 7).content == b"y"


def test_keys_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    keys = [new_key() for _ in range(3)]
    file = tmp_path / "keys"
    file.write_text(f"# new\n{keys[0]}\n\n{keys[1]} # old\n")
    from_file = Keyring.from_settings({KEY_FILE_VARIABLE: str(file)})
    assert from_file == Keyring.from_settings({KEY_VARIABLE: f"{keys[0]},{keys[1]}"})
    assert len(from_file.keys) == 2
    assert Keyring.from_settings({KEY_VARIABLE: keys[2], KEY_FILE_VARIABLE: str(file)}).keys != from_file.keys
    assert not Keyring.from_settings({})


@pytest.mark.parametrize("text", ["secret", "c2hvcnQ=", "🔑", "####\nx"])
def test_a_key_that_is_none_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(ArgumentError) as raised:
        Keyring.from_settings({KEY_VARIABLE: text})
    assert raised.value.findings[0].code == "OUT-032"
    assert raised.value.findings[0].fix == code("OUT-032").fix
    assert text not in str(raised.value)


def test_a_file_of_keys_that_cannot_be_read_or_is_empty_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "odd").write_bytes(b"\xff")
    for name in ("absent", "empty", "odd"):
        with pytest.raises(ArgumentError) as raised:
            Keyring.from_settings({KEY_FILE_VARIABLE: str(tmp_path / name)})
        assert raised.value.findings[0].code == "OUT-032"


def test_a_keys_text_is_not_shown() -> None:
    assert repr(KEY) == "Keyring()"


def test_a_new_key_is_its_owners_alone_and_replaces_none(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Keyring.from_settings({KEY_FILE_VARIABLE: str(path)})
    with pytest.raises(ArgumentError, match="exists"):
        write(path)
    with pytest.raises(ArgumentError, match="OUT-032"):
        write(tmp_path / "nowhere" / "key")
