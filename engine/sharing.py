"""A record as one recipient may learn it, and whether what they may not learn would have changed what safety asks for.

Brief 9.5: compute twice; where a safety rule differs, the permitted decision is not served as if nothing were missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import cached_property
from typing import Any, Literal

from engine.artifacts import Avoid, Escalate, Rule
from engine.base import KnowledgeBase
from engine.conditions import leaves
from engine.consent import LABELS, Basis, Grant, Signature, Viewer, decide
from engine.decision import Decision, Recommendation, Withheld
from engine.dictionary import Sensitivity
from engine.given import Coding, Origin
from engine.record import Fact, ListedCondition, Preferences, Record
from engine.vocabulary import AGONISTS, WITHHELD

Labels = frozenset[Sensitivity]
_EVERY: Labels = frozenset(LABELS)  # of what nobody can read nobody can say that it is harmless
_LAST_ZONE = timezone(timedelta(hours=-12))  # nobody has a birthday there before they have it at home
_SAFETY = frozenset({"S0", "S1", "S2", "S3"})


@dataclass(frozen=True, slots=True)
class Shared:
    """withheld: whether anything was. labels: of everything that is left. disclosed: labels and grounds of what is restricted.

    part2: whether some of what is left comes from a programme that 42 CFR Part 2 binds. notice: whether some of it leaves that
    programme, so that the notice against redisclosure goes with it: by where it comes from (brief 9.1); where nobody has said that,
    what is about substance use may have left one.
    """

    record: Record
    withheld: bool
    labels: Labels
    disclosed: tuple[tuple[Sensitivity, Basis, str | None], ...]
    part2: bool = False
    notice: bool = False


def share(base: KnowledgeBase, record: Record, viewer: Viewer, grants: Iterable[Grant], as_of: datetime) -> Shared:
    """The record without what this recipient may not learn. What the person has said about sharing stays behind, too."""
    return _Sharing(base, record, viewer, (*of_record(record), *grants), as_of).share()


def of_record(record: Record) -> tuple[Grant, ...]:
    """The consents that a record carries."""
    return tuple(
        Grant(item.category, item.recipient, item.purpose, item.status, item.at, item.until, item.signed_by) for item in record.consents
    )


class _Sharing:
    def __init__(self, base: KnowledgeBase, record: Record, viewer: Viewer, grants: tuple[Grant, ...], as_of: datetime) -> None:
        self.base, self.record, self.viewer, self.grants, self.as_of = base, record, viewer, grants, as_of
        self.age = age_of(record, as_of)
        self.law = base.law_of_minors(_region(record))
        self.read: set[Sensitivity] = set()
        self.grounds: dict[tuple[Sensitivity, Basis, str | None], None] = {}
        self.withheld = self.part2 = self.notice = False

    def share(self) -> Shared:
        record, base = self.record, self.base
        entries = base.dictionary.entries
        kept: dict[str, Any] = {
            "findings": self.keep(record.findings, lambda item: _of(entries, item.code)),
            "series": self.keep(record.series, lambda item: _of(entries, item.code)),
            "instruments": self.keep(record.instruments, lambda item: _of(base.instruments, item.instrument)),
            "conditions": self.keep(record.conditions, self.of_condition),
            "medications": self.keep(record.medications, lambda item: self.of_medicine(item.ingredient, item.codes)),
            "allergies": self.keep(record.allergies, lambda item: self.of_medicine(item.substance, item.codes)),
            "events": self.keep(record.events, lambda item: _of(entries, f"event.{item.kind}.days_since")),
            "positions": self.keep(record.positions, lambda item: self.of_pathway(item.pathway)),
            "goals": self.keep(record.goals, lambda _: _EVERY),
        }
        patient = record.patient
        private: Labels = frozenset({"sexual_reproductive"})
        if (patient.pregnancy is not None or patient.lactating is not None) and not self.may(private, None):
            patient = patient.model_copy(update={"pregnancy": None, "lactating": None})
        wishes = self.wishes(record.preferences)
        if not self.withheld:
            return Shared(record, False, frozenset(self.read), tuple(self.grounds), self.part2, self.notice)
        kept = {name: tuple(item.model_copy(update={"origin": None}) for item in items) for name, items in kept.items()}
        kept |= {"patient": patient, "preferences": wishes, "consents": (), "origin": None}
        shared = record.model_copy(update=kept)
        return Shared(shared, self.withheld, frozenset(self.read), tuple(self.grounds), self.part2, self.notice)

    def keep(self, items: tuple[Any, ...], labelled: Callable[[Any], Labels]) -> tuple[Any, ...]:
        return tuple(item for item in items if self.may(labelled(item), item.origin))

    def wishes(self, wanted: Preferences) -> Preferences:
        """What the person declines, and their goal about substances, can tell what they are treated for."""
        if wanted.substance_goal is None and not wanted.declined:
            return wanted
        return wanted if self.may(_EVERY - {"minor"}, None) else wanted.model_copy(update={"substance_goal": None, "declined": ()})

    def may(self, labels: Labels, origin: Origin | None) -> bool:
        origin = origin or self.record.origin
        if labels and not self.adult and self.viewer.kind == "proxy":
            labels |= {"minor"}
        bound = origin is not None and origin.part2
        found: Labels = labels | {"part2"} if bound else labels
        verdict = decide(found, origin, self.viewer, self.grants, self.signature(found, origin), self.as_of)
        if verdict.permitted:
            self.read |= found
            self.part2 = self.part2 or bound
            self.notice = self.notice or ("part2" in found and (bound or origin is None) and self.leaves(origin))
            if found:
                self.grounds |= {(label, verdict.basis, verdict.consent): None for label in sorted(found)}
        else:
            self.withheld = True
        return verdict.permitted

    def leaves(self, origin: Origin | None) -> bool:
        """Whether what a programme has told is opened to somebody else than the programme and the person."""
        verdict = decide(("part2",), origin, self.viewer, self.grants, self.signature(frozenset({"part2"}), origin), self.as_of)
        return verdict.basis in ("consent", "emergency")

    @cached_property
    def agonist(self) -> bool:
        """Whether an opioid agonist is on the list: what is said of the kind of care is then not believed."""
        known = self.base.dictionary.ingredients
        names = {name for item in self.record.medications for name in self.ingredients(item.ingredient, item.codes)[0]}
        return any(name == AGONISTS or (name in known and AGONISTS in known[name].classes) for name in names)

    @property
    def adult(self) -> bool:
        return self.law is not None and self.age is not None and self.age >= self.law.majority

    def signature(self, labels: Labels, origin: Origin | None) -> Signature:
        """Who must have signed: the strictest that any of these labels asks for, in this kind of care."""
        service = None if origin is None or self.agonist else origin.service
        if self.law is None or self.age is None or not self.law.signs_alone(labels - {"minor"}, service, self.age):
            return "both"
        return "patient"

    def of_condition(self, entry: ListedCondition) -> Labels:
        """Of all that it says. What is not known to say anything of ours may be of any kind, so it has every label."""
        entries, terminology = self.base.dictionary.entries, self.base.terminology
        says = [terminology.conditions(code.system, code.code) for code in entry.codes]
        group = self.base.dictionary.conditions.get(entry.term or "")
        named = {meaning.code for meanings in says for meaning in meanings or ()} | ({f"condition.{group.id}"} if group else set())
        if not named or (group is None and None in says):
            return _EVERY
        return frozenset(label for code in named for label in entries[code].sensitivity)

    def of_medicine(self, name: str | None, codes: tuple[Coding, ...]) -> Labels:
        named, whole = self.ingredients(name, codes)
        found = [self.base.dictionary.entries[f"medication.{item}"].sensitivity for item in sorted(named)]
        return frozenset(label for labels in found for label in labels) if found and whole else _EVERY

    def ingredients(self, name: str | None, codes: tuple[Coding, ...]) -> tuple[set[str], bool]:
        """What it is known to hold, and whether that is all that it holds."""
        dictionary, terminology = self.base.dictionary, self.base.terminology
        coded = [(code, terminology.ingredients(code.system, code.code)) for code in codes]
        named = {item for _, items in coded for item in items or ()}
        listed = name in dictionary.ingredients or name in dictionary.classes
        whole = listed or any(terminology.whole(code.system, code.code) for code, items in coded if items)
        return named | ({name} if listed and name else set()), whole

    def of_pathway(self, name: str) -> Labels:
        pathway = self.base.pathways.get(name)
        if pathway is None:
            return _EVERY
        trees = (pathway.enter, *(step.when for step in pathway.transitions))
        read = {leaf.finding for tree in trees for leaf in leaves(tree)}
        return frozenset(label for code in read for label in self.base.dictionary.entries[code].sensitivity)


def _of(table: Mapping[str, Any], name: str | None) -> Labels:
    found = table.get(name or "")
    return frozenset(found.sensitivity) if found is not None else _EVERY


def _region(record: Record) -> str | None:
    """The state, as the table of minors names it: US-CA."""
    place = record.patient.location
    if place is None or place.region is None:
        return None
    return place.region if place.region.startswith(f"{place.country}-") else f"{place.country}-{place.region}"


def age_of(record: Record, as_of: datetime) -> int | None:
    """The person's age in years at a moment, when it is known: of the dates at that moment, the earliest anywhere counts."""
    born, today = record.patient.birth_date, as_of.astimezone(_LAST_ZONE).date()
    if born is None:
        return record.patient.age
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def differs(base: KnowledgeBase, whole: Decision, shown: Decision) -> bool:
    """Whether the whole record asks for more safety than what may be shown: a safety rule, a contraindication, an escalation."""
    if any(_safety(rule) and _weight(rule, whole) > _weight(rule, shown) for rule in base.active):
        return True
    raised = {(item.level, item.to, item.do["en"]) for item in shown.escalations}
    return any((item.level, item.to, item.do["en"]) not in raised for item in whole.escalations)


def _safety(rule: Rule) -> bool:
    return rule.stratum in _SAFETY or any(isinstance(action, Avoid | Escalate) for action in rule.then)


def _weight(rule: Rule, decision: Decision) -> Literal[0, 1, 2]:
    """How much a rule asks for as it was judged: it acts, it asks first, or it is silent."""
    truth = decision.judgements.truths[rule.id]
    if truth is True or (truth is None and rule.on_unknown == "escalate"):
        return 2
    return 1 if truth is None and rule.on_unknown == "ask" else 0


def warned(record: Record, as_of: datetime) -> Record:
    """The same view, in which it is said that something was withheld on which safety rests."""
    return record.model_copy(update={"findings": (*record.findings, Fact(code=WITHHELD, value=True, at=as_of))})


def held(base: KnowledgeBase, decision: Decision) -> Decision:
    """A decision without any component that some rule of the release can speak against, whatever is known of this person.

    INVARIANT: what is left out depends on the release alone, never on what was withheld, so that it tells nothing of it.
    """
    doubtful = frozenset(base.avoiding)

    def lessened(item: Recommendation | Withheld) -> Any:
        return replace(item, alternatives=tuple(name for name in item.alternatives if name not in doubtful))

    return replace(
        decision,
        recommendations=tuple(lessened(item) for item in decision.recommendations if item.component.id not in doubtful),
        withheld=tuple(lessened(item) for item in decision.withheld),
        cautions=tuple(lessened(item) for item in decision.cautions),
        held=doubtful,
    )
