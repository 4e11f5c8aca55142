"""The coverage of requirements and of the clinical brief, as lines, as a table and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from engine.base import KnowledgeBase
from knowledge.coverage import Behind, Coverage, case_counts, verification

KINDS = ("rules", "pathways", "components", "parameters", "instruments", "scenarios", "pages")


def summary_rows(base: KnowledgeBase, found: Coverage) -> Iterator[tuple[str, ...]]:
    """One line a section, then the totals, then how the rules were verified."""
    for name, encoded, excused, rows in found.totals:
        yield name, f"{encoded}/{rows}", f"{excused} not for a rule" if excused else "", found.sections[name].title
    for name, asked in (("requirements", True), ("brief", False)):
        counts = [total[1:] for total in found.totals if total[0].startswith("S") is asked]
        encoded, excused, rows = (sum(column) for column in zip(*counts, strict=True))
        yield name, f"{encoded}/{rows}", f"{excused} not for a rule", f"{100 * (encoded + excused) / max(rows, 1):.1f} %"
    counted = verification(base)
    for tag in sorted(counted):
        yield f"rules [{tag}]", str(counted[tag]), "", f"{100 * counted[tag] / len(base.rules):.1f} %"


def gap_rows(found: Coverage, name: str | None) -> Iterator[tuple[str, ...]]:
    """The rows with nothing behind them; what there is of it besides."""
    for item in _chosen(found, name):
        if item.gap:
            yield item.section, item.id, "component only" if item.components else "empty", item.row.title


def row_lines(found: Coverage, name: str) -> Iterator[str]:
    """Each row of a section, with everything that stands behind it."""
    for item in _chosen(found, name):
        yield f"{item.id}  {item.row.title}"
        for kind, names in _behind(item).items():
            yield f"  {kind}: {', '.join(names)}"
        if item.gap:
            yield "  (empty)"


def as_document(base: KnowledgeBase, found: Coverage, folder: Path, name: str | None) -> str:
    """Everything, for a program."""
    rows = [
        {"section": item.section, "id": item.id, "title": item.row.title, "encoded": item.encoded, "gap": item.gap, **_behind(item)}
        for item in _chosen(found, name)
    ]
    sections = [{"section": part, "encoded": encoded, "not_encoded": no, "rows": count} for part, encoded, no, count in found.totals]
    cases = {rule: dict(counts) for rule, counts in case_counts(base, folder).items()}
    return json.dumps({"rows": rows, "sections": sections, "verification": dict(verification(base)), "cases": cases}, indent=1)


def _chosen(found: Coverage, name: str | None) -> tuple[Behind, ...]:
    return found.behind if name is None else found.of(name)


def _behind(item: Behind) -> Mapping[str, tuple[str, ...]]:
    said = {"met_by": item.row.met_by, "not_encoded": item.row.not_encoded}
    named: dict[str, tuple[str, ...]] = {kind: getattr(item, kind) for kind in KINDS if getattr(item, kind)}
    return named | {key: (value,) for key, value in said.items() if value}
