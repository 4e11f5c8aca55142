"""How often, with whom and how: the shortest interval wins, wishes shorten it, and safety never waits for a message."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import small
from small import escalate, follow_up, known, only, rule

from engine.decision import FollowUpPlan
from engine.judgements import infer
from engine.recommend import decide
from engine.record import Preferences, Record

DAY = timedelta(days=1)
HOLDS = "mood.total >= 5"


def plan(*rules: dict[str, object], **wishes: Any) -> FollowUpPlan:
    base = only(*rules)
    decision = decide(base, Record(preferences=Preferences(**wishes)), small.NOW, infer(base.ruleset, known(mood__total=6)), (), ())
    assert decision.follow_up is not None
    return decision.follow_up


WEEKLY = rule("weekly", HOLDS, follow_up("P7D", "therapist", modality="video"))
DAILY = rule("daily", HOLDS, follow_up("P1D", "peer", modality="phone"), stratum="S6")


def test_the_shortest_interval_wins_and_every_demand_stays_listed() -> None:
    found = plan(WEEKLY, DAILY)
    assert (found.every, found.with_, found.modality, found.preference_used) == (DAY, "peer", "phone", False)
    assert [item.reason.by.id for item in found.demands] == ["daily", "weekly"]


def test_of_equal_intervals_the_more_urgent_stratum_comes_first() -> None:
    urgent = rule("urgent", HOLDS, follow_up("P7D", "clinician", modality="phone"), stratum="S3")
    assert plan(WEEKLY, urgent).with_ == "clinician"


def test_without_any_demand_there_is_no_plan() -> None:
    base = only(rule("one", HOLDS))
    wish = Record(preferences=Preferences(interval=DAY))
    assert decide(base, wish, small.NOW, infer(base.ruleset, known(mood__total=6)), (), ()).follow_up is None


def test_where_the_shortest_demand_leaves_the_way_open_the_next_one_says_how() -> None:
    assert plan(WEEKLY, rule("open", HOLDS, follow_up("P1D"))).modality == "video"
    assert plan(rule("open", HOLDS, follow_up("P1D"))).modality is None


@pytest.mark.parametrize(
    ("wish", "every", "used"),
    [(DAY * 3, DAY * 3, True), (DAY * 7, DAY * 7, False), (DAY * 30, DAY * 7, False), (DAY * 0, DAY * 7, False), (-DAY, DAY * 7, False)],
)
def test_a_wish_shortens_the_interval_and_never_lengthens_it(wish: timedelta, every: timedelta, used: bool) -> None:
    found = plan(WEEKLY, interval=wish)
    assert (found.every, found.preference_used) == (every, used)


@pytest.mark.parametrize(
    ("rules", "wish", "modality"),
    [
        ((WEEKLY,), "phone", "phone"),
        ((WEEKLY,), "message", "message"),
        ((WEEKLY,), "video", "video"),
        ((rule("visit", HOLDS, follow_up("P7D", modality="in_person")),), "phone", "in_person"),
        ((rule("open", HOLDS, follow_up("P7D")),), "message", "message"),
        # safety asks for the contact, or for an escalation, or for another contact beside it
        ((rule("safe", HOLDS, follow_up("P7D", modality="phone"), stratum="S2"),), "message", "phone"),
        ((rule("safe", HOLDS, follow_up("P7D", modality="phone"), stratum="S2"),), "video", "video"),
        ((WEEKLY, rule("safe", HOLDS, escalate("E4"), stratum="S1")), "message", "video"),
        ((WEEKLY, rule("safe", HOLDS, follow_up("P14D", modality="phone"), stratum="S0")), "message", "video"),
        ((WEEKLY, rule("safe", HOLDS, escalate("E2"), stratum="S3")), "message", "message"),
    ],
)
def test_a_wish_chooses_how_except_against_a_visit_and_never_a_message_for_safety(
    rules: tuple[dict[str, object], ...], wish: str, modality: str
) -> None:
    found = plan(*rules, modality=wish)
    assert found.modality == modality
    assert found.preference_used is (modality == wish and plan(*rules).modality != wish)


def test_a_message_that_a_rule_asks_for_gives_way_while_safety_is_at_stake() -> None:
    written = rule("written", HOLDS, follow_up("P3D", modality="message"))
    assert plan(written, WEEKLY).modality == "message"
    assert plan(written, WEEKLY, rule("safe", HOLDS, escalate("E4"), stratum="S0")).modality == "video"
    assert plan(written, rule("safe", HOLDS, escalate("E4"), stratum="S0")).modality is None
