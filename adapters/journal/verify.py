"""Whether a journal is whole, from its rows and the public keys alone; every place where it is not, up to a bound.

The rows come from the store or from an exported file, in order. A checkpoint that a witness keeps finds what nobody could
find without it: a journal cut off, or told anew from some point on by whoever holds the signing key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.journal.chain import Head, signed_by
from adapters.journal.entries import Signed, Stored, digest
from engine.errors import Problem

MOST = 50
_TELL = {
    "journal-order": "It does not follow the entry before it: something is missing, added or in another order.",
    "journal-body": "Its body cannot be read, or is of another journal.",
    "journal-columns": "What stands beside its body is not what the body says.",
    "journal-sealed": "What is sealed in it is not what was sealed.",
    "journal-link": "It is not what was linked into the chain.",
    "journal-time": "It is dated before the entry that it follows.",
    "journal-request": "The request that it answers is not the one that is stored.",
    "journal-checkpoint": "The checkpoint is not signed by this key, or does not say what the entries say.",
    "journal-checkpoint-missing": "A day ended here, and its checkpoint is missing.",
    "journal-head": "The end of the journal is not signed by this key, or is not where the entries end.",
    "journal-witness": "The witness has seen something else: entries are missing, or the journal was told anew.",
    "journal-signer": "It is signed by a key that another had taken the place of by then.",
    "journal-erased": "The key of its person is gone, and no entry says that it was destroyed.",
}
_DO = "Keep the database as it is, compare it with a backup, and find out who changed it."


@dataclass(frozen=True, slots=True)
class Rows:
    """All that is verified. requests: (seq, key, asked) in the order of seq. living: ids of data keys, where they are at hand."""

    entries: Iterable[Stored]
    checkpoints: Mapping[int, Signed]
    head: Signed | None
    requests: Iterable[tuple[int, bytes, bytes]]
    living: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """How many entries were read, and every problem found, at most 50."""

    entries: int
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Found:
    problems: list[Problem] = field(default_factory=list)

    def tell(self, where: str, code: str) -> None:
        if len(self.problems) < MOST:
            self.problems.append(Problem(where, code, _TELL[code], _DO))


def verify(rows: Rows, publics: Iterable[bytes], witnessed: Iterable[Signed] = ()) -> Report:
    """Read every entry once and hold it to the chain, the checkpoints, the head and the witness."""
    found, signers = _Found(), _Signers(publics)
    requests, persons = _Requests(rows.requests), _Persons(rows.living)
    seen = _seen(witnessed, signers, found)
    signed = _checkpoints(rows.checkpoints, signers, found)
    at: Head | None = None
    for entry in rows.entries:
        said = _read(entry) or {}
        before, at = at, _step(at, entry, said, found)
        if before is not None and before.day != at.day:
            _at_end_of_day(before, signed, found)
        if requests.of(entry.seq) != said.get("request"):
            found.tell(f"entry {entry.seq}", "journal-request")
        if at.seq in seen and not at.is_said_by(seen.pop(at.seq)):
            found.tell(f"entry {at.seq}", "journal-witness")
        persons.see(entry, said)
        signers.see(entry, said)
    _left_over(signed, requests, persons, seen, found)
    _end(at, rows.head, signers, found)
    for seq in signers.outlived():
        found.tell(f"checkpoint {seq}", "journal-signer")
    return Report(at.seq if at else 0, tuple(found.problems))


def _step(at: Head | None, entry: Stored, said: Mapping[str, Any], found: _Found) -> Head:
    """The head after an entry as it is; what is wrong is told, and the next entry is held to what is stored here."""
    where = f"entry {entry.seq}"
    if not said or (at is not None and said["journal"] != at.journal):
        found.tell(where, "journal-body")
    moment = said.get("at", at.at if at else "")
    at = at or Head.first(said.get("journal", ""), moment)
    if entry.seq != at.seq + 1:
        found.tell(where, "journal-order")
    if (said.get("seq"), said.get("id"), said.get("kind"), said.get("subject")) != (entry.seq, entry.id, entry.kind, entry.subject):
        found.tell(where, "journal-columns")
    if said.get("sealed") != (None if entry.sealed is None else digest(entry.sealed)):
        found.tell(where, "journal-sealed")
    if moment < at.at:
        found.tell(where, "journal-time")
    after = at.after(entry.body, moment)
    if after.link != entry.link:
        found.tell(where, "journal-link")
        return replace(after, seq=entry.seq, link=entry.link)
    return after if after.seq == entry.seq else replace(after, seq=entry.seq)


def _read(entry: Stored) -> dict[str, Any] | None:
    """The body, if it is one."""
    try:
        said = entry.document
        sound = isinstance(said["journal"], str) and isinstance(said["at"], str)
    except (ValueError, KeyError, TypeError):
        return None
    return said if sound else None


class _Persons:
    """Whose keys are gone, and of whom it is written that theirs was destroyed."""

    def __init__(self, living: frozenset[str] | None) -> None:
        self._living = living
        self._gone: dict[str, int] = {}
        self._erased: set[str] = set()

    def see(self, entry: Stored, said: Mapping[str, Any]) -> None:
        """Take note of one entry."""
        if entry.kind == "erased":
            self._erased.add(str(said.get("facts", {}).get("subject", "")))
        if self._living is not None and entry.subject is not None and entry.subject not in self._living:
            self._gone.setdefault(entry.subject, entry.seq)

    def unexplained(self) -> list[int]:
        """The first entry of each whose key is gone without a word."""
        return [seq for subject, seq in self._gone.items() if subject not in self._erased]


def _left_over(signed: dict[int, Signed], requests: _Requests, persons: _Persons, seen: dict[int, Signed], found: _Found) -> None:
    """What belongs to no entry that was read."""
    for seq in signed:
        found.tell(f"checkpoint {seq}", "journal-checkpoint")
    for seq in requests.left():
        found.tell(f"entry {seq}", "journal-request")
    for seq in persons.unexplained():
        found.tell(f"entry {seq}", "journal-erased")
    for seq in seen:
        found.tell(f"entry {seq}", "journal-witness")


class _Requests:
    """Stored requests, walked beside the entries that they belong to."""

    def __init__(self, rows: Iterable[tuple[int, bytes, bytes]]) -> None:
        self._rows: Iterator[tuple[int, bytes, bytes]] = iter(rows)
        self._next = next(self._rows, None)

    def of(self, seq: int) -> list[str] | None:
        """The request of one entry; a second one is left over, and found so."""
        if self._next is None or self._next[0] != seq:
            return None
        _, key, asked = self._next
        self._next = next(self._rows, None)
        return [key.hex(), asked.hex()]

    def left(self) -> list[int]:
        """Those that belong to no entry, or to one that had its own."""
        found = [] if self._next is None else [self._next[0]]
        return found + [seq for seq, _, _ in self._rows][:MOST]


class _Signers:
    """The keys that may have signed, and from which entry on which of them alone may."""

    def __init__(self, publics: Iterable[bytes]) -> None:
        self._publics = tuple(publics)
        self._signed: dict[int, str] = {}
        self._since: list[tuple[int, str]] = []

    def signed(self, signed: Signed) -> bool:
        """Whether one of them signed it."""
        name = signed_by(signed, self._publics)
        if name is not None:
            self._signed[int(signed.said["seq"])] = name
        return name is not None

    def see(self, entry: Stored, said: Mapping[str, Any]) -> None:
        """Take note of one entry."""
        if entry.kind == "signer":
            self._since.append((entry.seq, str(said.get("facts", {}).get("key", ""))))

    def outlived(self) -> list[int]:
        """Where something is signed by a key whose time was over: whoever has found an old key tells nothing with it."""
        found = []
        for seq, name in sorted(self._signed.items()):
            due = [key for since, key in self._since if since <= seq]
            later = {key for since, key in self._since if since > seq}
            if due and name != due[-1] and name not in later:  # a new key signs a little before an entry says so
                found.append(seq)
        return found


def _checkpoints(stored: Mapping[int, Signed], signers: _Signers, found: _Found) -> dict[int, Signed]:
    sound = {}
    for seq, signed in stored.items():
        if signers.signed(signed):
            sound[seq] = signed
        else:
            found.tell(f"checkpoint {seq}", "journal-checkpoint")
    return sound


def _at_end_of_day(last: Head, signed: dict[int, Signed], found: _Found) -> None:
    checkpoint = signed.pop(last.seq, None)
    if checkpoint is None:
        found.tell(f"entry {last.seq}", "journal-checkpoint-missing")
    elif not last.is_said_by(checkpoint):
        found.tell(f"checkpoint {last.seq}", "journal-checkpoint")


def _seen(witnessed: Iterable[Signed], signers: _Signers, found: _Found) -> dict[int, Signed]:
    seen = {}
    for signed in witnessed:
        if signers.signed(signed):
            seen[int(signed.said["seq"])] = signed
        else:
            found.tell("witness", "journal-witness")
    seen.pop(0, None)  # of an empty journal there is nothing to have seen
    return seen


def _end(at: Head | None, head: Signed | None, signers: _Signers, found: _Found) -> None:
    sound = head is not None and signers.signed(head)
    if head is None or not sound:
        found.tell("head", "journal-head")
    elif at is None:
        if head.said["seq"] != 0:
            found.tell("head", "journal-head")
    elif not at.is_said_by(head):
        found.tell("head", "journal-head")
