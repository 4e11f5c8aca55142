"""People as clinics see them: disorders that go together, scores that follow from them, medicines that follow from both.

Made up, and mostly partial: some questions were asked and answered, some were not. Half come to intake, half to a follow-up.
Frequencies are plausible guesses and no epidemiology; they only have to put the rules under an everyday load.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from engine.base import KnowledgeBase
from engine.dictionary import Entry
from engine.instruments import Instrument
from engine.record import Record

_SUBSTANCES = {"opioid_use_disorder": 0.35, "alcohol_use_disorder": 0.45, "stimulant_use_disorder": 0.25, "cannabis_use_disorder": 0.2}
_MENTAL = {"depression": 0.55, "anxiety": 0.35, "ptsd": 0.25, "bipolar_disorder": 0.12, "psychosis": 0.1, "adhd": 0.08}
_BODILY = {"liver_disease": 0.08, "seizure_disorder": 0.03, "diabetes": 0.1, "sleep_apnea": 0.06}
_MEDICINES = {  # given the disorder: who takes what
    "opioid_use_disorder": {"buprenorphine": 0.4, "methadone": 0.2},
    "alcohol_use_disorder": {"naltrexone": 0.12, "acamprosate": 0.06},
    "depression": {"sertraline": 0.3, "mirtazapine": 0.1, "bupropion": 0.06},
    "anxiety": {"sertraline": 0.15, "gabapentin": 0.08, "diazepam": 0.05},
    "bipolar_disorder": {"lithium": 0.3, "quetiapine": 0.3},
    "psychosis": {"olanzapine": 0.35, "clozapine": 0.08},
}
_HEALTHY = {  # value in the dictionary's unit: mean and spread of those who come
    "lab.alt_uln": (0.9, 0.5), "lab.ast_uln": (0.9, 0.5), "lab.crcl": (95, 22), "lab.qtc": (425, 18), "lab.potassium": (4.1, 0.3),
    "lab.magnesium": (0.85, 0.06), "lab.sodium": (139, 2.5), "lab.platelets": (230, 50), "vital.systolic": (126, 14),
    "vital.diastolic": (78, 9), "vital.heart_rate": (80, 11), "vital.temperature": (36.8, 0.3), "vital.respiratory_rate": (15, 2),
    "vital.oxygen_saturation": (97, 1),
}  # fmt: skip
_LIKELY = {"need.homelessness": 0.12, "need.unsafe_home": 0.06, "need.unemployed_wants_work": 0.3, "need.transport": 0.2,
           "need.isolation": 0.3, "need.legal": 0.15, "need.uninsured": 0.12, "support.safe_housing": 0.88, "support.person": 0.7,
           "support.can_attend_visits": 0.85, "telehealth.private_place": 0.85, "telehealth.internet": 0.8, "withdrawal.can_answer": 0.97,
           "family.contact_consented": 0.5, "tox.fentanyl": 0.1, "tox.amphetamines": 0.12, "tox.cocaine": 0.1}  # fmt: skip


def person(rng: Random, base: KnowledgeBase, as_of: datetime) -> Record:
    """One person who comes to intake or to a follow-up."""
    return Record.model_validate(_Person(rng, base, as_of).parts())


# What a clinic usually gives; the others are for few people, or for special places.
_GIVEN = frozenset({"phq9", "gad7", "cssrs", "auditc", "dast10", "pcptsd5", "isi", "ciwa_ar", "cows"})


class _Person:
    def __init__(self, rng: Random, base: KnowledgeBase, as_of: datetime) -> None:
        self.rng, self.base, self.as_of = rng, base, as_of
        self.follow_up = rng.random() < 0.5
        self.thorough = rng.choice((0.4, 0.65, 0.85))  # how much of what could be asked was asked
        self.ill = rng.betavariate(2, 3) * (0.7 if self.follow_up else 1.0)
        self.has = {name for table in (_SUBSTANCES, _MENTAL, _BODILY) for name, share in table.items() if rng.random() < share}
        self.has |= {rng.choice(tuple(_SUBSTANCES))} if not self.has & _SUBSTANCES.keys() else set()
        self.uses = bool(self.has & _SUBSTANCES.keys()) and rng.random() < (0.4 if self.follow_up else 0.8)

    def ago(self, days: float) -> datetime:
        return self.as_of - timedelta(days=days)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def parts(self) -> dict[str, Any]:
        rng, sex = self.rng, self.rng.choice(("female", "male"))
        reviewed = {name: self.ago(rng.random() * 10) for name in ("conditions", "medications", "allergies", "events") if self.chance(0.8)}
        patient: dict[str, Any] = {"age": min(85, max(16, round(rng.gauss(38, 12)))), "sex": sex}
        if sex == "female" and self.chance(0.5):
            patient["pregnancy"] = {"status": "pregnant" if self.chance(0.05) else "not_pregnant", "at": self.ago(5)}
        return {
            "patient": patient,
            "setting": rng.choice(("outpatient", "outpatient", "telehealth", None)),
            "findings": tuple(self.findings()),
            "instruments": tuple(item for one in self.base.instruments.values() for item in self.answers(one)),
            "conditions": tuple(self.condition(name) for name in sorted(self.has) if name in self.base.dictionary.conditions),
            "medications": tuple(self.medicines()),
            "reviewed": reviewed,
            "series": tuple(self.series()),
            "events": tuple(self.events()),
        }

    def condition(self, name: str) -> dict[str, Any]:
        grade = ("mild", "moderate", "severe")[min(2, int(self.ill * 3.6))]
        graded = self.base.dictionary.conditions[name].graded and self.chance(0.7)
        return {"term": name, "status": "active", "at": self.ago(30)} | ({"severity": grade} if graded else {})

    def medicines(self) -> list[dict[str, Any]]:
        taken = [
            name
            for disorder in sorted(self.has & _MEDICINES.keys())
            for name, share in _MEDICINES[disorder].items()
            if self.chance(share * (1.3 if self.follow_up else 0.6))
        ]
        if "methadone" in taken or "buprenorphine" in taken:  # one of them, and no opioid blocker beside it
            taken = [name for name in taken if name != "naltrexone" and not (name == "methadone" and "buprenorphine" in taken)]
        return [{"ingredient": name, "status": "active", "at": self.ago(3)} for name in dict.fromkeys(taken)]

    def findings(self) -> list[dict[str, Any]]:
        """Whatever can be stated and asked; mostly asked, mostly not so."""
        said = []
        for code, entry in sorted(self.base.dictionary.entries.items()):
            stated = (
                entry.ask is not None and not entry.concluded and entry.derive is None and code.partition(".")[0] not in ("patient", "care")
            )
            measured = code in _HEALTHY
            if (stated or measured) and code.partition(".")[0] not in self.base.instruments and self.chance(self.thorough):
                value = self.value(entry)
                if value is not None:
                    said.append({"code": code, "value": value, "at": self.ago(self.rng.random()), "unit": entry.unit})
        return said

    def value(self, entry: Entry) -> Any:
        code = entry.code
        if code in _HEALTHY:
            mean, spread = _HEALTHY[code]
            low, high = entry.bounds
            return round(min(high, max(low, self.rng.gauss(mean, spread))), 2)
        if entry.type == "boolean":
            share = _LIKELY.get(code, 0.004 if entry.worse == "higher" else 0.9 if entry.worse == "lower" else 0.03)
            if code in ("alcohol.current_use", "opioid.physically_dependent", "opioid.fentanyl_exposure", "use.daily"):
                share = self.uses * 0.6 * (f"{code.partition('.')[0]}_use_disorder" in self.has)
            return self.chance(share)
        if code in ("use.days_last_30", "alcohol.heavy_days_30"):
            return round(self.ill * 25) if self.uses else 0
        if code == "readiness.change":
            return self.rng.randint(3, 10)
        return None

    def answers(self, one: Instrument) -> list[dict[str, Any]]:
        fits = {
            "ciwa_ar": "alcohol_use_disorder" in self.has and self.uses,
            "cows": "opioid_use_disorder" in self.has and self.uses,
        }
        if one.id not in _GIVEN or not fits.get(one.id, True) or not self.chance(self.thorough):
            return []
        mind = self.ill if self.has & _MENTAL.keys() else self.ill * 0.3
        use = self.ill if self.uses else self.ill * 0.2
        level = {"phq9": mind, "gad7": mind, "cssrs": mind * 0.12, "ciwa_ar": use * 0.35, "cows": use * 0.5}.get(one.id, use)
        items = {item.id: self.score(one.id, item.id, item.values or (0, 1), level) for item in one.items}
        if one.id == "cssrs" and not items["q2"]:
            items |= dict.fromkeys(("q3", "q4", "q5"), 0)
        return [{"instrument": one.id, "at": self.ago(self.rng.random() / 12), "items": items}]

    def score(self, instrument: str, item: str, values: tuple[int, ...], level: float) -> int | None:
        if self.chance(0.01):
            return None
        if (instrument, item) == ("phq9", "q9"):
            level *= 0.3
        if instrument == "cssrs":
            return int(self.chance(level * (1.0 if item in ("q1", "q2", "q6_lifetime") else 0.3)))
        place = self.rng.gauss(level, 0.18) * (len(values) - 1)
        return values[min(len(values) - 1, max(0, round(place)))]

    def series(self) -> list[dict[str, Any]]:
        if not self.follow_up or not self.chance(0.7):
            return []
        entries = self.base.dictionary.entries
        levels = {"craving.daily": self.ill * 8, "mood.daily": 8 - self.ill * 6, "sleep.hours": 7.5 - self.ill * 3}
        return [
            {
                "code": code,
                "points": [{"at": self.ago(day), "value": self.point(entries[code], level)} for day in range(28) if self.chance(0.8)],
            }
            for code, level in levels.items()
            if code in entries
        ]

    def point(self, entry: Entry, level: float) -> float:
        low, high = entry.bounds
        value = min(high, max(low, self.rng.gauss(level, 1)))
        return round(value) if entry.discrete else round(value, 1)

    def events(self) -> list[dict[str, Any]]:
        kinds = {
            "discharge": 0.4 if self.follow_up else 0.1,
            "emergency_visit": 0.15,
            "overdose": 0.06 * ("opioid_use_disorder" in self.has),
            "missed_contact": 0.2,
            "kept_contact": 0.8 if self.follow_up else 0.1,
            "suicide_attempt": 0.02,
            "release_from_custody": 0.03,
        }
        return [{"kind": kind, "at": self.ago(self.rng.uniform(1, 90))} for kind, share in kinds.items() if self.chance(share)]
