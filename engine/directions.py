"""A pathway in words: every stage, who acts and where it leads; and where the person is, by which road, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.base import KnowledgeBase
from engine.decision import Decision
from engine.dictionary import Language
from engine.judgements import Judgement, of
from engine.pathway import Pathway, Stage
from engine.positions import Place, Step
from engine.terms import word
from engine.wording import date_words, duration_words, finding_words, sentence

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "task": "Task",
        "decision": "Decision",
        "wait": "Wait",
        "call": "Other pathway",
        "emergency": "Help now",
        "end": "Care goes on",
        "any": "any stage",
        "and": "and",
        "or": "or",
        "within": "within {time}",
        "every": "every {time}: {who}",
        "calls": "with {titles}",
        "stage": "{kind}: {title} ({who}).",
        "step": "Step, {title}: from {from_} to {to}, when {when}.",
        "here": "The person is here: {stage}, since {since}.",
        "here_unknown": "The person is here: {stage}. It is not known since when.",
        "due": "To be left by {date}.",
        "overdue": "It was to be left by {date}: overdue.",
        "road": "The road taken now: {title}, from {from_} to {to}.",
        "late": "That was already true before the person was last placed, and became known since.",
        "open": "Next, {title}: not yet, because {facts}.",
        "ready": "Next, {title}: possible, and taken at the next decision.",
        "held": "Next, {title}: held, because it is not known: {facts}.",
        "entry_unknown": "It is not known whether the person is on this pathway: {facts}.",
        "not_on": "The person is not on this pathway.",
        "replaced": "The person was placed by version {old}; this is version {new}.",
        "called": "Another pathway leads here.",
    },
    "es": {
        "task": "Tarea",
        "decision": "Decisión",
        "wait": "Espera",
        "call": "Otra vía",
        "emergency": "Ayuda ya",
        "end": "La atención sigue",
        "any": "cualquier etapa",
        "and": "y",
        "or": "o",
        "within": "en {time}",
        "every": "cada {time}: {who}",
        "calls": "con {titles}",
        "stage": "{kind}: {title} ({who}).",
        "step": "Paso, {title}: de {from_} a {to}, cuando {when}.",
        "here": "La persona está aquí: {stage}, desde {since}.",
        "here_unknown": "La persona está aquí: {stage}. No se sabe desde cuándo.",
        "due": "Debe dejarse antes de {date}.",
        "overdue": "Debía dejarse antes de {date}: vencido.",
        "road": "Camino recorrido ahora: {title}, de {from_} a {to}.",
        "late": "Eso ya era cierto antes de la última ubicación de la persona y se supo después.",
        "open": "Siguiente, {title}: todavía no, porque {facts}.",
        "ready": "Siguiente, {title}: posible; se da en la próxima decisión.",
        "held": "Siguiente, {title}: retenido, porque no se sabe: {facts}.",
        "entry_unknown": "No se sabe si la persona está en esta vía: {facts}.",
        "not_on": "La persona no está en esta vía.",
        "replaced": "La persona fue ubicada por la versión {old}; esta es la versión {new}.",
        "called": "Otra vía conduce aquí.",
    },
}


class Directions:
    """Words for one pathway in one language, and for the person of one decision on it."""

    def __init__(self, base: KnowledgeBase, pathway: Pathway, language: Language, decision: Decision | None = None) -> None:
        self.base, self.pathway, self.language, self.decision = base, pathway, language, decision
        self.placed = next((item for item in decision.positions if item.pathway.id == pathway.id), None) if decision else None

    def say(self, key: str, **slots: str) -> str:
        return _WORDS[self.language][key].format(**slots)

    def titles(self, names: Iterable[str], joined: str = "and") -> str:
        """Stages by their titles, `any` included."""
        stages = self.pathway.stages
        quoted = [f"“{stages[name].title[self.language]}”" if name in stages else self.say("any") for name in names]
        return f" {self.say(joined)} ".join(quoted)

    def notes(self, stage: Stage) -> tuple[str, ...]:
        """Who acts, within what time, who sees the person how often, and which pathways are called."""
        found = [word(stage.who, self.language)]
        if stage.within:
            found[0] += ", " + self.say("within", time=duration_words(stage.within, self.language))
        if stage.follow_up:
            contact = stage.follow_up
            found.append(self.say("every", time=duration_words(contact.every, self.language), who=word(contact.with_, self.language)))
        if stage.calls:
            called = [self.base.pathways[name].title[self.language] for name in stage.calls if name in self.base.pathways]
            found.append(self.say("calls", titles=f" {self.say('and')} ".join(called)))
        return tuple(found)

    def written(self) -> Iterator[str]:
        """The pathway as it is written: its stages, and then its steps, safety exits first."""
        for stage in self.pathway.stages.values():
            yield self.say("stage", kind=self.say(stage.kind), title=stage.title[self.language], who="; ".join(self.notes(stage)))
        for step in self.pathway.transitions:
            when = sentence(step.when, self.base.dictionary, self.language)
            names = self.titles(step.from_, joined="and" if step.join else "or"), self.titles(step.to)
            yield self.say("step", title=step.title[self.language], from_=names[0], to=names[1], when=when)

    def position(self) -> Iterator[str]:
        """Where the person is, the road taken, what is open and what holds it."""
        position = self.placed
        if position is None:
            if self.decision is not None:
                yield self.say("not_on")
            return
        if position.replaced:
            yield self.say("replaced", old=position.replaced, new=self.pathway.version)
        if not position.places:
            yield self.say("entry_unknown", facts="; ".join(self.missing(position.entry)))
        elif position.called:
            yield self.say("called")
        for step in position.taken:
            names = self.titles(step.left), self.titles(step.transition.to)
            road = self.say("road", title=step.transition.title[self.language], from_=names[0], to=names[1])
            yield f"{road} {self.say('late')}" if step.late else road
        for place in position.places:
            yield from self.place(place)

    def place(self, place: Place) -> Iterator[str]:
        title = self.titles((place.name,))
        since = date_words(place.since, self.language) if place.since else ""
        yield self.say("here", stage=title, since=since) if since else self.say("here_unknown", stage=title)
        if place.due is not None and self.decision is not None:
            yield self.say("overdue" if place.overdue(self.decision.as_of) else "due", date=date_words(place.due, self.language))
        if place.undecided and place.stage.unknown:
            yield place.stage.unknown[self.language]
        yield from (self.onward(step) for step in place.onward if not step.transition.anywhere)

    def onward(self, step: Step) -> str:
        title, truth = step.transition.title[self.language], step.judgement.truth
        if truth is None:
            return self.say("held", title=title, facts="; ".join(self.missing(step.judgement)))
        return self.say("ready", title=title) if truth else self.say("open", title=title, facts="; ".join(self.facts(step)))

    def missing(self, judgement: Judgement) -> list[str]:
        return [self.base.dictionary.entries[code].label[self.language] for code in judgement.missing()]

    def facts(self, step: Step) -> list[str]:
        """The findings that keep a step from being taken."""
        here = {finding.code: finding for finding in step.here}
        known = self.decision.judgements.findings if self.decision else {}
        codes = dict.fromkeys(leaf.finding for leaf in step.judgement.leaves)
        return [finding_words(here.get(code) or of(known, code), self.base.dictionary, self.language) for code in codes]
