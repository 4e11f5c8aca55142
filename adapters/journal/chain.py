"""Where the journal ends, and how it goes on: one link, one leaf of the day's tree, one signature for all that came at once."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.crypto import Keyring
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
    def document(self) -> bytes:
        """What is signed of it."""
        return canonical(
            {
                "journal": self.journal,
                "seq": self.seq,
                "link": self.link.hex(),
                "at": self.at,
                "day": self.day,
                "day_size": self.frontier.size,
                "root": self.frontier.root.hex(),
            }
        )

    def signed(self, keyring: Keyring) -> Signed:
        """A checkpoint that says it."""
        document = self.document
        return Signed(document, keyring.sign(SIGNED_AS + document))
