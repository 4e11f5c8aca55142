"""Lays a decision out for reading: what comes first, under which heading, and what stands below the fold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from api.cards import Cards
from api.view import HEADINGS, SAME_DAY, Card, Group, Heading, Recorded, Section, View, clean
from api.words import say
from engine.argument import parameters
from engine.base import KnowledgeBase
from engine.decision import Decision
from engine.dictionary import Language
from engine.document import document
from engine.grounds import Document
from engine.terms import word
from engine.trace import trace
from engine.wording import date_words

NAMED = 3  # titles of what stands below the fold
ASKED = 5  # questions before the others are folded into one


def arrange(base: KnowledgeBase, decision: Decision, language: Language, journal: Recorded = "not_kept") -> View:
    """Lay out a decision; times are told in the zone of its as_of."""
    return _Arranging(base, decision, language, journal).view()


class _Arranging:
    def __init__(self, base: KnowledgeBase, decision: Decision, language: Language, journal: Recorded) -> None:
        self.base, self.language, self.journal = base, language, journal
        self.document = clean(document(base, decision, language, "short"))
        self.parameters = parameters(base, trace(base, decision))
        self.make = Cards(base, decision, language)

    def say(self, key: str, **slots: str | int) -> str:
        return say(key, self.language, **slots)

    def view(self) -> View:
        document, cards = self.document, self.cards()
        top = [next(card for card in cards if (card.kind, card.ref) == (item["kind"], item["ref"])) for item in document["above_the_fold"]]
        below = [card for card in cards if not any(card is shown for shown in top)]
        top = [self.with_others(card, below) for card in top]
        sections = tuple(self.section(heading, top, below) for heading in HEADINGS)
        return View(
            language=self.language,
            title=self.say("title"),
            as_of=self.say("as_of", time=self.make.time(self.make.as_of)),
            help=tuple(self.help(item) for item in document["help"]),
            alarm=self.alarm(),
            agreement=self.agreement(),
            outcome=self.outcome(),
            sections=sections,
            rest=tuple(group for group in self.rest(below) if group.cards or group.lines),
            footer=(
                self.agreement(),
                f"{self.say('release')} {document['release']['id']} {document['release']['digest']}",
                f"{self.say('decision')} {document['id']}",
                *([self.checked()] if document["help"] else []),
                self.say("review"),
            ),
        )

    def cards(self) -> list[Card]:
        document = self.document
        cards = [self.make.escalation(item) for item in document["escalations"]]
        if also := [card for card in cards[1:] if card.ref >= SAME_DAY]:  # nothing that is due today is found only below the fold
            notes = tuple(self.say("also", lead=card.lead, do=card.do or card.title) for card in also)
            cards[0] = replace(cards[0], notes=notes)
        for item in document["recommendations"]:
            if item["within"]:
                self.make.parts.setdefault(item["within"], []).append(item)
        cards += [self.make.recommendation(item) for item in document["recommendations"] if not item["within"]]
        cards += [self.make.follow_up(document["follow_up"])] if document["follow_up"] else []
        cards += [self.make.withheld(item) for item in document["withheld"]]
        return cards + [self.make.request(item) for item in document["data_requests"]]

    def with_others(self, card: Card, below: list[Card]) -> Card:
        """What else is ordered and must not be is named where the first of it stands."""
        others = [other.title for other in below if other.kind == "withheld" and other.heading == "now"] if card.kind == "withheld" else []
        return replace(card, notes=(*card.notes, self.say("also_withheld", titles=", ".join(others)))) if others else card

    def section(self, heading: Heading, top: list[Card], below: list[Card]) -> Section:
        """Where nothing of it stands above the fold, what stands below is named."""
        more = [card.title for card in below if card.heading == heading and card.kind != "withheld"]
        shown = tuple(card for card in top if card.heading == heading)
        if more and not shown:
            others = f" ({self.say('settles_more', count=len(more) - NAMED)})" if more[NAMED:] else ""
            remark = self.say("named_below", titles="; ".join(more[:NAMED])) + others
        else:
            remark = self.say("more_below", count=len(more)) if more else "" if shown else self.say(f"nothing_{heading}")
        return Section(heading, self.say(heading), shown, remark)

    def rest(self, below: list[Card]) -> Iterable[Group]:
        document = self.document
        yield Group(self.say("rest_now"), tuple(card for card in below if card.heading == "now" and card.kind != "withheld"))
        yield Group(self.say("withheld"), tuple(card for card in below if card.kind == "withheld"))
        yield Group(self.say("cautions"), tuple(self.make.withheld(item, "caution") for item in document["cautions"]))
        yield Group(self.say("critical"), lines=tuple(item["words"] for item in document["critical_items"]))
        yield Group(self.say("rest_plan"), tuple(card for card in below if card.heading == "plan" and card.kind != "withheld"), folded=True)
        yield Group(self.say("rest_follow_up"), lines=tuple(self.other_intervals()), reference=True)
        asked = tuple(card for card in below if card.heading == "find_out")
        yield Group(self.say("rest_find_out", count=len(asked)), asked, folded=True, shown=ASKED)
        yield Group(self.say("pathways"), lines=tuple(self.positions()))
        yield Group(self.say("set_aside"), lines=tuple(self.say("set_aside_by", **item) for item in document["overridden"]), reference=True)
        yield Group(self.say("not_used"), lines=tuple(f"{item['where']}: {self.say(item['why'])}" for item in document["not_used"]))
        yield Group(self.say("not_recommended"), lines=tuple(self.not_recommended()), reference=True)
        yield Group(self.say("parameters"), lines=tuple(self.parameter(item) for item in self.parameters), reference=True)

    def outcome(self) -> tuple[str, ...]:
        match self.document["outcome"]:
            case "nothing_recommended":
                return (self.say("nothing_recommended"),)
            case "could_not_evaluate":
                return (self.say("could_not_evaluate"), self.say("could_not_do"))
        return ()

    def agreement(self) -> str:
        return self.say(self.document["engines"], rules=", ".join(self.document["disputed_rules"]))

    def alarm(self) -> str | None:
        """How far the answer may be relied on, where that is not fully."""
        doubts = [self.say("unrecorded")] if self.journal == "unrecorded" else []
        doubts += [] if self.document["engines"] == "agreed" else [self.agreement()]
        return " ".join(doubts) or None

    def help(self, item: Document) -> str:
        return f"{item['name']}: {item['contact']} ({item['available']})"

    def checked(self) -> str:
        """When the oldest of the help lines was last looked at."""
        oldest = min(item["verified_on"] for item in self.document["help"])
        return self.say("numbers_checked", date=date_words(datetime.fromisoformat(oldest), self.language))

    def other_intervals(self) -> Iterable[str]:
        plan = self.document["follow_up"]
        for demand in plan["demands"][1:] if plan else ():
            reason = demand["reason"]
            yield self.say("other_interval", time=self.make.length(demand["every"]), title=reason["title"], rule=reason["by"])

    def parameter(self, item: Document) -> str:
        site = f" ({self.say('site_changed', default=item['default'], owner=item['owner'])})" if item["changed"] else ""
        return f"{item['name']}: {item['value']}{site}"

    def positions(self) -> Iterable[str]:
        """Where the person stands; then, in one line, the pathways that only an answer can place them on or rule out."""
        pathways = self.document["pathways"]
        yield from (self.position(item) for item in pathways if item["stages"])
        if unknown := [item["title"] for item in pathways if not item["stages"]]:
            yield self.say("pathways_unknown", titles="; ".join(unknown))

    def position(self, item: Document) -> str:
        stages = "; ".join(self.place(place) for place in item["stages"])
        moved = [self.say("moved_by", step=step["title"]) for step in item["taken"]]
        return f"{item['title']}. {stages}" + "".join(f"; {step}" for step in moved)

    def place(self, item: Document) -> str:
        """The stage, whose turn it is, and by when."""
        words = self.say("stage_now", stage=item["title"], who=word(item["who"], self.language))
        if item["due"]:
            due = date_words(datetime.fromisoformat(item["due"]), self.language)
            words += "; " + self.say("stage_overdue" if item["overdue"] else "stage_due", date=due)
        return words + (f". {item['undecided']}" if item["undecided"] else "")

    def not_recommended(self) -> Iterable[str]:
        standings = {"could_not_evaluate": "not_evaluated", "not_recommended": "ruled_out", "no_rule_speaks_for_it": "unspoken"}
        for standing, key in standings.items():
            titles = [item["title"] for item in self.document["not_recommended"] if item["standing"] == standing]
            if titles and standing != "no_rule_speaks_for_it":
                yield f"{self.say(key)} ({len(titles)}): {', '.join(titles)}."
            elif titles:
                yield f"{self.say(key)}: {len(titles)}."
