"""The detail of a card, in GitHub Flavored Markdown: the same sections in the same order, so that eyes learn where to look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urlsplit

from api.hooks.markdown import link, text
from api.hooks.matter import Matter, leaves_of, premises, rules_of
from api.hooks.phrases import say
from engine.artifacts import Rule
from engine.conditions import Compare
from engine.decision import Reason
from engine.judgements import compare
from engine.terms import word
from engine.wording import date_words, duration_words, finding_words, premise

_MOST = 8  # lines of one section
_MOST_SOURCES = 5


def detail(matter: Matter, lead: Iterable[str], reasons: Sequence[Reason], alternatives: Iterable[str], unknown: Iterable[str] = ()) -> str:
    """lead: lines before the sections, as Markdown. alternatives, unknown: lines as Markdown."""
    language = matter.language
    parts = [*lead]
    for key, lines, otherwise in (
        ("why", _why(matter, reasons), None),
        ("data", _data(matter, reasons), "no_data"),
        ("unknown", [*unknown, *_unknown(matter, reasons)], "nothing_unknown"),
        ("evidence", _evidence(matter, reasons), None),
        ("alternatives", alternatives, "no_alternatives_needed"),
        ("again", _again(matter, reasons), "new_data"),
    ):
        found = list(dict.fromkeys(lines)) or ([text(say(otherwise, language))] if otherwise else [])
        if found:
            parts.append(_section(matter, key, found))
    parts += [text(remark) for remark in remarks(matter)]
    return "\n\n".join(parts)


def _section(matter: Matter, key: str, lines: Sequence[str]) -> str:
    shown = [f"- {line}" for line in lines[:_MOST]]
    if len(lines) > _MOST:
        shown.append(f"- {text(say('more', matter.language, count=len(lines) - _MOST))}")
    return f"**{say(key, matter.language)}**\n\n" + "\n".join(shown)


def section(matter: Matter, key: str, lines: Iterable[str]) -> str:
    """One section by itself."""
    return _section(matter, key, list(lines))


def _why(matter: Matter, reasons: Sequence[Reason]) -> Iterator[str]:
    language = matter.language
    for reason in reasons:
        by = reason.by
        words = by.because[language] if isinstance(by, Rule) else by.title[language]
        note = f" ({text(say('precaution', language))})" if reason.precaution else ""
        yield f"{text(words)}{note} `{reason.reference}`"


def _data(matter: Matter, reasons: Sequence[Reason]) -> Iterator[str]:
    """What is known of all that it rests on: value, date, and the resource that says so."""
    for code in premises(matter, reasons):
        finding = matter.finding(code)
        if finding.low is None or code in matter.base.ruleset.conclusions:
            continue
        words = finding_words(finding, matter.base.dictionary, matter.language, matter.as_of)
        behind = "".join(f" `{item}`" for item in matter.of_finding(code)[:3])
        yield f"{text(words)}{behind}"


def _unknown(matter: Matter, reasons: Sequence[Reason]) -> Iterator[str]:
    """What could not be judged, and the threshold that it would be held to."""
    for leaf in leaves_of(reasons):
        finding = matter.finding(leaf.finding)
        if _open(matter, leaf):
            words = finding_words(finding, matter.base.dictionary, matter.language, matter.as_of)
            wanted = premise(leaf, matter.base.dictionary, matter.language)
            yield f"{text(words)} ({text(say('threshold', matter.language))}: {text(wanted)})"


def _open(matter: Matter, leaf: Compare) -> bool:
    return compare(leaf, matter.finding(leaf.finding)) is None


def _evidence(matter: Matter, reasons: Sequence[Reason]) -> Iterator[str]:
    base, language = matter.base, matter.language
    for rule in rules_of(reasons):
        grade = base.strengths[rule.evidence.strength].label[language]
        cited = "; ".join(_cited(matter, source) for source in rule.evidence.sources[:_MOST_SOURCES])
        yield f"{text(grade)}, {text(say('verified', language, tag=rule.evidence.verification))}: {cited}"


def _cited(matter: Matter, name: str) -> str:
    key, _, place = name.partition("#")
    source = matter.base.sources[key]
    title = f"{source.title} ({source.year})" if source.year else source.title
    title = f"{title}, {place}" if place else title
    return link(title, source.url) if source.url and is_address(source.url) else text(title)


def is_address(url: str | None) -> bool:
    """Whether it may stand as a link: absolute, of the web, and without what would end it."""
    return url is not None and urlsplit(url).scheme in ("https", "http") and not set(url) & set(" <>()\"'`")


def _again(matter: Matter, reasons: Sequence[Reason]) -> Iterator[str]:
    """When the next contact is due, and what goes out of date first."""
    language, plan = matter.language, matter.decision.follow_up
    if plan is not None:
        yield text(say("contact_every", language, time=duration_words(plan.every, language), who=word(plan.with_, language)))
    stale = []
    for code in premises(matter, reasons):
        entry, finding = matter.base.dictionary.entries[code], matter.finding(code)
        if entry.valid_for and finding.at and finding.low is not None:
            stale.append((finding.at + entry.valid_for, entry.label[language]))
    for moment, label in sorted(item for item in stale if item[0] > matter.as_of)[:1]:
        yield text(say("goes_stale", language, what=label, date=date_words(moment, language)))


def remarks(matter: Matter) -> Iterator[str]:
    """What must be said with every card: the demonstration, the notice, the journal, the engines."""
    answer, language = matter.answer, matter.language
    yield say("review", language)
    if answer.kept.state == "unrecorded":
        yield say("unrecorded", language)
    if answer.decision.judgements.agreement == "disagreed":
        yield say("disagreed", language)
    if answer.beside.alarm:
        yield answer.beside.alarm
    yield from answer.beside.remarks
