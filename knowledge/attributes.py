"""The thirteen source attributes of an evidence-based rule (45 CFR 170.315(b)(11)(iv)(A)), derived from the rule and what it reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field

from engine.artifacts import Rule
from engine.base import KnowledgeBase
from engine.dictionary import Id, Model
from knowledge.read import read

FILE = Path(__file__).with_name("attributes.yaml")
_INSTRUMENTS = "instruments"


class Kinds(Model):
    """The file: who made the rules, who paid, and which findings are of each kind that must be told."""

    developer: str = Field(min_length=1)
    funding: str = Field(min_length=1)
    uses: dict[str, tuple[str, ...]]


class Attributes(Model):
    """1 citations, 2 developer, 3 funding, 4 releases; 5 to 13: kind of data -> the findings of that kind that the rule rests on."""

    citations: tuple[str, ...] = Field(min_length=1)
    developer: str
    funding: str
    released: str
    revised: str
    review_by: str
    owner: Id
    uses: dict[str, tuple[str, ...]]


@cache
def kinds() -> Kinds:
    """The file, read once."""
    return Kinds.model_validate(read(FILE))


def attributes_of(base: KnowledgeBase, rule: Rule) -> Attributes:
    """The attributes of one rule."""
    told, rests_on = kinds(), basis_of(base, rule)
    return Attributes(
        citations=tuple(citation(base, source) for source in rule.evidence.sources),
        developer=told.developer,
        funding=told.funding,
        released=base.release.id,
        revised=f"{rule.id} {rule.version}",
        review_by=rule.review_by.isoformat(),
        owner=rule.owner,
        uses={kind: tuple(sorted(code for code in rests_on if _is(base, code, found))) for kind, found in told.uses.items()},
    )


def basis_of(base: KnowledgeBase, rule: Rule) -> frozenset[str]:
    """Every finding that a rule reads, and whatever stands behind the conclusions and computations among them."""
    found: set[str] = set()
    pending = list(rule.reads)
    while pending:
        code = pending.pop()
        if code not in found:
            found.add(code)
            pending += _behind(base, code)
    return frozenset(found)


def _behind(base: KnowledgeBase, code: str) -> Iterable[str]:
    basis: Mapping[str, tuple[str, ...]] = base.ruleset.basis
    entry = base.dictionary.entries.get(code)
    computed = (entry.derive.of,) if entry is not None and entry.derive is not None and entry.derive.kind == "series" else ()
    return (*basis.get(code, ()), *computed)


def _is(base: KnowledgeBase, code: str, found: tuple[str, ...]) -> bool:
    if _INSTRUMENTS in found and code.partition(".")[0] in base.instruments:
        return True
    return any(code == name or code.startswith(f"{name}.") for name in found)


def citation(base: KnowledgeBase, reference: str) -> str:
    """A source as it is cited: title, section, year, address."""
    key, _, section = reference.partition("#")
    source = base.sources[key]
    parts: list[Any] = [source.title, section, source.year, source.url]
    return ", ".join(str(part) for part in parts if part)
