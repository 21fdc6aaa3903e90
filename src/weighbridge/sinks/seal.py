"""Bytes that hold classified values, sealed: encrypted, bound to their place, openable by whoever has the key.

    "WBSEAL1" · kind (B: the record's bytes, V: its values as JSON, W: both) · key id, 8 bytes · nonce, 12 bytes ·
    AES-256-GCM of the content under a key derived from the named one for this run (HKDF-SHA256)

Run, source and record number are authenticated with the content: sealed bytes moved to another
row do not open. Each run has a key of its own, so that random nonces never come near repeating.

The keys come from WEIGHBRIDGE_SEAL_KEY, or from the file that WEIGHBRIDGE_SEAL_KEY_FILE names: one a
line, or parted by commas. The first seals, all open; a new key is put before the old ones.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from weighbridge.findings import ArgumentError, Finding, Place, PublishError
from weighbridge.quick import dataclass

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_VARIABLE = "WEIGHBRIDGE_SEAL_KEY"
KEY_FILE_VARIABLE = "WEIGHBRIDGE_SEAL_KEY_FILE"

BYTES, VALUES, BOTH = b"B", b"V", b"W"

_MAGIC = b"WBSEAL1"
_KEY_BYTES = 32
_ID_BYTES = 8
_NONCE_BYTES = 12
_HEADER_BYTES = len(_MAGIC) + 1 + _ID_BYTES + _NONCE_BYTES
_LENGTH_BYTES = 8


@dataclass(frozen=True, slots=True)
class Opened:
    """What sealed bytes hold.

    Attributes:
        content: the record's bytes, or its values as JSON.
        is_values: whether it is values.
        values: the values as JSON beside the bytes, of a record that has both.
    """

    content: bytes
    is_values: bool
    values: bytes | None = None


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys that classified bytes are sealed and opened with; without any, nothing can be.

    Attributes:
        keys: 32 bytes each; the first one seals, all open.
    """

    keys: tuple[bytes, ...] = field(default=(), repr=False)

    @classmethod
    def from_settings(cls, settings: Mapping[str, str] = os.environ) -> Keyring:
        """Return the keys that the environment names; an empty ring when it names none.

        Raises:
            ArgumentError: OUT-032, a key, or the file of keys, cannot be used.
        """
        text, place = settings.get(KEY_VARIABLE, ""), KEY_VARIABLE
        if not text.strip() and (path := settings.get(KEY_FILE_VARIABLE, "").strip()):
            place = path
            try:
                text = Path(path).read_text("ascii")
            except (OSError, UnicodeDecodeError) as error:
                why = error.strerror if isinstance(error, OSError) else "it holds more than ASCII"
                raise ArgumentError(Finding("OUT-032", Place(source=path), why or "it cannot be read")) from None
            if not text.strip():
                raise ArgumentError(Finding("OUT-032", Place(source=path), "the file is empty"))
        lines = [line.partition("#")[0] for line in text.splitlines()]
        words = [word for line in lines for word in line.replace(",", " ").split()]
        return cls(tuple(_key(word, number, place) for number, word in enumerate(words, 1)))

    def __bool__(self) -> bool:
        """Whether there is a key to seal with."""
        return bool(self.keys)

    def seal(
        self, run_id: str, places: Iterable[tuple[str, int]], contents: Sequence[tuple[bytes, bytes] | None]
    ) -> list[bytes | None]:
        """Seal what each record holds; None stays None. As many as were given, in their order.

        Args:
            run_id: the run that writes them.
            places: the source's name and the record's number of each.
            contents: of each its kind and what it holds: bytes (`BYTES`), values as JSON (`VALUES`), or `both`.

        Raises:
            IndexError: the ring has no key.
        """
        key = self.keys[0]
        cipher, named = _cipher(key, run_id), key_id(key)
        nonces = os.urandom(_NONCE_BYTES * len(contents))
        sealed: list[bytes | None] = []
        for i, (place, content) in enumerate(zip(places, contents, strict=True)):
            if content is None:
                sealed.append(None)
                continue
            nonce = nonces[i * _NONCE_BYTES : (i + 1) * _NONCE_BYTES]
            kind, plain = content
            body = cipher.encrypt(nonce, plain, _bound(kind, *place))
            sealed.append(b"".join((_MAGIC, kind, named, nonce, body)))
        return sealed

    def open(self, sealed: bytes, run_id: str, source: str, record: int) -> Opened:
        """Return what was sealed for this record of this run.

        Raises:
            PublishError: OUT-031, there is no such key in the ring; OUT-033, it is not what was sealed.
        """
        from cryptography.exceptions import InvalidTag

        place = Place(source=source, record=record)
        if len(sealed) < _HEADER_BYTES or not is_sealed(sealed):
            raise PublishError(Finding("OUT-033", place, "it does not begin as sealed bytes do"))
        at = len(_MAGIC)
        kind, named = sealed[at : at + 1], sealed[at + 1 : at + 1 + _ID_BYTES]
        key = next((k for k in self.keys if key_id(k) == named), None)
        if key is None:
            known = ", ".join(key_id(k).hex() for k in self.keys) or "none"
            raise PublishError(Finding("OUT-031", place, f"sealed with key {named.hex()}; given: {known}"))
        nonce, body = sealed[at + 1 + _ID_BYTES : _HEADER_BYTES], sealed[_HEADER_BYTES:]
        try:
            plain = _cipher(key, run_id).decrypt(nonce, body, _bound(kind, source, record))
        except InvalidTag:
            raise PublishError(Finding("OUT-033", place, "it was changed, or is another record's")) from None
        if kind == BOTH:
            end = _LENGTH_BYTES + int.from_bytes(plain[:_LENGTH_BYTES], "big")
            return Opened(plain[_LENGTH_BYTES:end], is_values=False, values=plain[end:])
        return Opened(plain, kind == VALUES)


def both(raw: bytes, values: bytes) -> tuple[bytes, bytes]:
    """Return a record's bytes and its values as one content to seal.

    So that a record can be judged again whose bytes are none without those around them.
    """
    return BOTH, b"".join((len(raw).to_bytes(_LENGTH_BYTES, "big"), raw, values))


def is_sealed(content: bytes) -> bool:
    """Return whether these bytes are sealed ones, by how they begin."""
    return content.startswith(_MAGIC)


def new_key() -> str:
    """Return a new key as settings hold it."""
    return base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)).decode()


def write_new_key(path: Path) -> str:
    """Make a file with a new key that only its owner may read; return the key's id.

    Raises:
        ArgumentError: OUT-032, the file exists already, or cannot be made.
    """
    key = new_key()
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(f"{key}\n")
    except FileExistsError:
        words = "the file exists: add a line of `weighbridge seal-key` before its first one to change keys"
        raise ArgumentError(Finding("OUT-032", Place(source=str(path)), words)) from None
    except OSError as error:
        raise ArgumentError(Finding("OUT-032", Place(source=str(path)), error.strerror or str(error))) from error
    return key_id(base64.urlsafe_b64decode(key)).hex()


@lru_cache(maxsize=64)
def key_id(key: bytes) -> bytes:
    """Return what sealed bytes call a key: eight bytes that tell nothing of it."""
    return hashlib.sha256(b"weighbridge seal key id\0" + key).digest()[:_ID_BYTES]


@lru_cache(maxsize=64)
def _cipher(key: bytes, run_id: str) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESGCM(HKDF(SHA256(), _KEY_BYTES, None, b"weighbridge run\0" + run_id.encode()).derive(key))


def _bound(kind: bytes, source: str, record: int) -> bytes:
    return kind + f"{record}\0{source}".encode("utf-8", "surrogatepass")


def _key(word: str, number: int, place: str) -> bytes:
    """Return a key's bytes. Its text is never quoted."""
    try:
        key = base64.b64decode(word.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise ArgumentError(Finding("OUT-032", Place(source=place), f"key {number} is not base64")) from None
    if len(key) != _KEY_BYTES:
        raise ArgumentError(Finding("OUT-032", Place(source=place), f"key {number} has {len(key)} bytes, not 32"))
    return key
