"""The decision in a terminal: read in twenty seconds, colour only as a second sign, no markup from the outside."""

from __future__ import annotations

from io import StringIO

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from api.view import Card, Group, Sheet, View, Why
from api.words import say
from engine.dictionary import Language

WIDTH = 100
QUESTIONS = 6  # as many as one asks before the next look
LISTED = 240  # characters of a list that is there for reference


def as_text(view: View, width: int = WIDTH, *, whole: bool = True) -> str:
    """The view as plain text."""
    stream = StringIO()
    draw(view, _plain(stream, width), whole=whole)
    return _lines(stream)


def sheet_text(sheet: Sheet, width: int = WIDTH) -> str:
    """A page of sentences as plain text."""
    stream = StringIO()
    console = _plain(stream, width)
    draw_sheet(sheet, console)
    return _lines(stream)


def draw(view: View, console: Console, *, whole: bool = True) -> None:
    """Print a view; unless `whole`, what is below the fold as titles only."""
    _Drawing(console, view.language, whole).view(view)


def draw_sheet(sheet: Sheet, console: Console) -> None:
    """Print a page of sentences."""
    drawing = _Drawing(console, sheet.language)
    drawing.line(sheet.title, style="bold")
    drawing.line(sheet.as_of, style="dim")
    drawing.top(sheet)
    drawing.past(sheet)
    drawing.line(sheet.standing, style="bold")
    for title, lines in sheet.groups:
        drawing.group(Group(title, lines=lines))
    console.print()
    for part in sheet.footer:
        drawing.line(part, style="dim")


def _plain(stream: StringIO, width: int) -> Console:
    return Console(file=stream, width=width, no_color=True, color_system=None, force_terminal=False, legacy_windows=False)


def _lines(stream: StringIO) -> str:
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


class _Drawing:
    def __init__(self, console: Console, language: Language, whole: bool = True) -> None:
        self.console, self.language, self.whole = console, language, whole
        self.told: set[str] = set()

    def say(self, key: str) -> str:
        return say(key, self.language)

    def line(self, text: str, indent: int = 0, style: str = "") -> None:
        self.console.print(Padding(Text(text, style=style), (0, 0, 0, indent)), soft_wrap=False)

    def labelled(self, label: str, text: str, indent: int = 5, style: str = "") -> None:
        """`label  text`, the text hanging to the right of the label."""
        body = Text()
        body.append(f"{label}: ", style="bold")
        body.append(text, style=style)
        self.console.print(Padding(body, (0, 0, 0, indent)))

    def view(self, view: View) -> None:
        self.line(view.title, style="bold")
        self.line(view.as_of, style="dim")
        self.top(view)
        self.past(view)
        for part in view.outcome:
            self.line(part, style="bold yellow")
        for section in view.sections:
            self.heading(section.title)
            for card in section.cards:
                self.card(card)
            if section.remark:
                self.line(section.remark, 2, "dim")
        if view.rest:
            self.console.print()
            self.console.print(Rule(Text(self.say("the_rest")), style="dim", characters="-"))
        for group in view.rest:
            if self.whole:
                self.group(group)
            else:
                self.titles(group)
        self.console.print()
        if view.rest and not self.whole:
            self.line(self.say("all_of_it"))
        for part in view.footer:
            self.line(part, style="dim")

    def top(self, view: View | Sheet) -> None:
        """What comes before everything else: help, and whether the engines may be relied on."""
        if view.help:
            self.labelled(self.say("help"), view.help[0], 0)
            for other in view.help[1:]:
                self.line(other, 2)
        if view.alarm:
            self.line(f"!! {view.alarm}", style="bold red")

    def past(self, view: View | Sheet) -> None:
        if view.past:
            self.heading(self.say("past"))
        for text in view.past:
            self.line(f"- {text}", 2)

    def heading(self, title: str) -> None:
        self.console.print()
        self.line(title.upper(), style="bold reverse" if self.console.color_system else "bold")

    def group(self, group: Group) -> None:
        self.heading(group.title)
        for card in group.cards:
            self.card(card)
        for text in group.lines:
            self.line(f"- {text}", 2)

    def titles(self, group: Group) -> None:
        """A group in short: what is in it, and for what is withheld or needs care, the first reason against it."""
        few = len(group.lines) <= QUESTIONS
        self.heading(group.title if few else f"{group.title}: {len(group.lines)}")
        for text in group.lines if few else ():
            self.line(f"- {self.shortened(text) if group.reference else text}", 2)
        asked = bool(group.cards) and group.cards[0].kind == "data_request"
        shown = group.cards[:QUESTIONS] if asked else group.cards
        for card in shown:
            self.title(card)
            for mark in card.marks:
                self.line(f"* {mark}", 5, "yellow")
            for against in card.against[:1] if card.kind == "withheld" else ():
                self.line(against.why.title, 5)
            if card.parts:
                self.parts(card)
        if group.cards[len(shown) :]:
            self.line(say("more_with_all", self.language, count=len(group.cards) - len(shown)), 2, "dim")

    def shortened(self, text: str) -> str:
        """A long list as far as one reads it, for what is there for reference only."""
        if len(text) <= LISTED:
            return text
        return f"{text[: text.rindex(',', 0, LISTED)]} … ({self.say('rest_with_all')})"

    def card(self, card: Card) -> None:
        self.title(card)
        if card.grave:
            self.line(card.lead, 5, "bold")
        for mark in card.marks:
            self.line(f"* {mark}", 5, "yellow")
        if card.do:
            self.labelled(self.say("do"), card.do)
        self.reasons(card)
        for against in card.against:
            label = f"{self.say('against_it' if card.kind == 'withheld' else 'caution')} ({against.strictness})"
            self.labelled(label, against.do or against.why.title)
            self.line(f"{'; '.join(against.why.facts)}. {self.rule(against.why)}", 7, "dim")
        if card.alternatives:
            self.labelled(self.say("alternatives"), ", ".join(card.alternatives))
        if card.parts:
            self.parts(card)
        for note in card.notes:
            self.line(note, 5, "" if card.grave else "dim")

    def parts(self, card: Card) -> None:
        """What belongs to it: in short by title; in whole with the first reason and every caution of each."""
        care = f" ({self.say('caution')})"
        if not self.whole:
            self.labelled(self.say("parts"), "; ".join(part.title + (care if part.against else "") for part in card.parts))
            return
        self.line(f"{self.say('parts')}:", 5)
        for part in card.parts:
            self.line(f"- {part.title} [{part.lead}]", 5, "bold")
            self.reasons(part)
            for against in part.against:
                self.labelled(f"{self.say('caution')} ({against.strictness})", against.do or against.why.title)

    def title(self, card: Card) -> None:
        sign = {"escalation": "!!", "withheld": "x ", "data_request": "? "}.get(card.kind, "> ")
        title = Text(f"{sign} ")
        title.append(card.title, style="bold red" if card.grave else "bold")
        if card.lead and not card.grave:
            title.append(f"  [{card.lead}]")
        self.console.print(Padding(title, (0, 0, 0, 2)))

    def reasons(self, card: Card) -> None:
        """The first reason; of the others, how many there are. What a rule rests on is said once."""
        for why in card.whys[:1]:
            label = "why_missing" if why.precaution else "for_it" if card.kind == "withheld" else "why"
            if why.rule in self.told:
                self.labelled(self.say(label), self.say("as_above"))
            else:
                self.told.add(why.rule)
                self.labelled(self.say(label), "; ".join(why.facts) or why.title)
                if why.because:
                    self.line(why.because, 5)
            more = f" ({say('settles_more', self.language, count=len(card.whys) - 1)})" if card.whys[1:] else ""
            self.line(self.rule(why) + more, 5, "dim")

    def rule(self, why: Why) -> str:
        return f"{self.say('rule')} {why.rule}; {why.strength}"
