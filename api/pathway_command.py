"""`tandem pathway`: list the care pathways, and draw one, with a person on it where a record is given."""

from __future__ import annotations

from typing import Annotated

import typer

from api.asking import AsOf, Lang, Out, asked, settings, write
from api.output import put
from api.pathway_drawing import Drawing, render_pathway
from api.vocabulary import suggestion
from engine.base import KnowledgeBase
from engine.errors import Problem, Refused
from engine.pathway import Pathway

pathway = typer.Typer(no_args_is_help=True, help="The care pathways.")


@pathway.command("list")
def list_pathways(lang: Lang = "en") -> None:
    """List the pathways: id and version, stages, transitions, title."""
    pathways = _load().pathways.values()
    put("\n".join(f"{item.reference}\t{len(item.stages)}\t{len(item.transitions)}\t{item.title[lang]}" for item in pathways))


@pathway.command()
def draw(
    name: Annotated[str, typer.Argument(metavar="ID", help="a pathway")],
    record: Annotated[str | None, typer.Option(help="a record as JSON, to show where the person stands; - reads standard input")] = None,
    format: Annotated[Drawing, typer.Option()] = "svg",
    as_of: AsOf = None,
    lang: Lang = "en",
    out: Out = None,
) -> None:
    """Draw a pathway: as a picture, as text, or for Mermaid or a graph editor."""
    if record is None:
        base = _load()
        write(render_pathway(base, _found(base, name), None, lang, format), out)
        return
    with asked(record, as_of) as (service, decision):
        write(render_pathway(service.base, _found(service.base, name), decision, lang, format), out)


def _found(base: KnowledgeBase, name: str) -> Pathway:
    if name not in base.pathways:
        do = suggestion(name, sorted(base.pathways)) or "`tandem pathway list` lists them."
        raise Refused([Problem("ID", "pathway-unknown", "There is no such pathway in this release.", do)])
    return base.pathways[name]


def _load() -> KnowledgeBase:
    from knowledge.load import load  # noqa: PLC0415

    return load(settings().knowledge)
