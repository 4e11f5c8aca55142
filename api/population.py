"""Everybody who is stored here, of one tenant, a page at a time: however many they are, memory holds one page of ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.journal.reading import living, made
from api.recording import MAIN
from api.security.security import Security
from api.timeline import Document, unpack

_PAGE = 400


def stored_patients(security: Security, tenant: str, member: str | None = None) -> Iterator[str]:
    """The ids of the patients of a tenant; with a member, of those on whose care team they are now.

    Whoever has been forgotten is not among them. Nobody is left out because their whole team has left.
    Raises JournalFault, StoreFault, KeyFault.
    """
    opened, after = security.service.journal.ready(), ""
    while page := living(opened, after, _PAGE):
        after = page[-1]
        persons = {security.seal.person(tenant, id): id for id in page}
        found = {persons[person] for person in security.identity.with_team(tenant, persons, security.now(), member)}
        if member is None:
            found |= _without_team(security, tenant, [id for id in page if id not in found])
        yield from (id for id in page if id in found)


def _without_team(security: Security, tenant: str, ids: Sequence[str]) -> set[str]:
    return {id for id, said in made(security.service.journal.ready(), ids) if _tenant_of(unpack(said)) == tenant}


def _tenant_of(said: Document) -> str | None:
    """Earlier entries name the tenant before the identifier alone; where there is no identifier either, only a team tells."""
    if said.get("tenant") is not None:
        return str(said["tenant"])
    before, line_break, _ = str(said["identifier"] or "").partition("\n")
    return None if said["identifier"] is None else before if line_break else MAIN
