"""The whole argument in plain words: from what came of it, over the rules and conclusions, to what is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from engine.artifacts import Rule
from engine.base import KnowledgeBase
from engine.conditions import Compare
from engine.decision import Blocked, Decision, Escalation, FollowUpPlan, Reason, Recommendation, Withheld
from engine.dictionary import Language
from engine.explain import explain
from engine.findings import Finding
from engine.judgements import compare, of
from engine.pathway import Pathway
from engine.terms import word
from engine.wording import age_words, date_words, duration_words, known_words, premise

# Codes as words: roles, urgencies, modalities, and the sources that the engine itself puts down.
_SENTENCES: dict[Language, dict[str, str]] = {
    "en": {
        "nothing_recommended": "Nothing is recommended: the rules were judged, and none asks for anything.",
        "could_not_evaluate": "Nothing could be evaluated: too little is known to judge any rule.",
        "recommended": "Recommended: {title} ({urgency}), because of {by}.",
        "declined": "The person does not want it at present; that changes the plan, not the risk.",
        "caution": "Caution with {title}, because of {by}.",
        "forbidden": "Against {title}: {by}.",
        "instead": "Instead: {names}.",
        "alternatives": "What could stand in for {title}: {names}.",
        "withheld": "Withheld: {title} ({sought}).",
        "care": "Calls for care: {title} ({sought}).",
        "wanted_by": "for it: {by}",
        "proposed": "it has been proposed",
        "active": "the person takes it now",
        "escalation": "Escalation {level}, {within}: {to}. {title}. {do} It rests on {by}.",
        "unconfirmed": "Only the second engine holds this; it is kept, because that errs on the safe side.",
        "within": "within {time}",
        "no_deadline": "at the agreed follow-up",
        "follow_up": "Follow-up every {time}: {to}{how}. Demanded by {by}.",
        "preference": "The person's preference made it sooner, or chose how.",
        "rule": "Rule {ref}: {title}. {because}",
        "pathway": "Pathway {ref}: {title}, at the stage “{stage}”.",
        "true": "It holds because: {facts}.",
        "precaution": "It is a precaution while this is not known: {facts}.",
        "false": "It does not hold because: {facts}.",
        "open": "It is not settled while this is not known: {facts}.",
        "overridden": "Rule {by} is more specific and sets it aside.",
        "concluded": "“{label}”: {known}. This rests on {by}.",
        "ruled_out": "“{label}”: {known}. None of the rules that could raise it holds ({by}).",
        "not_recommended": "Not recommended: {title}. No rule that could recommend it does.",
        "not_settled": "Not recommended so far: {title}. What its rules need is not known.",
        "no_rule_speaks_for_it": "Not recommended: {title}. No rule speaks for it in this release.",
        "clear": "Checked against it, and clear: {title} ({ref}).",
        "present": "Checked against it, and present: {title} ({ref}).",
        "unknown": "To be checked against it, not known yet: {title} ({ref}).",
    },
    "es": {
        "nothing_recommended": "No se recomienda nada: se evaluaron las reglas y ninguna pide nada.",
        "could_not_evaluate": "No se pudo evaluar nada: se sabe demasiado poco para evaluar ninguna regla.",
        "recommended": "Se recomienda: {title} ({urgency}), por {by}.",
        "declined": "La persona no lo desea por ahora; eso cambia el plan, no el riesgo.",
        "caution": "Precaución con {title}, por {by}.",
        "forbidden": "En contra de {title}: {by}.",
        "instead": "En su lugar: {names}.",
        "alternatives": "Lo que podría sustituir a {title}: {names}.",
        "withheld": "Se retiene: {title} ({sought}).",
        "care": "Requiere cuidado: {title} ({sought}).",
        "wanted_by": "a favor: {by}",
        "proposed": "alguien lo ha propuesto",
        "active": "la persona lo toma ahora",
        "escalation": "Escalada {level}, {within}: {to}. {title}. {do} Se apoya en {by}.",
        "unconfirmed": "Solo lo sostiene el segundo motor; se mantiene porque es lo más seguro.",
        "within": "en {time}",
        "no_deadline": "en el seguimiento acordado",
        "follow_up": "Seguimiento cada {time}: {to}{how}. Lo exige {by}.",
        "preference": "La preferencia de la persona lo adelantó o eligió el modo.",
        "rule": "Regla {ref}: {title}. {because}",
        "pathway": "Vía clínica {ref}: {title}, en la etapa «{stage}».",
        "true": "Se cumple porque: {facts}.",
        "precaution": "Es una precaución mientras no se sepa: {facts}.",
        "false": "No se cumple porque: {facts}.",
        "open": "No se puede decidir mientras no se sepa: {facts}.",
        "overridden": "La regla {by} es más específica y la deja sin efecto.",
        "concluded": "«{label}»: {known}. Se apoya en {by}.",
        "ruled_out": "«{label}»: {known}. No se cumple ninguna de las reglas que podrían elevarlo ({by}).",
        "not_recommended": "No se recomienda: {title}. Ninguna regla que podría recomendarlo lo hace.",
        "not_settled": "No se recomienda por ahora: {title}. No se sabe lo que necesitan sus reglas.",
        "no_rule_speaks_for_it": "No se recomienda: {title}. Ninguna regla de esta versión lo propone.",
        "clear": "Contraindicación revisada y descartada: {title} ({ref}).",
        "present": "Contraindicación revisada y presente: {title} ({ref}).",
        "unknown": "Contraindicación por revisar, aún no se sabe: {title} ({ref}).",
    },
}


def deadline_words(within: timedelta | None, language: Language) -> str:
    """By when somebody has to answer."""
    words = _SENTENCES[language]
    if not within:
        return words["no_deadline"] if within is None else duration_words(within, language)
    return words["within"].format(time=duration_words(within, language))


def fact_words(leaf: Compare, finding: Finding, base: KnowledgeBase, language: Language) -> str:
    """What is the case: a premise that fails is said the other way round, so that every sentence states a fact."""
    entry, truth = base.dictionary.entries[leaf.finding], compare(leaf, finding)
    if truth is None and entry.type == "boolean":
        return entry.label[language]
    return premise(leaf, base.dictionary, language, negated=truth is False)


def makers(base: KnowledgeBase, decision: Decision, code: str) -> tuple[Rule, ...]:
    """The rules a conclusion rests on: those that hold, and those that are open and could still raise it."""
    truths, low = decision.judgements.truths, of(decision.judgements.findings, code).low or 0
    found = base.ruleset.conclusions.get(code, ())
    return tuple(rule for rule, number in found if truths[rule.id] or (truths[rule.id] is None and number > low))


def narrate(
    base: KnowledgeBase, decision: Decision, language: Language, component: str | None = None, *, everything: bool = True
) -> tuple[str, ...]:
    """The argument for the whole decision, or for one component, as sentences; each rule is explained once.

    everything: false leaves what is to be done now and what is withheld.
    """
    narrator = _Narrator(base, decision, language)
    return tuple(narrator.of_decision(everything) if component is None else narrator.of_component(component))


class _Narrator:
    """Tells one decision in one language, and remembers what has been told."""

    def __init__(self, base: KnowledgeBase, decision: Decision, language: Language) -> None:
        self.base, self.decision, self.language = base, decision, language
        self.told: set[str] = set()

    def say(self, sentence: str, **words: str) -> str:
        return _SENTENCES[self.language][sentence].format(**words)

    def of_decision(self, everything: bool) -> Iterator[str]:
        decision = self.decision
        if decision.outcome != "recommendations":
            yield self.say(decision.outcome)
        for step in decision.escalations:
            yield from self.escalation(step)
        for item in decision.recommendations:
            if everything or item.heading == "now":
                yield from self.recommendation(item)
        for held in (*decision.withheld, *decision.cautions):
            yield from self.withheld(held)
        if everything and decision.follow_up:
            yield from self.follow_up(decision.follow_up)

    def of_component(self, name: str) -> Iterator[str]:
        parts = [self.recommendation(item) for item in self.decision.recommendations if item.component.id == name]
        parts += [self.withheld(item) for item in (*self.decision.withheld, *self.decision.cautions) if item.component.id == name]
        for part in parts:
            yield from part
        explained = explain(self.base, self.decision, name)
        if not parts:
            standing = "not_settled" if explained.standing == "could_not_evaluate" else explained.standing
            yield self.say(standing, title=explained.component.title[self.language])
            yield from self.reasons(explained.spoken_for)
        for check in explained.checks:
            if check.reason.reference not in self.told:
                yield self.say(check.result, title=check.reason.by.title[self.language], ref=check.reason.reference)

    def recommendation(self, item: Recommendation) -> Iterator[str]:
        title = item.component.title[self.language]
        yield self.say("recommended", title=title, urgency=word(item.urgency, self.language), by=_references(item.reasons))
        if item.declined:
            yield self.say("declined")
        yield from self.reasons(item.reasons)
        yield from self.against(item.cautions, "caution", title)
        yield from self.names("alternatives", title, item.alternatives)

    def withheld(self, item: Withheld) -> Iterator[str]:
        """What is forbidden, or only calls for care, though somebody wants, proposes or takes it."""
        title, relative = item.component.title[self.language], all(one.action.strictness == "relative" for one in item.blocked)
        sought = [self.say("wanted_by" if why == "recommended" else why, by=_references(item.wanted)) for why in item.sought]
        yield self.say("care" if relative else "withheld", title=title, sought="; ".join(sought))
        yield from self.against(item.blocked, "caution" if relative else "forbidden", title)
        yield from self.reasons(item.wanted)
        yield from self.names("alternatives", title, item.alternatives)

    def against(self, blocked: Iterable[Blocked], sentence: str, title: str) -> Iterator[str]:
        for item in blocked:
            yield self.say(sentence, title=title, by=_references([item.reason]))
            yield from [item.action.do[self.language]] if item.action.do else []
            yield from self.names("instead", title, item.action.instead)
            yield from self.reasons([item.reason])

    def names(self, sentence: str, title: str, components: tuple[str, ...]) -> Iterator[str]:
        if components:
            yield self.say(sentence, title=title, names=", ".join(self.base.components[name].title[self.language] for name in components))

    def escalation(self, step: Escalation) -> Iterator[str]:
        language = self.language
        deadline, to, by = deadline_words(step.within, language), word(step.to, language), _references(step.reasons)
        yield self.say("escalation", level=step.level, to=to, within=deadline, by=by, title=step.title[language], do=step.do[language])
        if step.unconfirmed:
            yield self.say("unconfirmed")
        yield from self.reasons(step.reasons)

    def follow_up(self, plan: FollowUpPlan) -> Iterator[str]:
        language, shortest = self.language, plan.demands[0].every
        first = [item.reason for item in plan.demands if item.every == shortest]
        how = f", {word(plan.modality, language)}" if plan.modality else ""
        time = duration_words(plan.every, language)
        yield self.say("follow_up", time=time, to=word(plan.with_, language), how=how, by=_references(first))
        if plan.preference_used:
            yield self.say("preference")
        yield from self.reasons(first)

    def reasons(self, reasons: Iterable[Reason]) -> Iterator[str]:
        """Each rule with the facts that settle it, and each stage of a pathway."""
        for reason in reasons:
            if reason.reference not in self.told:
                self.told.add(reason.reference)
                yield from self.rule(reason.by, reason) if isinstance(reason.by, Rule) else self.stage(reason.by, reason)

    def rule(self, rule: Rule, reason: Reason) -> Iterator[str]:
        truth = self.decision.judgements.truths[rule.id]
        yield self.say("rule", ref=rule.reference, title=rule.title[self.language], because=rule.because[self.language])
        for by in [by for name, by in self.decision.overridden if name == rule.id]:
            yield self.say("overridden", by=self.base.rules[by].reference)
        verdict = "true" if truth else "false" if truth is False else "precaution" if rule.on_unknown == "escalate" else "open"
        yield from self.because(verdict, reason)

    def stage(self, pathway: Pathway, reason: Reason) -> Iterator[str]:
        name = pathway.stages[reason.stage or pathway.start].title[self.language]
        yield self.say("pathway", ref=reason.reference, title=pathway.title[self.language], stage=name)
        if any(position.pathway.id == pathway.id and position.entry.truth for position in self.decision.positions):
            yield from self.because("true", reason)

    def because(self, verdict: str, reason: Reason) -> Iterator[str]:
        yield self.say(verdict, facts="; ".join(self.fact(leaf) for leaf in reason.grounds))
        yield from self.conclusions(reason.grounds)

    def fact(self, leaf: Compare) -> str:
        """A premise as it stands, with the value where the premise does not say it, its source, date and age."""
        language, finding = self.language, of(self.decision.judgements.findings, leaf.finding)
        entry = self.base.dictionary.entries[leaf.finding]
        said = finding.exact and (entry.type == "boolean" or (leaf.operator == "==" and compare(leaf, finding) is True))
        notes = [] if said else [known_words(finding, entry, language)]
        notes += [word(finding.source, language)] if finding.source else []
        if finding.at is not None:
            notes.append(f"{date_words(finding.at, language)}, {age_words(self.decision.as_of - finding.at, language)}")
        return fact_words(leaf, finding, self.base, language) + (f" ({'; '.join(notes)})" if notes else "")

    def conclusions(self, grounds: tuple[Compare, ...]) -> Iterator[str]:
        """What the premises rest on, where it was concluded: the rules that made it, each explained in its turn."""
        for code in dict.fromkeys(leaf.finding for leaf in grounds):
            if code in self.base.ruleset.conclusions and code not in self.told:
                self.told.add(code)
                yield from self.conclusion(code)

    def conclusion(self, code: str) -> Iterator[str]:
        judgements, entry = self.decision.judgements, self.base.dictionary.entries[code]
        telling = makers(self.base, self.decision, code)
        by = ", ".join(rule.reference for rule in telling or [rule for rule, _ in self.base.ruleset.conclusions[code]])
        known = known_words(of(judgements.findings, code), entry, self.language)
        yield self.say("concluded" if telling else "ruled_out", label=entry.label[self.language], known=known, by=by)
        yield from self.reasons(Reason(rule, judgements.truths[rule.id], judgements.of(rule).leaves) for rule in telling)


def _references(reasons: Iterable[Reason]) -> str:
    return ", ".join(dict.fromkeys(reason.reference for reason in reasons))
