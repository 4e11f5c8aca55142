"""Two small decisions to tell and to draw, on knowledge small enough to be read here, and the files they are held to."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from engine.artifacts import Component, Rule, Step, Strength
from engine.base import KnowledgeBase
from engine.decision import Decision
from engine.dictionary import Dictionary, Entry, MedicationClass
from engine.judgements import infer
from engine.pathway import Pathway
from engine.recommend import recommend
from engine.record import Fact, Record
from engine.vocabulary import complete

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
FOLDER = Path(__file__).parent


def two(en: str, es: str) -> dict[str, str]:
    return {"en": en, "es": es}


def _entry(code: str, kind: str, label: dict[str, str], **more: object) -> Entry:
    return Entry.model_validate({"code": code, "type": kind, "label": label, **more})


ENTRIES = (
    _entry("opioid.disorder", "ordered", two("opioid use disorder", "trastorno por opioides"), values=("absent", "in_remission", "active")),
    _entry("opioid.test", "boolean", two("opioids on a drug test", "opioides en la prueba")),
    _entry("opioid.exposure", "boolean", two("current opioid use", "uso actual de opioides"), concluded=True),
    _entry("alcohol.audit", "integer", two("AUDIT total", "total del AUDIT"), range=(0, 40)),
    _entry("kidney.egfr", "decimal", two("kidney function (eGFR)", "función renal (TFG)"), range=(0, 200), unit="mL/min"),
    _entry("suicide.intent", "boolean", two("suicidal intent", "intención suicida")),
    _entry("suicide.plan", "boolean", two("suicide plan", "plan suicida")),
    _entry("suicide.risk", "ordered", two("suicide risk", "riesgo de suicidio"), values=("none", "low", "high"), concluded=True),
)
EVIDENCE = {"strength": "consensus", "verification": "P", "sources": ["POLICY"]}
_LADDER = {
    "E0": (None, "team", two("Routine", "Rutina")),
    "E2": ("P7D", "care_manager", two("Early", "Temprano")),
    "E4": ("P1D", "clinician", two("The same day", "El mismo día")),
    "E6": ("PT0S", "emergency_services", two("Emergency", "Emergencia")),
}


def dictionary() -> Dictionary:
    taken = MedicationClass.model_validate({"id": "naltrexone", "label": two("naltrexone", "naltrexona")})
    days = timedelta(days=90)
    lists = {"conditions": days, "medications": days, "allergies": days, "events": days}
    entries = {entry.code: entry for entry in ENTRIES}
    written = Dictionary.model_validate(
        {"entries": entries, "conditions": {}, "ingredients": {}, "classes": {"naltrexone": taken}, "lists": lists}
    )
    return complete(written, ())


def rule(name: str, title: dict[str, str], when: object, *then: dict[str, object], **more: object) -> dict[str, object]:
    fixed = {"version": "1.0.0", "stratum": "S5", "status": "active", "owner": "lead", "review_by": "2030-01-01", "serves": ["S1-01"]}
    reason = two("Its author says why.", "Su autor dice por qué.")
    return {
        "id": name,
        "title": title,
        **fixed,
        "evidence": EVIDENCE,
        "when": when,
        "on_unknown": "ask",
        "then": list(then),
        "because": reason,
        **more,
    }


def component(name: str, title: dict[str, str], **more: object) -> dict[str, object]:
    fixed = {"version": "1.0.0", "kind": "medication", "deliver": ["prescriber"], "modalities": ["in_person"], "serves": ["S1-01"]}
    return {"id": name, "title": title, "summary": title, **fixed, "evidence": EVIDENCE, **more}


def avoid(name: str, strictness: str, **more: object) -> dict[str, object]:
    return {"avoid": name, "strictness": strictness, **more}


COMPONENTS = (
    component("naloxone", two("Naloxone at hand", "Naloxona a mano")),
    component("naltrexone", two("Naltrexone", "Naltrexona"), group="drinking", medication="naltrexone"),
    component("acamprosate", two("Acamprosate", "Acamprosato"), group="drinking"),
    component("peer-support", two("Peer support", "Apoyo entre pares"), kind="social"),
)
RULES = (
    rule(
        "opioids-call-for-naloxone",
        two("Offer naloxone to everyone who uses opioids", "Ofrecer naloxona a quien usa opioides"),
        "opioid.exposure == true",
        {"recommend": "naloxone", "urgency": "urgent"},
        {"follow_up": {"every": "P7D", "with": "care_manager", "modality": "phone"}},
    ),
    rule(
        "disorder-is-exposure",
        two("An active disorder is opioid use", "Un trastorno activo es uso de opioides"),
        "opioid.disorder == active",
        {"conclude": {"opioid.exposure": True}},
    ),
    rule(
        "test-is-exposure",
        two("A positive test is opioid use", "Una prueba positiva es uso de opioides"),
        "opioid.test == true",
        {"conclude": {"opioid.exposure": True}},
    ),
    rule(
        "drinking-calls-for-medicine",
        two("Offer a medicine for heavy drinking", "Ofrecer un medicamento si se bebe mucho"),
        {"all": ["alcohol.audit >= 16", {"not": "kidney.egfr < 30"}]},
        {"recommend": "naltrexone", "urgency": "soon"},
        {"recommend": "acamprosate", "urgency": "soon"},
        {"follow_up": {"every": "P14D", "with": "prescriber"}},
    ),
    rule(
        "no-naltrexone-with-opioids",
        two("No naltrexone with opioids", "Sin naltrexona si hay opioides"),
        "opioid.exposure == true",
        avoid("naltrexone", "absolute", instead=["acamprosate"], do=two("Do not begin it.", "No lo inicie.")),
        stratum="S3",
    ),
    rule(
        "weak-kidneys-need-less-acamprosate",
        two("Less acamprosate with weak kidneys", "Menos acamprosato si los riñones fallan"),
        "kidney.egfr < 60",
        avoid("acamprosate", "relative"),
        stratum="S3",
    ),
    rule(
        "intent-is-high-risk",
        two("Intent or a plan is high risk", "La intención o un plan es riesgo alto"),
        {"any": ["suicide.intent == true", "suicide.plan == true"]},
        {"conclude": {"suicide.risk": "high"}},
        stratum="S1",
    ),
    rule(
        "high-risk-needs-a-clinician",
        two("High or unknown risk needs a clinician today", "El riesgo alto o desconocido exige hoy un profesional"),
        "suicide.risk == high",
        {"escalate": "E4", "do": two("Assess the risk today.", "Valore hoy el riesgo.")},
        stratum="S1",
        on_unknown="escalate",
    ),
)


def base(*more: dict[str, object], pathways: tuple[dict[str, object], ...] = ()) -> KnowledgeBase:
    """The knowledge of the story, with further rules and pathways."""
    context = {"dictionary": dictionary(), "parameters": {}}
    rules = [Rule.model_validate(raw, context=context) for raw in (*RULES, *more)]
    paths = [Pathway.model_validate(raw, context=context) for raw in pathways]
    parts = [Component.model_validate(raw) for raw in COMPONENTS]
    ladder = {level: Step.model_validate({"within": within, "to": to, "title": title}) for level, (within, to, title) in _LADDER.items()}
    return KnowledgeBase.model_validate(
        {
            "release": {"id": "2026.11.0", "digest": "sha256:0"},
            "dictionary": context["dictionary"],
            "parameters": {},
            "instruments": {},
            "rules": {item.id: item for item in rules},
            "components": {item.id: item for item in parts},
            "pathways": {item.id: item for item in paths},
            "ladder": ladder,
            "help": {"any": []},
            "strengths": {"consensus": Strength.model_validate({"rank": 3, "label": two("consensus", "consenso")})},
            "sources": {},
            "minors": {},
        }
    )


def fact(code: str, value: object, days: int = 0, source: str | None = "intake nurse") -> Fact:
    unit = "mL/min" if code == "kidney.egfr" else None
    return Fact.model_validate({"code": code, "value": value, "unit": unit, "at": NOW - timedelta(days=days), "source": source})


INTAKE = (
    fact("opioid.disorder", "active", 3, "conditions"),
    fact("alcohol.audit", 20),
    fact("kidney.egfr", 45, 30, "laboratory"),
    fact("suicide.plan", False),
)
QUIET = (
    fact("opioid.disorder", "in_remission"),
    fact("opioid.test", False),
    fact("alcohol.audit", 4),
    fact("suicide.intent", False),
    fact("suicide.plan", False),
)


def decide(knowledge: KnowledgeBase, *facts: Fact, **more: Any) -> Decision:
    return recommend(knowledge, Record(findings=facts, **more), NOW, infer, lambda *_: None)


def held_to(name: str, text: str) -> None:
    """The text is what the golden file says. With TESTS_WRITE_GOLDEN set, the file is written instead."""
    path = FOLDER / name
    if os.environ.get("TESTS_WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), (
        f"{name} differs; if it is meant to, run again with TESTS_WRITE_GOLDEN=1 and look at it"
    )
