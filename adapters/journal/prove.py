"""Proof that one entry is in the journal, for somebody who may see no other: its body, and hashes up to a signed root."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from adapters.journal import rows
from adapters.journal.chain import signed_by
from adapters.journal.entries import JournalFault, Signed
from adapters.journal.merkle import leaf, path, root_by
from adapters.journal.writer import Opened


def prove(opened: Opened, id: str) -> dict[str, Any] | None:
    """The proof for one entry; none where there is no such entry. Raises JournalFault."""
    with opened.store.reading() as connection:
        entry = rows.entry(connection, id)
        if entry is None:
            return None
        signed = next((signed for seq, signed in rows.checkpoints(connection) if seq >= entry.seq), None)
        if signed is None:
            now = rows.head_now(connection)
            signed = now[1] if now else None
        if signed is None:
            raise JournalFault("journal-head: the journal has no end")
        said = signed.said
        first = said["seq"] - said["day_size"] + 1
        leaves = [leaf(other.body) for other in rows.between(connection, first, said["seq"])]
    return {
        "entry": entry.body.decode(),
        "index": entry.seq - first,
        "path": [item.hex() for item in path(leaves, entry.seq - first)],
        "checkpoint": signed.document.decode(),
        "signature": signed.signature.hex(),
    }


def holds(proof: Mapping[str, Any], publics: Iterable[bytes]) -> bool:
    """Whether a proof is one, by the public keys alone."""
    try:
        signed = Signed(str(proof["checkpoint"]).encode(), bytes.fromhex(proof["signature"]))
        said, index, beside = signed.said, proof["index"], [bytes.fromhex(item) for item in proof["path"]]
        entry = str(proof["entry"]).encode()
        place = said["seq"] - said["day_size"] + 1 + index
        root = root_by(leaf(entry), index, said["day_size"], beside)
        sound = root is not None and root.hex() == said["root"] and json.loads(entry)["seq"] == place
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    return sound and signed_by(signed, publics) is not None
