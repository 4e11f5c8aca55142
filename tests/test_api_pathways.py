"""Care plans and care pathways as a client sees them: forms, what changed, refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest
from asgi import Client, serving
from test_api import refusal

from adapters.drawing import draw_pathway, graphml, mermaid
from api.plan_schema import PlanDocument
from engine.dictionary import LANGUAGES, Language
from knowledge.load import load

ROOT = Path(__file__).parent.parent
RECORD = (ROOT / "examples" / "aftercare-early-warning.json").read_bytes()
AS_OF = {"as_of": "2026-11-23T16:00:00Z"}
BASE = load()
PATHWAYS = sorted(BASE.pathways)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(tmp_path_factory.mktemp("data")) as (opened, _):
        yield opened


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_record_goes_in_and_one_plan_comes_out_with_what_changed(client: Client, language: Language) -> None:
    response = client.post("/plan", RECORD, params={**AS_OF, "since": "2026-11-01T16:00:00Z", "lang": language})
    assert response.status_code == 200
    plan = PlanDocument.model_validate(response.json())
    assert plan.team[0].role == "care_manager"
    assert [entry.at for entry in plan.calendar] == sorted(entry.at for entry in plan.calendar)
    assert plan.changes
    assert any(change.kind == "stage" and change.why for change in plan.changes)
    assert PlanDocument.model_validate(client.post("/plan", RECORD, params={**AS_OF, "lang": language}).json()).changes is None


def test_the_plan_is_read_on_a_page_and_in_a_terminal(client: Client) -> None:
    goal = json.loads(RECORD)["goals"][0]["text"]
    for form, kind in (("html", "text/html"), ("text", "text/plain")):
        response = client.post("/plan", RECORD, params={**AS_OF, "since": "2026-11-01T16:00:00Z", "format": form})
        assert response.headers["content-type"].startswith(kind)
        assert goal[:20] in response.text
        assert "988" in response.text  # help at any hour stands on every page
        assert "What changed since 1 Nov 2026".casefold() in response.text.casefold()


def test_every_pathway_is_listed_and_drawn(client: Client) -> None:
    assert [item["id"] for item in client.get("/pathways").json()["pathways"]] == list(BASE.pathways)
    for form, kind in (
        ("svg", "image/svg+xml"),
        ("text", "text/plain"),
        ("mermaid", "text/vnd.mermaid"),
        ("graphml", "application/graphml+xml"),
    ):
        response = client.get(f"/pathways/{PATHWAYS[0]}", params={"format": form})
        assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (200, kind)


def test_the_person_is_shown_on_the_pathway_with_the_road_taken(client: Client) -> None:
    told = client.post("/pathways/telehealth-aftercare", RECORD, params={**AS_OF, "format": "text"}).text
    assert "The person is here: “Early-warning signs: adjust the plan, think of more care”" in told
    assert "The road taken now: early-warning signs" in told
    drawn = client.post("/pathways/telehealth-aftercare", RECORD, params=AS_OF).text
    assert "● here" in drawn


def test_what_cannot_be_asked_is_refused_with_what_there_is(client: Client) -> None:
    (problem,) = refusal(client.get("/pathways/telehealth-aftercar"), 404, "pathway-unknown")
    assert problem["do"] == "Did you mean `telehealth-aftercare`?"
    refusal(client.post("/pathways/nowhere", RECORD), 404, "pathway-unknown")
    refusal(client.post("/plan", RECORD, params={"since": "yesterday"}), 400, "request-refused")
    refusal(client.post("/plan", RECORD, params={"format": "svg"}), 400, "request-refused")
    refusal(client.post("/plan", b"{}", headers={"content-type": "text/plain"}), 415, "media-type")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PATHWAYS)
def test_every_picture_is_accessible_and_holds_every_stage(name: str, language: Language) -> None:
    pathway = BASE.pathways[name]
    root = ElementTree.fromstring(draw_pathway(BASE, pathway, language))
    assert root.get("role") == "graphics-document document"
    assert root.get("lang") == language
    (title,) = root.findall(f"{SVG}title")
    assert title.text == pathway.title[language]
    said = [box.findtext(f"{SVG}title") or "" for box in root.iter(f"{SVG}g") if box.get("tabindex") == "0"]
    for stage in pathway.stages.values():
        assert any(stage.title[language] in words for words in said)
    twin = root.findtext(f"{SVG}desc") or ""
    assert all(step.title[language] in twin for step in pathway.transitions)


@pytest.mark.parametrize("name", PATHWAYS)
def test_a_graph_editor_reads_the_same_graph(name: str) -> None:
    pathway = BASE.pathways[name]
    read = nx.parse_graphml(graphml(BASE, pathway, "en"))
    assert set(read.nodes) == set(pathway.stages)
    assert read.nodes[pathway.start]["start"] is True
    assert all(data["when"] for *_, data in read.edges(data=True))
    assert len(mermaid(pathway, "en").splitlines()) > len(pathway.stages) + len(pathway.transitions)
