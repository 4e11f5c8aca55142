"""Keys: what is sealed opens with its own key and for its own purpose only; the key file changes whole or not at all."""

from __future__ import annotations

import stat
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.crypto import KeyFault, Keyring, new_key, open_keyring, seal, unseal, verified


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_opens(data: bytes, about: str) -> None:
    key = new_key()
    assert unseal(key, seal(key, data, about), about) == data


@pytest.mark.parametrize("place", [0, 11, 12, -1])
def test_a_changed_byte_another_key_or_another_purpose_does_not_open(place: int) -> None:
    key = new_key()
    sealed = bytearray(seal(key, b"private", "decision:1"))
    for wrong_key, wrong_about in ((new_key(), "decision:1"), (key, "decision:2")):
        with pytest.raises(KeyFault, match="key-wrong"):
            unseal(wrong_key, bytes(sealed), wrong_about)
    sealed[place] ^= 1
    with pytest.raises(KeyFault, match="key-wrong"):
        unseal(key, bytes(sealed), "decision:1")
    with pytest.raises(KeyFault, match="key-wrong"):
        unseal(key, b"", "decision:1")


def test_the_key_file_is_made_once_by_many_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "keys.json"
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: open_keyring(path), range(8)))
    assert len({ring.signer.public for ring in rings}) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_people_are_named_alike_under_one_key_file_only(tmp_path: Path) -> None:
    one, other = open_keyring(tmp_path / "one.json"), open_keyring(tmp_path / "other.json")
    assert one.person("maya") == Keyring(tmp_path / "one.json").person("maya")
    assert len({one.person("maya"), one.person("leo"), other.person("maya")}) == 3


def test_signatures(tmp_path: Path) -> None:
    ring = open_keyring(tmp_path / "keys.json")
    signature = ring.signer.sign(b"data")
    assert verified(ring.signer.public, signature, b"data")
    assert not verified(ring.signer.public, signature, b"other")
    assert not verified(open_keyring(tmp_path / "other.json").signer.public, signature, b"data")
    assert not verified(b"short", signature, b"data")


def test_rotation_is_seen_by_whoever_has_the_file_open(tmp_path: Path) -> None:
    one, other = open_keyring(tmp_path / "keys.json"), open_keyring(tmp_path / "keys.json")
    key = new_key()
    old = other.wrap(key, "x")
    assert one.rotate() == other.current == "k2"
    new = one.wrap(key, "x")
    assert (old.by, new.by) == ("k1", "k2")
    assert other.unwrap(new, "x") == other.unwrap(old, "x") == key
    one.retire("k1")
    assert other.ids == ("k2",)
    with pytest.raises(KeyFault, match="key-missing"):
        other.unwrap(old, "x")
    assert one.rotate() == "k3"


def test_a_new_signing_key_is_seen_by_whoever_has_the_file_open_and_the_old_one_is_kept_by_its_public_half_alone(tmp_path: Path) -> None:
    one, other = open_keyring(tmp_path / "keys.json"), open_keyring(tmp_path / "keys.json")
    first, sealing = one.signer, one.wrap(new_key(), "x")
    second = other.rotate_signer()
    assert one.signer.public == second.public != first.public
    assert one.publics == (second.public, first.public) == open_keyring(tmp_path / "keys.json").publics
    seed = b64encode(first.key.private_bytes_raw()).decode()
    assert seed not in (tmp_path / "keys.json").read_text()
    assert one.unwrap(sealing, "x") == other.unwrap(sealing, "x")
    assert one.rotate() == other.current == "k2"
    assert other.publics == (second.public, first.public)


def test_keys_outlive_a_file_that_is_gone_for_a_moment(tmp_path: Path) -> None:
    ring = open_keyring(tmp_path / "keys.json")
    (tmp_path / "keys.json").rename(tmp_path / "aside")
    assert ring.unwrap(ring.wrap(b"k" * 32, "x"), "x") == b"k" * 32


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"current": "k1", "keys": {"k1": "AA=="}, "index": "AA==", "signing": "AA=="}'])
def test_a_file_that_is_no_key_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.json").write_text(text)
    with pytest.raises(KeyFault, match="key-file"):
        open_keyring(tmp_path / "keys.json")
