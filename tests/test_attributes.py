"""The source attributes of every rule: thirteen, none left out, and derived from what the rule really reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.attributes import attributes_of, basis_of, kinds
from knowledge.load import load
from knowledge.read import read

DICTIONARY = Path(__file__).parent.parent / "knowledge" / "dictionary" / "findings"
NINE = {
    "race", "ethnicity", "language", "sexual_orientation", "gender_identity", "sex", "date_of_birth", "social_determinants",
    "health_status_assessments",
}  # fmt: skip
NOT_SOCIAL = {
    "support.person", "programme.capability", "level_of_care.assessed", "level_of_care.received", "level_of_care.highest_dimension",
    "level_of_care.edition", "escalation.same_day_days_since", "reviews.worse_streak", "case_conference.days_since",
    "case_management.received", "stability.months",
}  # fmt: skip


def test_every_rule_has_all_thirteen() -> None:
    base = load()
    assert len(base.active) > 900
    for rule in base.active:
        found = attributes_of(base, rule)
        assert found.uses.keys() == NINE
        assert all(found.citations)
        assert len(found.citations) == len(rule.evidence.sources)
        assert (found.owner, found.released) == (rule.owner, base.release.id)
        used = {code for codes in found.uses.values() for code in codes}
        assert used <= basis_of(base, rule)


@pytest.mark.parametrize(("kind", "code"), [("sex", "patient.sex"), ("date_of_birth", "patient.age")])
def test_what_a_rule_reads_through_a_conclusion_counts(kind: str, code: str) -> None:
    """Held to a second way of finding it: whoever concludes what a rule reads, and so on down."""
    base = load()

    def rests(name: str, seen: frozenset[str]) -> bool:
        makers = [maker for maker, _ in base.ruleset.conclusions.get(name, ()) if maker.id not in seen]
        entry = base.dictionary.entries[name]
        series = entry.derive.of if entry.derive and entry.derive.kind == "series" else None
        return (
            name == code
            or any(rests(read, seen | {maker.id}) for maker in makers for read in maker.reads)
            or (series is not None and series != name and rests(series, seen))
        )

    through = 0
    for rule in base.active:
        expected = any(rests(name, frozenset({rule.id})) for name in rule.reads)
        assert (code in attributes_of(base, rule).uses[kind]) == expected, rule.id
        through += expected and code not in rule.reads
    assert through, "some rule rests on it only through a conclusion"


def test_what_is_named_is_there_and_what_is_social_is_named() -> None:
    base, told = load(), kinds().uses
    for kind, names in told.items():
        for name in names:
            known = any(code == name or code.startswith(f"{name}.") for code in base.dictionary.entries)
            assert known or name == "instruments", f"{kind}: {name} is no finding"
    for topic in ("social", "access"):
        for code in read(DICTIONARY / f"{topic}.yaml"):
            social = any(code == name or code.startswith(f"{name}.") for name in told["social_determinants"])
            assert social != (code in NOT_SOCIAL), code
