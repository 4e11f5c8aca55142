"""Entries that nobody writes by hand: they follow from the instruments, condition groups and medication classes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from engine.dictionary import Band, ConditionGroup, Dictionary, Entry, Ingredient, MedicationClass, Number, Sensitivity, Text, Worse
from engine.instruments import Instrument
from engine.pathway import DAYS, DONE, HERE, STATES, state_code, task_code
from engine.record import Event, Preferences, Record

CONDITION_STATUS = ("absent", "in_remission", "active")
SEVERITY = ("none", "mild", "moderate", "severe")
MEDICATION_STATUS = ("absent", "stopped", "not_taken", "active")
EVENT_KINDS: tuple[str, ...] = Event.model_fields["kind"].annotation.__args__  # type: ignore[union-attr]
SETTINGS: tuple[str, ...] = Record.model_fields["setting"].annotation.__args__[0].__args__  # type: ignore[union-attr]
WITHHELD = "sharing.safety_withheld"  # said of a view of a record, never sent (see `sharing`)
AGONISTS = "opioid_agonist_treatment"  # the class of medicines with which a minor is never treated on their own consent
WISHES = ("substance_goal", "modality", "clinician_gender")  # preferences of the record that are findings too
_DAYS = (0, 45_000)  # longer than a life, so that no real number of days is out of range


_FROM = {
    "condition": "conditions",
    "family_history": "family_history",
    "medication": "medications",
    "allergy": "allergies",
    "event": "events",
    "patient": "patient",
    "pathway": "positions",
    "sharing": "sharing",
}


def computed_from(entry: Entry) -> str | None:
    """What a finding that nobody states by its own code follows from; None for those that are stated.

    `rules`, `series`, `sharing` (said of a view of the record), or the part of the record: `conditions`, `setting`...
    """
    if entry.concluded:
        return "rules"
    if entry.derive:
        return "events" if entry.derive.kind == "event" else "series"
    if entry.code in HERE:
        return "positions"
    if entry.code == "care.setting":
        return "setting"
    part, _, name = entry.code.partition(".")
    return "preferences" if part == "preference" and name in WISHES else _FROM.get(part)


def of_instrument(instrument: Instrument) -> Iterator[Entry]:
    """`<id>.<item>`, `<id>.<scale>`, `<id>.<pattern>`, `<id>.acute_state`, and `<id>.total` where the instrument is a sum."""

    def entry(
        name: str,
        label: Text,
        span: tuple[Number, Number],
        worse: Worse | None,
        *,
        loinc: str | None = None,
        yes_no: bool = False,
        bands: tuple[Band, ...] = (),
    ) -> Entry:
        return Entry(
            code=f"{instrument.id}.{name}",
            type="boolean" if yes_no else "integer",
            range=None if yes_no else span,
            label=label,
            bands=bands,
            valid_for=instrument.valid_for,
            worse=worse,
            codes={"loinc": loinc},
            sensitivity=instrument.sensitivity,
            ask=instrument.ask,
            verification=instrument.verification,
            sources=instrument.sources,
            serves=instrument.serves,
        )

    title = instrument.title
    for item in instrument.items:
        span = min(item.scores), max(item.scores)
        yield entry(item.id, item.label, span, instrument.worse_of(item), loinc=item.loinc, yes_no=span == (0, 1))
    for scale in instrument.scales:
        span = instrument.span(scale.items, scale.at_least)
        yield entry(scale.id, scale.label, span, instrument.worse_of(scale), bands=scale.bands)
    for pattern in instrument.patterns:
        yield entry(pattern.id, pattern.label, (0, 1), "higher", yes_no=True)
    if instrument.score == "sum":
        label: Text = {"en": f"{title['en']} total", "es": f"total de {title['es']}"}
        total = instrument.loinc.get("total")
        yield entry("total", label, instrument.total_range, instrument.worse, loinc=total, bands=instrument.bands)
    if instrument.acute_state:
        acute: Text = {
            "en": f"{title['en']} taken in withdrawal, intoxication or crisis",
            "es": f"{title['es']}: hecho en abstinencia, intoxicación o crisis",
        }
        yield entry("acute_state", acute, (0, 1), None, yes_no=True)


def of_condition(group: ConditionGroup) -> Iterator[Entry]:
    """`condition.<id>`, its severity where it is graded, and `family_history.<id>`."""
    sensitivity = group.sensitivity
    yield Entry(
        code=f"condition.{group.id}", type="ordered", values=CONDITION_STATUS, label=group.label, worse="higher", sensitivity=sensitivity
    )
    if group.graded:
        label: Text = {"en": f"severity of {group.label['en']}", "es": f"gravedad de {group.label['es']}"}
        yield Entry(
            code=f"condition.{group.id}.severity", type="ordered", values=SEVERITY, label=label, worse="higher", sensitivity=sensitivity
        )
    family: Text = {"en": f"family history of {group.label['en']}", "es": f"antecedentes familiares de {group.label['es']}"}
    yield Entry(code=f"family_history.{group.id}", type="boolean", label=family, worse="higher", sensitivity=sensitivity)


def of_medication(item: MedicationClass | Ingredient, sensitivity: tuple[Sensitivity, ...]) -> Iterator[Entry]:
    """`medication.<id>`, whether it is proposed, days since it was last taken (0 while active), and `allergy.<id>`."""
    name, label = item.id, item.label
    yield Entry(code=f"medication.{name}", type="code", values=MEDICATION_STATUS, label=label, sensitivity=sensitivity)
    proposed: Text = {"en": f"proposed: {label['en']}", "es": f"propuesto: {label['es']}"}
    yield Entry(code=f"medication.{name}.proposed", type="boolean", label=proposed, sensitivity=sensitivity)
    since: Text = {"en": f"days since last dose of {label['en']}", "es": f"días desde la última dosis de {label['es']}"}
    yield Entry(code=f"medication.{name}.days_since_last", type="integer", range=_DAYS, unit="d", label=since, sensitivity=sensitivity)
    allergy: Text = {"en": f"allergy or intolerance to {label['en']}", "es": f"alergia o intolerancia a {label['es']}"}
    yield Entry(code=f"allergy.{name}", type="boolean", label=allergy, sensitivity=sensitivity)


def of_person() -> Iterator[Entry]:
    """What the record says of the person and the place of care."""
    year = timedelta(days=366)
    yield Entry(
        code="patient.age",
        type="integer",
        range=(0, 125),
        unit="a",
        label={"en": "age", "es": "edad"},
        ask={"en": "How old are you?", "es": "¿Qué edad tiene?"},
    )
    yield Entry(
        code="patient.sex", type="code", values=("female", "male"), label={"en": "sex for clinical use", "es": "sexo para uso clínico"}
    )
    yield Entry(
        code="patient.pregnancy",
        type="code",
        values=("not_pregnant", "pregnant", "postpartum"),
        valid_for=timedelta(days=30),
        label={"en": "pregnancy", "es": "embarazo"},
        sensitivity=("sexual_reproductive",),
        ask={
            "en": "Are you pregnant, or have you given birth in the last year?",
            "es": "¿Está embarazada o ha dado a luz en el último año?",
        },
        verification="P",
    )
    yield Entry(
        code="patient.lactating",
        type="boolean",
        label={"en": "breastfeeding", "es": "lactancia"},
        valid_for=year,
        sensitivity=("sexual_reproductive",),
    )
    yield Entry(
        code="patient.location_verified",
        type="boolean",
        label={"en": "current location confirmed", "es": "ubicación actual confirmada"},
        ask={"en": "Where are you right now? What is the address?", "es": "¿Dónde está en este momento? ¿Cuál es la dirección?"},
    )
    yield Entry(
        code=WITHHELD,
        type="boolean",
        label={"en": "something that safety rests on is withheld", "es": "se retiene algo de lo que depende la seguridad"},
    )
    yield Entry(code="care.setting", type="code", values=SETTINGS, label={"en": "care setting", "es": "lugar de atención"})
    yield from of_wishes()


def of_wishes() -> Iterator[Entry]:
    """`preference.<field>` for the wishes of the record that rules may read."""
    yield Entry(
        code="preference.substance_goal",
        type="code",
        values=_choices("substance_goal"),
        label={"en": "the person's goal for substance use", "es": "meta de la persona sobre el consumo"},
        value_labels={
            "abstinence": {"en": "stop", "es": "dejarlo"},
            "moderation": {"en": "cut down", "es": "reducirlo"},
            "undecided": {"en": "not decided", "es": "sin decidir"},
        },
        sensitivity=("part2",),
        ask={
            "en": "What would you like for your substance use: to stop, to cut down, or not decided?",
            "es": "¿Qué quiere para su consumo: dejarlo, reducirlo o aún no lo decide?",
        },
        verification="P",
    )
    yield Entry(
        code="preference.modality",
        type="code",
        values=_choices("modality"),
        label={"en": "how the person would like to meet", "es": "cómo prefiere la persona las citas"},
        value_labels={
            "in_person": {"en": "in person", "es": "en persona"},
            "video": {"en": "by video", "es": "por video"},
            "phone": {"en": "by phone", "es": "por teléfono"},
            "message": {"en": "by message", "es": "por mensaje"},
        },
        ask={
            "en": "How would you like to meet: in person, by video, by phone or by message?",
            "es": "¿Cómo prefiere las citas: en persona, por video, por teléfono o por mensaje?",
        },
        verification="P",
    )
    yield Entry(
        code="preference.clinician_gender",
        type="code",
        values=_choices("clinician_gender"),
        label={"en": "gender of the clinician the person would like", "es": "género preferido del profesional"},
        value_labels={
            "female": {"en": "a woman", "es": "mujer"},
            "male": {"en": "a man", "es": "hombre"},
            "no_preference": {"en": "no preference", "es": "sin preferencia"},
        },
        ask={
            "en": "Would you rather see a woman or a man, or does it not matter to you?",
            "es": "¿Prefiere que le atienda una mujer o un hombre, o le da igual?",
        },
        verification="P",
    )


def _choices(wish: str) -> tuple[str, ...]:
    """What a wish may be, as the record has it."""
    stated: tuple[str, ...] = Preferences.model_fields[wish].annotation.__args__[0].__args__  # type: ignore[union-attr]
    return stated


def of_event(kind: str) -> Iterator[Entry]:
    """`event.<kind>.days_since` the latest one."""
    words = kind.replace("_", " ")
    yield Entry(
        code=f"event.{kind}.days_since",
        type="integer",
        range=_DAYS,
        unit="d",
        label={"en": f"days since {words}", "es": f"días desde: {_EVENT_ES[kind]}"},
        sensitivity=_EVENT_SENSITIVITY.get(kind, ()),
    )


_EVENT_SENSITIVITY: dict[str, tuple[Sensitivity, ...]] = {
    "overdose": ("part2",),
    "suicide_attempt": ("mental_health",),
    "birth": ("sexual_reproductive",),
}
_EVENT_ES = {
    "discharge": "alta",
    "admission": "ingreso",
    "emergency_visit": "visita a urgencias",
    "overdose": "sobredosis",
    "suicide_attempt": "intento de suicidio",
    "missed_contact": "contacto perdido",
    "kept_contact": "contacto mantenido",
    "release_from_custody": "salida de custodia",
    "birth": "parto",
}


def of_pathway(name: str, title: Text, tasks: Mapping[str, Text]) -> Iterator[Entry]:
    """Whether the person is on a pathway, and for each of its tasks whether somebody has done it.

    What they say can be told apart from the person's record only by who reads it, so they are as sensitive as any.
    """
    sensitivity: tuple[Sensitivity, ...] = ("part2", "mental_health")
    state: Text = {"en": f"pathway “{title['en']}”", "es": f"vía clínica «{title['es']}»"}
    yield Entry(code=state_code(name), type="code", values=STATES, label=state, sensitivity=sensitivity)
    for stage, words in tasks.items():
        done: Text = {"en": f"done: {words['en']}", "es": f"hecho: {words['es']}"}
        yield Entry(code=task_code(name, stage), type="boolean", label=done, sensitivity=sensitivity)


def of_stage() -> Iterator[Entry]:
    """What a guard may read of the stage it leaves."""
    yield Entry(code=DAYS, type="decimal", range=(0, 36_500), unit="d", label={"en": "days in this stage", "es": "días en esta etapa"})
    yield Entry(code=DONE, type="boolean", label={"en": "this task is done", "es": "esta tarea está hecha"})


def complete(dictionary: Dictionary, instruments: Iterable[Instrument], pathways: Iterable[Entry] = ()) -> Dictionary:
    """The dictionary with every generated entry beside those written by hand; a code written twice is the caller's to refuse."""
    generated = [entry for instrument in instruments for entry in of_instrument(instrument)]
    generated += [entry for group in dictionary.conditions.values() for entry in of_condition(group)]
    classes = dictionary.classes
    generated += [entry for item in classes.values() for entry in of_medication(item, item.sensitivity)]
    for ingredient in dictionary.ingredients.values():  # what names an ingredient names its classes, and is as sensitive
        labels = {label for name in ingredient.classes if name in classes for label in classes[name].sensitivity}
        labels |= {*ingredient.sensitivity}
        generated += of_medication(ingredient, tuple(sorted(labels)))
    generated += [entry for kind in EVENT_KINDS for entry in of_event(kind)]
    generated += of_person()
    generated += [*of_stage(), *pathways]
    return dictionary.model_copy(update={"entries": {entry.code: entry for entry in generated} | dictionary.entries})
