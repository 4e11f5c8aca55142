"""One commit: drafts become entries, linked and leafed in order, while the head is held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from adapters.crypto import Signer
from adapters.journal import rows
from adapters.journal.chain import Head
from adapters.journal.entries import DIFFERS, Draft, JournalFault, Receipt, RequestDiffers, Signed, Stored, canonical, digest
from adapters.journal.people import Owned, keep


@dataclass(slots=True)
class Ticket:
    """A draft that waits. Done without a receipt and without a fault: it must be made anew, and come again."""

    draft: Draft
    id: str
    owned: Owned | None = None
    sealed: bytes | None = None
    receipt: Receipt | None = None
    fault: JournalFault | None = None
    done: bool = False


def commit(connection: Connection, batch: Sequence[Ticket], head: Head, signed: Signed, signer: Signer, at: str) -> Signed:
    """Write them all, and give each its receipt; the head that is left. The transaction of the caller makes it so, or none of it."""
    fresh = _sound(connection, _first(connection, batch))
    if not fresh:
        return signed
    at = max(at, head.at)  # a clock that goes back does not turn the order round
    if head.frontier.size and at[:10] != head.day:
        rows.add_checkpoint(connection, head.seq, signed)
    written: list[Stored] = []
    for ticket in fresh:
        body = _body(ticket, head, at)
        head = head.after(body, at)
        subject = ticket.owned.subject.id if ticket.owned else None
        written.append(Stored(head.seq, ticket.id, ticket.draft.kind, subject, body, ticket.sealed, head.link))
        ticket.receipt = Receipt(ticket.id, head.seq)
    rows.add_entries(connection, written)
    rows.add_requests(connection, [(t.draft.request, t.receipt.seq) for t in fresh if t.draft.request and t.receipt])
    left = head.signed(signer)
    rows.move(connection, head, left)
    return left


def _first(connection: Connection, batch: Sequence[Ticket]) -> list[Ticket]:
    """Those whose request has not come before. One that has is answered by its entry; of two in one batch, one comes again."""
    keys = {ticket.draft.request.key for ticket in batch if ticket.draft.request is not None}
    before = rows.answered(connection, sorted(keys)) if keys else {}
    for ticket in batch:
        request = ticket.draft.request
        if request is not None and request.key in before:
            asked, seq, id = before[request.key]
            if asked == request.asked:
                ticket.receipt = Receipt(id, seq, again=True)
            else:
                ticket.fault = RequestDiffers(DIFFERS)
    left = [ticket for ticket in batch if ticket.receipt is None and ticket.fault is None]
    by_key = {ticket.draft.request.key: ticket for ticket in reversed(left) if ticket.draft.request is not None}
    return [ticket for ticket in left if ticket.draft.request is None or by_key[ticket.draft.request.key] is ticket]


def _sound(connection: Connection, batch: Sequence[Ticket]) -> list[Ticket]:
    """Those whose subject has a key that is stored, or is so now, and has not been destroyed meanwhile."""
    owned = {ticket.owned.subject.id: ticket.owned for ticket in batch if ticket.owned is not None}
    keep(connection, {id: item for id, item in owned.items() if item.fresh is not None})
    alone = {id for id, item in owned.items() if item.fresh is not None and item.person is None}  # of one entry: nobody else has it
    living = alone | (rows.living(connection, sorted(owned.keys() - alone)) if owned.keys() - alone else set())
    return [ticket for ticket in batch if ticket.owned is None or ticket.owned.subject.id in living]


def _body(ticket: Ticket, head: Head, at: str) -> bytes:
    """What is hashed of an entry: everything but the link, which is made of it."""
    draft, request = ticket.draft, ticket.draft.request
    return canonical(
        {
            "journal": head.journal,
            "seq": head.seq + 1,
            "id": ticket.id,
            "kind": draft.kind,
            "at": at,
            "subject": ticket.owned.subject.id if ticket.owned else None,
            "facts": dict(draft.facts),
            "sealed": None if ticket.sealed is None else digest(ticket.sealed),
            "request": None if request is None else [request.key.hex(), request.asked.hex()],
        }
    )
