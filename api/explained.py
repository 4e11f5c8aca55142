"""The explanation of one component laid out for reading: the argument, what is missing, what would change it."""

from __future__ import annotations

from collections.abc import Iterable

from api.arranging import arrange
from api.view import Recorded, Sheet, clean
from api.words import say
from engine.base import KnowledgeBase
from engine.decision import Decision
from engine.dictionary import Language
from engine.document import explanation_document
from engine.explain import Explanation
from engine.narrative import narrate
from engine.wording import question


def arrange_explanation(
    base: KnowledgeBase, decision: Decision, explanation: Explanation, language: Language, journal: Recorded = "not_kept"
) -> Sheet:
    """Lay out the explanation of one component of a decision."""
    whole = arrange(base, decision, language, journal)
    document = clean(explanation_document(base, decision, explanation, language))
    argument = tuple(clean(sentence) for sentence in narrate(base, decision, language, explanation.component.id))
    missing = tuple(dict.fromkeys(_question(base, code, language) for code in explanation.missing))
    groups = (
        (say("changes", language), tuple(_changes(document["changes"], language)) or (say("no_change", language),)),
        (say("missing", language), missing),
        (say("argument", language), argument),
    )
    return Sheet(
        language=language,
        title=say("explain_title", language, component=document["title"]),
        as_of=whole.as_of,
        help=whole.help,
        alarm=whole.alarm,
        standing=say(f"standing_{document['standing']}", language),
        groups=tuple((title, lines) for title, lines in groups if lines),
        footer=whole.footer,
    )


def _question(base: KnowledgeBase, code: str, language: Language) -> str:
    if code in base.ruleset.conclusions:
        return base.dictionary.entries[code].label[language]
    return question(base, code, "finding", language)


def _changes(changes: list[list[dict[str, str]]], language: Language) -> Iterable[str]:
    for together in changes:
        parts = [say("change", language, finding=change["words"], now=change["now"]) for change in together]
        yield f" {say('and_also', language)} ".join(parts)
