"""The data of one call: what was sent along, and what else the client's own server gives. What is missing is said, never guessed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Literal

from api.hooks.call import Call, Dispatch, Resource, opened
from api.hooks.pages import enough
from api.hooks.services import HookService, services
from engine.base import KnowledgeBase

# recent: a part, and all that is left out is out of date.
State = Literal["given", "recent", "empty", "missing", "failed", "incomplete"]
# Client, address of its FHIR server, path below it, token, seconds left -> a resource, or anything else where there is none.
Fetch = Callable[[str, str, str, str, float], Awaitable[object]]
BUDGET = 0.3  # seconds for all that is fetched
MOST_FETCHED = 22  # every key, and some orders
_OUTCOME = "OperationOutcome"


@dataclass(frozen=True, slots=True)
class Gathered:
    """resources: as they came, Bundles unopened, so that what stands on a Bundle holds for what is in it.

    states: prefetch key -> how it came. optional: keys that few records keep. drafts: orders that are about to be made.
    lost: orders that were named and are nowhere.
    fetched: the bytes of what the client's server gave, which are part of what was asked.
    """

    resources: tuple[Resource, ...]
    drafts: tuple[Resource, ...]
    states: Mapping[str, State]
    optional: tuple[str, ...]
    lost: tuple[str, ...]
    fetched: bytes

    def lacking(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        """Those of some keys of which nothing could be had. A part is not nothing: what it holds may be what matters most."""
        return tuple(key for key in keys if self.states[key] in ("missing", "failed"))

    @property
    def gaps(self) -> Mapping[str, State]:
        """The keys that could not be had whole, and are to be told of. That a record does not keep what few records keep is no gap."""
        told = {key: state for key, state in self.states.items() if state in ("missing", "failed", "incomplete")}
        return {key: state for key, state in told.items() if state != "missing" or key not in self.optional}


async def gather(call: Call, service: HookService, client: str, fetch: Fetch | None, base: KnowledgeBase, now: datetime) -> Gathered:
    """All that is known for one call. now: the moment for which it is asked."""
    return await _Gathering(call, service, client, fetch, base, now).gather()


class _Gathering:
    def __init__(self, call: Call, service: HookService, client: str, fetch: Fetch | None, base: KnowledgeBase, now: datetime) -> None:
        self.call, self.service, self.client, self.fetch, self.base, self.now = call, service, client, fetch, base, now
        self.until, self.left = monotonic() + BUDGET, MOST_FETCHED
        self.fetched: dict[str, Resource] = {}

    async def gather(self) -> Gathered:
        """Everything at once, within one budget: what is required is asked for first."""
        keys = (*self.service.required, *self.service.keys("helpful"), *self.service.keys("optional"))
        found = dict(zip(keys, await asyncio.gather(*map(self.key, keys)), strict=True))
        came = [item for _, item in found.values() if item is not None]
        drafts, lost = await self.drafts([item for one in came for item in opened(one)])
        rest = _without({name: item for item in drafts if (name := reference(item))}, came)
        fetched = json.dumps(self.fetched, sort_keys=True).encode() if self.fetched else b""
        states = {key: state for key, (state, _) in found.items()}
        return Gathered((*rest, *self.call.context.more), drafts, states, self.service.keys("optional"), lost, fetched)

    async def key(self, key: str) -> tuple[State, Resource | None]:
        """What there is under one key: as it was sent, or else as the client's server has it."""
        template = services().keys[key]
        state, found = judged(self.call.prefetch.get(key, _NOT_SENT), single="?" not in template)
        if state in ("missing", "failed"):
            asked = await self.ask(template.replace("{{context.patientId}}", self.call.context.patientId))
            if asked is not None:
                state, found = judged(asked, single="?" not in template)
        paged = state == "incomplete" and found is not None and _goes_on(found) and not _broken(found)
        if found is not None and paged and enough(self.base, template, found, self.now):
            return "recent", {name: value for name, value in found.items() if name not in ("link", "total")}
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


_NOT_SENT = object()


def judged(sent: object, *, single: bool) -> tuple[State, Resource | None]:
    """How something came, and what came. single: whether one resource was asked for by its id."""
    if sent is _NOT_SENT:
        return "missing", None
    if sent is None:  # asked for, and not there: for a search that is an answer, for a read it is none
        return ("missing" if single else "empty"), None
    if not isinstance(sent, dict) or sent.get("resourceType") == _OUTCOME:
        return "failed", None
    if sent.get("resourceType", "Bundle") != "Bundle":
        return "given", sent
    inside = opened(sent)
    found = sum(item.get("resourceType") != _OUTCOME for item in inside)
    if single and not found:
        return "failed", None
    whole = not (_goes_on(sent) or _counts_more(sent) or _broken(sent))
    return ("incomplete" if not whole else "given" if found else "empty"), {"resourceType": "Bundle"} | sent


def reference(item: object) -> str | None:
    """Type/id of a resource that has both."""
    if not isinstance(item, dict):
        return None
    kind, id = item.get("resourceType"), item.get("id")
    return f"{kind}/{id}" if isinstance(kind, str) and isinstance(id, str) and kind and id else None


def _without(named: Mapping[str, Resource], came: list[Resource]) -> list[Resource]:
    """What came, but for the orders in question: they may lie there in an older state."""
    return [_thinned(item, named) if item["resourceType"] == "Bundle" else item for item in came if not _replaced(item, named)]


def _thinned(bundle: Resource, named: Mapping[str, Resource]) -> Resource:
    if not any(_replaced(item, named) for item in opened(bundle)):
        return bundle
    kept = [item for item in bundle["entry"] if not isinstance(item, dict) or not _replaced(item.get("resource"), named)]
    return {name: value for name, value in bundle.items() if name != "total"} | {"entry": kept}


def _replaced(known: object, named: Mapping[str, Resource]) -> bool:
    """A draft stands for the order under its id only where it is of the same medicine: another one would hide what is taken."""
    draft = named.get(reference(known) or "")
    return draft is not None and isinstance(known, dict) and (known == draft or _medicine(known) == _medicine(draft))


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


def _counts_more(bundle: Resource) -> bool:
    """Whether a search found more than was sent."""
    total, entries = bundle.get("total"), bundle.get("entry")
    return bundle.get("type") == "searchset" and isinstance(total, int) and total > (len(entries) if isinstance(entries, list) else 0)


def _broken(bundle: Resource) -> bool:
    """Whether the server says that something could not be had."""
    return any(_failed(item) for item in opened(bundle))


def _failed(item: Resource) -> bool:
    issues = item.get("issue") if item.get("resourceType") == _OUTCOME else None
    return isinstance(issues, list) and any(isinstance(one, dict) and one.get("severity") in ("error", "fatal") for one in issues)
