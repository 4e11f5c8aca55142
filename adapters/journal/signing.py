"""Changing the key that signs the end of the journal, while services go on."""

from __future__ import annotations

from adapters.crypto import KeyFault, Signer
from adapters.journal.entries import Draft, JournalFault
from adapters.journal.writer import Journal


def rotate_signer(journal: Journal) -> Signer:
    """A new key signs from now on, and an entry says so; from there on nothing is signed by an older one. Raises JournalFault.

    First the key, then the entry: what is signed after the entry is signed by whoever has seen the key.
    """
    opened = journal.ready()
    try:
        signer = opened.keyring.rotate_signer()
    except (KeyFault, OSError) as fault:
        raise JournalFault(str(fault) if isinstance(fault, KeyFault) else f"key-file: {type(fault).__name__}") from None
    journal.append(Draft("signer", {"key": signer.name, "public": signer.public.hex()}))
    return signer
