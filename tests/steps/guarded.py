"""Who asks, what they may learn, and how the service stands up for both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asgi import Client, serving
from known import Known
from pytest_bdd import given, parsers, then, when

from steps.chart import Chart
from steps.words import AS_OF, code, moment, stamp

PATIENT = "p-1"
PART2 = {"programme": "northside-otp", "part2": True}
CONSENT: dict[str, Any] = {
    "categories": ["part2"],
    "discloser": "Northside OTP",
    "recipient": "City Hospital",
    "purposes": ["treatment"],
    "signed_by": "patient",
    "signature": "signed on paper",
    "signed_at": "2026-11-20T10:00:00Z",
    "ends_when": "treatment ends",
    "told_of_right_to_revoke": True,
}
_STATES = {"Washington": "WA", "Texas": "TX", "Nebraska": "NE"}
_OWN = {"City Hospital": {"organisation": "City Hospital"}, "the programme": {"organisation": "Northside", "programmes": ["northside-otp"]}}


class Guarded:
    """A service, those who ask it, and its last answer."""

    def __init__(self, client: Client) -> None:
        self.client, self.answers, self.consent = client, [], ""
        self.hidden: set[str] = set()

    def who(self, name: str) -> Known:
        role = "ehr_client" if name in _OWN else code(name)
        own = {"patient": PATIENT} if role == "patient" else {}
        found = Known(self.client, role, **own, **_OWN.get(name, {}))  # type: ignore[arg-type]
        if role == "care_manager":
            found.joins(PATIENT)
        return found

    @property
    def last(self) -> Any:
        return self.answers[-1]


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Guarded]:
    with serving(tmp_path) as (client, _):
        client.forget()
        yield Guarded(client)


@given("the record says who the person is")
def named(chart: Chart) -> None:
    chart.record["patient"]["id"] = PATIENT


@given(parsers.re(r"a programme for substance use care has told that (?P<what>.+)"))
def from_programme(chart: Chart, what: str) -> None:
    told = {
        "methadone is taken": ("medications", {"ingredient": "methadone", "status": "active"}),
        "the person thinks of suicide": ("findings", {"code": "phq9.q9", "value": 3, "at": moment("today")}),
        "legal help is a need": ("findings", {"code": "need.legal", "value": True, "at": moment("today")}),
    }
    part, entry = told[what]
    chart.record.setdefault(part, []).append(entry | {"origin": PART2})


@given(parsers.parse("the person is of {age} years and in {state}"))
def young(chart: Chart, age: str, state: str) -> None:
    patient = chart.record["patient"]
    for name in ("age", "birth_date"):
        patient.pop(name, None)
    patient |= {} if age == "unknown" else {"age": int(age)}
    patient["location"] = {"country": "US"} | ({} if state == "unknown" else {"region": _STATES[state]})


@given("an outpatient programme for substance use care has told that legal help is a need")
def from_youth_clinic(chart: Chart) -> None:
    entry = {"code": "need.legal", "value": True, "at": moment("today"), "origin": PART2 | {"service": "outpatient"}}
    chart.record.setdefault("findings", []).append(entry)


@given(
    parsers.re(
        r"(?:when )?the person has consented(?:, signed by (?P<signed>.+),)? that (?P<who>.+) sees it for (?P<purpose>treatment|payment)"
    )
)
def consented(guarded: Guarded, who: str, purpose: str, signed: str | None) -> None:
    signed_by = "both" if signed and "guardian" in signed else "patient"
    body = CONSENT | {"recipient": who, "purposes": [purpose], "signed_by": signed_by}
    answer = guarded.who("care manager").ask("POST", f"/patients/{PATIENT}/consents", body)
    assert answer.status_code == 201, answer.text
    guarded.consent = answer.json()["id"]


@when("the person takes the consent back")
def revoked(guarded: Guarded) -> None:
    answer = guarded.who("patient").ask("POST", f"/patients/{PATIENT}/consents/{guarded.consent}/revocation")
    assert answer.status_code == 204, answer.text


@when(
    parsers.re(
        r"(?P<who>City Hospital|the programme) asks for a recommendation(?: for (?P<purpose>[a-z ]+))?(?P<relative> to show to a relative)?"
    )
)
def asks(guarded: Guarded, chart: Chart, who: str, purpose: str | None, relative: str | None) -> None:
    known = guarded.who(who)
    headers = known.headers | ({"tandem-purpose": code(purpose)} if purpose else {})
    headers |= {"tandem-recipient": "Ana", "tandem-recipient-kind": "proxy"} if relative else {}
    answer = guarded.client.request("POST", "/recommend", json=chart.record, params={"as_of": stamp(AS_OF)}, headers=headers)
    guarded.answers.append(answer)


@when(parsers.re(r"(?P<who>City Hospital) asks in an emergency that it has given a reason for"))
def asks_in_emergency(guarded: Guarded, chart: Chart, who: str) -> None:
    known = guarded.who(who)
    reason = {"patient": PATIENT, "nature": "overdose", "reason": "found unresponsive, cannot consent"}
    assert known.ask("POST", "/emergency-access", reason, tandem_purpose="emergency").status_code == 201
    headers = known.headers | {"tandem-purpose": "emergency"}
    guarded.answers.append(guarded.client.request("POST", "/recommend", json=chart.record, params={"as_of": stamp(AS_OF)}, headers=headers))


@when(
    parsers.re(
        r"an? (?P<role>[a-z ]+) asks for (?P<what>the (?:consents|disclosures|figures|emergencies|accounts))(?P<other> of another tenant)?"
    )
)
def asks_for(guarded: Guarded, role: str, what: str, other: str | None) -> None:
    paths = {
        "the consents": f"/patients/{PATIENT}/consents",
        "the disclosures": f"/patients/{PATIENT}/disclosures",
        "the figures": "/metrics",
        "the emergencies": "/emergency-access",
        "the accounts": "/accounts",
    }
    who = Known(guarded.client, code(role), tenant="elsewhere") if other else guarded.who(role)  # type: ignore[arg-type]
    guarded.answers.append(who.ask("GET", paths[what]))


@when("somebody unknown asks for a recommendation")
def unknown_asks(guarded: Guarded, chart: Chart) -> None:
    guarded.answers.append(guarded.client.request("POST", "/recommend", json=chart.record))


@when("a browser in which nobody has signed in opens a decision")
def opens(guarded: Guarded) -> None:
    guarded.answers.append(guarded.client.get("/decisions/7", headers={"accept": "text/html,*/*;q=0.8"}))


@then("it is led to the page to sign in, and from there to the decision")
def led(guarded: Guarded) -> None:
    assert guarded.last.status_code == 303
    page = guarded.client.get(guarded.last.headers["location"])
    assert page.status_code == 200
    assert '<input type="hidden" name="next" value="/decisions/7">' in page.text


@when("the service is told to end")
def told_to_end(guarded: Guarded) -> None:
    guarded.client.security.draining = True


@when("somebody looks whether it is ready")
def looks(guarded: Guarded) -> None:
    guarded.answers.append(guarded.client.get("/health/ready"))


@then(parsers.re(r"the answer (?P<shows>shows|does not show) that methadone is taken"))
def shows_methadone(guarded: Guarded, shows: str) -> None:
    body = guarded.last.json()
    active = [item for item in body["findings"] if item["code"].startswith("medication.") and item["value"] == "active"]
    assert bool(active) == (shows == "shows"), guarded.last.text


@then(parsers.re(r"the answer (?P<shows>shows|does not show) that legal help is a need"))
def shows_need(guarded: Guarded, shows: str) -> None:
    assert guarded.last.status_code == 200, guarded.last.text
    known = [item["value"] for item in guarded.last.json()["findings"] if item["code"] == "need.legal"]
    assert (True in known) == (shows == "shows"), guarded.last.text


@then("it says only that something in restricted records bears on safety")
def says_restricted(guarded: Guarded) -> None:
    body = guarded.last.json()
    assert any("Part of this record is restricted" in item["do"] for item in body["escalations"])
    assert "naltrexone" not in [item["component"] for item in body["recommendations"]]


@then("the answer is what it would be if the programme had told nothing")
def as_if_never(guarded: Guarded, chart: Chart) -> None:
    record = json.loads(json.dumps(chart.record))
    for part, items in record.items():
        if isinstance(items, list):
            record[part] = [item for item in items if item.get("origin") != PART2]
    headers = {name: value for name, value in guarded.last.request.headers.items() if name.startswith(("tandem", "authorization"))}
    never = guarded.client.request("POST", "/recommend", json=record, params={"as_of": stamp(AS_OF)}, headers=headers)
    assert never.text == guarded.last.text


@then("the notice against passing it on goes with it")
def notice(guarded: Guarded) -> None:
    assert guarded.last.headers["tandem-notice"] == "42-cfr-part-2"
    assert guarded.last.json()["sharing"]["notice_text"]


@then(parsers.re(r"the person can read that (?P<who>.+) was told, on the ground of (?P<basis>consent|emergency)"))
def can_read(guarded: Guarded, who: str, basis: str) -> None:
    told = guarded.who("patient").ask("GET", f"/patients/{PATIENT}/disclosures").json()["disclosures"]
    assert {(item["recipient"], ground["basis"]) for item in told for ground in item["disclosed"] if ground["label"] == "part2"} == {
        (who, basis)
    }


@then("it waits to be reviewed by somebody else")
def waits(guarded: Guarded) -> None:
    (access,) = guarded.who("safety officer").ask("GET", "/emergency-access").json()["accesses"]
    assert access["reviewed_at"] is None


@then(parsers.re(r'the person reads "(?P<words>.+)"'))
def reads(guarded: Guarded, words: str) -> None:
    lines = guarded.who("patient").ask("GET", f"/patients/{PATIENT}/sharing").json()["lines"]
    assert any(words in line for line in lines), lines


@then(parsers.re(r"(?:it|the answer) is (?P<status>[0-9]{3})(?: and says \"(?P<words>.+)\")?"))
def status_is(guarded: Guarded, status: str, words: str | None) -> None:
    assert guarded.last.status_code == int(status), guarded.last.text
    assert words is None or words in guarded.last.text
