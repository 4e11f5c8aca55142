"""Load the knowledge base from its folder: every problem found, with file and line, or the whole base."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError

from engine import vocabulary
from engine.artifacts import Component, HelpLines, Level, Parameter, Release, Rule, Source, Step, Strength
from engine.base import KnowledgeBase
from engine.delivery import Delivery
from engine.dictionary import ConditionGroup, Dictionary, Duration, Entry, Id, Ingredient, MedicationClass, Model, Text
from engine.errors import Problem, Refused
from engine.instruments import Instrument
from engine.minors import MinorLaw
from engine.pathway import Pathway
from engine.terminology import Diagnoses, Measurements, Medicines, Procedures
from knowledge.codes import Books, references
from knowledge.documents import documents
from knowledge.overlay import read_overlay
from knowledge.read import line_of

FOLDER = Path(__file__).parent
_M = TypeVar("_M", bound=BaseModel)


class _Lists(Model):
    """How long a review of each list stays fresh."""

    conditions: Duration
    medications: Duration
    allergies: Duration
    events: Duration


class _StageOutline(BaseModel):
    title: Text
    kind: str


class _Outline(BaseModel):
    """As much of a pathway as the dictionary needs; what is wrong with it is said when the whole is read."""

    id: Id
    title: Text
    stages: dict[Id, _StageOutline]


class _Reader:
    """Validates documents into models and collects what is wrong on the way."""

    def __init__(self, folder: Path) -> None:
        self.documents = documents(folder)
        self.problems = list(self.documents.problems)
        self.context: dict[str, object] = {}
        self.used: set[Path] = set()

    def matching(self, pattern: str) -> Iterator[tuple[Path, Any]]:
        for path, document in self.documents.matching(pattern):
            self.used.add(path)
            yield path, document

    def one(self, kind: type[_M], name: str, **more: object) -> _M | None:
        """The only document of this name, with what else it needs; None when it could not be read."""
        if name in self.documents.by_name:
            document = self.documents.by_name[name]
            self.used.add(self.documents.folder / name)
            return self.model(kind, {**document, **more} if isinstance(document, Mapping) else document, self.documents.folder / name)
        if not self.documents.problems:
            self.problems.append(Problem(name, "knowledge-file-missing", "The file is missing.", "Add it."))
        return None

    def model(self, kind: type[_M], document: object, path: Path, inside: tuple[str, ...] = ()) -> _M | None:
        try:
            return kind.model_validate(document, context=self.context)
        except ValidationError as error:
            for item in error.errors(include_url=False, include_input=False):
                where = f"{path}:{line_of(path, (*inside, *item['loc']))}"
                place = ".".join(map(str, (*inside, *item["loc"])))
                self.problems.append(
                    Problem(where, f"knowledge-{item['type'].replace('_', '-')}", f"{place}: {item['msg']}.", "Mend it and check again.")
                )
            return None

    def artifacts(self, kind: type[_M], pattern: str) -> dict[str, _M]:
        """One artifact a file; its id is the file's name."""
        found: dict[str, _M] = {}
        for path, document in self.matching(pattern):
            item = self.model(kind, document, path)
            if item is None:
                continue
            name: str = item.id  # type: ignore[attr-defined]
            if path.stem.replace("-", "_") != name.replace("-", "_"):
                self.problems.append(Problem(f"{path}:1", "knowledge-file-name", f"The id is {name}.", f"Name the file {name}.yaml."))
            if name in found:
                self.problems.append(
                    Problem(f"{path}:1", "knowledge-id-twice", f"The id {name} is used by another file.", "Ids are never reused.")
                )
            found[name] = item
        return found

    def books(self, kind: type[_M], pattern: str) -> dict[str, _M]:
        """Whole documents, by the name of the file."""
        read = {path.stem: self.model(kind, document, path) for path, document in self.matching(pattern)}
        return {name: book for name, book in read.items() if book is not None}

    def table(self, kind: type[_M], pattern: str, key: str | None = None, inside: str | None = None) -> dict[str, _M]:
        """Many small records a file, by key; `key` names the field that repeats it."""
        found: dict[str, _M] = {}
        for path, document in self.matching(pattern):
            rows = document.get(inside) if inside and isinstance(document, Mapping) else document
            if not isinstance(rows, Mapping):
                what = f"Expected {f'`{inside}` with ' if inside else ''}records by name."
                self.problems.append(Problem(f"{path}:1", "knowledge-shape", what, "Write `name: {...}` for each."))
                continue
            for name, body in rows.items():
                row = {**body, key: name} if key and isinstance(body, Mapping) else body
                if isinstance(body, Mapping) and body.get(key or "", name) != name:
                    where = f"{path}:{line_of(path, (*((inside,) if inside else ()), name))}"
                    self.problems.append(
                        Problem(where, "knowledge-id-differs", f"{name} calls itself otherwise.", "Remove the inner name.")
                    )
                if name in found:
                    self.problems.append(
                        Problem(f"{path}:{line_of(path, (name,))}", "knowledge-id-twice", f"{name} is declared twice.", "Keep one.")
                    )
                item = self.model(kind, row, path, (inside, name) if inside else (name,))
                if item is not None:
                    found[name] = item
        return found


def load(folder: Path = FOLDER, overlay: Path | None = None) -> KnowledgeBase:
    """The knowledge base in a folder, with the parameters a site changed. Raises Refused with every problem and its place."""
    base = _load(folder, None)
    if overlay is None:
        return base
    parameters, release = read_overlay(overlay, base)
    changed = {name: item.value for name, item in base.parameters.items() if item.value != parameters[name].value}
    return _load(folder, parameters).model_copy(update={"release": release, "defaults": changed})


def _load(folder: Path, settings: Mapping[str, Parameter] | None) -> KnowledgeBase:
    reader = _Reader(folder)
    instruments = reader.artifacts(Instrument, "instruments/*.yaml")
    dictionary = _dictionary(reader, instruments)
    written = reader.table(Parameter, "parameters/*.yaml")
    parameters = dict(settings or written)
    reader.context = {"dictionary": dictionary, "parameters": {name: item.value for name, item in parameters.items()}}
    rules = reader.artifacts(Rule, "rules/*/*.yaml")
    components = reader.artifacts(Component, "components/*.yaml")
    delivery = reader.one(Delivery, "delivery.yaml") if "delivery.yaml" in reader.documents.by_name else Delivery()
    pathways = reader.artifacts(Pathway, "pathways/*.yaml")
    ladder = cast("dict[Level, Step]", reader.table(Step, "escalation/ladder.yaml"))
    lines = reader.table(HelpLines, "escalation/help.yaml")
    strengths = reader.table(Strength, "evidence/strengths.yaml")
    sources = reader.table(Source, "evidence/sources*.yaml")
    minors = reader.table(MinorLaw, "sharing/minors.yaml")
    diagnoses = reader.books(Diagnoses, "terminology/diagnoses/*.yaml")
    medicines = reader.books(Medicines, "terminology/medicines/*.yaml")
    measurements = reader.books(Measurements, "terminology/measurements/*.yaml")
    procedures = reader.books(Procedures, "terminology/procedures/*.yaml")
    books: dict[str, Books] = {"diagnoses": diagnoses, "medicines": medicines, "measurements": measurements, "procedures": procedures}
    reader.problems += references(dictionary, books, folder)
    release = reader.one(Release, "release.yaml", digest="sha256:" + reader.documents.digest)
    for name in reader.documents.by_name:
        if folder / name not in reader.used:
            reader.problems.append(Problem(str(folder / name), "knowledge-stray", "Nothing reads this file.", "Move or remove it."))
    if reader.problems or release is None or delivery is None:
        raise Refused(reader.problems)
    return KnowledgeBase.model_construct(
        release=release,
        dictionary=dictionary,
        parameters=parameters,
        instruments=instruments,
        rules=rules,
        components=components,
        delivery=delivery,
        pathways=pathways,
        ladder=ladder,
        help=lines,
        strengths=strengths,
        sources=sources,
        minors=minors,
        diagnoses=diagnoses,
        medicines=medicines,
        measurements=measurements,
        procedures=procedures,
    )


def _dictionary(reader: _Reader, instruments: Mapping[str, Instrument]) -> Dictionary:
    lists = reader.one(_Lists, "dictionary/lists.yaml")
    written = Dictionary(
        entries=reader.table(Entry, "dictionary/findings/*.yaml", key="code"),
        conditions=reader.table(ConditionGroup, "dictionary/conditions.yaml", key="id"),
        classes=reader.table(MedicationClass, "dictionary/medications.yaml", key="id", inside="classes"),
        ingredients=reader.table(Ingredient, "dictionary/medications.yaml", key="id", inside="ingredients"),
        lists=dict(lists or ()),
    )
    pathways = [entry for _, document in reader.matching("pathways/*.yaml") for entry in _of_pathway(document)]
    generated = vocabulary.complete(written.model_copy(update={"entries": {}}), instruments.values(), pathways).entries
    for code in sorted(generated.keys() & written.entries.keys()):
        reader.problems.append(Problem(code, "knowledge-code-generated", "The entry follows from a table.", "Remove it."))
    return vocabulary.complete(written, instruments.values(), pathways)


def _of_pathway(document: Any) -> Iterator[Entry]:
    """The entries that follow from a pathway. Guards read them, so they come before it is known to be well written."""
    with suppress(ValidationError):
        outline = _Outline.model_validate(document)
        tasks = {name: stage.title for name, stage in outline.stages.items() if stage.kind == "task"}
        yield from vocabulary.of_pathway(outline.id, outline.title, tasks)
