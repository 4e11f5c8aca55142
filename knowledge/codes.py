"""Checks of the value sets: every code well formed and in one place, every meaning something that the dictionary knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from engine.base import KnowledgeBase
from engine.dictionary import Dictionary
from engine.errors import Problem
from engine.terminology import (
    ICD10CM,
    CodeSet,
    Diagnoses,
    DiagnosisSet,
    Meaning,
    Measurements,
    MeasurementSet,
    Medicines,
    MedicineSet,
    Procedures,
    ProcedureSet,
    rows,
)
from engine.vocabulary import EVENT_KINDS
from knowledge.read import line_of

_BRANCH = re.compile(r"[A-Z]([0-9]([0-9A-Z](\.[0-9A-Z]{0,3})?)?)?-")  # any part of a code, as far as the branch goes
_LOINC = re.compile(r"[1-9][0-9]{0,6}-[0-9]")
_RXNORM = re.compile(r"[1-9][0-9]{0,7}")
_SNOMED = re.compile(r"[1-9][0-9]{5,17}")
_HCPCS = re.compile(r"[A-V][0-9]{4}")
_PCS = re.compile(r"[0-9A-HJ-NP-Z]{7}")
_FIVES = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)  # the permutation of Verhoeff's scheme
Books = Mapping[str, Diagnoses] | Mapping[str, Medicines] | Mapping[str, Measurements] | Mapping[str, Procedures]


def check_codes(base: KnowledgeBase, folder: Path) -> Iterator[Problem]:
    """Malformed, repeated and overlapping codes, and sets without a known source, each with file and line."""
    for kind, books in books_of(base).items():
        used = _carried(base.dictionary, kind)
        branches: dict[str, str] = {}
        for name, book in books.items():
            path = folder / "terminology" / kind / f"{name}.yaml"
            yield from _sources(base, book, path)
            for set_id, one in book.sets.items():
                for code in one.codes:
                    where = ("sets", set_id, "codes", code)
                    if code not in base.components if book.system == "component" else not well_formed(book.system, code):
                        what = f"{code} is no code of {book.system}."
                        yield _problem(path, where, "code-malformed", what, "Look it up, and correct it.")
                    elif (holder := used.setdefault((book.system, code), f"{kind}/{name} {set_id}")) != f"{kind}/{name} {set_id}":
                        yield _problem(path, where, "code-twice", f"{code} stands in {holder} already.", "Keep it in one place.")
                    elif book.system == "icd10cm" and code.endswith("-"):
                        branches[code.removesuffix("-")] = f"{kind}/{name} {set_id}"
        yield from _overlaps(folder, kind, books, branches)


def books_of(base: KnowledgeBase) -> dict[str, Books]:
    """The value sets of each kind, by file; the kind is also the folder."""
    return {"diagnoses": base.diagnoses, "medicines": base.medicines, "measurements": base.measurements, "procedures": base.procedures}


def references(dictionary: Dictionary, books: Mapping[str, Books], folder: Path) -> Iterator[Problem]:
    """Meanings that the dictionary does not know. The engine relies on there being none, so they are refused on loading."""
    for kind, by_name in books.items():
        for name, book in by_name.items():
            path = folder / "terminology" / kind / f"{name}.yaml"
            for set_id, one in book.sets.items():
                for what in _unknown(dictionary, one):
                    yield _problem(path, ("sets", set_id), "code-meaning", what, "Correct the name, or add it to the dictionary.")


def _unknown(dictionary: Dictionary, one: CodeSet) -> Iterator[str]:
    match one:
        case DiagnosisSet(says=says):
            for meaning in says:
                yield from _unsaid(dictionary, meaning)
        case MedicineSet(contains=contains):
            for item in contains:
                if item not in dictionary.ingredients and item not in dictionary.classes:
                    yield f"There is no ingredient or class {item}."
        case ProcedureSet(says=says, planned=planned, gives=gives):
            for meaning in (*says, *planned):
                yield from _unsaid(dictionary, meaning)
            yield from (f"There is no ingredient {item}." for item in gives if item not in dictionary.ingredients)
        case MeasurementSet(finding=finding) if not _measured(dictionary, finding):
            yield f"{finding} is no finding that can be measured."


def _unsaid(dictionary: Dictionary, meaning: Meaning) -> Iterator[str]:
    group = dictionary.conditions.get(meaning.condition or "")
    if meaning.condition and group is None:
        yield f"There is no condition group {meaning.condition}."
    if meaning.severity and group is not None and not group.graded:
        yield f"{group.id} is not graded."
    if meaning.event and meaning.event not in EVENT_KINDS:
        yield f"There is no event {meaning.event}."
    if meaning.finding and meaning.value is not None:
        entry = dictionary.entries.get(meaning.finding)
        if entry is None or not _measured(dictionary, meaning.finding) or entry.encode(meaning.value) is None:
            yield f"{meaning.finding} is no finding that can have the value {meaning.value}."


def _measured(dictionary: Dictionary, code: str) -> bool:
    entry = dictionary.entries.get(code)
    return entry is not None and not entry.concluded and entry.derive is None


def _sources(base: KnowledgeBase, book: Diagnoses | Medicines | Measurements | Procedures, path: Path) -> Iterator[Problem]:
    for set_id, sources in (("", book.sources), *((name, one.sources) for name, one in book.sets.items())):
        if not set_id and not sources:
            yield _problem(path, ("sources",), "source-missing", "The value sets name no source.", "Write where the codes were read.")
        for source in sources:
            if source.split("#")[0] not in base.sources:
                where = ("sets", set_id, "sources") if set_id else ("sources",)
                yield _problem(path, where, "source-unknown", f"There is no source {source}.", "Correct the name, or add it.")


def _carried(dictionary: Dictionary, kind: str) -> dict[tuple[str, str], str]:
    """The codes that entries and ingredients carry themselves."""
    if kind == "medicines":
        return {("rxnorm", item.rxnorm): f"ingredient {item.id}" for item in dictionary.ingredients.values() if item.rxnorm}
    if kind == "measurements":
        return {(system, code): entry.code for entry in dictionary.entries.values() for system, code in entry.codes.items() if code}
    return {}


def _overlaps(folder: Path, kind: str, books: Books, branches: Mapping[str, str]) -> Iterator[Problem]:
    """A branch holds all below it, so that no other set may speak of a part of it."""
    for name, book in books.items():
        for code, _ in rows(book.sets) if book.system == "icd10cm" else ():
            own = code.removesuffix("-")
            above = [own[:end] for end in range(1, len(own) + (0 if code.endswith("-") else 1)) if own[:end] in branches]
            if above:
                path = folder / "terminology" / kind / f"{name}.yaml"
                set_id = next(set_id for set_id, one in book.sets.items() if code in one.codes)
                what = f"{code} lies within {above[0]}- of {branches[above[0]]}."
                yield _problem(path, ("sets", set_id, "codes", code), "codes-overlap", what, "Split the branch, or drop the code.")


def well_formed(system: str, code: str) -> bool:
    """Whether a code, or an ICD-10-CM branch, has the form of its system, check digit included where it has one."""
    match system:
        case "icd10cm":
            return bool(ICD10CM.fullmatch(code) or _BRANCH.fullmatch(code))
        case "snomed":
            return bool(_SNOMED.fullmatch(code)) and _verhoeff(code)
        case "hcpcs":
            return bool(_HCPCS.fullmatch(code))
        case "icd10pcs":
            return bool(_PCS.fullmatch(code))
        case "loinc":
            return bool(_LOINC.fullmatch(code)) and _luhn(code.replace("-", ""))
        case _:
            return bool(_RXNORM.fullmatch(code))


def _luhn(digits: str) -> bool:
    """LOINC: the modulus 10 of every digit and every doubled second one, the last being the check digit."""
    doubled = [int(digit) * (2 if index % 2 else 1) for index, digit in enumerate(reversed(digits))]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def _verhoeff(digits: str) -> bool:
    """SNOMED CT: Verhoeff's dihedral check."""
    check = 0
    for index, digit in enumerate(reversed(digits)):
        number = int(digit)
        for _ in range(index % 8):
            number = _FIVES[number]
        check = _times(check, number)
    return check == 0


def _times(one: int, other: int) -> int:
    """The product of two symmetries of a pentagon: 0 to 4 turn it, 5 to 9 turn it over."""
    turn = (one + other) % 5 if one < 5 else (one - other) % 5
    return turn if (one < 5) == (other < 5) else turn + 5


def _problem(path: Path, where: tuple[str, ...], code: str, what: str, do: str) -> Problem:
    return Problem(f"{path}:{line_of(path, where)}", code, what, do)
