"""Hashes with separate domains and the Merkle tree of RFC 6962, and the chain of the journal made of the same two hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

SIZE = 32


def leaf(data: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two hashes; a link of the chain is the node of the link before and of the leaf."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """What must be remembered of a tree to go on with it: the roots of its full subtrees, largest first."""

    size: int = 0
    roots: tuple[bytes, ...] = ()

    @classmethod
    def parse(cls, size: int, data: bytes) -> Frontier:
        """From its bytes; raises ValueError where they are those of no tree of this size."""
        roots = tuple(data[at : at + SIZE] for at in range(0, len(data), SIZE))
        if len(data) % SIZE or len(roots) != size.bit_count():
            raise ValueError("no frontier of this size")
        return cls(size, roots)

    def __bytes__(self) -> bytes:
        return b"".join(self.roots)

    def add(self, item: bytes) -> Frontier:
        """The tree with one leaf more."""
        roots, size = [*self.roots, item], self.size
        while size & 1:
            right = roots.pop()
            roots[-1] = node(roots[-1], right)
            size >>= 1
        return Frontier(self.size + 1, tuple(roots))

    @property
    def root(self) -> bytes:
        """The root of the tree; that of the empty tree is the hash of nothing."""
        if not self.roots:
            return hashlib.sha256().digest()
        *rest, found = self.roots
        for root in reversed(rest):
            found = node(root, found)
        return found


def path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The audit path of one leaf: the hashes beside its way up to the root, from the leaf upwards."""
    if len(leaves) == 1:
        return ()
    half = _half(len(leaves))
    if index < half:
        return (*path(leaves[:half], index), _root(leaves[half:]))
    return (*path(leaves[half:], index - half), _root(leaves[:half]))


def root_by(item: bytes, index: int, size: int, beside: Sequence[bytes]) -> bytes | None:
    """The root that a leaf leads to along its audit path; None where the path is not one of such a tree."""
    if not 0 <= index < size:
        return None
    found, last = item, size - 1
    for other in beside:
        if last == 0:
            return None
        if index & 1 or index == last:
            found = node(other, found)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            found = node(found, other)
        index, last = index >> 1, last >> 1
    return found if last == 0 else None


def _root(leaves: Sequence[bytes]) -> bytes:
    found = Frontier()
    for item in leaves:
        found = found.add(item)
    return found.root


def _half(size: int) -> int:
    """The largest power of two below a size."""
    return 1 << (size - 1).bit_length() - 1
