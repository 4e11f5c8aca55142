"""What is kept secret under one key of the service: encryption of small texts, and digests that only it can make."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12
KEY_FILE = "secret.key"


class Unreadable(Exception):
    """It was sealed under another key, for another place, or changed since."""


class Seal:
    """AES-256-GCM and HMAC-SHA-256, each under its own key derived from the one."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(_derived(key, b"tandem seal 1"))
        self._digest = _derived(key, b"tandem digest 1")

    def close(self, text: bytes, place: str) -> bytes:
        """place: where it belongs; it opens nowhere else."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, text, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Raises Unreadable."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
        except (InvalidTag, ValueError):
            raise Unreadable from None

    def person(self, tenant: str, patient: str) -> bytes:
        """What stands for a patient in the tables: whoever has the tables alone cannot tell who it is."""
        return hmac.digest(self._digest, f"{len(tenant)}:{tenant}:{patient}".encode(), hashlib.sha256)


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, None, purpose).derive(key)


def random_text() -> str:
    """256 bits that nobody can guess."""
    return secrets.token_urlsafe(32)


def fingerprint(text: str) -> bytes:
    """What is kept of a random text, so that the tables let nobody in."""
    return hashlib.sha256(text.encode()).digest()


def kept_key(folder: Path) -> bytes:
    """The key of a demonstration: made once, kept in its folder for its owner only."""
    path = folder / KEY_FILE
    try:
        return _made(folder, path)
    except OSError:
        return secrets.token_bytes(32)  # a demonstration whose folder cannot be written forgets, and goes on


def _made(folder: Path, path: Path) -> bytes:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
        with suppress(FileExistsError):
            os.link(draft, path)  # whole or not at all, and the first of several processes wins
        draft.unlink()
    return path.read_bytes()
