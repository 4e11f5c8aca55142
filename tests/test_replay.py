"""A past decision comes out as it was, to the byte: under a release that is no longer live, checked or disputed, in any form."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from asgi import serving
from random_records import record as random_record

from adapters.durable import available
from adapters.journal import Stored
from adapters.journal.reading import entries, erase, subject_of
from api.recording import opened_decision
from api.replaying import verified
from api.settings import Settings
from api.wiring import Service
from engine.errors import Refused
from engine.record import Record
from knowledge.bundle import bundle, intact, unbundle
from knowledge.load import FOLDER

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.json"))
AS_OF = {"as_of": "2026-11-24T16:00:00Z"}


def decisions(service: Service) -> list[Stored]:
    return list(entries(service.journal.opened(), "decision"))


def document(text: str) -> str:
    """What the journal has the digest of: all but what is said of the journal, and for whom it was made."""
    kept, beside, _ = text.rpartition(',"journal":"recorded"')
    assert beside
    return kept + "}"


def test_every_answer_comes_out_as_it_left(tmp_path: Path) -> None:
    with serving(tmp_path) as (client, service):
        told = [
            client.post("/recommend", path.read_bytes(), params={**AS_OF, "lang": lang}).text for path in EXAMPLES for lang in ("en", "es")
        ]
        told.append(client.post("/explain/buprenorphine", EXAMPLES[-1].read_bytes(), params=AS_OF).text)
        replayed = [service.replayer.replay(entry) for entry in decisions(service)]
        assert [item.verdict for item in replayed] == ["same"] * len(told)
        assert [item.answer for item in replayed] == [document(text) for text in told]


def test_a_full_answer_comes_out_as_it_left_and_so_does_one_of_before_there_was_a_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tmp_path) as (client, service):
        told = client.post("/recommend", EXAMPLES[0].read_bytes(), params={**AS_OF, "detail": "full"})
        assert "trace" in told.json()
        (entry,) = decisions(service)
        assert service.replayer.replay(entry).answer == document(told.text)
        held = {name: value for name, value in (opened_decision(service.journal, entry) or {}).items() if name != "detail"}
        monkeypatch.setattr("api.replaying.opened_decision", lambda *_: held)
        assert verified(service.replayer.replay(entry)).answer == document(told.text)


def test_a_page_is_the_decision_that_is_kept(tmp_path: Path) -> None:
    with serving(tmp_path) as (client, service):
        client.post("/recommend", EXAMPLES[0].read_bytes(), params={**AS_OF, "format": "html"})
        (entry,) = decisions(service)
        assert service.replayer.replay(entry).verdict == "same"


def test_random_records_survive_being_kept(tmp_path: Path) -> None:
    with Service(Settings(durable=False, data=tmp_path)) as service:
        rng, at = Random(5), datetime(2026, 11, 24, 16, tzinfo=UTC)
        for _ in range(30):
            one = random_record(rng, service.base, at)
            kept = Record.model_validate_json(json.dumps(one.model_dump(mode="json", exclude_defaults=True)))
            assert service.decide(kept, at).id == service.decide(one, at).id


def test_a_decision_is_replayed_under_the_release_it_was_made_with(tmp_path: Path) -> None:
    knowledge = tmp_path / "knowledge"
    shutil.copytree(FOLDER, knowledge, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    key = {"headers": {"idempotency-key": "k"}}
    with serving(tmp_path / "data", knowledge=knowledge) as (asker, service):
        first = asker.post("/recommend", EXAMPLES[-1].read_bytes(), params=AS_OF, **key).text
        digest = service.base.release.digest
    component = knowledge / "components" / "safety-plan.yaml"
    component.write_text(component.read_text(encoding="utf-8").replace("en: ", "en: New ", 1), encoding="utf-8")
    with serving(tmp_path / "data", knowledge=knowledge) as (client, service):
        assert service.base.release.digest != digest
        now = client.post("/recommend", EXAMPLES[-1].read_bytes(), params=AS_OF).text
        assert now != first
        client.become(asker)  # a key is its asker's own
        again = client.post("/recommend", EXAMPLES[-1].read_bytes(), params=AS_OF, **key)
        assert again.text == first  # a request that comes again after a change of release has its first answer
        assert again.headers["idempotent-replayed"] == "true"
        replayed = [service.replayer.replay(entry) for entry in decisions(service)]
        assert [item.verdict for item in replayed] == ["same", "same"]
        assert [item.answer for item in replayed] == [document(first), document(now)]


@pytest.mark.skipif(not available(), reason="durable-rules is not here")
def test_a_disputed_decision_comes_out_disputed(tmp_path: Path) -> None:
    with serving(tmp_path, durable=True, fault="flip:phq9-item9-asks-for-suicide-screen") as (client, service):
        told = client.post("/recommend", EXAMPLES[-1].read_bytes(), params=AS_OF)
        assert told.json()["engines"] == "disagreed"
        (entry,) = decisions(service)
        assert service.replayer.replay(entry).answer == document(told.text)


def test_what_cannot_be_had_again_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(tmp_path) as (client, service):
        client.post("/recommend", b'{"patient": {"id": "maya"}}', params=AS_OF)
        (entry,) = decisions(service)
        facts = entry.document["facts"]
        other = replace(entry, body=json.dumps({**entry.document, "facts": {**facts, "digest": "sha256:none"}}).encode())
        assert service.replayer.replay(other).verdict == "release_missing"
        monkeypatch.setattr("api.replaying.answer_json", lambda *_: "{}")
        assert service.replayer.replay(entry).verdict == "differs"
        monkeypatch.setattr("api.replaying.code_digest", lambda: "another")
        assert service.replayer.replay(entry).verdict == "differs_by_code"
        subject = subject_of(service.journal.opened(), "maya")
        assert subject is not None
        assert erase(service.journal, subject)
        forgotten = service.replayer.replay(entry)
        with pytest.raises(Refused, match="replay-forgotten"):
            verified(forgotten)


def test_a_release_is_one_piece_and_no_other() -> None:
    data, digest = bundle(FOLDER), unbundle_digest()
    assert intact(data, digest)
    assert unbundle(data, digest).release.digest == digest
    for wrong in (b"", b"nonsense", data[:-9], bundle(FOLDER / "rules")):
        assert not intact(wrong, digest)
        with pytest.raises(Refused, match="release-differs"):
            unbundle(wrong, digest)


def unbundle_digest() -> str:
    from knowledge.load import load  # noqa: PLC0415

    return load().release.digest
