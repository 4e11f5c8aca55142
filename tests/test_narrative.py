"""The argument in words: whole, in order, each rule once, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from golden import story
from golden.story import INTAKE, QUIET, fact, two

from engine.artifacts import URGENCIES, Modality, Role
from engine.decision import Decision
from engine.dictionary import LANGUAGES, Language
from engine.narrative import deadline_words, makers, narrate
from engine.record import ListedMedication, Preferences, Standing
from engine.terms import word

BASE = story.base()


def told(decision: Decision, component: str | None = None, **more: bool) -> str:
    return "\n".join(narrate(BASE, decision, "en", component, **more))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "facts", "component"), [("intake", INTAKE, None), ("quiet", QUIET, "naloxone")])
def test_golden_words(name: str, facts: tuple[story.Fact, ...], component: str | None, language: Language) -> None:
    words = narrate(BASE, story.decide(BASE, *facts), language, component)
    story.held_to(f"{name}-{language}.txt", "\n".join(words) + "\n")


def test_outcomes_come_before_their_reasons_and_each_rule_is_explained_once() -> None:
    sentences = narrate(BASE, story.decide(BASE, *INTAKE), "en")
    kinds = [
        next((kind for kind in ("Escalation", "Recommended", "Withheld", "Follow-up") if line.startswith(kind)), None) for line in sentences
    ]
    assert list(dict.fromkeys(kind for kind in kinds if kind)) == ["Escalation", "Recommended", "Withheld", "Follow-up"]
    explained = [line for line in sentences if line.startswith("Rule ")]
    assert len(explained) == len(set(explained)) == 7


def test_only_what_is_to_be_done_now() -> None:
    words = told(story.decide(BASE, *INTAKE), everything=False)
    assert "Recommended: Naloxone at hand" in words
    assert "Withheld: Naltrexone" in words
    assert "Recommended: Acamprosate" not in words
    assert "Follow-up" not in words


def test_silence_is_said() -> None:
    quiet = story.decide(BASE, *QUIET)
    assert quiet.outcome == "could_not_evaluate"  # nothing holds, and rules still wait for answers
    assert "too little is known" in told(quiet)
    assert told(replace(quiet, outcome="nothing_recommended")).startswith("Nothing is recommended")


def test_why_a_component_is_not_recommended() -> None:
    unsettled = told(story.decide(BASE, fact("kidney.egfr", 90)), "acamprosate")
    assert "Not recommended so far: Acamprosate" in unsettled
    assert "It is not settled while this is not known: AUDIT total is at least 16 (not asked)." in unsettled
    assert "Checked against it, and clear: Less acamprosate with weak kidneys" in unsettled
    assert "No rule speaks for it" in told(story.decide(BASE, *QUIET), "peer-support")
    assert "To be checked against it, not known yet" in told(story.decide(BASE), "naltrexone")


def test_what_is_told_already_is_not_listed_again_as_checked() -> None:
    words = told(story.decide(BASE, *INTAKE), "naltrexone")
    assert "Against Naltrexone: no-naltrexone-with-opioids@1.0.0." in words
    assert "Checked" not in words


def test_a_conclusion_rests_on_rules_that_hold_and_on_open_ones_that_could_raise_it() -> None:
    known = story.decide(BASE, fact("opioid.disorder", "active"))
    assert [rule.id for rule in makers(BASE, known, "opioid.exposure")] == ["disorder-is-exposure"]
    unknown = story.decide(BASE)
    assert [rule.id for rule in makers(BASE, unknown, "opioid.exposure")] == ["disorder-is-exposure", "test-is-exposure"]
    assert makers(BASE, unknown, "opioid.test") == ()


def test_a_conclusion_that_nothing_raises_names_the_rules_that_could() -> None:
    words = told(story.decide(BASE, *QUIET), "naloxone")
    assert (
        "“current opioid use”: no. None of the rules that could raise it holds (disorder-is-exposure@1.0.0, test-is-exposure@1.0.0)."
        in words
    )


def test_a_person_who_declines_and_one_who_chooses() -> None:
    wishes = Preferences(declined=("naloxone",), interval=timedelta(days=2), modality="video")
    words = told(story.decide(BASE, *INTAKE, preferences=wishes))
    assert "The person does not want it at present; that changes the plan, not the risk." in words
    assert "Follow-up every 2 days: care manager, by video." in words
    assert "The person's preference made it sooner, or chose how." in words


def test_a_rule_that_another_one_sets_aside() -> None:
    special = story.rule(
        "peers-instead",
        two("Peers first", "Primero los pares"),
        "alcohol.audit >= 16",
        {"recommend": "peer-support"},
        overrides=["drinking-calls-for-medicine"],
    )
    knowledge = story.base(special)
    words = "\n".join(narrate(knowledge, story.decide(knowledge, *INTAKE), "en", "acamprosate"))
    assert "Rule peers-instead@1.0.0 is more specific and sets it aside." in words


def test_what_is_taken_and_calls_for_care() -> None:
    knowledge = story.base(
        story.rule("naltrexone-and-kidneys", two("Weak kidneys", "Riñones"), "kidney.egfr < 60", story.avoid("naltrexone", "relative"))
    )
    taken = (ListedMedication(ingredient="naltrexone", status="active"), ListedMedication(ingredient="naltrexone", status="proposed"))
    decision = story.decide(knowledge, fact("kidney.egfr", 45), fact("alcohol.audit", 4), *QUIET[:2], medications=taken)
    for words in (narrate(knowledge, decision, "en"), narrate(knowledge, decision, "en", "naltrexone")):
        assert "Calls for care: Naltrexone (it has been proposed; the person takes it now)." in words
        assert "Caution with Naltrexone, because of naltrexone-and-kidneys@1.0.0." in words


def test_where_nobody_wants_what_is_withheld() -> None:
    taken = (ListedMedication(ingredient="naltrexone", status="active"),)
    words = told(story.decide(BASE, fact("opioid.disorder", "active"), medications=taken))
    assert "Withheld: Naltrexone (the person takes it now)." in words


def test_what_only_the_second_engine_holds() -> None:
    decision = story.decide(BASE, *INTAKE)
    alone = replace(decision, escalations=tuple(replace(step, unconfirmed=True) for step in decision.escalations))
    assert "Only the second engine holds this; it is kept, because that errs on the safe side." in told(alone)


@pytest.mark.parametrize(
    ("audit", "why"), [(20, "It holds because: AUDIT total is at least 16 (20; intake nurse; 23 Nov 2026, within the hour)."), (4, None)]
)
def test_a_stage_of_a_pathway(audit: int, why: str | None) -> None:
    path = {
        "id": "sober",
        "version": "1.0.0",
        "title": two("Sober living", "Vida sobria"),
        "status": "active",
        "owner": "lead",
        "review_by": "2030-01-01",
        "serves": ["S1-06"],
        "evidence": story.EVIDENCE,
        "enter": "alcohol.audit >= 16",
        "start": "early",
        "stages": {
            "early": {
                "title": two("First weeks", "Primeras semanas"),
                "kind": "wait",
                "phase": "aftercare",
                "who": "peer",
                "recommend": ["peer-support"],
            }
        },
        "transitions": [],
    }
    knowledge = story.base(pathways=(path,))
    placed = (Standing(pathway="sober", stage="early", since=story.NOW - timedelta(days=9)),)
    words = narrate(knowledge, story.decide(knowledge, fact("alcohol.audit", audit), positions=placed), "en", "peer-support")
    assert words[0] == "Recommended: Peer support (routine), because of sober@1.0.0#early."
    assert words[1] == "Pathway sober@1.0.0#early: Sober living, at the stage “First weeks”."
    assert words[2:] == ((why,) if why else ())


def test_deadlines() -> None:
    assert deadline_words(None, "en") == "at the agreed follow-up"
    assert deadline_words(timedelta(0), "es") == "ahora"
    assert deadline_words(timedelta(days=1), "en") == "within 24 h"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_role_urgency_and_modality_has_a_word(language: Language) -> None:
    codes = [*Role.__args__, *Modality.__args__, *URGENCIES]  # type: ignore[attr-defined]
    assert all(word(code, language) != code.replace("_", " ") or language == "en" for code in codes)
    assert word("clinic_letter", language) == "clinic letter"


def test_text_of_others_is_never_read_as_a_template() -> None:
    decision = story.decide(BASE, fact("opioid.disorder", "active", source="{by} {0} %s"))
    assert "{by} {0} %s" in told(decision)
