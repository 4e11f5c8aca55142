"""What is still to find out: the findings that would settle something, most useful first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from engine.artifacts import Rule, Stratum
from engine.base import KnowledgeBase
from engine.decision import DataRequest
from engine.findings import Findings
from engine.judgements import Judgements, of

# What is known of these is in doubt: it is asked again even where no rule waits for it.
DOUBTFUL = ("conflicting", "unit_missing", "unit_impossible", "out_of_range", "wrong_type")
_LISTS = {"condition": "conditions", "medication": "medications", "allergy": "allergies", "event": "events"}


def requests(base: KnowledgeBase, judgements: Judgements, requested: Iterable[tuple[str, Rule]]) -> tuple[DataRequest, ...]:
    """Data requests: by what a rule of the most urgent stratum waits for, then by how many rules wait."""
    waiting: dict[str, dict[str, Rule]] = {}
    seen: dict[str, tuple[str, ...]] = {}
    for rule in base.active:
        if judgements.truths[rule.id] is None and rule.on_unknown != "silent":
            for code in missing(base, judgements, rule, seen):
                waiting.setdefault(code, {})[rule.id] = rule
    required = {code: rule for code, rule in requested if not of(judgements.findings, code).exact}
    for code, rule in required.items():
        waiting.setdefault(code, {})[rule.id] = rule
    doubtful = {
        code for code, finding in judgements.findings.items() if finding.absent in DOUBTFUL and code not in base.ruleset.conclusions
    }
    subjects: dict[tuple[Literal["instrument", "list", "finding"], str], list[str]] = {}
    for code in sorted({*waiting, *doubtful}):
        subjects.setdefault(_subject(base, code, judgements.findings), []).append(code)
    found = [_request(kind, subject, codes, waiting, judgements.findings, required) for (kind, subject), codes in subjects.items()]
    return tuple(sorted(found, key=lambda item: (item.stratum, not item.required, -len(item.settles), item.subject)))


def missing(base: KnowledgeBase, judgements: Judgements, rule: Rule, seen: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """The findings that could settle a rule; a conclusion is traced back to what its own rules miss."""
    for code in judgements.of(rule).missing():
        if code not in base.ruleset.conclusions:
            yield code
            continue
        if code not in seen:
            seen[code] = ()
            open_makers = [maker for maker, _ in base.ruleset.conclusions[code] if judgements.truths[maker.id] is None]
            seen[code] = tuple(dict.fromkeys(item for maker in open_makers for item in missing(base, judgements, maker, seen)))
        yield from seen[code]


def _subject(base: KnowledgeBase, code: str, findings: Findings) -> tuple[Literal["instrument", "list", "finding"], str]:
    """What one asks for to learn this: a whole instrument, the review of a list, or the finding itself."""
    first, _, rest = code.partition(".")
    if first in base.instruments and rest:
        return "instrument", first
    if first in _LISTS and of(findings, code).absent in ("not_reviewed", "not_understood", "stale"):
        return "list", _LISTS[first]
    return "finding", code


def _request(
    kind: Literal["instrument", "list", "finding"],
    subject: str,
    codes: list[str],
    waiting: dict[str, dict[str, Rule]],
    findings: Findings,
    required: dict[str, Rule],
) -> DataRequest:
    rules = {name: rule for code in codes for name, rule in waiting.get(code, {}).items()}
    settles = tuple(sorted(rules.values(), key=lambda rule: (rule.stratum, rule.id)))
    stratum: Stratum = settles[0].stratum if settles else "S6"
    absent = tuple(sorted({of(findings, code).absent or "never_asked" for code in codes}))
    return DataRequest(subject, kind, tuple(codes), absent, settles, stratum, any(code in required for code in codes))
