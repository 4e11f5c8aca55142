"""The data of one call: what was sent along, and what else the client's own server gives. What is missing is said, never guessed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Literal

from api.hooks.call import Call, Dispatch, Resource, opened, unusable
from api.hooks.services import HookService, services
from engine.errors import Problem

State = Literal["given", "empty", "missing", "failed", "incomplete"]
# Client, address of its FHIR server, path below it, token, seconds left -> a resource, or anything else where there is none.
Fetch = Callable[[str, str, str, str, float], Awaitable[object]]
BUDGET = 0.3  # seconds for all that is fetched
MOST_FETCHED = 10
_OUTCOME = "OperationOutcome"


@dataclass(frozen=True, slots=True)
class Gathered:
    """states: prefetch key -> how it came. drafts: orders that are about to be made. lost: orders that were named and are nowhere.

    fetched: the bytes of what the client's server gave, which are part of what was asked.
    """

    resources: tuple[Resource, ...]
    drafts: tuple[Resource, ...]
    states: Mapping[str, State]
    lost: tuple[str, ...]
    fetched: bytes

    def lacking(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        """Those of some keys that could not be had whole."""
        return tuple(key for key in keys if self.states[key] not in ("given", "empty"))


async def gather(call: Call, service: HookService, client: str, fetch: Fetch | None) -> Gathered:
    """All that is known for one call. Raises Rejected (400) where what was sent is about somebody else."""
    return await _Gathering(call, service, client, fetch).gather()


class _Gathering:
    def __init__(self, call: Call, service: HookService, client: str, fetch: Fetch | None) -> None:
        self.call, self.service, self.client, self.fetch = call, service, client, fetch
        self.until, self.left = monotonic() + BUDGET, MOST_FETCHED
        self.fetched: dict[str, Resource] = {}

    async def gather(self) -> Gathered:
        found = dict(zip(self.service.needs, await asyncio.gather(*map(self.key, self.service.needs)), strict=True))
        resources = [item for _, items in found.values() for item in items]
        self.check_patient(resources)
        drafts, lost = await self.drafts(resources)
        named = {name: item for item in drafts if (name := reference(item))}
        rest = [item for item in resources if not _replaced(item, named.get(reference(item) or ""))]
        fetched = json.dumps(self.fetched, sort_keys=True).encode() if self.fetched else b""
        states = {key: state for key, (state, _) in found.items()}
        return Gathered((*rest, *self.call.context.more), drafts, states, lost, fetched)

    async def key(self, key: str) -> tuple[State, list[Resource]]:
        """What there is under one key: as it was sent, or else as the client's server has it."""
        template = services().keys[key]
        state, found = judged(self.call.prefetch.get(key, _NOT_SENT), single="?" not in template)
        if state in ("missing", "failed"):
            asked = await self.ask(template.replace("{{context.patientId}}", self.call.context.patientId))
            if asked is not None:
                return judged(asked, single="?" not in template)
        return state, found

    async def ask(self, path: str) -> Resource | None:
        """One read or search at the client's own server, within what is left of the budget."""
        call, left = self.call, self.until - monotonic()
        if self.fetch is None or call.server is None or call.authorization is None or self.left == 0 or left <= 0:
            return None
        self.left -= 1
        found = await self.fetch(self.client, call.server, path, call.authorization.access_token, left)
        if not isinstance(found, dict):
            return None
        self.fetched[path] = found
        return found

    async def drafts(self, resources: list[Resource]) -> tuple[tuple[Resource, ...], tuple[str, ...]]:
        """The orders in question; those of order-dispatch are only named, so they are looked for."""
        context = self.call.context
        if not isinstance(context, Dispatch):
            return _named(context.drafts), ()
        known = {reference(item): item for item in resources}
        asked = await asyncio.gather(*(self.named(name, known.get(name)) for name in context.chosen))
        lost = [name for name, item in zip(context.chosen, asked, strict=True) if item is None]
        return tuple(item for item in asked if item is not None), tuple(lost)

    async def named(self, name: str, known: Resource | None) -> Resource | None:
        """The order that has this reference, and no other."""
        found = known or await self.ask(name)
        return found if found is not None and reference(found) == name else None

    def check_patient(self, resources: list[Resource]) -> None:
        """The reader holds every subject to the patient; a Patient has no subject, but is one."""
        wanted = self.call.context.patientId
        for item in resources:
            if item.get("resourceType") == "Patient" and item.get("id") not in (None, wanted):
                do = "Send the data of the patient in context.patientId, and nobody else's."
                raise unusable(Problem("/prefetch", "patient-mismatch", "It holds another patient.", do))


_NOT_SENT = object()


def judged(sent: object, *, single: bool) -> tuple[State, list[Resource]]:
    """How something came, and the resources in it. single: whether one resource was asked for by its id."""
    if sent is _NOT_SENT:
        return "missing", []
    if sent is None:  # asked for, and not there: for a search that is an answer, for a read it is none
        return ("missing" if single else "empty"), []
    if not isinstance(sent, dict) or sent.get("resourceType") == _OUTCOME:
        return "failed", []
    if sent.get("resourceType", "Bundle") != "Bundle":
        return "given", [sent]
    inside = opened(sent)
    found = [item for item in inside if item.get("resourceType") != _OUTCOME]
    whole = not _goes_on(sent) and not any(_failed(item) for item in inside)
    if single and not found:
        return "failed", []
    return ("incomplete" if not whole else "given" if found else "empty"), found


def reference(item: Resource) -> str | None:
    """Type/id of a resource that has both."""
    kind, id = item.get("resourceType"), item.get("id")
    return f"{kind}/{id}" if isinstance(kind, str) and isinstance(id, str) and kind and id else None


def _replaced(known: Resource, draft: Resource | None) -> bool:
    """A draft stands for the order under its id only where it is of the same medicine: another one would hide what is taken."""
    return draft is not None and (known == draft or _medicine(known) == _medicine(draft))


def _medicine(order: Resource) -> str:
    """What an order says of its medicine, with what it contains, since a reference may point there."""
    return json.dumps([{key: part for key, part in order.items() if key.startswith("medication")}, order.get("contained")], sort_keys=True)


def _named(drafts: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """Orders that nobody has kept yet may have no id; one is lent to them, so that what is said of each can be told apart."""
    return tuple(item if reference(item) else item | {"id": f"{LENT}{number}"} for number, item in enumerate(drafts))


LENT = "without-id-"


def _goes_on(bundle: Resource) -> bool:
    links = bundle.get("link")
    return isinstance(links, list) and any(isinstance(item, dict) and item.get("relation") == "next" for item in links)


def _failed(item: Resource) -> bool:
    issues = item.get("issue") if item.get("resourceType") == _OUTCOME else None
    return isinstance(issues, list) and any(isinstance(one, dict) and one.get("severity") in ("error", "fatal") for one in issues)
