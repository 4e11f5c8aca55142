"""QuestionnaireResponse: the answers item by item, and the total that was reported with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from adapters.fhir.reading.answers import Unscored, misnamed, score_of, total_of, weights_of
from adapters.fhir.reading.elements import codings, inside, items, short, speaks, text, value_of
from adapters.fhir.reading.ledger import Ledger, One
from adapters.fhir.reading.levels import worse
from adapters.fhir.reading.lookup import Lookup, Means, Question
from adapters.fhir.reading.observations import Measured, read_fact
from adapters.fhir.reading.scales import Sheet, close
from adapters.fhir.reading.times import OLDEST, moment
from adapters.fhir.reading.unplaced import leave_open
from engine.instruments import Instrument

_USED = frozenset({"completed", "amended"})
_OPEN = frozenset({"in-progress", "stopped"})


Stated = list[tuple[dict[str, Any], Means]]


class Asked(NamedTuple):
    """What a questionnaire that came along says of one of its items."""

    codes: tuple[str, ...]
    weights: Mapping[str, int]


def read_response(one: One, into: Ledger) -> None:
    resource, status = one.resource, text(one.resource.get("status"))
    if status == "entered-in-error":
        into.tell(one.reference, "entered-in-error", "It was entered in error, and not used.")
        return
    found = moment(resource.get("authored"))
    if status not in _USED | _OPEN:
        into.tell(one.reference, "status-unknown" if status else "status-missing", "Its status is not known here, and it was not used.")
    elif found is None:
        into.tell(one.reference, "date-missing", "It does not say when it was answered.")
    if found is None or one.unclear or status not in _USED | _OPEN:
        _leave_open(one, into)
        return
    into.place(found, one.reference)
    sheet = Sheet(found.at, one.origin, {one.reference}, more=_circumstances(one, into))
    sheet.sources |= _answered_by(one, sheet)
    finished = status in _USED
    if not finished:
        into.tell(one.reference, "status-open", "It is not finished: its answers were used, its total was not.")
    stated: Stated = []
    if not _fill(sheet, stated, one, into, finished):
        into.tell(one.reference, "code-unknown", "It asks nothing that is known here.")
        return
    when = Measured(one, found.at, next(iter(sheet.sources), None), sheet.more.get("mode") == "proxy")
    for answer, means in stated:
        level = read_fact(answer, means, when, into)
        sheet.level = worse(level, sheet.level) if level else sheet.level
    close(sheet, into)


def _answered_by(one: One, sheet: Sheet) -> set[str]:
    """Who answered. Of whom nobody can tell who it was is somebody else than whoever answered before."""
    said = [name for who in ("source", "author") if (name := short(inside(one.resource.get(who)).get("reference")))]
    return set(said[:1] or ([one.reference] if sheet.more.get("mode") == "proxy" else []))


def _leave_open(one: One, into: Ledger) -> None:
    """Its answers cannot be held against others; those that it may have replaced no longer stand alone."""
    sheet = Sheet(OLDEST, one.origin)
    stated: Stated = []
    _fill(sheet, stated, one, into, finished=True)
    codes = {f"{instrument}.{item.id}" for questions in sheet.questions.values() for instrument, item in questions}
    codes |= {means.entry.code for _, means in stated if means.entry}
    leave_open(codes | {f"{instrument}.total" for instrument in sheet.named | sheet.totals.keys()}, one, into)


def _circumstances(one: One, into: Ledger) -> dict[str, Any]:
    """The language, and who answered: a relative who answers is a proxy, and so is somebody of whom nobody can tell who it was."""
    resource, source = one.resource, one.resource.get("source")
    who = text(inside(resource.get("source")).get("reference")) or text(inside(resource.get("author")).get("reference"))
    language = text(resource.get("language"))
    found: dict[str, Any] = {"language": language} if re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", language) else {}
    kinds = who.split("/")
    if "RelatedPerson" in kinds:
        found["mode"] = "proxy"
    elif "Patient" in text(inside(source).get("reference")).split("/"):
        found["mode"] = "self"
    elif source is not None and not text(inside(source).get("reference")) and not inside(source).get("identifier"):
        into.tell(one.reference, "source-unclear", "Nobody can tell who answered: what it does not show clears nothing.")
        found["mode"] = "proxy"
    return found


def _fill(sheet: Sheet, stated: Stated, one: One, into: Ledger, finished: bool) -> bool:
    """Whether anything on it was understood. stated: answers that are findings of their own, and no part of a score."""
    asked, lookup = _questionnaire(one, into), into.lookup
    form = _own(one, into)
    own = {item.id: (form.id, item) for item in form.items} if form else {}
    understood = False
    for item in _all(one.resource.get("item")):
        link = text(item.get("linkId"))
        codes = [*_coded(item), *(asked[link].codes if link in asked else ()), link.rpartition("/")[2]]
        weights = asked[link].weights if link in asked else {}
        sheet.named |= {lookup.panels[code] for code in codes if code in lookup.panels}
        answered = [answer for answer in items(item.get("answer")) if speaks(answer)]
        code = next((code for code in codes if lookup.measured(code).questions or lookup.measured(code).total), "")
        found = lookup.measured(code)
        questions = found.questions or ((own[link],) if link in own else ())
        if questions:
            key = code if found.questions else f"{link}."
            score = _answer(answered, questions[0], weights, one, into)
            if score is None and answered:
                sheet.lose(key, questions, "unable_to_assess")
            else:
                sheet.answer(key, questions, score)
            understood = True
        elif answered and (instrument := found.total or (form.id if form and link == "total" else "")):
            understood = True
            if misnamed(instrument, text(item.get("text"))):
                into.tell(
                    one.reference, "code-and-words-disagree", "The code is of the AUDIT, the words are of the AUDIT-C; it was not used."
                )
            else:
                _total(answered, instrument, sheet, one, into, finished)
        elif answered and (means := _coded_finding(codes, lookup)) is not None:
            understood = True
            stated += [(answer, means) for answer in answered]
        elif answered:
            into.tell(one.reference, "item-unknown", "A question that is not known here.")
    return understood


def _coded_finding(codes: list[str], lookup: Lookup) -> Means | None:
    """What is measured by one of its values; a number in a form says no unit, and is not read."""
    found = (lookup.measured(code) for code in codes)
    return next((means for means in found if means.entry is not None and means.entry.values), None)


def _answer(answered: list[dict[str, Any]], question: Question, weights: Mapping[str, int], one: One, into: Ledger) -> int | None:
    if not answered:
        return None
    if len(answered) > 1:
        into.tell(one.reference, "answer-contradictory", "One question has several answers; none was used.")
        return None
    kind, value = value_of(answered[0])
    try:
        return score_of(kind, value, question[0], question[1], weights)
    except Unscored as unscored:
        into.tell(one.reference, unscored.reason, unscored.what)
        return None


def _total(answered: list[dict[str, Any]], instrument: str, sheet: Sheet, one: One, into: Ledger, finished: bool) -> None:
    sheet.named.add(instrument)
    for answer in answered if finished else ():
        try:
            sheet.total(instrument, total_of(value_of(answer)[1]))
        except Unscored as unscored:
            into.tell(one.reference, unscored.reason, unscored.what)
            sheet.lost_totals[instrument] = "unable_to_assess"


def _all(found: object) -> Iterator[dict[str, Any]]:
    """Every item at any depth: below other items, and below answers."""
    waiting = items(found)
    while waiting:
        item = waiting.pop()
        if item.get("modifierExtension"):  # it may say that the answer is not one, and so may it of what stands below
            continue
        yield item
        waiting += items(item.get("item"))
        waiting += [below for answer in items(item.get("answer")) for below in items(answer.get("item"))]


def _coded(item: dict[str, Any]) -> tuple[str, ...]:
    return tuple(found.code for found in codings(item.get("code")) if found.system == "loinc")


def _questionnaire(one: One, into: Ledger) -> dict[str, Asked]:
    """linkId -> what the questionnaire says of it, where the questionnaire came along."""
    url = text(one.resource.get("questionnaire")).partition("|")[0]
    if not url:
        return {}
    form = into.pointed(one, {"reference": url})
    if form is None or form.get("resourceType") != "Questionnaire":
        return {}
    return {text(item.get("linkId")): Asked(_coded(item), weights_of(item.get("answerOption"))) for item in _all(form.get("item"))}


def _own(one: One, into: Ledger) -> Instrument | None:
    """The instrument of a questionnaire that we published ourselves: there every linkId is the name of an item, or `total`."""
    url, base = text(one.resource.get("questionnaire")).partition("|")[0], into.lookup.base
    prefix = f"{into.root}/Questionnaire/"
    if not into.root or not url.startswith(prefix):
        return None
    name = url.removeprefix(prefix)
    legal = {re.sub(r"[^A-Za-z0-9.-]", "-", instrument): instrument for instrument in base.instruments}
    fits = [known for known in legal if name == known or (known != legal[known] and name.startswith(f"{known}-"))]
    return base.instruments[legal[max(fits, key=len)]] if fits else None
