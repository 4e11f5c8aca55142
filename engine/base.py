"""The knowledge base in force: everything a decision may rest on besides the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from pydantic import Field

from engine.artifacts import (
    Action,
    Avoid,
    Component,
    HelpLines,
    Level,
    Parameter,
    Recommend,
    Release,
    Rule,
    Source,
    Step,
    Strength,
)
from engine.conditions import leaves
from engine.delivery import Delivery
from engine.dictionary import ConditionGroup, Dictionary, Model, Value
from engine.findings import Finding, exactly
from engine.instruments import Instrument
from engine.judgements import RuleSet, arrange
from engine.minors import UNKNOWN, MinorLaw
from engine.pathway import Pathway
from engine.terminology import Diagnoses, Measurements, Medicines, Procedures, Terminology, rows, terminology_of


class KnowledgeBase(Model):
    """One release: rules, dictionary and all, by id.

    defaults: what the parameters that the site changed were before.
    diagnoses, medicines, measurements, procedures: value sets by file; ask `terminology` what a code means.
    """

    release: Release
    dictionary: Dictionary
    parameters: dict[str, Parameter]
    defaults: dict[str, Value] = Field(default_factory=dict)
    instruments: dict[str, Instrument]
    rules: dict[str, Rule]
    components: dict[str, Component]
    delivery: Delivery = Delivery()
    pathways: dict[str, Pathway]
    ladder: dict[Level, Step]
    help: dict[str, HelpLines]
    strengths: dict[str, Strength]
    sources: dict[str, Source]
    minors: dict[str, MinorLaw]
    diagnoses: dict[str, Diagnoses] = Field(default_factory=dict)
    medicines: dict[str, Medicines] = Field(default_factory=dict)
    measurements: dict[str, Measurements] = Field(default_factory=dict)
    procedures: dict[str, Procedures] = Field(default_factory=dict)

    def help_for(self, country: str | None) -> HelpLines:
        """Help lines of a country, or those that hold anywhere."""
        return self.help.get(country or "any", self.help["any"])

    def law_of_minors(self, region: str | None) -> MinorLaw | None:
        """The law of a state (US-CA). A state that has no row, and one that nobody has told, have the strictest."""
        return self.laws_of_minors.get(region or UNKNOWN) or self.laws_of_minors.get(UNKNOWN)

    @cached_property
    def laws_of_minors(self) -> Mapping[str, MinorLaw]:
        return self.minors | {state: law for law in self.minors.values() for state in law.states}

    @cached_property
    def terminology(self) -> Terminology:
        """What codes of published systems mean: `.conditions`, `.ingredients`, `.finding`, `.procedure`... each by (system, code)."""
        books = self.diagnoses.values(), self.medicines.values(), self.measurements.values(), self.procedures.values()
        return terminology_of(self.dictionary, *books)

    @cached_property
    def telling(self) -> Mapping[str, Mapping[str, str]]:
        """finding -> LOINC code that tells it, as value sets have it -> title."""
        found: dict[str, dict[str, str]] = {}
        for book in self.measurements.values():
            for code, item in rows(book.sets) if book.system == "loinc" else ():
                found.setdefault(item.finding, {})[code] = item.codes[code]
        return found

    @cached_property
    def products(self) -> Mapping[str, Mapping[str, str]]:
        """ingredient -> RxNorm code of a product that holds it alone -> title."""
        found: dict[str, dict[str, str]] = {}
        for book in self.medicines.values():
            for code, item in rows(book.sets) if book.system == "rxnorm" else ():
                if len(item.contains) == 1:
                    found.setdefault(item.contains[0], {})[code] = item.codes[code]
        return found

    @cached_property
    def active(self) -> tuple[Rule, ...]:
        """Rules in force, most urgent stratum first, then by id."""
        return tuple(sorted((rule for rule in self.rules.values() if rule.status == "active"), key=lambda rule: (rule.stratum, rule.id)))

    # Every request goes through all rules by these: names alone, since looking at a thousand rules takes longer than judging them.
    @cached_property
    def rank(self) -> Mapping[str, int]:
        """The place of each active rule."""
        return {rule.id: place for place, rule in enumerate(self.active)}

    @cached_property
    def proposing(self) -> frozenset[str]:
        """Active rules that something comes of besides findings for later rules."""
        return frozenset(rule.id for rule in self.active if not rule.only_concludes)

    @cached_property
    def asking(self) -> frozenset[str]:
        """Active rules that ask for what they miss."""
        return frozenset(rule.id for rule in self.active if rule.on_unknown != "silent")

    @cached_property
    def precautions(self) -> frozenset[str]:
        """Active rules that are acted on while they are unknown."""
        return frozenset(rule.id for rule in self.active if rule.on_unknown == "escalate")

    @cached_property
    def overriding(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Active rules that set others aside, and which."""
        return tuple((rule.id, rule.overrides) for rule in self.active if rule.overrides)

    @cached_property
    def recommending(self) -> Mapping[str, tuple[Rule, ...]]:
        """For each component, the active rules that recommend it."""
        return self._by_component(lambda action: action.recommend if isinstance(action, Recommend) else None)

    @cached_property
    def speaking(self) -> Mapping[str, tuple[str, ...]]:
        """The same, by their names."""
        return {name: tuple(rule.id for rule in rules) for name, rules in self.recommending.items()}

    @cached_property
    def avoiding(self) -> Mapping[str, tuple[Rule, ...]]:
        """For each component, the active rules that speak against it."""
        return self._by_component(lambda action: action.avoid if isinstance(action, Avoid) else None)

    def _by_component(self, named: Callable[[Action], str | None]) -> Mapping[str, tuple[Rule, ...]]:
        found: dict[str, dict[str, Rule]] = {}
        for rule in self.active:
            for action in rule.then:
                name = named(action)
                if name is not None:
                    found.setdefault(name, {})[rule.id] = rule
        return {name: tuple(rules.values()) for name, rules in found.items()}

    @cached_property
    def ruleset(self) -> RuleSet:
        """The active rules, arranged for judging."""
        return arrange(self.active, self.dictionary)

    @cached_property
    def read(self) -> frozenset[str]:
        """Every finding that an active rule or a pathway reads."""
        guards = [guard for pathway in self.pathways.values() for guard in (pathway.enter, *(step.when for step in pathway.transitions))]
        return frozenset(leaf.finding for tree in (*(rule.when for rule in self.active), *guards) for leaf in leaves(tree))

    @cached_property
    def read_conditions(self) -> tuple[ConditionGroup, ...]:
        """Condition groups that rules or pathways speak of."""
        named = {code.split(".")[1] for code in self.read if code.startswith("condition.")}
        return tuple(group for group in self.dictionary.conditions.values() if group.id in named)

    @cached_property
    def read_medications(self) -> Mapping[str, Finding]:
        """Medication classes and ingredients that rules, pathways or components speak of; each with "nobody proposes it"."""
        named = {item.medication for item in self.components.values() if item.medication}
        named |= {code.split(".")[1] for code in self.read if code.startswith("medication.")}
        return {name: exactly(f"medication.{name}.proposed", 0) for name in sorted(named)}

    @cached_property
    def read_allergies(self) -> tuple[str, ...]:
        """Substances whose allergy rules or pathways ask about."""
        return tuple(sorted(code.split(".")[1] for code in self.read if code.startswith("allergy.")))

    @cached_property
    def parameters_of(self) -> Mapping[str, frozenset[str]]:
        """For each active rule, the named parameters it is judged with."""
        return {rule.id: frozenset(leaf.parameter for leaf in leaves(rule.when) if leaf.parameter) for rule in self.active}

    @cached_property
    def phrases(self) -> dict[str, object]:
        """What `engine.phrases` keeps for each language."""
        return {}

    @cached_property
    def groups(self) -> Mapping[str, tuple[Component, ...]]:
        """Components that can stand in for one another."""
        named = sorted({item.group for item in self.components.values() if item.group})
        return {name: tuple(item for item in self.components.values() if item.group == name) for name in named}
