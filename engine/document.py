"""The decision as a JSON document: plain types, labelled, in one language. Same decision, same language, same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from engine.argument import parameters, trace_document
from engine.artifacts import HelpLine, Rule
from engine.base import KnowledgeBase
from engine.decision import Blocked, DataRequest, Decision, Escalation, FollowUpPlan, Heading, Recommendation, Withheld
from engine.dictionary import Language
from engine.explain import Explanation, standings, why_not
from engine.findings import Finding
from engine.grounds import TRUTHS, Document, Grounds
from engine.judgements import of
from engine.positions import Place, Position, Step
from engine.timing import duration, instant
from engine.trace import trace
from engine.wording import absence_words, finding_words, known_words

ABOVE_FOLD = 5
Detail = Literal["short", "full"]


class Writer:
    """Writes the parts of one decision in one language."""

    def __init__(self, base: KnowledgeBase, decision: Decision, language: Language) -> None:
        self.base, self.decision, self.language = base, decision, language
        self.grounds = Grounds(base, decision, language)
        self.recommended = {item.component.id for item in decision.recommendations}

    def decision_document(self, detail: Detail) -> Document:
        """The decision with its reasons; in full, also what each rule says that nothing came of, and the trace."""
        decision = self.decision
        argument = trace(self.base, decision) if detail == "full" else None
        body = {
            "escalations": [self.escalation(item) for item in decision.escalations],
            "recommendations": [self.recommendation(item) for item in decision.recommendations],
            "withheld": [self.withheld(item) for item in decision.withheld],
            "cautions": [self.withheld(item) for item in decision.cautions],
            "follow_up": self.follow_up(decision.follow_up) if decision.follow_up else None,
            "data_requests": [self.request(item) for item in decision.requests],
            "pathways": [self.position(item) for item in decision.positions],
            "not_recommended": self.spoken_against() if argument else self.not_recommended(),
            "critical_items": [self.grounds.finding(item) for item in decision.critical],
            "overridden": [{"rule": rule, "by": by} for rule, by in decision.overridden],
            "not_used": [{"where": item.where, "why": item.why} for item in decision.ignored],
        }
        return {
            "id": decision.id,
            "outcome": decision.outcome,
            "as_of": instant(decision.as_of),
            "release": {"id": decision.release.id, "digest": decision.release.digest},
            "engines": decision.judgements.agreement,
            "disputed_rules": list(decision.judgements.disputed),
            "language": self.language,
            "help": [self.help_line(item) for item in decision.help],
            "above_the_fold": self.above_fold(),
            **body,
            **({"parameters": parameters(self.base, argument)} if argument else {}),
            "findings": [self.grounds.finding(of(decision.judgements.findings, code)) for code in sorted(self.grounds.shown)],
            **(self.judged() | {"trace": trace_document(argument)} if argument else {}),
        }

    def judged(self) -> Document:
        return {"judged": {rule.reference: TRUTHS[self.decision.judgements.truths[rule.id]] for rule in self.base.active}}

    def above_fold(self) -> list[Document]:
        """At most five items, under the four headings; what is to be done now comes before the plan.

        Of what is about to be ordered and contraindicated the first is there, after the step of safety: nobody may sign before seeing it.
        """
        decision = self.decision
        ordered = [item.component.id for item in decision.withheld if "proposed" in item.sought]
        now = [{"heading": "now", "kind": "escalation", "ref": step.level} for step in decision.escalations[:1]]
        now += [{"heading": "now", "kind": "withheld", "ref": name} for name in ordered[:1]]
        now += self._headed("now")
        tail = [{"heading": "follow_up", "kind": "follow_up", "ref": duration(decision.follow_up.every)}] if decision.follow_up else []
        tail += [{"heading": "find_out", "kind": "data_request", "ref": item.subject} for item in decision.requests[:1]]
        return [*now, *self._headed("plan")][: ABOVE_FOLD - len(tail)] + tail

    def _headed(self, heading: Heading) -> list[Document]:
        chosen = [item.component.id for item in self.decision.recommendations if item.heading == heading and item.within is None]
        return [{"heading": heading, "kind": "recommendation", "ref": name} for name in chosen]

    def help_line(self, item: HelpLine) -> Document:
        return {
            "name": item.name[self.language],
            "contact": item.contact[self.language],
            "available": item.available[self.language],
            "verified_on": item.verified_on.isoformat(),
        }

    def recommendation(self, item: Recommendation) -> Document:
        component = item.component
        return {
            "component": component.id,
            "title": component.title[self.language],
            "summary": component.summary[self.language],
            "kind": component.kind,
            "heading": item.heading,
            "urgency": item.urgency,
            "strength": item.strength,
            "strength_label": self.base.strengths[item.strength].label[self.language],
            "declined_by_person": item.declined,
            "within": item.within,
            "deliver": list(component.deliver),
            "modalities": list(component.modalities),
            "dose": self.told(component.dose.text if component.dose else None),
            "asks": self.told(component.asks),
            "expect": self.told(component.expect),
            "reasons": self.grounds.reasons(item.reasons),
            "cautions": [self.blocked(blocked) for blocked in item.cautions],
            "alternatives": self.named(item.alternatives),
        }

    def told(self, text: Mapping[Language, str] | None) -> str | None:
        return text[self.language] if text else None

    def blocked(self, item: Blocked) -> Document:
        action = item.action
        return {
            "strictness": action.strictness,
            "do": self.told(action.do),
            "instead": list(action.instead),
            "reason": self.grounds.reason(item.reason),
        }

    def withheld(self, item: Withheld) -> Document:
        return {
            "component": item.component.id,
            "title": item.component.title[self.language],
            "sought": list(item.sought),
            "wanted": self.grounds.reasons(item.wanted),
            "forbidden": [self.blocked(blocked) for blocked in item.blocked],
            "alternatives": self.named(item.alternatives),
        }

    def named(self, components: Iterable[str]) -> list[Document]:
        """Alternatives: whether a rule recommends them too, and whether a contraindication is still unknown."""
        return [
            {
                "component": name,
                "title": self.base.components[name].title[self.language],
                "asks": self.told(self.base.components[name].asks),
                "recommended": name in self.recommended,
                "to_check": [rule.reference for rule in self._open_checks(name)],
            }
            for name in components
        ]

    def _open_checks(self, component: str) -> list[Rule]:
        truths = self.decision.judgements.truths
        return [rule for rule in self.base.avoiding.get(component, ()) if truths[rule.id] is None and rule.forbids(component)]

    def escalation(self, item: Escalation) -> Document:
        return {
            "level": item.level,
            "within": duration(item.within) if item.within is not None else None,
            "to": item.to,
            "title": item.title[self.language],
            "do": item.do[self.language],
            "unconfirmed": item.unconfirmed,
            "reasons": self.grounds.reasons(item.reasons),
        }

    def follow_up(self, plan: FollowUpPlan) -> Document:
        demands = [
            {"every": duration(item.every), "with": item.with_, "modality": item.modality, "reason": self.grounds.reason(item.reason)}
            for item in plan.demands
        ]
        return {
            "every": duration(plan.every),
            "with": plan.with_,
            "modality": plan.modality,
            "preference_used": plan.preference_used,
            "demands": demands,
        }

    def request(self, item: DataRequest) -> Document:
        self.grounds.shown |= set(item.findings)
        return {
            "subject": item.subject,
            "kind": item.kind,
            "question": self.grounds.phrases.question(item.subject, item.kind),
            "findings": list(item.findings),
            "absent": [{"why": why, "words": absence_words(why, self.language)} for why in item.absent],
            "stratum": item.stratum,
            "required": item.required,
            "settles": [{"by": rule.reference, "title": rule.title[self.language]} for rule in item.settles],
        }

    def position(self, item: Position) -> Document:
        return {
            "pathway": item.pathway.reference,
            "title": item.pathway.title[self.language],
            "called": item.called,
            "replaced": item.replaced,
            "entry": [self.grounds.ground(leaf) for leaf in item.entry.leaves],
            "taken": [self.step(step) | {"from": list(step.left), "late": step.late} for step in item.taken],
            "stages": [self.place(place) for place in item.places],
        }

    def place(self, item: Place) -> Document:
        """A stage where the person stands: who acts, by when, and what leaves it."""
        stage = item.stage
        return {
            "stage": item.name,
            "title": stage.title[self.language],
            "kind": stage.kind,
            "phase": stage.phase,
            "who": stage.who,
            "since": instant(item.since) if item.since else None,
            "due": instant(item.due) if item.due else None,
            "overdue": item.overdue(self.decision.as_of),
            "undecided": stage.unknown[self.language] if stage.unknown and item.undecided else None,
            "calls": list(stage.calls),
            "onward": [self.step(step) | {"truth": TRUTHS[step.judgement.truth]} for step in item.onward],
        }

    def step(self, item: Step) -> Document:
        step, here = item.transition, {finding.code: finding for finding in item.here}
        return {
            "to": list(step.to),
            "title": step.title[self.language],
            "urgency": step.urgency,
            "sentence": self.grounds.phrases.sentence(step.when),
            "grounds": [self.grounds.ground(leaf, here.get(leaf.finding)) for leaf in item.judgement.leaves],
        }

    def not_recommended(self) -> list[Document]:
        found = standings(self.base, self.decision, sorted(self.base.components))
        titles = self.base.components
        return [
            {"component": name, "title": titles[name].title[self.language], "standing": standing}
            for name, standing in found.items()
            if standing not in ("recommended", "withheld")
        ]

    def spoken_against(self) -> list[Document]:
        return [self.why_not(item) for item in why_not(self.base, self.decision).values() if item.standing != "withheld"]

    def why_not(self, item: Explanation) -> Document:
        """Why a component is not recommended, in short: what each rule that could recommend it says. `explanation` has the rest."""
        return {
            "component": item.component.id,
            "title": item.component.title[self.language],
            "standing": item.standing,
            "rules": [
                {
                    "by": reason.reference,
                    "title": reason.by.title[self.language],
                    "truth": TRUTHS[reason.truth],
                    "grounds": [self.grounds.ground(leaf) for leaf in reason.grounds],
                }
                for reason in item.spoken_for
            ],
        }

    def explanation(self, item: Explanation) -> Document:
        """Everything about one component: why, why not, what was checked, what is missing, what would change it."""
        return {
            "component": item.component.id,
            "title": item.component.title[self.language],
            "standing": item.standing,
            "rules": self.grounds.reasons(item.spoken_for),
            "checks": [
                {"result": check.result, "strictness": check.strictness, "reason": self.grounds.reason(check.reason)}
                for check in item.checks
            ],
            "missing": list(item.missing),
            "changes": [
                [
                    {
                        "finding": change.code,
                        "now": known_words(change.before, self.base.dictionary.entries[change.code], self.language),
                        "to": self.grounds.value(change.code, change.after),
                        "words": finding_words(Finding(change.code, change.after, change.after), self.base.dictionary, self.language),
                    }
                    for change in changes
                ]
                for changes in item.changes
            ],
        }


def document(base: KnowledgeBase, decision: Decision, language: Language = "en", detail: Detail = "full") -> Document:
    """The decision as plain JSON types."""
    return Writer(base, decision, language).decision_document(detail)


def explanation_document(base: KnowledgeBase, decision: Decision, explanation: Explanation, language: Language = "en") -> Document:
    """One component's explanation as plain JSON types, with the trace that leads to it."""
    writer = Writer(base, decision, language)
    return writer.explanation(explanation) | {"trace": trace_document(trace(base, decision, explanation.component.id))}
