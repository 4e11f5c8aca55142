"""`tandem knowledge`: check, list and show what the decisions rest on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from adapters.units import convert
from api.output import put
from api.settings import read_settings
from api.vocabulary import Vocabulary, suggestion
from api.words import texts
from engine.artifacts import Rule
from engine.base import KnowledgeBase
from engine.dictionary import Entry, Language
from engine.errors import Problem, Refused
from engine.wording import sentence

knowledge = typer.Typer(no_args_is_help=True, help="The rules and what they rest on.")
Lang = Annotated[Language, typer.Option(help="the language of everything in words")]
_HEADINGS: dict[Language, dict[str, str]] = {
    "en": {
        "when": "When",
        "because": "Because",
        "unknown": "While unknown",
        "evidence": "Evidence",
        "cases": "Cases",
        "review": "Review by",
        "indications": "Rules that recommend it",
        "contraindications": "Rules that avoid it",
    },
    "es": {
        "when": "Cuando",
        "because": "Porque",
        "unknown": "Si no se sabe",
        "evidence": "Evidencia",
        "cases": "Casos",
        "review": "Revisar antes de",
        "indications": "Reglas que lo recomiendan",
        "contraindications": "Reglas que lo evitan",
    },
}


@knowledge.command()
def check() -> None:
    """Check the whole knowledge base; every mistake and every gap is named with its place. Ends with code 1 when there is one."""
    from knowledge.check import check as problems_of  # noqa: PLC0415
    from knowledge.check import due  # noqa: PLC0415
    from knowledge.completeness import incomplete  # noqa: PLC0415
    from knowledge.language import check_words, lint_of  # noqa: PLC0415

    base, settings, today = _load(), read_settings(os.environ), datetime.now(UTC).date()
    units = (
        entry
        for entry in base.dictionary.entries.values()
        if entry.unit and not entry.unit.startswith("{") and convert(1.0, entry.unit, entry.unit) is None
    )
    unknown = [Problem(entry.code, "unit-unknown", f"{entry.unit} is no UCUM unit.", "Correct it.") for entry in units]
    spoken = check_words(lint_of(base, settings.knowledge), "api/words", texts())
    problems = (*problems_of(base, settings.knowledge, today), *unknown, *spoken, *incomplete(base))
    for item in problems:
        typer.echo(f"{item.where}: {item.what} {item.do} [{item.code}]", err=True)
    for name in due(base, today):
        typer.echo(f"{name}: Review comes due soon. [review-due]", err=True)
    if problems:
        raise typer.Exit(1)
    put(f"Release {base.release.id}: {len(base.rules)} rules, {len(base.components)} components, nothing to mend.")


@knowledge.command("list")
def list_rules(lang: Lang = "en", components: Annotated[bool, typer.Option(help="the catalogue of components instead")] = False) -> None:
    """List the rules, most urgent stratum first, or the components."""
    base = _load()
    if components:
        _table((item.id, item.kind, item.title[lang]) for item in base.components.values())
    else:
        rules = sorted(base.rules.values(), key=lambda rule: (rule.stratum, rule.id))
        _table((rule.stratum, rule.reference, rule.status, rule.title[lang]) for rule in rules)


@knowledge.command()
def show(
    name: Annotated[str, typer.Argument(help="the id of a rule, or `component`")],
    component: Annotated[str | None, typer.Argument(help="after `component`, its id")] = None,
    lang: Lang = "en",
) -> None:
    """Show one rule in words, with its evidence and its cases; or `show component ID`: what it is, and which rules speak of it."""
    base, folder = _load(), read_settings(os.environ).knowledge
    if component is not None and name == "component":
        put("\n".join(_component_lines(base, component, lang)))
        return
    found = base.rules.get(name)
    if found is None or component is not None:
        do = suggestion(name, sorted(base.rules)) or "`tandem knowledge list` lists them."
        raise Refused([Problem("RULE", "rule-unknown", "There is no such rule in this release.", do)])
    paths = sorted(folder.glob(f"rules/*/{found.id}.yaml"))
    head = f"{found.reference} ({found.stratum}, {found.status})\n{found.title[lang]}\n"
    parts = [f"{_HEADINGS[lang][heading]}: {text}" for heading, text in _parts(found, base, lang)]
    put("\n".join([head, *parts, *map(str, paths)]))


def _component_lines(base: KnowledgeBase, name: str, language: Language) -> Iterable[str]:
    """What a component is, how it is done, and the rules that recommend or avoid it, as sentences."""
    from api.delivered import details  # noqa: PLC0415

    component = base.components.get(name)
    if component is None:
        do = suggestion(name, sorted(base.components)) or "`tandem knowledge list --components` lists them."
        raise Refused([Problem("COMPONENT", "component-unknown", "It is not in the catalogue.", do)])
    yield f"{component.id}@{component.version} ({component.kind})\n{component.title[language]}\n{component.summary[language]}\n"
    yield from (f"{label}: {text}" for label, text in details(base, component, language))
    stages = [
        f"{path.id}: {stage.title[language]}"
        for path in base.pathways.values()
        for stage in path.stages.values()
        if name in stage.recommend
    ]
    spoken: tuple[tuple[str, Mapping[str, tuple[Rule, ...]], list[str]], ...] = (
        ("indications", base.recommending, stages),
        ("contraindications", base.avoiding, []),
    )
    for heading, rules, more in spoken:
        sentences = [*(_because(rule, base, language) for rule in rules.get(name, ())), *more]
        yield f"\n{_HEADINGS[language][heading]}: {len(sentences)}"
        yield from (f"- {said}" for said in sentences)


def _because(rule: Rule, base: KnowledgeBase, language: Language) -> str:
    return f"{rule.title[language]}. {_HEADINGS[language]['when']}: {sentence(rule.when, base.dictionary, language)}. ({rule.reference})"


def _parts(rule: Rule, base: KnowledgeBase, language: Language) -> Iterable[tuple[str, str]]:
    from knowledge.cases import cases_of  # noqa: PLC0415

    evidence = rule.evidence
    sources = "; ".join(f"{key}: {base.sources[key.partition('#')[0]].title}" for key in evidence.sources)
    yield "when", f"{sentence(rule.when, base.dictionary, language)}."
    yield "because", rule.because[language]
    yield "unknown", rule.on_unknown
    yield "evidence", f"{base.strengths[evidence.strength].label[language]}; {sources} [{evidence.verification}]"
    yield "review", f"{rule.review_by} ({rule.owner})"
    cases = cases_of(rule, read_settings(os.environ).knowledge)
    yield "cases", "".join(f"\n  {str(case.expect).lower():7}  {case.name}" for case in cases)


@knowledge.command()
def coverage(
    row: Annotated[str | None, typer.Argument(help="a section of the brief, a row or a requirement: what stands behind it")] = None,
    gaps: Annotated[bool, typer.Option("--gaps", help="only rows with nothing behind them")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="everything, for a program")] = False,
    features: Annotated[Path, typer.Option(help="the folder of the scenarios")] = Path("features"),
    tests: Annotated[Path, typer.Option(help="the folder of the unit tests")] = Path("tests"),
) -> None:
    """Show what stands behind each requirement and each row of the clinical brief, and how much is still empty."""
    from api.covered import as_document, gap_rows, row_lines, summary_rows  # noqa: PLC0415
    from knowledge.coverage import coverage_of  # noqa: PLC0415

    base, folder = _load(), read_settings(os.environ).knowledge
    found = coverage_of(base, folder, features, tests, Path(__file__).parent / "web")
    if row is not None and row not in found.sections and not found.of(row):
        raise Refused([Problem("ROW", "row-unknown", "There is no such section, row or requirement.", "Without it, all are listed.")])
    if as_json:
        put(as_document(base, found, folder, row))
    elif gaps:
        _table(gap_rows(found, row), empty="Nothing is empty.")
    elif row is not None:
        put("\n".join(row_lines(found, row)))
    else:
        _table(summary_rows(base, found))


@knowledge.command()
def bands(gaps: Annotated[bool, typer.Option("--gaps", help="only runs without a rule, between two that have one")] = False) -> None:
    """Show how the rules of each topic divide a number between them, and where they leave a gap."""
    from knowledge.overlap import bands as bands_of  # noqa: PLC0415

    base, folder = _load(), read_settings(os.environ).knowledge
    topics = {path.stem: path.parent.name for path in folder.glob("rules/*/*.yaml")}
    found = (band for band in bands_of(base, topics) if band.gap or not gaps)
    _table((band.topic, band.finding, band.values, "GAP" if band.gap else ", ".join(band.rules)) for band in found)


@knowledge.command()
def dictionary(
    lang: Lang = "en",
    all: Annotated[bool, typer.Option("--all", help="also what is computed and cannot be sent")] = False,
    uncoded: Annotated[bool, typer.Option("--uncoded", help="instead, what has no LOINC, SNOMED CT, ICD-10-CM or RxNorm code yet")] = False,
) -> None:
    """List the finding codes that a record may hold, with type, unit and range."""
    from knowledge.completeness import uncoded as without_code  # noqa: PLC0415

    base = _load()
    if uncoded:
        _table(without_code(base))
        return
    sendable = Vocabulary(base).facts
    entries = [entry for code, entry in sorted(base.dictionary.entries.items()) if all or code in sendable]
    _table((entry.code, entry.type, _values(entry), entry.unit or "", entry.label[lang]) for entry in entries)


def _values(entry: Entry) -> str:
    return "true false" if entry.type == "boolean" else " ".join(entry.values) or " to ".join(f"{end:g}" for end in entry.bounds)


def _load() -> KnowledgeBase:
    from knowledge.load import load  # noqa: PLC0415

    settings = read_settings(os.environ)
    return load(settings.knowledge, settings.overlay)


def _table(rows: Iterable[tuple[str, ...]], empty: str = "") -> None:
    """Columns that also cut and grep well: separated by tabs when they are read by a program, aligned when by a person."""
    table = list(rows) or [(empty,)]
    if sys.stdout.isatty():
        widths = [max(len(row[column]) for row in table) for column in range(len(table[0]) - 1)]
        lines = ["  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in table]
    else:
        lines = ["\t".join(row) for row in table]
    put("\n".join(lines))
