"""A care pathway as a picture: its stages and steps, and where the person stands, came from, and may go next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adapters.drawing.picture import Arrow, Box, Line, Picture, Shape, Tone
from adapters.drawing.svg import draw
from engine.base import KnowledgeBase
from engine.decision import Decision
from engine.dictionary import Language
from engine.directions import Directions
from engine.pathway import ANY, PHASES, Pathway, StageKind, Transition
from engine.positions import Place, Step
from engine.wording import date_words

_WIDTH = 184
_SHAPES: dict[StageKind, tuple[Shape, Tone]] = {
    "task": ("plain", "quiet"),
    "decision": ("cut", "open"),
    "wait": ("round", "quiet"),
    "call": ("barred", "rule"),
    "emergency": ("plain", "stop"),
    "end": ("pill", "good"),
}
_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "caption": "Version {version}. Release {release}.",
        "as_of": "The person as of {date}.",
        "any": "From any stage",
        "here": "● here",
        "overdue": "! overdue",
        "since": "since {date}",
        "road": "road taken",
        "way": "may lead to",
        "exit": "exit to help now",
        "eases": "less care, once all is known",
        "held": "held: not known",
        "ready": "open now",
    },
    "es": {
        "caption": "Versión {version}. Publicación {release}.",
        "as_of": "La persona a fecha de {date}.",
        "any": "Desde cualquier etapa",
        "here": "● aquí",
        "overdue": "! vencido",
        "since": "desde {date}",
        "road": "camino recorrido",
        "way": "puede llevar a",
        "exit": "salida hacia la ayuda",
        "eases": "menos atención, cuando todo se sabe",
        "held": "retenido: no se sabe",
        "ready": "abierto ahora",
    },
}


def draw_pathway(base: KnowledgeBase, pathway: Pathway, language: Language, decision: Decision | None = None) -> str:
    """A pathway as SVG, with the person of a decision on it where one is given."""
    return draw(pathway_picture(base, pathway, language, decision))


def pathway_picture(base: KnowledgeBase, pathway: Pathway, language: Language, decision: Decision | None = None) -> Picture:
    """The boxes and arrows of a pathway, and the same in sentences."""
    directions, words = Directions(base, pathway, language, decision), _WORDS[language]
    caption = [words["caption"].format(version=pathway.version, release=base.release.id)]
    if decision is not None:
        caption.append(words["as_of"].format(date=date_words(decision.as_of, language)))
        caption += directions.position()
    drawing = _Drawing(directions, words, decision)
    twin = (*directions.position(), *directions.written())
    key = tuple(f"{number}  {step.title[language]}" for number, step in enumerate(pathway.transitions, 1))
    return Picture(language, pathway.title[language], tuple(caption), twin, tuple(drawing.boxes()), tuple(drawing.arrows()), key)


class _Drawing:
    def __init__(self, directions: Directions, words: dict[str, str], decision: Decision | None) -> None:
        self.directions, self.words, self.decision = directions, words, decision
        self.pathway, self.language = directions.pathway, directions.language
        position = directions.placed
        self.places: dict[str, Place] = {place.name: place for place in position.places} if position else {}
        self.taken = _by_transition(position.taken if position else ())
        self.onward = _by_transition(step for place in self.places.values() for step in place.onward)

    def boxes(self) -> Iterator[Box]:
        """The start, and the stages in the order of their phases, as written; the exits that leave every stage as one box of their own."""
        stages = self.pathway.stages
        for name in sorted(stages, key=lambda name: (name != self.pathway.start, PHASES.index(stages[name].phase))):
            yield self.box(name)
        if any(step.anywhere for step in self.pathway.transitions):
            yield Box(ANY, "", self.words["any"], shape="pill", tone="stop", line="dashed", width=_WIDTH)

    def box(self, name: str) -> Box:
        stage, place = self.pathway.stages[name], self.places.get(name)
        shape, tone = _SHAPES[stage.kind]
        notes, mark = self.directions.notes(stage), ""
        if place is not None:
            overdue = self.decision is not None and place.overdue(self.decision.as_of)
            mark, tone = self.words["overdue" if overdue else "here"], "caution" if overdue else "good"
            if place.since:
                notes = (self.words["since"].format(date=date_words(place.since, self.language)), *notes)
        kind = self.directions.say(stage.kind)
        return Box(name, kind, stage.title[self.language], notes, mark, shape, tone, heavy=place is not None, width=_WIDTH)

    def arrows(self) -> Iterator[Arrow]:
        """The main road first, so that the picture runs along it and closes its circles with the ways back."""
        for number, step in sorted(enumerate(self.pathway.transitions, 1), key=lambda item: (item[1].urgency != "routine", item[1].eases)):
            for source, target in ((source, target) for source in step.from_ for target in step.to if source != target):
                line, tone, means = self.look(step, source)
                yield Arrow(source, target, "", line, tone, str(number), self.words[means], step.title[self.language])

    def look(self, step: Transition, source: str) -> tuple[Line, Tone, str]:
        """How an arrow looks: the road taken first, then what is open or held from where the person stands."""
        taken = self.taken.get(id(step))
        if taken is not None and (source in taken.left or step.anywhere):
            return "solid", "good", "road"
        if id(step) in self.onward and source in self.places:
            truth = self.onward[id(step)].judgement.truth
            if truth is None:
                return "dotted", "open", "held"
            if truth:
                return "solid", "rule", "ready"
        if step.urgency == "emergent":
            return "solid", "stop", "exit"
        return ("dashed", "quiet", "eases") if step.eases else ("solid", "quiet", "way")


def _by_transition(steps: Iterable[Step]) -> dict[int, Step]:
    return {id(step.transition): step for step in steps}
