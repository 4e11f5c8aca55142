"""The parts of a decision document as cards: what, how soon, who, why, under which rule, and what speaks against it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal

from pydantic import TypeAdapter

from api.delivered import details
from api.facts import Facts
from api.view import Against, Card, Why
from api.words import say
from engine.base import KnowledgeBase
from engine.decision import Decision
from engine.dictionary import Language
from engine.grounds import Document
from engine.named import fitting, title_of
from engine.narrative import deadline_words
from engine.terms import word
from engine.wording import date_words, duration_words

_LENGTH = TypeAdapter(timedelta)


class Cards:
    """Makes the cards of one decision in one language."""

    def __init__(self, base: KnowledgeBase, decision: Decision, language: Language) -> None:
        self.base, self.decision, self.language, self.as_of = base, decision, language, decision.as_of
        self.facts = Facts(base, decision, language)
        self.parts: dict[str, list[Document]] = {}

    def say(self, key: str, **slots: str | int) -> str:
        return say(key, self.language, **slots)

    def time(self, moment: datetime) -> str:
        return f"{date_words(moment, self.language)}, {moment:%H:%M} {moment.tzname() or ''}".strip()

    def length(self, iso: str) -> str:
        return duration_words(_LENGTH.validate_python(iso), self.language)

    def why(self, reason: Document) -> Why:
        return Why(
            facts=tuple(dict.fromkeys(self.facts.ground(ground["finding"]) for ground in reason["grounds"])),
            because=reason.get("because"),
            rule=reason["by"],
            title=reason["title"],
            strength=self.base.strengths[reason["strength"]].label[self.language],
            sources=", ".join(reason["sources"]),
            sentence=reason.get("sentence"),
            precaution=reason["precaution"],
        )

    def whys(self, reasons: list[Document]) -> tuple[Why, ...]:
        return tuple(self.why(reason) for reason in reasons)

    def against(self, blocked: list[Document], fit: Collection[str] | None = None) -> tuple[Against, ...]:
        """fit: the components that fit instead; None for all that are named."""
        return tuple(Against(self.say(item["strictness"]), self.instead(item, fit), self.why(item["reason"])) for item in blocked)

    def instead(self, item: Document, fit: Collection[str] | None) -> str | None:
        names = ", ".join(self.base.components[name].title[self.language] for name in item["instead"] if fit is None or name in fit)
        parts = [item["do"], f"{self.say('instead')}: {names}." if names else None]
        return " ".join(part for part in parts if part) or None

    def alternatives(self, others: list[Document]) -> tuple[str, ...]:
        """What could stand in, and of each whether a contraindication has not been looked at yet."""
        check = f" ({self.say('to_check')})"
        return tuple(other["title"] + (check if other["to_check"] else "") for other in others)

    def marks(self, reasons: list[Document], **others: bool) -> tuple[str, ...]:
        precaution = bool(reasons) and all(reason["precaution"] for reason in reasons)
        return tuple(self.say(key) for key, holds in {"precaution": precaution, **others}.items() if holds)

    def escalation(self, item: Document) -> Card:
        within = None if item["within"] is None else _LENGTH.validate_python(item["within"])
        lead = [item["level"], deadline_words(within, self.language)]
        if within:
            lead.append(self.say("by_time", time=self.time(self.as_of + within)))
        return Card(
            kind="escalation",
            ref=item["level"],
            heading="now",
            lead=" · ".join([*lead, word(item["to"], self.language)]),
            title=item["title"],
            do=item["do"],
            marks=self.marks(item["reasons"], unconfirmed=item["unconfirmed"]),
            whys=self.whys(item["reasons"]),
        )

    def recommendation(self, item: Document) -> Card:
        roles, ways = (", ".join(word(code, self.language) for code in item[key]) for key in ("deliver", "modalities"))
        return Card(
            kind="recommendation",
            ref=item["component"],
            heading=item["heading"],
            lead=word(item["urgency"], self.language),
            title=item["title"],
            summary=item["summary"],
            delivered=f"{roles}; {ways}",
            marks=self.marks(item["reasons"], declined=item["declined_by_person"]),
            whys=self.whys(item["reasons"]),
            against=self.against(item["cautions"]),
            alternatives=self.alternatives(item["alternatives"]),
            details=tuple(details(self.base, self.base.components[item["component"]], self.language)),
            parts=tuple(self.recommendation(part) for part in self.parts.get(item["component"], ())),
        )

    def withheld(self, item: Document, kind: Literal["withheld", "caution"] = "withheld") -> Card:
        found = next(one for one in (*self.decision.withheld, *self.decision.cautions) if one.component.id == item["component"])
        ordered, fit = "proposed" in item["sought"], fitting(self.base, self.decision, found)
        remark = "no_alternative" if not item["alternatives"] else "use_unknown" if not fit else None
        return Card(
            kind=kind,
            ref=item["component"],
            heading="now" if ordered and kind == "withheld" else "plan",
            lead=self.say(kind).lower(),
            title=title_of(self.base, self.decision, found.component, "proposed" if ordered else "active", self.language),
            marks=tuple(self.say(why) for why in item["sought"] if why != "recommended"),
            whys=self.whys(item["wanted"]),
            against=self.against(item["forbidden"], fit),
            alternatives=self.alternatives([other for other in item["alternatives"] if other["component"] in fit]),
            notes=() if remark is None or kind == "caution" else (self.say(remark),),
        )

    def follow_up(self, item: Document) -> Card:
        first = item["demands"][0]
        return Card(
            kind="follow_up",
            ref=item["every"],
            heading="follow_up",
            lead="",
            title=self.say(
                "every",
                time=self.length(item["every"]),
                who=word(item["with"], self.language),
                how=f", {word(item['modality'], self.language)}" if item["modality"] else "",
            ),
            marks=self.marks([first["reason"]]),
            whys=self.whys([first["reason"]]),
            notes=(self.say("preference_used"),) if item["preference_used"] else (),
        )

    def request(self, item: Document) -> Card:
        titles = [settled["title"] for settled in item["settles"]]
        more = f" ({self.say('settles_more', count=len(titles) - 1)})" if titles[1:] else ""
        notes = tuple(f"{self.say('settles')}: {title}{more}" for title in titles[:1])
        known = ", ".join(absent["words"] for absent in item["absent"])
        lead = " · ".join(filter(None, [self.say(item["kind"]), known, self.say("required") if item["required"] else ""]))
        return Card("data_request", item["subject"], "find_out", lead, item["question"], notes=notes)
