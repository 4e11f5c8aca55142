"""Records without what a native list can say and resources that stand beside one another cannot."""

from __future__ import annotations

from datetime import datetime

from engine.base import KnowledgeBase
from engine.record import Answers, ListedCondition, ListedMedication, Record


def published_form(base: KnowledgeBase, said: Answers) -> tuple[str, str] | None:
    """The code of a whole form, where somebody can say under it that the form was not answered."""
    codes = base.instruments[said.instrument].loinc
    code = codes.get("panel") or codes.get("total")
    return ("loinc", code) if code and not said.mode else None


def plain(base: KnowledgeBase, record: Record, as_of: datetime) -> Record:
    """The same with one statement of each diagnosis and medicine, a birth date for the age, and without what we remember ourselves.

    What a native list says in its newest entry stands in FHIR as several resources beside one another, of which the graver counts.
    """
    seen: set[object] = set()

    def ahead(at: datetime | None) -> bool:
        return at is not None and at > as_of

    def first(names: frozenset[str]) -> bool:
        new = bool(names) and not names & seen
        seen.update(names)
        return new

    conditions = [item for item in record.conditions if not ahead(item.at) and (item.text or first(_groups(base, item)))]
    medications = [item for item in record.medications if not ahead(item.at) and (item.text or first(_ingredients(base, item)))]
    bare = [item.model_copy(update={"unit": None}) if isinstance(item.value, bool) else item for item in record.findings]
    person = record.patient
    if person.age is not None:
        person = person.model_copy(update={"age": None, "birth_date": as_of.date().replace(year=as_of.year - person.age)})
    said = {"conditions": tuple(conditions), "medications": tuple(medications), "findings": tuple(bare), "patient": person}
    answers = tuple(item for item in record.instruments if item.absent is None or published_form(base, item))
    said |= {"instruments": answers, "series": (), "positions": ()}
    return record.model_copy(update=said)


def _groups(base: KnowledgeBase, item: ListedCondition) -> frozenset[str]:
    named = {item.term} if item.term else set()
    coded = (meaning for code in item.codes for meaning in base.terminology.conditions(code.system, code.code) or ())
    return frozenset(named | {meaning.condition or meaning.code for meaning in coded})


def _ingredients(base: KnowledgeBase, item: ListedMedication) -> frozenset[str]:
    named = {item.ingredient} if item.ingredient else set()
    return frozenset(named | {name for code in item.codes for name in base.terminology.ingredients(code.system, code.code) or ()})
