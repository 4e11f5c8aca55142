"""DataRequirement: what to send so that something is known: by LOINC where there is a code, and by ours wherever one may be stated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from adapters.fhir.ours import FINDINGS, PREGNANCY, REVIEWS, SEX
from adapters.fhir.writing.canonical import Publishing, Resource
from adapters.fhir.writing.words import duration
from engine.decision import DataRequest
from engine.dictionary import Entry
from engine.instruments import Instrument
from engine.terminology import rows
from engine.vocabulary import computed_from

LOINC = "http://loinc.org"
_SYSTEMS = {
    "loinc": LOINC,
    "snomed": "http://snomed.info/sct",
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
}
_LISTED = {
    "conditions": ("Condition",),
    "medications": ("MedicationStatement",),
    "allergies": ("AllergyIntolerance",),
    "events": ("Encounter", "Appointment"),
}
_HAPPENED = {"missed_contact": "Appointment", "overdose": "Condition", "suicide_attempt": "Condition"}  # the others are encounters


def needed(site: Publishing, item: DataRequest) -> list[Resource]:
    """What would answer a request; nothing where FHIR has no word for it. A list is answered by its entries and by their review."""
    if item.kind == "list":
        return [*({"type": kind} for kind in _LISTED[item.subject]), _review(site, item.subject)]
    if item.kind == "instrument":
        return [_form(site, site.base.instruments[item.subject], item.findings)]
    return finding_needed(site, item.subject)


def _review(site: Publishing, name: str) -> Resource:
    """That somebody confirmed a list complete, within the time for which that holds."""
    code = next(code for code, reviewed in REVIEWS.items() if reviewed == name)
    within = site.base.dictionary.lists[name]  # type: ignore[index]
    return _coded("List", "code", [_ours(site, code)]) | {"dateFilter": [{"path": "date", "valueDuration": duration(within)}]}


def finding_needed(site: Publishing, code: str) -> list[Resource]:
    """The data that would tell a finding. When something last happened, and how often, is known of a whole list alone."""
    entry = site.base.dictionary.entries[code]
    source = computed_from(entry)
    if source is None:
        return [_observation(site, entry)]
    if source == "series" and entry.derive:
        return [_observation(site, site.base.dictionary.entries[entry.derive.of])]
    if source == "events":
        kind = entry.derive.of if entry.derive else code.split(".")[1]
        return [{"type": _HAPPENED.get(kind, "Encounter")}, _review(site, "events")]
    found = _ELSEWHERE[source](site, code.split(".")[1]) if source in _ELSEWHERE else None
    return [found] if found else []


def _observation(site: Publishing, entry: Entry) -> Resource:
    within = [{"path": "effective", "valueDuration": duration(entry.valid_for)}] if entry.valid_for else []
    return _coded("Observation", "code", [*_measured(site, entry), _ours(site, entry.code)]) | {"dateFilter": within}


def _form(site: Publishing, instrument: Instrument, codes: Iterable[str]) -> Resource:
    """One Observation of the whole form, with an answer to every item as a component: all filters hold at once."""
    panel = instrument.loinc.get("panel")
    title = {"display": instrument.title["en"]}
    form = [_published("loinc", panel) | title] if panel else []
    parts = [f"{instrument.id}.{item.id}" for item in instrument.items] or [f"{instrument.id}.total"]
    parts += [code for code in codes if code.endswith(".acute_state")]
    entries = [site.base.dictionary.entries[code] for code in parts]
    found = _coded("Observation", "code", [*form, {"system": f"{site.root}/{FINDINGS}", "code": instrument.id, **title}])
    found["codeFilter"] += [{"path": "component.code", "code": [*_measured(site, entry), _ours(site, entry.code)]} for entry in entries]
    within = [{"path": "effective", "valueDuration": duration(instrument.valid_for)}] if instrument.valid_for else []
    return found | {"dateFilter": within}


def _measured(site: Publishing, entry: Entry) -> list[Resource]:
    """The LOINC codes of a finding: its own first, then those that the value sets give it."""
    own = entry.codes.get("loinc")
    named = site.base.telling.get(entry.code, {})
    found = [_published("loinc", own) | {"display": named.get(own, entry.label["en"])}] if own else []
    return found + [_published("loinc", code) | {"display": title} for code, title in sorted(named.items()) if code != own]


def _condition(kind: str, path: str) -> Callable[[Publishing, str], Resource]:
    return lambda site, group: _coded(kind, path, list(_diagnoses(site, group)))


def _diagnoses(site: Publishing, group: str) -> Iterator[Resource]:
    """Codes that say this of a person, whole and alone."""
    for book in site.base.diagnoses.values():
        for code, item in rows(book.sets):
            says = item.says[0] if len(item.says) == 1 else None
            if says and says.condition == group and not says.perhaps and not says.status and not code.endswith("-"):
                yield _published(book.system, code) | {"display": item.codes[code]}


def _medicine(kind: str, path: str) -> Callable[[Publishing, str], Resource]:
    return lambda site, name: _coded(kind, path, list(_of_medicine(site, name)))


def _of_medicine(site: Publishing, name: str) -> Iterator[Resource]:
    """The RxNorm code of each ingredient meant; where the dictionary has none, the codes of products that hold it alone."""
    for item in site.base.dictionary.ingredients.values():
        if name not in (item.id, *item.classes):
            continue
        if item.rxnorm:
            yield _published("rxnorm", item.rxnorm) | {"display": item.label["en"]}
            continue
        yield from (_published("rxnorm", code) | {"display": title} for code, title in site.base.products.get(item.id, {}).items())


def _patient(_: Publishing, name: str) -> Resource | None:
    if name == "pregnancy":
        return _coded("Observation", "code", [_published("loinc", PREGNANCY) | {"display": "Pregnancy status"}])
    element = {"age": "birthDate", "sex": f"extension('{SEX}')"}.get(name)
    return {"type": "Patient", "mustSupport": [element]} if element else None


_ELSEWHERE: Mapping[str, Callable[[Publishing, str], Resource | None]] = {
    "conditions": _condition("Condition", "code"),
    "family_history": _condition("FamilyMemberHistory", "condition.code"),
    "medications": _medicine("MedicationStatement", "medication"),
    "allergies": _medicine("AllergyIntolerance", "code"),
    "setting": lambda site, name: {"type": "Encounter", "mustSupport": ["class"]},
    "patient": _patient,
}


def _coded(kind: str, path: str, codes: list[Resource]) -> Resource:
    return {"type": kind, "codeFilter": [{"path": path, "code": codes}] if codes else []}


def _published(system: str, code: str) -> Resource:
    return {"system": _SYSTEMS[system], "code": code}


def _ours(site: Publishing, code: str) -> Resource:
    entry = site.base.dictionary.entries.get(code)
    shown = {"display": entry.label["en"]} if entry else {}
    return {"system": f"{site.root}/{FINDINGS}", "code": code, **shown}
