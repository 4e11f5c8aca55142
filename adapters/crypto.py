"""Keys: what seals a person's data, what wraps the key of each person, what signs. Kept in one file, beside no database.

AES-256-GCM and Ed25519 from `cryptography`. Keys can be changed while services run: whoever meets an id that it does not
know, or is about to sign, reads the file again if it has changed.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FILE = "keys.json"
_NONCE = 12
_KEY = 32


class KeyFault(RuntimeError):
    """A key is missing, or does not open what it should; begins with a stable code."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A data key as it is stored: under which key-encryption key, and the bytes."""

    by: str
    key: bytes


def new_key() -> bytes:
    """A fresh key for one person's data."""
    return AESGCM.generate_key(8 * _KEY)


def seal(key: bytes, data: bytes, about: str) -> bytes:
    """Encrypted and bound to what it is about."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, about.encode())


def unseal(key: bytes, sealed: bytes, about: str) -> bytes:
    """What was sealed. Raises KeyFault when the key, the bytes or what they are about is another."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
    except (InvalidTag, ValueError):
        raise KeyFault("key-wrong: this does not open with this key") from None


def verified(public: bytes, signature: bytes, data: bytes) -> bool:
    """Whether the owner of a public key signed these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public: bytes) -> str:
    """How a public key is named."""
    return hashlib.sha256(public).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Signer:
    """One signing key: what names it, what others need to verify it, and the key."""

    name: str
    public: bytes
    key: Ed25519PrivateKey

    @classmethod
    def of(cls, seed: bytes) -> Signer:
        """From the 32 bytes that are kept of it."""
        key = Ed25519PrivateKey.from_private_bytes(seed)
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return cls(fingerprint(public), public, key)

    def sign(self, data: bytes) -> bytes:
        """An Ed25519 signature."""
        return self.key.sign(data)


class Keyring:
    """The key file, opened. From many threads; the file may change below it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp: tuple[int, int] | None = None
        self._read()

    @property
    def signer(self) -> Signer:
        """The key that signs from now on."""
        self._fresh()
        return self._signer

    @property
    def publics(self) -> tuple[bytes, ...]:
        """What others need to verify every signature that was ever made, the newest key first."""
        return (self.signer.public, *self._former)

    @property
    def current(self) -> str:
        """The id of the key that wraps from now on."""
        self._fresh()
        return self._current

    @property
    def ids(self) -> tuple[str, ...]:
        """Every key-encryption key, oldest first."""
        self._fresh()
        return tuple(self._keys)

    def person(self, identifier: str) -> bytes:
        """The same for the same person, and nothing can be told from it without the key file."""
        return hmac.digest(self._index, identifier.encode(), hashlib.sha256)

    def wrap(self, key: bytes, about: str) -> Wrapped:
        """A data key under the current key-encryption key."""
        by = self.current
        return Wrapped(by, seal(self._keys[by], key, about))

    def unwrap(self, wrapped: Wrapped, about: str) -> bytes:
        """The data key. Raises KeyFault."""
        if wrapped.by not in self._keys:
            self._fresh()
        if wrapped.by not in self._keys:
            raise KeyFault("key-missing: the key file does not hold the key that this is wrapped by")
        return unseal(self._keys[wrapped.by], wrapped.key, about)

    def rotate(self) -> str:
        """A new key-encryption key that wraps from now on; the older ones still unwrap. Returns its id."""
        with _alone(self.path):
            self._read()
            number = 1 + max(int(name[1:]) for name in self._keys)
            self._write(keys={**self._keys, f"k{number}": new_key()}, current=f"k{number}")
        return self._current

    def rotate_signer(self) -> Signer:
        """A new key that signs from now on. Of the one before only the public key is kept: nobody can sign with it any more."""
        with _alone(self.path):
            self._read()
            self._write(signing=new_key(), former=(self._signer.public, *self._former))
        return self._signer

    def retire(self, older: str) -> None:
        """Forget a key-encryption key. What is still wrapped by it is lost, so first wrap it anew."""
        with _alone(self.path):
            self._read()
            if older == self._current:
                raise KeyFault("key-current: the key in use cannot be retired")
            self._write(keys={name: key for name, key in self._keys.items() if name != older})

    def _fresh(self) -> None:
        with suppress(OSError):  # a file that is gone for a moment does not take the keys from us
            stat = self.path.stat()
            if (stat.st_ino, stat.st_mtime_ns) != self._stamp:
                self._read()

    def _read(self) -> None:
        try:
            stat, held = self.path.stat(), json.loads(self.path.read_bytes())
            keys = {str(name): b64decode(text) for name, text in held["keys"].items()}
            index, seed, current = b64decode(held["index"]), b64decode(held["signing"]), str(held["current"])
            former = tuple(b64decode(text) for text in held.get("former", ()))
            sound = {len(key) for key in (*keys.values(), *former, index, seed)} == {_KEY} and current in keys
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            sound = False
        if not sound:
            raise KeyFault("key-file: it cannot be read as a key file")
        self._held, self._keys, self._index, self._current = held, keys, index, current
        self._signer, self._former = Signer.of(seed), former
        self._stamp = (stat.st_ino, stat.st_mtime_ns)

    def _write(self, **changed: object) -> None:
        _replace(self.path, self._held | {name: _written(value) for name, value in changed.items()})
        self._read()


def open_keyring(path: Path) -> Keyring:
    """The keys in a file; made when there is none. Raises KeyFault."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(path):
            if not path.exists():
                _replace(
                    path,
                    {"current": "k1", "keys": _written({"k1": new_key()}), "index": _written(new_key()), "signing": _written(new_key())},
                )
    except OSError as error:
        raise KeyFault(f"key-file: {type(error).__name__}") from None
    return Keyring(path)


def _written(value: object) -> object:
    """As it stands in the file."""
    if isinstance(value, dict):
        return {name: _written(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_written(item) for item in value]
    return b64encode(value).decode() if isinstance(value, bytes) else value


def _replace(path: Path, document: dict[str, object]) -> None:
    """Whole or not at all, on the disk when this returns, and for the owner only."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as stream:
        json.dump(document, stream)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with os.fdopen(os.open(path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
