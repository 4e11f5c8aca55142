"""What stands behind each requirement and each row of the clinical brief, and which have nothing behind them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError, field_validator

from engine.artifacts import Component, Parameter, Rule
from engine.base import KnowledgeBase
from engine.dictionary import Model
from engine.errors import Problem, Refused
from engine.pathway import Pathway
from knowledge.cases import cases_of
from knowledge.read import read

FILE = "coverage.yaml"
_TESTED = ("S", "1.2", "6.", "7")  # rows of these sections are met by a scenario or test that names them too
_PROVEN = re.compile(r"[TV]\d\d")  # traps and vignettes: only a scenario or test that names them meets them
_MARKED = re.compile(r"((?:^@pytest\.mark\..+\n)+)(?:async )?def (test_\w+)", re.MULTILINE)
_MARKS = re.compile(r"^@pytest\.mark\.([TV]\d\d)$", re.MULTILINE)
_TAGS = re.compile(r"@(\S+)")
_PAGE = re.compile(r"\{#-? serves: ([\w, -]+?) -?#\}")


class Row(Model):
    """One requirement, or one row of the brief. met_by: the file that meets it; not_encoded: why no rule can."""

    title: str
    met_by: str | None = None
    not_encoded: str | None = None


class Section(Model):
    """A section of the brief. It may be named as a whole, which says nothing about its rows."""

    title: str
    rows: dict[str, Row] = Field(default_factory=dict)

    @field_validator("rows", mode="before")
    @classmethod
    def _short(cls, rows: object) -> object:
        return {key: {"title": row} if isinstance(row, str) else row for key, row in rows.items()} if isinstance(rows, Mapping) else rows


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind one row, by kind."""

    section: str
    id: str
    row: Row
    rules: tuple[str, ...]
    pathways: tuple[str, ...]
    components: tuple[str, ...]
    parameters: tuple[str, ...]
    instruments: tuple[str, ...]
    scenarios: tuple[str, ...]
    tests: tuple[str, ...]
    pages: tuple[str, ...]

    @property
    def encoded(self) -> bool:
        """A component alone does not count, for nothing would ever recommend it; nor does a trap that no test has fallen into."""
        tested = self.scenarios or self.tests
        if _PROVEN.fullmatch(self.id):
            return bool(tested)
        tested = tested if self.section.startswith(_TESTED) else ()
        made = self.rules or self.pathways or self.parameters or self.instruments or self.pages
        return bool(made or self.row.met_by or tested)

    @property
    def gap(self) -> bool:
        return not self.encoded and not self.row.not_encoded


@dataclass(frozen=True)
class Coverage:
    """Every row with what stands behind it."""

    sections: Mapping[str, Section]
    behind: tuple[Behind, ...]

    def of(self, name: str) -> tuple[Behind, ...]:
        """The rows of a section, or the one row of this name."""
        return tuple(item for item in self.behind if name in (item.section, item.id))

    @cached_property
    def totals(self) -> tuple[tuple[str, int, int, int], ...]:
        """Section, rows encoded, rows that no rule can carry, rows."""
        named = [(name, self.of(name)) for name, section in self.sections.items() if section.rows]
        return tuple(
            (name, sum(item.encoded for item in rows), sum(not item.encoded and not item.gap for item in rows), len(rows))
            for name, rows in named
        )


def sections(folder: Path) -> Mapping[str, Section]:
    """The rows there are; raises Refused where the file cannot be read. A folder without the file has none."""
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        return TypeAdapter(dict[str, Section]).validate_python(read(path))
    except ValidationError as error:
        raise Refused(
            Problem(str(path), "coverage-shape", f"{'.'.join(map(str, item['loc']))}: {item['msg']}.", "Mend the row.")
            for item in error.errors(include_url=False, include_input=False)
        ) from error


def coverage_of(base: KnowledgeBase, folder: Path, features: Path, tests: Path, pages: Path) -> Coverage:
    """The matrix. features: folder of the scenarios; tests: of the unit tests; pages: of the templates."""
    found = sections(folder)
    nodes = _nodes(found)
    rules = _citing(((item.id, (*item.brief, *item.serves)) for item in base.rules.values() if item.status != "retired"), nodes)
    pathways = _citing(((item.id, (*_walked(item), *item.serves)) for item in base.pathways.values()), nodes)
    components = _citing(((item.id, (*item.brief, *item.serves)) for item in base.components.values()), nodes)
    parameters = _citing((name, item.brief) for name, item in base.parameters.items())
    instruments = _citing((name, _rows_of(name, found)) for name in base.instruments)
    scenarios = _citing(_scenarios(features))
    marked = _citing(_marked(tests))
    shown = _citing((path.name, _served(path)) for path in sorted(pages.glob("*.html")))
    kinds = (rules, pathways, components, parameters, instruments, scenarios, marked, shown)
    behind = tuple(
        Behind(name, key, row, *(kind.get(key, ()) for kind in kinds))
        for name, section in found.items()
        for key, row in section.rows.items()
    )
    return Coverage(found, behind)


def check_coverage(base: KnowledgeBase, folder: Path) -> Iterator[Problem]:
    """A row that is named exists, and so does the file that is said to meet one."""
    found = sections(folder)
    if not found:
        return
    known = {*found, *(key for section in found.values() for key in section.rows), *_nodes(found)}
    known |= {name[:3] for name in found if name.startswith("P")}
    holders: list[Rule | Component] = [*base.rules.values(), *base.components.values()]
    cited: list[tuple[str, Iterable[str]]] = [(item.id, (*item.brief, *item.serves)) for item in holders]
    cited += [(item.id, (*_walked(item), *item.serves)) for item in base.pathways.values()]
    named: list[tuple[str, Parameter]] = list(base.parameters.items())
    for where, rows in (*cited, *((name, item.brief) for name, item in named)):
        for name in sorted({*rows} - known):
            yield Problem(where, "brief-row-unknown", f"There is no row {name} in {FILE}.", "Correct the name, or add the row.")
    for section in found.values():
        for key, row in section.rows.items():
            if row.met_by and not (folder / row.met_by).is_file():
                yield Problem(key, "coverage-file-missing", f"There is no file {row.met_by}.", "Correct the path.")


def _walked(pathway: Pathway) -> tuple[str, ...]:
    """The rows that a pathway implements, those of its stages included."""
    return (*pathway.brief, *(stage.brief for stage in pathway.stages.values() if stage.brief is not None))


def verification(base: KnowledgeBase) -> Mapping[str, int]:
    """How many rules rest on each kind of verification."""
    return Counter(rule.evidence.verification for rule in base.rules.values())


def case_counts(base: KnowledgeBase, folder: Path) -> Mapping[str, Mapping[str, int]]:
    """For each rule, how many cases expect true, false, unknown."""
    return {
        rule.id: Counter(str(case.expect).lower() for case in cases_of(rule, folder))
        for rule in sorted(base.rules.values(), key=lambda rule: rule.id)
    }


def _nodes(found: Mapping[str, Section]) -> Mapping[str, str]:
    """Nodes of pathways by their short name, where only one row can be meant: O2 is P03b.O2, and D1 is a row of its own."""
    rows = [row for name, section in found.items() if name.startswith("P") for row in section.rows]
    whole = {row for section in found.values() for row in section.rows}
    short = Counter(row.partition(".")[2] for row in rows)
    return {name: row for row in rows if (name := row.partition(".")[2]) not in whole and short[name] == 1}


def _citing(named: Iterable[tuple[str, Iterable[str]]], nodes: Mapping[str, str] | None = None) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, rows in named:
        for row in dict.fromkeys((nodes or {}).get(row, row) for row in rows):
            found.setdefault(row, []).append(name)
    return {row: tuple(names) for row, names in found.items()}


def _rows_of(instrument: str, found: Mapping[str, Section]) -> tuple[str, ...]:
    """The rows an instrument is: ciwa_ar is CIWAAR in the brief, and crafft is CRAFFT21."""
    name = instrument.replace("_", "").upper()
    return tuple(row for section in found.values() for row in section.rows if name in (row, row.rstrip("0123456789")))


def _scenarios(folder: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every scenario as `file: title`, with its tags and those of its feature."""
    for path in sorted(folder.rglob("*.feature")):
        shared: tuple[str, ...] = ()
        tags: tuple[str, ...] = ()
        for line in map(str.strip, path.read_text(encoding="utf-8").splitlines()):
            if line.startswith("@"):
                tags += tuple(_TAGS.findall(line))
            elif line.startswith("Feature:"):
                shared, tags = tags, ()
            elif line.startswith(("Scenario:", "Scenario Outline:", "Example:")):
                yield f"{path.stem}: {line.partition(':')[2].strip()}", (*shared, *tags)
                tags = ()


def _marked(folder: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every test that a mark ties to a trap or vignette, `@pytest.mark.T84`, as `file: test`."""
    for path in sorted(folder.glob("test_*.py")):
        for marks, name in _MARKED.findall(path.read_text(encoding="utf-8")):
            yield f"{path.stem}: {name}", tuple(_MARKS.findall(marks))


def _served(path: Path) -> tuple[str, ...]:
    return tuple(row for part in _PAGE.findall(path.read_text(encoding="utf-8")) for row in re.split(r"[, ]+", part.strip()))
