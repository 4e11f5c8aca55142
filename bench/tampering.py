"""`python -m bench.tampering N`: N changes of every kind and place to a journal. Every one must be found."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from adapters.crypto import Keyring, open_keyring
from adapters.journal import Draft, Journal, Request
from adapters.journal.chain import Head
from adapters.journal.entries import SIGNED_AS, Signed, Stored, canonical
from adapters.journal.export import stored
from adapters.journal.merkle import Frontier
from adapters.journal.verify import Rows, verify

ENTRIES = 40


@dataclass(frozen=True, slots=True)
class Whole:
    """A journal in memory, and what a witness has seen of it."""

    entries: tuple[Stored, ...]
    checkpoints: tuple[tuple[int, Signed], ...]
    head: Signed
    requests: tuple[tuple[int, bytes, bytes], ...]

    def rows(self) -> Rows:
        """As it is verified."""
        return Rows(self.entries, dict(self.checkpoints), self.head, self.requests)


def made(folder: Path, seed: int) -> tuple[Whole, Keyring]:
    """A journal over four days."""
    now = [datetime(2026, 11, 20, 8, tzinfo=UTC)]
    journal = Journal(f"sqlite:///{folder}/{seed}.sqlite3", folder / f"{seed}.json", lambda: now[0])
    for number in range(ENTRIES):
        now[0] += timedelta(hours=2)
        request = Request(number.to_bytes(32, "big"), bytes(32)) if number % 3 == 0 else None
        journal.append(Draft("decision", {"number": number}, b"private" * 5, f"p{number % 5}", request=request))
    opened = journal.opened()
    with stored(opened.store) as rows:
        assert rows.head is not None
        found = Whole(tuple(rows.entries), tuple(rows.checkpoints.items()), rows.head, tuple(rows.requests))
    journal.close()
    return found, opened.keyring


def flipped(data: bytes, rng: Random) -> bytes:
    """One bit."""
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]


class Tamper:
    """Every kind of change. Each returns another journal."""

    def __init__(self, whole: Whole, other: Whole, stranger: Keyring, rng: Random) -> None:
        self.whole, self.other, self.stranger, self.rng = whole, other, stranger, rng

    def _one(self) -> int:
        return self.rng.randrange(len(self.whole.entries))

    def _put(self, at: int, entry: Stored) -> Whole:
        entries = self.whole.entries
        return replace(self.whole, entries=(*entries[:at], entry, *entries[at + 1 :]))

    def flip_entry(self) -> Whole:
        """A bit of what an entry holds."""
        at, place = self._one(), self.rng.choice(("body", "sealed", "link"))
        entry = self.whole.entries[at]
        return self._put(at, replace(entry, **{place: flipped(getattr(entry, place), self.rng)}))

    def change_column(self) -> Whole:
        """What stands beside the body."""
        at = self._one()
        change = self.rng.choice(({"kind": "told"}, {"id": "x"}, {"subject": None}, {"subject": "y"}, {"sealed": None}, {"seq": 99}))
        return self._put(at, replace(self.whole.entries[at], **change))

    def delete(self) -> Whole:
        """An entry, or several."""
        at, count = self._one(), self.rng.randint(1, 4)
        return replace(self.whole, entries=self.whole.entries[:at] + self.whole.entries[at + count :])

    def reorder(self) -> Whole:
        """Two entries in each other's place, under the numbers of the places."""
        one, two = self.rng.sample(range(len(self.whole.entries)), 2)
        entries = list(self.whole.entries)
        entries[one], entries[two] = replace(entries[two], seq=entries[one].seq), replace(entries[one], seq=entries[two].seq)
        return replace(self.whole, entries=tuple(entries))

    def truncate(self) -> Whole:
        """The end cut off, and an end put there that was once true: the last checkpoint."""
        seq, signed = self.rng.choice(self.whole.checkpoints)
        kept = tuple(item for item in self.whole.checkpoints if item[0] < seq)
        requests = tuple(item for item in self.whole.requests if item[0] <= seq)
        return Whole(self.whole.entries[:seq], kept, signed, requests)

    def splice(self) -> Whole:
        """An entry of another journal in the place of ours."""
        at = self._one()
        return self._put(at, replace(self.other.entries[at], seq=at + 1))

    def repeat(self) -> Whole:
        """An entry twice."""
        at = self._one()
        entries = self.whole.entries
        return replace(self.whole, entries=(*entries[: at + 1], entries[at], *entries[at + 1 :]))

    def flip_signed(self) -> Whole:
        """A bit of a checkpoint or of the head, or of its signature."""
        place = self.rng.choice(("document", "signature"))
        if self.rng.random() < 0.5:
            return replace(self.whole, head=replace(self.whole.head, **{place: flipped(getattr(self.whole.head, place), self.rng)}))
        at = self.rng.randrange(len(self.whole.checkpoints))
        seq, signed = self.whole.checkpoints[at]
        changed = (seq, replace(signed, **{place: flipped(getattr(signed, place), self.rng)}))
        return replace(self.whole, checkpoints=(*self.whole.checkpoints[:at], changed, *self.whole.checkpoints[at + 1 :]))

    def drop_checkpoint(self) -> Whole:
        """One is gone."""
        gone = self.rng.choice(self.whole.checkpoints)
        return replace(self.whole, checkpoints=tuple(item for item in self.whole.checkpoints if item != gone))

    def change_request(self) -> Whole:
        """A request that leads elsewhere, asks otherwise, or is gone."""
        at = self.rng.randrange(len(self.whole.requests))
        seq, key, asked = self.whole.requests[at]
        changes = ([], [(seq, flipped(key, self.rng), asked)], [(seq, key, flipped(asked, self.rng))], [(seq + 1, key, asked)])
        requests = (*self.whole.requests[:at], *self.rng.choice(changes), *self.whole.requests[at + 1 :])
        return replace(self.whole, requests=requests)

    def fork(self) -> Whole:
        """Told anew from some entry on, with every link and root right, signed by a key of the forger's own."""
        return self._told_anew(self._one())

    def sign_anew(self) -> Whole:
        """The same entries, signed by another key."""
        signed = [Signed(item.document, self.stranger.signer.sign(SIGNED_AS + item.document)) for _, item in self.whole.checkpoints]
        head = Signed(self.whole.head.document, self.stranger.signer.sign(SIGNED_AS + self.whole.head.document))
        numbers = [seq for seq, _ in self.whole.checkpoints]
        return replace(self.whole, checkpoints=tuple(zip(numbers, signed, strict=True)), head=head)

    def _told_anew(self, at: int) -> Whole:
        first = self.whole.entries[0].document
        head = Head.first(first["journal"], first["at"])
        entries, checkpoints = list[Stored](), list[tuple[int, Signed]]()
        kept = dict(self.whole.checkpoints)
        for number, entry in enumerate(self.whole.entries):
            body = canonical({**entry.document, "facts": {"number": -1}}) if number == at else entry.body
            moment = entry.document["at"]
            if head.seq and moment[:10] != head.day:
                checkpoints.append((head.seq, kept[head.seq] if number <= at else head.signed(self.stranger.signer)))
            head = head.after(body, moment)
            entries.append(replace(entry, body=body, link=head.link))
        assert isinstance(head.frontier, Frontier)
        return Whole(tuple(entries), tuple(checkpoints), head.signed(self.stranger.signer), self.whole.requests)


def main() -> int:
    """0 when every change was found, and a journal that nobody touched is whole."""
    count, rng, missed = int(sys.argv[1]), Random(7), Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        whole, keyring = made(Path(name), 1)
        other, _ = made(Path(name), 2)
        stranger = open_keyring(Path(name) / "stranger.json")
    tamper = Tamper(whole, other, stranger, rng)
    kinds: list[Callable[[], Whole]] = [getattr(tamper, name) for name in dir(tamper) if callable(getattr(tamper, name)) and name[0] != "_"]
    sound = verify(whole.rows(), keyring.publics, [whole.head])
    tried = Counter[str]()
    for number in range(count):
        change = kinds[number % len(kinds)]
        tried[change.__name__] += 1
        changed = change()
        if changed == whole:
            raise AssertionError(f"{change.__name__} changed nothing")
        if not verify(changed.rows(), keyring.publics, [whole.head]).problems:
            missed[change.__name__] += 1
    print(f"{count} changes of {len(kinds)} kinds: {sum(missed.values())} not found {dict(missed)}; untouched: {len(sound.problems)}")
    return 1 if missed or sound.problems or sound.entries != ENTRIES else 0


if __name__ == "__main__":
    sys.exit(main())
