"""What belongs together is one item: parts within what includes them, options behind the first; nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
import small
from small import fact, only, rule, wishes

from engine.base import KnowledgeBase
from engine.decision import Decision, Recommendation
from engine.record import Record


def base_of(*rules: dict[str, Any], **includes: tuple[str, ...]) -> KnowledgeBase:
    own = small.base().components
    given = {name.replace("_", "-"): parts for name, parts in includes.items()}
    changed = {name: item.model_copy(update={"includes": given.get(name, ()), "group": None}) for name, item in own.items()}
    return only(*rules, components=changed)


def wanting(*names: str, **more: Any) -> tuple[dict[str, Any], ...]:
    return tuple(rule(f"wants-{name}", "craving.daily >= 1", {"recommend": name, **more}) for name in names)


def decided(base: KnowledgeBase, **more: Any) -> Decision:
    return small.decide(Record(findings=(fact("craving.daily", 5),), **more), base)


def within(base: KnowledgeBase, **more: Any) -> dict[str, str | None]:
    return {item.component.id: item.within for item in decided(base, **more).recommendations}


def test_a_part_is_shown_within_what_includes_it_and_keeps_its_own_reasons() -> None:
    base = base_of(*wanting("case-management", "cbt"), case_management=("cbt",))
    assert within(base) == {"case-management": None, "cbt": "case-management"}
    part = next(item for item in decided(base).recommendations if item.within)
    assert [reason.reference for reason in part.reasons] == ["wants-cbt@1.0.0"]


def test_a_part_of_a_part_is_shown_within_the_outermost() -> None:
    base = base_of(*wanting("case-management", "cbt", "group-cbt"), case_management=("cbt",), cbt=("group-cbt",))
    assert within(base) == {"case-management": None, "cbt": "case-management", "group-cbt": "case-management"}


@pytest.mark.parametrize(("urgency", "found"), [("routine", "case-management"), ("soon", None), ("urgent", None)])
def test_what_is_more_urgent_than_the_item_it_belongs_to_stands_on_its_own(urgency: str, found: str | None) -> None:
    base = base_of(*wanting("case-management"), *wanting("cbt", urgency=urgency), case_management=("cbt",))
    assert within(base)["cbt"] == found


def test_what_the_person_does_not_want_holds_nothing_and_is_held_by_nothing() -> None:
    base = base_of(*wanting("case-management", "cbt"), case_management=("cbt",))
    for name in ("case-management", "cbt"):
        assert within(base, preferences=wishes(declined=(name,))) == {"case-management": None, "cbt": None}


def test_options_of_one_group_stand_behind_the_first() -> None:
    base = only(*wanting("ssri"), *wanting("mirtazapine", urgency="soon"))
    assert base.components["ssri"].group == base.components["mirtazapine"].group
    assert within(base) == {"mirtazapine": None, "ssri": "mirtazapine"}


def test_of_options_the_one_that_includes_the_other_is_the_first() -> None:
    own = only(*wanting("ssri", "mirtazapine")).components
    more = own | {"ssri": own["ssri"].model_copy(update={"includes": ("mirtazapine",)})}
    assert within(only(*wanting("ssri", "mirtazapine"), components=more)) == {"mirtazapine": "ssri", "ssri": None}


def test_components_that_include_one_another_do_not_vanish() -> None:
    base = base_of(*wanting("case-management", "cbt"), case_management=("cbt",), cbt=("case-management",))
    assert within(base) == {"case-management": None, "cbt": "case-management"}
    three = base_of(
        *wanting("case-management", "cbt", "group-cbt"), case_management=("cbt",), cbt=("group-cbt",), group_cbt=("case-management",)
    )
    assert list(within(three).values()).count(None) == 1


def top(items: tuple[Recommendation, ...]) -> list[str]:
    return [item.component.id for item in items if item.within is None]


def test_without_its_holder_a_part_stands_on_its_own() -> None:
    base = base_of(*wanting("cbt"), case_management=("cbt",))
    assert top(decided(base).recommendations) == ["cbt"]
