"""From one call to its cards: read, gathered, decided as everything is decided here, and written out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pydantic import ValidationError
from starlette.responses import Response

from adapters.fhir import reading
from adapters.journal import Request as AskedBefore
from api.answers import Answer, decided
from api.deceased import died
from api.hooks.call import Call, unusable
from api.hooks.card import pruned, written
from api.hooks.cards import cards_of
from api.hooks.gather import Fetch, Gathered, reference
from api.hooks.markdown import named
from api.hooks.matter import Matter
from api.hooks.reasons import why
from api.hooks.services import HookService, service_of
from api.hooks.shown import Cards
from api.problems import Rejected
from api.recording import Asked
from api.rendering import to_json
from api.security.principal import Principal
from api.security.security import Security
from api.shared import Reader, Viewing
from api.timing import server_timing, timed
from engine.artifacts import Rule
from engine.decision import Decision
from engine.dictionary import Language
from engine.errors import Problem, Refused
from engine.judgements import compare, of
from engine.record import Record

Read = Callable[..., reading.Reading]
EXTENSION = "org.tandem-cds.response"
_MOST_UNREAD = 100
_SEX = "patient.sex"
_SLOT = 300  # seconds in which the same call is a repetition, and answered as it was


class Hooks:
    """The services, around one installation.

    read: from FHIR to a record. fetch: asks the client's own server; None asks nobody.
    """

    def __init__(self, security: Security, fetch: Fetch | None = None, read: Read = reading.read) -> None:
        self.security, self.service = security, security.service
        self.fetch, self.read = fetch, read
        self.cards = Cards(security)
        self.home, self.root = security.settings.public_url.rstrip("/"), security.settings.fhir_root

    def answer(
        self, view: Viewing, reader: Reader, service: HookService, call: Call, gathered: Gathered, data: bytes, language: Language
    ) -> Response:
        """The cards for one call. data: its body. Raises Refused, Rejected (412 where needed data could not be had)."""
        if lacking := gathered.lacking(service.required):
            raise _needed(lacking)
        who = reader.asking.principal
        with timed("read"):
            found = self._read(call, gathered)
        answer = self._decided(view, who, service, call, data, gathered, found.record, language)
        with timed("write"):
            matter = self._matter(view, reader, answer, call, service, gathered, found)
            cards = list(cards_of(matter))
            documents = [written(matter, card) for card in cards]
            self.cards.keep(matter, who, cards, documents)
            body = to_json(pruned({"cards": documents, "extension": {EXTENSION: _about(matter)}})).encode()
        return Response(body, headers=_headers(answer) | server_timing(), media_type="application/json")

    def _read(self, call: Call, gathered: Gathered) -> reading.Reading:
        patient, encounter = call.context.patientId, call.context.encounter
        try:
            found = self.read(self.service.base, gathered.resources, patient, gathered.drafts, encounter=encounter, root=self.root)
        except Refused as refused:
            raise unusable(*refused.problems) from None
        except ValidationError:  # a record has so much room, and no more
            do = "Send the data of one patient, and of each kind what is newest."
            raise unusable(Problem("/prefetch", "too-much", "There is more than a record can hold.", do)) from None
        record = found.record
        if record.patient.id is None:
            record = record.model_copy(update={"patient": record.patient.model_copy(update={"id": patient})})
        return replace(found, record=record)

    def _decided(
        self,
        view: Viewing,
        who: Principal,
        service: HookService,
        call: Call,
        data: bytes,
        gathered: Gathered,
        record: Record,
        language: Language,
    ) -> Answer:
        """A call that comes again is answered as it was, unless what its reader may see has changed since.

        A client may use one hookInstance for several states of the same work, so all that was sent is part of what is asked.
        """
        now = self.service.now()
        whole = hashlib.sha256(data + b"\0" + gathered.fetched).hexdigest()
        named = json.dumps([who.tenant, who.id, service.id, call.instance, language, whole, int(now.timestamp() // _SLOT)]).encode()
        before = AskedBefore(hashlib.sha256(b"cds-hooks\0" + named).digest(), hashlib.sha256(named).digest())
        asked = Asked(now, language, live=True, request=before, tenant=who.tenant)
        try:
            return decided(view, lambda: record, asked)
        except Rejected as rejected:
            if rejected.code != "key-reused":
                raise
            return decided(view, lambda: record, replace(asked, request=None))

    def _matter(
        self,
        view: Viewing,
        reader: Reader,
        answer: Answer,
        call: Call,
        service: HookService,
        gathered: Gathered,
        found: reading.Reading,
    ) -> Matter:
        """Names of resources are told only to whoever sent them; those of the orders in question are needed to speak of them."""
        drafted = {name for item in gathered.drafts if (name := reference(item))}
        known = found.references
        if not reader.alone:
            known = {code: tuple(item for item in named if item in drafted) for code, named in known.items()}
        unread = _telling(found.unread, answer.decision) if reader.alone else ()
        whole = not answer.seen.shared.withheld
        app = self.security.app(reader.asking.principal.id)
        gone = died(found, whole=reader.alone)
        return Matter(answer, call, service, gathered, known, unread, whole, gone, self.home, app)


def _telling(unread: tuple[reading.Unread, ...], decision: Decision) -> tuple[reading.Unread, ...]:
    """Nearly every chart leaves the sex open: that is told where a rule waits for it, and not on every card."""
    return tuple(item for item in unread if item.reason != "sex-not-stated" or _waits_for_sex(decision))


def _waits_for_sex(decision: Decision) -> bool:
    """Whether some rule waits for that alone."""
    judged = decision.judgements
    rules = (rule for item in decision.requests if item.subject == _SEX for rule in item.settles if isinstance(rule, Rule))
    waiting = (
        {leaf.finding for leaf in judged.of(rule).leaves if compare(leaf, of(judged.findings, leaf.finding)) is None} for rule in rules
    )
    return {_SEX} in waiting


def offered(id: str) -> HookService:
    """The service of an id. Raises Rejected (404)."""
    found = service_of(id)
    if found is None:
        raise Rejected(
            404, "not-found", [Problem("path id", "service-unknown", "There is no such service.", "GET /cds-services lists them.")]
        )
    return found


def _needed(keys: tuple[str, ...]) -> Rejected:
    do = "Send it under this key, or fhirServer with a token that may read it."
    problems = [Problem(f"/prefetch/{key}", "data-needed", "Without it nothing can be said.", do) for key in keys]
    return Rejected(412, "data-needed", problems)


def _about(matter: Matter) -> dict[str, Any]:
    answer = matter.answer
    return {
        "decision": answer.decision.id,
        "entry": answer.kept.entry,
        "journal": answer.kept.state,
        "engines": answer.decision.judgements.agreement,
        "knowledge": {"release": answer.decision.release.id, "hash": answer.decision.release.digest},
        "prefetch": dict(matter.gathered.states),
        "unread": [{"reference": named(name), "reason": reason, "what": what} for name, reason, what in _unread(matter)],
        "sharing": answer.beside.sharing,
        "remarks": [text for text in (answer.beside.alarm, *answer.beside.remarks) if text],
    }


def _unread(matter: Matter) -> list[tuple[str, str, str]]:
    """Reference, reason and words, each once."""
    return list(dict.fromkeys((item.reference, item.reason, why(item, matter.language)) for item in matter.unread))[:_MOST_UNREAD]


def _headers(answer: Answer) -> dict[str, str]:
    found = {"content-language": answer.asked.language, "vary": "accept-language", "tandem-journal": answer.kept.state}
    if answer.kept.entry is not None:
        found["tandem-entry"] = answer.kept.entry
    if answer.kept.again:
        found["idempotent-replayed"] = "true"
    return found
