"""Where the journal ends, and how it goes on: one link, one leaf of the day's tree, one signature for all that came at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from adapters.crypto import Signer, fingerprint, verified
from adapters.journal.entries import SIGNED_AS, Signed, canonical, genesis
from adapters.journal.merkle import Frontier, leaf, node


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the journal. at: of the last entry; clocks may go back, this does not. frontier: the tree of its day."""

    journal: str
    seq: int
    link: bytes
    at: str
    frontier: Frontier

    @classmethod
    def first(cls, journal: str, at: str) -> Head:
        """Before the first entry."""
        return cls(journal, 0, genesis(journal), at, Frontier())

    @classmethod
    def parse(cls, signed: Signed, frontier: bytes) -> Head:
        """From what is stored. Raises ValueError or KeyError where it is no head."""
        said = signed.said
        return cls(said["journal"], said["seq"], bytes.fromhex(said["link"]), said["at"], Frontier.parse(said["day_size"], frontier))

    @property
    def day(self) -> str:
        """In UTC."""
        return self.at[:10]

    def after(self, body: bytes, at: str) -> Head:
        """The head once this entry follows."""
        item = leaf(body)
        tree = self.frontier if at[:10] == self.day else Frontier()
        return Head(self.journal, self.seq + 1, node(self.link, item), at, tree.add(item))

    @property
    def _said(self) -> dict[str, str | int]:
        return {
            "journal": self.journal,
            "seq": self.seq,
            "link": self.link.hex(),
            "at": self.at,
            "day": self.day,
            "day_size": self.frontier.size,
            "root": self.frontier.root.hex(),
        }

    def is_said_by(self, signed: Signed) -> bool:
        """Whether a checkpoint says this and nothing else, whoever signed it."""
        return {name: value for name, value in signed.said.items() if name != "key"} == self._said

    def signed(self, signer: Signer) -> Signed:
        """A checkpoint that says it, and by whose key."""
        document = canonical(self._said | {"key": signer.name})
        return Signed(document, signer.sign(SIGNED_AS + document))


def signed_by(signed: Signed, publics: Iterable[bytes]) -> str | None:
    """The name of the key that signed it, of those that are given. One that says by whose key it is signed is signed by no other."""
    try:
        named = signed.said.get("key")
    except (ValueError, AttributeError):
        return None
    for public in publics:
        name = fingerprint(public)
        if named in (None, name) and verified(public, signed.signature, SIGNED_AS + signed.document):
            return name
    return None
