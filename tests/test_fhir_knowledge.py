"""The knowledge as FHIR: sound by two checkers, CQL that means what the rules mean, and searching as R4 has it."""

from __future__ import annotations

import json
import random
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import fhir_checks
import nodejs
import pytest
from asgi import Client, serving

from adapters.fhir.writing import cql
from adapters.fhir.writing.canonical import Publishing, fhir_id
from adapters.fhir.writing.catalogue import Catalogue
from adapters.fhir.writing.measures import windows
from adapters.fhir.writing.questionnaires import questionnaire_name
from engine.conditions import leaves
from engine.findings import Finding, Findings, exactly
from engine.judgements import infer, judge
from knowledge.load import load

SITE = Publishing(load(), "https://tandem.example/fhir")
CATALOGUE = Catalogue(SITE)
ALL = [item for kind in CATALOGUE.by_kind.values() for item in kind.values()]
Results = list[dict[str, bool | None]]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(tmp_path_factory.mktemp("fhir")) as (client, _):
        yield client


def test_everything_published_is_sound() -> None:
    assert fhir_checks.wrong(ALL) == []


def test_the_checkers_can_fail() -> None:
    rule = next(iter(CATALOGUE.by_kind["PlanDefinition"].values()))
    assert fhir_checks.by_schema(rule | {"status": "approved"})
    assert fhir_checks.by_schema(rule | {"invented": True})
    two = {"resourceType": "RequestGroup", "status": "draft", "intent": "proposal"}
    both = {"title": "x", "resource": {"reference": "Task/1"}, "action": [{"title": "y", "resource": {"reference": "Task/2"}}]}
    missing = {key: value for key, value in rule.items() if key != "status"}
    loose = {"resourceType": "CarePlan", "status": "draft", "intent": "plan", "subject": {"reference": "Device/1"}}
    told = fhir_checks.by_definitions([two | {"action": [both]}, missing, loose])
    assert [("rqg-1" in str(told[0])), bool(told[1]), "Invalid reference" in str(told[2])] == [True, True, True]


def test_every_canonical_leads_to_something_published() -> None:
    known = {f"{item['url']}|{item['version']}" for item in ALL}
    named = {value for item in ALL for value in canonicals(item)}
    assert named <= known
    assert known - named == {f"{SITE.root}/Library/tandem-release|{SITE.version}"}, "only the list of all is not named anywhere"


def canonicals(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for part in value:
            yield from canonicals(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            if key in ("definitionCanonical", "resource") and isinstance(part, str):
                yield part
            elif key == "library":
                yield from part
            else:
                yield from canonicals(part)


def test_ids_are_legal_and_their_own() -> None:
    names = [*SITE.base.rules, *SITE.base.components, *SITE.base.pathways, "a" * 64, "a" * 65, "a" * 66, "ü" * 3, "ö" * 3]
    assert all(0 < len(fhir_id(name)) <= 64 for name in names)
    assert len({fhir_id(name) for name in names}) == len(set(names))
    assert (
        len(ALL)
        == len(SITE.base.rules)
        + len(SITE.base.components)
        + len(SITE.base.pathways)
        + len(SITE.base.instruments)
        + len(windows(SITE.base))
        + 5
    )


def test_nothing_published_orders_or_claims_approval() -> None:
    assert {item["intent"] for item in CATALOGUE.by_kind["ActivityDefinition"].values() if "intent" in item} == {"proposal"}
    assert not any("dosage" in item for item in ALL)
    assert not any("approvalDate" in item for item in ALL)
    assert all(item["experimental"] for item in ALL)


def test_no_wording_of_an_instrument_is_published_that_may_not_be() -> None:
    for instrument in SITE.base.instruments.values():
        published = CATALOGUE.by_kind["Questionnaire"][questionnaire_name(instrument)]
        labels = [item.label["en"] for item in instrument.items] + (["Total"] if instrument.score == "sum" else [])
        assert [item["text"] for item in published["item"]] == labels
        assert published["copyright"] == instrument.licence


def library_text() -> str:
    content = CATALOGUE.by_kind["Library"][cql.LIBRARY]["content"][0]
    return b64decode(content["data"]).decode()


def translated(given: dict[str, Any]) -> dict[str, Any]:
    """What the translator says; its own libraries print a line before."""
    found: dict[str, Any] = json.loads(nodejs.run("cql.mjs", json.dumps(given)).splitlines()[-1])
    return found


def drawn(rng: random.Random, share: float) -> tuple[Findings, dict[str, Any]]:
    """What is known of some findings, as the engine and as CQL take it. A range is null to CQL."""
    known: dict[str, Finding] = {}
    parameters: dict[str, Any] = {}
    for code in sorted(SITE.base.read - SITE.base.ruleset.conclusions.keys()):
        if rng.random() > share:
            continue
        entry = SITE.base.dictionary.entries[code]
        low, high = entry.bounds
        near = [bound for bound in (low, high, *THRESHOLDS.get(code, ())) if low <= bound <= high]
        number = rng.choice(near)
        if rng.random() < 0.15 and number < high:
            known[code] = Finding(code, number, high, "partial")
        else:
            known[code] = exactly(code, number)
            parameters[code] = entry.decode(number)
    return known, parameters


THRESHOLDS = {
    code: sorted({number for leaf in found for number in (leaf.bounds[0] - 1, leaf.bounds[0], leaf.bounds[0] + 1)})
    for code, found in (
        (code, [leaf for rule in SITE.base.active for leaf in leaves(rule.when) if leaf.finding == code])
        for code in sorted(SITE.base.read - SITE.base.ruleset.conclusions.keys())
    )
}


def test_cql_means_what_the_rules_mean() -> None:
    """The reference translator takes all of it, and another program that runs it gives the engine's own verdicts, unknown included."""
    rng = random.Random(20261126)
    cases = [({}, {}), *(drawn(rng, share) for share in (0.05, 0.2, 0.5, 0.8, 1.0) for _ in range(4))]
    answer = translated({"text": library_text(), "cases": [given for _, given in cases]})
    assert answer["errors"] == []
    exact, truths = 0, set()
    for (known, given), results in zip(cases, answer["results"], strict=True):
        judged = infer(SITE.base.ruleset, known)
        ours: dict[str, bool | None] = {rule.reference: judged.truths[rule.id] for rule in SITE.base.active}
        for pathway in SITE.base.pathways.values():
            ours |= {name: judge(guard, judged.findings).truth for name, guard in cql.guards(pathway)}
        assert ours.keys() <= results.keys()
        wrong = [name for name, truth in ours.items() if results[name] not in (truth, None)]
        assert wrong == [], "what CQL says is never another verdict"
        if len(known) == len(given):  # nothing is known as a range only
            assert [name for name, truth in ours.items() if results[name] is not truth] == []
            exact += 1
        truths |= set(results.values())
    assert exact
    assert truths == {True, False, None}


def test_every_condition_is_cql_over_the_library() -> None:
    """Each expression as it stands in a resource, put into a library that includes ours."""
    texts = dict.fromkeys(text for item in ALL for text in expressions(item))
    assert len(texts) > 900
    defines = "".join(f'define "e{number}": {text}\n' for number, text in enumerate(texts))
    included = f"include {cql.LIBRARY} version '{SITE.version}' called {cql.LIBRARY}"
    text = f"library Conditions version '1'\n{included}\ncontext Unfiltered\n{defines}"
    given = {"text": text, "includes": {cql.LIBRARY: library_text()}, "cases": []}
    assert translated(given)["errors"] == []


@pytest.mark.parametrize("wrong", ["missing >= 1", "n >= 'one'", "n >= ", '"n'])
def test_the_translator_can_fail(wrong: str) -> None:
    text = f"library Broken version '1'\nparameter n Integer\ncontext Unfiltered\ndefine bad: {wrong}\n"
    assert translated({"text": text, "cases": []})["errors"] != []


def expressions(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for part in value:
            yield from expressions(part)
    elif isinstance(value, dict):
        if value.get("language") == "text/cql":
            yield value["expression"]
        for part in value.values():
            yield from expressions(part)


def test_what_is_declared_is_what_is_there(client: Client) -> None:
    statement = client.get("/fhir/metadata").json()
    assert fhir_checks.wrong([statement]) == []
    for resource in statement["rest"][0]["resource"]:
        interactions = {item["code"] for item in resource["interaction"]}
        assert (client.get(f"/fhir/{resource['type']}?_count=1").status_code == 200) == ("search-type" in interactions)
        if "read" in interactions:
            one = client.get(f"/fhir/{resource['type']}?_count=1").json()["entry"][0]["resource"]
            read = client.get(f"/fhir/{resource['type']}/{one['id']}", headers={"if-none-match": "*"})
            assert (read.status_code == 304) == (resource["conditionalRead"] == "not-match")
            assert ("versionId" in one["meta"]) == (resource["versioning"] == "versioned")
        for parameter in resource.get("searchParam", ()):
            answer = client.get(f"/fhir/{resource['type']}?{parameter['name']}=x", headers={"prefer": "handling=strict"})
            assert answer.status_code == 200, parameter["name"]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("_id=phq9", ["phq9"]),
        ("_id=phq9,gad7", ["gad7", "phq9"]),
        ("_id=phq9&_id=gad7", []),
        ("url=http://127.0.0.1:8000/fhir/Questionnaire/phq9", ["phq9"]),
        ("identifier=phq9", ["phq9"]),
        ("identifier=http://127.0.0.1:8000/fhir/Questionnaire|phq9", ["phq9"]),
        ("identifier=http://elsewhere|phq9", []),
        (f"title=phq-9&version={SITE.base.instruments['phq9'].version}", ["phq9"]),
        ("title:exact=phq-9", []),
        ("title:contains=HQ-9", ["phq9"]),
        ("name=Phq9", ["phq9"]),
        ("status=draft", []),
        ("status=retired,active&_id=phq9", ["phq9"]),
    ],
)
def test_search(client: Client, query: str, ids: list[str]) -> None:
    answer = client.get(f"/fhir/Questionnaire?{query}").json()
    assert sorted(entry["resource"]["id"] for entry in answer.get("entry", ()) if entry["resource"]["id"] in ("phq9", "gad7")) == ids
    assert answer["total"] == len(answer.get("entry", ())) == len(ids)
    assert fhir_checks.by_schema(answer) == []
    first, _, rest = query.partition("&")
    for address, form in (("", query), (f"?{query}", ""), (f"?{first}", rest)):
        assert client.post(f"/fhir/Questionnaire/_search{address}", form.encode(), headers=FORM).json() == answer, "the same by a form"


FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("form", "headers", "status"),
    [
        (b"_id=phq9&_format=json", {"accept": "text/html"}, 200),
        (b"_id=phq9&_format=application/fhir%2Bxml", {}, 406),
        (b"colour=red", {"prefer": "handling=strict"}, 400),
        (b"_count=x", {}, 400),
        (b"_count=1&_count=1", {}, 400),
        (b"_format=json&_format=xml", {}, 406),
        (b"&".join([b"_id=a"] * 101), {}, 400),
        (b"\xff\xfe=%zz", {}, 200),
        (b"_id=" + b"a" * 17_000, {}, 413),
        (b'{"_id": "phq9"}', {"content-type": "application/json"}, 415),
    ],
)
def test_a_search_by_a_form_that_cannot_be_used(client: Client, form: bytes, headers: dict[str, str], status: int) -> None:
    answer = client.post("/fhir/Questionnaire/_search", form, headers=FORM | headers)
    assert answer.status_code == status
    assert answer.json()["resourceType"] == ("Bundle" if status == 200 else "OperationOutcome")


def test_what_somebody_has_is_not_sent_again(client: Client) -> None:
    first = client.get("/fhir/Questionnaire/phq9")
    tag, version = first.headers["etag"], first.json()["meta"]["versionId"]
    assert (tag, first.headers["cache-control"]) == (f'W/"{version}"', "no-cache")
    assert client.get("/knowledge").json()["digest"].removeprefix("sha256:").startswith(version)
    for held in (tag, f'"{version}"', f'W/"other", {tag}', "*"):
        again = client.get("/fhir/Questionnaire/phq9", headers={"if-none-match": held})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    for held in ('W/"other"', version, ""):
        assert client.get("/fhir/Questionnaire/phq9", headers={"if-none-match": held}).json() == first.json()
    assert client.get("/fhir/Questionnaire/none", headers={"if-none-match": "*"}).status_code == 404
    parts = client.get("/fhir/Questionnaire?_id=phq9&_summary=true").json()["entry"][0]["resource"]
    assert parts["meta"]["versionId"] == version


def test_pages_together_are_the_whole_and_each_once(client: Client) -> None:
    seen: list[str] = []
    path: str | None = "/fhir/ActivityDefinition?_count=50"
    while path:
        page = client.get(path).json()
        assert page["total"] == len(SITE.base.components)
        seen += [entry["resource"]["id"] for entry in page["entry"]]
        links = {link["relation"]: link["url"] for link in page["link"]}
        assert client.get(_path(links["self"])).json() == page, "a link is stable"
        path = _path(links["next"]) if "next" in links else None
    assert sorted(seen) == sorted(set(seen)) == sorted(SITE.base.components)


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def test_a_link_of_another_release_is_refused(client: Client) -> None:
    refused = client.get("/fhir/Questionnaire?_page=20-00000000")
    assert refused.status_code == 400
    assert "page-gone" in refused.text


def test_an_unknown_parameter_is_refused_when_asked_for(client: Client) -> None:
    strict = client.get("/fhir/Questionnaire?colour=red", headers={"prefer": "return=minimal, handling=strict"})
    assert strict.status_code == 400
    assert "parameter-unknown" in strict.text
    lenient = client.get("/fhir/Questionnaire?colour=red&_id=phq9").json()
    assert lenient["total"] == 1
    assert "colour" not in lenient["link"][0]["url"]
    assert [entry["search"]["mode"] for entry in lenient["entry"]] == ["match", "outcome"]
    assert fhir_checks.wrong([lenient]) == []


@pytest.mark.parametrize("query", ["_count=-1", "_count=x", "_count=١", "_summary=no", "_page=x", "_page=-1-cd18c826"])
def test_what_cannot_be_used_is_refused(client: Client, query: str) -> None:
    assert client.get(f"/fhir/Questionnaire?{query}").status_code == 400


@pytest.mark.parametrize("kind", ["PlanDefinition", "ActivityDefinition", "Library", "Questionnaire", "Measure"])
def test_parts_of_resources_say_that_they_are_parts(client: Client, kind: str) -> None:
    parts: list[dict[str, Any]] = []
    for query in ("_summary=true", "_elements=title", "_summary=text"):
        page = client.get(f"/fhir/{kind}?{query}&_count=3").json()
        parts += [entry["resource"] for entry in page["entry"]]
    assert {part["meta"]["tag"][0]["code"] for part in parts} == {"SUBSETTED"}
    assert fhir_checks.wrong(parts) == []
    assert "entry" not in client.get(f"/fhir/{kind}?_summary=count").json()


def test_forms(client: Client) -> None:
    assert client.get("/fhir/Questionnaire/phq9").headers["content-type"] == "application/fhir+json; charset=utf-8"
    assert client.get("/fhir/Questionnaire/phq9?_format=application/fhir%2Bxml").status_code == 406
    assert client.get("/fhir/Questionnaire/phq9", headers={"accept": "application/fhir+xml"}).status_code == 406
    assert client.get("/fhir/Questionnaire/phq9?_format=json", headers={"accept": "text/html"}).status_code == 200
    assert client.get("/fhir/Questionnaire/none").status_code == 404


def test_at_another_address(tmp_path: Path) -> None:
    with serving(tmp_path, public_url="https://cds.example.org/") as (client, _):
        found = client.get("/fhir/Questionnaire/phq9").json()
        assert found["url"] == "https://cds.example.org/fhir/Questionnaire/phq9"
