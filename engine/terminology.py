"""What the codes of published systems say, in our own terms. The one place where a code is looked up.

A code means what a value set of the knowledge says of it (knowledge/terminology), and nothing else: no text is read, no
relation between codes is guessed. Of ICD-10-CM alone a value set may name a whole branch (`F11.12-`), because there the
code itself says which branch it is of.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from pydantic import Field, model_validator

from engine.dictionary import Code, Dictionary, Duration, Entry, Model, Value, Verification

System = Literal["rxnorm", "snomed", "icd10cm", "loinc", "hcpcs", "icd10pcs", "component"]
Graded = Literal["mild", "moderate", "severe"]
ICD10CM = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?")
_S = TypeVar("_S", bound="CodeSet")
_BRANCH = "-"  # as in the tabular list: F11.12- is F11.12 and all below it


class Meaning(Model):
    """One thing that a diagnosis code says: of a condition group, of a finding, or that an event happened.

    condition: our group. status: only where the code itself says it; else the status of the entry holds.
    severity: the grades that the code leaves possible; empty where it says none.
    perhaps: the code leaves open whether the group holds (opioid use is not yet an opioid use disorder).
    finding, value: a finding of the dictionary that holds while the entry is active.
    event: a kind of event, at the entry's date; past: it had happened by then, and nobody said when.
    """

    condition: Code | None = None
    status: Literal["in_remission"] | None = None
    severity: tuple[Graded, ...] = ()
    perhaps: bool = False
    finding: Code | None = None
    value: Value | None = None
    event: Code | None = None
    past: bool = False

    @model_validator(mode="after")
    def _one(self) -> Meaning:
        if [self.condition, self.finding, self.event].count(None) != 2:
            raise ValueError("say one thing: a condition, a finding or an event")
        if (self.finding is None) != (self.value is None):
            raise ValueError("a finding has a value, and nothing else has one")
        if self.condition is None and (self.status or self.severity or self.perhaps):
            raise ValueError("only a condition has status and severity, or holds perhaps")
        if self.past and self.event is None:
            raise ValueError("only an event is past")
        return self

    @property
    def code(self) -> str:
        """The finding of the dictionary that it speaks of."""
        if self.condition:
            return f"condition.{self.condition}"
        return self.finding or f"event.{self.event}.days_since"


class CodeSet(Model):
    """Codes that mean the same. codes: code -> its title in the code system. verification: V where the titles were read there."""

    codes: dict[str, str] = Field(min_length=1)
    sources: tuple[str, ...] = ()
    verification: Verification | None = None


class DiagnosisSet(CodeSet):
    """says: empty where the codes are known to say nothing of any group of ours."""

    says: tuple[Meaning, ...]


class MedicineSet(CodeSet):
    """contains: the ingredients that the codes stand for, all of them; for an allergy also classes. Empty where nothing is of ours.

    and_others: the products hold more than the dictionary knows.
    """

    contains: tuple[Code, ...]
    and_others: bool = False


class MeasurementSet(CodeSet):
    """finding: what a result under these codes is a result of."""

    finding: Code


class ProcedureSet(CodeSet):
    """What a procedure tells. says: what holds, or happened, where it was done; planned: what holds while it is prepared.

    gives: ingredients that the person gets by it. covers: how long what was given lasts. Empty where it tells nothing of ours.
    """

    says: tuple[Meaning, ...] = ()
    planned: tuple[Meaning, ...] = ()
    gives: tuple[Code, ...] = ()
    covers: Duration | None = None

    @model_validator(mode="after")
    def _no_disorder(self) -> ProcedureSet:
        if any(meaning.condition or meaning.past for meaning in (*self.says, *self.planned)):
            raise ValueError("a procedure says findings and events, each at its own time")
        if self.covers is not None and not self.gives:
            raise ValueError("only what is given lasts")
        return self


class Book(Model):
    """One file of value sets of one code system. version: of the code system. sources, verification: of sets that say none."""

    system: System
    version: str
    sources: tuple[str, ...]
    verification: Verification


class Diagnoses(Book):
    """Value sets of problem lists."""

    sets: dict[Code, DiagnosisSet]


class Medicines(Book):
    """Value sets of medication and allergy lists."""

    sets: dict[Code, MedicineSet]


class Measurements(Book):
    """Value sets of laboratory tests, vital signs and scales."""

    sets: dict[Code, MeasurementSet]


class Procedures(Book):
    """Value sets of procedures and of services that were provided."""

    sets: dict[Code, ProcedureSet]


_Key = tuple[str, str]  # (system, code)


@dataclass(frozen=True, slots=True)
class Terminology:
    """The value sets, by code. `base.terminology` is the one of a knowledge base.

    Every lookup takes a code as it stands in a record and answers None where nobody said what it means: unknown, never "no".
    """

    _diagnoses: Mapping[_Key, tuple[Meaning, ...]]
    _branches: Mapping[str, tuple[Meaning, ...]]
    _medicines: Mapping[_Key, tuple[str, ...]]
    _partly: frozenset[_Key]
    _findings: Mapping[_Key, Entry]
    _procedures: Mapping[_Key, ProcedureSet]
    diagnosed: frozenset[str]  # findings of which some diagnosis code speaks

    def conditions(self, system: str, code: str) -> tuple[Meaning, ...] | None:
        """What a diagnosis code says. () : known to say nothing of any condition, finding or event of ours. None: not understood."""
        if (written := self._diagnoses.get((system, code))) is not None:
            return written  # by far the commonest: a code as the value set has it
        plain = tidy(system, code)
        if (exact := self._diagnoses.get((system, plain))) is not None or system != "icd10cm" or not ICD10CM.fullmatch(plain):
            return exact
        ends = range(len(plain), 0, -1)
        return next((self._branches[plain[:end]] for end in ends if plain[:end] in self._branches), None)

    def ingredients(self, system: str, code: str) -> tuple[str, ...] | None:
        """The ingredients of a medicine, or what an allergy is to: ids of ingredients, or of a class. None: not understood.

        () : known to hold nothing of ours.
        """
        return self._medicines.get((system, tidy(system, code)))

    def whole(self, system: str, code: str) -> bool:
        """Whether the dictionary knows all that is in a medicine, so that it cannot be one more thing."""
        key = (system, tidy(system, code))
        return key in self._medicines and key not in self._partly

    def finding(self, system: str, code: str) -> Entry | None:
        """The dictionary's entry for which a result under this code counts (in UCUM units that convert to its own), or None.

        Items and totals of instruments are entries too, as `phq9.total`.
        """
        return self._findings.get((system, tidy(system, code)))

    def procedure(self, system: str, code: str) -> ProcedureSet | None:
        """What a procedure tells; None: not understood."""
        return self._procedures.get((system, tidy(system, code)))


def tidy(system: str, code: str) -> str:
    """A code as its system writes it: blanks around it are no part of it, and ICD-10-CM is often sent without its dot."""
    plain = code.strip()
    if system != "icd10cm":
        return plain
    plain = plain.upper()
    return plain if "." in plain or len(plain) <= 3 else f"{plain[:3]}.{plain[3:]}"


def terminology_of(
    dictionary: Dictionary,
    diagnoses: Collection[Diagnoses],
    medicines: Collection[Medicines],
    measurements: Collection[Measurements],
    procedures: Collection[Procedures] = (),
) -> Terminology:
    """Every value set, with the codes that the dictionary's entries and ingredients carry themselves."""
    says: dict[_Key, tuple[Meaning, ...]] = {(book.system, code): item.says for book in diagnoses for code, item in rows(book.sets)}
    contains: dict[_Key, tuple[str, ...]] = {(book.system, code): item.contains for book in medicines for code, item in rows(book.sets)}
    contains |= {("rxnorm", item.rxnorm): (item.id,) for item in dictionary.ingredients.values() if item.rxnorm}
    findings: dict[_Key, Entry] = {
        (book.system, code): dictionary.entries[item.finding] for book in measurements for code, item in rows(book.sets)
    }
    findings |= {(system, code): entry for entry in dictionary.entries.values() for system, code in entry.codes.items() if code}
    partly = {(book.system, code) for book in medicines for code, item in rows(book.sets) if item.and_others}
    return Terminology(
        {key: meaning for key, meaning in says.items() if not key[1].endswith(_BRANCH)},
        {code.removesuffix(_BRANCH): meaning for (_, code), meaning in says.items() if code.endswith(_BRANCH)},
        contains,
        frozenset(partly),
        findings,
        {(book.system, code): item for book in procedures for code, item in rows(book.sets)},
        frozenset(meaning.code for meanings in says.values() for meaning in meanings),
    )


def rows(sets: Mapping[str, _S]) -> Iterator[tuple[str, _S]]:
    """Every code of these sets, with the set it is in."""
    return ((code, item) for item in sets.values() for code in item.codes)
